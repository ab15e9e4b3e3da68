"""The doctor: each thing that can be wrong is found, and told with what to do."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dns.exception
import dns.resolver
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reporter.cli import reporter
from reporter.config import Dkim, List, Mail, Settings, Smtp
from reporter.doctor import Finding, Level, delivery, machine, records
from reporter.doctor.records import Lookup, Unknown, in_dns, in_file, quoted
from reporter.errors import ConfigError
from tests.people_made import SECRET, made

NOW = datetime.now(UTC)
GOOD_SPF = ["v=spf1 mx -all"]
GOOD_DMARC = ["v=DMARC1; p=reject"]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key of ours."""
    path = tmp_path_factory.mktemp("key") / "dkim.pem"
    held = rsa.generate_private_key(65537, 2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(held.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    path.chmod(0o600)
    return path


def settings(key: Path) -> Settings:
    return Settings(
        mail=Mail(sender="The Briefing <briefing@example.org>", bounce_address="bounces@example.org"),
        dkim=Dkim("example.org", "made", key),
        smtp=Smtp(host="relay.example.net"),
    )


def publishes(held: Settings, **changed: Sequence[str]) -> Lookup:
    """The domain name system with all three records, or with others."""
    names = {"spf": "example.org", "dkim": "made._domainkey.example.org", "dmarc": "_dmarc.example.org"}
    public, _ = records.public_key(held)
    right = {"spf": GOOD_SPF, "dkim": [f"v=DKIM1; k=rsa; p={public}"], "dmarc": GOOD_DMARC}
    table = {names[which]: texts for which, texts in {**right, **changed}.items()}
    return lambda name: table.get(name, [])


def level(found: list[Finding], about: str) -> str:
    return max((each.level for each in found if each.about == about), key=list(Level).index).value


def test_records_that_are_right_are_good(key: Path) -> None:
    held = settings(key)
    assert {found.level for found in records.examined(held, publishes(held))} == {Level.GOOD}


@pytest.mark.parametrize(
    ("which", "texts", "found", "said"),
    [
        ("spf", [], "fault", "has no record"),
        ("spf", ["v=spf1 -all", "v=spf1 mx -all"], "fault", "2 records"),
        ("spf", ["v=spf1 mx +all"], "fault", "allows everybody"),
        ("spf", ["v=spf1 mx"], "warning", "end it with"),
        ("dkim", [], "fault", "has no record"),
        ("dkim", ["v=DKIM1; p=AAAA"], "fault", "another key"),
        ("dkim", ["v=DKIM1; p="], "fault", "another key"),
        ("dkim", ["v=DKIM1; p=A", "v=DKIM1; p=B"], "fault", "2 records"),
        ("dmarc", [], "fault", "has no record"),
        ("dmarc", ["v=DMARC1; p=none"], "warning", "p=quarantine"),
        ("dmarc", ["v=DMARC1; rua=mailto:a@example.org"], "fault", "p=quarantine"),
        ("dmarc", ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "fault", "2 records"),
    ],
)
def test_a_record_that_is_not_right_is_told(key: Path, which: str, texts: list[str], found: str, said: str) -> None:
    held = settings(key)
    told = list(records.examined(held, publishes(held, **{which: texts})))
    assert level(told, which.upper()) == found
    assert said in " ".join(f"{each.said} {each.do}" for each in told)
    assert [each.about for each in told if each.level != "good"] == [which.upper()]


def test_what_is_printed_to_publish_is_good_once_it_is_published(key: Path, tmp_path: Path) -> None:
    held = settings(key)
    told = list(records.examined(held, lambda _: []))
    assert [each.level.value for each in told] == ["fault"] * 3
    zone = tmp_path / "zone"
    zone.write_text("; ours\n" + "\n".join(each.line for each in told) + "\n")
    assert {each.level for each in records.examined(held, in_file(zone))} == {Level.GOOD}
    for line in zone.read_text().splitlines():
        assert all(len(part) <= 255 for part in re.findall(r'"([^"]*)"', line))


def test_a_long_record_is_cut_into_strings() -> None:
    assert quoted("x" * 300) == f'"{"x" * 255}" "{"x" * 45}"'


def test_where_nobody_answers_that_is_a_warning_with_the_record(key: Path) -> None:
    def silent(name: str) -> Sequence[str]:
        raise Unknown(name)

    told = list(records.examined(settings(key), silent))
    assert [each.level.value for each in told] == ["warning"] * 3
    assert all("TXT" in each.line and "nobody answers" in each.said for each in told)


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"example.org": [b"v=spf1", b" -all"]}, ["v=spf1 -all"]),
        ({"example.org": dns.resolver.NXDOMAIN, ".": [b"root"]}, []),
        ({"example.org": dns.resolver.NoAnswer, ".": [b"root"]}, []),
        ({"example.org": dns.resolver.NXDOMAIN, ".": dns.resolver.NXDOMAIN}, None),
        ({"example.org": dns.exception.Timeout}, None),
        ({"example.org": dns.resolver.NoNameservers}, None),
        ({"example.org": OSError}, None),
    ],
)
def test_a_name_that_is_not_known_is_told_from_a_network_that_knows_none(
    answers: Mapping[str, Any], found: list[str] | None
) -> None:
    def resolve(name: str, _kind: str, **_: object) -> list[Any]:
        answer = answers[name]
        if isinstance(answer, type):
            raise answer
        return [type("Record", (), {"strings": answer})]

    if found is None:
        with pytest.raises(Unknown):
            in_dns("example.org", resolve)
    else:
        assert list(in_dns("example.org", resolve)) == found


def test_a_signature_in_another_name_speaks_for_nobody(key: Path) -> None:
    held = replace(settings(key), dkim=Dkim("example.com", "made", key))
    told = list(records.examined(held, lambda _: []))
    assert any(each.said == "example.com signs for example.org" for each in told)
    unsigned = replace(settings(key), dkim=Dkim())
    assert level(list(records.examined(unsigned, lambda _: [])), "DKIM") == "warning"


def test_a_record_of_the_domain_above_counts_for_dmarc(key: Path) -> None:
    held = settings(key)
    below = replace(held, mail=Mail(sender="b@mail.example.org"))
    assert level(list(records.examined(below, publishes(held))), "DMARC") == "good"


def test_a_file_of_records_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        in_file(tmp_path / "none")
    zone = tmp_path / "zone"
    zone.write_text("# fine\nexample.org. TXT v=spf1 -all\nexample.org MX 10 mail\n")
    with pytest.raises(ConfigError, match="zone:3: not a record"):
        in_file(zone)


def house(folder: Path) -> Settings:
    """Settings whose files lie in a folder, with a list."""
    held = made(folder, "ann@example.org")
    return Settings(
        output=folder / "output", store=folder / "store.sqlite", list=List(held.path, folder / "ledger.sqlite")
    )


def of_machine(held: Settings, environment: Mapping[str, str] | None = None, now: datetime = NOW) -> list[Finding]:
    return list(machine.examined(held, environment or {}, now + timedelta(minutes=1)))


def faults(found: list[Finding]) -> list[str]:
    return [each.about for each in found if each.level is Level.FAULT]


def test_a_machine_that_is_well_has_nothing_to_mend(tmp_path: Path) -> None:
    assert faults(of_machine(house(tmp_path))) == []


def test_files_that_others_can_read_or_that_are_damaged_are_told(tmp_path: Path) -> None:
    held = house(tmp_path)
    held.list.people.chmod(0o644)
    held.list.ledger.write_bytes(b"not a database, but as long as one" * 100)
    held.list.ledger.chmod(0o600)
    secret = tmp_path / "secret"
    secret.write_text(SECRET.reveal())
    secret.chmod(0o640)
    found = of_machine(held, {"REPORTER_SECRET_FILE": str(secret)})
    assert faults(found) == ["list", "ledger", "REPORTER_SECRET_FILE"]
    assert f"chmod 600 {held.list.people}" in [each.line for each in found]


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    held = house(tmp_path)
    with sqlite3.connect(held.list.people) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    body = bytearray(held.list.people.read_bytes())
    body[4096:4200] = b"\xff" * 104
    held.list.people.write_bytes(bytes(body))
    assert "list" in faults(of_machine(held))


def test_a_clock_that_stands_before_the_files_is_told(tmp_path: Path) -> None:
    assert "clock" in faults(of_machine(house(tmp_path), now=datetime(2001, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(("free", "level"), [(10**7, "fault"), (5 * 10**8, "warning"), (10**11, "good")])
def test_room_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    assert {each.level.value for each in of_machine(house(tmp_path)) if each.about == "disk"} == {level}


def test_settings_without_which_nothing_may_leave_are_faults() -> None:
    found = list(delivery.settings(Settings(mail=Mail(sender="b@example.org")), {}))
    assert faults(found) == ["[mail] postal_address", "[site] url", "secret"]
    assert all(each.do for each in found)


@contextmanager
def smtp(*offers: str) -> Iterator[int]:
    """A relay that says hello."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            peer, _ = listening.accept()
            with peer, peer.makefile("rwb") as lines:
                lines.write(b"220 made\r\n")
                lines.flush()
                for line in lines:
                    words = ["made", *offers] if line.startswith(b"EHLO") else ["bye"]
                    reply = [f"250{' ' if n == len(words) else '-'}{word}\r\n" for n, word in enumerate(words, 1)]
                    lines.write("".join(reply).encode())
                    lines.flush()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def run(folder: Path, *words: str) -> Result:
    place = Path.cwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(reporter, ["doctor", *words], env={"REPORTER_SECRET": SECRET.reveal()})
    finally:
        os.chdir(place)


def configured(folder: Path, key: Path, port: int) -> None:
    made(folder, "ann@example.org")
    (folder / "reporter.toml").write_text(
        f"""
output = "{folder}"
[mail]
sender = "The Briefing <briefing@example.org>"
postal_address = "Made Street 1, Berlin"
bounce_address = "bounces@example.org"
list_id = "briefing.example.org"
[site]
url = "https://briefing.example.org"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[dkim]
domain = "example.org"
selector = "made"
key_file = "{key}"
[list]
people = "{folder}/people/subscribers.sqlite"
ledger = "{folder}/people/ledger.sqlite"
"""
    )


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_command_finds_all_well_and_then_what_is_not(tmp_path: Path, key: Path) -> None:
    with smtp("PIPELINING", "SIZE 20000000") as port:
        configured(tmp_path, key, port)
        public, _ = records.public_key(settings(key))
        zone = tmp_path / "zone"
        zone.write_text(
            f'example.org. 3600 IN TXT "v=spf1 mx -all"\nmade._domainkey.example.org. TXT "v=DKIM1; p={public}"\n'
            '_dmarc.example.org. TXT "v=DMARC1; p=reject"\n'
        )
        done = run(tmp_path, "--records", str(zone), "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["faults"]) == (0, 0)
    assert f"127.0.0.1:{port} answers in the clear" in done.output
    gone = run(tmp_path, "--records", str(zone))
    assert gone.exit_code == 2
    assert f"! SMTP: 127.0.0.1:{port} does not answer" in gone.output
    offline = run(tmp_path, "--offline")
    assert offline.exit_code == 0
    assert "SMTP" not in offline.output


def test_where_no_mail_is_set_up_the_machine_is_looked_at_and_no_more(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert "? mail: is not set up" in done.output
    assert "SPF" not in done.output
    assert done.exit_code == 0


def test_settings_that_cannot_be_read_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "reporter.toml").write_text("[mail]\nsendr = 1\n")
    done = run(tmp_path)
    assert done.exit_code == 2
    assert "mail.sendr is no setting; did you mean mail.sender?" in done.output
