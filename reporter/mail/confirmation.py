"""The one mail that goes to somebody who is not on the list: it asks whether it was they who asked to be.

Plain text, by templates/web/confirmation.txt.j2, whose first line is the subject. The same letter makes the same bytes,
so that one which is tried again is not a second one.
"""

from __future__ import annotations

import hashlib
import quopri
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr

from reporter.config import Settings
from reporter.errors import ConfigError, RenderError
from reporter.mail import headers
from reporter.mail.dkim import relaxed_lines, signer
from reporter.mail.optin import Letter
from reporter.mail.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A mail as the wire takes it: CRLF line ends, ASCII throughout."""

    envelope_from: str
    envelope_to: str
    data: bytes


def written(letter: Letter, text: str, settings: Settings, tokens: Tokens) -> Confirmation:
    """The mail of a letter; `text` is the filled template. Raise ConfigError where no sender is set."""
    held = settings.mail
    name, sender = parseaddr(held.sender)
    if not sender:
        message = "mail has no sender: set [mail] sender in reporter.toml"
        raise ConfigError(message)
    subject, _, words = text.partition("\n")
    if not subject.strip() or not words.strip():
        message = "the first line is the subject, and a text has to follow"
        raise RenderError(message, template="web/confirmation.txt.j2")
    digest = tokens.digest("message id", f"confirm {letter.subscriber}.{letter.asked_at}").hex()[:32]
    fields = [
        ("From", headers.mailbox("From", name, sender)),
        ("To", headers.mailbox("To", "", letter.address)),
        ("Subject", headers.unstructured("Subject", " ".join(subject.split()))),
        ("Date", format_datetime(datetime.fromtimestamp(letter.asked_at, UTC))),
        ("Message-ID", f"<{digest}@{sender.rpartition('@')[2]}>"),
        *([("Reply-To", headers.mailbox("Reply-To", *parseaddr(held.reply_to)))] if held.reply_to else []),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
    ]
    body = quopri.encodestring(f"{words.strip()}\n".encode()).replace(b"\n", b"\r\n")
    signs, hashed = signer(settings.dkim), hashlib.sha256(relaxed_lines(body)).digest()
    signature = signs.sign(fields, hashed, letter.asked_at) if signs else b""
    data = signature + headers.block(fields) + b"\r\n" + body
    return Confirmation(held.bounce_address or sender, letter.address, data)
