"""Foreign holders of US Treasuries: who holds how much, what changed it, and what China's exit did to the yield."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reporter import calc
from reporter.catalogue import area
from reporter.claims import Claim
from reporter.expr import Expr, percent
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Findings
from reporter.model.periods import Frequency, Period, Window
from reporter.model.series import Series, Snapshot
from reporter.rounding import Style
from reporter.sections import _holders_charts as charts
from reporter.sections import _holdings as h
from reporter.sections._holdings import CHINA, LISTED, OFFICIAL, TOTAL, Holder
from reporter.tree import Cell, Row, Table

YIELD = "fred:DGS10"
NEEDS = (*h.NEEDS, YIELD)

_TABLE = Style(scale="bn", places=1, bare=True)
_SIGNED = _TABLE.but(sign="signed")
# The history of major holders was last put on a new benchmark in June 2011: a peak is looked for from there on.
_UNBROKEN = Period.parse("2011-06")
_LONG = 12  # months that a level must be the lowest of to be worth saying
_HALF = Decimal(50)
_WEEKEND = 5

Months = tuple[tuple[Period, Expr], ...]


@dataclass(frozen=True, slots=True)
class Trader:
    """A country by the name that prose calls it, the claim that it traded the most, and the sum."""

    code: str
    name: str
    claim: Claim
    fact: Fact


def build(snapshot: Snapshot) -> Findings:
    """Facts `holders.*`, the table of holders and three charts; what the day's files do not bear is left out."""
    split_to = _last_of_table3(snapshot)
    wanted = dict.fromkeys((TOTAL, OFFICIAL, *LISTED, *(h.largest(snapshot, split_to) if split_to else ())))
    holders = {code: who for code in wanted if (who := h.holder(snapshot, code))}
    if TOTAL not in holders or CHINA not in holders:
        return Findings()
    ranked = sorted((holders[c] for c in LISTED if c in holders), key=lambda who: -who.level.value)
    moved = charts.movers(who for code, who in holders.items() if code not in {TOTAL, OFFICIAL})
    china = _china(snapshot, holders[CHINA])
    void = _void(snapshot, holders)
    own = Findings(
        facts=tuple(fact for who in holders.values() for fact in who.facts),
        claims=tuple(_records(snapshot, holders)),
        charts=(charts.small_multiples(snapshot, ranked), *((moved,) if moved else ())),
        tables=(_table(ranked, holders),),
        candidates=tuple(_candidates(holders)),
    )
    return Findings(
        facts=(*own.facts, *china.facts, *void.facts),
        claims=(*own.claims, *china.claims, *void.claims),
        charts=(*own.charts, *china.charts),
        tables=own.tables,
        candidates=(*own.candidates, *void.candidates),
        given=void.given,
    )


def _last_of_table3(snapshot: Snapshot) -> Period | None:
    positions = snapshot[h.LEVEL.format(TOTAL)]
    return positions.last if positions.periods else None


# ---------------------------------------------------------------- China and the yield
def _china(snapshot: Snapshot, china: Holder) -> Findings:
    """Its peak, the distance from it, how long it has not been lower, and the yield over the same months."""
    history: Months = tuple(h.months(snapshot, china))
    recent = [pair for pair in history if pair[0] >= _UNBROKEN]
    last, latest = history[-1]
    when, peak = max(recent, key=lambda pair: (pair[1].value, pair[0]))
    late = china.level.stale
    since, first = recent[0]
    facts = [
        Fact("holders.china.since", "China's Treasuries where the benchmark in use begins", first, since),
        Fact("holders.china.peak", "China's Treasuries at their largest on that benchmark", peak, when),
    ]
    claims = []
    if when < last:
        share = percent(latest, peak)
        facts += [
            Fact("holders.china.from_peak", "China's Treasuries: distance from the peak", latest - peak, last, late),
            Fact("holders.china.of_peak", "China's Treasuries as a share of their peak", share, last, late),
        ]
        of_peak = ("holders.china", "holders.china.peak")
        claims.append(Claim("holders.china.halved", "less than half of the peak", "below", (share,), of_peak, _HALF))
    lower = _lowest_since(history)
    means = dict(_whole_months(snapshot[YIELD], _UNBROKEN))
    rates = tuple((month, mean) for month, mean in means.items() if month <= last)
    yields = tuple(_yields(means, when, last, stale=snapshot[YIELD].stale))
    shown = [charts.holder_and_yield(recent, rates, when, last)] if yields else []
    return Findings((*facts, *lower.facts, *yields), (*claims, *lower.claims), tuple(shown))


def _lowest_since(history: Months) -> Findings:
    """The claim that the latest value is the lowest of a long run, and the month before it that was as low."""
    latest = history[-1][1]
    lower = [i for i, (_, expr) in enumerate(history[:-1]) if expr.value <= latest.value]
    run = [expr for _, expr in history[(lower[-1] + 1 if lower else 0) : -1]]
    if len(run) < _LONG or not lower:
        return Findings()
    when, value = history[lower[-1]]
    return Findings(
        (Fact("holders.china.was_lower", "Last month in which China held as little", value, when),),
        (Claim("holders.china.lowest", "the least since", "lowest", (latest, *run), ("holders.china",)),),
    )


def _whole_months(daily: Series, first: Period) -> Iterator[tuple[Period, Expr]]:
    """Monthly means; the last month only if its last working day has a value."""
    for month, mean in calc.monthly_means(daily, first):
        if daily.last.start > month.end or _last_weekday(month) <= daily.last:
            yield month, mean


def _last_weekday(month: Period) -> Period:
    day = Period.of(month.end, Frequency.DAY)
    return day - max(0, day.start.weekday() - _WEEKEND + 1)


def _yields(means: Mapping[Period, Expr], peak: Period, last: Period, *, stale: bool) -> Iterator[Fact]:
    """The yield in the holdings' last month, and its moves since their peak and since a year before."""
    if last not in means:
        return
    label = "Ten-year Treasury yield, mean of the month"
    yield Fact("holders.yields.latest", label, means[last], last, stale)
    if peak in means and peak < last:
        moved = means[last] - means[peak]
        yield Fact("holders.yields.at_peak", label, means[peak], peak)
        yield Fact("holders.yields.change", "Change in the ten-year yield", moved, Window(peak, last), stale)
    if (before := last.year_earlier()) in means:
        moved = means[last] - means[before]
        window = Window(before + 1, last)
        yield Fact("holders.yields.change_year", "Change in the ten-year yield over a year", moved, window, stale)


# ---------------------------------------------------------------- who filled the void
def _void(snapshot: Snapshot, holders: Mapping[str, Holder]) -> Findings:
    """Everybody but China over table 3's window, who bought and sold the most, and what the changes are made of."""
    total, china = holders[TOTAL].split, holders[CHINA].split
    if not total or not china or total.change.span != china.change.span:
        return Findings()
    window, late = total.change.span, total.change.stale
    others = calc.rest(total.purchases.expr, china.purchases.expr)
    rest = calc.rest(total.change.expr, china.change.expr)
    facts = (
        Fact("holders.others.net_purchases_year", "Net purchases of Treasuries outside China", others, window, late),
        Fact("holders.others.change", "Change in Treasuries held outside China", rest, window, late),
    )
    sums = ("holders.others.net_purchases_year", "holders.china.net_purchases_year")
    sold = -china.purchases.expr
    claims = [Claim("holders.others.made_up", "others bought more than China sold", "above", (others, sold), sums)]
    traders = dict(_traders(snapshot, holders, window)) if isinstance(window, Window) else {}
    claims += (trader.claim for trader in traders.values())
    claims += (claim for code in LISTED if code in holders and (claim := _unexplained(holders[code])))
    return Findings(facts, tuple(claims), candidates=tuple(_bargain(snapshot, traders, claims[0])), given=traders)


def _bargain(snapshot: Snapshot, traders: Mapping[str, Trader], made_up: Claim) -> Iterator[Candidate]:
    """The biggest buyer as a takeaway, set against its own purchases over every earlier twelve months."""
    if "buyer" in traders:
        buyer = traders["buyer"]
        sums = [expr for _, expr in calc.rolling(snapshot[h.NET.format(buyer.code)], h.YEAR)]
        yield Candidate("holders.buyer", (buyer.fact,), (buyer.claim, made_up), buyer.fact.expr, tuple(sums[:-1]))


def _traders(snapshot: Snapshot, holders: Mapping[str, Holder], window: Window) -> Iterator[tuple[str, Trader]]:
    """`buyer` and `seller`: the country that bought, and that sold, the most of all that table 3 reports."""
    every = h.bought(snapshot, window)
    for role, test, words, best in (
        ("buyer", "highest", "bought the most", max),
        ("seller", "lowest", "sold the most", min),
    ):
        code = best(every, key=lambda one: (every[one].value, one))
        split = holders[code].split if code in holders else None
        if split and (split.purchases.value > 0) is (role == "buyer"):
            others = (expr for other, expr in every.items() if other != code)
            key = f"holders.{h.slug(code)}.{words.replace(' the ', '_')}"
            claim = Claim(key, words, test, (split.purchases.expr, *others), (split.purchases.id,))
            yield role, Trader(code, area(code).prose, claim, split.purchases)


def _unexplained(who: Holder) -> Claim | None:
    """That more of a change is explained by neither purchases nor valuation than is by purchases."""
    if not who.split:
        return None
    name = f"holders.{h.slug(who.code)}"
    args = (abs(who.split.other.expr), abs(who.split.purchases.expr))
    facts = (who.split.other.id, who.split.purchases.id)
    return Claim(f"{name}.unexplained", "more of it unexplained than bought", "above", args, facts)


# ---------------------------------------------------------------- records, table, takeaways
def _records(snapshot: Snapshot, holders: Mapping[str, Holder]) -> Iterator[Claim]:
    """That all holders together hold more than in any month before."""
    *past, latest = (expr for _, expr in h.months(snapshot, holders[TOTAL]))
    if past:
        yield Claim("holders.total.record", "more than ever", "highest", (latest, *past), ("holders.total",))


def _table(ranked: list[Holder], holders: Mapping[str, Holder]) -> Table:
    rows = [_row(who, holders[TOTAL], area(who.code).name) for who in ranked]
    rows.append(_row(holders[TOTAL], holders[TOTAL], "total", "sum"))
    if OFFICIAL in holders:
        rows.append(_row(holders[OFFICIAL], holders[TOTAL], "official", "sub"))
    if not holders[TOTAL].split:
        return Table("holders", tuple(rows))
    return Table("holders", tuple(rows), tinted=frozenset({4, 5, 6}), minor=frozenset({2}))


def _row(who: Holder, total: Holder, label: str, role: str = "") -> Row:
    """A row of figures of the periods the heads name; without a split, level and change over its year."""
    split = who.split if who.split and total.split and who.split.change.span == total.split.change.span else None
    level = Cell(Said(who.level, _TABLE) if who.level.span == total.level.span else None)
    if not total.split:
        year = who.change_year if who.level.span == total.level.span else None
        return Row(label, (level, Cell(Said(year, _SIGNED) if year else None, emphasis=True)), role)
    if not split:
        return Row(label, (level, *(Cell(None) for _ in range(5))), role)
    moved = (Cell(Said(split.level, _TABLE)), Cell(Said(split.change, _SIGNED), emphasis=True))
    return Row(label, (level, *moved, *(Cell(Said(part, _SIGNED)) for part in split.parts)), role)


def _candidates(holders: Mapping[str, Holder]) -> Iterator[Candidate]:
    for code in (CHINA, TOTAL):
        who = holders[code]
        if who.change_year:
            yield Candidate(
                who.level.id, (who.level, who.change_year), (), who.change_year.expr, tuple(_past_years(who.held))
            )


def _past_years(held: Series) -> Iterator[Expr]:
    """Changes over a year up to every month but the last."""
    for period in held.periods[:-1]:
        if period.year_earlier() in held:
            yield calc.change(held, period, period.year_earlier())
