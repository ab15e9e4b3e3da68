"""The current account and how it is financed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import store
from reporter.findings import Findings
from reporter.model.observations import Basis
from reporter.model.periods import Period, Window
from reporter.model.plots import Account, Purchases
from reporter.model.series import Snapshot
from reporter.rounding import rounded
from reporter.sections import _flows, current_account
from tests.sections_made import FEBRUARY, NOVEMBER, built, holding, prose, series, snapshot, tables, values

BN, PERCENT = 9, 0
BREAK = Period.parse("2023-02")
FACTS = [
    ("current_account.balance", BN, "-226.4", "-246.0"),
    ("current_account.year", BN, "-1227.4", "-942.6"),
    ("current_account.to_gdp", PERCENT, "-2.91", "-3.02"),
    ("flows.net_purchases_12m", BN, "1564.2", "1824.9"),
    ("flows.net_purchases_ytd", BN, "1495.0", "464.5"),
    ("flows.us_purchases_abroad_12m", BN, "308.1", "475.5"),
    ("flows.net_inflow_12m", BN, "1256.1", "1349.4"),
    ("flows.treasuries_12m", BN, "414.9", "372.5"),
    ("flows.agencies_12m", BN, "60.1", "132.5"),
    ("flows.corporates_12m", BN, "404.5", "435.9"),
    ("flows.equities_12m", BN, "684.7", "883.9"),
]
OTHER_DAYS = [date(2013, 1, 15), date(2013, 7, 1), date(2016, 3, 1), date(2020, 3, 1), date(2023, 9, 1)]
OTHER_DAYS += [date(2024, 2, 25), date(2025, 3, 20), date(2026, 10, 22), date(2027, 3, 1)]


def _found(day: date) -> Findings:
    return current_account.build(store.snapshot(day, current_account.NEEDS))


@pytest.mark.parametrize(("name", "scale", "february", "november"), FACTS)
def test_the_table_of_facts_on_both_days(name: str, scale: int, february: str, november: str) -> None:
    for day, shown in ((FEBRUARY, Decimal(february)), (NOVEMBER, Decimal(november))):
        value = values(_found(day))[name].scaleb(-scale)
        assert rounded(value, -int(shown.as_tuple().exponent)) == shown


def test_narrowing_for_two_quarters_then_widening_for_one() -> None:
    claims = {day: {claim.id: claim for claim in _found(day).claims} for day in (FEBRUARY, NOVEMBER)}
    held = claims[FEBRUARY]["current_account.narrowing"]
    assert (held.holds, held.count) == (True, 2)
    lapsed = claims[NOVEMBER]["current_account.narrowing"]
    assert (lapsed.holds, lapsed.direction, lapsed.count) == (False, "widening", 1)
    assert claims[NOVEMBER]["current_account.narrowing_before"].count == 2


def test_a_run_is_judged_in_one_vintage() -> None:
    for day in (FEBRUARY, NOVEMBER, date(2016, 3, 1), date(2020, 3, 1)):
        for claim in _found(day).claims:
            if claim.id.startswith("current_account."):
                assert claim.basis is not Basis.MIXED


def test_purchases_are_backfilled_on_the_earlier_day_and_the_balance_is_not() -> None:
    bases = {fact.id: fact.basis for fact in _found(FEBRUARY).facts}
    assert {basis for name, basis in bases.items() if name.startswith("flows.")} == {Basis.BACKFILLED}
    assert {basis for name, basis in bases.items() if name.startswith("current_account.")} == {Basis.PUBLISHED}


def test_parts_of_another_vintage_are_left_out_and_that_is_said() -> None:
    assert "current_account.goods" not in values(_found(FEBRUARY))
    assert "a later vintage than the balance, and would not add up to it" in prose(built(FEBRUARY, "current_account"))


def test_goods_services_and_income_add_up_to_the_balance() -> None:
    held = values(_found(NOVEMBER))
    assert sum(held[f"current_account.{part}"] for part in current_account.PARTS) == held["current_account.balance"]
    assert "vintage" not in prose(built(NOVEMBER, "current_account"))


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_classes_add_up_and_purchases_abroad_come_off(day: date) -> None:
    held = values(_found(day))
    for span in ("_12m", "_12m.before", "_ytd"):
        bought = held[f"flows.net_purchases{span}"]
        assert sum(held[f"flows.{name}{span}"] for name in _flows.CLASSES) == bought
        assert held[f"flows.net_inflow{span}"] == bought - held[f"flows.us_purchases_abroad{span}"]


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER, *OTHER_DAYS])
def test_no_sum_spans_the_change_of_survey(day: date) -> None:
    for fact in _found(day).facts:
        if fact.id.startswith("flows."):
            assert all(seen.period >= BREAK for seen in fact.expr.observations())
            months = fact.span.periods() if isinstance(fact.span, Window) else (fact.span,)
            assert months[0] >= BREAK


# ---------------------------------------------------------------- by hand
def _flow_snapshot(first: str, months: int, *, monthly: int = 4, abroad: int = 1) -> Snapshot:
    """Each class bought for `monthly`, in $ million, Americans for `abroad`; the old survey bought 9 a class."""
    made = []
    for need in _flows.NEEDS:
        if need == _flows.ABROAD:
            made.append(series(need, first, ",".join([str(abroad)] * months)))
        elif ":s1:" in need:
            made.append(series(need, "2022-01", ",".join(["9"] * 13)))
        else:
            value = 4 * monthly if "_total_" in need else monthly
            made.append(series(need, first, ",".join([str(value)] * months)))
    return snapshot(*made)


def test_twelve_months_by_hand() -> None:
    held = values(_flows.build(_flow_snapshot("2023-02", 39)))  # to April 2026
    assert held["flows.net_purchases_12m"] == 12 * 16 * 10**6
    assert held["flows.net_purchases_ytd"] == 4 * 16 * 10**6
    assert held["flows.us_purchases_abroad_12m"] == 12 * 10**6
    assert held["flows.net_inflow_12m"] == 12 * 15 * 10**6
    assert held["flows.equities_share"] == 25


@pytest.mark.parametrize(("months", "year", "ytd"), [(11, False, False), (12, True, True), (24, True, True)])
def test_a_sum_needs_each_of_its_months(months: int, year: bool, ytd: bool) -> None:  # noqa: FBT001
    found = _flows.build(_flow_snapshot("2023-02", months))
    assert ("flows.net_purchases_12m" in values(found)) is year
    assert ("flows.net_purchases_ytd" in values(found)) is ytd
    assert bool(found.charts) is bool(found.tables) is bool(found.candidates) is year


def test_in_january_the_year_to_date_is_a_month() -> None:
    facts = {fact.id: fact for fact in _flows.build(_flow_snapshot("2023-02", 24)).facts}
    assert facts["flows.net_purchases_ytd"].span == Period.parse("2025-01")
    assert facts["flows.net_purchases_ytd"].value == 16 * 10**6


def _account_snapshot(balances: list[int], goods: list[int] | None = None) -> Snapshot:
    """Balances by quarter from 2010 on in $ million; services are 5, output 4,000 a year in $ billion."""
    texts = {
        current_account.BALANCE: balances,
        current_account.GOODS: goods or balances,
        current_account.SERVICES: [5] * len(balances),
        current_account.GDP: [4000] * len(balances),
    }
    made = [series(name, "2010Q1", ",".join(map(str, held))) for name, held in texts.items()]
    return Snapshot(NOVEMBER, {**{one.info.id: one for one in made}, **_flow_snapshot("2023-02", 3).series})


def test_a_balance_by_hand() -> None:
    found = current_account.build(_account_snapshot([-100, -200, -300, -400, -10_000], [-90, -190, -290, -390, -9_000]))
    held = values(found)
    assert held["current_account.year"] == -10_900 * 10**6
    assert held["current_account.to_gdp"] == -1  # four times 10 billion over four trillion
    assert held["current_account.income"] == (-10_000 + 9_000 - 5) * 10**6
    assert held["current_account.goods.change_quarter"] == -8_610 * 10**6
    assert holding(found)["current_account.goods_moved_it"] is True
    assert holding(found)["current_account.widening_on"] is True


@given(st.lists(st.integers(1, 9), min_size=2, max_size=8))
def test_a_run_is_the_quarters_that_moved_one_way_up_to_the_last(sizes: list[int]) -> None:
    claims = {claim.id: claim for claim in current_account.build(_account_snapshot([-size for size in sizes])).claims}
    run = 0
    for before, after in reversed(list(pairwise(sizes))):
        if after >= before:
            break
        run += 1
    assert claims["current_account.narrowing"].holds is (run > 0)
    assert claims["current_account.narrowing_on"].holds is (run > 1)
    assert run in {0, claims["current_account.narrowing"].count}


# ---------------------------------------------------------------- words and charts
def test_the_words_of_both_days() -> None:
    february, november = (prose(built(day, "current_account")) for day in (FEBRUARY, NOVEMBER))
    assert "It narrowed for the second quarter in a row." in february
    assert "It widened, after two quarters of narrowing." in november
    assert "narrowed" not in november
    assert "$1.27" not in february + november  # the article's sum is of another window than its words say


@pytest.mark.parametrize("day", OTHER_DAYS)
def test_any_other_day_can_be_said(day: date) -> None:
    said = prose(built(day, "current_account"))
    assert "current-account deficit was $" in said
    assert ("foreigners bought a net" in said) is (day >= date(2024, 3, 18))


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_the_table_prints_what_the_facts_say(day: date) -> None:
    held = built(day, "current_account")
    (table,) = tables(held)
    assert [row.label for row in table.table.rows][-3:] == [
        "Bought by foreigners",
        "Bought abroad by Americans",
        "Left as an inflow",
    ]
    assert len(table.columns) == 1 + len(table.table.rows[0].cells)
    assert [f.id for f in table.table.facts()][:3] == [
        "flows.equities_12m",
        "flows.equities_12m.before",
        "flows.equities_ytd",
    ]


class _AnyWords(dict[str, str]):
    """Every field of a chart is filled with its own name."""

    def __missing__(self, key: str) -> str:
        return key


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER, *OTHER_DAYS])
def test_the_chart_of_the_account_adds_up(day: date) -> None:
    (chart,) = (one for one in _found(day).charts if one.id == "account")
    plot = chart.plot(_AnyWords())
    assert isinstance(plot, Account)
    balance = plot.balance.line.points
    assert balance
    for point in balance:
        held = [p.value for part in plot.parts for p in part.line.points if p.period == point.period]
        assert not held or sum(held) == pytest.approx(point.value)
    years = {p.period: p.value for p in plot.year.line.points}
    last = balance[-1].period
    if last in years and len(balance) > 3:
        assert years[last] == pytest.approx(sum(p.value for p in balance[-4:]))


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_nothing_is_summed_across_the_break(day: date) -> None:
    (chart,) = (one for one in _found(day).charts if one.id == "purchases")
    plot = chart.plot(_AnyWords())
    assert isinstance(plot, Purchases)
    assert plot.broken
    assert plot.broken.period == BREAK
    (older,) = plot.year.earlier
    assert older.points[-1].period == BREAK - 1
    assert plot.year.line.points[0].period == BREAK + 11
    assert {seen.series.id for seen in chart.reads} == set(_flows.NEEDS) - {_flows.ABROAD}
