"""How fast one domain is written to: a rate that is never exceeded, and a rest where it asks for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import Lock

from reporter.mail.policy import wait

_MINUTE = 60.0


@dataclass
class _Domain:
    next: float = 0.0  # when the next mail may go
    promised: float = 0.0  # the last moment that was given to somebody who was held back
    rest: float = 0.0  # nothing before this
    asked: int = 0  # how often in a row it has asked for a rest


@dataclass
class Pace:
    """`per_minute` mails to one domain, 0 for no limit. Threads may share it."""

    per_minute: int = 0
    now: Callable[[], float] = time.time
    random: Random = field(default_factory=Random)
    _domains: dict[str, _Domain] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def admit(self, domain: str) -> float:
        """0 where a mail to the domain may go now; else when it may, a moment of its own for each that has to wait."""
        if not self.per_minute and domain not in self._domains:
            return 0.0
        with self._lock:
            held, now = self._domains.setdefault(domain, _Domain()), self.now()
            step = _MINUTE / self.per_minute if self.per_minute else 0.0
            if held.rest <= now and held.next <= now:
                held.next = max(held.next, now) + step
                return 0.0
            held.promised = max(held.promised + step, held.rest, held.next, now)
            return held.promised

    def spare(self, domain: str) -> float:
        """The domain has asked to be left alone (421): for how many seconds, longer each time in a row."""
        with self._lock:
            held = self._domains.setdefault(domain, _Domain())
            seconds = wait(held.asked, self.random.random())
            held.asked += 1
            held.rest = max(held.rest, self.now() + seconds)
            return seconds

    def went(self, domain: str) -> None:
        """A mail to the domain was taken."""
        if domain in self._domains:
            self._domains[domain].asked = 0
