"""The dollar and the ten-year yield."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter import store
from reporter.findings import Findings
from reporter.model.observations import Basis
from reporter.model.plots import Yields
from reporter.model.units import Kind
from reporter.sections import markets
from tests.sections_made import FEBRUARY, NOVEMBER, built, holding, prose, series, snapshot, values

YIELD, DOLLAR = "markets.treasury_10y", "markets.dollar"


def _found(day: date) -> Findings:
    return markets.build(store.snapshot(day, markets.NEEDS))


def _made(yields: list[str], dollar: list[str], first: date) -> Findings:
    """Daily values from `first` on, the day after the last of which they are known."""
    known = first + timedelta(days=max(len(yields), len(dollar)))
    held = {markets.YIELD: yields, markets.DOLLAR: dollar}
    made = (series(key, str(first), ",".join(texts), as_of=known) for key, texts in held.items())
    return markets.build(snapshot(*made, as_of=known))


@pytest.mark.parametrize(
    ("day", "name", "value", "period"),
    [
        (FEBRUARY, YIELD, "4.21", "2026-02-05"),
        (FEBRUARY, DOLLAR, "117.8996", "2026-01-30"),
        (NOVEMBER, YIELD, "5.29", "2026-09-30"),
        (NOVEMBER, DOLLAR, "121.3848", "2026-10-02"),
    ],
)
def test_the_table_of_facts_on_both_days(day: date, name: str, value: str, period: str) -> None:
    (fact,) = (fact for fact in _found(day).facts if fact.id == name)
    assert (fact.value, str(fact.span)) == (Decimal(value), period)
    assert fact.stale is (day == NOVEMBER)


def test_a_yield_moves_by_points_and_an_index_by_percent() -> None:
    facts = {fact.id: fact for fact in _found(NOVEMBER).facts}
    assert facts[f"{YIELD}.change_year"].kind is Kind.POINTS
    assert facts[f"{YIELD}.change_year"].value == Decimal("5.29") - Decimal("4.16")
    assert facts[f"{DOLLAR}.change_year"].kind is Kind.PERCENT
    assert facts[f"{DOLLAR}.change_year"].text == "0.8%"


def test_a_move_between_vintages_is_marked_and_not_judged() -> None:
    facts = {fact.id: fact for fact in _found(FEBRUARY).facts}
    assert facts[f"{DOLLAR}.change_year"].basis is Basis.MIXED
    said = prose(built(FEBRUARY, "markets"))
    assert "A year before it was 128.30." in said
    assert " rose " not in said
    assert " fell " not in said


def test_the_words_of_the_later_day() -> None:
    said = prose(built(NOVEMBER, "markets"))
    assert "5.29% on 30 September 2026, the highest since May 2002." in said
    assert "1.13\N{NO-BREAK SPACE}percentage points more than a year before" in said
    assert "Over the year it rose by 0.8%." in said


def _run(days: int, value: str, last: str) -> list[str]:
    return [value] * days + [last]


def test_since_when_is_told_after_years_only() -> None:
    flat = ["100"]
    found = _made(["6", *_run(4 * 365, "4", "5")], flat, date(2010, 1, 1))
    assert holding(found)[f"{YIELD}.highest"] is True
    assert str(next(f.span for f in found.facts if f.id == f"{YIELD}.last_so_high")) == "2010-01-01"
    assert f"{YIELD}.highest" not in holding(_made(["6", *_run(365, "4", "5")], flat, date(2010, 1, 1)))


def test_without_an_earlier_day_so_low_it_is_the_lowest_on_record() -> None:
    found = _made(_run(4 * 365, "4", "3"), ["100"], date(2010, 1, 1))
    assert holding(found)[f"{YIELD}.lowest"] is True
    assert f"{YIELD}.last_so_low" not in values(found)


def test_a_day_without_trade_a_year_before_gives_way_to_the_one_before_it() -> None:
    texts = ["4"] * 400
    texts[400 - 1 - 365] = ""
    texts[400 - 2 - 365] = "2"
    found = _made(texts, ["100"], date(2010, 1, 1))
    assert values(found)[f"{YIELD}.year_before"] == 2


def test_a_year_without_values_is_left_out() -> None:
    found = _made(["4"], ["100"], date(2010, 1, 1))
    assert f"{YIELD}.change_year" not in values(found)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 40), min_size=60, max_size=60), st.integers(1, 40))
def test_the_claim_says_what_all_the_days_say(months: list[int], last: int) -> None:
    """Judged on a day a year, it agrees with every day since."""
    texts = [str(value) for value in months for _ in range(30)] + [str(last)]
    found = _made(texts, ["100"], date(2010, 1, 1))
    numbers = [int(text) for text in texts[:-1]]
    for test, word, sign in (("highest", "high", 1), ("lowest", "low", -1)):
        if (name := f"{YIELD}.{test}") in holding(found):
            assert holding(found)[name] is True
            beyond = [i for i, value in enumerate(numbers) if sign * value >= sign * last]
            since = next((f for f in found.facts if f.id == f"{YIELD}.last_so_{word}"), None)
            assert bool(beyond) is (since is not None)
            if since:
                assert str(since.span) == str(date(2010, 1, 1) + timedelta(days=beyond[-1]))


@pytest.mark.parametrize(
    "day", [date(2013, 1, 15), date(2020, 3, 20), date(2023, 9, 1), date(2026, 5, 28), date(2027, 3, 1)]
)
def test_any_other_day_can_be_said(day: date) -> None:
    assert "The ten-year Treasury yield stood at" in prose(built(day, "markets"))


def test_the_chart_ends_on_the_last_published_day() -> None:
    (chart,) = _found(NOVEMBER).charts
    plot = chart.plot({"dollar": "Dollar", "yield": "Yield", "dollar_end": "121.4", "yield_end": "5.29%"})
    assert isinstance(plot, Yields)
    assert str(plot.yields.line.points[-1].period) == "2026-09-30"
    assert plot.yields.line.points[-1].value == 5.29
    assert len(list(plot.yields.line.pieces())) == 1
    assert chart.half
