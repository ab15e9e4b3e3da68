"""SQLite files of ours: told from others by a mark, brought up to the newest version of their tables.

The version is SQLite's `user_version`; migrations are scripts in order, of which no released one is ever edited.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reporter.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file holds: its `noun`, SQLite's `application_id` for it, and what to `mend` where a file is no such."""

    noun: str
    application: int
    mend: str

    def version(self, connection: sqlite3.Connection, path: Path, newest: int) -> int:
        """The version of its tables, nought for an empty file.

        Raise ConfigError where it is another program's file, or newer than this code.
        """
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != self.application and (tables or version):
            message = f"{path} is a database, but not a {self.noun} of reporter's; {self.mend}"
            raise ConfigError(message)
        if version > newest:
            message = f"{path} is of version {version}, newer than this reporter knows ({newest}); upgrade it"
            raise ConfigError(message)
        return int(version)

    def bring_up(
        self, connection: sqlite3.Connection, path: Path, migrations: Sequence[str], after: Sequence[str] = ()
    ) -> None:
        """Make or migrate the tables, then run the scripts `after`, in one transaction; two at once do it once.

        A log is written ahead from then on: readers see the last whole state while another is written.
        """
        newest = len(migrations)
        if self.version(connection, path, newest) == newest:
            return
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for script in (*migrations[self.version(connection, path, newest) :], *after):
                for statement in statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {self.application}")
            connection.execute(f"PRAGMA user_version = {newest}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would end the transaction they run in."""
    held = ""
    for line in script.splitlines():
        held += line + "\n"
        if sqlite3.complete_statement(held):
            yield held
            held = ""
