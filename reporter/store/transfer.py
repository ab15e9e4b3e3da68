"""A store as a file that can be carried elsewhere, and taken into another store.

Gzip of UTF-8, one JSON value a line: first `{"reporter store": 1}`, then `[table, {column: value, …}]` for every row,
tables in the order of `schema.TABLES`. A payload's body is base64, or null where it is left out: those that came
through FRED are unless they are asked for, since its terms leave passing them on to the user.
"""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from reporter.errors import DataError
from reporter.model.observations import Form, Layer
from reporter.store.chain import by_day, in_full, to_layer
from reporter.store.database import Store
from reporter.store.held import chain
from reporter.store.schema import TABLES
from reporter.store.write import Answer, Pull, payload, record

_HEAD = {"reporter store": 1}
_FRED = ("fred", "fred_api", "alfred", "fred_vintages")
_FREDS = f"SELECT sha256 FROM answer WHERE source IN ({', '.join('?' * len(_FRED))})"  # noqa: S608 -- our own marks


def export(store: Store, path: Path, *, payloads: bool = False) -> int:
    """Write the store to a file, whole or not at all; how many rows. The same store makes the same bytes."""
    beside = path.with_name(f".{path.name}.part")
    written = 0
    with (
        store.reading() as connection,
        beside.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed,
    ):
        packed.write(_line(_HEAD))
        for table, row in _rows(connection, payloads=payloads):
            packed.write(_line([table, row]))
            written += 1
    beside.replace(path)
    return written


def _rows(connection: sqlite3.Connection, *, payloads: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    private = set() if payloads else {sha256 for (sha256,) in connection.execute(_FREDS, _FRED)}
    for table in TABLES:
        order = "sha256" if table == "payload" else "series, request" if table == "covers" else "id"
        found = connection.execute(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608 -- our own tables
        names = [column[0] for column in found.description]
        for values in found:
            row = dict(zip(names, values, strict=True))
            if table == "payload":
                row["body"] = None if row["sha256"] in private else base64.b64encode(row["body"]).decode("ascii")
            yield table, row


def _line(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def take_in(store: Store, path: Path) -> int:
    """Add what an exported file holds; how many pulls were new. Raise DataError where it is not such a file."""
    with tempfile.TemporaryDirectory() as folder:
        other = Store(Path(folder) / "store.sqlite")
        _restore(other, path)
        if store.exists():
            return _replay(other, store)
    _restore(store, path)
    with store.reading() as connection:
        (pulls,) = connection.execute("SELECT count(*) FROM pull").fetchone()
    return int(pulls)


def _restore(store: Store, path: Path) -> None:
    """Make an empty store what the file says."""
    with store.writing() as connection:
        try:
            for table, row in _read(path):
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
        except sqlite3.DatabaseError as error:
            message = f"{path} is not a whole export of a store: {error}"
            raise DataError(message) from None


def _read(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = _columns()
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            if json.loads(next(lines, "null")) != _HEAD:
                message = f"{path} is not an export of a store: it does not start {json.dumps(_HEAD)}"
                raise DataError(message)
            for line in lines:
                table, row = json.loads(line)
                if set(row) != columns.get(table):
                    message = f"{path} is not an export of a store: it has a line {line[:80]!r}"
                    raise DataError(message)
                if table == "payload" and row["body"] is None:
                    continue
                yield table, {**row, "body": base64.b64decode(row["body"])} if table == "payload" else row
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, ValueError, TypeError) as error:
        message = f"{path} is not an export of a store: {error}"
        raise DataError(message) from None


def _columns() -> dict[str, set[str]]:
    """The columns of each table: nothing else may stand in a file, for its names go into SQL."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "empty.sqlite").writing() as connection:
        return {table: {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")} for table in TABLES}


def _replay(other: Store, store: Store) -> int:
    """Write the pulls of one store that another has not got, oldest first, as if they had been its own."""
    with store.reading() as connection:
        had = {uid for (uid,) in connection.execute("SELECT uid FROM pull")}
    new = 0
    with other.reading() as connection:
        layers = _layers(connection)
        pulls = connection.execute("SELECT id, uid, day, started_at, made_by FROM pull ORDER BY started_at, id")
        for number, uid, day, started_at, made_by in pulls.fetchall():
            if uid in had:
                continue
            pull = Pull(uid, date.fromisoformat(day), datetime.fromisoformat(started_at), made_by)
            record(store, pull, list(_answers(connection, number)), layers.get(number, []), {})
            new += 1
    return new


def _layers(connection: sqlite3.Connection) -> dict[int, list[Layer]]:
    """Every vintage of every series in full, by the pull that brought it."""
    find = "SELECT vintage.name, answer.pull FROM vintage JOIN answer ON answer.id = vintage.answer"
    brought: dict[str, int] = dict(connection.execute(find).fetchall())
    found: dict[int, list[Layer]] = {}
    for (series,) in connection.execute("SELECT DISTINCT series FROM layer ORDER BY series").fetchall():
        for row in in_full(by_day(chain(connection, series))):
            held = to_layer(row)
            if held:
                found.setdefault(brought[row.vintage.id], []).append(_as_payload(held))
    return found


def _as_payload(layer: Layer) -> Layer:
    """A vintage in full, as a publisher's answer would have brought it."""
    return replace(layer, vintage=replace(layer.vintage, form=Form.PATH))


def _answers(connection: sqlite3.Connection, pull: int) -> Iterator[Answer]:
    names = "id, source, request, address, day, retrieved_at, status, sha256, etag, last_modified, fault, fault_code"
    for row in connection.execute(f"SELECT {names} FROM answer WHERE pull = ? ORDER BY id", (pull,)).fetchall():  # noqa: S608
        number, source, request, address, day, retrieved_at, status, sha256, etag, last_modified, fault, code = row
        covered = connection.execute("SELECT series FROM covers WHERE since = ?", (number,)).fetchall()
        yield Answer(
            source,
            request,
            address,
            date.fromisoformat(day),
            datetime.fromisoformat(retrieved_at),
            status,
            payload(connection, sha256),
            sha256,
            etag,
            last_modified,
            tuple(series for (series,) in covered),
            fault,
            code,
        )
