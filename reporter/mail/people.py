"""Who is written to, who is not, and why: what an operator and the sender do to the list.

::

            import, form                    the person, by a link            a hard bounce, a complaint, the operator
    (none) ──────────────▶ PENDING ────────────────▶ ACTIVE ──────────────────▶ SUPPRESSED
                              ▲                        │  leaves                      │
                              │                        ▼                              │
                              └── asks again ──────── LEFT          asks again ───────┘

Nobody but the person, by confirming a mail, comes back from LEFT or SUPPRESSED: no import and no command does it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from reporter.errors import ConfigError, DataError
from reporter.mail import people_file
from reporter.mail.addresses import clean_name, normalised
from reporter.mail.tokens import Tokens

_COLUMNS = "id, address, name, state, since, source, consented_on, reason, detail"
_ERASED, _MARK = "erased address", "mark of the secret"  # purposes of the secret


class State(StrEnum):
    """Where somebody stands."""

    PENDING = "pending"  # has not confirmed: gets no edition
    ACTIVE = "active"  # has consented: gets each edition
    LEFT = "left"  # by their own wish
    SUPPRESSED = "suppressed"  # for a reason that is kept with it


@dataclass(frozen=True, slots=True)
class Consent:
    """Where and when somebody agreed to be written to."""

    source: str
    on: date


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person on the list. `since` is the moment of their state, `reason` and `detail` why they get nothing."""

    id: int
    address: str
    name: str
    state: State
    since: datetime
    source: str = ""
    consented_on: date | None = None
    reason: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "id": self.id,
            "address": self.address,
            "name": self.name,
            "state": self.state.value,
            "since": self.since.isoformat(),
            "source": self.source,
            "consented_on": self.consented_on.isoformat() if self.consented_on else None,
            "reason": self.reason,
            "detail": self.detail,
        }


@dataclass(frozen=True)
class People:
    """The list at `path`; `tokens` are wanted where somebody is erased, or was."""

    path: Path
    tokens: Tokens | None = None

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """See `people_file.reading`."""
        return people_file.reading(self.path)

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """See `people_file.writing`."""
        return people_file.writing(self.path)

    def find(self, address: str) -> Subscriber | None:
        """Who has an address."""
        with self.reading() as connection:
            return found(connection, "address = ?", normalised(address))

    def get(self, number: int) -> Subscriber | None:
        """Who has a number."""
        with self.reading() as connection:
            return found(connection, "id = ?", number)

    def rows(self, state: State | None = None) -> Iterator[Subscriber]:
        """All, or all of one state, by number; read as they are asked for."""
        where, values = ("WHERE state = ?", (state,)) if state else ("", ())
        with self.reading() as connection:
            query = f"SELECT {_COLUMNS} FROM subscriber {where} ORDER BY id"  # noqa: S608 -- our own words
            yield from map(_subscriber, connection.execute(query, values))

    def counts(self) -> dict[str, int]:
        """How many there are of each state, and how many erased ones are remembered by their HMAC."""
        with self.reading() as connection:
            held = dict(connection.execute("SELECT state, count(*) FROM subscriber GROUP BY state").fetchall())
            (erased,) = connection.execute("SELECT count(*) FROM erased").fetchone()
        return {**{state.value: held.get(state.value, 0) for state in State}, "erased": erased}

    def add(self, address: str, name: str, consent: Consent | None, at: datetime) -> Subscriber:
        """Put somebody on the list, active with a consent and pending without; who is active stays so.

        Raise DataError where they have left, are suppressed or were erased: only they can come back.
        """
        key = normalised(address)
        with self.writing() as connection:
            if self.was_erased(connection, key):
                message = "that address was erased from the list; only the person can come back, by the form"
                raise DataError(message)
            held = found(connection, "address = ?", key)
            if held and held.state in {State.LEFT, State.SUPPRESSED}:
                why = f" ({held.reason})" if held.reason else ""
                message = (
                    f"{key} is {held.state.value}{why} since {held.since.date()}; only they can come back, by the form"
                )
                raise DataError(message)
            connection.execute(
                "INSERT INTO subscriber (address, name, state, since, source, consented_on, reason, detail)"
                " VALUES (?, ?, ?, ?, ?, ?, '', '') ON CONFLICT (address) DO UPDATE SET"
                " name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END,"
                " since = CASE WHEN state = 'pending' AND excluded.state = 'active' THEN excluded.since ELSE since END,"
                " source = CASE state WHEN 'pending' THEN excluded.source ELSE source END,"
                " consented_on = CASE state WHEN 'pending' THEN excluded.consented_on ELSE consented_on END,"
                " state = CASE state WHEN 'pending' THEN excluded.state ELSE state END",
                (key, clean_name(name), *standing(consent, at)),
            )
            added = found(connection, "address = ?", key)
        assert added is not None  # noqa: S101 -- written in this transaction
        return added

    def remove(self, address: str, at: datetime) -> Subscriber:
        """Take somebody off at their wish; they stay known, so that no import puts them back.

        Raise DataError where the address is not on the list.
        """
        key = normalised(address)
        with self.writing() as connection:
            held = found(connection, "address = ?", key)
            if held is None:
                message = f"{key} is not on the list"
                raise DataError(message)
            leave(connection, held.id, at, "told the operator")
            return found(connection, "id = ?", held.id) or held

    def suppress(self, number: int, reason: str, detail: str, at: datetime) -> None:
        """Write to somebody no more; who has left, or is suppressed already, stays as they are."""
        with self.writing() as connection:
            connection.execute(
                "UPDATE subscriber SET state = 'suppressed', since = ?, reason = ?, detail = ?"
                " WHERE id = ? AND state IN ('pending', 'active')",
                (stamp(at), reason or "unknown", detail, number),
            )
            connection.execute("DELETE FROM letter WHERE subscriber = ?", (number,))

    def erase(self, address: str, at: datetime, *, forget: bool = False) -> bool:
        """Delete all that is held of somebody; whether nothing of it is left on disk.

        What stays is an HMAC of the address that keeps imports from writing to them again, unless `forget` or they had
        never consented. Raise DataError where the address is not on the list, ConfigError where there is no secret.
        """
        key = normalised(address)
        with self.writing() as connection:
            held = found(connection, "address = ?", key)
            if held is None:
                message = f"{key} is not on the list"
                raise DataError(message)
            if not forget and held.state is not State.PENDING:
                self._remember(connection, key, at.date())
            connection.execute("DELETE FROM subscriber WHERE id = ?", (held.id,))
        return people_file.scrub(self.path)

    def _remember(self, connection: sqlite3.Connection, key: str, day: date) -> None:
        digest = self.digests(connection)(key)
        connection.execute("INSERT OR IGNORE INTO erased VALUES (?, ?)", (digest, day.isoformat()))
        mark = self.tokens.digest(_MARK, "") if self.tokens else b""
        connection.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (mark,))

    def unerase(self, connection: sqlite3.Connection, key: str) -> None:
        """Somebody who was erased has come back by themselves."""
        if has_erased(connection):
            connection.execute("DELETE FROM erased WHERE hash = ?", (self.digests(connection)(key),))

    def was_erased(self, connection: sqlite3.Connection, key: str) -> bool:
        """Whether a normalised address was erased and is to be left alone."""
        if not has_erased(connection):
            return False
        digest = self.digests(connection)(key)
        return connection.execute("SELECT 1 FROM erased WHERE hash = ?", (digest,)).fetchone() is not None

    def digests(self, connection: sqlite3.Connection) -> Callable[[str], bytes]:
        """What makes the HMAC of a normalised address; raise ConfigError without the secret that made those at hand."""
        if self.tokens is None:
            message = "who was erased is remembered by an HMAC, and that needs the secret: set REPORTER_SECRET_FILE"
            raise ConfigError(message)
        tokens, mark = self.tokens, self.tokens.digest(_MARK, "")
        row = connection.execute("SELECT mark FROM secret").fetchone()
        if row and row[0] != mark:
            message = (
                f"{self.path}: those who were erased are remembered under another secret; set REPORTER_SECRET to it"
            )
            raise ConfigError(message)
        return lambda key: tokens.digest(_ERASED, key.casefold())


def standing(consent: Consent | None, at: datetime) -> tuple[str, str, str, str]:
    """State, since when, source and day of consent: of somebody new."""
    if consent is None:
        return State.PENDING, stamp(at), "", ""
    return State.ACTIVE, stamp(at), consent.source, consent.on.isoformat()


def has_erased(connection: sqlite3.Connection) -> bool:
    """Whether anybody who was erased is remembered."""
    return connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is not None


def leave(connection: sqlite3.Connection, number: int, at: datetime, reason: str) -> None:
    """Somebody goes; who has left already, or is suppressed, stays as they are."""
    connection.execute(
        "UPDATE subscriber SET state = 'left', since = ?, reason = ?, detail = ''"
        " WHERE id = ? AND state IN ('pending', 'active')",
        (stamp(at), reason, number),
    )
    connection.execute("DELETE FROM letter WHERE subscriber = ?", (number,))


def found(connection: sqlite3.Connection, where: str, value: object) -> Subscriber | None:
    """The one person that a condition with a value names."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM subscriber WHERE {where}", (value,)).fetchone()  # noqa: S608 -- ours
    return _subscriber(row) if row else None


@lru_cache(maxsize=4)
def stamp(at: datetime) -> str:
    """A moment as it is kept: UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _subscriber(row: tuple[Any, ...]) -> Subscriber:
    number, address, name, state, since, source, consented_on, reason, detail = row
    day = date.fromisoformat(consented_on) if consented_on else None
    return Subscriber(number, address, name, State(state), datetime.fromisoformat(since), source, day, reason, detail)
