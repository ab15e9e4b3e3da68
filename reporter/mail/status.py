"""Where a mail to one person stands, and where it may go from there.

::

    PLANNED → CLAIMED → DATA_SENT → SENT → BOUNCED_SOFT | BOUNCED_HARD | COMPLAINED
       ↑         │          └→ IN_DOUBT → (an operator) PLANNED | SENT
       └─────────┤ a crash
    CLAIMED, DATA_SENT → DEFERRED → CLAIMED … → EXPIRED
    CLAIMED, DATA_SENT → REJECTED          PLANNED, CLAIMED, DEFERRED → SKIPPED

What is written to the ledger goes through `MOVES`: a statement names the states it may leave, so that no mistake of
ours takes a mail where it may not go.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Status(IntEnum):
    """A row's state. The numbers are what the ledger stores, and never change."""

    PLANNED = 1  # in the audience; nothing of it is at the server
    CLAIMED = 2  # a connection has taken it up; without the final dot the server throws it away, so a crash is harmless
    DATA_SENT = 3  # written down before the final dot leaves: from here on the server may have it
    SENT = 4  # the server answered the final dot with 2xx: it has taken charge
    IN_DOUBT = 5  # the final dot may have left and no answer is known: only an operator may have it sent again
    DEFERRED = 6  # certainly not taken, to be tried again when due
    EXPIRED = 7  # tried for as long as it may be, or closed by an operator because the edition is old
    REJECTED = 8  # refused for good, by a reply in 5xx
    SKIPPED = 9  # not written to: left the list since, or the message cannot be made
    BOUNCED_SOFT = 10  # sent, and returned for now: a full mailbox
    BOUNCED_HARD = 11  # sent, and returned for good: no such mailbox
    COMPLAINED = 12  # sent, and reported as unwanted


S = Status

MOVES: Mapping[Status, frozenset[Status]] = {
    S.PLANNED: frozenset({S.CLAIMED, S.SKIPPED, S.EXPIRED, S.IN_DOUBT}),
    S.CLAIMED: frozenset({S.PLANNED, S.DATA_SENT, S.DEFERRED, S.EXPIRED, S.REJECTED, S.SKIPPED}),
    S.DATA_SENT: frozenset({S.PLANNED, S.SENT, S.IN_DOUBT, S.DEFERRED, S.EXPIRED, S.REJECTED}),
    S.SENT: frozenset({S.BOUNCED_SOFT, S.BOUNCED_HARD, S.COMPLAINED}),
    S.IN_DOUBT: frozenset({S.PLANNED, S.SENT, S.BOUNCED_SOFT, S.BOUNCED_HARD, S.COMPLAINED}),
    S.DEFERRED: frozenset({S.CLAIMED, S.SKIPPED, S.EXPIRED, S.IN_DOUBT}),
    S.EXPIRED: frozenset(),
    S.REJECTED: frozenset(),
    S.SKIPPED: frozenset(),
    S.BOUNCED_SOFT: frozenset({S.BOUNCED_HARD, S.COMPLAINED}),
    S.BOUNCED_HARD: frozenset(),
    S.COMPLAINED: frozenset(),
}

OPEN = frozenset({S.PLANNED, S.CLAIMED, S.DATA_SENT, S.DEFERRED})  # an edition with one of these is not finished
TAKEN = frozenset({S.SENT, S.BOUNCED_SOFT, S.BOUNCED_HARD, S.COMPLAINED})  # what counts as sent
SETTLED = TAKEN | {S.REJECTED, S.SKIPPED, S.EXPIRED, S.IN_DOUBT}


def sources(target: Status) -> tuple[Status, ...]:
    """The states that may become `target`."""
    return tuple(status for status, targets in MOVES.items() if target in targets)


def is_accounted(counts: Mapping[Status, int], planned: int) -> bool:
    """Whether planned = sent + rejected + skipped + expired + in doubt, a returned mail counting as sent."""
    return sum(counts.get(status, 0) for status in SETTLED) == planned == sum(counts.values())


def told(status: Status) -> str:
    """A state in words, as the command line prints it: in doubt."""
    return status.name.lower().replace("_", " ")
