"""What the publishers know on a day: values by series and period, made from layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reporter import catalogue
from reporter.model.observations import Form, Layer
from reporter.model.periods import Period


@dataclass(frozen=True)
class World:
    """`layers` by series id; `recorded` holds bodies of files by name and day, which go before what layers make."""

    layers: Mapping[str, tuple[Layer, ...]]
    recorded: Mapping[str, Mapping[date, bytes]] = field(default_factory=dict)

    def values(self, series: str, day: date) -> dict[Period, str]:
        """What stood on a day, in the catalogue's unit; empty where nothing did."""
        standing: dict[Period, str] = {}
        scale = catalogue.info(series).unit.scale
        for layer in self._ordered(series):
            if layer.vintage.known_on <= day:
                standing |= {period: _scaled(layer.at(period), layer.unit.scale - scale) for period in layer.periods()}
        return dict(sorted(standing.items()))

    def vintages(self, series: str, day: date) -> tuple[date, ...]:
        """The days up to that one on which something of it was published."""
        days = {layer.vintage.known_on for layer in self.layers.get(series, ())}
        return tuple(sorted(known for known in days if known <= day))

    def file(self, name: str, day: date) -> bytes | None:
        """The recorded body that was served on a day, if any."""
        days = [known for known in self.recorded.get(name, {}) if known <= day]
        return self.recorded[name][max(days)] if days else None

    def ids(self, start: str) -> tuple[str, ...]:
        """The series whose id starts so."""
        return tuple(key for key in self.layers if key.startswith(start))

    def _ordered(self, series: str) -> list[Layer]:
        """Oldest first; on one day a release's rounded figures go below the full ones."""
        return sorted(self.layers.get(series, ()), key=lambda x: (x.vintage.known_on, x.vintage.form is not Form.PRINT))


def _scaled(text: str, by: int) -> str:
    return format(Decimal(text).scaleb(by), "f") if by else text
