"""The body of a message as text with marks, built once an edition: what MIME makes of HTML, text, pictures and PDF.

A mark stands alone on a line of its own, between two soft line breaks of quoted-printable, so that what takes its
place is set in without encoding anything else again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.quoprimime import body_encode

_LINE = 72  # characters: RFC 2045 allows 76; three are for what must be encoded after all
_FROM = re.compile(rb"^From ", re.MULTILINE)  # some stores mark it, and break the signature
SOFT = b"=\r\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME part: its headers without the last blank line, and its body."""

    headers: tuple[str, ...]
    body: bytes

    @property
    def whole(self) -> bytes:
        """As it stands between two boundaries."""
        return "".join(f"{line}\r\n" for line in self.headers).encode("ascii") + b"\r\n" + self.body


@dataclass(frozen=True, slots=True)
class File:
    """What travels along: `name` as it is called, `kind` its media type, `cid` what HTML calls it, or empty."""

    name: str
    kind: str
    body: bytes = field(repr=False)
    cid: str = ""


def body(text: str, html: str, pictures: Sequence[File], attached: Sequence[File], marks: Sequence[str]) -> Part:
    """The whole body: alternative texts, HTML with its pictures, in a mixed one where files are attached.

    Its boundaries are made from what it holds, so that the same edition gives the same bytes.
    """
    digest = hashlib.sha256()
    for held in (text.encode(), html.encode(), *(one.body for one in (*pictures, *attached))):
        digest.update(hashlib.sha256(held).digest())
    stem = digest.hexdigest()[:24]
    shown = _worded("html", html, marks)
    if pictures:
        shown = _multi("related", f"{stem}-r", [shown, *map(_file, pictures)], '; type="text/html"')
    whole = _multi("alternative", f"{stem}-a", [_worded("plain", text, marks), shown])
    return _multi("mixed", f"{stem}-m", [whole, *map(_file, attached)]) if attached else whole


def quoted(text: str, marks: Sequence[str] = ()) -> bytes:
    """A text in quoted-printable, every line ended with CRLF; each mark alone on a line of its own."""
    pieces = [text]
    for mark in marks:
        pieces = [part for piece in pieces for part in _split(piece, mark)]
    made = [piece.encode("ascii") if piece in marks else _encoded(piece) for piece in pieces if piece]
    return SOFT.join(made)


def filled(value: str) -> bytes:
    """What takes a mark's place, in lines that are short enough."""
    if value.isascii() and "=" not in value and len(value) <= _LINE:
        return value.encode("ascii")
    return _encoded(value)


def _split(piece: str, mark: str) -> list[str]:
    return [part for part in re.split(f"({re.escape(mark)})", piece) if part]


def _encoded(text: str) -> bytes:
    """Quoted-printable without a hard line break at its end, unless the text has one."""
    latin = text.replace("\r\n", "\n").encode().decode("latin-1")
    made = body_encode(latin, maxlinelen=_LINE, eol="\r\n").encode("ascii")
    return _FROM.sub(b"=46rom ", made)


def _worded(subtype: str, text: str, marks: Sequence[str]) -> Part:
    return Part(
        (f"Content-Type: text/{subtype}; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"),
        quoted(text, marks),
    )


def _file(held: File) -> Part:
    headers = [f'Content-Type: {held.kind}; name="{held.name}"', "Content-Transfer-Encoding: base64"]
    if held.cid:
        headers.append(f"Content-ID: <{held.cid}>")
    headers.append(f'Content-Disposition: {"inline" if held.cid else "attachment"}; filename="{held.name}"')
    return Part(tuple(headers), base64.encodebytes(held.body).strip().replace(b"\n", b"\r\n"))


def _multi(subtype: str, stem: str, parts: Sequence[Part], more: str = "") -> Part:
    """`=_` cannot stand in quoted-printable or base64, so no part holds the boundary: RFC 2045, 6.7."""
    boundary = f"=_{stem}"
    rows = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode("ascii"), part.whole) for part in parts)
    return Part(
        (f'Content-Type: multipart/{subtype}{more};\r\n boundary="{boundary}"',),
        rows + b"--%b--\r\n" % boundary.encode("ascii"),
    )


def renamed(html: str, places: Mapping[str, str]) -> str:
    """The HTML with each picture's file name as the address it is shown from; ValueError where that is not there."""
    for name, place in places.items():
        old = f'src="{name}"'
        if html.count(old) != 1:
            message = f"{name} is not shown exactly once"
            raise ValueError(message)
        html = html.replace(old, f'src="{place}"')
    return html
