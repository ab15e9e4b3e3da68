"""Headers of a message as they go onto the wire, and the refusal of all that could make two of one.

A value is looked at before it is encoded, decoded again afterwards, and the finished block is held against the list of
names that it must consist of: Python 3.11's own serialiser lets an encoded line break through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.header import Header, decode_header

from reporter.errors import DeliveryError

LONGEST_LINE = 998  # characters, RFC 5322 2.1.1
_FOLDED = 76  # characters of a line that need not be longer
_FIELD = re.compile(rb"([!-9;-~]+): ([!-~](?:[ -~]*[!-~])?)?((?:\r\n [ -~]*[!-~])*)\r\n")
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_ADDRESS = re.compile(
    r"[!#-'*+\-./0-9=?A-Z^-~]+(?:@[0-9A-Za-z.-]+)?"
)  # no blank, bracket, comma, colon or quotation mark
_SPECIAL = re.compile(r'([\\"])')


class UnsafeHeader(DeliveryError):
    """A value that would break out of its header; the message names the header and repeats nothing of the value."""


def unstructured(name: str, text: str) -> str:
    """Words as a header's value: encoded where they are not ASCII, folded where they are long."""
    refuse(name, text)
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    made = Header(text, charset, maxlinelen=_FOLDED, header_name=name).encode(linesep="\r\n")
    refuse_encoded(name, made)
    return made


def mailbox(name: str, display: str, address: str) -> str:
    """`Ann Lee <ann@example.org>` as a header's value, the name encoded where it has to be."""
    if not _ADDRESS.fullmatch(address):
        message = f"{name}: the address is none that can stand in a header"
        raise UnsafeHeader(message)
    if not display:
        return f"<{address}>"
    if display.isascii() and display.isprintable() and "=?" not in display and len(display) <= _FOLDED - len(name) - 4:
        phrase = '"' + _SPECIAL.sub(r"\\\1", display) + '"'
    else:
        refuse(name, display)
        phrase = Header(display, "utf-8", maxlinelen=_FOLDED, header_name=name).encode(linesep="\r\n")
        refuse_encoded(name, phrase)
    last = len(phrase.rpartition("\n")[2]) + (len(name) + 2 if "\n" not in phrase else 0)
    gap = " " if last + len(address) + 3 <= _FOLDED else "\r\n "
    return f"{phrase}{gap}<{address}>"


def refuse(name: str, text: str) -> None:
    """Raise UnsafeHeader where a value holds a control character."""
    if not (text.isascii() and text.isprintable()) and any(unicodedata.category(sign) in _UNFIT for sign in text):
        message = f"{name}: the value holds a control character"
        raise UnsafeHeader(message)


def refuse_encoded(name: str, value: str) -> None:
    """Raise UnsafeHeader where an encoded value holds a control character once it is decoded."""
    try:
        parts = decode_header(value.replace("\r\n", ""))
        words = (part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in parts)
        decoded = "".join(words)
    except (HeaderParseError, UnicodeDecodeError, LookupError, ValueError):
        message = f"{name}: the value cannot be read back"
        raise UnsafeHeader(message) from None
    refuse(name, decoded)


def block(fields: Sequence[tuple[str, str]]) -> bytes:
    """Fields as they go onto the wire; raise UnsafeHeader unless these very fields can be read from it."""
    try:
        made = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii")
    except UnicodeEncodeError:
        message = "a header holds what is not ASCII"
        raise UnsafeHeader(message) from None
    at, names = 0, []
    while found := _FIELD.match(made, at):
        names.append(found[1].decode("ascii"))
        at = found.end()
    if at != len(made) or names != [name for name, _ in fields]:
        wanted = fields[min(len(names), len(fields) - 1)][0]
        message = f"{wanted}: the header would be read as something else"
        raise UnsafeHeader(message)
    if len(made) > LONGEST_LINE and max(map(len, made.split(b"\r\n"))) > LONGEST_LINE:
        message = f"a header has a line of more than {LONGEST_LINE} characters"
        raise UnsafeHeader(message)
    return made
