"""What a value of a setting must be beyond its type: each check answers with what is expected, or with nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from reporter.keys import unsafe
from reporter.sources.base import is_allowed

Check = Callable[[Any], str]

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322, dot-atom
_MAILBOX = re.compile(
    r'(?:"[^"\\]*"|[^<>@,;:"\\()\[\]]*)<(?P<named>[^<>\s]+)>|(?P<bare>[^<>\s]+)'
)  # RFC 5322, a plain one
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def base_url(url: str) -> str:
    """An address that a publisher answers at."""
    return "" if is_allowed(url) else "must start with https:// (or http:// on this machine)"


def public_url(url: str) -> str:
    """The address that something is published under, or none."""
    parts = urlsplit(url)
    if not url or (is_allowed(url) and parts.hostname and not (parts.query or parts.fragment)):
        return ""
    return "must be an address like https://example.org/briefing, without ? and #"


def folder(path: Path) -> str:
    """A folder that is there."""
    return "" if path.is_dir() else "must be a folder that is there; make it, or mend the path"


def file(path: Path) -> str:
    """A file that is there."""
    return "" if path.is_file() else "must be a file that is there; mend the path"


def private_file(path: Path) -> str:
    """A file that only its owner can read."""
    return next((f"must be the owner’s alone: {path} {fault}" for fault in unsafe(path)), "")


def file_or_folder(path: Path) -> str:
    """Either."""
    return "" if path.exists() else "must be a file or a folder that is there; mend the path"


def address(text: str) -> str:
    """A plain mail address, or none."""
    local, _, domain = text.rpartition("@")
    if not text or (_LOCAL.fullmatch(local) and _is_domain(domain)):
        return ""
    return "must be a mail address like briefing@example.org"


def mailbox(text: str) -> str:
    """A mail address with or without a name before it, or none."""
    if not text:
        return ""
    parts = _MAILBOX.fullmatch(text)
    held = (parts["named"] or parts["bare"]) if parts and text.isprintable() else ""
    if not held or address(held):
        return 'must be a mail address like "The Briefing <briefing@example.org>"'
    return ""


def domain(text: str) -> str:
    """A name of the domain name system, or none."""
    return "" if not text or _is_domain(text) else "must be a domain like example.org"


def host(text: str) -> str:
    """A machine by its name or number."""
    return "" if re.fullmatch(r"[A-Za-z0-9._:-]+", text) else "must be the name of a machine, like smtp.example.org"


def list_id(text: str) -> str:
    """What stands in a List-Id, RFC 2919 2: dotted, without angle brackets."""
    return "" if not text or (_is_domain(text) and "." in text) else "must be dotted, like briefing.example.org"


def lag(days: int) -> str:
    """Days from the end of a period to its release."""
    return "" if -1 <= days <= 1000 else "must be a number of days"  # noqa: PLR2004


def at_least(least: int, most: int) -> Check:
    """A number within bounds."""
    return lambda number: "" if least <= number <= most else f"must be between {least} and {most}"


def line(text: str) -> str:
    """Words on one line."""
    return "" if not text or text.isprintable() else "must be words on one line"


def lines(texts: tuple[str, ...]) -> str:
    """Lines of words, none empty."""
    return "" if all(text.strip() and text.isprintable() for text in texts) else "must be lines of words, none empty"


def colour(text: str) -> str:
    """A colour in hexadecimal, or none."""
    return "" if not text or _HEX.fullmatch(text) else 'must be a colour like "#a61e3c"'


def _is_domain(text: str) -> bool:
    return len(text) <= 253 and bool(_DOMAIN.fullmatch(text))  # noqa: PLR2004 -- RFC 1035 2.3.4
