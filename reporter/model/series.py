"""A series as known on a day, and the snapshot that holds every series a briefing needs."""

from __future__ import annotations

import hashlib
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


@dataclass(frozen=True)
class Series:
    """One series seen from `as_of`: per period the value last published by that day, or a backfilled one."""

    info: SeriesInfo
    as_of: date
    layers: tuple[Layer, ...]
    calendar: Calendar
    _seen: dict[Period, Observation | None] = field(default_factory=dict, repr=False, compare=False)

    def get(self, period: Period) -> Observation | None:
        """The observation of `period` as known on the day, or None."""
        if period not in self._seen:
            self._seen[period] = self._published(period) or self._backfilled(period)
        return self._seen[period]

    def __getitem__(self, period: Period) -> Observation:
        """The observation of `period`; raise MissingPeriod where there was none on the day."""
        found = self.get(period)
        if found is None:
            message = f"no value for {period} was known on {self.as_of}"
            raise MissingPeriod(message, series=self.info.id)
        return found

    def __contains__(self, period: Period) -> bool:
        return self.get(period) is not None

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Every period with a value on the day, in order."""
        every = {period for layer in self.layers for period in layer.periods()}
        return tuple(period for period in sorted(every) if period in self)

    @cached_property
    def last(self) -> Period:
        """The latest period with a value on the day; raise MissingPeriod where there is none."""
        every = {period for layer in self.layers for period in layer.periods()}
        found = next((period for period in sorted(every, reverse=True) if period in self), None)
        if found is None:
            message = f"nothing of it was known on {self.as_of}"
            raise MissingPeriod(message, series=self.info.id)
        return found

    @property
    def due(self) -> date:
        """The day the period after the last one is to come out."""
        return self.calendar.next_due(self.info.release, self.last)

    @property
    def stale(self) -> bool:
        """Whether that day has passed: a release is out, or late, that this snapshot does not hold."""
        return self.due <= self.as_of

    def between(self, first: Period | None = None, last: Period | None = None) -> Iterator[Observation]:
        """The observations from `first` to `last`, both included, leaving out missing periods."""
        for period in self.periods:
            if (first is None or period >= first) and (last is None or period <= last):
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

    def _published(self, period: Period) -> Observation | None:
        known = [x for x in self.layers if x.vintage.known_on <= self.as_of and x.at(period)]
        if not known:
            return None
        # On one day a figure may come in a release's rounding and in full: the finer one is the figure.
        layer = max(known, key=lambda x: (x.vintage.known_on, -_step(x, x.at(period)), x.vintage.form is Form.PATH))
        day = layer.vintage.known_on
        return self._observe(layer, period, day, self._path(layer), Basis.PUBLISHED)

    def _backfilled(self, period: Period) -> Observation | None:
        later = [x for x in self.layers if x.vintage.known_on > self.as_of and x.at(period)]
        if not later:
            return None
        released = self.calendar.release_date(self.info.release, period)
        if released > self.as_of:
            return None
        layer = min(later, key=lambda x: (x.vintage.known_on, _step(x, x.at(period))))
        return self._observe(layer, period, released, layer.vintage.known_on, Basis.BACKFILLED)

    def _path(self, layer: Layer) -> date:
        """The day of the vintage a published value is coherent with.

        Revisions kept as such (ALFRED) rebuild one full path: all of them stand in its latest vintage.
        """
        if layer.vintage.form is not Form.REVISION:
            return layer.vintage.known_on
        chain = (x.vintage.known_on for x in self.layers if x.vintage.form is Form.REVISION)
        return max(day for day in chain if day <= self.as_of)

    def _observe(self, layer: Layer, period: Period, known_on: date, path: date, basis: Basis) -> Observation:
        text, scale = layer.at(period), layer.unit.scale
        value, step = Decimal(text).scaleb(scale), _step(layer, text)
        return Observation(self.info, period, value, step, known_on, layer.vintage, path, basis)


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
