"""From an edition's folder to one message a person: built once, filled for each, signed where there is a key.

::

    multipart/mixed                    where the PDF travels along
      multipart/alternative
        text/plain
        multipart/related              where the charts travel along
          text/html
          image/png …
      application/pdf

All of it is the same for everybody but for a few marks. `Mould` holds the bytes between them; to fill it costs some
tens of microseconds, and a signature one RSA operation and a hash more. The same edition, person and settings give the
same bytes, today and in a year: `Date` is the edition's, `Message-ID` an HMAC, boundaries are hashes.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reporter.config import Settings
from reporter.errors import ConfigError, DeliveryError
from reporter.mail import headers, links, parts, verp
from reporter.mail.dkim import Signer, relaxed_lines, signer
from reporter.mail.tokens import Tokens
from reporter.render.mailed import ADDRESS, MARKS, UNSUBSCRIBE, letterhead

LONGEST_HTML = 100_000  # bytes, as when it was built
_PURPOSE = "message-id"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is written to; `name` may be empty."""

    id: int
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as it goes over the wire, but for dots: `data` ends its lines with CRLF and has none longer than 998."""

    envelope_from: str
    envelope_to: str
    message_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Edition:
    """What is to be sent, read from its folder."""

    key: str  # briefing and day, as the ledger calls it
    briefing: str
    as_of: date
    title: str
    subject: str
    text: str
    html: str
    pictures: Mapping[str, bytes]
    pdf: bytes | None
    page: str


@dataclass(frozen=True, slots=True)
class Mould:
    """An edition as bytes with marks. `pieces` and `canonical` are its body between them, as it is and for DKIM."""

    edition: str
    settings: Settings
    tokens: Tokens
    at: int  # seconds since 1970, of Date and signature
    constant: tuple[tuple[str, str], ...]
    content: tuple[tuple[str, str], ...]
    marks: tuple[str, ...]
    escaped: int  # the mark from which on they stand in HTML
    pieces: tuple[bytes, ...]
    canonical: tuple[bytes, ...]
    signer: Signer | None

    def fill(self, person: Recipient) -> Message:
        """The message of one person; raise UnsafeHeader where their name or address would break out of a header."""
        leave = links.leave(self.settings.site.url, person.id, self.tokens)
        identity = f"<{self._identity(person)}@{self._domain}>"
        sender = self._returned(person)
        fields = (*self.constant, *self._personal(person, identity, leave, sender), *self.content)
        block = headers.block(fields)
        values = [parts.filled(value) for value in self._values(person, leave)]
        signed = self._signature(fields, values)
        data = b"".join((signed, block, b"\r\n", *_woven(self.pieces, values)))
        return Message(sender, person.address, identity, data)

    def _personal(self, person: Recipient, identity: str, leave: str, sender: str) -> Iterator[tuple[str, str]]:
        """The headers that differ; the address to leave by mail is the one that says whose mail it was."""
        token = leave.rpartition("/")[2]
        yield "To", headers.mailbox("To", person.name, person.address)
        yield "Message-ID", identity
        yield (
            "List-Unsubscribe",
            f"<{leave}>,\r\n <mailto:{quote(sender, safe='@+')}?subject={links.BY_MAIL}%20{token}>",
        )

    def _values(self, person: Recipient, leave: str) -> list[str]:
        """What takes the place of each mark, in order."""
        held = {UNSUBSCRIBE: leave, ADDRESS: person.address}
        return [held[mark] if at < self.escaped else escape(held[mark]) for at, mark in enumerate(self.marks)]

    def _identity(self, person: Recipient) -> str:
        digest = self.tokens.digest(_PURPOSE, f"{self.edition}\0{person.id}")
        return urlsafe_b64encode(digest[:18]).decode("ascii")

    def _returned(self, person: Recipient) -> str:
        """Where the mail comes back to."""
        base = self.settings.mail.bounce_address
        return verp.address(base, self.edition, person.id, self.tokens) if base else _address(self.settings.mail.sender)

    @property
    def _domain(self) -> str:
        return _address(self.settings.mail.sender).rpartition("@")[2]

    def _signature(self, fields: Sequence[tuple[str, str]], values: Sequence[bytes]) -> bytes:
        if self.signer is None:
            return b""
        digest = hashlib.sha256()
        for piece in _woven(self.canonical, values):
            digest.update(piece)
        return self.signer.sign(fields, digest.digest(), self.at)


def mould(folder: Path, settings: Settings, tokens: Tokens, dated: datetime | None = None) -> Mould:
    """The mould of the edition in a folder; `dated` is what its mails are dated with, else the day it is of.

    Raise ConfigError where settings are missing, DeliveryError where the folder holds no mail, or another's.
    """
    _complete(settings)
    edition = _read(folder, settings)
    attached = [parts.File(_called(edition), "application/pdf", edition.pdf)] if edition.pdf else []
    shown, pictures = _shown(edition, settings)
    body = parts.body(edition.text, shown, pictures, attached, MARKS)
    pieces, marks = _parted(body.body)
    if not all(UNSUBSCRIBE in told for told in (edition.text, edition.html)):
        message = f"{folder}: a mail without a link to unsubscribe goes to nobody; mend the template it was made with"
        raise DeliveryError(message)
    moment = (dated or datetime.combine(edition.as_of, time(), UTC)).replace(microsecond=0)
    return Mould(
        edition=edition.key,
        settings=settings,
        tokens=tokens,
        at=int(moment.timestamp()),
        constant=tuple(_constant(edition, settings, moment)),
        content=(("MIME-Version", "1.0"), *_fields(body.headers)),
        marks=marks,
        escaped=sum(edition.text.count(mark) for mark in MARKS),
        pieces=pieces,
        canonical=tuple(relaxed_lines(piece) for piece in pieces),
        signer=signer(settings.dkim),
    )


def _complete(settings: Settings) -> None:
    """Raise ConfigError with all that is missing before a mail may go to anybody."""
    asked = {
        "[mail] sender": (settings.mail.sender, "who the mail is from"),
        "[mail] postal_address": (settings.mail.postal_address, "where the sender can be reached by post"),
        "[site] url": (settings.site.url, "where the link to unsubscribe leads"),
    }
    missing = [f"{name} is needed: {why}" for name, (value, why) in asked.items() if not value]
    if missing:
        raise ConfigError("\n".join(missing))


def _read(folder: Path, settings: Settings) -> Edition:
    facts, about = _json(folder / "facts.json"), _json(folder / "mail" / "mail.json")
    held = letterhead(settings, str(facts["briefing"]), date.fromisoformat(facts["as_of"]))
    if about["page"] != held.page:
        message = f"{folder}: the mail was made for {about['page'] or 'no page'}, and [site] url now says {held.page}; "
        raise DeliveryError(message + "build the edition again")
    if about["postal_address"] != settings.mail.postal_address:
        message = f"{folder}: the mail was made with another [mail] postal_address; build the edition again"
        raise DeliveryError(message)
    html = _bytes(folder / "mail" / "mail.html")
    if len(html) > LONGEST_HTML:
        message = f"{folder / 'mail' / 'mail.html'}: {len(html):,} bytes of HTML are more than {LONGEST_HTML:,}"
        raise DeliveryError(message)
    return Edition(
        key=f"{facts['briefing']}/{facts['as_of']}",
        briefing=str(facts["briefing"]),
        as_of=date.fromisoformat(facts["as_of"]),
        title=str(about["name"]),
        subject=str(about["subject"]),
        text=_bytes(folder / "mail" / "mail.txt").decode(),
        html=html.decode(),
        pictures={str(name): _bytes(folder / "mail" / str(name)) for name in about["images"]},
        pdf=_bytes(folder / "briefing.pdf") if settings.mail.pdf == "attached" else None,
        page=held.page,
    )


def _json(path: Path) -> Any:  # noqa: ANN401 -- JSON
    try:
        return json.loads(_bytes(path))
    except ValueError as error:
        message = f"{path}: not JSON: {error}"
        raise DeliveryError(message) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path}: {error.strerror}; build the edition anew, with its mail and its PDF"
        raise DeliveryError(message) from error


def _shown(edition: Edition, settings: Settings) -> tuple[str, list[parts.File]]:
    """The HTML with its pictures where they are shown from, and those that travel along."""
    folder = edition.page.removesuffix("index.html")
    attached = settings.mail.images == "attached"
    stem, domain = hashlib.sha256(edition.key.encode()).hexdigest()[:12], settings.mail.sender
    domain = _address(domain).rpartition("@")[2]
    called = {name: f"{Path(name).stem}.{stem}@{domain}" for name in edition.pictures}
    places = {name: f"cid:{cid}" if attached else f"{folder}mail/{name}" for name, cid in called.items()}
    try:
        html = parts.renamed(edition.html, places)
    except ValueError as error:
        message = f"mail/mail.html: {error}; build the edition again"
        raise DeliveryError(message) from error
    files = [parts.File(name, "image/png", held, called[name]) for name, held in edition.pictures.items()]
    return html, files if attached else []


def _called(edition: Edition) -> str:
    return f"{edition.briefing.replace('/', '-')}-{edition.as_of}.pdf"


def _constant(edition: Edition, settings: Settings, moment: datetime) -> Iterator[tuple[str, str]]:
    """The headers that are the same for everybody."""
    mail = settings.mail
    name, sender = parseaddr(mail.sender)
    domain = sender.rpartition("@")[2]
    yield "From", headers.mailbox("From", name, sender)
    if mail.reply_to:
        yield "Reply-To", headers.mailbox("Reply-To", *parseaddr(mail.reply_to))
    yield "Subject", headers.unstructured("Subject", edition.subject)
    yield "Date", format_datetime(moment.astimezone(UTC))
    yield "List-Id", headers.mailbox("List-Id", edition.title, mail.list_id or f"briefing.{domain}")
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "List-Archive", f"<{edition.page}>"
    yield "Auto-Submitted", "auto-generated"
    yield "Precedence", "bulk"
    # Of four parts, the last of which stays the same for as long as the sender does; receivers count by them.
    identity = hashlib.sha256(domain.encode()).hexdigest()[:12]
    yield "Feedback-ID", f"{edition.as_of}:{edition.briefing.replace('/', '-')}:edition:{identity}"


def _fields(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(": ")
        yield name, value


def _parted(body: bytes) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """The body between its marks, and the marks in order."""
    lines = {mark: parts.SOFT + mark.encode("ascii") + parts.SOFT for mark in MARKS}
    pieces, marks = [b""], []
    rest = body
    while found := min(((at, mark) for mark, line in lines.items() if (at := rest.find(line)) >= 0), default=None):
        at, mark = found
        pieces[-1] = rest[: at + len(parts.SOFT)]
        rest = rest[at + len(lines[mark]) - len(parts.SOFT) :]
        pieces.append(b"")
        marks.append(mark)
    pieces[-1] = rest
    return tuple(pieces), tuple(marks)


def _woven(pieces: Sequence[bytes], values: Sequence[bytes]) -> Iterator[bytes]:
    for piece, value in zip(pieces, values, strict=False):
        yield piece
        yield value
    yield pieces[-1]


@lru_cache(maxsize=8)
def _address(mailbox: str) -> str:
    return parseaddr(mailbox)[1]
