"""Bodies: read in pieces, decompressed in pieces, never beyond a limit, and known to be whole.

Decompression is done here and not by the library: a limit on what comes in says nothing about what comes out of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PIECE = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB_CM_DEFLATE = 8


class Faulty(Exception):
    """A body that is not to be used; the words say why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most bytes that may come over the line, and out of decompression."""

    sent: int = 64_000_000
    read: int = 128_000_000


def decoded(pieces: Iterable[bytes], encoding: str, limits: Limits) -> bytes:
    """The whole body; raise Faulty where it is too large, cut off, or not compressed as it says."""
    sent = _limited(pieces, limits.sent, "sent")
    match encoding.strip().lower():
        case "" | "identity":
            plain: Iterable[bytes] = sent
        case "gzip" | "x-gzip":
            plain = _inflated(sent, gzip=True)
        case "deflate":
            plain = _inflated(sent, gzip=False)
        case other:
            message = f"it is compressed with {other!r}, which was not asked for"
            raise Faulty(message)
    return b"".join(_limited(plain, limits.read, "decompressed"))


def _limited(pieces: Iterable[bytes], most: int, what: str) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > most:
            message = f"more than {most / 1e6:g} MB {what}, far beyond any table: not read further"
            raise Faulty(message)
        yield piece


def _inflated(pieces: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    """Plain pieces of at most 64 kB; several gzip members in a row are one body."""
    machine, begun = None, False
    for piece in pieces:
        waiting = piece
        while waiting:
            machine = machine or zlib.decompressobj(_GZIP if gzip else _deflate_bits(waiting))
            begun = True
            try:
                yield machine.decompress(waiting, _PIECE)
            except zlib.error as error:
                message = f"it does not decompress: {error}"
                raise Faulty(message) from None
            if machine.eof:
                waiting, machine = machine.unused_data, None
            else:
                waiting = machine.unconsumed_tail
    if machine is not None:
        yield machine.decompress(b"", _PIECE)  # what a full piece may have left inside it
    if not begun or (machine is not None and not machine.eof):
        message = "it was cut off on the way: the compressed stream has no end"
        raise Faulty(message)


def _deflate_bits(head: bytes) -> int:
    """RFC 9110 means zlib by “deflate”; some servers send the bare stream. A zlib head names method 8."""
    wrapped = head[0] & 0x0F == _ZLIB_CM_DEFLATE and (len(head) == 1 or (head[0] << 8 | head[1]) % 31 == 0)
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
