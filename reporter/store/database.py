"""The store's file: opened, brought up to date, written in one transaction at a time.

SQLite with a write-ahead log: readers see the last whole pull while another is written, and a process killed at any
moment leaves what was there before it. Writers wait for one another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reporter.errors import ConfigError, DataError
from reporter.sqlite import Kind
from reporter.store.schema import MIGRATIONS, append_only

_PATIENCE = 30.0  # seconds a writer waits for another
KIND = Kind("store", 0x52505452, "name another with --store")  # “RPTR”


@dataclass(frozen=True)
class Store:
    """A store at `path`; there need not be a file yet, and reading does not make one."""

    path: Path

    def exists(self) -> bool:
        """Whether anything has ever been written to it."""
        return self.path.is_file() and self.path.stat().st_size > 0

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that cannot write and sees one state throughout; raise DataError where there is no store."""
        if not self.exists():
            message = f"there is no store at {self.path}; `reporter pull` makes one"
            raise DataError(message)
        with self._connected() as connection:
            KIND.bring_up(connection, self.path, MIGRATIONS, (append_only(),))
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is written in the block, or, where it raises, nothing.

        The lock is taken at its start, so that what a writer reads in it is what it writes upon.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            KIND.bring_up(connection, self.path, MIGRATIONS, (append_only(),))
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection whose faults say which file and what to do."""
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        except sqlite3.OperationalError as error:
            message = f"{self.path}: {error}; is the folder writable, and no other pull at work on it?"
            raise ConfigError(message) from error
        except sqlite3.DatabaseError as error:
            message = f"{self.path} is not a whole store: {error}; `reporter store check` says more"
            raise DataError(message) from error
        finally:
            if connection is not None:
                connection.close()
