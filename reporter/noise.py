"""How far figures usually move when they are first revised: what a change is to be set against.

A first revision is what the next release makes of a period's first print. It is measured on the vintages at hand, of
each series its own, and within one regime: where a publisher has changed its method, what it revised before says
nothing of now. The standard deviation of first revisions of foreigners' purchases (line 3 of the Treasury's release)
was $3 billion until January 2023 and has been $16 billion since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from statistics import median

from reporter.expr import Expr, read
from reporter.model.observations import Form, Layer, Observation
from reporter.model.periods import Period
from reporter.model.series import Series, Snapshot

ENOUGH = 6  # first revisions that a median is taken of

# From when on a release group's figures are made as they are today.
# tic: transactions are computed from the survey of holdings since February 2023. iip: until the end of 2013 direct
# investment was printed at current cost.
REGIMES: Mapping[str, tuple[date, ...]] = {"tic": (date(2023, 2, 1),), "iip": (date(2014, 1, 1),)}


def usual_revision(series: Series) -> Decimal | None:
    """The median size of a first revision, in the base unit of the series' kind; None where too few are known."""
    sizes = [abs(size) for _, size in first_revisions(series)]
    return median(sizes) if len(sizes) >= ENOUGH else None


def first_revisions(series: Series) -> Iterator[tuple[Period, Decimal]]:
    """For each period of today's regime, what the next release added to its first print.

    Only what was known on the series' day counts, and only where vintages lie close enough: both prints came before
    the release after theirs was due.
    """
    start = _regime(series)
    first: dict[int, Layer] = {}
    for day, stated in _days(series):
        new = sorted(stated.keys() - first.keys())
        first |= {ordinal: stated[ordinal] for ordinal in new}
        for ordinal in new:
            before = Period(series.info.frequency, ordinal - 1)
            if before.start >= start and _is_timely(series, before, first) and day <= _next(series, before + 1):
                size = _revised(before.ordinal, first, stated, ordinal)
                if size is not None:
                    yield before, size


def of(change: Expr, snapshot: Snapshot) -> Decimal | None:
    """How far a usual first revision of its latest figures would move a change; None where that is not known.

    Each series' latest observation in the expression is moved by its usual revision, one at a time; the effects, as of
    independent errors, add up as squares do.
    """
    effects = [effect for seen in _latest(change) if (effect := _effect(change, seen, snapshot)) is not None]
    return sum((effect * effect for effect in effects), Decimal(0)).sqrt() if effects else None


def _latest(change: Expr) -> tuple[Observation, ...]:
    found: dict[str, Observation] = {}
    for seen in change.observations():
        held = found.get(seen.series.id)
        if held is None or seen.period > held.period:
            found[seen.series.id] = seen
    return tuple(found.values())


def _effect(change: Expr, seen: Observation, snapshot: Snapshot) -> Decimal | None:
    series = snapshot.series.get(seen.series.id)
    usual = usual_revision(series) if series else None
    if usual is None:
        return None
    moved = {each.id: each for each in change.observations()} | {seen.id: replace(seen, value=seen.value + usual)}
    return read(change.to_json(), moved).value - change.value


def _regime(series: Series) -> date:
    """The first day of the regime that the series' last period lies in."""
    last = series.last.end
    return max((day for day in REGIMES.get(series.info.release, ()) if day <= last), default=date.min)


def _days(series: Series) -> Iterator[tuple[date, dict[int, Layer]]]:
    """Each day of publication known on the series' day, with the layer that states each period best."""
    known = sorted((x for x in series.layers if x.vintage.known_on <= series.as_of), key=lambda x: x.vintage.known_on)
    for day, layers in groupby(known, key=lambda layer: layer.vintage.known_on):
        stated: dict[int, Layer] = {}
        for layer in sorted(layers, key=lambda x: x.vintage.form is Form.PRINT, reverse=True):
            stated |= dict.fromkeys(layer.ordinals(), layer)  # figures in full go over a release's rounded ones
        yield day, stated


def _is_timely(series: Series, period: Period, first: Mapping[int, Layer]) -> bool:
    """Whether the first value at hand is a first print: published before the next one was due."""
    held = first.get(period.ordinal)
    return held is not None and held.vintage.known_on < _next(series, period)


def _next(series: Series, period: Period) -> date:
    return series.calendar.release_date(series.info.release, period + 1)


def _revised(before: int, first: Mapping[int, Layer], stated: Mapping[int, Layer], ordinal: int) -> Decimal | None:
    """The difference; None where the release did not print the period again."""
    if first[before].vintage.known_on == stated[ordinal].vintage.known_on:
        return None
    if before in stated:
        return _value(stated[before], before) - _value(first[before], before)
    # A path kept as its revisions does not repeat what has not changed; a printed release may just leave it out.
    return Decimal(0) if stated[ordinal].vintage.form is Form.REVISION else None


def _value(layer: Layer, ordinal: int) -> Decimal:
    return Decimal(layer.text_at(ordinal)).scaleb(layer.unit.scale)
