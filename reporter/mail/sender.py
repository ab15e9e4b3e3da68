"""Sending an edition: connections side by side, each mail by the ledger's steps, until nothing is left for now.

A thread a connection. What one mail meets harms that mail alone, save for what concerns all of them: a refused sender,
a policy, a login, or so many refusals in a row that it must be the relay. Then the edition is paused, with the reason.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from reporter.mail.ledger_hold import Claim, Hold, Paused
from reporter.mail.pace import Pace
from reporter.mail.policy import Action, Reply, Stage, judge, wait
from reporter.mail.smtp import Answer, Connection, Message, NoAnswer, NotTaken
from reporter.mail.smtp_hello import Unreachable
from reporter.mail.status import Status

LOG = logging.getLogger(__name__)  # mails go by the subscriber's number; no address is ever logged

_BATCH = 32  # people a connection claims at a time: as many as it may have to give back
_IN_A_ROW = 20  # refusals without a delivery between, after which the relay is suspected, and not the people
_HEARTBEAT = 30.0  # seconds between renewals of the lease


@dataclass(frozen=True)
class Setup:
    """What a sender works with: how a mail is made, where it goes, and who is told of a refused address."""

    fill: Callable[[Claim], Message]
    connect: Callable[[], Connection]
    suppress: Callable[[int, Reply], None]
    connections: int = 4
    per_connection: int = 100  # mails, then a fresh connection: relays count them
    retries: tuple[float, ...] = (1, 2, 4, 8, 16)  # seconds between attempts to connect
    pace: Pace = field(default_factory=Pace)
    random: Random = field(default_factory=Random)


class Sender:
    """Sends what a hold gives it. `told` hears of the state each mail comes to, from any thread."""

    def __init__(self, hold: Hold, setup: Setup, told: Callable[[Status], None] = lambda _: None) -> None:
        self._hold, self._setup, self._told = hold, setup, told
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._fault: BaseException | None = None
        self._unreachable: Unreachable | None = None
        self._refused_in_a_row = 0
        self.came_to: Counter[Status] = Counter()

    def stop(self) -> None:
        """Finish the mails under way, give the claimed ones back, and end."""
        self._stop.set()

    def rests(self, seconds: float) -> bool:
        """Wait; whether it was stopped meanwhile."""
        return self._stop.wait(seconds)

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to."""
        return self._stop.is_set()

    def run(self) -> bool:
        """Send until nothing is to be done now; whether the edition is finished.

        Raise what concerns all mails: Paused, Unreachable, a ConfigError of login or certificate, a ledger that cannot
        be written. What was claimed and not begun has been given back then.
        """
        while not self._stop.is_set():
            before = self.came_to.total()
            unreachable = self._round()
            if self._fault:
                raise self._fault
            if unreachable is None:
                break
            if self.came_to.total() == before:
                raise unreachable
        return self._hold.finish()

    def _round(self) -> Unreachable | None:
        """Until each connection has nothing to do any more, or is not to be had."""
        self._unreachable = None
        threads = [
            threading.Thread(target=self._work, name=f"connection {at}") for at in range(self._setup.connections)
        ]
        for thread in threads:
            thread.start()
        heard = time.monotonic()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # short, so that a signal is heeded
                if time.monotonic() - heard > _HEARTBEAT:
                    heard = time.monotonic()
                    self._guarded(self._hold.renew)
        return self._unreachable

    def _work(self) -> None:
        self._guarded(_Worker(self, self._hold, self._setup).work)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run; the first fault that concerns all ends all."""
        try:
            work()
        except Unreachable as error:
            self._unreachable = error  # of this connection; others may go on
        except BaseException as error:  # noqa: BLE001 -- raised again by `run`, in the caller's thread
            with self._lock:
                self._fault = self._fault or error
            self._stop.set()

    def came(self, status: Status) -> None:
        """A mail has come to a state."""
        with self._lock:
            self.came_to[status] += 1
        self._told(status)

    def went(self) -> None:
        """A mail was taken, so the relay takes mail."""
        self._refused_in_a_row = 0

    def refused(self, what: str) -> None:
        """A mail was refused for good, or could not be made; raise Paused where too many were, one after another."""
        with self._lock:
            self._refused_in_a_row += 1
            number = self._refused_in_a_row
        if number >= _IN_A_ROW:
            self.pause(f"{number} mails in a row went wrong, the last one by: {what}")

    def pause(self, reason: str) -> None:
        """Have the edition rest, for a reason that concerns all of it."""
        self._hold.pause(reason)
        message = f"paused: {reason}"
        raise Paused(message)


class _Worker:
    """One connection and its claims, in one thread."""

    def __init__(self, sender: Sender, hold: Hold, setup: Setup) -> None:
        self._sender, self._hold, self._setup = sender, hold, setup
        self._connection: Connection | None = None
        self._carried = 0
        self._claims: list[Claim] = []

    def work(self) -> None:
        """Claim and deliver until nothing is left for now, or the sender is stopped."""
        try:
            while not self._sender.is_stopped:
                self._claims = self._hold.claim(_BATCH)
                if not self._claims:
                    return
                while self._claims and not self._sender.is_stopped:
                    self._one(self._claims[0])
                    del self._claims[0]
        finally:
            if self._connection:
                self._connection.quit()
            self._give_back()

    def _give_back(self) -> None:
        """What was claimed and not begun; where the first was begun, its state tells, and keeps it from being sent."""
        if self._claims:
            self._hold.release(claim.subscriber for claim in self._claims)

    def _one(self, claim: Claim) -> None:
        domain = claim.address.rpartition("@")[2].lower()
        if due := self._setup.pace.admit(domain):
            self._hold.hold_back(claim.subscriber, due)
            return
        try:
            message = self._setup.fill(claim)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is this mail's alone
            self._skip(claim, f"its message cannot be made: {type(error).__name__}")
            return
        try:
            self._deliver(claim, message, domain)
        except ValueError as error:  # says what is wrong without quoting it
            self._skip(claim, str(error))

    def _skip(self, claim: Claim, reason: str) -> None:
        LOG.warning("subscriber %d is skipped: %s", claim.subscriber, reason)
        self._hold.skip(claim.subscriber, reason)
        self._sender.came(Status.SKIPPED)
        self._sender.refused(reason)

    def _deliver(self, claim: Claim, message: Message, domain: str) -> None:
        """Hand it over; a connection that had been at rest, and turns out to be gone, is tried anew once."""
        noted = False

        def note() -> None:
            nonlocal noted
            self._hold.data_sent(claim.subscriber)
            noted = True

        while True:
            connection, is_fresh = self._ready()
            try:
                self._settle(claim, connection.deliver(message, note), domain)
            except NotTaken as lost:
                if noted or is_fresh:
                    self._defer(claim, Reply(0, f"the connection ended before the mail was handed over: {lost}"))
                    return
            except NoAnswer as lost:
                LOG.warning("subscriber %d is in doubt: %s", claim.subscriber, lost)
                self._hold.doubt(claim.subscriber, f"no answer to the final dot: {lost}")
                self._sender.came(Status.IN_DOUBT)
                return
            else:
                return

    def _settle(self, claim: Claim, answer: Answer, domain: str) -> None:
        number, reply = claim.subscriber, answer.reply.redacted()
        action = judge(answer.stage, answer.reply)
        if action is Action.SENT:
            self._hold.sent(number, reply)
            self._sender.came(Status.SENT)
            self._sender.went()
            self._setup.pace.went(domain)
            return
        LOG.info("subscriber %d: %s answered with %s: %s", number, answer.stage.value, reply, action.value)
        match action:
            case Action.REFUSE | Action.REJECT:
                self._hold.reject(number, reply)
                if action is Action.REFUSE:
                    self._setup.suppress(number, reply)
                self._sender.came(Status.REJECTED)
                self._sender.refused(f"{answer.stage.value}: {reply}")
            case Action.STOP:
                self._defer(claim, reply)
                self._sender.pause(f"the relay answered {answer.stage.value} with {reply}")
            case Action.SPARE:
                self._defer(claim, reply, self._setup.pace.spare(domain))
            case Action.UNKNOWN if answer.stage is Stage.FINAL:
                self._hold.doubt(number, f"answered the final dot with {reply}")
                self._sender.came(Status.IN_DOUBT)
            case _:
                self._defer(claim, reply)

    def _defer(self, claim: Claim, reply: Reply, seconds: float | None = None) -> None:
        seconds = wait(claim.attempts, self._setup.random.random()) if seconds is None else seconds
        self._sender.came(self._hold.defer(claim.subscriber, reply, seconds))

    def _ready(self) -> tuple[Connection, bool]:
        """A connection that can be used, and whether it has carried nothing yet."""
        held = self._connection
        if held and held.is_usable and self._carried < self._setup.per_connection:
            self._carried += 1
            return held, False
        if held:
            held.quit()
            self._connection = None
        self._connection, self._carried = self._connected(), 1
        return self._connection, True

    def _connected(self) -> Connection:
        """A fresh one, patiently; raise Unreachable where there is none for all that."""
        for seconds in self._setup.retries:
            try:
                return self._setup.connect()
            except Unreachable as error:
                LOG.warning("no connection: %s", error)
                if self._sender.rests(seconds):
                    raise
        return self._setup.connect()
