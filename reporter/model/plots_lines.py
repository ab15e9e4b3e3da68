"""Lines of a chart and what is printed beside them; which of their values may be joined.

`Line.pieces` is where the rule “no line across a change of vintage” lives: two values are joined only if one
vintage holds both and no period between them is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from reporter.model.periods import Frequency, Period

_LONGEST_REST = 10  # days without a daily value that are still weekend and holidays, not a gap


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a period, in the unit the axis shows; `path` is the day of the vintage it is coherent with.

    >>> Point(Period.parse("2026Q2"), -22.42, date(2026, 10, 10)).backfilled
    False
    """

    period: Period
    value: float
    path: date
    backfilled: bool = False

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            message = f"{self.period}: {self.value} cannot be drawn; leave the point out"
            raise ValueError(message)


def joined(one: Point, other: Point) -> bool:
    """Whether a line may run from one value to the next: one vintage, and nothing missing between."""
    rest = _LONGEST_REST if one.period.frequency is Frequency.DAY else 1
    return one.path == other.path and other.period.since(one.period) <= rest


@dataclass(frozen=True, slots=True)
class Line:
    """One measure through time, in order of its periods; raises ValueError where they repeat or go back."""

    name: str
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        for one, other in pairwise(self.points):
            if other.period.since(one.period) < 1:
                message = f"{self.name}: {other.period} follows {one.period}"
                raise ValueError(message)

    @property
    def values(self) -> tuple[float, ...]:
        """The values, in order."""
        return tuple(p.value for p in self.points)

    def at(self, period: Period) -> Point:
        """The point of a period; KeyError if there is none."""
        for point in self.points:
            if point.period == period:
                return point
        raise KeyError(str(period))

    def pieces(self) -> Iterator[tuple[Point, ...]]:
        """The stretches that may be drawn without lifting the pen; a print of its own day is a piece of one."""
        piece: list[Point] = []
        for point in self.points:
            if piece and not joined(piece[-1], point):
                yield tuple(piece)
                piece = []
            piece.append(point)
        if piece:
            yield tuple(piece)


@dataclass(frozen=True, slots=True)
class Label:
    """A text that prints a value, formatted by the caller from the fact it names; lines are parted by a newline."""

    text: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said around a chart. `key` is unique in an edition; `alt` is the description for who cannot see it."""

    key: str
    headline: str
    unit: str
    source: str
    alt: str


@dataclass(frozen=True, slots=True)
class Record:
    """A period of a line that is ringed, and what stands beside the ring."""

    period: Period
    label: Label


@dataclass(frozen=True, slots=True)
class Trace:
    """A line with a panel to itself. `earlier` holds the measure before a series break: drawn, never joined.

    `zero` decides whether the scale holds zero: always for money and shares, not for an index.
    """

    title: str
    line: Line
    end: Label
    record: Record | None = None
    earlier: tuple[Line, ...] = ()
    zero: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stack and the label beside its last value."""

    line: Line
    end: Label
