"""Observations and the series they make, as they were known on a day.

A *layer* is one vintage of one series: a run of consecutive values that one payload held. A *series* is
the layers at hand seen from a day: for each period the value last published by then. Where the first
vintage at hand is later than that, the period enters on its release date from the earliest later vintage,
and says so (`Basis.BACKFILLED`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from reporter.model.periods import Frequency, Period
from reporter.model.units import Measure, Unit


class Basis(StrEnum):
    """How a value came to be known on the day."""

    PUBLISHED = "published"
    BACKFILLED = "backfilled"  # the value is taken from a later vintage, on the period's release date
    MIXED = "mixed"  # only of comparisons: the values compared come from different vintages


class Form(StrEnum):
    """What a vintage holds."""

    PATH = "path"  # the whole series as it stood: one coherent vintage
    REVISION = "revision"  # only what changed that day in a path kept as its revisions (ALFRED)
    PRINT = "print"  # the few periods a release printed: coherent among themselves, not with older prints


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """A catalogue entry. `id` is `source:code`; `release` names the group of the release calendar.

    `frozen` says that its publisher adds nothing to it any more: it is history, and no release of it is waited for.
    """

    id: str
    title: str
    measure: Measure
    unit: Unit
    publisher: str
    release: str
    link: str
    licence: str = "public domain"
    frozen: bool = field(default=False, compare=False)  # of the catalogue, not of what an edition rests on

    @property
    def code(self) -> str:
        """The id without its source."""
        return self.id.partition(":")[2]

    @property
    def frequency(self) -> Frequency:
        """How long one period is."""
        return self.measure.frequency


@dataclass(frozen=True, slots=True)
class Vintage:
    """One payload of one publisher on one day: where its values can be looked up."""

    id: str
    known_on: date
    form: Form
    publisher: str
    link: str
    sha256: str = ""
    transcribed_via: str = ""


@dataclass(frozen=True)
class Layer:
    """One vintage of one series: `text` holds comma-separated values, empty where there is none.

    Values are in `unit`; `step` is what they are known to, in that unit, where that is coarser than the
    last digit written (a figure rounded to a tenth of a billion but written in millions).
    """

    series: str
    vintage: Vintage
    unit: Unit
    first: Period
    text: str
    step: Decimal | None = None

    @cached_property
    def values(self) -> list[str]:
        """The values as written, in order."""
        return self.text.split(",")

    def at(self, period: Period) -> str:
        """The value as written, or the empty string."""
        return self.text_at(period.ordinal)

    def text_at(self, ordinal: int) -> str:
        """The value of a period by its ordinal."""
        place = ordinal - self.first.ordinal
        return self.values[place] if 0 <= place < len(self.values) else ""

    def ordinals(self) -> Iterator[int]:
        """The ordinals of the periods that have a value."""
        return (ordinal for ordinal, value in enumerate(self.values, self.first.ordinal) if value)

    def periods(self) -> Iterator[Period]:
        """The periods that have a value."""
        return (Period(self.first.frequency, ordinal) for ordinal in self.ordinals())


@dataclass(frozen=True, slots=True)
class Observation:
    """One published value of one period.

    `value` and `step` are in the base unit of the series' kind (dollars, percent); `known_on` is the day the
    value counts as known; `vintage` the payload it was read from; `path` the day of the vintage it is
    coherent with, later than `known_on` where backfilled.
    """

    series: SeriesInfo
    period: Period
    value: Decimal
    step: Decimal
    known_on: date
    vintage: Vintage
    path: date
    basis: Basis

    @property
    def id(self) -> str:
        """Unique in an edition: series, period and the day of the vintage it was read from."""
        return f"{self.series.id}@{self.period}@{self.vintage.known_on}"

    @property
    def coherence(self) -> tuple[str, date]:
        """Two values of one series may be compared plainly when this is equal."""
        return ("print" if self.vintage.form is Form.PRINT else "path"), self.path
