"""A headline in lines of even length, from the advances of its letters.

Browsers balance lines by themselves; WeasyPrint does not, so the narrowest measure that needs no further line
is worked out before.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Advances:
    """How far each character of a font moves the pen, in ems."""

    per_em: int
    glyphs: dict[int, int]
    widths: tuple[int, ...]

    def width(self, text: str) -> float:
        """The width of a run of text in ems, without kerning: within a percent of what is set."""
        return sum(self.widths[min(self.glyphs.get(ord(c), 0), len(self.widths) - 1)] for c in text) / self.per_em


@cache
def advances(font: Path) -> Advances:
    """Read a TrueType file's tables head, hhea, hmtx and cmap (format 4).

    https://learn.microsoft.com/typography/opentype/spec/otff
    """
    data = font.read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    tables: dict[bytes, int] = {}
    for i in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * i)
        tables[tag] = offset
    (per_em,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    (metrics,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
    widths = tuple(struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * i)[0] for i in range(metrics))
    return Advances(per_em, _glyphs(data, tables[b"cmap"]), widths)


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """Characters of the basic plane to glyphs, from the first subtable of format 4."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    places = [cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * i)[2] for i in range(count)]
    at = next(place for place in places if struct.unpack_from(">H", data, place) == (4,))
    segments = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{segments}H", data, at + 14 + 2 * segments * i + (2 if i else 0)) for i in range(4)
    )
    offsets = at + 16 + 6 * segments
    found: dict[int, int] = {}
    for i, (first, last, delta, skip) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for char in range(first, last + 1):
            glyph = struct.unpack_from(">H", data, offsets + 2 * i + skip + 2 * (char - first))[0] if skip else char
            if glyph:
                found[char] = (glyph + delta) & 0xFFFF
    return found


def balanced(words: Sequence[float], space: float, limit: float) -> float:
    """The narrowest measure, at most `limit`, that sets the words in no more lines than `limit` does.

    Only where a line fits exactly does the number of lines change, so only such widths are tried.
    """
    fewest = _lines(words, space, limit)
    tried = sorted(
        width
        for first in range(len(words))
        for last in range(first, len(words))
        if (width := _run(words[first : last + 1], space)) <= limit
    )
    return next((width for width in tried if _lines(words, space, width) <= fewest), limit)


def _run(words: Sequence[float], space: float) -> float:
    return sum(words) + space * (len(words) - 1)


def _lines(words: Sequence[float], space: float, width: float) -> int:
    """How many lines first fit makes; a word wider than the measure has a line of its own."""
    count, used = 0, None
    for word in words:
        if used is not None and used + space + word <= width:
            used += space + word
        else:
            count, used = count + 1, word
    return count
