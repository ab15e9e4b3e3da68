"""`reporter send --erratum`: those who got a claim that no longer holds are told, once, and nobody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from reporter import batch, config
from reporter.mail.people import People
from tests.send_made import READERS, SECRET, TOML, made_readers, refused, run
from tests.smtp_server import Server

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

EDITION = "sell-america/2026-02-06"  # of which a later revision has taken a claim back


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the edition in it, made once."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "reporter.toml").write_text(TOML.format(port=1))
    batch.make(batch.Order("sell-america", date(2026, 2, 6), config.load(folder, {})))
    return folder


@pytest.fixture
def house(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(built / "output", tmp_path / "output")
    made_readers(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTER_SECRET", SECRET)
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with Server({"RCPT": ["250 ok", "550 no"]}) as running:
        yield running


def test_whoever_got_a_claim_that_no_longer_holds_is_told_once(house: Path, server: Server) -> None:
    refused(run(house, server, "--erratum", EDITION, "--yes"), "was never sent")
    assert run(house, server, EDITION, "--yes").exit_code == 0
    assert len(server.mails) == 2  # the second reader was refused
    shown = json.loads(run(house, server, "--erratum", EDITION, "--dry-run", "--json").output)
    assert shown["readers"] == 2
    people = People(house / "people.sqlite")
    first = people.find(READERS[0])
    assert first
    people.remove(READERS[0], first.since)

    done = run(house, server, "--erratum", EDITION, "--yes", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["kind"], told["standing"], told["states"]) == ("erratum", "finished", {"sent": 1})
    assert [whose for whose, _ in server.mails[2:]] == [READERS[2]]
    assert run(house, server, "resume", told["edition"]).exit_code == 0
    assert "erratum" in run(house, server, "status", f"output/{told['edition']}").output
    refused(run(house, server, "--erratum", EDITION, "--yes"), "planned already")
    assert len(server.mails) == 3

    edition, erratum = (message_from_bytes(data, policy=policy.default) for _, data in server.mails[1:])
    assert str(erratum["Subject"]).startswith("Correction: ")
    assert erratum["Message-ID"] != edition["Message-ID"]
    said = json.loads((house / "output" / told["edition"] / "errata.json").read_text())
    plain = erratum.get_body(("plain",))
    assert plain
    words = " ".join(plain.get_content().split())
    assert said["errata"]
    assert all(" ".join(one["correction"].split()) in words for one in said["errata"])
    assert erratum["List-Unsubscribe"]


def test_of_an_edition_whose_claims_hold_nothing_is_sent(house: Path, server: Server) -> None:
    path = house / "output" / EDITION / "facts.json"
    held = json.loads(path.read_text())
    held["text"] = [row for row in held["text"] if "claim" not in json.dumps(row)]
    path.write_text(json.dumps(held))
    done = run(house, server, "--erratum", EDITION, "--yes")
    assert done.exit_code == 0, done.output
    assert "nothing to correct" in done.output
    assert not server.said
