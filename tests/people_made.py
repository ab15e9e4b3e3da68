"""A list of subscribers made by hand."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

from reporter.keys import Secret
from reporter.mail.people import Consent, People
from reporter.mail.people_csv import Report, take_in
from reporter.mail.tokens import Tokens

SECRET = Secret("a secret of more than thirty-two bytes, made for tests")
TOKENS = Tokens(SECRET)
AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
CONSENT = Consent("desk at the fair", date(2026, 5, 2))


def made(folder: Path, *addresses: str, tokens: Tokens | None = TOKENS) -> People:
    """A list in a folder, with active people."""
    held = People(folder / "people" / "subscribers.sqlite", tokens)
    for address in addresses:
        held.add(address, "", CONSENT, AT)
    return held


def imported(held: People, text: str, consent: Consent | None = CONSENT, *, dry_run: bool = False) -> Report:
    """What an import of a text says."""
    return take_in(held, io.StringIO(text, newline=""), consent, AT, dry_run=dry_run)


def sendable(held: People) -> list[str]:
    """The addresses that may be written to now."""
    with held.reading() as connection:
        return [address for (address,) in connection.execute("SELECT address FROM sendable ORDER BY id")]
