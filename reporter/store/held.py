"""Everything at hand: the vintages that ship with the package, and above them those that were pulled.

A mapping of layers by series id, as `embedded.layers()` is; a series is read from the file when it is asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from reporter import own
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.model.standing import Asked
from reporter.model.units import Unit
from reporter.releases import Announced
from reporter.store.announced import announced
from reporter.store.asked import asked, read_days
from reporter.store.chain import Row, by_day, in_full, to_layer, withdrawn
from reporter.store.database import Store

Floor = Mapping[str, tuple[Layer, ...]]

_CHAIN = """
SELECT layer.series, vintage.name, vintage.known_on, layer.form, vintage.publisher, vintage.link, vintage.sha256,
       vintage.transcribed_via, layer.whole, layer.unit, layer.step, layer.first, layer.text
FROM layer JOIN vintage ON vintage.id = layer.vintage
WHERE layer.series = ? ORDER BY vintage.known_on, layer.id
"""


def chain(connection: sqlite3.Connection, series: str) -> tuple[Row, ...]:
    """A series' rows, oldest first."""
    return tuple(_row(fields) for fields in connection.execute(_CHAIN, (series,)))


def _row(fields: tuple[str, ...]) -> Row:
    series, name, known_on, form, publisher, link, sha256, via, whole, unit, step, first, text = fields
    vintage = Vintage(name, date.fromisoformat(known_on), Form(form), publisher, link, sha256, via)
    known_to = Decimal(step) if step else None
    return Row(series, vintage, bool(whole), Unit.parse(unit), known_to, Period.parse(first), text)


def merged(floor: tuple[Layer, ...], rows: tuple[Row, ...]) -> tuple[Layer, ...]:
    """Both, oldest first.

    Where a vintage of the package lies between two that were pulled, the later of these are told in full: a change
    relative to the earlier one would be read upon the package's.
    """
    if not rows:
        return floor
    days = by_day(rows)
    if any(days[0].known_on < layer.vintage.known_on < days[-1].known_on for layer in floor):
        days = in_full(days)
    made = (to_layer(row) for row in days)
    return tuple(sorted((*floor, *(x for x in made if x)), key=lambda layer: layer.vintage.known_on))


class Held(Mapping[str, tuple[Layer, ...]]):
    """Layers by series id, oldest vintage first, from a connection that stays open as long as this is used."""

    def __init__(self, connection: sqlite3.Connection, floor: Floor) -> None:
        """`floor` is what there is without the store."""
        self._connection = connection
        self._floor = floor
        self._series = {key for (key,) in connection.execute("SELECT DISTINCT series FROM layer")}
        self._built: dict[str, tuple[Layer, ...]] = {}
        self._calendars: dict[date, Announced] = {}

    def __getitem__(self, series: str) -> tuple[Layer, ...]:
        if series not in self._series:
            return self._floor[series]
        if series not in self._built:
            self._built[series] = merged(self._floor.get(series, ()), chain(self._connection, series))
        return self._built[series]

    def __iter__(self) -> Iterator[str]:
        yield from self._floor
        yield from sorted(self._series - self._floor.keys())

    def __len__(self) -> int:
        return len(self._series | self._floor.keys())

    def __contains__(self, series: object) -> bool:
        return series in self._series or series in self._floor

    def seen(self, series: str, day: date) -> date | None:
        """The last day, up to `day`, on which the publisher's answer for the series was read."""
        return max(read_days(self._connection, series, day), default=None)

    def asked(self, series: str, day: date) -> Asked:
        """How the publisher last answered for the series, up to `day`."""
        return asked(self._connection, series, day)

    def announced(self, day: date) -> Announced:
        """The release calendar with the days that publishers had announced by `day`."""
        if day not in self._calendars:
            self._calendars[day] = Announced(announced(self._connection, day))
        return self._calendars[day]

    def withdrawn(self, series: str, day: date) -> frozenset[Period]:
        """The periods whose values the publisher had taken back by `day`."""
        return withdrawn(chain(self._connection, series), day) if series in self._series else frozenset()


def calendar_of(held: Floor, day: date) -> Announced:
    """The release calendar as known on a day: with the days in the store, where there is one."""
    return held.announced(day) if isinstance(held, Held) else Announced({})


@contextmanager
def layers(store: Store, floor: Floor | None = None) -> Iterator[Floor]:
    """What is at hand, with the store above the floor (by default what ships with the package).

    Where nothing was ever pulled it is the floor alone, and no file is made.
    """
    ground = own.floor() if floor is None else floor
    if not store.exists():
        yield ground
        return
    with store.reading() as connection:
        yield Held(connection, ground)
