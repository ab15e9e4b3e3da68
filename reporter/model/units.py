"""What a number measures: its unit, and the traits that decide what it may be added to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from reporter.errors import FrequencyMismatch, UnitMismatch
from reporter.model.periods import Frequency


class Kind(StrEnum):
    """What is counted. Different kinds never add up."""

    USD = "usd"
    PERCENT = "percent"
    POINTS = "points"  # percentage points: what two percentages differ by
    RATIO = "ratio"
    INDEX = "index"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Unit:
    """A kind at a decimal scale: `USD_MN` is dollars times ten to the sixth."""

    kind: Kind
    scale: int = 0

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Read the catalogue's spelling, such as `usd_bn` or `percent`; raise ValueError else."""
        name, _, suffix = text.partition("_")
        try:
            return cls(Kind(name), {"": 0, "th": 3, "mn": 6, "bn": 9, "tn": 12}[suffix])
        except (KeyError, ValueError):
            message = f"not a unit: {text!r} (write usd, usd_mn, usd_bn, usd_tn, percent, index, ratio or count)"
            raise ValueError(message) from None

    def __str__(self) -> str:
        return self.kind.value + {0: "", 3: "_th", 6: "_mn", 9: "_bn", 12: "_tn"}[self.scale]


USD, USD_MN, USD_BN, USD_TN = (Unit(Kind.USD, scale) for scale in (0, 6, 9, 12))
PERCENT, POINTS, RATIO, INDEX, COUNT = map(Unit, (Kind.PERCENT, Kind.POINTS, Kind.RATIO, Kind.INDEX, Kind.COUNT))


class Nature(StrEnum):
    """Stock (at a date), flow (over a period; a change in a stock is one), or level (yield, index, ratio)."""

    STOCK = "stock"
    FLOW = "flow"
    LEVEL = "level"


class Adjustment(StrEnum):
    """Seasonally adjusted or not."""

    SA = "SA"
    NSA = "NSA"


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit's kind with the traits that travel along: what may be added, compared or divided.

    `frequency` is that of the observations behind it; a sum over a window keeps it.
    """

    kind: Kind
    nature: Nature
    frequency: Frequency
    adjustment: Adjustment = Adjustment.NSA
    annualised: bool = False

    def plus(self, other: Measure) -> Measure:
        """The measure of a sum of the two; raise UnitMismatch or FrequencyMismatch."""
        self._same_traits(other)
        if self.nature is not other.nature:
            raise _unlike(self, other)
        return self

    def minus(self, other: Measure) -> Measure:
        """The measure of a difference: two stocks differ by a flow, two percentages by points."""
        summed = self.plus(other)
        if self.nature is Nature.STOCK:
            return replace(summed, nature=Nature.FLOW)
        if self.kind is Kind.PERCENT:
            return replace(summed, kind=Kind.POINTS)
        return summed

    def over(self, other: Measure, kind: Kind) -> Measure:
        """The measure of a quotient, a ratio or a percentage: both sides must be of one kind.

        A flow over a flow must agree on being annualised; a stock is set against an annual rate.
        """
        flows = self.nature is other.nature is Nature.FLOW
        stock_over_flow = self.nature is Nature.STOCK and other.nature is Nature.FLOW
        if self.kind is not other.kind:
            raise _unlike(self, other)
        if (flows and self.annualised != other.annualised) or (stock_over_flow and not other.annualised):
            raise _unlike(self, other)
        return Measure(kind, Nature.LEVEL, self.frequency, self.adjustment)

    def _same_traits(self, other: Measure) -> None:
        if (self.kind, self.adjustment, self.annualised) != (other.kind, other.adjustment, other.annualised):
            raise _unlike(self, other)
        if self.frequency is not other.frequency:
            message = f"periods of different length do not add up: {self} and {other}"
            raise FrequencyMismatch(message)

    def __str__(self) -> str:
        rate = " at an annual rate" if self.annualised else ""
        return f"{self.kind} {self.nature} {self.adjustment} {self.frequency}{rate}"


def _unlike(a: Measure, b: Measure) -> UnitMismatch:
    return UnitMismatch(f"these do not go together: {a} and {b}")
