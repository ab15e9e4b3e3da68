"""When to ask again, and after how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Too many requests, and what a server says when it is not itself.
RETRIED = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on.

    `attempts` requests at the most; `connect` and `read` seconds for one; `total` seconds for all of it with
    its waits; `base` and `most` seconds of the back-off, which doubles and is then drawn from nought to that.
    """

    attempts: int = 4
    connect: float = 10.0
    read: float = 30.0
    total: float = 180.0
    base: float = 1.0
    most: float = 60.0

    def pause(self, attempt: int, chance: float, asked: float | None) -> float:
        """Seconds before attempt number `attempt` + 1: what the server asked for, else a draw (`chance` in 0…1)."""
        if asked is not None:
            return asked + chance * self.base  # not all clients at the same moment
        return chance * min(self.most, self.base * 2.0**attempt)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, given as such or as a moment; None where it asks for nothing readable."""
    if not header:
        return None
    if header.strip().isdigit():
        return float(header.strip())
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
