"""Real-time periods of the FRED API: rows that say from when to when a value stood.

A row is clipped to the window it was asked in, so that answers for neighbouring windows restate at the seam what was
long known. `windows` parts the vintages so that every seam is a day of publication, and `chain` drops what a
later vintage only restates: together they give what one unlimited answer would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from reporter.model.observations import Layer
from reporter.model.periods import Period
from reporter.sources.payload import consecutive

MOST_VINTAGES = 2000  # in one JSON answer; more are a 400
EVER = date(9999, 12, 31)  # FRED's end of a value that still stands


@dataclass(frozen=True, slots=True)
class Row:
    """The value of a period, as it stood from `start` to `end`, both included; empty where there was none."""

    period: Period
    start: date
    end: date
    value: str


def windows(vintages: Sequence[date], most: int = MOST_VINTAGES) -> tuple[tuple[date, date], ...]:
    """Windows of at most so many vintages each, from the first one on, without a gap; the last one is open."""
    days = sorted(set(vintages))
    starts = days[::most]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [EVER]
    return tuple(zip(starts, ends[: len(starts)], strict=True))


def merged(rows: Iterable[Row]) -> list[Row]:
    """Rows of neighbouring windows as one answer would have them: what was cut at a seam is whole again."""
    found: list[Row] = []
    for row in sorted(rows, key=lambda each: (each.period, each.start)):
        last = found[-1] if found else None
        if last and (last.period, last.value) == (row.period, row.value) and row.start <= last.end + timedelta(days=1):
            found[-1] = replace(last, end=max(last.end, row.end))
        else:
            found.append(row)
    return found


def chain(layers: Iterable[Layer], held: Iterable[Layer] = ()) -> tuple[Layer, ...]:
    """Layers of one series, in order, each with only what is new or revised on its day; empty ones are left out.

    `held` are layers of the same chain that are at hand already: what they have is not said again.
    """
    standing: dict[Period, str] = {}
    for layer in sorted(held, key=lambda each: each.vintage.known_on):
        standing |= {period: layer.at(period) for period in layer.periods()}
    found: list[Layer] = []
    for layer in sorted(layers, key=lambda each: each.vintage.known_on):
        said = {period: layer.at(period) for period in layer.periods()}
        new = {period: value for period, value in said.items() if standing.get(period) != value}
        if new:
            first, text = consecutive(new)
            found.append(replace(layer, first=first, text=text))
            standing |= new
    return tuple(found)
