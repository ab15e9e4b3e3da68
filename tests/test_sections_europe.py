"""Europe and the rest of the world in US long-term securities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reporter import quotes, store
from reporter.errors import UnitMismatch
from reporter.expr import percent
from reporter.facts import Fact
from reporter.findings import Findings
from reporter.model.observations import Basis
from reporter.model.plots import Regions
from reporter.model.series import Snapshot
from reporter.model.units import Nature
from reporter.rounding import rounded
from reporter.sections import europe
from tests.sections_made import FEBRUARY, NOVEMBER, built, holding, prose, series, snapshot, values

BN, PERCENT = 9, 0
FACTS = [
    ("europe.holdings", BN, "17006", "17710.6"),
    ("europe.share", PERCENT, "46.81", "46.95"),
    ("europe.equities", BN, "10641.6", "11211.6"),
    ("europe.bonds", BN, "6364.3", "6499.1"),
    ("euro_area.holdings", BN, "9487.0", "9803.7"),
    ("rest.holdings", BN, "19320.6", "20012.4"),
    ("europe.to_rest", PERCENT, "0.880", "0.885"),
    ("equities.foreign_held", BN, "21879.7", "23203.6"),
]


def _found(day: date) -> Findings:
    return europe.build(store.snapshot(day, europe.NEEDS))


@pytest.mark.parametrize(("name", "scale", "february", "november"), FACTS)
def test_the_table_of_facts_on_both_days(name: str, scale: int, february: str, november: str) -> None:
    for day, shown in ((FEBRUARY, Decimal(february)), (NOVEMBER, Decimal(november))):
        value = values(_found(day))[name].scaleb(-scale)
        assert rounded(value, -int(shown.as_tuple().exponent)) == shown


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER, date(2021, 1, 20), date(2024, 6, 1)])
def test_parts_add_up_to_their_wholes(day: date) -> None:
    held = values(_found(day))
    assert held["europe.holdings"] + held["rest.holdings"] == held["securities.foreign_held"]
    for region in ("europe", "rest"):
        assert held[f"{region}.equities"] + held[f"{region}.bonds"] == held[f"{region}.holdings"]
        bonds = (held[f"{region}.{name}"] for name in ("treasuries", "corporates", "agencies"))
        assert sum(bonds) == held[f"{region}.bonds"]


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_purchases_valuation_and_other_make_the_change(day: date) -> None:
    held = values(_found(day))
    parts = (held[f"europe.{name}"] for name in ("net_purchases_12m", "valuation_year", "other_year"))
    assert sum(parts) == held["europe.change_year"]


def test_figures_of_a_later_vintage_say_so() -> None:
    assert {fact.basis for fact in _found(FEBRUARY).facts} == {Basis.BACKFILLED}
    assert {fact.basis for fact in _found(NOVEMBER).facts} == {Basis.PUBLISHED}
    assert all(fact.stale for fact in _found(NOVEMBER).facts)  # July's release is out by then, and not at hand


def test_what_is_left_of_a_stock_is_a_stock() -> None:
    facts = {fact.id: fact for fact in _found(NOVEMBER).facts}
    assert facts["rest.holdings"].expr.measure.nature is Nature.STOCK
    assert facts["europe.change_year"].expr.measure.nature is Nature.FLOW
    with pytest.raises(UnitMismatch):
        percent(facts["europe.holdings"].expr, facts["europe.change_year"].expr)


def _made(europe_held: str, all_held: str, europe_net: int, all_net: int) -> Snapshot:
    """Thirteen months in $ million: what is held (`100→160` at the end of the first and the last), bought a month.

    Each of the four classes is a quarter of the total; valuation equals purchases.
    """
    held = []
    for need in europe.NEEDS:
        _, _, code, column = need.split(":")
        ours = code in {europe.EUROPE, europe.EURO_AREA}
        if column.endswith("_pos"):
            first, _, last = (europe_held if ours else all_held).partition("→")
            values = [*[int(first)] * 12, int(last or first)]
        else:
            values = [europe_net if ours else all_net] * 13
        parts = 1 if "_total_" in column else 4
        held.append(series(need, "2024-01", ",".join(str(value // parts) for value in values)))
    return snapshot(*held)


def test_by_hand() -> None:
    held = values(europe.build(_made("100→160", "400", 2, 4)))
    assert held["europe.share"] == 40
    assert rounded(held["europe.to_rest"], 4) == Decimal("0.6667")
    assert held["europe.change_year"] == 60 * 10**6
    assert held["europe.net_purchases_12m"] == 24 * 10**6
    assert held["europe.purchases_share"] == 50
    assert held["europe.other_year"] == (60 - 24 - 24) * 10**6


def test_a_share_of_sales_is_not_told() -> None:
    assert "europe.purchases_share" not in values(europe.build(_made("100", "400", 2, -4)))
    assert "europe.purchases_share" not in values(europe.build(_made("100", "400", -2, 4)))


@pytest.mark.parametrize(
    ("europe_held", "below", "half", "twice"),
    [
        ("100", True, True, False),
        ("200", False, False, False),
        ("300", False, False, False),
        ("260", False, False, True),
    ],
)
def test_claims_follow_the_figures(europe_held: str, below: bool, half: bool, twice: bool) -> None:  # noqa: FBT001
    held = holding(europe.build(_made(europe_held, "400", 2, 4)))
    assert held["europe.below_rest"] is below
    assert held["europe.below_half"] is half
    assert held["europe.almost_twice"] is twice  # 260 to 140 is 1.86 times; 300 to 100 is three times


def test_the_banks_estimate_is_set_against_the_record_from_its_day_on() -> None:
    assert "europe.above_quoted" not in holding(_found(date(2026, 1, 17)))
    quote = quotes.known(NOVEMBER)[europe.QUOTED]
    for day in (FEBRUARY, NOVEMBER):
        found = _found(day)
        assert holding(found)["europe.above_quoted"] is (values(found)["europe.holdings"] > (quote.amount or 0))
        assert holding(found)["europe.almost_twice"] is False


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_others_words_stand_only_beside_their_source(day: date) -> None:
    said = [line for line in prose(built(day, "europe")).splitlines() if "twice" in line or "$8" in line]
    assert said == [quotes.known(day)[europe.QUOTED].text]
    assert "George Saravelos, Deutsche Bank" in prose(built(day, "europe"))
    assert "do not bear the comparison out" in prose(built(day, "europe"))
    assert "$8" not in prose(built(date(2026, 1, 17), "europe"))


@pytest.mark.parametrize("day", [date(2013, 1, 15), date(2020, 3, 1)])
def test_before_the_survey_it_says_that_there_is_none(day: date) -> None:
    assert _found(day) == Findings()
    assert "not yet to be had" in prose(built(day, "europe"))


@pytest.mark.parametrize(
    "day", [date(2020, 4, 15), date(2021, 1, 20), date(2023, 9, 1), date(2024, 6, 1), date(2027, 3, 1)]
)
def test_any_other_day_can_be_said(day: date) -> None:
    assert "The role of Europe" in [line.text for s in built(day, "europe").edition.sections for line in s.title]  # type: ignore[union-attr]


def test_the_chart_shows_the_facts() -> None:
    held = built(NOVEMBER, "europe")
    facts: dict[str, Fact] = dict(held.edition.facts)
    plot = held.charts["regions"].plot(dict.fromkeys(("ours", "rest", "share", "total", *europe.CLASSES), "words"))
    assert isinstance(plot, Regions)
    assert [row.ours_label.fact for row in plot.rows] == ["europe.holdings", *(f"europe.{c}" for c in europe.CLASSES)]
    for row in plot.rows:
        assert row.ours == float(facts[row.ours_label.fact].value) / 1e12
        assert row.rest == float(facts[row.rest_label.fact].value) / 1e12
        assert row.share.text == f"{round(100 * row.ours / (row.ours + row.rest))}%"
    assert held.charts["regions"].half
