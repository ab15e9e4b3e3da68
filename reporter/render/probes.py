"""Values to be read off a chart in the page: a strip over each period, told when pointed at or focused.

The strips are radio buttons, of which a browser makes one stop of the Tab key and lets the arrow keys go from period
to period: no script is needed. A chart of many periods is read at some twenty of them, the last one included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from statistics import median

from reporter.charts.drawing import Mark
from reporter.language.wording import short
from reporter.model.periods import Period
from reporter.rounding import MINUS, rounded

MOST = 24  # strips of a chart: thinner ones could not be hit, and each weighs a hundred bytes
_POINT = 72 / 25.4  # to the millimetre
_NEAR = 6.0  # points between a bar in the middle of its period and a line's value at the end of it
_LARGE, _MIDDLE = 100, 10  # from where on a value is told without decimals, with one


@dataclass(frozen=True, slots=True)
class Probe:
    """A strip of a chart from top to bottom, in percent of its width, and the values there, a line each."""

    text: str
    left: float
    width: float

    @property
    def at_the_right(self) -> bool:
        """Whether what it tells has more room to its left."""
        return self.left + self.width / 2 > 50  # noqa: PLR2004 -- percent


def probes(marks: Iterable[Mark], width_mm: float) -> tuple[Probe, ...]:
    """The strips of a chart from left to right; none for one whose places do not stand for time."""
    columns = sorted(_columns(mark for mark in marks if mark.period), key=lambda column: column[0].x)
    step = max(1, -(-len(columns) // MOST))
    kept = columns[::-step][::-1]
    places = [column[0].x for column in kept]
    wide = median(after - before for before, after in pairwise(places)) if kept[1:] else 12.0
    return tuple(_probe(column, wide, width_mm * _POINT) for column in kept)


def _columns(marks: Iterable[Mark]) -> Iterator[Sequence[Mark]]:
    """Marks of one period that stand over each other."""
    for _, held in groupby(sorted(marks, key=lambda mark: (mark.period, mark.x)), key=lambda mark: mark.period):
        column: list[Mark] = []
        for mark in held:
            if column and mark.x - column[0].x > _NEAR:
                yield column
                column = []
            column.append(mark)
        yield column


def _probe(column: Sequence[Mark], wide: float, full: float) -> Probe:
    when = short(Period.parse(column[0].period))
    middle = column[0].x
    values = dict.fromkeys(f"{mark.name}: {told(mark.value)}" for mark in column)
    return Probe("\n".join((when, *values)), round((middle - wide / 2) / full * 100, 1), round(wide / full * 100, 1))


def told(value: float) -> str:
    """A value read off a chart: as many digits as its scale bears, no more than three behind a leading one."""
    size = abs(value)
    places = 0 if size >= _LARGE else 1 if size >= _MIDDLE else 2
    shown = rounded(Decimal(str(value)), places)
    return f"{shown:,f}".replace("-", MINUS) if shown else "0"
