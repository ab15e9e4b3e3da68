"""A working folder to send from: settings, three readers, and `reporter send` on it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result

from reporter.cli import reporter
from reporter.errors import DeliveryError, ReporterError
from reporter.keys import Secret
from reporter.mail.people import Consent, People
from reporter.mail.tokens import Tokens
from tests.smtp_server import Server

SECRET = "a secret of the tests that is long enough"  # noqa: S105 -- of the tests
READERS = ("ann@example.org", "ben@example.com", "cem@example.net")
TOML = """output = "output"
[site]
url = "https://example.org"
[mail]
sender = "The Briefing <briefing@example.org>"
postal_address = "1 Example Street, 12345 Example City"
bounce_address = "bounces@example.org"
max_age_days = 3650
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = 1
[list]
people = "people.sqlite"
ledger = "ledger.sqlite"
witness = "witness"
"""


def made_readers(folder: Path) -> None:
    """Three people who have consented."""
    people = People(folder / "people.sqlite", Tokens(Secret(SECRET)))
    at = datetime(2026, 2, 1, tzinfo=UTC)
    for address in READERS:
        people.add(address, address.partition("@")[0].title(), Consent("by hand", at.date()), at)


def run(house: Path, server: Server, *words: str) -> Result:
    (house / "reporter.toml").write_text(TOML.format(port=server.relay().port))
    return CliRunner().invoke(reporter, ["send", *words])


def refused(result: Result, said: str, kind: type[ReporterError] = DeliveryError) -> None:
    assert isinstance(result.exception, kind), f"{result.output}{result.exception!r}"
    assert said in str(result.exception)
