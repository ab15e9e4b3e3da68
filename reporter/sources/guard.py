"""What came, held against what was at hand: a change of unit that nobody announced, a file that went back in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import log10
from statistics import median

from reporter import catalogue
from reporter.errors import StaleSeries, UnitMismatch
from reporter.model.observations import Layer
from reporter.model.periods import Period
from reporter.model.units import Nature

# Units differ by a hundred (per cent), a thousand or a million; no revision of official statistics does.
_SCALES = (2, 3, 6, 9)
_NEAR = 0.05  # of a power of ten, in its logarithm: within an eighth
_MOST_JUMP = 300  # times the largest there ever was, or a 300th of the least
_FEW = 3  # periods that a comparison needs: one small figure may well be revised from 1 to 100
_MOSTLY = 0.8  # of the periods
_ENOUGH = 8  # values a history needs to judge by
_SMALL = 10  # as written: what is below may well grow a thousandfold (a small country's purchases)
_LARGE = 10_000  # as written: a stock never below that does not shrink to a 300th of it


def assert_continues(held: Sequence[Layer], came: Layer) -> None:
    """Raise UnitMismatch where `came` looks to be in another unit than `held`, StaleSeries where it ends before it.

    `held` are layers of the same series, oldest first; none is nothing to judge by.
    """
    standing = _base(held)
    new = _base((came,))
    if not standing:
        return
    if max(new) < max(standing):
        message = f"what came ends with {max(new)}, and {max(standing)} is at hand: an old or frozen file?"
        raise StaleSeries(message, series=came.series)
    _assert_overlap(standing, new, came)
    _assert_no_jump(standing, new, came)


def _base(layers: Sequence[Layer]) -> dict[Period, Decimal]:
    """The values that stand last, in the base unit of their kind."""
    return {
        period: Decimal(layer.at(period)).scaleb(layer.unit.scale) for layer in layers for period in layer.periods()
    }


def _assert_overlap(standing: Mapping[Period, Decimal], new: Mapping[Period, Decimal], came: Layer) -> None:
    """Raise UnitMismatch where what both have differs, nearly everywhere, by one and the same scale."""
    ratios = [abs(new[p] / standing[p]) for p in standing.keys() & new.keys() if standing[p] and new[p]]
    if len(ratios) < _FEW:
        return
    typical = median(ratios)
    alike = sum(abs(log10(ratio / typical)) <= _NEAR for ratio in ratios)
    is_scale = any(abs(abs(log10(typical)) - scale) <= _NEAR for scale in _SCALES)
    if is_scale and alike >= _MOSTLY * len(ratios):
        message = f"its values are about {typical:g} times those at hand: did the publisher change the unit?"
        raise UnitMismatch(message, series=came.series)


def _assert_no_jump(standing: Mapping[Period, Decimal], new: Mapping[Period, Decimal], came: Layer) -> None:
    sizes = [abs(value) for value in standing.values() if value]
    one = Decimal(1).scaleb(came.unit.scale)
    if len(sizes) < _ENOUGH or max(sizes) < _SMALL * one:
        return
    may_shrink = catalogue.info(came.series).measure.nature is Nature.FLOW or min(sizes) < _LARGE * one
    for period in sorted(new.keys() - standing.keys()):
        size = abs(new[period])
        shrunk = not may_shrink and size * _MOST_JUMP < min(sizes)
        if size > max(sizes) * _MOST_JUMP or shrunk:
            message = f"{period} is {came.at(period)}, far beyond its history: did the publisher change the unit?"
            raise UnitMismatch(message, series=came.series)
