"""Packing before layout: the order of blocks at which no page of the article is left half empty.

Heights are known (`heights`), pages are filled by arithmetic (`fill`), and of the orders allowed (`orders`) the one
with the fewest holes is taken, section by section, keeping the few best ways to have got so far. A section may also
begin a page, where that spreads what is empty. A paragraph that fits into the hole beside a half chart goes there
first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import product

from reporter.render.drawn import Drawn
from reporter.render.fill import Pages, Piece
from reporter.render.groups import AT_THE_BACK
from reporter.render.heights import HALF, LOOKS, Look, Paper, Ruler
from reporter.render.orders import Blocks, moves, orders
from reporter.tree import Block, Container, Edition, Paragraph, SectionTree

MOST_EMPTY = 0.2  # of a page, at most
_WARY = 0.17  # what is aimed at: heights are known to a line or two
_BEAM = 24  # ways kept after each section
_SLACK = (-2.5, 2.5)  # mm
_MOVED = 0.004  # what moving a block by a place costs
_LEAST = 3  # lines of a hole beside a chart worth filling


@dataclass(frozen=True, slots=True)
class _Choice:
    """A section in one of its orders, measured, and how far its blocks were moved for it."""

    section: SectionTree
    pieces: tuple[Piece, ...]
    moved: int


@dataclass(frozen=True, slots=True)
class _Way:
    """Sections placed so far, and how far their blocks were moved."""

    pages: Pages
    pieces: tuple[Piece, ...] = ()
    sections: tuple[SectionTree, ...] = ()
    moved: int = 0

    @property
    def cost(self) -> float:
        """What the pages filled so far cost."""
        return _cost(self.pages) + _MOVED * self.moved

    def risk(self, look: Look) -> float:
        """The cost, and a tenth of what it would be at worst if the heights were half a line out on every page."""
        tried = (Pages(look.page + slack, look.first + slack).filled(self.pieces) for slack in _SLACK)
        return self.cost + max(map(_cost, tried)) / 10


def _cost(pages: Pages) -> float:
    """Pages too empty weigh most, then holes by their square."""
    return sum(share * share + (10 * (share - _WARY + 0.1) if share > _WARY else 0) for share in pages.empty)


def packed(edition: Edition, drawings: Mapping[str, Drawn], paper: Paper, headline_measure: float) -> Edition:
    """The edition with each section's charts, tables and commentary where its pages fill best; text as written.

    `headline_measure` is the headline's width in millimetres.
    """
    return plan(edition, drawings, paper, headline_measure)[0]


def plan(
    edition: Edition, drawings: Mapping[str, Drawn], paper: Paper, headline_measure: float
) -> tuple[Edition, tuple[float, ...]]:
    """The packed edition, and the share of each page that it expects to stay empty."""
    ruler = Ruler(LOOKS[paper], drawings)
    front = ruler.front(edition, headline_measure)
    ways = [_Way(Pages(ruler.look.page, ruler.look.first).filled([front]), (front,))]
    for section in edition.sections:
        if section.id not in AT_THE_BACK:
            choices = tuple(_choices(_beside_filled(section, ruler), ruler))  # measured once, whatever came before
            ways = _best(_set(way, choice) for way in ways for choice in choices)
    ways = [replace(w, pages=w.pages.filled([ruler.back]), pieces=(*w.pieces, ruler.back)) for w in ways]
    best = min(ways, key=lambda way: way.risk(ruler.look))
    made = {section.id: section for section in best.sections}
    return replace(edition, sections=tuple(made.get(s.id, s) for s in edition.sections)), best.pages.empty


def _best(ways: Iterator[_Way]) -> list[_Way]:
    """The cheapest ways, one for each place on a page that a section may end at."""
    ends: dict[tuple[int, int, int], _Way] = {}
    for way in ways:
        end = (len(way.pages.empty), round(way.pages.used), round(way.pages.notes))
        if end not in ends or way.cost < ends[end].cost:
            ends[end] = way
    return nsmallest(_BEAM, ends.values(), key=lambda way: way.cost)


def _choices(section: SectionTree, ruler: Ruler) -> Iterator[_Choice]:
    """The section in each of its orders, where it comes and on a page of its own."""
    head, taken = ruler.opening(section)
    allowed = orders(section.blocks)
    known = {id(b): ruler.piece(b, after_text=i > taken) for i, b in enumerate(allowed[0])}
    for order, turned in product(allowed, (False, True)):
        pieces = (replace(head, turned=turned), *(known[id(block)] for block in order[taken:]))
        made = replace(section, blocks=_unpaired(order), turned=turned)
        yield _Choice(made, pieces, moves(allowed[0], order) + turned)


def _set(way: _Way, choice: _Choice) -> _Way:
    """The way on with a section in one of its orders."""
    return _Way(
        way.pages.filled(choice.pieces),
        (*way.pieces, *choice.pieces),
        (*way.sections, choice.section),
        way.moved + choice.moved,
    )


def _unpaired(blocks: Blocks) -> Blocks:
    made: list[Block] = []
    for block in blocks:
        made += block.blocks if isinstance(block, Container) and block.name == "claim" else (block,)
    return tuple(made)


def _beside_filled(section: SectionTree, ruler: Ruler) -> SectionTree:
    """The section with paragraphs taken into the hole beside a half chart, where most of them fits."""
    made: list[Block] = []
    for block in section.blocks:
        last = made[-1] if made else None
        if isinstance(last, Container) and last.name == "beside" and isinstance(block, Paragraph):
            held = ruler.beside(last.blocks)
            if _fits(held, ruler.paragraph(block.children, HALF), ruler.look.body.height):
                made[-1] = replace(last, blocks=(*last.blocks, block))
                continue
        made.append(block)
    return replace(section, blocks=tuple(made))


def _fits(held: Piece, text: Piece, lead: float) -> bool:
    hole = held.chart - held.text
    return hole >= max(_LEAST * lead, text.height / 2)
