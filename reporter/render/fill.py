"""How pieces of known height fill pages: text breaks between lines, everything else stands in one piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from math import floor

_FEWEST = 2  # orphans and widows
_HAIR = 0.01
NOTES_GAP = 5.8  # above the notes of a page: margin, rule and padding of @footnote


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the article in millimetres: its height, the margins around it and what it leaves at the foot.

    `lines`: of a paragraph, which may break between them; nought for what may not. `keep`: not to be parted from
    what follows. `hang`: how far a card beside it reaches below it, which what is `clear` of cards has to wait for.
    `text` and `chart`: how tall both sides of a pair are. `turned`: begins a page.
    """

    height: float
    above: float = 0.0
    below: float = 0.0
    lines: int = 0
    notes: float = 0.0
    keep: bool = False
    hang: float = 0.0
    clear: bool = False
    text: float = 0.0
    chart: float = 0.0
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages filled so far: `used` of the current one, `notes` at its foot, and the empty share of those before."""

    page: float
    room: float
    used: float = 0.0
    gap: float = 0.0
    notes: float = 0.0
    hang: float = 0.0
    empty: tuple[float, ...] = ()
    kept: tuple[Piece, ...] = ()

    @property
    def free(self) -> float:
        """What is left of the current page."""
        return self.room - self.used - self.notes

    def filled(self, pieces: Iterable[Piece]) -> Pages:
        """After some more pieces."""
        return reduce(_added, pieces, self)


def _added(pages: Pages, piece: Piece) -> Pages:
    """A heading waits for what follows it."""
    if piece.turned and pages.used:
        pages = _turned(pages)
    if piece.keep:
        return replace(pages, kept=(*pages.kept, piece))
    held, pages = pages.kept, replace(pages, kept=())
    if not held:
        return _placed(pages, piece)
    least = piece.height if piece.lines < 2 * _FEWEST else piece.height * _FEWEST / piece.lines
    stack = [*held, replace(piece, height=least, notes=0 if piece.lines else piece.notes)]
    needed = _gap(pages, held[0]) + sum(part.height for part in stack)
    needed += sum(max(a.below, b.above) for a, b in pairwise(stack)) + _at_foot(pages, stack[-1])
    return _placed(reduce(_set, held, pages if needed <= pages.free + _HAIR else _turned(pages)), piece)


def _placed(pages: Pages, piece: Piece) -> Pages:
    gap = _gap(pages, piece)
    if not pages.used or gap + piece.height + _at_foot(pages, piece) <= pages.free + _HAIR:
        return _set(pages, piece)
    return _broken(pages, piece, gap) if piece.lines else _set(_turned(pages), piece)


def _broken(pages: Pages, piece: Piece, gap: float) -> Pages:
    """A paragraph that does not fit: as many lines as may stay, and the rest with the notes overleaf."""
    lead = piece.height / piece.lines
    stay = min(floor((pages.free - gap + _HAIR) / lead), piece.lines - _FEWEST)
    if stay < _FEWEST:
        return _set(_turned(pages), piece)
    rest = replace(piece, height=(piece.lines - stay) * lead, lines=piece.lines - stay)
    return _set(_turned(_set(pages, replace(piece, height=stay * lead, notes=0))), rest)


def _gap(pages: Pages, piece: Piece) -> float:
    """Above the piece: margins collapse, and at the top of a page there is none."""
    return max(pages.gap, piece.above, pages.hang if piece.clear else 0.0) if pages.used else 0.0


def _at_foot(pages: Pages, piece: Piece) -> float:
    return piece.notes + (NOTES_GAP if piece.notes and not pages.notes else 0.0)


def _set(pages: Pages, piece: Piece) -> Pages:
    down = _gap(pages, piece) + piece.height
    return replace(
        pages,
        used=pages.used + down,
        gap=piece.below,
        hang=max(pages.hang - down, piece.hang, 0.0),
        notes=pages.notes + _at_foot(pages, piece),
    )


def _turned(pages: Pages) -> Pages:
    return Pages(pages.page, pages.page, empty=(*pages.empty, max(pages.free, 0.0) / pages.room))
