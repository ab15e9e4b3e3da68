"""Holders of Treasuries: the figures of two days, one window for what a change is made of, and days without it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import calc, store
from reporter.catalogue import countries
from reporter.expr import Read
from reporter.findings import Findings
from reporter.model.periods import Period, Window
from reporter.model.plots import HolderAndYield, Movers
from reporter.rounding import rounded
from reporter.sections import _china, holders
from reporter.sections import _holdings as h
from reporter.tree import plain
from tests.sections_made import FEBRUARY, NOVEMBER, built, holding, prose, series, snapshot, tables, values

BN = 9


@cache
def found(as_of: date) -> Findings:
    return holders.build(store.snapshot(as_of, holders.NEEDS))


@pytest.mark.parametrize(
    ("as_of", "fact", "scale", "value"),
    [
        (FEBRUARY, "holders.china", BN, "683.9"),
        (FEBRUARY, "holders.china.net_purchases_year", BN, "-115.0"),
        (FEBRUARY, "holders.total", BN, "9349.6"),
        (FEBRUARY, "holders.china.from_peak", BN, "-632.8"),
        (FEBRUARY, "holders.belgium.split.change", BN, "119.7"),
        (FEBRUARY, "holders.belgium.net_purchases_year", BN, "4.9"),
        (FEBRUARY, "holders.ireland.net_purchases_year", BN, "-9.1"),
        (NOVEMBER, "holders.china", BN, "618.0"),
        (NOVEMBER, "holders.china.net_purchases_year", BN, "-116.5"),
        (NOVEMBER, "holders.china.change_year", BN, "-77.6"),
        (NOVEMBER, "holders.united_kingdom.change_year", BN, "102.4"),
        (NOVEMBER, "holders.belgium.split.change", BN, "48.8"),
        (NOVEMBER, "holders.total.other_year", BN, "53.6"),
        (NOVEMBER, "holders.china.peak", BN, "1316.7"),
        (NOVEMBER, "holders.china.of_peak", 0, "46.9"),
        (NOVEMBER, "holders.yields.at_peak", 0, "2.72"),
        # 466.3 by all less −116.5 by China
        (NOVEMBER, "holders.others.net_purchases_year", BN, "582.8"),
    ],
)
def test_figures_of_two_days(as_of: date, fact: str, scale: int, value: str) -> None:
    shown = Decimal(value)
    assert rounded(values(found(as_of))[fact].scaleb(-scale), -int(shown.as_tuple().exponent)) == shown


@pytest.mark.parametrize("as_of", [FEBRUARY, NOVEMBER])
def test_the_parts_are_the_change_and_have_its_window(as_of: date) -> None:
    facts = {fact.id: fact for fact in found(as_of).facts}
    split = [key.removesuffix(".split.change") for key in facts if key.endswith(".split.change")]
    assert len(split) >= h.LARGEST
    for name in split:
        whole = facts[f"{name}.split.change"]
        made_of = [facts[f"{name}.{part}_year"] for part in ("net_purchases", "valuation", "other")]
        assert sum(part.value for part in made_of) == whole.value
        assert {part.span for part in made_of} == {whole.span} == {facts["holders.total.split.change"].span}
        assert whole.value == facts[f"{name}.split.level"].value - facts[f"{name}.split.then"].value


@pytest.mark.parametrize("as_of", [FEBRUARY, NOVEMBER])
def test_nobody_bought_more_than_the_buyer_nor_sold_more_than_the_seller(as_of: date) -> None:
    held = store.snapshot(as_of, ("tic:table3:*:for_treas_net",))
    sums = {}
    for land in countries():
        net = held.series.get(f"tic:table3:{land.code}:for_treas_net")
        if net is not None and net.periods:
            sums[land.prose] = sum(seen.value for seen in list(net.between())[-12:])
    given_ = found(as_of).given
    buyer, seller = given_["buyer"], given_["seller"]
    assert isinstance(buyer, holders.Trader)
    assert isinstance(seller, holders.Trader)
    assert (buyer.name, buyer.fact.value) == max(sums.items(), key=lambda pair: pair[1])
    assert (seller.name, seller.fact.value) == min(sums.items(), key=lambda pair: pair[1])
    assert buyer.claim.holds
    assert seller.claim.holds


def test_judgements_of_two_days() -> None:
    february, november = holding(found(FEBRUARY)), holding(found(NOVEMBER))
    assert (february["holders.total.record"], november["holders.total.record"]) == (True, False)
    assert (february["holders.china.halved"], november["holders.china.halved"]) == (False, True)
    assert february["holders.china.lowest"] is november["holders.china.lowest"] is True
    assert february["holders.belgium.unexplained"] is november["holders.belgium.unexplained"] is True
    assert november["holders.united_kingdom.unexplained"] is False


def test_the_month_that_was_as_low() -> None:
    facts = {as_of: {fact.id: fact for fact in found(as_of).facts} for as_of in (FEBRUARY, NOVEMBER)}
    assert str(facts[FEBRUARY]["holders.china.was_lower"].span) == "2008-09"
    assert str(facts[NOVEMBER]["holders.china.was_lower"].span) == "2008-08"


def test_prose_of_two_days() -> None:
    february, november = prose(built(FEBRUARY, "holders")), prose(built(NOVEMBER, "holders"))
    assert "Belgium’s rose by $119.7bn, but more of that is unexplained than was bought" in february
    assert "Irish ones fell by $2.9bn, with net sales of $9.1bn" in february
    assert "Less is left than has gone: 46.9% of the peak." in november
    assert "Of that, 51.9% is left." in february
    assert "the least since August 2008" in november
    assert (
        "2.72% on average in the month of China’s peak and 4.60% in July 2026, 1.88\xa0percentage points more"
        in november
    )


def test_movers_are_countries_in_order_of_their_change() -> None:
    (chart,) = (chart for chart in found(NOVEMBER).charts if chart.id == "movers")
    words = dict.fromkeys(("holdings", "then", "now", "change", "purchases", "valuation", "other", "total"), "")
    spec = chart.plot(words)
    assert isinstance(spec, Movers)
    changes = [row.now - row.then for row in spec.rows]
    assert changes == sorted(changes, reverse=True)
    assert len(changes) == 12
    assert {row.name for row in spec.rows} <= {land.short for land in countries()}
    assert all(sum(row.parts) == pytest.approx(row.now - row.then) for row in spec.rows)
    assert min(map(abs, changes)) > 21.9  # Hong Kong's rise of 22.0 is in, Luxembourg's of 20.2 is not


def test_the_yield_is_drawn_to_the_month_of_the_holdings_and_no_further() -> None:
    (chart,) = (chart for chart in found(NOVEMBER).charts if chart.id == "china")
    keys = ("level", "level_end", "peak", "yield", "yield_end", "level_change", "yield_change")
    spec = chart.plot({key: key for key in keys})
    assert isinstance(spec, HolderAndYield)
    ends = {trace.line.points[-1].period for trace in (spec.holdings, spec.yields)}
    assert ends == {Period.parse("2026-07")}
    assert spec.stretch is not None
    assert spec.stretch.window == Window(Period.parse("2013-11"), Period.parse("2026-07"))


# ---------------------------------------------------------------- by hand
def china(level: str, net: str, valuation: str, *, late: date | None = None) -> h.Holder | None:
    held = snapshot(
        series(h.LEVEL.format(h.CHINA), "2025-04", level),
        series(h.NET.format(h.CHINA), "2025-05", net, known_on=late),
        series(h.VALUATION.format(h.CHINA), "2025-05", valuation),
    )
    return h.holder(held, h.CHINA)


LEVEL, ONES = ",".join(["100000"] * 12 + ["90000"]), ",".join(["-1000"] * 12)


def test_a_split_by_hand() -> None:
    who = china(LEVEL, ONES, ",".join(["500"] * 12))
    assert who is not None
    assert who.split is not None
    assert [fact.value for fact in who.split.facts] == [
        Decimal(text) for text in ("100e9", "90e9", "-10e9", "-12e9", "6e9", "-4e9")
    ]
    assert str(who.split.change.span) == "2025-05…2026-04"


@pytest.mark.parametrize(
    ("net", "late"), [(ONES, date(2026, 10, 1)), (ONES.removesuffix(",-1000"), None), ("-1000,,-1000", None)]
)
def test_no_split_without_a_whole_window_of_one_vintage(net: str, late: date | None) -> None:
    who = china(LEVEL, net, ONES, late=late)
    assert who is not None
    assert who.split is None
    assert who.change_year is not None


def test_no_change_where_there_is_no_year_before() -> None:
    who = china("100000,90000", ONES, ONES)
    assert who is not None
    assert who.change_year is None
    assert [fact.id for fact in who.facts] == ["holders.china"]


def test_a_history_takes_the_newest_file_where_it_reaches() -> None:
    held = snapshot(
        series(h.MAJOR.format(h.CHINA), "2026-05", "650,640,618", known_on=date(2026, 9, 16)),
        series(h.HISTORY.format(h.CHINA), "2026-03", "652,651,655", known_on=date(2026, 6, 18)),
    )
    who = h.holder(held, h.CHINA)
    assert who is not None
    months = [(str(period), int(read.value.scaleb(-BN))) for period, read in h.months(held, who)]
    assert months == [("2026-03", 652), ("2026-04", 651), ("2026-05", 650), ("2026-06", 640), ("2026-07", 618)]


def test_the_last_month_of_a_yield_counts_when_its_last_working_day_is_in() -> None:
    # 2026-01-30 is the last Friday of a month that ends on a Saturday.
    days = series("fred:DGS10", "2026-01-29", "4.0,4.2,,,4.4")
    whole = list(_china.whole_months(days, Period.parse("2026-01")))
    assert [(str(month), mean.value) for month, mean in whole] == [("2026-01", Decimal("4.1"))]
    assert not list(_china.whole_months(series("fred:DGS10", "2026-01-28", "4.0,4.2"), Period.parse("2026-01")))


@given(st.lists(st.integers(1, 50), min_size=2, max_size=60))
def test_the_lowest_since_is_lower_than_everything_since(sizes: list[int]) -> None:
    line = series(h.HISTORY.format(h.CHINA), "2020-01", ",".join(map(str, sizes)))
    history = tuple((seen.period, Read(seen)) for seen in line.between())
    told = _china.lowest_since(history)
    if not told.claims:
        return
    (since,) = told.facts
    after = [value for (period, _), value in zip(history, sizes, strict=True) if period > since.span]  # type: ignore[operator]
    assert told.claims[0].holds
    assert len(after) > _china.LONG
    assert sizes[-1] == min(after) < min(after[:-1])
    assert since.value <= history[-1][1].value


# ---------------------------------------------------------------- any day
# On the last four a judgement is undecided: vintages meet, and nothing may be said of the way.
DAYS = [
    date(2013, 1, 15),
    date(2016, 4, 20),
    date(2020, 5, 5),
    date(2023, 7, 1),
    date(2026, 10, 22),
    date(2014, 7, 26),
    date(2017, 7, 26),
    date(2024, 4, 20),
    date(2026, 7, 26),
]
_HOLES = re.compile(r"  | [.,;:]|[,;]\.|,,")


@pytest.mark.parametrize("as_of", DAYS)
def test_any_day_reads(as_of: date) -> None:
    held = built(as_of, "introduction", "net_position", "holders", "conclusion")
    assert "China’s holdings came to $" in prose(held)
    front = "\n".join(map(plain, held.edition.front.words.values()))
    takeaways = "\n".join(plain(line) for told in held.edition.takeaways for line in (told.lead, told.sentence))
    for said in (prose(held), front, takeaways):
        assert not _HOLES.findall(said), "words are missing where a claim is undecided"
    (table,) = tables(held)
    assert {len(row.cells) + 1 for row in table.table.rows} == {len(table.columns)}


@pytest.mark.parametrize("as_of", [date(2016, 4, 20), date(2023, 7, 1)])
def test_before_the_treasury_split_changes_there_is_no_split(as_of: date) -> None:
    assert not [key for key in values(found(as_of)) if ".split." in key or "net_purchases" in key]
    assert "The Treasury splits the change" not in prose(built(as_of, "holders"))


def test_a_day_before_every_table_says_so() -> None:
    assert found(date(1999, 1, 4)) == Findings()
    assert "do not reach back to this day" in prose(built(date(1999, 1, 4), "holders"))


def test_a_year_is_compared_within_one_release() -> None:
    fact = next(fact for fact in found(NOVEMBER).facts if fact.id == "holders.china.change_year")
    assert calc.coherent(Read(seen) for seen in fact.expr.observations())
