"""The text of a finished document, from which bound passages are struck out until only unbound tokens are left.

White space, the signs † and ‡, and marks without width do not count: a line of the page may break where the tree
has no space. They count as ends of numbers only, so that no passage is found inside a longer figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporter.language.numerals import has_numeral

_SIGNS = {"†", "‡"}
_HYPHEN = "\ufffe"  # what PDFium gives for a hyphen at the end of a line
_POINTS = ".,"
_STRUCK = "\x00"
_SHORTEST_PART = 2  # characters of a passage that may stand alone on a page


def compact(text: str) -> str:
    """The text without what does not count."""
    return "".join(_kept(char) for char in text)


def tokens(text: str) -> Iterator[str]:
    """The runs between white space, without what does not count."""
    return (word for piece in text.split() if (word := compact(piece)))


def _kept(char: str) -> str:
    if char == _HYPHEN:
        return "-"
    return "" if char.isspace() or char in _SIGNS or unicodedata.category(char) in {"Cf", "Cc"} else char


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage was found: page and character, both from nought; ordered as they are read."""

    page: int
    at: int

    def __lt__(self, other: Place) -> bool:
        return (self.page, self.at) < (other.page, other.at)


class Sheet:
    """One page: its characters that count, and before which of them white space stands."""

    def __init__(self, text: str) -> None:
        kept: list[str] = []
        self._gaps = {0}
        for char in text:
            if held := _kept(char):
                kept.append(held)
            elif char.isspace():
                self._gaps.add(len(kept))
        self.text = "".join(kept)
        self._gaps.add(len(self.text))

    def find(self, key: str, *, alone: bool = False) -> int:
        """Where the key stands and cuts no word or number in two; −1 where it does not.

        `alone`: with white space on both sides, so that a short note is not taken for part of a longer one.
        """
        parts = self._gaps.__contains__ if alone else self._parts
        at = self.text.find(key)
        while at >= 0 and not (parts(at) and parts(at + len(key))):
            at = self.text.find(key, at + 1)
        return at

    def strike(self, at: int, length: int) -> None:
        """Take a stretch out; what is left on both sides does not grow together."""
        self.text = self.text[:at] + _STRUCK * length + self.text[at + length :]

    def left(self) -> Iterator[str]:
        """The tokens that were not struck out."""
        start = 0
        for at in range(1, len(self.text) + 1):
            if at in self._gaps or self.text[at - 1] == _STRUCK or (at < len(self.text) and self.text[at] == _STRUCK):
                piece = self.text[start:at].strip(_STRUCK)
                if piece:
                    yield piece
                start = at

    def rest(self) -> str:
        """What was not struck out, its words parted as they stand, with a full stop for what was."""
        spaced = "".join(" " * (at in self._gaps) + char for at, char in enumerate(self.text))
        return re.sub(f"{_STRUCK}[{_STRUCK} ]*", " . ", spaced)

    def _parts(self, at: int) -> bool:
        """Whether a word may end before character `at`: nothing there is one figure or one word."""
        if at in self._gaps:
            return True
        before, after = self.text[at - 1], self.text[at]
        if after in _POINTS:  # parts two words, but not the digits of one number
            return not (before.isdigit() and at + 1 not in self._gaps and self.text[at + 1].isdigit())
        if before in _POINTS:
            return not (after.isdigit() and at - 1 not in self._gaps and self.text[at - 2].isdigit())
        return not (_in_word(before) and _in_word(after))


def _in_word(char: str) -> bool:
    return char.isalnum() or char in "−+$%"


class Spread:
    """A document's pages in order."""

    def __init__(self, pages: Sequence[str]) -> None:
        self.sheets = [Sheet(text) for text in pages]

    def strike(self, text: str) -> Place | None:
        """Strike one occurrence of a passage out; None where it does not stand, whole or across a page's end."""
        key = compact(text)
        for alone in (True, False):
            for number, sheet in enumerate(self.sheets):
                at = sheet.find(key, alone=alone)
                if at >= 0:
                    sheet.strike(at, len(key))
                    return Place(number, at)
        return self._across(key)

    def strike_on(self, number: int, text: str) -> bool:
        """Strike one occurrence out on one page."""
        sheet, key = self.sheets[number], compact(text)
        at = sheet.find(key)
        if at >= 0:
            sheet.strike(at, len(key))
        return at >= 0

    def left(self) -> Iterator[tuple[int, str]]:
        """Page, from nought, and token of every numeral that is still there."""
        for number, sheet in enumerate(self.sheets):
            yield from ((number, token) for token in sheet.left() if has_numeral(token))

    def _across(self, key: str) -> Place | None:
        for number, (sheet, following) in enumerate(zip(self.sheets, self.sheets[1:], strict=False)):
            for cut in range(_longest_start(sheet, key), _SHORTEST_PART - 1, -1):
                start, at = sheet.find(key[:cut]), following.find(key[cut:])
                if start >= 0 and at >= 0:
                    sheet.strike(start, cut)
                    following.strike(at, len(key) - cut)
                    return Place(number, start)
        return None


def _longest_start(sheet: Sheet, key: str) -> int:
    """How much of the key's beginning stands on the sheet: what stands there also does so when cut shorter."""
    low, high = 0, len(key) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if key[:middle] in sheet.text else (low, middle - 1)
    return low
