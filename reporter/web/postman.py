"""Sends the confirmations that are due, one after another, beside the server that takes the requests for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool

from reporter.mail import optin
from reporter.mail.optin import Letter
from reporter.mail.people import People
from reporter.web.guard import log, where

_EVERY = 20.0  # seconds between looks for what is due again
_CLEAN = timedelta(days=1)


class Refused(Exception):
    """The server will not take this mail, now or ever."""


# Hands one to a server; raises Refused, or anything else where it may be tried again.
Post = Callable[[Letter], None]


@dataclass
class Postman:
    """Takes letters from the list's file and hands them to `post`."""

    people: People
    post: Post
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    alarm: int = 50  # letters waiting for which health is no longer good
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _cleaned: datetime | None = None

    def wake(self) -> None:
        """There is a new letter."""
        self._woken.set()

    def waiting(self) -> int:
        """How many letters are to be sent now, up to the alarm."""
        return len(optin.due(self.people, self.now(), self.alarm)) if self.people.path.is_file() else 0

    async def run(self) -> None:
        """Send what is due until cancelled."""
        while True:
            self._woken.clear()
            try:
                await run_in_threadpool(self.round)
            except Exception as error:  # noqa: BLE001 -- a full disk, a mistake of ours: it must go on
                log.error("letters: %s in %s", type(error).__name__, where(error))
            try:
                await asyncio.wait_for(self._woken.wait(), _EVERY)
            except TimeoutError:
                continue

    def round(self) -> int:
        """Send all that is due now; how many left. The first that cannot be sent just now ends it."""
        if not self.people.path.is_file():
            return 0
        now = self.now()
        if self._cleaned is None or now - self._cleaned > _CLEAN:
            optin.forget_unconfirmed(self.people, now)
            self._cleaned = now
        left = 0
        while letters := optin.due(self.people, self.now()):
            for letter in letters:
                if not self._sent(letter):
                    return left
                left += 1
        return left

    def _sent(self, letter: Letter) -> bool:
        try:
            self.post(letter)
        except Refused:
            log.warning("a confirmation was refused for good")
        except Exception as error:  # noqa: BLE001 -- one that cannot be written harms no other
            log.warning("a confirmation has to wait: %s in %s", type(error).__name__, where(error))
            optin.later(self.people, letter, self.now())
            return False
        optin.sent(self.people, letter)
        return True
