"""Whether a store is whole: its file, its payloads, its chains."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from reporter.store.chain import WITHDRAWN
from reporter.store.database import Store
from reporter.store.held import chain


def check(store: Store) -> tuple[str, ...]:
    """Everything that is wrong with the store, a sentence each; none where it is whole."""
    with store.reading() as connection:
        return tuple(_faults(connection))


def counts(store: Store) -> dict[str, int]:
    """How much it holds: pulls, answers, payloads, series, vintages."""
    asked = {
        "pulls": "SELECT count(*) FROM pull",
        "answers": "SELECT count(*) FROM answer",
        "payloads": "SELECT count(*) FROM payload",
        "vintages": "SELECT count(*) FROM vintage",
        "series": "SELECT count(DISTINCT series) FROM layer",
    }
    with store.reading() as connection:
        return {name: int(connection.execute(query).fetchone()[0]) for name, query in asked.items()}


def _faults(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"the file is damaged: {said}"
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} refers to one that is not there"
    for sha256, size, body in connection.execute("SELECT sha256, size, body FROM payload"):
        yield from _payload(sha256, size, body)
    for (series,) in connection.execute("SELECT DISTINCT series FROM layer ORDER BY series").fetchall():
        yield from _chain(series, connection)


def _payload(sha256: str, size: int, body: bytes) -> Iterator[str]:
    try:
        plain = zlib.decompress(body)
    except zlib.error as error:
        yield f"payload {sha256[:12]} cannot be unpacked: {error}"
        return
    if hashlib.sha256(plain).hexdigest() != sha256 or len(plain) != size:
        yield f"payload {sha256[:12]} is not what was retrieved"


def _chain(series: str, connection: sqlite3.Connection) -> Iterator[str]:
    try:
        rows = chain(connection, series)
    except (ValueError, InvalidOperation) as error:
        yield f"{series}: a row cannot be read: {error}"
        return
    if not rows[0].whole:
        yield f"{series}: its first vintage, of {rows[0].known_on}, is not whole"
    for row in rows:
        if not all(map(_is_number, row.cells.values())):
            yield f"{series}: the values of {row.known_on} are not numbers"


def _is_number(text: str) -> bool:
    try:
        return text == WITHDRAWN or Decimal(text).is_finite()
    except InvalidOperation:
        return False
