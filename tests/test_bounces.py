"""What comes back: dead mailboxes, full ones, complaints, and what is none of these."""

from __future__ import annotations

import json
import mailbox
from dataclasses import replace
from datetime import timedelta
from email import message_from_string
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from reporter.cli import reporter
from reporter.errors import ConfigError
from reporter.mail import verp
from reporter.mail.bounces import Kind, judged
from reporter.mail.ledger import Ledger, Plan
from reporter.mail.message import Recipient, mould
from reporter.mail.people import People
from reporter.mail.status import Status
from tests.letters_made import SETTINGS, made_folder
from tests.people_made import AT, SECRET, TOKENS, made, sendable

BASE = "bounces@example.org"
KEY = "sell-america/2026-11-22"
ANN = verp.address(BASE, KEY, 1, TOKENS)
BOB = verp.address(BASE, KEY, 2, TOKENS)

# RFC 3464, as Postfix writes it.
DSN = """\
From: MAILER-DAEMON@relay.example.net (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

This is the mail system at host relay.example.net.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.net

Final-Recipient: rfc822; reader@example.com
Original-Recipient: rfc822;reader@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--B
Content-Type: message/rfc822

From: briefing@example.org
Subject: The briefing

Hello.
--B--
"""
# RFC 5965.
ARF = """\
From: fbl@example.com
To: abuse@example.org
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.
--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{to}>

--B
Content-Type: message/rfc822

From: briefing@example.org
Subject: The briefing

Hello.
--B--
"""
AWAY = """\
From: reader@example.com
To: {to}
Subject: Out of office
Auto-Submitted: auto-replied

I am away until Monday.
"""
QMAIL = """\
From: MAILER-DAEMON@mail.example.com
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mail.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<reader@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <{to}>
"""


def dsn(status: str, action: str = "failed", to: str = ANN, diagnostic: str = "550 no such user") -> str:
    return DSN.format(status=status, action=action, to=to, diagnostic=diagnostic)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (dsn("5.1.1"), Kind.HARD),
        (dsn("5.1.2"), Kind.HARD),
        (dsn("5.2.1"), Kind.HARD),
        (dsn("5.0.0"), Kind.HARD),
        (dsn("5.2.2"), Kind.SOFT),
        (dsn("5.7.1"), Kind.SOFT),
        (dsn("5.3.4"), Kind.SOFT),
        (dsn("4.4.7"), Kind.SOFT),
        (dsn("4.4.1", "delayed"), Kind.SOFT),
        (QMAIL.format(to=ANN), Kind.HARD),
        (ARF.format(kind="abuse", to=ANN), Kind.COMPLAINT),
        (ARF.format(kind="not-spam", to=ANN), Kind.UNRELATED),
        (AWAY.format(to=ANN), Kind.UNRELATED),
        (dsn("5.1.1", to=ANN.upper()), Kind.HARD),
        (dsn("5.1.1", to="reader@example.com"), Kind.STRANGE),
        (dsn("5.1.1", to=ANN.replace(".1.", ".2.")), Kind.STRANGE),
        (dsn("5.1.1", to=BASE), Kind.STRANGE),
        ("", Kind.STRANGE),
    ],
)
def test_what_a_message_is(text: str, kind: Kind) -> None:
    found = judged(message_from_string(text), BASE, TOKENS)
    assert found.kind is kind
    assert (found.returned is None) is (kind is Kind.STRANGE)
    assert not found.returned or found.returned.subscriber == 1


def test_the_reason_is_kept_without_the_address() -> None:
    found = judged(
        message_from_string(dsn("5.1.1", diagnostic="550 5.1.1 <reader@example.com>: unknown user")), BASE, TOKENS
    )
    assert found.detail == "5.1.1 smtp; 550 5.1.1 unknown user"


@given(st.text(max_size=300), st.sampled_from(["multipart/report", "message/delivery-status", "text/html", "x"]))
def test_no_message_breaks_the_reader(body: str, kind: str) -> None:
    message = message_from_string(f"To: {ANN}\nContent-Type: {kind}\n\n{body}")
    assert judged(message, BASE, TOKENS).kind in Kind


def house(folder: Path) -> People:
    """A list of three, an edition that was sent to them, and the settings that name both."""
    held = made(folder, "ann@example.com", "bob@example.com", "cat@example.com")
    (folder / "reporter.toml").write_text(
        f'[mail]\nbounce_address = "{BASE}"\n[list]\npeople = "{held.path}"\nledger = "{folder / "ledger.sqlite"}"\n'
    )
    with ledger(folder, held) as book:
        edition = book.plan(Plan(KEY, AT.date(), "approved"))
        book.file.change("UPDATE delivery SET status = :sent WHERE edition = :id", {"sent": 4, "id": edition.id})
    return held


def ledger(folder: Path, held: People | None = None) -> Ledger:
    return Ledger(
        folder / "ledger.sqlite",
        people=held.path if held else None,
        witness=folder / "witness",
        now=(AT + timedelta(hours=1)).timestamp,
    )


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str, stdin: str = "") -> Result:
    monkeypatch.chdir(folder)
    return CliRunner().invoke(reporter, ["bounces", *words], env={"REPORTER_SECRET": SECRET.reveal()}, input=stdin)


def test_a_maildir_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = house(tmp_path)
    box = mailbox.Maildir(tmp_path / "box")
    texts = (dsn("5.1.1"), dsn("5.2.2", to=BOB), AWAY.format(to=ANN), "junk", dsn("5.1.1", to="cat@example.com"))
    for text in texts:
        box.add(text)
    told = json.loads(run(tmp_path, monkeypatch, str(tmp_path / "box"), "--json", "--dry-run").output)
    assert sendable(held) == ["ann@example.com", "bob@example.com", "cat@example.com"]
    assert json.loads(run(tmp_path, monkeypatch, str(tmp_path / "box"), "--json").output) == told
    assert told == {"hard": 1, "soft": 1, "complaint": 0, "leaving": 0, "unrelated": 1, "strange": 2, "unreadable": 0}
    assert sendable(held) == ["bob@example.com", "cat@example.com"]
    ann = held.get(1)
    assert ann
    assert (ann.state, ann.reason, ann.detail) == ("suppressed", "hard bounce", "5.1.1 smtp; 550 no such user")
    with ledger(tmp_path) as book:
        edition = book.edition(KEY)
        assert edition
        assert book.counts(edition) == {Status.SENT: 1, Status.BOUNCED_SOFT: 1, Status.BOUNCED_HARD: 1}
    assert run(tmp_path, monkeypatch, str(tmp_path / "box")).output == "nothing new\n"


def test_a_complaint_comes_by_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = house(tmp_path)
    done = run(tmp_path, monkeypatch, "-", stdin=ARF.format(kind="abuse", to=BOB))
    assert done.output == "1 reported as unwanted: suppressed\n"
    bob = held.get(2)
    assert bob
    assert (bob.state, bob.reason) == ("suppressed", "complaint")
    with ledger(tmp_path) as book:
        edition = book.edition(KEY)
        assert edition
        assert book.counts(edition)[Status.COMPLAINED] == 1


def leaving(to: str, subject: str) -> str:
    return f"From: ann@example.com\nTo: {to}\nSubject: {subject}\n\n"


def test_who_leaves_by_mail_is_taken_off_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the button of a mail program does it, from the header that we wrote."""
    held = house(tmp_path)
    (tmp_path / "edition").mkdir()
    settings = replace(SETTINGS, mail=replace(SETTINGS.mail, bounce_address=BASE))
    sent = mould(made_folder(tmp_path / "edition", settings), settings, TOKENS).fill(Recipient(1, "ann@example.com"))
    header = str(message_from_string(sent.data.decode())["List-Unsubscribe"])
    asked = urlsplit(header.partition("<mailto:")[2].rstrip(">"))
    text = leaving(asked.path, parse_qs(asked.query)["subject"][0])
    for _ in range(2):
        assert run(tmp_path, monkeypatch, "-", stdin=text).output == "1 asked to leave: taken off the list\n"
    assert sendable(held) == ["bob@example.com", "cat@example.com"]
    ann = held.get(1)
    assert ann
    assert ann.state == "left"


@pytest.mark.parametrize(
    "subject",
    [
        "unsubscribe",
        f"Re: unsubscribe {TOKENS.issue('leave', '1')}",
        f"unsubscribe {TOKENS.issue('leave', '2')}",
        "unsubscribe 1",
    ],
)
def test_a_wish_to_leave_that_is_not_the_readers_own_is_none(subject: str) -> None:
    assert judged(message_from_string(leaving(ANN, subject)), BASE, TOKENS).kind is Kind.UNRELATED


def test_an_mbox_and_a_single_message_are_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = house(tmp_path)
    (tmp_path / "box").write_text(f"From x\n{dsn('5.1.1')}\nFrom x\n{dsn('5.1.1', to=BOB)}\n")
    (tmp_path / "one").write_text(dsn("5.1.1", to=verp.address(BASE, "an edition of long ago", 3, TOKENS)))
    for name in ("box", "one"):
        assert run(tmp_path, monkeypatch, name).exit_code == 0
    assert sendable(held) == []


def test_what_is_no_maildir_and_a_base_that_is_not_set_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house(tmp_path)
    done = run(tmp_path, monkeypatch, str(tmp_path))
    assert isinstance(done.exception, ConfigError)
    assert "not a Maildir" in str(done.exception)
    assert "is not there" in str(run(tmp_path, monkeypatch, "nowhere").exception)
    (tmp_path / "reporter.toml").unlink()
    assert "bounce_address" in str(run(tmp_path, monkeypatch, "-").exception)
