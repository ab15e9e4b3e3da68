"""Writing a pull: what was asked, what came, and of the observations only what is new or revised."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from itertools import count, groupby

from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.store.asked import read_days
from reporter.store.chain import Row, cells, insertion, revisions, same
from reporter.store.database import Store
from reporter.store.held import Floor, chain, merged

_ANSWER = "pull, source, request, address, day, retrieved_at, status, sha256, etag, last_modified, fault, fault_code"
_VINTAGE = "name, known_on, publisher, link, sha256, transcribed_via, answer"
_LEVEL = 6  # of compression: tables of the Treasury shrink to an eighth, higher levels hardly further


@dataclass(frozen=True, slots=True)
class Pull:
    """One run: an id of its own, the day its answers count as known, when it began, what made it."""

    uid: str
    day: date
    started_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request came to.

    `address` has no key in it. `series` are those it answers for as they stand today: empty where it was made for past
    vintages, and where it failed. `body` is None where nothing new came (304); `sha256` then names the payload that
    still holds. `fault` says what went wrong, with the exit code it bears.
    """

    source: str
    request: str
    address: str
    day: date
    retrieved_at: datetime
    status: int
    body: bytes | None = None
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""
    series: tuple[str, ...] = ()
    fault: str = ""
    fault_code: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What a pull brought to one series.

    `new` and `revised` are periods of today's vintage against what was at hand; `refined` counts values now known
    to more digits, which is no revision; `vintages` those of earlier days that were added.
    """

    series: str
    new: tuple[Period, ...] = ()
    revised: tuple[Period, ...] = ()
    refined: int = 0
    vintages: int = 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """A value that stands, in the base unit, and what it is known to."""

    value: Decimal
    step: Decimal


def record(
    store: Store, pull: Pull, answers: Iterable[Answer], layers: Iterable[Layer], floor: Floor
) -> tuple[Change, ...]:
    """Write a pull, whole or not at all; what it changed, series by series.

    `layers` are what was read from the answers: whole payloads, or a run of revisions. A pull that is in the
    store already changes nothing. What the floor has to the last digit is not written.
    """
    with store.writing() as connection:
        if connection.execute("SELECT 1 FROM pull WHERE uid = ?", (pull.uid,)).fetchone():
            return ()
        held = (pull.uid, pull.day.isoformat(), pull.started_at.isoformat(), pull.made_by)
        number = _insert(connection, "pull (uid, day, started_at, made_by)", held)
        told = {answer.sha256: _answered(connection, number, answer) for answer in answers}
        writer = _Writer(connection, pull.day, floor, told)
        by_series = groupby(sorted(layers, key=_order), key=lambda layer: layer.series)
        return tuple(change for _, some in by_series if (change := writer.write(list(some))))


def _order(layer: Layer) -> tuple[str, date]:
    return layer.series, layer.vintage.known_on


def _answered(connection: sqlite3.Connection, pull: int, answer: Answer) -> int:
    """Enter an answer; its number."""
    if answer.body is not None:
        held = (answer.sha256, len(answer.body), zlib.compress(answer.body, _LEVEL))
        connection.execute("INSERT OR IGNORE INTO payload (sha256, size, body) VALUES (?, ?, ?)", held)
    values = (
        *(pull, answer.source, answer.request, answer.address),
        *(answer.day.isoformat(), answer.retrieved_at.isoformat(), answer.status),
        *(answer.sha256, answer.etag, answer.last_modified, answer.fault, answer.fault_code),
    )
    number = _insert(connection, f"answer ({_ANSWER})", values)
    connection.executemany(
        "INSERT OR IGNORE INTO covers (request, series, since) VALUES (?, ?, ?)",
        ((answer.request, series, number) for series in answer.series),
    )
    return number


@dataclass(frozen=True)
class _Writer:
    """Writes layers in a transaction; `told` has the number of the answer for the sha256 of its payload."""

    connection: sqlite3.Connection
    today: date
    floor: Floor
    told: Mapping[str, int]

    def write(self, layers: Sequence[Layer]) -> Change | None:
        """Write what the vintages of one series, oldest first, change; None where that is nothing."""
        partial = [layer for layer in layers if layer.vintage.form is Form.REVISION]
        whole = [layer for layer in layers if layer.vintage.form is not Form.REVISION]
        reads = read_days(self.connection, layers[0].series) if layers[0].vintage.known_on < self.today else ()
        changes = [change for layer in whole if (change := self._whole(layer, reads))]
        if partial:
            added = revisions(chain(self.connection, layers[0].series), partial, reads)
            self._add(added)
            changes += [Change(layers[0].series, vintages=len(added))] if added else []
        return reduce(_summed, changes) if changes else None

    def _whole(self, layer: Layer, reads: Sequence[date]) -> Change | None:
        rows, floor = chain(self.connection, layer.series), self.floor.get(layer.series, ())
        day = layer.vintage.known_on
        if not any(row.known_on <= day for row in rows) and _is_standing(floor, layer):
            return None
        added = insertion(rows, layer, reads)
        if not added:
            return None
        self._add(added)
        return Change(layer.series, vintages=1) if day < self.today else _change(merged(floor, rows), layer)

    def _add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            step = "" if row.step is None else format(row.step, "f")
            head = (row.series, self._vintage(row.vintage), row.vintage.form.value, int(row.whole))
            held = (*head, str(row.unit), step, str(row.first), row.text)
            _insert(self.connection, "layer (series, vintage, form, whole, unit, step, first, text)", held)

    def _vintage(self, vintage: Vintage) -> int:
        """The vintage's number; another payload of that day under the same name gets a name of its own."""
        stem = vintage.id
        for at in count(1):
            name = stem if at == 1 else f"{stem}.{at}"
            find = "SELECT id, sha256 FROM vintage WHERE name = ?"
            found = self.connection.execute(find, (name,)).fetchone()
            if found is None:
                break
            if found[1] == vintage.sha256:
                return int(found[0])
        answer = self.told.get(vintage.sha256) or max(self.told.values())
        held = (name, vintage.known_on.isoformat(), vintage.publisher, vintage.link, vintage.sha256)
        values = (*held, vintage.transcribed_via, answer)
        return _insert(self.connection, f"vintage ({_VINTAGE})", values)


def _summed(a: Change, b: Change) -> Change:
    new, revised = (*a.new, *b.new), (*a.revised, *b.revised)
    return Change(a.series, new, revised, a.refined + b.refined, a.vintages + b.vintages)


def _is_standing(floor: Iterable[Layer], layer: Layer) -> bool:
    """Whether the last vintage of the floor up to the layer's day says the very same."""
    known = [held for held in floor if held.vintage.known_on <= layer.vintage.known_on]
    if not known or known[-1].vintage.form is not Form.PATH:
        return False
    last = known[-1]
    there, here = cells(last.first, last.text), cells(layer.first, layer.text)
    alike = (last.unit, last.step) == (layer.unit, layer.step) and there.keys() == here.keys()
    return alike and all(same(there[at], value) for at, value in here.items())


def _insert(connection: sqlite3.Connection, into: str, values: tuple[object, ...]) -> int:
    marks = ", ".join("?" * len(values))
    number = connection.execute(f"INSERT INTO {into} VALUES ({marks})", values).lastrowid  # noqa: S608 -- our columns
    return number or 0


def _change(layers: Iterable[Layer], came: Layer) -> Change:
    """What `came` changes in what stood on its day."""
    stood: dict[int, Layer] = {}
    for layer in layers:
        if layer.vintage.known_on <= came.vintage.known_on:
            stood |= dict.fromkeys(cells(layer.first, layer.text), layer)
    frequency = came.first.frequency
    now = cells(came.first, came.text)
    differing = [at for at in now if at in stood and _differs(stood[at], came, Period(frequency, at))]
    revised = [at for at in differing if _revised(stood[at], came, Period(frequency, at))]
    new = [Period(frequency, at) for at in sorted(now.keys() - stood.keys())]
    return Change(
        came.series,
        tuple(new),
        tuple(Period(frequency, at) for at in sorted(revised)),
        len(differing) - len(revised),
    )


def _differs(stood: Layer, came: Layer, period: Period) -> bool:
    return stood.unit != came.unit or not same(stood.at(period), came.at(period))


def _revised(stood: Layer, came: Layer, period: Period) -> bool:
    """Whether the two differ by more than what the older one was rounded to."""
    before, after = (_standing(layer, layer.at(period)) for layer in (stood, came))
    return abs(after.value - before.value) > before.step / 2


def _standing(layer: Layer, text: str) -> _Standing:
    value = Decimal(text)
    step = layer.step if layer.step is not None else Decimal(1).scaleb(int(value.as_tuple().exponent))
    return _Standing(value.scaleb(layer.unit.scale), step.scaleb(layer.unit.scale))


def payload(connection: sqlite3.Connection, sha256: str) -> bytes | None:
    """A body as it came, or None where the store has not got it."""
    found = connection.execute("SELECT body FROM payload WHERE sha256 = ?", (sha256,)).fetchone()
    return zlib.decompress(found[0]) if found else None
