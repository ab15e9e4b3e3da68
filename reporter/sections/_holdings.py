"""Who holds US Treasuries: levels, histories and the split of a year's change, as the Treasury's files bear them.

Levels come from the newest file that reaches furthest: table 5 ($ billions, the last 13 months), table 3 (the same
in millions, since January 2020) or the history of major holders since 2000. What a change is made of is known from
table 3 alone, whose net purchases and valuation changes start in February 2023; it has one window, table 3's last
twelve months, and is given only where level, purchases and valuation stand in one vintage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reporter import calc
from reporter.catalogue import AreaKind, area, countries
from reporter.expr import Expr, Read
from reporter.facts import Fact
from reporter.model.periods import Period, Window
from reporter.model.series import Series, Snapshot

TOTAL, OFFICIAL, CHINA = "99996", "99990", "41408"
LISTED = (CHINA, "42609", "13005", "10251", "11401", "36137", "11703", "29998")
LARGEST = 20
YEAR = 12  # months
LEVEL, MAJOR, HISTORY = "tic:table3:{}:for_treas_pos", "tic:table5:{}:pos", "tic:mfhhis:{}:pos"
NET, VALUATION = "tic:table3:{}:for_treas_net", "tic:table3:{}:for_lt_treas_valchg"
NEEDS = tuple(series.format("*") for series in (LEVEL, MAJOR, HISTORY, NET, VALUATION))


@dataclass(frozen=True)
class Split:
    """A holder's change over table 3's last twelve months and what it is made of, all from one vintage.

    `then` and `level` are the holdings at its ends; `other` is what neither purchases nor valuation explains.
    """

    then: Fact
    level: Fact
    change: Fact
    purchases: Fact
    valuation: Fact
    other: Fact

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Its facts, levels and the whole before the parts."""
        return (self.then, self.level, self.change, self.purchases, self.valuation, self.other)

    @property
    def parts(self) -> tuple[Fact, ...]:
        """What the change is made of; they add up to it."""
        return (self.purchases, self.valuation, self.other)


@dataclass(frozen=True)
class Holder:
    """One holder's facts. `change_year` and `split` are None where the day's files do not reach far enough."""

    code: str
    held: Series
    level: Fact
    change_year: Fact | None
    split: Split | None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All that there are."""
        year = (self.change_year,) if self.change_year else ()
        return (self.level, *year, *(self.split.facts if self.split else ()))


def slug(code: str) -> str:
    """The holder's part of a fact's id: `total`, `official`, `united_kingdom`."""
    named = {TOTAL: "total", OFFICIAL: "official"}
    return named.get(code) or re.sub(r"\W+", "_", area(code).short.lower())


def _place(code: str) -> str:
    """`in Japan`, and `by all foreigners`: a country is where securities are held, a group is who holds them."""
    held = area(code)
    return f"{'in' if held.kind is AreaKind.COUNTRY else 'by'} {held.prose}"


def holder(snapshot: Snapshot, code: str) -> Holder | None:
    """The holder's facts as far as the day's files bear them; None where none of them reports it."""
    held = levels(snapshot, code)
    if held is None:
        return None
    name, who, last = f"holders.{slug(code)}", _place(code), held.last
    level = Fact(name, f"Treasuries held {who}", calc.at(held), last, held.stale)
    before, change_year = last.year_earlier(), None
    if before in held:
        label = f"Change in Treasuries held {who} over a year"
        moved = calc.change(held, last, before)
        change_year = Fact(f"{name}.change_year", label, moved, Window.ending(last, YEAR), held.stale)
    return Holder(code, held, level, change_year, _split(snapshot, code, name, who))


def levels(snapshot: Snapshot, code: str) -> Series | None:
    """The series of its holdings that reaches furthest, and back a year; table 3 before table 5 before the history."""
    ids = [series.format(code) for series in (LEVEL, MAJOR, HISTORY)]
    held = [snapshot.series[key] for key in ids if key in snapshot.series and snapshot.series[key].periods]
    return max(held, key=lambda series: (series.last, series.last.year_earlier() in series), default=None)


def months(snapshot: Snapshot, who: Holder, first: Period | None = None) -> Iterator[tuple[Period, Read]]:
    """Its holdings month by month from `first`, oldest first.

    As the newest file has them, and before that file's first month as the history has them. Nothing is smoothed over:
    a value keeps the vintage it stands in, and a chart lifts its pen there.
    """
    old = snapshot.series.get(HISTORY.format(who.code), who.held)
    newest = who.held[who.held.last].path
    for period in sorted({*old.periods, *who.held.periods}):
        if first is None or period >= first:
            new, kept = who.held.get(period), old.get(period)
            seen = new if new is not None and (new.path == newest or kept is None) else kept
            if seen is not None:
                yield period, Read(seen)


def largest(snapshot: Snapshot, last: Period) -> tuple[str, ...]:
    """Codes of the largest holders among the countries of table 3 at the end of `last`, the largest first."""
    held = [(land.code, snapshot.series.get(LEVEL.format(land.code))) for land in countries()]
    sizes = {code: series[last].value for code, series in held if series is not None and last in series}
    return tuple(sorted(sizes, key=lambda code: (-sizes[code], code))[:LARGEST])


def bought(snapshot: Snapshot, window: Window) -> dict[str, Expr]:
    """Net purchases over the window by each country that table 3 reports for all of it, by code."""
    held = [(land.code, snapshot.series.get(NET.format(land.code))) for land in countries()]
    return {code: calc.window_sum(net, window) for code, net in held if net is not None and net.covers(window)}


def one_vintage(exprs: Iterable[Expr]) -> bool:
    """Whether everything the expressions read stands in a vintage of one day and one basis."""
    return calc.coherent(Read(seen) for expr in exprs for seen in expr.observations())


def _split(snapshot: Snapshot, code: str, name: str, who: str) -> Split | None:
    ids = [series.format(code) for series in (LEVEL, NET, VALUATION)]
    if any(key not in snapshot.series or not snapshot.series[key].periods for key in ids):
        return None
    positions, net, valuation = (snapshot[key] for key in ids)
    last, late = positions.last, positions.stale
    window, before = Window.ending(last, YEAR), last.year_earlier()
    if before not in positions or not net.covers(window) or not valuation.covers(window):
        return None
    moved = calc.change(positions, last, before)
    purchases, revalued = calc.window_sum(net, window), calc.window_sum(valuation, window)
    if not one_vintage((moved, purchases, revalued)):
        return None
    rest = calc.rest(moved, purchases, revalued)
    return Split(
        Fact(f"{name}.split.then", f"Treasuries held {who} a year before", calc.at(positions, before), before),
        Fact(f"{name}.split.level", f"Treasuries held {who}", calc.at(positions), last, late),
        Fact(f"{name}.split.change", f"Change in Treasuries held {who}", moved, window, late),
        Fact(f"{name}.net_purchases_year", f"Net purchases of Treasuries, {who}", purchases, window, late),
        Fact(f"{name}.valuation_year", f"Valuation change of Treasuries held {who}", revalued, window, late),
        Fact(f"{name}.other_year", f"Other changes in Treasuries held {who}", rest, window, late),
    )
