"""The ledger's tables and every statement on them: no other module holds SQL of the ledger.

::

    ledger    one row: a random name that tells this ledger from another
    edition   what is sent: its key, what was approved, how many were planned, who is sending it now
    delivery  one row a person and edition: where that mail stands

Nothing in it is personal but a subscriber's number. `delivery` is clustered by its primary key, so that planning
appends, claiming reads on, and a mail is found without an index. Times are seconds since 1970.

The version of the tables is SQLite's `user_version`; what has been released is never edited again, but migrated from.
"""

from __future__ import annotations

import re

from reporter.mail.status import SETTLED, TAKEN, Status, sources

_FIRST = """
CREATE TABLE ledger (uid TEXT NOT NULL);
INSERT INTO ledger VALUES (lower(hex(randomblob(16))));
CREATE TABLE edition (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('edition', 'erratum')),
    corrects INTEGER REFERENCES edition (id),
    day TEXT NOT NULL,
    approved TEXT NOT NULL,
    planned INTEGER NOT NULL,
    planned_at INTEGER NOT NULL,
    paused TEXT NOT NULL DEFAULT '',
    finished_at INTEGER,
    epoch INTEGER NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '',
    lease INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE delivery (
    edition INTEGER NOT NULL REFERENCES edition (id),
    subscriber INTEGER NOT NULL,
    status INTEGER NOT NULL,
    at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried_at INTEGER,
    due INTEGER,
    epoch INTEGER,
    sequence INTEGER,
    code INTEGER,
    reply TEXT,
    PRIMARY KEY (edition, subscriber)
) WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery (edition, due) WHERE status = 6;
"""

# One script a version, in order.
MIGRATIONS: tuple[str, ...] = (_FIRST,)


def _in(states: tuple[Status, ...] | frozenset[Status]) -> str:
    return "(" + ", ".join(str(int(status)) for status in sorted(states)) + ")"


def _move(target: Status, also: str = "", *, of_epoch: bool = True) -> str:
    """One mail to `target` from a state that may go there; `of_epoch`: only a mail that this run has claimed."""
    own = " AND epoch = :epoch" if of_epoch else ""
    return (
        f"UPDATE delivery SET status = {int(target)}, at = :at{also} "  # noqa: S608 -- numbers of our own
        f"WHERE edition = :edition AND subscriber = :subscriber AND status IN {_in(sources(target))}{own}"
    )


def _by_order(statement: str, *names: str) -> str:
    """With numbers for names: the two steps that every mail takes are spared the looking up."""
    for number, name in enumerate(names, 1):
        statement = re.sub(rf":{name}\b", f"?{number}", statement)
    return statement


_REPLIED = ", code = :code, reply = :reply"
_TRIED = ", attempts = attempts + 1, tried_at = coalesce(tried_at, :at)"

UID = "SELECT uid FROM ledger"

# Planning. The frozen audience is one statement, so that a million people never pass through Python.
ADD_EDITION = """
INSERT INTO edition (key, kind, corrects, day, approved, planned, planned_at)
VALUES (:key, :kind, :corrects, :day, :approved, 0, :at) RETURNING id
"""
PLAN_LIST = f"""
INSERT INTO delivery (edition, subscriber, status, at)
SELECT :edition, id, {int(Status.PLANNED)}, :at FROM people.sendable ORDER BY id
"""  # noqa: S608
_RECEIVED = _in((Status.SENT, Status.IN_DOUBT))  # who may have read it, and may be written to
PLAN_ERRATUM = f"""
INSERT INTO delivery (edition, subscriber, status, at)
SELECT :edition, sent.subscriber, {int(Status.PLANNED)}, :at
FROM delivery AS sent JOIN people.sendable AS person ON person.id = sent.subscriber
WHERE sent.edition = :corrects AND sent.status IN {_RECEIVED} ORDER BY sent.subscriber
"""  # noqa: S608
SET_PLANNED = "UPDATE edition SET planned = :planned WHERE id = :edition"
COUNT_LIST = "SELECT count(*) FROM people.sendable"
COUNT_ERRATUM = f"""
SELECT count(*) FROM delivery AS sent JOIN people.sendable AS person ON person.id = sent.subscriber
WHERE sent.edition = :corrects AND sent.status IN {_RECEIVED}
"""  # noqa: S608
DOMAINS = """
SELECT lower(substr(address, instr(address, '@') + 1)) AS domain, count(*) AS number
FROM people.sendable GROUP BY domain ORDER BY number DESC, domain LIMIT :limit
"""

# Looking.
_EDITION = "id, key, kind, corrects, day, approved, planned, planned_at, paused, finished_at, owner, lease"
EDITION = f"SELECT {_EDITION} FROM edition WHERE key = :key"  # noqa: S608
EDITIONS = f"SELECT {_EDITION} FROM edition ORDER BY id"  # noqa: S608
COUNTS = "SELECT status, count(*) FROM delivery WHERE edition = :edition GROUP BY status"
IN_STATE = """
SELECT subscriber, at, attempts, coalesce(code, 0), coalesce(reply, ''), due FROM delivery
WHERE edition = :edition AND status = :status ORDER BY subscriber LIMIT :limit
"""
REASONS = """
SELECT coalesce(code, 0), coalesce(reply, ''), count(*) AS number FROM delivery
WHERE edition = :edition AND status = :status GROUP BY 1, 2 ORDER BY number DESC, 1, 2 LIMIT :limit
"""
NEXT_DUE = f"SELECT min(due) FROM delivery WHERE edition = :edition AND status = {int(Status.DEFERRED)}"  # noqa: S608

# Holding an edition.
LAST_SEQUENCE = "SELECT coalesce(max(sequence), 0) FROM delivery WHERE edition = :edition"
TAKE = """
UPDATE edition SET epoch = epoch + 1, owner = :owner, lease = :lease, paused = '', finished_at = NULL
WHERE id = :edition RETURNING epoch
"""
RENEW = "UPDATE edition SET lease = :lease WHERE id = :edition AND epoch = :epoch RETURNING paused"
LET_GO = "UPDATE edition SET owner = '', lease = 0 WHERE id = :edition AND epoch = :epoch"
RECOVER_CLAIMED = f"""
UPDATE delivery SET status = {int(Status.PLANNED)}, at = :at
WHERE edition = :edition AND status = {int(Status.CLAIMED)}
"""  # noqa: S608
_LOST = "the sender ended before an answer came"
RECOVER_DATA_SENT = f"""
UPDATE delivery SET status = :status, at = :at, code = NULL, reply = '{_LOST}'
WHERE edition = :edition AND status = {int(Status.DATA_SENT)}
"""  # noqa: S608
PAUSE = "UPDATE edition SET paused = :reason WHERE id = :edition"
# Only where planned = sent + rejected + skipped + expired + in doubt.
FINISH = f"""
UPDATE edition SET finished_at = :at
WHERE id = :edition
  AND planned = (SELECT count(*) FROM delivery WHERE edition = :edition AND status IN {_in(SETTLED)})
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE edition = :edition AND status NOT IN {_in(SETTLED)})
"""  # noqa: S608
REOPEN = "UPDATE edition SET finished_at = NULL WHERE id = :edition"

# Claiming: those due first, then on through the plan. A person the view does not show any more has no address.
_PERSON = "mail.subscriber, person.address, person.name, mail.attempts FROM delivery AS mail"
_JOIN = "LEFT JOIN people.sendable AS person ON person.id = mail.subscriber"
DUE = f"""
SELECT {_PERSON} INDEXED BY delivery_due {_JOIN}
WHERE mail.edition = :edition AND mail.status = 6 AND mail.due <= :at ORDER BY mail.due LIMIT :limit
"""
PLANNED = f"""
SELECT {_PERSON} {_JOIN}
WHERE mail.edition = :edition AND mail.subscriber > :after AND mail.status = {int(Status.PLANNED)}
ORDER BY mail.subscriber LIMIT :limit
"""

CLAIM = _move(Status.CLAIMED, ", epoch = :epoch", of_epoch=False)
# All that the plan still holds between two numbers, in one statement: half the cost of one a mail.
CLAIM_ON = f"""
UPDATE delivery SET status = {int(Status.CLAIMED)}, at = :at, epoch = :epoch
WHERE edition = :edition AND subscriber > :after AND subscriber <= :last AND status = {int(Status.PLANNED)}
"""  # noqa: S608
SKIP = _move(Status.SKIPPED, ", reply = :reply", of_epoch=False)
# Only what is CLAIMED: one that has reached DATA_SENT is not given back, whoever asks.
RELEASE = f"""
UPDATE delivery SET status = {int(Status.PLANNED)}, at = :at WHERE edition = :edition
AND subscriber = :subscriber AND status = {int(Status.CLAIMED)} AND epoch = :epoch
"""  # noqa: S608
DATA_SENT = _by_order(
    _move(Status.DATA_SENT, ", sequence = :sequence"), "edition", "subscriber", "epoch", "at", "sequence"
)
SENT = _by_order(_move(Status.SENT, _REPLIED), "edition", "subscriber", "epoch", "at", "code", "reply")
IN_DOUBT = _move(Status.IN_DOUBT, _REPLIED + _TRIED)
DEFER = _move(Status.DEFERRED, _REPLIED + _TRIED + ", due = :due")
HOLD_BACK = _move(Status.DEFERRED, ", due = :due")  # not tried at all, so no attempt is counted
EXPIRE = _move(Status.EXPIRED, _REPLIED + _TRIED)
REJECT = _move(Status.REJECTED, _REPLIED + _TRIED)
TRIED_AT = "SELECT coalesce(tried_at, :at) FROM delivery WHERE edition = :edition AND subscriber = :subscriber"

# What an operator decides.
RESOLVE = f"""
UPDATE delivery SET status = :status, at = :at, reply = :reply
WHERE edition = :edition AND status = {int(Status.IN_DOUBT)} AND (:subscriber IS NULL OR subscriber = :subscriber)
"""  # noqa: S608
EXPIRE_ALL = f"""
UPDATE delivery SET status = {int(Status.EXPIRED)}, at = :at, reply = :reply
WHERE edition = :edition AND status IN {_in((Status.PLANNED, Status.DEFERRED))}
"""  # noqa: S608
DOUBT_ALL = f"""
UPDATE delivery SET status = {int(Status.IN_DOUBT)}, at = :at, reply = :reply
WHERE edition = :edition AND status IN {_in((Status.PLANNED, Status.DEFERRED))}
"""  # noqa: S608

# What comes back later.
BOUNCED = {status: _move(status, _REPLIED, of_epoch=False) for status in TAKEN - {Status.SENT}}

# After a restored backup: one row bears the count that the witness had, so that the two agree again.
RAISE = """
UPDATE delivery SET sequence = :sequence WHERE edition = :edition AND subscriber =
    (SELECT max(subscriber) FROM delivery WHERE edition = :edition) AND :sequence > coalesce(sequence, 0)
"""
