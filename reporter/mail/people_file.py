"""The file of subscribers: its tables, opened and brought up to date.

It holds all that is personal; elsewhere people go by their number. Only its owner can read it. What is deleted is
overwritten (`secure_delete`), and after an erasure the write-ahead log is emptied too.

::

    subscriber   a person: address, name, state, since when, where and when they consented, why they get nothing
    letter       a confirmation that is still to be sent: see `optin`
    erased       HMACs of addresses that were erased and must not be written to again
    secret       the mark of the secret those were made with
    sendable     a view: exactly those who may be written to now

A number is never given twice (AUTOINCREMENT): a link in the mail of somebody erased leads to nobody.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reporter.errors import ConfigError, DataError
from reporter.sqlite import Kind

_PATIENCE = 30.0  # seconds a writer waits for another
_KIND = Kind("list", 0x5250504C, "mend [list] people in reporter.toml")  # “RPPL”

_FIRST = """
CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'left', 'suppressed')),
    since TEXT NOT NULL,
    source TEXT NOT NULL,
    consented_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    asked_at INTEGER NOT NULL DEFAULT 0,
    CHECK (state <> 'active' OR (source <> '' AND consented_on <> '')),
    CHECK (state <> 'suppressed' OR reason <> '')
);
CREATE TABLE letter (
    subscriber INTEGER PRIMARY KEY REFERENCES subscriber (id) ON DELETE CASCADE,
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL
);
CREATE TABLE erased (
    hash BLOB PRIMARY KEY,
    erased_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE secret (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    mark BLOB NOT NULL
);
CREATE VIEW sendable AS SELECT id, address, name FROM subscriber WHERE state = 'active';
"""

# One script a version, in order; what has been released is never edited again.
MIGRATIONS: tuple[str, ...] = (_FIRST,)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write and sees one state throughout; raise DataError where there is no such file."""
    if not path.is_file():
        message = f"there is no list at {path}; `reporter subscribers import` or `add` makes one"
        raise DataError(message)
    with _connected(path) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction: all that is written in the block or, where it raises, nothing. It makes the file, if need be."""
    _make(path)
    with _connected(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def scrub(path: Path) -> bool:
    """Leave nothing of what was deleted in the file or beside it; whether that could be done while others read.

    `secure_delete` has overwritten it in the pages; VACUUM leaves no page of before, the checkpoint no log.
    """
    with _connected(path) as connection:
        connection.execute("VACUUM")
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _make(path: Path) -> None:
    """An empty file that only its owner can read; SQLite gives its log and its index the same rights."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        message = f"{path}: {error.strerror}; mend [list] people in reporter.toml, or the folder's permissions"
        raise ConfigError(message) from error


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file as it should be; its faults say which file and what to do."""
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        _KIND.bring_up(connection, path, MIGRATIONS)
        yield connection
    except sqlite3.OperationalError as error:
        message = f"{path}: {error}; is the folder writable, and no other command at work on it?"
        raise ConfigError(message) from error
    except sqlite3.IntegrityError:
        raise  # a mistake of ours
    except sqlite3.DatabaseError as error:
        message = f"{path} is not a whole list: {error}; restore it from a backup"
        raise DataError(message) from error
    finally:
        if connection is not None:
            connection.close()
