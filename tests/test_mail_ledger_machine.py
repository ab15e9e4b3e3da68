"""The ledger's state machine under any order of events, crashes among them, beside a server that remembers."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reporter.mail.ledger import Ledger
from reporter.mail.ledger_hold import Claim, Hold
from reporter.mail.policy import Reply
from reporter.mail.status import MOVES, OPEN, Status, is_accounted
from tests.mail_made import House, leave, planned

READERS = 6
KEY = "made/2026-11-22"


class Sending(RuleBasedStateMachine):
    """One edition, one sender that dies at will, a server that takes some mails and whose answers may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = ExitStack()
        self.house = House(Path(self.folder.enter_context(tempfile.TemporaryDirectory())), READERS)
        self.in_hand: dict[int, Claim] = {}
        self.underway: set[int] = set()
        self.at_server: Counter[int] = Counter()
        self.resent: set[int] = set()
        self.before: dict[int, Status] = {}

    @initialize()
    def plan(self) -> None:
        with self.house.ledger() as ledger:
            planned(ledger)
        self.begin()

    def begin(self) -> None:
        self.stack = ExitStack()
        self.ledger: Ledger = self.house.ledger()
        edition = self.ledger.edition(KEY)
        assert edition
        self.edition = edition
        self.hold: Hold = self.stack.enter_context(self.ledger.hold(edition))
        self.in_hand, self.underway = {}, set()

    @rule(number=st.integers(1, 4))
    def claim(self, number: int) -> None:
        for claim in self.hold.claim(number):
            assert claim.subscriber not in self.in_hand
            self.in_hand[claim.subscriber] = claim

    def _one(self, data: st.DataObject, among: set[int]) -> int:
        return data.draw(st.sampled_from(sorted(among)))

    @property
    def waiting(self) -> set[int]:
        return self.in_hand.keys() - self.underway

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), taken=st.booleans())
    def final_dot(self, data: st.DataObject, *, taken: bool) -> None:
        """Written down first; whether the server takes the mail is its own affair."""
        number = self._one(data, self.waiting)
        self.hold.data_sent(number)
        self.underway.add(number)
        self.at_server[number] += taken

    @precondition(lambda self: self.underway)
    @rule(data=st.data(), lost=st.booleans())
    def answer(self, data: st.DataObject, *, lost: bool) -> None:
        number = self._one(data, self.underway)
        if lost:
            self.hold.doubt(number, "lost")
        elif self.at_server[number]:
            self.hold.sent(number, Reply(250, "ok"))
        elif data.draw(st.booleans()):
            self.hold.reject(number, Reply(554, "no"))
        else:
            self.hold.defer(number, Reply(451, "later"), 300)
        self.underway.discard(number)
        del self.in_hand[number]

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), how=st.sampled_from(("defer", "hold back", "reject", "skip", "release")))
    def end_before_the_dot(self, data: st.DataObject, how: str) -> None:
        number = self._one(data, self.waiting)
        if how == "defer":
            self.hold.defer(number, Reply(450, "busy"), 300)
        elif how == "hold back":
            self.hold.hold_back(number, self.house.clock.at + 60)
        elif how == "reject":
            self.hold.reject(number, Reply(550, "no"))
        elif how == "skip":
            self.hold.skip(number, "cannot be made")
        else:
            self.hold.release([number])
        del self.in_hand[number]

    @rule()
    def give_back_all(self) -> None:
        """What has reached DATA_SENT stays there, whoever gives it back."""
        self.hold.release(self.in_hand)
        self.in_hand = {number: self.in_hand[number] for number in self.underway}

    @rule()
    def crash(self) -> None:
        """Nothing is written any more; the operating system lets go of the lock."""
        self.ledger.file.close()
        with suppress(sqlite3.ProgrammingError):
            self.stack.close()
        self.begin()

    @rule(seconds=st.integers(1, 20_000))
    def time_passes(self, seconds: int) -> None:
        self.house.clock.at += seconds

    @rule(number=st.integers(1, READERS))
    def leaves(self, number: int) -> None:
        leave(self.house.people, number)

    @rule(number=st.integers(1, READERS), resend=st.booleans())
    def resolve(self, number: int, *, resend: bool) -> None:
        if self.ledger.resolve(self.edition, resend=resend, subscriber=number) and resend:
            self.resent.add(number)

    @rule(number=st.integers(1, READERS), hard=st.booleans())
    def bounces(self, number: int, *, hard: bool) -> None:
        """What comes back was there."""
        if self.at_server[number]:
            self.ledger.bounced(KEY, number, hard=hard, detail="", at=datetime.now(UTC))

    def standing(self) -> dict[int, Status]:
        return {row.subscriber: status for status in Status for row in self.ledger.rows(self.edition, status)}

    @invariant()
    def nobody_is_lost_or_written_to_twice(self) -> None:
        if not hasattr(self, "ledger"):
            return
        now = self.standing()
        assert sorted(now) == list(range(1, READERS + 1))
        for number, status in now.items():
            assert self.at_server[number] <= 1 or number in self.resent
            if status in {Status.SENT, Status.BOUNCED_HARD, Status.BOUNCED_SOFT} and number not in self.resent:
                assert self.at_server[number] or self._was_assumed(number)
            if self.at_server[number] and number not in self.resent:
                assert status not in {Status.PLANNED, Status.CLAIMED, Status.DEFERRED, Status.SKIPPED}

    def _was_assumed(self, number: int) -> bool:
        row = next(row for row in self.ledger.rows(self.edition, Status.SENT) if row.subscriber == number)
        return row.reply.startswith("assumed")

    @invariant()
    def finished_is_said_only_where_all_are_accounted_for(self) -> None:
        if not hasattr(self, "ledger"):
            return
        counts = self.ledger.counts(self.edition)
        is_open = any(counts.get(status) for status in OPEN)
        assert self.hold.finish() is (not is_open)
        assert is_accounted(counts, READERS) is (not is_open)

    @invariant()
    def only_moves_that_the_machine_knows_happen(self) -> None:
        if not hasattr(self, "ledger"):
            return
        now = self.standing()
        for number, status in now.items():
            before = self.before.get(number, Status.PLANNED)
            assert status is before or _reaches(before, status), f"{before!r} to {status!r}"
        self.before = now

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.stack.close()
            self.ledger.file.close()
        self.folder.close()


def _reaches(before: Status, after: Status) -> bool:
    """In one move, or in two where a rule makes two: recovery after a crash claims nothing, so two are enough."""
    return after in MOVES[before] or any(after in MOVES[between] for between in MOVES[before])


TestSending = Sending.TestCase
TestSending.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
