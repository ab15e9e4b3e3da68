"""Politeness: so many requests a second to a publisher, over all threads and all processes of this machine.

A small SQLite file in the cache folder holds the moment of the last slot given out for each publisher. Taking one
is a write transaction: it needs no lock file of a kind that a killed process leaves behind, and works on every system.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_BUSY = 30.0  # seconds to wait for another process's transaction, which takes milliseconds
_AHEAD = 120.0  # a slot further off than that was given by a clock that has since been set back


@dataclass(frozen=True, slots=True)
class Pace:
    """Requests to the hosts of one publisher are `seconds` apart."""

    publisher: str
    seconds: float


# FRED answers 429 above two a second. Slots of half a second would let three fall within one, as requests are
# delayed on their way by unequal times; these leave room for that.
FRED = Pace("stlouisfed.org", 0.6)
_BEA = Pace("bea.gov", 0.7)  # 100 a minute
_TREASURY = Pace("treasury.gov", 0.25)
PACES: Mapping[str, Pace] = {
    "fred.stlouisfed.org": FRED,
    "alfred.stlouisfed.org": FRED,
    "api.stlouisfed.org": FRED,
    "apps.bea.gov": _BEA,
    "ticdata.treasury.gov": _TREASURY,
}


class Pacer:
    """Hands out slots. `clock` tells seconds of the day's time, which processes share; `sleep` waits."""

    def __init__(
        self,
        file: Path,
        paces: Mapping[str, Pace] = PACES,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._file, self._paces, self._clock, self._sleep = file, paces, clock, sleep

    def wait(self, host: str) -> None:
        """Return when a request to the host may go; at once where it has no pace."""
        pace = self._paces.get(host)
        if pace:
            self._sleep(max(0.0, self._slot(pace) - self._clock()))

    def _slot(self, pace: Pace) -> float:
        """The moment of the next free slot, which is now taken."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=_BUSY, isolation_level=None)) as slots:
            slots.execute("PRAGMA synchronous = OFF")  # a slot that a power cut loses is no loss
            slots.execute("BEGIN IMMEDIATE")
            slots.execute("CREATE TABLE IF NOT EXISTS slot (publisher TEXT PRIMARY KEY, moment REAL NOT NULL)")
            found = slots.execute("SELECT moment FROM slot WHERE publisher = ?", (pace.publisher,)).fetchone()
            now = self._clock()
            moment = max(now, found[0] + pace.seconds) if found and found[0] <= now + _AHEAD else now
            slots.execute("INSERT OR REPLACE INTO slot VALUES (?, ?)", (pace.publisher, moment))
            slots.execute("COMMIT")
        return moment
