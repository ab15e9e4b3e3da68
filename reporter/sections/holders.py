"""Foreign holders of US Treasuries: who holds how much, and what changed it.

Levels come from the newest release at hand: table 5 where it reaches further than table 3, else table 3,
which is the same release in millions. A holder's split into purchases, valuation and other has one window,
that of table 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reporter import calc
from reporter.catalogue import area
from reporter.claims import Claim
from reporter.expr import Expr
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.periods import Period, Window
from reporter.model.plots import Label, Small, SmallMultiples
from reporter.model.series import Series, Snapshot
from reporter.rounding import Style
from reporter.tree import Cell, Row, Table

TOTAL, OFFICIAL = "99996", "99990"
CODES = {
    TOTAL: "total",
    "41408": "china",
    "42609": "japan",
    "13005": "united_kingdom",
    "10251": "belgium",
    "11401": "ireland",
    "36137": "cayman_islands",
    "11703": "luxembourg",
    "29998": "canada",
    OFFICIAL: "official",
}
_LISTED = [code for code in CODES if code not in {TOTAL, OFFICIAL}]
_COLUMNS = ("for_treas_pos", "for_treas_net", "for_lt_treas_valchg")
NEEDS = (
    *(f"tic:table5:{code}:pos" for code in CODES),
    *(f"tic:table3:{code}:{column}" for code in CODES for column in _COLUMNS),
    *(f"tic:mfhhis:{code}:pos" for code in _LISTED),
)

_BILLION, _YEAR = 9, 12
_TABLE = Style(scale="bn", places=1, bare=True)
_SIGNED = _TABLE.but(sign="signed")


@dataclass(frozen=True)
class Holder:
    """One holder's facts: level and change a year, and the split of table 3's window."""

    code: str
    level: Fact
    change_year: Fact
    then: Fact
    change: Fact
    purchases: Fact
    valuation: Fact
    other: Fact

    def facts(self) -> tuple[Fact, ...]:
        """All of them."""
        return (self.level, self.change_year, self.then, self.change, self.purchases, self.valuation, self.other)


def build(snapshot: Snapshot) -> Findings:
    """Facts `holders.*`, the table of holders and the chart of the eight largest."""
    holders = {code: _holder(snapshot, code) for code in CODES}
    claims = tuple(claim for code in _LISTED if (claim := _low(snapshot, holders[code])))
    ranked = sorted(_LISTED, key=lambda code: -holders[code].level.value)
    return Findings(
        facts=tuple(fact for holder in holders.values() for fact in holder.facts()),
        claims=claims,
        charts=(_chart(snapshot, [holders[code] for code in ranked]),),
        tables=(_table([holders[code] for code in ranked], holders[TOTAL], holders[OFFICIAL]),),
        candidates=tuple(_candidates(snapshot, holders)),
    )


def _holder(snapshot: Snapshot, code: str) -> Holder:
    held, name = _levels(snapshot, code), f"holders.{CODES[code]}"
    who = area(code).prose
    last = held.last
    positions, net, valuation = (snapshot[f"tic:table3:{code}:{column}"] for column in _COLUMNS)
    window = Window.ending(positions.last, _YEAR)
    before = positions.last.year_earlier()
    moved = calc.change(positions, positions.last, before)
    bought, revalued = calc.window_sum(net, window), calc.window_sum(valuation, window)
    late = positions.stale
    return Holder(
        code,
        Fact(name, f"Treasuries held in {who}", calc.at(held), last, held.stale),
        Fact(
            f"{name}.change_year",
            f"Change in Treasuries held in {who} over a year",
            calc.change(held, last, last.year_earlier()),
            Window.ending(last, _YEAR),
            held.stale,
        ),
        Fact(f"{name}.split.level", f"Treasuries held in {who}", calc.at(positions), positions.last, late),
        Fact(f"{name}.split.change", f"Change in Treasuries held in {who}", moved, window, late),
        Fact(f"{name}.net_purchases_year", f"Net purchases of Treasuries from {who}", bought, window, late),
        Fact(f"{name}.valuation_year", f"Valuation change of Treasuries held in {who}", revalued, window, late),
        Fact(
            f"{name}.other_year",
            f"Other changes in Treasuries held in {who}",
            moved - bought - revalued,
            window,
            late,
        ),
    )


def _levels(snapshot: Snapshot, code: str) -> Series:
    """Table 5 where it reaches further than table 3, else table 3."""
    major, whole = snapshot[f"tic:table5:{code}:pos"], snapshot[f"tic:table3:{code}:for_treas_pos"]
    return major if major.periods and major.last > whole.last else whole


def _low(snapshot: Snapshot, holder: Holder) -> Claim | None:
    """The claim that a holding is the lowest of its release's months."""
    held = _levels(snapshot, holder.code)
    past = calc.history(held, before=held.last)
    if not past:
        return None
    name = holder.level.id
    return Claim(f"{name}.lowest", "the lowest of the months published", "lowest", (calc.at(held), *past), (name,))


def _table(ranked: list[Holder], total: Holder, official: Holder) -> Table:
    rows = [_row(holder, area(holder.code).name) for holder in ranked]
    rows += [_row(total, "All foreign holders", "sum"), _row(official, "of which official", "sub")]
    return Table("holders", tuple(rows), tinted=frozenset({4, 5, 6}), minor=frozenset({2}))


def _row(holder: Holder, label: str, role: str = "") -> Row:
    plain = (holder.level, holder.then)
    split = (holder.purchases, holder.valuation, holder.other)
    cells = [Cell(Said(fact, _TABLE)) for fact in plain]
    cells.append(Cell(Said(holder.change, _SIGNED), emphasis=True))
    cells += [Cell(Said(fact, _SIGNED)) for fact in split]
    return Row(label, tuple(cells), role)


def _chart(snapshot: Snapshot, ranked: list[Holder]) -> Chart:
    lines = {holder.code: tuple(_months(snapshot, holder.code)) for holder in ranked}

    def plot(_: ChartWords) -> SmallMultiples:
        return SmallMultiples(tuple(_panel(holder, lines[holder.code]) for holder in ranked))

    reads = tuple(calc.observed(expr for values in lines.values() for _, expr in values))
    return Chart("holders", plot, reads)


def _panel(holder: Holder, values: tuple[tuple[Period, Expr], ...]) -> Small:
    line = calc.line(area(holder.code).prose, values, _BILLION)
    first = Fact(f"{holder.level.id}.first", "First value shown", values[0][1], values[0][0])
    style = Style(scale="bn", places=0, bare=True)
    return Small(
        area(holder.code).name,
        line,
        Label(Said(first, style).text, first.id),
        Label(Said(holder.level, style).text, holder.level.id),
    )


def _months(snapshot: Snapshot, code: str) -> Iterator[tuple[Period, Expr]]:
    """The long history, then the months of the newest release that the history does not reach."""
    old, new = snapshot[f"tic:mfhhis:{code}:pos"], _levels(snapshot, code)
    start = Period.parse("2012-01")
    joint = min(new.periods[0], new.last) if new.periods else None
    for seen in old.between(start):
        if joint is None or seen.period < joint:
            yield seen.period, calc.at(old, seen.period)
    for period in new.periods:
        yield period, calc.at(new, period)


def _candidates(snapshot: Snapshot, holders: dict[str, Holder]) -> Iterator[Candidate]:
    for code in ("41408", TOTAL):
        holder = holders[code]
        held = _levels(snapshot, code)
        past = tuple(
            move
            for period in held.periods
            if period.year_earlier() in held and period != held.last
            for move in [calc.change(held, period, period.year_earlier())]
        )
        yield Candidate(holder.level.id, (holder.level, holder.change_year), (), holder.change_year.expr, past)
