"""The ledger: for each person of each edition, what became of their mail.

Its promise: nobody gets an edition twice, nobody is silently left out, and after any crash it can say for each person
which it was. An edition's audience is frozen once, by `plan`; `hold` gives one sender at a time the right to work on
it; an edition is finished only where every planned mail is accounted for.
"""

from __future__ import annotations

import platform
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from reporter.errors import DataError, DeliveryError
from reporter.mail import ledger_sql as sql
from reporter.mail.ledger_file import Durability, LedgerFile
from reporter.mail.ledger_hold import Hold
from reporter.mail.status import OPEN, Status
from reporter.mail.witness import Witness, alone

LEASE = 120  # seconds after which a sender on another machine that has not renewed its lease counts as dead
Kind = Literal["edition", "erratum"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent.

    `key` is the edition's name, `day` the one it was made for, `approved` a digest of all that was approved; `corrects`
    is the edition whose readers an erratum goes to.
    """

    key: str
    day: date
    approved: str
    corrects: Edition | None = None

    @property
    def kind(self) -> Kind:
        """An erratum is an edition of its own kind."""
        return "erratum" if self.corrects else "edition"


@dataclass(frozen=True, slots=True)
class Edition:
    """A planned edition. Times are seconds since 1970; `paused` says why nothing is sent, `owner` where a sender is."""

    id: int
    key: str
    kind: Kind
    corrects: int | None
    day: date
    approved: str
    planned: int
    planned_at: int
    paused: str
    finished_at: int | None
    owner: str
    lease: int


@dataclass(frozen=True, slots=True)
class Row:
    """One mail: whose, in which state since when, how often tried, the last reply, when it is due again."""

    subscriber: int
    at: int
    attempts: int
    code: int
    reply: str
    due: int | None


class Ledger:
    """The ledger at `path`. `witness` is the folder of what is kept beside it: see `reporter.mail.witness`.

    `people` is the list's file, for planning and sending; `max_age` that of an edition. Raise as `LedgerFile` does.
    """

    def __init__(  # noqa: PLR0913 -- what a sender is set up with
        self,
        path: Path,
        *,
        people: Path | None = None,
        witness: Path,
        max_age: timedelta = timedelta(days=10),
        durability: Durability = "process",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.file = LedgerFile(path, people, durability)
        self._witnesses = witness / self.file.uid
        self._max_age = max_age
        self._now = now

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def edition(self, key: str) -> Edition | None:
        """A planned edition by its key."""
        row = self.file.row(sql.EDITION, {"key": key})
        return _edition(row) if row else None

    def editions(self) -> list[Edition]:
        """All that were ever planned, the oldest first."""
        return [_edition(row) for row in self.file.rows(sql.EDITIONS, {})]

    def audience(self, corrects: Edition | None = None) -> int:
        """How many would be written to, were it planned now."""
        statement, values = (sql.COUNT_ERRATUM, {"corrects": corrects.id}) if corrects else (sql.COUNT_LIST, {})
        return int(self.file.row(statement, values)[0])

    def domains(self, limit: int = 10) -> list[tuple[str, int]]:
        """The domains with most people on the list."""
        return [(str(name), int(number)) for name, number in self.file.rows(sql.DOMAINS, {"limit": limit})]

    def plan(self, plan: Plan, *, forgotten: bool = False) -> Edition:
        """Freeze the audience.

        Raise DeliveryError where the edition is planned already, is too old, or was sent by a later state of this
        ledger; `forgotten` says that this is known: `restored` is to be called next.
        """
        self._check_age(plan.key, plan.day)
        if not forgotten:
            Witness(self._witnesses, plan.key).check(0)
        values = {
            "key": plan.key,
            "kind": plan.kind,
            "corrects": plan.corrects.id if plan.corrects else None,
            "day": plan.day.isoformat(),
            "approved": plan.approved,
            "at": int(self._now()),
        }
        try:
            with self.file.writing() as connection:
                (number,) = connection.execute(sql.ADD_EDITION, values).fetchone()
                statement = sql.PLAN_ERRATUM if plan.corrects else sql.PLAN_LIST
                planned = connection.execute(statement, {**values, "edition": number}).rowcount
                connection.execute(sql.SET_PLANNED, {"edition": number, "planned": planned})
        except sqlite3.IntegrityError as error:
            message = f"{plan.key} is planned already; `reporter send resume {plan.key}` goes on with it"
            raise DeliveryError(message) from error
        return self._known(plan.key)

    def counts(self, edition: Edition) -> dict[Status, int]:
        """How many mails are in each state; states with none are left out."""
        return {Status(status): number for status, number in self.file.rows(sql.COUNTS, {"edition": edition.id})}

    def rows(self, edition: Edition, status: Status, limit: int = -1) -> list[Row]:
        """The mails in a state, by subscriber."""
        values = {"edition": edition.id, "status": int(status), "limit": limit}
        return [Row(*row) for row in self.file.rows(sql.IN_STATE, values)]

    def reasons(self, edition: Edition, status: Status, limit: int = 10) -> list[tuple[int, str, int]]:
        """Why mails are in a state: code, reply and how many, the most frequent first."""
        values = {"edition": edition.id, "status": int(status), "limit": limit}
        return [(int(code), str(reply), int(number)) for code, reply, number in self.file.rows(sql.REASONS, values)]

    def next_due(self, edition: Edition) -> int | None:
        """When the first deferred mail is to be tried again."""
        due = self.file.row(sql.NEXT_DUE, {"edition": edition.id})[0]
        return None if due is None else int(due)

    @contextmanager
    def hold(self, edition: Edition, *, at_least_once: bool = False) -> Iterator[Hold]:
        """The sole right to send an edition, its mails put right after a crash.

        What was claimed is planned again; what had reached DATA_SENT is in doubt, or planned with `at_least_once`.
        Raise DeliveryError where the edition is too old, another sender is alive, or the ledger is an older copy.
        """
        self._check_age(edition.key, edition.day)
        with self._alone(edition):
            self._check_lease(edition)
            (reached,) = self.file.row(sql.LAST_SEQUENCE, {"edition": edition.id})
            witness = Witness(self._witnesses, edition.key)
            witness.check(reached)
            witness.open(reached)
            try:
                epoch = self._take(edition, Status.PLANNED if at_least_once else Status.IN_DOUBT)
                hold = Hold(self.file, edition.id, epoch, witness, reached, LEASE, self._now)
                try:
                    yield hold
                finally:
                    self.file.change(sql.LET_GO, {"edition": edition.id, "epoch": epoch})
            finally:
                witness.close()

    def pause(self, edition: Edition, reason: str) -> None:
        """Have a sender, wherever it is, finish what is under way and stop."""
        self.file.change(sql.PAUSE, {"edition": edition.id, "reason": reason})

    def resolve(self, edition: Edition, *, resend: bool, subscriber: int | None = None) -> int:
        """Decide for those in doubt, or one of them: to be sent again, or assumed sent. How many that were."""
        status, reply = (Status.PLANNED, "") if resend else (Status.SENT, "assumed sent by the operator")
        number = self._decide(sql.RESOLVE, edition, reply, {"status": int(status), "subscriber": subscriber})
        if resend and number:
            self.file.change(sql.REOPEN, {"edition": edition.id})
        return number

    def expire(self, edition: Edition) -> int:
        """Close an edition that is not to be sent any more: what is still open, is expired."""
        with self._alone(edition):
            number = self._decide(sql.EXPIRE_ALL, edition, "closed by the operator", {})
            self.file.change(sql.FINISH, {"edition": edition.id, "at": int(self._now())})
        return number

    def restored(self, edition: Edition) -> int:
        """After a restored backup: whoever it takes for unsent is in doubt, and the witness believes the ledger again.

        An edition that the copy does not know at all is planned first, as forgotten.
        """
        with self._alone(edition):
            (reached,) = self.file.row(sql.LAST_SEQUENCE, {"edition": edition.id})
            witness = Witness(self._witnesses, edition.key)
            seen = witness.read() or 0
            epoch = self._take(edition, Status.IN_DOUBT)
            number = self._decide(sql.DOUBT_ALL, edition, "the ledger was restored from an older copy", {})
            self.file.change(sql.RAISE, {"edition": edition.id, "sequence": seen})
            witness.open(max(seen, reached))
            witness.close()
            self.file.change(sql.LET_GO, {"edition": edition.id, "epoch": epoch})
        return number

    def bounced(self, key: str, subscriber: int, *, hard: bool, detail: str, at: datetime) -> bool:
        """A sent mail came back; whether the ledger had it as sent, or in doubt, which a bounce settles."""
        return self._came_back(Status.BOUNCED_HARD if hard else Status.BOUNCED_SOFT, key, subscriber, detail, at)

    def complained(self, key: str, subscriber: int, *, detail: str, at: datetime) -> bool:
        """A reader reported a mail as unwanted; likewise."""
        return self._came_back(Status.COMPLAINED, key, subscriber, detail, at)

    def _came_back(self, status: Status, key: str, subscriber: int, detail: str, at: datetime) -> bool:
        edition = self.edition(key)
        values = {"subscriber": subscriber, "code": None, "reply": detail, "at": int(at.timestamp())}
        return bool(edition and self.file.change(sql.BOUNCED[status], {**values, "edition": edition.id}))

    def _decide(self, statement: str, edition: Edition, reply: str, more: Mapping[str, Any]) -> int:
        return self.file.change(statement, {"edition": edition.id, "at": int(self._now()), "reply": reply, **more})

    def _take(self, edition: Edition, status: Status) -> int:
        """Make the edition this process's own and put its mails right; the epoch that its claims bear."""
        at = int(self._now())
        values = {"edition": edition.id, "owner": platform.node(), "lease": at + LEASE, "at": at, "status": int(status)}
        with self.file.writing() as connection:
            (epoch,) = connection.execute(sql.TAKE, values).fetchone()
            connection.execute(sql.RECOVER_DATA_SENT, values)
            connection.execute(sql.RECOVER_CLAIMED, values)
        return int(epoch)

    @contextmanager
    def _alone(self, edition: Edition) -> Iterator[None]:
        path = self.file.path
        with alone(path.with_name(f"{path.name}.{edition.id}.lock"), edition.key):
            yield

    def _check_lease(self, edition: Edition) -> None:
        """On this machine the lock has told already whether the owner lives; elsewhere only its lease does."""
        held = self._known(edition.key)
        left = held.lease - int(self._now())
        if held.owner not in {"", platform.node()} and left > 0:
            message = f"{edition.key} is being sent by {held.owner}; if that is dead, its lease ends in {left} seconds"
            raise DeliveryError(message)

    def _check_age(self, key: str, day: date) -> None:
        today = datetime.fromtimestamp(self._now(), UTC).date()
        if day + self._max_age < today:
            message = (
                f"{key} is of {day}, older than the {self._max_age.days} days of [mail] max_age_days; it is not sent"
                f" (`reporter send resolve {key} --expire` closes it)"
            )
            raise DeliveryError(message)
        if day > today + timedelta(days=1):  # somewhere it is tomorrow already
            message = f"{key} is of {day}, which is still to come; is the clock right?"
            raise DeliveryError(message)

    def _known(self, key: str) -> Edition:
        found = self.edition(key)
        if found is None:
            message = f"{self.file.path}: no edition {key!r} any more"
            raise DataError(message)
        return found


def is_open(counts: Mapping[Status, int]) -> bool:
    """Whether any mail is still to be sent."""
    return any(counts.get(status) for status in OPEN)


def _edition(row: tuple[Any, ...]) -> Edition:
    number, key, kind, corrects, day, *rest = row
    return Edition(number, key, kind, corrects, date.fromisoformat(day), *rest)
