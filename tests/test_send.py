"""`reporter send`: an edition built, proved, approved and sent to a made list by a server on this machine."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest
from click.testing import CliRunner

from reporter import batch, config
from reporter.cli import reporter
from reporter.errors import ProofError, ReporterError
from reporter.mail.people import Consent, People
from tests.send_made import READERS, SECRET, TOML, made_readers, refused, run
from tests.smtp_server import CLOSE, Server

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

EDITION = "holder-profile/japan/2026-02-06"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an edition in it, made once."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "reporter.toml").write_text(TOML.format(port=1))
    order = batch.Order("holder-profile", date(2026, 2, 6), config.load(folder, {}), {"country": "Japan"})
    made = batch.make(order)
    assert made.target == folder / "output" / EDITION
    return folder


@pytest.fixture
def house(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, with three readers."""
    shutil.copytree(built / "output", tmp_path / "output")
    made_readers(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTER_SECRET", SECRET)
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def sent(house: Path, server: Server) -> dict[str, int]:
    states: dict[str, int] = json.loads(run(house, server, "status", EDITION, "--json").output)["states"]
    return states


def test_a_dry_run_shows_how_many_and_writes_the_very_mail_and_plans_nothing(house: Path, server: Server) -> None:
    done = run(house, server, EDITION, "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    shown = json.loads(done.output)
    assert shown["readers"] == 3
    assert set(shown["domains"]) == {"example.org", "example.com", "example.net"}
    message = message_from_bytes((house / shown["mail"]).read_bytes())
    assert parseaddr(message["To"]) == ("A Reader", "reader@example.org")
    assert message["List-Unsubscribe"]
    assert server.said == []
    assert run(house, server, "status").output == "nothing was ever planned\n"


def test_a_test_copy_goes_to_one_and_no_ledger_knows_of_it(house: Path, server: Server) -> None:
    done = run(house, server, EDITION, "--to", "me@example.org")
    assert done.exit_code == 0, done.output
    assert [whose for whose, _ in server.mails] == ["me@example.org"]
    assert run(house, server, "status").output == "nothing was ever planned\n"


def test_each_reader_gets_it_once_and_the_ledger_says_so(house: Path, server: Server) -> None:
    done = run(house, server, EDITION, "--yes")
    assert done.exit_code == 0, done.output
    assert "standing: finished" in done.output
    assert sorted(whose for whose, _ in server.mails) == sorted(READERS)
    assert len({message_from_bytes(data)["List-Unsubscribe"] for _, data in server.mails}) == 3
    assert sent(house, server) == {"sent": 3}
    refused(run(house, server, EDITION, "--yes"), "planned already; `reporter send status")
    assert run(house, server, "resume", EDITION).exit_code == 0
    assert len(server.mails) == 3


def test_it_asks_and_a_no_plans_nothing(house: Path, server: Server) -> None:
    (house / "reporter.toml").write_text(TOML.format(port=server.relay().port))
    done = CliRunner().invoke(reporter, ["send", f"output/{EDITION}"], input="n\n")
    assert done.exit_code == 1
    assert "Send it to 3 readers?" in done.output
    assert run(house, server, "status").output == "nothing was ever planned\n"


@pytest.fixture
def half(house: Path) -> Iterator[Server]:
    """A run in which the first reader was put off and the second refused for policy, so that the third waits."""
    with Server({"RCPT": ["250 ok", "550 5.7.1 not from you"]}) as running:
        refused(run(house, running, EDITION, "--yes"), "not from you")
        yield running


def test_a_policy_pauses_it_and_resume_goes_on(house: Path, half: Server) -> None:
    shown = json.loads(run(house, half, "status", EDITION, "--json").output)
    assert shown["states"] == {"planned": 1, "sent": 1, "deferred": 1}
    assert shown["standing"].startswith("paused: the relay answered RCPT with 550 5.7.1")
    assert shown["reasons"]["deferred"] == [{"code": 550, "reply": "5.7.1 not from you", "mails": 1}]
    assert run(house, half, "resume", EDITION).exit_code == 0
    assert sent(house, half) == {"sent": 2, "deferred": 1}
    done = run(house, half, "resolve", EDITION, "--expire")
    assert done.exit_code == 0, done.output
    assert sent(house, half) == {"sent": 2, "expired": 1}


@pytest.mark.parametrize("name", ["index.html", "mail/mail.html", "mail/mail.txt", "facts.json", "briefing.pdf"])
def test_what_was_changed_since_its_approval_does_not_leave(house: Path, half: Server, name: str) -> None:
    path = house / "output" / EDITION / name
    path.write_bytes(path.read_bytes() + b" ")
    left = len(half.mails)
    result = run(house, half, "resume", EDITION)
    assert isinstance(result.exception, ReporterError)
    assert result.exception.exit_code == 8
    assert len(half.mails) == left


def test_a_file_that_was_added_or_a_setting_that_shapes_the_mail_counts_too(house: Path, half: Server) -> None:
    (house / "output" / EDITION / "more.txt").write_text("more")
    refused(run(house, half, "resume", EDITION), "has changed since the edition was approved")
    (house / "output" / EDITION / "more.txt").unlink()
    (house / "reporter.toml").write_text(TOML.format(port=half.relay().port).replace("The Briefing", "Another"))
    refused(CliRunner().invoke(reporter, ["send", "resume", EDITION]), "has changed since the edition was approved")
    assert run(house, half, "resume", EDITION).exit_code == 0


def test_what_does_not_pass_its_proof_is_not_planned(house: Path, server: Server) -> None:
    path = house / "output" / EDITION / "index.html"
    path.write_text(path.read_text().replace("Japan", "Spain"))
    refused(run(house, server, EDITION, "--yes"), "does not pass its proof", ProofError)
    (house / "output" / EDITION / "briefing.pdf").unlink()
    assert run(house, server, EDITION, "--yes").exception
    assert run(house, server, "status").output == "nothing was ever planned\n"
    assert server.said == []


def test_a_doubt_is_shown_and_resolved_by_the_operator(house: Path) -> None:
    with Server({"DOT": [CLOSE]}) as running:
        assert run(house, running, EDITION, "--yes").exit_code == 0
        shown = json.loads(run(house, running, "status", EDITION, "--json").output)
        assert shown["states"] == {"sent": 2, "in doubt": 1}
        assert shown["in_doubt"][0]["subscriber"] == 1
        assert "subscriber 1 since" in run(house, running, "status", EDITION).output
        assert run(house, running, "resolve", EDITION).exit_code == 2
        assert run(house, running, "resolve", EDITION, "--subscriber", "1", "--resend").exit_code == 0
        assert sent(house, running) == {"planned": 1, "sent": 2}
        assert run(house, running, "resume", EDITION).exit_code == 0
        assert sent(house, running) == {"sent": 3}
        assert len(running.mails) == 4  # the first one's first was taken, and its answer lost


def test_a_refused_address_is_suppressed_for_all_editions(house: Path) -> None:
    with Server({"RCPT": ["550 5.1.1 no such user"]}) as running:
        assert run(house, running, EDITION, "--yes").exit_code == 0
    held = People(house / "people.sqlite").get(1)
    assert held
    assert (held.state.value, held.reason, held.detail) == (
        "suppressed",
        "refused by the server",
        "550 5.1.1 no such user",
    )


def test_what_was_sent_can_be_looked_at_without_the_list_and_by_its_folder(house: Path, half: Server) -> None:
    (house / "people.sqlite").unlink()
    assert "paused" in run(house, half, "status").output
    assert "paused" in run(house, half, "status", f"output/{EDITION}").output


def test_a_paused_edition_says_so(house: Path, half: Server) -> None:
    assert run(house, half, "pause", EDITION, "--reason", "holidays").exit_code == 0
    assert "paused: holidays" in run(house, half, "status").output
    refused(run(house, half, "pause", "made/2026-01-01"), "never planned")


def test_after_a_restored_backup_nobody_is_written_to_until_the_operator_has_decided(house: Path, half: Server) -> None:
    files = [house / name for name in ("ledger.sqlite", "ledger.sqlite-wal")]
    kept = {path: path.read_bytes() for path in files if path.exists()}
    assert run(house, half, "resume", EDITION).exit_code == 0
    left = len(half.mails)
    for path in house.glob("ledger.sqlite*"):
        path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)
    refused(run(house, half, "resume", EDITION), "the ledger is an older copy")
    assert run(house, half, "resolve", EDITION, "--restored").exit_code == 0
    assert sent(house, half) == {"sent": 1, "in doubt": 2}
    assert run(house, half, "resume", EDITION).exit_code == 0
    assert len(half.mails) == left


def test_a_signal_finishes_what_is_under_way_and_resume_goes_on(house: Path, server: Server) -> None:
    people, at = People(house / "people.sqlite"), datetime(2026, 2, 1, tzinfo=UTC)
    for number in range(200):
        people.add(f"reader{number}@example.org", "", Consent("by hand", at.date()), at)
    (house / "reporter.toml").write_text(TOML.format(port=server.relay().port))
    command = [sys.executable, "-m", "reporter", "send", EDITION, "--yes"]
    with subprocess.Popen(command, cwd=house, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while len(server.mails) < 5 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1, said
    assert "finishing what is under way" in said
    assert "@example" not in said
    states = sent(house, server)
    assert set(states) == {"sent", "planned"}
    assert states["sent"] == len(server.mails) < 203
    assert run(house, server, "resume", EDITION).exit_code == 0
    assert len({whose for whose, _ in server.mails}) == len(server.mails) == 203


def test_what_is_no_edition_is_said_with_where_it_was_looked_for(house: Path, server: Server) -> None:
    refused(run(house, server, "nothing/2026-11-22", "--yes"), "there is no edition 'nothing/2026-11-22'")


def test_the_help_shows_both_ways() -> None:
    told = CliRunner().invoke(reporter, ["send", "--help"]).output
    assert "send EDITION [OPTIONS]... | COMMAND" in told
    assert all(name in told for name in ("resume", "status", "pause", "resolve"))
