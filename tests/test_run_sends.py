"""A run that sends: once, after a crash too, and not while something forbids it. In processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reporter import run
from reporter.config import Settings, load
from reporter.mail.outbox import open_ledger
from reporter.mail.people import Consent, People
from reporter.mail.status import Status
from reporter.run import Step
from tests.people_made import SECRET, TOKENS
from tests.smtp_server import Server
from tests.support import ROOT

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

READERS = 30


def house(folder: Path, server: Server) -> None:
    """A working folder: a small briefing, a list, a relay."""
    shutil.copytree(ROOT / "tests" / "briefings", folder / "made")
    (folder / "reporter.toml").write_text(
        f"""
store = "{folder}/store.sqlite"
[site]
url = "https://briefing.example.org"
[mail]
sender = "The Briefing <briefing@example.org>"
postal_address = "Made Street 1, Berlin"
[smtp]
host = "127.0.0.1"
port = {server.relay().port}
security = "none"
connections = 1
[list]
people = "{folder}/subscribers.sqlite"
ledger = "{folder}/ledger.sqlite"
witness = "{folder}/witness"
"""
    )
    people = People(folder / "subscribers.sqlite", TOKENS)
    now = datetime.now(UTC)
    for number in range(READERS):
        people.add(f"reader{number}@example.org", "", Consent("made", now.date()), now)


def started(folder: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "REPORTER_STORE"}
    return subprocess.Popen(
        [sys.executable, "-m", "reporter", "run", "made/made.toml", "--offline"],
        cwd=folder,
        env={**environment, "REPORTER_SECRET": SECRET.reveal()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ran(folder: Path, code: int = 0) -> str:
    with started(folder) as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == code, said
    return said


def settings(folder: Path) -> Settings:
    return load(folder, {})


def step(folder: Path) -> Step:
    note = run.read(folder / "output", "made")
    assert note
    return note.step


def key(folder: Path) -> str:
    note = run.read(folder / "output", "made")
    assert note
    return f"made/{note.day}"


def test_an_edition_goes_to_each_reader_once_however_often_it_runs(tmp_path: Path) -> None:
    with Server() as server:
        house(tmp_path, server)
        assert "sent: 30" in ran(tmp_path)
        assert Counter(address for address, _ in server.mails) == {f"reader{n}@example.org": 1 for n in range(READERS)}
        assert step(tmp_path) is Step.DONE
        assert ran(tmp_path) == "nothing new\n"
        assert len(server.mails) == READERS


def test_a_run_killed_while_it_sends_is_gone_on_with(tmp_path: Path) -> None:
    with Server() as server:
        house(tmp_path, server)
        with started(tmp_path) as process:
            until = time.monotonic() + 90
            while len(server.mails) < 5:
                assert time.monotonic() < until
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        before = len(server.mails)
        assert before < READERS
        assert step(tmp_path) is Step.BUILT
        ran(tmp_path)
        got = Counter(address for address, _ in server.mails)
        assert set(got.values()) == {1}
        with open_ledger(settings(tmp_path)) as ledger:
            edition = ledger.edition(key(tmp_path))
            assert edition
            counts = ledger.counts(edition)
        assert counts[Status.SENT] + counts.get(Status.IN_DOUBT, 0) == READERS
        assert counts.get(Status.IN_DOUBT, 0) <= 1
        assert READERS - len(got) <= counts.get(Status.IN_DOUBT, 0)
        assert step(tmp_path) is Step.DONE


def test_a_relay_that_is_down_is_waited_for_by_the_next_run(tmp_path: Path) -> None:
    with Server({"MAIL": ["451 4.3.0 later"] * READERS}) as server:
        house(tmp_path, server)
        ran(tmp_path)
        assert server.mails == []
        assert step(tmp_path) is Step.BUILT
        with open_ledger(settings(tmp_path)) as ledger:
            ledger.file.change("UPDATE delivery SET due = 0 WHERE due IS NOT NULL", {})
        assert "sent: 30" in ran(tmp_path)
        assert step(tmp_path) is Step.DONE


def test_what_an_operator_has_paused_rests(tmp_path: Path) -> None:
    with Server({"MAIL": ["451 4.3.0 later"] * READERS}) as server:
        house(tmp_path, server)
        ran(tmp_path)
        with open_ledger(settings(tmp_path)) as ledger:
            edition = ledger.edition(key(tmp_path))
            assert edition
            ledger.pause(edition, "a mistake on page one")
        told = ran(tmp_path, code=8)
        assert "is paused: a mistake on page one" in told
        assert server.mails == []


def test_what_changed_after_it_was_approved_does_not_leave(tmp_path: Path) -> None:
    with Server({"MAIL": ["451 4.3.0 later"] * READERS}) as server:
        house(tmp_path, server)
        ran(tmp_path)
        page = tmp_path / "output" / key(tmp_path) / "index.html"
        page.write_text(page.read_text().replace("</main>", "<p>changed</p></main>"))
        with open_ledger(settings(tmp_path)) as ledger:
            ledger.file.change("UPDATE delivery SET due = 0 WHERE due IS NOT NULL", {})
        ran(tmp_path, code=8)
        assert server.mails == []


def test_what_is_required_and_late_is_built_and_does_not_leave(tmp_path: Path) -> None:
    with Server() as server:
        house(tmp_path, server)
        toml = tmp_path / "made" / "made.toml"
        text = toml.read_text()
        # A holding that no release of the years to come is at hand for.
        toml.write_text('required = ["fred"]\n' + text)
        environment = {**os.environ, "REPORTER_SECRET": SECRET.reveal()}
        environment.pop("REPORTER_STORE", None)
        code = (
            "import sys; from datetime import datetime, timedelta;"
            "from reporter.commands import run; moment = datetime.now().astimezone() + timedelta(days=400);"
            "run.now = lambda: moment; from reporter.cli import main; main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "run", "made/made.toml", "--offline"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 5, done.stderr
        assert "built, and not sent: fred:" in done.stderr
        assert step(tmp_path) is Step.BUILT
        assert server.mails == []


def test_without_a_list_it_is_built_and_that_is_said(tmp_path: Path) -> None:
    with Server() as server:
        house(tmp_path, server)
        (tmp_path / "subscribers.sqlite").unlink()
        assert "not sent: there is no list" in ran(tmp_path)
        assert step(tmp_path) is Step.DONE
