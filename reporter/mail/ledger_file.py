"""The ledger's file: opened, brought up to date, one connection for all threads of a process.

SQLite with a write-ahead log. `synchronous = NORMAL` outlives the death of the process at any moment, which is what a
mail's every step is written for; `FULL` outlives the loss of power, too, and costs a disk's patience a commit.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Literal, NoReturn

from reporter.errors import ConfigError, DataError
from reporter.mail import ledger_sql as sql
from reporter.sqlite import Kind

Durability = Literal["process", "power"]
_KIND = Kind("ledger", 0x5250544C, "mend [list] ledger in reporter.toml")  # “RPTL”
_PATIENCE = 30.0  # seconds a writer waits for another process
_PAGE = 1024  # bytes; a step of one mail writes one page to the log, and a small one is written soonest
_LOG = 32768  # pages of the log before it is moved into the file, which waits for the disk


class LedgerFile:
    """A connection to the ledger at `path`, with the file of people beside it where `people` is given.

    Raise ConfigError where the file is none of ours, is newer than this code or cannot be written, DataError where it
    or the list is damaged or not there.
    """

    def __init__(self, path: Path, people: Path | None = None, durability: Durability = "process") -> None:
        self.path = path
        self._lock = RLock()
        self._connection = _open(path, durability)
        try:
            with self._told():
                _KIND.bring_up(self._connection, path, sql.MIGRATIONS)
                if people is not None:
                    _attach(self._connection, people)
            (self.uid,) = self.row(sql.UID)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def row(self, statement: str, values: Mapping[str, object] | None = None) -> tuple[Any, ...]:
        """The first row a statement answers with; an empty tuple where there is none."""
        with self._lock, self._told():
            found: tuple[Any, ...] | None = self._connection.execute(statement, values or {}).fetchone()
            return found or ()

    def rows(self, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """All rows."""
        with self._lock, self._told():
            return self._connection.execute(statement, values).fetchall()

    def change(
        self,
        statement: str,
        values: Mapping[str, object] | tuple[object, ...],
        then: Callable[[], None] | None = None,
    ) -> int:
        """Run one statement as a transaction of its own: how many rows it changed.

        `then` is called once it is durable, before any other thread writes, and only where it changed something.
        """
        with self._lock:
            try:  # not `_told`: a context manager costs as much as half of a step
                changed = self._connection.execute(statement, values).rowcount
            except sqlite3.Error as error:
                self._tell(error)
            if changed and then:
                then()
            return changed

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is written in the block or, where it raises, nothing.

        It begins with the block's first statement, which has to be a write: an immediate one would lock the people too.
        """
        with self._lock, self._told():
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Faults that say which file, and what to do."""
        try:
            yield
        except sqlite3.Error as error:
            self._tell(error)

    def _tell(self, error: sqlite3.Error) -> NoReturn:
        if isinstance(error, sqlite3.OperationalError):
            message = f"{self.path}: {error}; is there room on the disk, is the folder writable, and the list's file?"
            raise ConfigError(message) from error
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise error  # a mistake of ours, or a plan that is there already
        message = f"{self.path} is not a whole ledger: {error}; restore it from a backup, then `reporter send status`"
        raise DataError(message) from error


def _open(path: Path, durability: Durability) -> sqlite3.Connection:
    """A connection; a new file can be read by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        # Threads take turns by the lock of LedgerFile. `uri`: so that the list's file is attached without being made.
        uri = f"{path.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256
        )
    except (OSError, sqlite3.OperationalError) as error:
        message = f"{path}: {error}; mend [list] ledger in reporter.toml, or the folder's permissions"
        raise ConfigError(message) from error
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA page_size = {_PAGE}")
    connection.execute(f"PRAGMA synchronous = {'FULL' if durability == 'power' else 'NORMAL'}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG}")
    return connection


def _attach(connection: sqlite3.Connection, people: Path) -> None:
    if not people.is_file():
        message = f"there is no list at {people}; `reporter subscribers import` makes one"
        raise DataError(message)
    connection.execute("ATTACH DATABASE ? AS people", (f"{people.resolve().as_uri()}?mode=rw",))
    if not connection.execute("SELECT 1 FROM people.sqlite_master WHERE name = 'sendable'").fetchone():
        message = f"{people} is not a list of reporter's; mend [list] people in reporter.toml"
        raise ConfigError(message)
