"""The ledger: nobody twice, nobody silently left out, and after a crash it can say for each which it was."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reporter.errors import ConfigError, DataError, DeliveryError
from reporter.mail.ledger import Ledger, Plan, is_open
from reporter.mail.ledger_hold import Fenced, Paused
from reporter.mail.policy import LONGEST_WAIT, PATIENCE, Reply
from reporter.mail.status import MOVES, OPEN, SETTLED, Status, is_accounted
from reporter.mail.witness import Witness
from tests.mail_made import DAY, House, leave, planned
from tests.support import ROOT

OK = Reply(250, "2.0.0 Ok: queued as 4ABC")
BUSY = Reply(450, "4.2.1 mailbox busy")
AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_every_state_is_settled_or_open_and_settled_ones_lead_to_no_open_one_but_by_an_operator() -> None:
    assert frozenset(Status) == OPEN | SETTLED
    assert not OPEN & SETTLED
    back = {(status, to) for status in SETTLED for to in MOVES[status] & OPEN}
    assert back == {(Status.IN_DOUBT, Status.PLANNED)}


def test_a_mail_goes_through_its_states_and_the_edition_is_finished_when_all_have(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        assert edition.planned == house.readers == ledger.audience()
        with ledger.hold(edition) as hold:
            claims = hold.claim(100)
            assert [claim.subscriber for claim in claims] == [1, 2, 3, 4, 5]
            assert (claims[0].address, claims[0].name) == ("reader1@example1.org", "Reader 1")
            for claim in claims:
                assert not hold.finish()
                hold.data_sent(claim.subscriber)
                hold.sent(claim.subscriber, OK)
            assert hold.claim(100) == []
            assert hold.finish()
        assert ledger.counts(edition) == {Status.SENT: 5}
        held = ledger.edition(edition.key)
        assert held
        assert held.finished_at == house.clock.at
        row = ledger.rows(edition, Status.SENT)[0]
        assert (row.subscriber, row.code, row.reply) == (1, 250, OK.text)


def test_the_audience_is_frozen_once(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with pytest.raises(DeliveryError, match="planned already"):
            planned(ledger)
        assert ledger.counts(edition) == {Status.PLANNED: 5}


def test_who_leaves_after_planning_is_skipped_with_the_reason(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        leave(house.people, 1, 3)
        with ledger.hold(edition) as hold:
            assert [claim.subscriber for claim in hold.claim(2)] == [2, 4]
        assert ledger.reasons(edition, Status.SKIPPED) == [(0, "not on the list any more", 2)]


def test_who_leaves_while_deferred_is_skipped_too(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            for claim in hold.claim(5):
                assert hold.defer(claim.subscriber, BUSY, 300) is Status.DEFERRED
            leave(house.people, 2)
            house.clock.at += 301
            assert [claim.subscriber for claim in hold.claim(9)] == [1, 3, 4, 5]
        assert ledger.counts(edition)[Status.SKIPPED] == 1


def test_deferred_mails_come_back_when_due_with_their_attempts_counted_and_expire_in_the_end(house: House) -> None:
    with house.ledger(max_age=100) as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            (first,) = hold.claim(1)
            assert hold.defer(first.subscriber, BUSY, 300) is Status.DEFERRED
            assert ledger.next_due(edition) == house.clock.at + 300
            assert hold.claim(1)[0].subscriber == 2
            house.clock.at += 300
            (again,) = hold.claim(1)
            assert (again.subscriber, again.attempts) == (1, 1)
            house.clock.at += PATIENCE - LONGEST_WAIT
            assert hold.defer(1, BUSY, LONGEST_WAIT) is Status.EXPIRED
        assert ledger.rows(edition, Status.EXPIRED)[0].attempts == 2


def test_what_is_held_back_for_its_domain_counts_no_attempt(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            hold.claim(1)
            hold.hold_back(1, house.clock.at + 60)
            house.clock.at += 60
            assert hold.claim(1)[0].attempts == 0


@pytest.mark.parametrize(("at_least_once", "after"), [(False, Status.IN_DOUBT), (True, Status.PLANNED)])
def test_after_a_crash_claims_are_planned_again_and_what_may_be_there_is_in_doubt(
    house: House, after: Status, *, at_least_once: bool
) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            hold.claim(3)
            hold.data_sent(1)
            hold.data_sent(2)
            hold.sent(2, OK)
        with ledger.hold(edition, at_least_once=at_least_once):
            counts = ledger.counts(edition)
        want = {Status.PLANNED: 3, Status.SENT: 1}
        want[after] = want.get(after, 0) + 1
        assert counts == want


DIES = """
import os, sys
from pathlib import Path
from tests.mail_made import House, planned
with House(Path(sys.argv[1])).ledger() as ledger:
    edition = planned(ledger)
    with ledger.hold(edition) as hold:
        hold.claim(2)
        hold.data_sent(1)
        sys.stdout.write("held")
        sys.stdout.flush()
        os.kill(os.getpid(), 9) if sys.argv[2] == "die" else sys.stdin.read()
"""


def test_a_dead_owner_is_told_at_once_and_all_it_wrote_is_there(house: House) -> None:
    dead = subprocess.run([sys.executable, "-c", DIES, str(house.folder), "die"], cwd=ROOT, check=False)
    assert dead.returncode == -9
    with house.ledger() as ledger:
        edition = ledger.edition("made/2026-11-22")
        assert edition
        assert edition.lease > house.clock.at
        with ledger.hold(edition):  # without waiting for that lease
            assert ledger.counts(edition) == {Status.IN_DOUBT: 1, Status.PLANNED: 4}


def test_two_senders_at_once_are_one(house: House) -> None:
    command = [sys.executable, "-c", DIES, str(house.folder), "live"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.read(4) == b"held"
        with house.ledger() as ledger:
            edition = ledger.edition("made/2026-11-22")
            assert edition
            with pytest.raises(DeliveryError, match="another process on this machine"), ledger.hold(edition):
                pass
            assert ledger.counts(edition)[Status.DATA_SENT] == 1  # and nothing of the other's was touched
        other.kill()


def test_an_owner_on_another_machine_is_left_its_lease_and_no_longer(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        values = {"edition": edition.id, "lease": int(house.clock.at) + 100}
        ledger.file.change("UPDATE edition SET owner = 'elsewhere', lease = :lease WHERE id = :edition", values)
        with pytest.raises(DeliveryError, match="elsewhere"), ledger.hold(edition):
            pass
        house.clock.at += 100
        with ledger.hold(edition) as hold:
            assert len(hold.claim(9)) == 5


def test_whoever_was_taken_over_is_stopped_before_the_final_dot(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            hold.claim(2)
            ledger.file.change("UPDATE edition SET epoch = epoch + 1", {})  # as a hold on another machine does
            ledger.file.change("UPDATE delivery SET status = 1 WHERE status = 2", {})
            with pytest.raises(Fenced):
                hold.data_sent(1)
            with pytest.raises(Fenced):
                hold.claim(1)
            with pytest.raises(Fenced):
                hold.renew()


def test_a_pause_from_outside_stops_the_claims_and_the_next_hold_lifts_it(house: House) -> None:
    with house.ledger() as ledger, house.ledger() as operator:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            hold.claim(1)
            operator.pause(edition, "the office is closed")
            with pytest.raises(Paused, match="the office is closed"):
                hold.claim(1)
            hold.data_sent(1)
            hold.sent(1, OK)
            hold.release([])
        with ledger.hold(edition) as hold:
            assert len(hold.claim(9)) == 4


def test_what_was_released_is_claimed_again(house: House) -> None:
    with house.ledger() as ledger, ledger.hold(planned(ledger)) as hold:
        hold.claim(5)
        hold.release([2, 4])
        assert [claim.subscriber for claim in hold.claim(9)] == [2, 4]


@pytest.mark.parametrize("days", [11, 400])
def test_an_old_edition_is_neither_planned_nor_gone_on_with(house: House, days: int) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        house.clock.at += days * 86400
        with pytest.raises(DeliveryError, match="older than the 10 days"), ledger.hold(edition):
            pass
        with pytest.raises(DeliveryError, match="older than the 10 days"):
            planned(ledger, "made/again")
        assert ledger.expire(edition) == 5
        held = ledger.edition(edition.key)
        assert held
        assert held.finished_at


def test_an_edition_of_a_day_to_come_is_no_edition(house: House) -> None:
    with house.ledger() as ledger, pytest.raises(DeliveryError, match="still to come"):
        planned(ledger, day=DAY + timedelta(days=3))


def backup(house: House, place: Path) -> None:
    """A copy as a backup makes it: the ledger's file, whole."""
    with closing(sqlite3.connect(house.path)) as source, closing(sqlite3.connect(place)) as target:
        source.backup(target)


def restore(house: House, place: Path) -> None:
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (house.folder / name).unlink(missing_ok=True)
    shutil.copyfile(place, house.path)


def send(house: House, number: int) -> None:
    """So many mails, and a crash-free end."""
    with house.ledger() as ledger:
        edition = ledger.edition("made/2026-11-22") or planned(ledger)
        with ledger.hold(edition) as hold:
            for claim in hold.claim(number):
                hold.data_sent(claim.subscriber)
                hold.sent(claim.subscriber, OK)


@pytest.mark.parametrize("before", [0, 1, 3])
def test_a_restored_backup_refuses_and_says_of_whom_it_cannot_know(house: House, before: int) -> None:
    send(house, before)
    backup(house, house.folder / "backup")
    send(house, 1)
    restore(house, house.folder / "backup")
    with house.ledger() as ledger:
        edition = ledger.edition("made/2026-11-22")
        assert edition
        with pytest.raises(DeliveryError, match="older copy"), ledger.hold(edition):
            pass
        assert ledger.restored(edition) == 5 - before
        assert ledger.counts(edition).get(Status.PLANNED, 0) == 0
        with ledger.hold(edition) as hold:
            assert hold.finish()
        assert ledger.resolve(edition, resend=False, subscriber=before + 1) == 1
        assert ledger.resolve(edition, resend=True) == 4 - before
        with ledger.hold(edition) as hold:
            assert [claim.subscriber for claim in hold.claim(9)] == list(range(before + 2, 6))
            hold.data_sent(before + 2)  # counted on from what the witness had seen
    assert Witness(house.witness / ledger.file.uid, edition.key).read() == before + 2


def test_a_backup_from_before_the_edition_was_planned_refuses_too(house: House) -> None:
    with house.ledger():
        pass
    backup(house, house.folder / "backup")
    send(house, 2)
    restore(house, house.folder / "backup")
    with house.ledger() as ledger:
        with pytest.raises(DeliveryError, match="older copy"):
            planned(ledger)
        edition = ledger.plan(Plan("made/2026-11-22", DAY, "approved"), forgotten=True)
        assert ledger.restored(edition) == 5
        assert ledger.counts(edition) == {Status.IN_DOUBT: 5}


def test_a_ledger_that_was_carried_off_without_its_witness_refuses(house: House) -> None:
    send(house, 2)
    shutil.rmtree(house.witness)
    with house.ledger() as ledger:
        edition = ledger.edition("made/2026-11-22")
        assert edition
        with pytest.raises(DeliveryError, match="moved or restored"), ledger.hold(edition):
            pass


def test_a_whole_folder_restored_from_long_ago_is_stopped_by_its_age(house: House) -> None:
    """Ledger and witness agree then; what is left to tell is that the edition is old."""
    send(house, 2)
    house.clock.at += 40 * 86400
    with house.ledger() as ledger:
        edition = ledger.edition("made/2026-11-22")
        assert edition
        with pytest.raises(DeliveryError, match="older than"), ledger.hold(edition):
            pass


def test_an_edition_whose_sum_does_not_add_up_is_never_called_finished(house: House) -> None:
    send(house, 5)
    with house.ledger() as ledger:
        edition = ledger.edition("made/2026-11-22")
        assert edition
        ledger.file.change("DELETE FROM delivery WHERE subscriber = 3", {})
        with ledger.hold(edition) as hold, pytest.raises(DataError, match="4 mails are accounted for"):
            hold.finish()


def test_bounces_count_within_sent_and_settle_a_doubt(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            for claim in hold.claim(4):
                hold.data_sent(claim.subscriber)
                if claim.subscriber < 4:
                    hold.sent(claim.subscriber, OK)
            hold.doubt(4, "no reply in 600 seconds")
            hold.claim(1)
            hold.reject(5, Reply(550, "5.1.1 no such user"))
            assert hold.finish()
        key = edition.key
        assert ledger.bounced(key, 1, hard=False, detail="4.2.2", at=AT)
        assert ledger.bounced(key, 1, hard=True, detail="5.1.1", at=AT)
        assert not ledger.bounced(key, 1, hard=False, detail="4.2.2", at=AT)  # hard stays hard
        assert ledger.complained(key, 2, detail="abuse", at=AT)
        assert ledger.bounced(key, 4, hard=True, detail="5.1.1", at=AT)
        assert not ledger.bounced(key, 5, hard=True, detail="", at=AT)  # was never sent
        assert not ledger.bounced(key, 99, hard=True, detail="", at=AT)
        assert not ledger.bounced("made/none", 1, hard=True, detail="", at=AT)
        counts = ledger.counts(edition)
        assert is_accounted(counts, edition.planned)
        assert not is_open(counts)


def test_an_erratum_goes_to_those_who_may_have_read_the_edition(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            hold.claim(5)
            for number in (1, 2, 3, 4):
                hold.data_sent(number)
            hold.sent(1, OK)
            hold.sent(2, OK)
            hold.doubt(3, "lost")
            hold.reject(4, Reply(554, "no"))
            hold.reject(5, Reply(550, "no"))
        leave(house.people, 2)
        erratum = Plan("made/2026-11-22/erratum", date(2026, 11, 25), "approved", corrects=edition)
        house.clock.at += 3 * 86400
        assert ledger.audience(edition) == 2
        made = ledger.plan(erratum)
        assert (made.kind, made.corrects) == ("erratum", edition.id)
        assert [row.subscriber for row in ledger.rows(made, Status.PLANNED)] == [1, 3]


def test_the_ledger_holds_nothing_personal(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        with ledger.hold(edition) as hold:
            hold.claim(1)
            hold.reject(1, Reply(550, "5.1.1 <reader1@example1.org>: no such user").redacted())
    content = b"".join(path.read_bytes() for path in house.folder.glob("ledger.sqlite*"))
    assert b"no such user" in content
    assert b"example1" not in content
    assert b"Reader" not in content


def test_the_ledger_s_file_is_its_owner_s(house: House) -> None:
    with house.ledger():
        assert house.path.stat().st_mode & 0o077 == 0


def test_a_full_disk_is_said_and_nothing_is_half_written(house: House) -> None:
    with house.ledger() as ledger:
        edition = planned(ledger)
        pages = ledger.file.row("PRAGMA page_count")[0]
        ledger.file.row(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ConfigError, match="room on the disk"):
            any(planned(ledger, f"made/{number}").planned == 0 for number in range(2000))
        ledger.file.row("PRAGMA max_page_count = 1000000")
        assert all(sum(ledger.counts(each).values()) == each.planned for each in ledger.editions())
        with ledger.hold(edition) as hold:
            assert len(hold.claim(9)) == 5


def test_what_is_not_a_ledger_or_not_a_list_is_named(house: House, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE something (x)")
    with pytest.raises(ConfigError, match="not a ledger"):
        Ledger(other, witness=house.witness)
    with pytest.raises(ConfigError, match="not a list"):
        Ledger(house.path, people=other, witness=house.witness)
    with pytest.raises(DataError, match="there is no list"):
        Ledger(house.path, people=tmp_path / "none", witness=house.witness)
    assert not (tmp_path / "none").exists()


def test_a_newer_ledger_is_not_touched(house: House) -> None:
    with house.ledger():
        pass
    with closing(sqlite3.connect(house.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="newer than this reporter knows"):
        house.ledger()


def test_the_domains_of_the_audience_are_counted(house: House) -> None:
    with house.ledger() as ledger:
        assert ledger.domains() == [("example1.org", 2), ("example2.org", 2), ("example0.org", 1)]
        assert ledger.domains(1) == [("example1.org", 2)]
