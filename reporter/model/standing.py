"""How fresh a series is: what may be said of it on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reporter.model.periods import Period, Span


class State(StrEnum):
    """What may be said of a series on a day."""

    FRESH = "fresh"  # its next release lies ahead
    DUE = "due"  # the next release has come out, or should have, and the publisher has not been asked since
    STALE = "stale"  # asked since, and the period is not there; or more than one release has gone by
    UNREACHABLE = "unreachable"  # a release is out, and the publisher did not answer when last asked


@dataclass(frozen=True, slots=True)
class Asked:
    """The last day a series was read, the last day it was asked for, and what went wrong then, if anything did."""

    read_on: date | None = None
    tried_on: date | None = None
    fault: str = ""


NEVER = Asked()


@dataclass(frozen=True)
class Coverage:
    """One group of series in the as-of card: how far it reaches, how fresh that is.

    `asked` is the day its publisher was asked in vain for the release that is out, None where nobody was.
    """

    label: str
    last: Span
    state: State = State.FRESH
    asked: Period | None = None

    @property
    def stale(self) -> bool:
        """Whether a release is out, or late, that the edition lacks."""
        return self.state is not State.FRESH

    @property
    def unreachable(self) -> bool:
        """Whether that is for want of an answer."""
        return self.state is State.UNREACHABLE
