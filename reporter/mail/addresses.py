"""Addresses and names of people: held against the rules once, where they come in.

An address is kept as it goes onto the wire: ASCII, its domain in small letters and, where that is international, in
the form of IDNA 2008. Mailboxes that need SMTPUTF8, quoted ones and literal addresses are refused. Whether a domain
answers is never asked: that would tell the name servers who subscribes.
"""

from __future__ import annotations

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from reporter.errors import ConfigError

LONGEST = 254  # RFC 5321, 4.5.3.1.3, less its angle brackets
_LONGEST_LOCAL = 64  # 4.5.3.1.1
LONGEST_NAME = 200
# RFC 5322's dot-atom. The rest of an address is the library's to judge: a quarter of a millisecond, so once a domain.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
# Control, format (but the joiners that some scripts spell with), surrogates, line and paragraph separators.
_UNFIT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"


class BadEntry(ConfigError):
    """An address or a name that cannot be taken; the message says why and repeats neither."""


def normalised(text: str) -> str:
    """The address as it is kept; raise BadEntry where it is none."""
    local, at, domain = text.strip().rpartition("@")
    if not at:
        message = "there is no @ in the address"
        raise BadEntry(message)
    if len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        message = "what stands before the @ is no plain mailbox name of at most 64 ASCII characters"
        raise BadEntry(message)
    found = f"{local}@{_domain(domain)}"
    if len(found) > LONGEST:
        message = f"the address is longer than {LONGEST} characters"
        raise BadEntry(message)
    return found


@lru_cache(maxsize=65536)
def _domain(text: str) -> str:
    """The domain in small ASCII letters. A list of a million has its domains many times over."""
    try:
        found = validate_email(f"a@{text}", check_deliverability=False, allow_smtputf8=False).ascii_domain
    except EmailNotValidError as error:
        message = str(error)
    else:
        return found.lower()
    raise BadEntry(message)


def clean_name(text: str) -> str:
    """A name fit to stand in a header and on a page; raise BadEntry where it holds what could break out of one.

    A header's encoded words are looked into: a line break in one is a line break.
    """
    found = " ".join(unicodedata.normalize("NFC", text).replace("\t", " ").strip(" ").split(" "))
    if found.isascii() and found.isprintable() and "=?" not in found and len(found) <= LONGEST_NAME:
        return found
    if len(found) > LONGEST_NAME:
        message = f"the name is longer than {LONGEST_NAME} characters"
        raise BadEntry(message)
    if any(_is_unfit(form) for form in (found, _decoded(found))):
        message = "the name holds a control character"
        raise BadEntry(message)
    return found


def _is_unfit(text: str) -> bool:
    return any(unicodedata.category(sign) in _UNFIT and sign not in _JOINERS for sign in text)


def _decoded(text: str) -> str:
    """A name with its encoded words read; one that cannot be shows as a control character, and is refused."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
        return "".join(part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in parts)
    except (HeaderParseError, UnicodeDecodeError, LookupError, ValueError):
        return "\0"
