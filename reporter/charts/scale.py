"""From data to axes: round ticks, where a period stands in time, and how a tick is written. Pure arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

from reporter.model.periods import Frequency, Period
from reporter.model.plots import Line

_PER_YEAR: Final = {Frequency.YEAR: 1, Frequency.QUARTER: 4, Frequency.MONTH: 12}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = 365.25
_ROUND: Final = (5, 10, 20, 25, 50)  # steps in years that count from year 0, not from the first shown
_CROWDED: Final = 2.0  # years narrower than this get no tick of their own, points
_NOTHING: Final = 1e-6  # in display units, what no axis can show
Tick = tuple[float, str]  # where it stands, in years, and its label; an unlabelled tick has none


# ---------------------------------------------------------------- values
def _steps(low: float, high: float, most: int) -> float:
    """The smallest round step that covers low..high in at most `most` intervals."""
    ten = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * ten
        if math.ceil(high / step - 1e-9) - math.floor(low / step + 1e-9) <= most:
            return step
    return 100 * ten


def ticks(low: float, high: float, most: int = 6, *, zero: bool = True) -> tuple[float, ...]:
    """Round values that hold low..high, and zero if asked; the ends are gridlines, so no mark leaves its panel.

    Something is always returned: a series of zeros stands on a scale from 0 to 1, a constant amid its own.

    >>> ticks(0, 0), ticks(-22.4, 0, 5), ticks(117, 129, 4, zero=False)
    ((0.0, 1.0), (-25.0, -20.0, -15.0, -10.0, -5.0, 0.0), (115.0, 120.0, 125.0, 130.0))
    """
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    largest = max(abs(low), abs(high))
    if high - low <= max(_NOTHING, 1e-9 * largest):
        if zero or largest <= _NOTHING:
            return (0.0, 1.0)
        low, high = low - abs(low) / 20, high + abs(high) / 20
    step = _steps(low, high, max(most, 2))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(float(f"{k * step:.12g}") for k in range(first, last + 1))


def tick_texts(at: tuple[float, ...], *, sign: bool = False) -> tuple[str, ...]:
    """The ticks as printed: with the decimals their step needs, a true minus, a plus only if asked.

    >>> tick_texts((-2.5, 0.0, 2.5))
    ('−2.5', '0', '2.5')
    """
    step = Decimal(f"{at[1] - at[0]:.6g}").normalize() if len(at) > 1 else Decimal(1)
    exponent = step.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    form = f"{'+' if sign else ''},.{places}f"
    return tuple(format(v, form).replace("-", "\u2212") if v else "0" for v in at)


# ---------------------------------------------------------------- time
def length(period: Period) -> float:
    """How long a period is, in years."""
    return 1 / _PER_YEAR[period.frequency] if period.frequency in _PER_YEAR else 1 / _DAYS


def end(period: Period) -> float:
    """Where a stock stands: the end of its period, in years.

    >>> end(Period.parse("2026Q2")), end(Period.parse("2026-12"))
    (2026.5, 2027.0)
    """
    if period.frequency in _PER_YEAR:
        return (period.ordinal + 1) / _PER_YEAR[period.frequency]
    day = period.start
    return day.year + day.timetuple().tm_yday / _DAYS


def start(period: Period) -> float:
    """Where a period begins, in years."""
    return end(period) - length(period)


def middle(period: Period) -> float:
    """Where a flow stands: the middle of its period, in years."""
    return end(period) - length(period) / 2


def span(*lines: Line) -> tuple[float, float]:
    """The stretch of time that holds all the lines; a year at the least, so that one point has an axis."""
    points = [p.period for line in lines for p in line.points]
    if not points:
        return (2000.0, 2001.0)
    first, last = min(map(start, points)), max(map(end, points))
    return (min(first, last - 1), last)


def years(limits: tuple[float, float], points: float, widest: float, *, short: bool) -> list[Tick]:
    """A tick at each 1 January; labels under their year if yearly, else under their tick.

    `points` is the length of the axis and `widest` what a label needs of it.
    """
    first, last = math.ceil(limits[0] - 0.02), math.floor(limits[1] + 1e-6)
    per_year = points / (limits[1] - limits[0])
    step = next((s for s in (1, 2, 4, 5, 10, 20, 25) if per_year * s >= widest + 7), 50)
    out: list[Tick] = []
    for year in range(first, last + 1):
        named = (year - (0 if step in _ROUND else first)) % step == 0
        text = (f"\u2019{year % 100:02d}" if short and year > first else str(year)) if named else ""
        if step > 1 or not named:
            out.append((year, text))
            continue
        seen = min(1.0, limits[1] - year)
        out.append((year, ""))
        if seen * per_year > widest + 1:
            out.append((year + seen / 2, text))
    return [t for t in out if t[1] or per_year > _CROWDED or not t[0] % step]


def months(limits: tuple[float, float], points: float, widest: float) -> list[Tick]:
    """A tick at the first of a month, for axes too short to count in years; January and the first carry the year."""
    per_month = points / (limits[1] - limits[0]) / 12
    step = next((s for s in (1, 2, 3, 6) if per_month * s >= widest + 6), 12)
    first, last = math.ceil(limits[0] * 12 - 0.02), math.floor(limits[1] * 12 + 1e-6)
    out: list[Tick] = []
    for month in range(first, last + 1):
        named = month % step == 0
        dated = named and (month % 12 == 0 or not any(text for _, text in out))
        text = f"{_MONTHS[month % 12]} {month // 12}" if dated else _MONTHS[month % 12] if named else ""
        out.append((month / 12, text))
    return out
