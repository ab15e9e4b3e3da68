"""What a relay can do to a mail, and what becomes of it: the right state, the others unharmed, nobody twice."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reporter.errors import ConfigError, ReporterError
from reporter.mail import ledger_file
from reporter.mail.ledger_hold import Claim, Paused
from reporter.mail.pace import Pace
from reporter.mail.policy import Reply
from reporter.mail.sender import Sender, Setup
from reporter.mail.smtp import Connection, Message
from reporter.mail.smtp_hello import Unreachable
from reporter.mail.status import Status, is_accounted
from tests.mail_made import House, planned
from tests.smtp_sender import KEY, Letter, letter
from tests.smtp_server import CLOSE, DRIP, GARBAGE, HALF, SILENT, Server

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PIPELINING = ("PIPELINING",)
NONE: tuple[str, ...] = ()


@dataclass
class Sent:
    """How a run went."""

    finished: bool = False
    fault: BaseException | None = None
    states: dict[int, Status] = field(default_factory=dict)
    replies: dict[int, str] = field(default_factory=dict)
    suppressed: list[int] = field(default_factory=list)
    paused: str = ""


def send(
    house: House,
    server: Server,
    fill: Callable[[Claim], Message] = letter,
    connections: int = 1,
    **more: object,
) -> Sent:
    """Plan the made edition where it is not yet, send it, and look."""
    sent = Sent()

    def suppress(number: int, reply: Reply) -> None:
        assert reply.code
        sent.suppressed.append(number)

    relay = server.relay()
    pace = Pace(now=house.clock)
    setup = Setup(fill, lambda: Connection(relay), suppress, connections, **{"retries": (), "pace": pace, **more})  # type: ignore[arg-type]
    with house.ledger() as ledger:
        edition = ledger.edition(KEY) or planned(ledger, KEY)
        try:
            with ledger.hold(edition) as hold:
                sent.finished = Sender(hold, setup).run()
        except ReporterError as error:
            sent.fault = error
        for status in ledger.counts(edition):
            for row in ledger.rows(edition, status):
                sent.states[row.subscriber], sent.replies[row.subscriber] = status, row.reply
        held = ledger.edition(KEY)
        sent.paused = held.paused if held else ""
    return sent


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, 3)


DEFERRED, REJECTED, DOUBT, PAUSED = "deferred", "rejected", "in doubt", "paused"
STAGES = ("MAIL", "RCPT", "DATA", "DOT")
# What becomes of the first reader's mail, by code and stage.
TABLE = {
    "421 4.3.2 shutting down": (DEFERRED,) * 4,
    "450 4.2.1 busy": (DEFERRED,) * 4,
    "451 4.3.0 error in processing": (DEFERRED,) * 4,
    "452 4.3.1 no room": (DEFERRED,) * 4,
    "454 4.7.0 cannot authenticate": (PAUSED,) * 4,
    "450 4.7.1 too fast": (PAUSED,) * 4,
    "550 no": (PAUSED, REJECTED, REJECTED, REJECTED),
    "550 5.7.1 against our policy": (PAUSED,) * 4,
    "552 too large": (PAUSED, DEFERRED, REJECTED, REJECTED),
    "503 bad sequence": (PAUSED,) * 4,
}
CASES = [(reply, stage, ends[at]) for reply, ends in TABLE.items() for at, stage in enumerate(STAGES)]


WAYS = {"pipelining": (PIPELINING, False), "pipelining, late": (PIPELINING, True), "one by one": (NONE, False)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("reply", "stage", "end"), CASES, ids=lambda value: str(value)[:12])
def test_each_code_at_each_command(house: House, reply: str, stage: str, end: str, way: str) -> None:
    closing = CLOSE if reply.startswith("421") else ""
    offers, is_late = WAYS[way]
    with Server({stage: [reply + closing]}, offers, is_late) as server:
        sent = send(house, server)
        assert sent.states[1] is (Status.REJECTED if end == REJECTED else Status.DEFERRED)
        assert sent.replies[1] == reply.partition(" ")[2]
        assert sent.suppressed == ([1] if end == REJECTED and stage == "RCPT" else [])
        assert bool(sent.paused) is (end == PAUSED)
        assert isinstance(sent.fault, Paused) is (end == PAUSED)
        rest = Status.PLANNED if end == PAUSED else Status.SENT
        assert (sent.states[2], sent.states[3]) == (rest, rest)
        assert sent.finished is (end == REJECTED)
        house.clock.at += 3600
        again = send(house, server)
    assert again.finished
    assert again.states == {1: again.states[1], 2: Status.SENT, 3: Status.SENT}
    want = {f"reader{number}@example{number}.org": 1 for number in (1, 2)} | {"reader3@example0.org": 1}
    if end == REJECTED:
        del want["reader1@example1.org"]
    assert Counter(whose for whose, _ in server.mails) == want


@pytest.mark.parametrize("offers", [PIPELINING, NONE], ids=["pipelining", "one by one"])
@pytest.mark.parametrize("how", [CLOSE, HALF, SILENT, DRIP, GARBAGE])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_final_dot_is_harmless(
    house: House, stage: str, how: str, offers: tuple[str, ...]
) -> None:
    with Server({stage: [how]}, offers) as server:
        sent = send(house, server)
        assert sent.states == {1: Status.DEFERRED, 2: Status.SENT, 3: Status.SENT}
        assert not sent.paused
        house.clock.at += 3600
        assert send(house, server).finished
        assert sorted(Counter(whose for whose, _ in server.mails).values()) == [1, 1, 1]


@pytest.mark.parametrize("how", [CLOSE, HALF, SILENT, DRIP, GARBAGE, "354 what"])
def test_a_reply_lost_after_the_final_dot_is_in_doubt_and_never_sent_again_by_itself(house: House, how: str) -> None:
    with Server({"DOT": [how]}) as server:
        sent = send(house, server)
        assert sent.states == {1: Status.IN_DOUBT, 2: Status.SENT, 3: Status.SENT}
        assert sent.finished
        house.clock.at += 86400
        assert send(house, server).states[1] is Status.IN_DOUBT
        whose = [whose for whose, _ in server.mails]
        assert whose.count("reader1@example1.org") <= 1


def test_a_connection_that_was_closed_at_rest_is_opened_anew_at_no_one_s_cost(house: House) -> None:
    with Server({"DOT": ["250 2.0.0 Ok" + CLOSE] * 3}) as server:
        sent = send(house, server)
        assert set(sent.states.values()) == {Status.SENT}
        assert server.connections == 3


def test_a_domain_that_says_421_is_spared_and_the_others_go_on(tmp_path: Path) -> None:
    house = House(tmp_path, 9)  # three domains, of three readers each
    with Server({"RCPT": ["421 4.3.2 not now" + CLOSE]}) as server:
        sent = send(house, server)
        assert {number for number, status in sent.states.items() if status is Status.DEFERRED} == {1, 4, 7}
        assert sum("example1" in command for command in server.said if command.startswith("RCPT")) == 1
        house.clock.at += 3600
        assert send(house, server).finished


def test_a_domain_s_rate_is_kept_by_holding_its_mails_back(tmp_path: Path) -> None:
    house = House(tmp_path, 12)
    with Server() as server:
        pace = Pace(2, now=house.clock)
        taken = []
        for _ in range(6):
            sent = send(house, server, pace=pace)
            taken.append(len(server.mails))
            house.clock.at += 30  # at two a minute, one mail a domain
            if sent.finished:
                break
        assert taken == [3, 6, 9, 12]
        assert all(number == 1 for number in Counter(whose for whose, _ in server.mails).values())


@pytest.mark.parametrize("script", [{"CONNECT": ["554 no service"] * 9}, {"EHLO": ["421 4.3.2 busy"] * 9}])
def test_where_nobody_answers_nothing_is_lost_and_nobody_blamed(house: House, script: dict[str, list[str]]) -> None:
    with Server(script) as server:
        sent = send(house, server, retries=(0.01, 0.01))
    assert isinstance(sent.fault, Unreachable)
    assert set(sent.states.values()) == {Status.PLANNED}
    assert server.connections == 3


def test_where_one_connection_is_refused_the_others_do_its_work(tmp_path: Path) -> None:
    house = House(tmp_path, 100)
    with Server(
        {"CONNECT": ["220 made", "421 4.7.0 too many connections", "421 4.7.0 too many connections"]}
    ) as server:
        sent = send(house, server, connections=3)
    assert sent.finished
    assert len(server.mails) == 100


def test_connections_are_used_again_and_changed_after_so_many_mails(tmp_path: Path) -> None:
    house = House(tmp_path, 10)
    with Server() as server:
        assert send(house, server, per_connection=4).finished
    assert server.connections == 3
    assert server.said.count("QUIT") == 3


def test_a_poison_recipient_harms_only_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    people = {1: "a b@example.org", 2: "a@example.org>\r\nRCPT TO:<x@evil.example", 3: "ümläut@example.org"}

    def fill(claim: Claim) -> Message:
        if claim.subscriber == 4:
            message = f"cannot make it for {claim.address}"
            raise UnicodeError(message)
        if claim.subscriber == 5:
            return Letter(claim.address, b"Subject: x\r\n\r\nthis\n.\r\nMAIL FROM:<x@evil.example>\r\n")
        return letter(Claim(claim.subscriber, people.get(claim.subscriber, claim.address), claim.name, 0))

    house = House(tmp_path, 8)
    with Server() as server, caplog.at_level(logging.DEBUG):
        sent = send(house, server, fill)
    assert sent.finished
    assert {number for number, status in sent.states.items() if status is Status.SKIPPED} == {1, 2, 3, 4, 5}
    assert [whose for whose, _ in server.mails] == [f"reader{n}@example{n % 3}.org" for n in (6, 7, 8)]
    assert "evil" not in " ".join(server.said)
    assert "bare CR or LF" in sent.replies[5]
    assert "@" not in caplog.text + " ".join(sent.replies.values())


def test_no_address_is_logged_or_kept_even_where_the_server_quotes_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        Server({"RCPT": ["550 5.1.1 <reader1@example1.org>: unknown"]}) as server,
        caplog.at_level(logging.DEBUG),
    ):
        sent = send(house, server)
    assert sent.replies[1] == "5.1.1 <[address]>: unknown"
    assert "subscriber 1" in caplog.text
    assert "example1" not in caplog.text


@pytest.mark.parametrize("stage", ["RCPT", "DOT"])
def test_when_all_are_refused_it_is_the_relay_that_is_suspected(tmp_path: Path, stage: str) -> None:
    house = House(tmp_path, 100)
    with Server({stage: ["550 no"] * 100}) as server:
        sent = send(house, server)
    assert isinstance(sent.fault, Paused)
    assert "20 mails in a row" in sent.paused
    assert list(sent.states.values()).count(Status.REJECTED) == 20


def test_refusals_between_deliveries_do_not_stop_it(tmp_path: Path) -> None:
    house = House(tmp_path, 100)
    with Server({"RCPT": ["550 no", "250 ok"] * 50}) as server:
        sent = send(house, server)
    assert sent.finished
    assert list(sent.states.values()).count(Status.REJECTED) == 50


def test_a_mail_that_is_larger_than_the_relay_takes_stops_all_before_any(house: House) -> None:
    with Server(offers=("SIZE 100",)) as server:
        sent = send(house, server)
    assert isinstance(sent.fault, ConfigError)
    assert set(sent.states.values()) == {Status.PLANNED}


def test_the_size_is_said_where_the_relay_wants_to_know(house: House) -> None:
    with Server(offers=("SIZE 1000000",)) as server:
        assert send(house, server).finished
    assert all(" SIZE=" in command for command in server.said if command.startswith("MAIL"))


@pytest.mark.parametrize("room", [0, 1, 2])
def test_a_full_disk_stops_cleanly_and_the_next_run_knows_of_whom(tmp_path: Path, room: int) -> None:
    """Rows grow by what is known of them, so that the disk is full in the middle, at whichever step it happens."""
    house = House(tmp_path, 200)
    with house.ledger() as ledger:
        planned(ledger, KEY)
        pages = ledger.file.row("PRAGMA page_count")[0]
    with Server() as server:
        sent = with_pages(pages + room, lambda: send(house, server, connections=3))
        assert isinstance(sent.fault, ConfigError)
        assert "full" in str(sent.fault)
        taken = len(server.mails)
        assert taken < 200
        again = send(house, server, connections=3)
    assert again.finished
    counts = Counter(again.states.values())
    assert counts[Status.SENT] + counts[Status.IN_DOUBT] == 200
    assert counts[Status.IN_DOUBT] <= 3
    assert len({whose for whose, _ in server.mails}) == len(server.mails) >= counts[Status.SENT]


def with_pages(pages: int, work: Callable[[], Sent]) -> Sent:
    """Work on a ledger that may not grow beyond so many pages: SQLite's own way to a full disk."""
    opened = ledger_file._open  # noqa: SLF001 -- where a disk of so many pages is put under it

    def small(path: Path, durability: ledger_file.Durability) -> sqlite3.Connection:
        connection = opened(path, durability)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger_file, "_open", small)
        return work()


def test_it_stops_when_told_gives_back_what_it_had_not_begun_and_goes_on_later(tmp_path: Path) -> None:
    house = House(tmp_path, 50)
    began = threading.Event()

    def fill(claim: Claim) -> Message:
        if claim.subscriber == 10:
            began.set()
        return letter(claim)

    def stop_once_begun() -> None:
        began.wait()
        sender.stop()

    with Server() as server, house.ledger() as ledger:
        edition = planned(ledger, KEY)
        relay = server.relay()
        with ledger.hold(edition) as hold:
            sender = Sender(hold, Setup(fill, lambda: Connection(relay), lambda *_: None, 2))
            threading.Thread(target=stop_once_begun).start()
            assert not sender.run()
        counts = ledger.counts(edition)
        assert set(counts) <= {Status.SENT, Status.PLANNED}
        assert counts[Status.PLANNED]
        assert counts.get(Status.SENT, 0) == len(server.mails)
        assert send(house, server, connections=2).finished
        assert is_accounted(ledger.counts(edition), 50)
    assert len({whose for whose, _ in server.mails}) == len(server.mails) == 50
