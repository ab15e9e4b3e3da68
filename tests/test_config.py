"""reporter.toml: what may stand in it, and how every mistake is told at once."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from reporter import keys
from reporter.config import Settings, load, reader
from reporter.errors import ConfigError


def of(folder: Path, text: str, **environment: str) -> Settings:
    (folder / "reporter.toml").write_text(text, encoding="utf-8")
    return load(folder, environment)


def faults(folder: Path, text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        of(folder, text, **environment)
    return [line.removeprefix(f"{folder / 'reporter.toml'}: ") for line in str(caught.value).splitlines()]


def test_no_file_is_as_good_as_an_empty_one(tmp_path: Path) -> None:
    assert load(tmp_path, {}) == of(tmp_path, "") == Settings()


def test_tables_are_read_and_paths_are_seen_from_the_files_folder(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg/>")
    held = of(
        tmp_path,
        """
output = "editions"
[brand]
name = "Harbour Research"
logo = "logo.svg"
legal = ["Registered no. 12345", "1 Quay Street"]
[brand.colours]
accent = "#005f73"
[site]
url = "https://example.org/briefing"
[mail]
sender = "The Briefing <briefing@example.org>"
images = "hosted"
max_age_days = 3
[smtp]
port = 587
[list]
people = "people.sqlite"
""",
    )
    assert (held.output, held.brand.logo) == (tmp_path / "editions", tmp_path / "logo.svg")
    assert held.brand.legal == ("Registered no. 12345", "1 Quay Street")
    assert (held.brand.colours.accent, held.brand.colours.ink) == ("#005f73", "")
    assert (held.mail.images, held.mail.max_age_days, held.smtp.port) == ("hosted", 3, 587)
    assert held.smtp.security == "starttls"
    assert held.list.people == tmp_path / "people.sqlite"


def test_the_environment_wins_over_the_file_and_over_its_mistakes(tmp_path: Path) -> None:
    held = of(tmp_path, 'paper = "A5"\nbriefing = "one"', REPORTER_PAPER="Letter", REPORTER_BRIEFING="two")
    assert (held.paper, held.briefing) == ("Letter", "two")
    assert faults(tmp_path, "", REPORTER_PAPER="A5") == ['REPORTER_PAPER must be "A4" or "Letter", not "A5"']


def test_every_mistake_is_told_at_once_with_its_key_and_what_is_expected(tmp_path: Path) -> None:
    text = """
papr = "A4"
cache = 3
fred_url = "http://example.org"
smtp = "localhost"
[brand]
nmae = "Harbour"
legal = "one line"
[brand.colours]
accent = "red"
acent_dark = "#ffffff"
[mail]
sender = "nobody"
images = "inline"
max_age_days = true
[list]
people = ""
"""
    assert faults(tmp_path, text) == [
        "papr is no setting; did you mean paper?",
        "cache must be a path in quotation marks, not 3",
        'fred_url must start with https:// (or http:// on this machine), not "http://example.org"',
        "brand.nmae is no setting; did you mean brand.name?",
        'brand.legal must be a list of texts in quotation marks, not "one line"',
        "brand.colours.acent_dark is no setting; did you mean brand.colours.accent_dark?",
        'brand.colours.accent must be a colour like "#a61e3c", not "red"',
        'mail.sender must be a mail address like "The Briefing <briefing@example.org>", not "nobody"',
        'mail.images must be "attached" or "hosted", not "inline"',
        "mail.max_age_days must be a whole number, not true",
        'smtp must be a table of its own, not "localhost"',
        'list.people must be a path in quotation marks, not ""',
    ]


def test_a_setting_in_the_wrong_table_is_told_where_it_belongs(tmp_path: Path) -> None:
    assert faults(tmp_path, 'postal_address = "1 Quay Street"') == [
        "postal_address is no setting; did you mean mail.postal_address?"
    ]
    assert faults(tmp_path, '[brand]\nurl = "https://example.org"') == [
        "brand.url is no setting; did you mean site.url?"
    ]


def test_what_is_like_nothing_is_told_what_there_is(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "[dkim]\nqqq = 1")
    assert fault == "dkim.qqq is no setting; there are: domain, selector, key_file"


def test_what_does_not_go_together_is_a_mistake(tmp_path: Path) -> None:
    assert faults(tmp_path, '[smtp]\nhost = "smtp.example.org"\nsecurity = "none"') == [
        'smtp.security must be "starttls" or "tls" for smtp.example.org: only this machine is spoken to in the clear'
    ]
    assert of(tmp_path, '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"').smtp.security == "none"
    assert faults(tmp_path, '[dkim]\ndomain = "example.org"') == [
        "dkim.selector must be there too: a signature needs all of domain, selector, key_file",
        "dkim.key_file must be there too: a signature needs all of domain, selector, key_file",
    ]


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("site.url", "https://example.org/a", "https://example.org/?a=b"),
        ("site.url", "http://127.0.0.1:8000", "http://example.org"),
        ("mail.sender", "a@example.org", "a@example.org, b@example.org"),
        ("mail.sender", "Ann Ó Broin <a.b@example.org>", "Ann\\r\\nBcc: <b@example.org>"),
        ("mail.list_id", "briefing.example.org", "<briefing.example.org>"),
        ("mail.bounce_address", "bounces@example.org", "Bounces <bounces@example.org>"),
        ("mail.postal_address", "1 Quay Street", "1 Quay Street\\nDublin"),
        ("smtp.host", "smtp_relay", "smtp relay"),
        ("dkim.domain", "", "-example.org"),
    ],
)
def test_values_are_checked(key: str, right: str, wrong: str, tmp_path: Path) -> None:
    table, _, name = key.partition(".")
    of(tmp_path, f'[{table}]\n{name} = "{right}"')
    (fault,) = faults(tmp_path, f'[{table}]\n{name} = "{wrong}"')
    assert fault.startswith(f"{key} must be")


def test_paths_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    told = faults(tmp_path, 'templates = "mine"\n[brand]\nlogo = "logo.svg"\n[brand.fonts]\nsans = "fonts"')
    assert [fault.partition(" must")[0] for fault in told] == ["templates", "brand.logo", "brand.fonts.sans"]
    assert told[0].endswith('make it, or mend the path, not "mine"')


@pytest.mark.skipif(sys.platform == "win32", reason="access lists, not bits")
def test_a_private_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("")
    path.chmod(0o644)
    (fault,) = faults(tmp_path, 'signing_key_file = "key.pem"')
    assert "can be read by others: run chmod 600 on it" in fault
    path.chmod(0o600)
    assert of(tmp_path, 'signing_key_file = "key.pem"').signing_key_file == path


def test_a_file_that_is_not_toml_is_told(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "paper = A4")
    assert fault.startswith("not TOML: ")


def tables(kind: type[Any] = Settings) -> list[type[Any]]:
    return [kind, *(each for hint in reader.hints(kind).values() if is_dataclass(hint) for each in tables(hint))]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", tables(), ids=lambda kind: kind.__name__)
def test_every_setting_says_what_it_is_for_and_its_default_passes_its_own_check(kind: type[Any]) -> None:
    for each in fields(kind):
        if is_dataclass(reader.hints(kind)[each.name]):
            continue
        assert each.metadata["said"], each.name
        check = each.metadata["check"]
        assert check is None or each.default is None or not check(each.default), each.name


def test_secrets_come_from_the_environment_alone(tmp_path: Path) -> None:
    assert "password" in faults(tmp_path, '[smtp]\npassword = "x"')[0]
    path = tmp_path / "secret"
    path.write_text("s" * 32 + "\n")
    path.chmod(0o600)
    assert keys.list_secret({"REPORTER_SECRET_FILE": str(path)}).reveal() == "s" * 32
    for short in ({}, {"REPORTER_SECRET": "s" * 31}):
        with pytest.raises(ConfigError, match="a secret of at least 32 bytes is needed"):
            keys.list_secret(short)
    assert keys.smtp_password({}) is None
    held = keys.smtp_password({"REPORTER_SMTP_PASSWORD": "naïve"})
    assert held
    assert (held.reveal(), repr(held)) == ("naïve", "Secret(***)")
