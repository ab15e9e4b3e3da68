"""A series as known on a day, and the snapshot that holds every series a briefing needs."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from reporter.errors import MissingPeriod, MissingSeries
from reporter.model.observations import Basis, Form, Layer, Observation, SeriesInfo
from reporter.model.periods import Period, Window

if TYPE_CHECKING:
    import pandas as pd


class Calendar(Protocol):
    """When periods are published: what a release calendar answers."""

    def release_date(self, group: str, period: Period) -> date:
        """The day the period's first figure comes out."""

    def next_due(self, group: str, last_period: Period) -> date:
        """The day the period after `last_period` comes out."""

    def is_scheduled(self, group: str, period: Period) -> bool:
        """Whether the day of a period's release is the publisher's own word, and no rule's."""


@dataclass(frozen=True)
class Series:
    """One series seen from `as_of`: per period the value last published by that day, or a backfilled one."""

    info: SeriesInfo
    as_of: date
    layers: tuple[Layer, ...]
    calendar: Calendar
    _seen: dict[int, Observation] = field(default_factory=dict, repr=False, compare=False)

    def get(self, period: Period) -> Observation | None:
        """The observation of `period` as known on the day, or None."""
        if period not in self:
            return None
        found = self._seen.get(period.ordinal)
        if found is None:
            found = self._seen[period.ordinal] = self._observe(self._chosen[period.ordinal], period)
        return found

    def __getitem__(self, period: Period) -> Observation:
        """The observation of `period`; raise MissingPeriod where there was none on the day."""
        found = self.get(period)
        if found is None:
            message = f"no value for {period} was known on {self.as_of}"
            raise MissingPeriod(message, series=self.info.id)
        return found

    def __contains__(self, period: Period) -> bool:
        return period.ordinal in self._chosen and period.frequency is self.info.frequency

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Every period with a value on the day, in order."""
        return tuple(Period(self.info.frequency, ordinal) for ordinal in sorted(self._chosen))

    @property
    def last(self) -> Period:
        """The latest period with a value on the day; raise MissingPeriod where there is none."""
        if not self._chosen:
            message = f"nothing of it was known on {self.as_of}"
            raise MissingPeriod(message, series=self.info.id)
        return self.periods[-1]

    @property
    def due(self) -> date:
        """The day the period after the last one is to come out."""
        return self.calendar.next_due(self.info.release, self.last)

    @property
    def stale(self) -> bool:
        """Whether that day has passed: a release is out, or late, that this snapshot does not hold.

        History of which no more comes is never late.
        """
        return not self.info.frozen and self.due <= self.as_of

    def between(self, first: Period | None = None, last: Period | None = None) -> Iterator[Observation]:
        """The observations from `first` to `last`, both included, leaving out missing periods."""
        held = self.periods
        start = bisect_left(held, first) if first else 0
        stop = bisect_right(held, last) if last else len(held)
        for period in held[start:stop]:
            yield self[period]

    def covers(self, window: Window) -> bool:
        """Whether every period of the window has a value."""
        return all(period in self for period in window.periods())

    def to_pandas(self) -> pd.Series[float]:
        """Floats in the catalogue's unit on a PeriodIndex."""
        import pandas as pd  # noqa: PLC0415 -- 0.3 s that a build from unchanged charts does not need

        held = list(self.between())
        index = pd.PeriodIndex([str(o.period) for o in held], freq=self.info.frequency.replace("A", "Y"))
        values = [float(o.value.scaleb(-self.info.unit.scale)) for o in held]
        return pd.Series(values, index=index, name=self.info.id)

    @cached_property
    def _chosen(self) -> dict[int, Layer]:
        """Per period (by ordinal) the layer its value is read from."""
        published: dict[int, Layer] = {}
        for layer in self.layers:
            if layer.vintage.known_on <= self.as_of:
                for ordinal in layer.ordinals():
                    held = published.get(ordinal)
                    published[ordinal] = layer if held is None else _later(held, layer, ordinal)
        return published | self._backfilled(published)

    def _backfilled(self, published: Mapping[int, Layer]) -> dict[int, Layer]:
        """Periods out by the day whose first vintage at hand is later: the earliest of the later vintages."""
        held: dict[int, Layer] = {}
        for layer in self.layers:
            if layer.vintage.known_on > self.as_of:
                for ordinal in layer.ordinals():
                    if ordinal not in published:
                        known = held.get(ordinal)
                        held[ordinal] = layer if known is None else _earlier(known, layer, ordinal)
        return {ordinal: layer for ordinal, layer in held.items() if self._released(ordinal) <= self.as_of}

    def _released(self, ordinal: int) -> date:
        return self.calendar.release_date(self.info.release, Period(self.info.frequency, ordinal))

    def _path(self, layer: Layer) -> date:
        """The day of the vintage a published value is coherent with.

        Revisions kept as such (ALFRED) rebuild one full path: all of them stand in its latest vintage.
        """
        if layer.vintage.form is not Form.REVISION:
            return layer.vintage.known_on
        return self._revised_on

    @cached_property
    def _revised_on(self) -> date:
        """The day of the last revision of the path that is kept so; found once, a daily series has thousands."""
        chain = (x.vintage.known_on for x in self.layers if x.vintage.form is Form.REVISION)
        return max(day for day in chain if day <= self.as_of)

    def _observe(self, layer: Layer, period: Period) -> Observation:
        late = layer.vintage.known_on > self.as_of
        known_on = self._released(period.ordinal) if late else layer.vintage.known_on
        path = layer.vintage.known_on if late else self._path(layer)
        basis = Basis.BACKFILLED if late else Basis.PUBLISHED
        text = layer.at(period)
        value, step = Decimal(text).scaleb(layer.unit.scale), _step(layer, text)
        return Observation(self.info, period, value, step, known_on, layer.vintage, path, basis)


def _later(one: Layer, other: Layer, ordinal: int) -> Layer:
    """The layer that was published last."""
    if one.vintage.known_on == other.vintage.known_on:
        return _finer(one, other, ordinal)
    return one if one.vintage.known_on > other.vintage.known_on else other


def _earlier(one: Layer, other: Layer, ordinal: int) -> Layer:
    """The layer that was published first."""
    if one.vintage.known_on == other.vintage.known_on:
        return _finer(one, other, ordinal)
    return one if one.vintage.known_on < other.vintage.known_on else other


def _finer(one: Layer, other: Layer, ordinal: int) -> Layer:
    """Of two layers of one day, a release's rounding and the figure in full, the latter."""
    return max(one, other, key=lambda x: _fineness(x, ordinal))


def _fineness(layer: Layer, ordinal: int) -> tuple[Decimal, bool]:
    return -_step(layer, layer.text_at(ordinal)), layer.vintage.form is Form.PATH


def _step(layer: Layer, text: str) -> Decimal:
    """What a value is known to, in the base unit: the layer's step, or one in the last digit written."""
    if layer.step is not None:
        return layer.step.scaleb(layer.unit.scale)
    return Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent) + layer.unit.scale)


@dataclass(frozen=True)
class Snapshot:
    """Every series a briefing needs, as known on `as_of`.

    `inputs` are the ids of what else goes into an edition: the earlier one it is compared with.
    """

    as_of: date
    series: Mapping[str, Series]
    inputs: tuple[str, ...] = ()

    def __getitem__(self, series_id: str) -> Series:
        """The series; raise MissingSeries where the section did not ask for it in its NEEDS."""
        try:
            return self.series[series_id]
        except KeyError:
            message = "not in this snapshot; name it in the section's NEEDS"
            raise MissingSeries(message, series=series_id) from None

    @cached_property
    def id(self) -> str:
        """Hash of the day, of every layer held and of the other inputs: equal ids, equal figures."""
        digest = hashlib.sha256("\n".join((self.as_of.isoformat(), *self.inputs)).encode())
        for name in sorted(self.series):
            for layer in self.series[name].layers:
                head = f"\n{name}\t{layer.vintage.id}\t{layer.unit}\t{layer.step}\t{layer.first}\t"
                digest.update(head.encode() + layer.text.encode())
        return digest.hexdigest()[:16]
