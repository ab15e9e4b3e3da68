"""A snapshot: what is at hand, seen from a day.

Without a store that is what ships with the package; with one, both together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from reporter import catalogue, own
from reporter.errors import MissingSeries
from reporter.model.observations import Layer
from reporter.model.periods import Period
from reporter.model.series import Calendar, Series, Snapshot
from reporter.store.chain import cells, run
from reporter.store.held import Held, calendar_of

_NEVER = date.max


def snapshot(
    as_of: date,
    needs: Iterable[str],
    layers: Mapping[str, tuple[Layer, ...]] | None = None,
    calendar: Calendar | None = None,
) -> Snapshot:
    """Every series in `needs` as known on `as_of`.

    A need is a series id or a pattern (`tic:table3:*:for_treas_pos`). Raise MissingSeries where an id, or a
    whole pattern, is not at hand. The calendar is the one at hand on the day, unless another is given.
    """
    held = own.floor() if layers is None else layers
    told = calendar_of(held, as_of)
    ids = sorted({found for need in needs for found in _matching(need, held)})
    inputs = (told.id,) if told.id and calendar is None else ()
    return Snapshot(as_of, {key: _series(key, as_of, held, calendar or told) for key in ids}, inputs)


def _series(key: str, as_of: date, held: Mapping[str, tuple[Layer, ...]], calendar: Calendar) -> Series:
    if not isinstance(held, Held):
        return Series(catalogue.info(key), as_of, held[key], calendar)
    layers = tuple(_without(held[key], held.withdrawn(key, as_of)))
    seen = held.seen(key, as_of)
    if seen is None:
        return Series(catalogue.info(key), as_of, layers, calendar)
    first = min((x.first for x in layers if x.vintage.known_on <= seen), default=None)
    if seen == as_of:  # the publisher has been read on the very day: what came later says nothing about it
        layers = tuple(x for x in layers if x.vintage.known_on <= as_of or first is None or x.first < first)
    return Series(catalogue.info(key), as_of, layers, _Looked(calendar, seen, first))


@dataclass(frozen=True, slots=True)
class _Looked:
    """A calendar that knows the publisher was read on `seen`.

    A period that was not there then, though a rule says it should have been, had not been published: it is not
    filled in from a later vintage. Periods before `first`, where what was read begins, are not spoken of.
    """

    calendar: Calendar
    seen: date
    first: Period | None

    def release_date(self, group: str, period: Period) -> date:
        """The day the period's first figure comes out, as far as may be known."""
        day = self.calendar.release_date(group, period)
        return _NEVER if day <= self.seen and (self.first is None or period > self.first) else day

    def next_due(self, group: str, last_period: Period) -> date:
        """The day the period after `last_period` comes out."""
        return self.calendar.next_due(group, last_period)

    def is_scheduled(self, group: str, period: Period) -> bool:
        """Whether the day of a period's release is the publisher's own."""
        return self.calendar.is_scheduled(group, period)


def _without(layers: Iterable[Layer], gone: frozenset[Period]) -> Iterator[Layer]:
    """The layers less the periods that the publisher has withdrawn."""
    ordinals = {period.ordinal for period in gone}
    for layer in layers:
        if not ordinals:
            yield layer
            continue
        kept = {at: value for at, value in cells(layer.first, layer.text).items() if at not in ordinals}
        if kept:
            first, text = run(layer.first.frequency, kept)
            yield Layer(layer.series, layer.vintage, layer.unit, first, text, layer.step)


def _matching(need: str, held: Mapping[str, tuple[Layer, ...]]) -> Iterator[str]:
    if not any(mark in need for mark in "*?["):
        if need not in held:
            message = "no observations of it are at hand"
            raise MissingSeries(message, series=need)
        yield need
        return
    found = [key for key in held if fnmatchcase(key, need)]
    if not found:
        message = "no series at hand matches it"
        raise MissingSeries(message, series=need)
    yield from found
