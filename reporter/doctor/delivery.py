"""The way of a mail: settings, secret, relay, and the last edition's size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from reporter import keys
from reporter.config import Settings
from reporter.doctor.findings import Finding, fault, good, warning
from reporter.errors import ConfigError, ReporterError
from reporter.mail import tokens
from reporter.mail.smtp_hello import Patience, Relay, Unreachable

_LARGE = 10_000_000  # bytes: what many mailboxes take at most
_WORDS = {
    "[mail] sender": "who the mails are from",
    "[mail] postal_address": "many countries' law asks for it",
    "[site] url": "where the links to leave lead",
    "[mail] bounce_address": "where dead mailboxes are told",
    "[mail] list_id": "by which readers' programs sort",
}


def is_set_up(held: Settings) -> bool:
    """Whether anything is to be sent from here at all."""
    return bool(held.mail.sender)


def settings(held: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What has to be set before anything is sent."""
    values = {
        "[mail] sender": held.mail.sender,
        "[mail] postal_address": held.mail.postal_address,
        "[site] url": held.site.url,
        "[mail] bounce_address": held.mail.bounce_address,
        "[mail] list_id": held.mail.list_id,
    }
    for name, value in values.items():
        if not value:
            wanted = warning if name in {"[mail] bounce_address", "[mail] list_id"} else fault
            yield wanted(name, "is not set", f"set it in reporter.toml: {_WORDS[name]}")
    if held.site.url and not held.site.url.startswith("https://"):
        yield fault("[site] url", f"{held.site.url} is for this machine only", "set the public address, with https")
    try:
        found = tokens.find(environment)
    except ConfigError as error:
        yield fault("secret", str(error), "mend the variable or the file")
    else:
        yield (
            good("secret", "is there")
            if found
            else fault(
                "secret",
                "is not set: links in mails are made with it",
                "make one once, keep it, and set REPORTER_SECRET_FILE to its path",
                "(umask 077; python3 -c 'import secrets; print(secrets.token_urlsafe(48))' > secret)",
            )
        )


def relay(
    held: Settings, environment: Mapping[str, str], greet: Callable[[Relay], Mapping[str, str]]
) -> Iterator[Finding]:
    """Whether the relay answers, in which way, and lets us in."""
    smtp = held.smtp
    where = f"{smtp.host}:{smtp.port}"
    try:
        patience = Patience(connect=10, command=20, data=20, final=20)
        password = keys.smtp_password(environment)
        offers = greet(Relay(smtp.host, smtp.port, smtp.security, smtp.user, password, smtp.helo, patience))
    except Unreachable as error:
        yield fault("SMTP", str(error), "start the relay, or mend [smtp] host and port")
        return
    except ReporterError as error:
        yield fault("SMTP", str(error), "mend [smtp] in reporter.toml")
        return
    how = {
        "starttls": "by STARTTLS, certificate verified",
        "tls": "by TLS, certificate verified",
        "none": "in the clear",
    }
    login = f", as {smtp.user}" if smtp.user else ""
    yield good("SMTP", f"{where} answers {how[smtp.security]}{login}")
    if "PIPELINING" not in offers:
        yield warning("SMTP", f"{where} does not offer PIPELINING", "sending takes longer; nothing else is wrong")
    size = offers.get("SIZE", "")
    if size.isdecimal() and 0 < int(size) < _LARGE:
        yield warning("SMTP", f"{where} takes mails of {int(size):,} bytes at most", "see that editions stay below")


def last_edition(held: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """How large the mail of the last edition is, as it would leave."""
    from reporter.mail.message import LONGEST_HTML, Recipient, mould  # noqa: PLC0415

    folder = _latest(held.output)
    if folder is None:
        yield warning("mail", f"no edition with a mail in {held.output}", "build one: `reporter build`")
        return
    html = (folder / "mail" / "mail.html").stat().st_size
    try:
        secret = tokens.find(environment)
        if secret is None:
            return
        size = len(mould(folder, held, secret).fill(Recipient(1, "reader@example.org")).data)
    except ReporterError as error:
        found, _, remedy = str(error).removeprefix(f"{folder}: ").rpartition("; ")
        yield fault("mail", f"{folder}: {found or error}", remedy or "build the edition again with these settings")
        return
    said = f"{folder}: {size:,} bytes, of which HTML {html:,} (most: {LONGEST_HTML:,})"
    if size > _LARGE:
        yield fault("mail", said, 'set [mail] pdf = "linked" and images = "hosted"')
    else:
        yield good("mail", said)


def _latest(output: Path) -> Path | None:
    """The folder of the last edition that has a mail."""
    found = [path.parents[1] for depth in ("*/*", "*/*/*") for path in output.glob(f"{depth}/mail/mail.html")]
    dated = [(path.name, path) for path in found if _is_day(path.name)]
    return max(dated)[1] if dated else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
