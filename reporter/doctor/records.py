"""SPF, DKIM and DMARC: what has to be published for a mail to arrive, and whether it is.

Looked up in the domain name system, or read from lines as they would be published. Where neither answers, that is a
warning with the record to publish. RFC 7208 (SPF), 6376 (DKIM), 7489 (DMARC).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Any

from reporter.config import Settings
from reporter.doctor.findings import Finding, fault, good, warning
from reporter.errors import ConfigError, ReporterError

# The TXT records of a name, each put together from its parts; none where there are none. Raises Unknown.
Lookup = Callable[[str], Sequence[str]]
_LINE = re.compile(r"^(?P<name>[\w.-]+)\s+(?:\d+\s+)?(?:IN\s+)?TXT\s+(?P<text>.+)$", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SECONDS = 5.0


class Unknown(Exception):
    """Nobody answers: whether a record is published cannot be told from here."""


def in_dns(name: str, resolve: Callable[..., Any] | None = None) -> Sequence[str]:
    """The TXT records of a name as the network has them; `resolve` stands in for dnspython's in a test."""
    import dns.exception  # noqa: PLC0415 -- 60 ms that only this needs
    import dns.resolver  # noqa: PLC0415

    ask = partial(resolve or dns.resolver.resolve, lifetime=_SECONDS, search=False)
    try:
        found = ask(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        try:
            ask(".", "NS")  # behind some walls no name is known at all, and that says nothing of this one
        except (dns.exception.DNSException, OSError) as error:
            message = "no name is known here"
            raise Unknown(message) from error
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise Unknown(type(error).__name__) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in found]


def in_file(path: Path) -> Lookup:
    """The same from lines as they would be published: `name TXT "text" "more of it"`; raise ConfigError on others."""
    held: dict[str, list[str]] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as records: {error}"
        raise ConfigError(message) from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        found = _LINE.match(line.strip())
        if not found:
            message = f'{path}:{number}: not a record; write it as: example.org. TXT "v=spf1 -all"'
            raise ConfigError(message)
        parts = _QUOTED.findall(found["text"]) or [found["text"]]
        held.setdefault(found["name"].rstrip(".").lower(), []).append("".join(parts))
    return lambda name: held.get(name.rstrip(".").lower(), [])


def examined(held: Settings, lookup: Lookup) -> Iterator[Finding]:
    """The three records, and whether they speak for the address that readers see."""
    sender = parseaddr(held.mail.sender)[1].rpartition("@")[2].lower()
    if not sender:
        return
    envelope = held.mail.bounce_address.rpartition("@")[2].lower() or sender
    yield _spf(held, envelope, lookup)
    if held.dkim.key_file:
        yield _dkim(held, lookup)
    else:
        yield warning(
            "DKIM",
            "mails are not signed here",
            "let the relay sign in the name of this domain, or set [dkim]; large receivers refuse unsigned bulk mail",
        )
    yield _dmarc(sender, lookup)
    signs = held.dkim.domain.lower()
    if signs and not _aligned(signs, sender):
        yield fault("DKIM", f"{signs} signs for {sender}", f"sign with [dkim] domain {sender} or a domain above it")
    if not _aligned(envelope, sender):
        yield warning("SPF", f"mails return to {envelope}, and are from {sender}", "DMARC then rests on DKIM alone")


def _spf(held: Settings, domain: str, lookup: Lookup) -> Finding:
    host = held.smtp.host
    way = f"a:{host}" if re.search(r"[a-z]", host) and host != "localhost" else "a mx"
    line = f'{domain}. TXT "v=spf1 {way} -all"'
    try:
        found = [text for text in lookup(domain) if text.lower().startswith("v=spf1")]
    except Unknown as error:
        return warning("SPF", f"{domain}: nobody answers ({error})", "look again with a network", line)
    if not found:
        return fault("SPF", f"{domain} has no record", "publish this, or what your relay's provider names", line)
    if len(found) > 1:
        return fault("SPF", f"{domain} has {len(found)} records, so none counts", "make one of them")
    ending = found[0].split()[-1].lower()
    if ending in {"+all", "all", "?all"}:
        return fault("SPF", f"{domain}: {found[0]}", "end it with -all or ~all: as it is, it allows everybody", line)
    if not ending.endswith("all") and not ending.startswith("redirect="):
        return warning("SPF", f"{domain}: {found[0]}", "end it with -all or ~all")
    return good("SPF", f"{domain}: {found[0]}")


def _dkim(held: Settings, lookup: Lookup) -> Finding:
    name = f"{held.dkim.selector}._domainkey.{held.dkim.domain}"
    try:
        key, bits = public_key(held)
    except ReporterError as error:
        return fault(
            "DKIM", str(error), "make a key, and set [dkim] key_file to it", "openssl genrsa -out dkim.pem 2048"
        )
    line = f"{name}. TXT {quoted(f'v=DKIM1; k=rsa; p={key}')}"
    try:
        found = [_tags(text) for text in lookup(name)]
    except Unknown as error:
        return warning("DKIM", f"{name}: nobody answers ({error})", "look again with a network", line)
    if len(found) != 1:
        many = f"{len(found)} records, so which counts is anybody's guess" if found else "no record"
        return fault("DKIM", f"{name} has {many}", "publish this, and no other", line)
    if re.sub(r"\s", "", found[0].get("p", "")) != key:
        return fault("DKIM", f"{name} holds another key than [dkim] key_file", "publish this, or mend key_file", line)
    if "y" in found[0].get("t", "").split(":"):
        return warning("DKIM", f"{name} says that it is a test", "take t=y out of the record", line)
    return good("DKIM", f"{name} holds our key of {bits} bits", line)


def _dmarc(domain: str, lookup: Lookup) -> Finding:
    line = f'_dmarc.{domain}. TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"'
    try:
        names = [f"_dmarc.{domain}", *([f"_dmarc.{above}"] if (above := _organisation(domain)) != domain else [])]
        found = next((held for name in names if (held := [t for t in lookup(name) if t.startswith("v=DMARC1")])), [])
    except Unknown as error:
        return warning("DMARC", f"_dmarc.{domain}: nobody answers ({error})", "look again with a network", line)
    if not found:
        return fault("DMARC", f"{domain} has no record", "publish this: large receivers ask bulk senders for one", line)
    if len(found) > 1:
        return fault("DMARC", f"{domain} has {len(found)} records, so none counts", "keep one")
    policy = _tags(found[0]).get("p", "").lower()
    if policy not in {"none", "quarantine", "reject"}:
        return fault(
            "DMARC", f"{domain}: {found[0]}", "say what is to be done with mails that fail: p=quarantine", line
        )
    if policy == "none":
        return warning("DMARC", f"{domain}: {found[0]}", "once reports are clean, set p=quarantine", line)
    return good("DMARC", f"{domain}: {found[0]}")


def public_key(held: Settings) -> tuple[str, int]:
    """The public half of the DKIM key, base64 of its DER, and its bits; raise ConfigError as a signer does."""
    from reporter.mail.dkim import published  # noqa: PLC0415 -- cryptography: a tenth of a second

    der, bits = published(held.dkim)
    return base64.b64encode(der).decode("ascii"), bits


def quoted(text: str) -> str:
    """A TXT record in strings of at most 255 bytes: RFC 1035, 3.3.14."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


def _tags(text: str) -> dict[str, str]:
    """`v=DKIM1; p=…` by tag: RFC 6376, 3.2."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _organisation(domain: str) -> str:
    """The last two labels: without the list of public suffixes a guess, good enough to look above a subdomain."""
    return ".".join(domain.split(".")[-2:])


def _aligned(one: str, other: str) -> bool:
    """Relaxed alignment, RFC 7489 3.1: one is the other, or one stands above the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
