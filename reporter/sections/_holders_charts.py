"""Charts of the holders of US Treasuries: a panel each, who bought and who sold, China against the yield."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reporter import calc
from reporter.catalogue import area
from reporter.expr import Expr
from reporter.facts import Fact, Said
from reporter.findings import Chart, ChartWords
from reporter.model.periods import Period, Window
from reporter.model.plots import (
    HolderAndYield,
    Label,
    Mover,
    Movers,
    Record,
    Small,
    SmallMultiples,
    Stretch,
    Trace,
)
from reporter.model.series import Snapshot
from reporter.rounding import Style
from reporter.sections import _holdings as h

MOST_MOVERS = 12

_BILLION = 9
_FIRST = Period.parse("2012-01")
_LEVEL = Style(scale="bn", places=0, bare=True)
_CHANGE = _LEVEL.but(sign="signed")

Months = Sequence[tuple[Period, Expr]]


def small_multiples(snapshot: Snapshot, ranked: Iterable[h.Holder]) -> Chart:
    """The listed holders, the largest first, on one scale."""
    lines = [(who, tuple(h.months(snapshot, who, _FIRST))) for who in ranked]

    def plot(_: ChartWords) -> SmallMultiples:
        return SmallMultiples(tuple(_panel(who, values) for who, values in lines))

    return Chart("holders", plot, tuple(calc.observed(expr for _, values in lines for _, expr in values)))


def first_shown(snapshot: Snapshot, ranked: Iterable[h.Holder]) -> tuple[Fact, ...]:
    """The figures that stand at the left ends of `small_multiples`."""
    return tuple(_first(who, tuple(h.months(snapshot, who, _FIRST))) for who in ranked)


def _first(who: h.Holder, values: Months) -> Fact:
    return Fact(f"{who.level.id}.first", "First value shown", values[0][1], values[0][0])


def _panel(who: h.Holder, values: Months) -> Small:
    return Small(
        area(who.code).short,
        calc.line(area(who.code).prose, values, _BILLION),
        _label(_first(who, values), _LEVEL),
        _label(who.level, _LEVEL),
    )


def movers(holders: Iterable[h.Holder]) -> Chart | None:
    """The biggest changes among the largest holders, the biggest rise first; None where no change is split."""
    split = [(who, who.split) for who in holders if who.split]
    biggest = sorted(split, key=lambda pair: -abs(pair[1].change.value))[:MOST_MOVERS]
    ranked = sorted(biggest, key=lambda pair: -pair[1].change.value)
    if not ranked:
        return None

    def plot(words: ChartWords) -> Movers:
        return Movers(
            tuple(_mover(who, parts) for who, parts in ranked),
            words["holdings"],
            words["then"],
            words["now"],
            words["change"],
            (words["purchases"], words["valuation"], words["other"]),
            words["total"],
        )

    exprs = [fact.expr for _, parts in ranked for fact in parts.facts]
    return Chart("movers", plot, tuple(calc.observed(exprs)))


def _mover(who: h.Holder, split: h.Split) -> Mover:
    return Mover(
        area(who.code).short,
        _billions(split.then.expr),
        _billions(split.level.expr),
        tuple(_billions(part.expr) for part in split.parts),
        _label(split.change, _CHANGE),
    )


def holder_and_yield(held: Months, rates: Months, peak: Period, last: Period) -> Chart:
    """China's holdings over the ten-year yield, both to `last`; the stretch from the peak is tinted and told."""
    stretch = Window(peak, last) if peak < last else None

    def plot(words: ChartWords) -> HolderAndYield:
        record = Record(peak, Label(words["peak"], "holders.china.peak")) if stretch else None
        return HolderAndYield(
            Trace(
                words["level"],
                calc.line(words["level"], held, _BILLION),
                Label(words["level_end"], "holders.china"),
                record,
            ),
            Trace(
                words["yield"], calc.line(words["yield"], rates, 0), Label(words["yield_end"], "holders.yields.latest")
            ),
            _told(stretch, words) if stretch else None,
        )

    return Chart("china", plot, tuple(calc.observed(expr for _, expr in (*held, *rates))), half=True)


def _told(stretch: Window, words: ChartWords) -> Stretch:
    return Stretch(
        stretch,
        Label(words["level_change"], "holders.china.from_peak"),
        Label(words["yield_change"], "holders.yields.change"),
    )


def _label(fact: Fact, style: Style) -> Label:
    return Label(Said(fact, style).text, fact.id)


def _billions(expr: Expr) -> float:
    return float(expr.value.scaleb(-_BILLION))
