"""What a server's answer means for one mail: pure, so that the whole table can be read and tested at once.

::

    2xx to the final dot              sent
    421, anywhere                     deferred, and its domain is spared for a while; the edition goes on
    4xx                               deferred: 5 minutes × 2ⁿ with jitter, up to 4 hours; expired after 3 days
    x.7.y, 53x, 454                   of policy or authentication: stop the edition, nobody is to blame
    5xx to MAIL                       the sender is refused, so all would be: stop the edition
    500, 502, 503, 504                not understood: stop the edition
    552 to RCPT                       too much for now, RFC 5321 4.5.3.1.10: as 4xx
    5xx to RCPT                       this address is refused for good: rejected, and suppressed
    5xx to DATA or the final dot      this message is refused for good: rejected

Codes are RFC 5321's, enhanced ones (x.7.y) RFC 3463's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

FIRST_WAIT = 5 * 60  # seconds
LONGEST_WAIT = 4 * 60 * 60
PATIENCE = 3 * 24 * 60 * 60  # seconds from the first attempt to the last

_KEPT = 200  # characters of a reply that the ledger keeps
_ENHANCED = re.compile(r"[245]\.(\d{1,3})\.\d{1,3}(?!\d)")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"]+@[^\s<>()\[\]:;,\"]+")
_POLICY = "7"
_OURS = frozenset({454, 500, 502, 503, 504, 530, 534, 535, 538})  # about this client or its login, never about a person


class Stage(Enum):
    """What was answered."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    FINAL = "the final dot"


class Action(Enum):
    """What is to be done with the mail, or with all."""

    SENT = "sent"
    DEFER = "try again later"
    SPARE = "try again later, and leave its domain alone until then"
    REFUSE = "reject this person, and write to them no more"
    REJECT = "reject this mail"
    STOP = "stop the edition"
    UNKNOWN = "no answer that SMTP knows"


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: its code and its text, without line breaks."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()

    @property
    def is_policy(self) -> bool:
        """Whether its enhanced code is one of security or policy (x.7.y)."""
        found = _ENHANCED.match(self.text)
        return bool(found and found[1] == _POLICY)

    def redacted(self) -> Reply:
        """The same without any address, and no longer than the ledger keeps."""
        text = _ADDRESS.sub("[address]", self.text) if "@" in self.text else self.text
        return Reply(self.code, text[:_KEPT])


NO_CONNECTION = Reply(0, "the connection ended before the mail was handed over")


def judge(stage: Stage, reply: Reply) -> Action:
    """What a reply to a stage of one mail calls for; to be asked of the last one only."""
    kind = reply.code // 100
    if kind not in {4, 5}:
        return Action.SENT if stage is Stage.FINAL and kind == 2 else Action.UNKNOWN  # noqa: PLR2004 -- 2xx
    if reply.code == 421:  # noqa: PLR2004 -- RFC 5321 3.8
        return Action.SPARE
    if reply.is_policy or reply.code in _OURS:
        return Action.STOP
    if kind == 4 or (reply.code == 552 and stage is Stage.RCPT):  # noqa: PLR2004 -- 4xx; RFC 5321 4.5.3.1.10
        return Action.DEFER
    if stage is Stage.MAIL:
        return Action.STOP
    return Action.REFUSE if stage is Stage.RCPT else Action.REJECT


def wait(attempts: int, chance: float) -> float:
    """Seconds until the next attempt after `attempts` earlier ones; `chance` from 0 to 1 spreads them by a fifth."""
    return min(FIRST_WAIT * 2.0 ** min(attempts, 16), LONGEST_WAIT) * (0.8 + 0.4 * chance)
