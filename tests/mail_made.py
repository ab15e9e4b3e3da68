"""A made list, a clock that stands where it is put, and a ledger between the two."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reporter.mail.ledger import Edition, Ledger, Plan

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    at: float = NOON

    def __call__(self) -> float:
        return self.at


def made_people(path: Path, people: Iterable[tuple[int, str, str]]) -> Path:
    """A file with the one thing that the ledger asks of the list: the view of those who may be written to."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, address TEXT, name TEXT, here INT DEFAULT 1)")
        connection.execute("CREATE VIEW sendable AS SELECT id, address, name FROM person WHERE here")
        connection.executemany("INSERT INTO person (id, address, name) VALUES (?, ?, ?)", people)
    return path


def numbered(number: int, domains: int = 3) -> Iterable[tuple[int, str, str]]:
    """So many people, from number 1 on."""
    return ((at, f"reader{at}@example{at % domains}.org", f"Reader {at}") for at in range(1, number + 1))


def leave(path: Path, *numbers: int) -> None:
    """Take people off a made list."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("UPDATE person SET here = 0 WHERE id = ?", [(number,) for number in numbers])


@dataclass
class House:
    """Where a made list and its ledger lie."""

    folder: Path
    readers: int = 5
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        if not self.people.exists():
            made_people(self.people, numbered(self.readers))

    @property
    def people(self) -> Path:
        return self.folder / "people.sqlite"

    @property
    def path(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def witness(self) -> Path:
        return self.folder / "witness"

    def ledger(self, max_age: int = 10) -> Ledger:
        return Ledger(
            self.path, people=self.people, witness=self.witness, max_age=timedelta(days=max_age), now=self.clock
        )


def planned(ledger: Ledger, key: str = "made/2026-11-22", day: date = DAY) -> Edition:
    """An edition whose audience is frozen."""
    return ledger.plan(Plan(key, day, "approved"))
