"""An edition in the hands of one sender: claims, and what became of each claimed mail.

Every step is written down before the next one happens on the wire. Each statement names the states it may leave and the
epoch of this hold: where another sender has taken over, nothing matches, and `Fenced` stops us before the final dot.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from reporter.errors import DataError, DeliveryError
from reporter.mail import ledger_sql as sql
from reporter.mail.ledger_file import LedgerFile
from reporter.mail.policy import PATIENCE, Reply
from reporter.mail.status import OPEN, Status
from reporter.mail.witness import Witness

LEFT = "not on the list any more"  # unsubscribed, suppressed or erased since the audience was frozen


class Fenced(DeliveryError):
    """Another sender has taken the edition over."""


class Paused(DeliveryError):
    """The edition was paused, by an operator or by a reply that concerns all of it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody to be written to now; `attempts` is how often it was tried before."""

    subscriber: int
    address: str
    name: str
    attempts: int


class Hold:
    """The right to send one edition. All methods may be called by any thread."""

    def __init__(  # noqa: PLR0913, PLR0917 -- made by the ledger only
        self,
        file: LedgerFile,
        edition: int,
        epoch: int,
        witness: Witness,
        reached: int,
        lease: int,
        now: Callable[[], float],
    ) -> None:
        self._file, self._edition, self._epoch = file, edition, epoch
        self._witness, self._reached = witness, reached
        self._lease, self._now = lease, now
        self._after = -1  # claimed up to this subscriber
        self._lock = Lock()

    def renew(self) -> None:
        """Say that this sender lives; raise Paused or Fenced where it is to stop."""
        values = {"edition": self._edition, "epoch": self._epoch, "lease": int(self._now()) + self._lease}
        self._heed(self._file.row(sql.RENEW, values))

    def claim(self, limit: int) -> list[Claim]:
        """Up to `limit` people: those due for another attempt first. Who has left the list is skipped.

        An empty list where nothing is to be done now. Raise Paused or Fenced as `renew` does.
        """
        at = int(self._now())
        values = {"edition": self._edition, "epoch": self._epoch, "at": at, "lease": at + self._lease}
        with self._file.writing() as connection:
            self._heed(connection.execute(sql.RENEW, values).fetchone() or ())
            claims = self._due(connection, {**values, "limit": limit})
            while len(claims) < limit:
                rows = self._on(connection, {**values, "limit": limit - len(claims), "after": self._after})
                if not rows:
                    break
                self._after = rows[-1][0]
                claims += [Claim(*row) for row in rows if row[1] is not None]
            return claims

    def _due(self, connection: sqlite3.Connection, values: Mapping[str, int]) -> list[Claim]:
        """Claim those whose time has come again."""
        rows = connection.execute(sql.DUE, values).fetchall()
        if rows:
            self._skip_gone(connection, rows, values)
            here = [{**values, "subscriber": row[0]} for row in rows if row[1] is not None]
            connection.executemany(sql.CLAIM, here)
        return [Claim(*row) for row in rows if row[1] is not None]

    def _on(self, connection: sqlite3.Connection, values: Mapping[str, int]) -> list[tuple[Any, ...]]:
        """Claim the next ones of the plan, in one statement once those who have left are out of it."""
        rows = connection.execute(sql.PLANNED, values).fetchall()
        if rows:
            self._skip_gone(connection, rows, values)
            connection.execute(sql.CLAIM_ON, {**values, "last": rows[-1][0]})
        return rows

    @staticmethod
    def _skip_gone(connection: sqlite3.Connection, rows: list[tuple[Any, ...]], values: Mapping[str, int]) -> None:
        gone = [{**values, "subscriber": row[0], "reply": LEFT} for row in rows if row[1] is None]
        if gone:
            connection.executemany(sql.SKIP, gone)

    def release(self, subscribers: Iterable[int]) -> None:
        """Give back what was claimed and not begun."""
        values = {"edition": self._edition, "epoch": self._epoch, "at": int(self._now())}
        with self._file.writing() as connection:
            connection.executemany(sql.RELEASE, [{**values, "subscriber": key} for key in subscribers])
            self._after = -1

    def data_sent(self, subscriber: int) -> None:
        """To be called before the final dot: from here on the mail may have been taken."""
        with self._lock:  # the numbers of the sequence reach the ledger in order, and the witness after it
            self._reached += 1
            values = (self._edition, subscriber, self._epoch, int(self._now()), self._reached)
            self._step(sql.DATA_SENT, values, self._testify)

    def _testify(self) -> None:
        self._witness.write(self._reached)

    def sent(self, subscriber: int, reply: Reply) -> None:
        """The server has taken charge."""
        values = (self._edition, subscriber, self._epoch, int(self._now()), reply.code, reply.text)
        self._step(sql.SENT, values)

    def doubt(self, subscriber: int, reason: str) -> None:
        """The final dot may have left, and no answer came."""
        self._move(sql.IN_DOUBT, subscriber, Reply(0, reason))

    def defer(self, subscriber: int, reply: Reply, wait: float) -> Status:
        """Certainly not taken: to be tried again after `wait` seconds, or expired where that is beyond its time."""
        at = int(self._now())
        row = self._file.row(sql.TRIED_AT, {"edition": self._edition, "subscriber": subscriber, "at": at})
        due = at + int(wait)
        if row and due > row[0] + PATIENCE:
            self._move(sql.EXPIRE, subscriber, reply)
            return Status.EXPIRED
        self._move(sql.DEFER, subscriber, reply, due=due)
        return Status.DEFERRED

    def hold_back(self, subscriber: int, due: float) -> None:
        """Not begun, since its domain is to be spared until `due`; no attempt is counted."""
        self._move(sql.HOLD_BACK, subscriber, due=int(due))

    def reject(self, subscriber: int, reply: Reply) -> None:
        """Refused for good."""
        self._move(sql.REJECT, subscriber, reply)

    def skip(self, subscriber: int, reason: str) -> None:
        """Not to be written to."""
        self._move(sql.SKIP, subscriber, Reply(0, reason))

    def pause(self, reason: str) -> None:
        """Have the edition rest until an operator resumes it."""
        self._file.change(sql.PAUSE, {"edition": self._edition, "reason": reason})

    def finish(self) -> bool:
        """Whether the edition is finished now: false where mails are still to be sent.

        Raise DataError where planned = sent + rejected + skipped + expired + in doubt does not hold.
        """
        if self._file.change(sql.FINISH, {"edition": self._edition, "at": int(self._now())}):
            return True
        counts = {Status(row[0]): row[1] for row in self._file.rows(sql.COUNTS, {"edition": self._edition})}
        if any(counts.get(status) for status in OPEN):
            return False
        message = f"{self._file.path}: {sum(counts.values()):,} mails are accounted for, which is not what was planned"
        raise DataError(message)

    def _move(self, statement: str, subscriber: int, reply: Reply | None = None, **more: int) -> None:
        values: dict[str, object] = {
            "edition": self._edition,
            "subscriber": subscriber,
            "epoch": self._epoch,
            "at": int(self._now()),
            **more,
        }
        if reply:
            values["code"], values["reply"] = reply.code, reply.text
        self._step(statement, values)

    def _step(
        self,
        statement: str,
        values: Mapping[str, object] | tuple[object, ...],
        then: Callable[[], None] | None = None,
    ) -> None:
        if not self._file.change(statement, values, then):
            message = "the edition is in another sender's hands by now; this one stops"
            raise Fenced(message)

    @staticmethod
    def _heed(row: tuple[str, ...]) -> None:
        if not row:
            message = "the edition is in another sender's hands by now; this one stops"
            raise Fenced(message)
        if row[0]:
            message = f"paused: {row[0]}"
            raise Paused(message)
