"""Arithmetic on series that keeps unit, formula and basis: every result is an expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from reporter.errors import MissingPeriod
from reporter.expr import Apply, Expr, Read, mean, total
from reporter.model.observations import Basis, Observation
from reporter.model.periods import Frequency, Period, Window
from reporter.model.plots import Line, Point
from reporter.model.series import Series


def at(series: Series, period: Period | None = None) -> Read:
    """The value of `period`, or the last; raise MissingPeriod where there is none."""
    return Read(series[series.last if period is None else period])


def change(series: Series, now: Period, before: Period) -> Expr:
    """The value of `now` less that of `before`."""
    return at(series, now) - at(series, before)


def rest(whole: Expr, *parts: Expr) -> Expr:
    """What is left of a whole without some of its parts, all of one date or period: of a stock, a stock."""
    return Apply("less", (whole, *parts))


def window_sum(series: Series, window: Window) -> Expr:
    """The sum of a flow over every period of the window; raise MissingPeriod where one is missing."""
    return total(at(series, period) for period in window.periods())


def history(series: Series, *, before: Period | None = None) -> tuple[Read, ...]:
    """Every value, or every value before a period, oldest first."""
    return tuple(Read(seen) for seen in series.between() if before is None or seen.period < before)


def common_last(*series: Series) -> Period:
    """The latest period that all of the series have; raise MissingPeriod where there is none."""
    shared = set(series[0].periods).intersection(*(other.periods for other in series[1:]))
    if not shared:
        message = "has no period in common with " + ", ".join(other.info.id for other in series[1:])
        raise MissingPeriod(message, series=series[0].info.id)
    return max(shared)


def coherent(parts: Iterable[Read]) -> bool:
    """Whether every value stands in a vintage of one day and one basis: parts and whole may be shown together."""
    held = [part.observation for part in parts]
    return len({(seen.path, seen.basis) for seen in held}) <= 1


def monthly_means(series: Series, first: Period | None = None) -> Iterator[tuple[Period, Expr]]:
    """The mean of each month's daily values, oldest month first, for months from `first`."""
    days: dict[Period, list[Expr]] = {}
    start = None if first is None else Period.of(first.start, Frequency.DAY)
    for seen in series.between(start):
        days.setdefault(Period.of(seen.period.start, Frequency.MONTH), []).append(Read(seen))
    for month, values in days.items():
        yield month, mean(values)


def rolling(series: Series, count: int, first: Period | None = None) -> Iterator[tuple[Period, Expr]]:
    """Sums over `count` periods, for each period from `first` whose window is whole."""
    for period in series.periods:
        window = Window.ending(period, count)
        if (first is None or period >= first) and series.covers(window):
            yield period, window_sum(series, window)


def line(name: str, values: Iterable[tuple[Period, Expr]], scale: int) -> Line:
    """Values as a chart's line, in the base unit times ten to `scale`; vintages travel along."""
    return Line(name, tuple(_point(period, expr, scale) for period, expr in values))


def series_line(name: str, series: Series, scale: int, first: Period | None = None) -> Line:
    """A series as a chart's line."""
    return line(name, ((seen.period, Read(seen)) for seen in series.between(first)), scale)


def _point(period: Period, expr: Expr, scale: int) -> Point:
    seen = list(expr.observations())
    # A value of several series stands in the newest vintage it needs.
    path = max(observation.path for observation in seen)
    late = any(observation.basis is Basis.BACKFILLED for observation in seen)
    return Point(period, float(expr.value.scaleb(-scale)), path, late)


def pairwise_changes(values: Sequence[Expr]) -> tuple[Expr, ...]:
    """Each value less the one before it, where both stand in one vintage."""
    moved = (later - earlier for earlier, later in pairwise(values))
    return tuple(step for step in moved if step.basis is not Basis.MIXED)


def ratios(
    over: Callable[[Expr, Expr], Expr], part: Series, whole: Series, *, until: Period | None = None
) -> tuple[tuple[Period, Expr], ...]:
    """`over(part, whole)` for each period both have, oldest first."""
    shared = [period for period in part.periods if period in whole and (until is None or period <= until)]
    return tuple((period, over(at(part, period), at(whole, period))) for period in shared)


def observed(exprs: Iterable[Expr]) -> Iterator[Observation]:
    """Every observation of several expressions."""
    return (seen for expr in exprs for seen in expr.observations())
