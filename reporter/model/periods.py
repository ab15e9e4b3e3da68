"""Periods and windows: what a figure is about, looked up by name and never by position."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reporter.errors import FrequencyMismatch

_SHAPE = re.compile(r"(?P<y>\d{4})(?:-?Q(?P<q>[1-4])|-(?P<m>\d{2})(?:-(?P<d>\d{2}))?)?")
_PER_YEAR = {"A": 1, "Q": 4, "M": 12}


class Frequency(StrEnum):
    """How long one period of a series is."""

    DAY = "D"
    MONTH = "M"
    QUARTER = "Q"
    YEAR = "A"


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """One day, month, quarter or year; `ordinal` counts periods so that neighbours differ by one.

    A day's ordinal is `date.toordinal()`; a month's is `12 × year + month − 1`, and so on.
    """

    frequency: Frequency
    ordinal: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026`, `2026Q2` (or `2026-Q2`), `2026-07` or `2026-07-31`; raise ValueError else."""
        found = _SHAPE.fullmatch(text.strip())
        if not found:
            message = f"not a period: {text!r} (write 2026, 2026Q2, 2026-07 or 2026-07-31)"
            raise ValueError(message)
        year, quarter, month, day = (int(g) if g else 0 for g in found.groups())
        if day:
            return cls(Frequency.DAY, date(year, month, day).toordinal())
        if month:
            return cls.of(date(year, month, 1), Frequency.MONTH)
        return cls(Frequency.QUARTER, 4 * year + quarter - 1) if quarter else cls(Frequency.YEAR, year)

    @classmethod
    def of(cls, day: date, frequency: Frequency) -> Period:
        """The period of that length that holds `day`."""
        if frequency is Frequency.DAY:
            return cls(frequency, day.toordinal())
        per = _PER_YEAR[frequency]
        return cls(frequency, per * day.year + (day.month - 1) * per // 12)

    @property
    def year(self) -> int:
        """The calendar year it lies in."""
        return self.start.year

    @property
    def number(self) -> int:
        """Which month or quarter of its year, from 1."""
        return self.ordinal % _PER_YEAR[self.frequency] + 1

    @property
    def start(self) -> date:
        """Its first day."""
        if self.frequency is Frequency.DAY:
            return date.fromordinal(self.ordinal)
        per = _PER_YEAR[self.frequency]
        return date(self.ordinal // per, self.ordinal % per * (12 // per) + 1, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        if self.frequency is Frequency.DAY:
            return self.start
        months = 12 // _PER_YEAR[self.frequency]
        first = self.start
        month = first.month + months - 1
        return date(first.year, month, calendar.monthrange(first.year, month)[1])

    def year_earlier(self) -> Period:
        """The same period a year before."""
        if self.frequency is Frequency.DAY:
            day = self.start
            leap = (day.month, day.day) == (2, 29)
            return Period.of(day.replace(year=day.year - 1, day=28 if leap else day.day), self.frequency)
        return self - _PER_YEAR[self.frequency]

    def __add__(self, count: int) -> Period:
        return Period(self.frequency, self.ordinal + count)

    def __sub__(self, count: int) -> Period:
        return Period(self.frequency, self.ordinal - count)

    def since(self, other: Period) -> int:
        """How many periods after `other` this one is."""
        if self.frequency is not other.frequency:
            message = f"{self} and {other} are periods of different length"
            raise FrequencyMismatch(message)
        return self.ordinal - other.ordinal

    def __str__(self) -> str:
        match self.frequency:
            case Frequency.DAY:
                return self.start.isoformat()
            case Frequency.MONTH:
                return f"{self.year}-{self.number:02d}"
            case Frequency.QUARTER:
                return f"{self.year}Q{self.number}"
            case Frequency.YEAR:
                return str(self.year)


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """A run of periods of one length, both ends included: “the 12 months to April 2026”."""

    first: Period
    last: Period

    def __post_init__(self) -> None:
        if len(self) < 1:
            message = f"a window may not end before it starts: {self.first}…{self.last}"
            raise ValueError(message)

    @classmethod
    def ending(cls, last: Period, count: int) -> Window:
        """The `count` periods up to and including `last`."""
        return cls(last - (count - 1), last)

    def __len__(self) -> int:
        return self.last.since(self.first) + 1

    def periods(self) -> tuple[Period, ...]:
        """Every period in it, in order."""
        return tuple(self.first + i for i in range(len(self)))

    def __str__(self) -> str:
        return f"{self.first}…{self.last}"


Span = Period | Window
