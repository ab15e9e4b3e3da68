"""The height of every part of an article on paper, before it is laid out: numbers of print.css and letter.css.

Millimetres throughout; `tests/test_packing.py` holds them to what WeasyPrint lays out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from reporter.language.wording import in_words
from reporter.render import tables
from reporter.render.drawn import Drawn
from reporter.render.fill import Piece
from reporter.render.groups import marked_front, opening
from reporter.render.lines import MM, Type, body, notes
from reporter.tree import (
    Block,
    ChartBlock,
    Container,
    Edition,
    Heading,
    Items,
    Line,
    Paragraph,
    QuoteBlock,
    SectionTree,
    TableBlock,
    plain,
)

Paper = Literal["A4", "Letter"]

TEXT, GRID, HALF, INDENT = 116.0, 170.0, 82.0, 4.0
_LABEL = Type("ReporterSans-SemiBold", 7.8, 10)
_SMALL = Type("ReporterSans-Regular", 8, 10.4)
_NOTE = Type("BriefSerif-Regular", 7.6, 10.4)
_SECTION = Type("BriefDisplay-Semibold", 16, 19, -0.006)
_HEADING = Type("BriefDisplay-Semibold", 11.5, 14)
_STATEMENT = Type("BriefDisplay-Medium", 14.5, 18.5)
_LEAD = Type("BriefDisplay-Semibold", 11.5, 13.8)
_STANDFIRST = Type("BriefSerif-Regular", 12.6, 17.6)
_TABLENOTE = Type("ReporterSans-Regular", 7.5, 9.6)
_MARK_LINE = (  # the words of nodes.html.j2's legend, for their length
    "† Compares values from different vintages, so it may hold revisions as well as news. ",
    "‡ Backfilled: taken from a later vintage than the day of this edition; the receipt names it.",
)
_RULE, _HAIR = 0.8 / MM, 0.35 / MM


@dataclass(frozen=True, slots=True)
class Look:
    """What differs between the papers. `page` and `first` are the heights of text on a page and on page one."""

    page: float
    first: float
    body: Type
    section_gap: float
    figure_gap: tuple[float, float]
    cell: float
    headline: Type
    mast: float  # its margin, like those that follow
    headline_gap: float
    head_gap: float
    takeaway: Type
    takeaway_pad: float
    takeaways_gap: float


LOOKS: Mapping[Paper, Look] = {
    "A4": Look(
        page=248.0,
        first=259.0,
        body=Type("BriefSerif-Regular", 9.9, 14.4),
        section_gap=9,
        figure_gap=(5.5, 6.5),
        cell=1.15,
        headline=Type("BriefDisplay-Semibold", 34, 35.5, -0.016),
        mast=9,
        headline_gap=6,
        head_gap=7,
        takeaway=Type("BriefSerif-Regular", 9.9, 13.8),
        takeaway_pad=2.1,
        takeaways_gap=8,
    ),
    "Letter": Look(
        page=242.4,
        first=252.4,
        body=Type("BriefSerif-Regular", 9.6, 13.7),
        section_gap=7,
        figure_gap=(4.5, 4.5),
        cell=1.0,
        headline=Type("BriefDisplay-Semibold", 32, 33, -0.016),
        mast=6,
        headline_gap=4.5,
        head_gap=5,
        takeaway=Type("BriefSerif-Regular", 9.6, 13.2),
        takeaway_pad=1.7,
        takeaways_gap=6,
    ),
}


@dataclass(frozen=True)
class Ruler:
    """Measures the parts of one edition on one paper."""

    look: Look
    drawings: Mapping[str, Drawn]

    # ------------------------------------------------------------ text
    def paragraph(self, line: Line, measure: float = TEXT, *, indented: bool = False) -> Piece:
        """A paragraph that may break over pages; its notes go where its end stands."""
        count = self.look.body.count(body(line), measure, INDENT if indented else 0)
        return Piece(count * self.look.body.height, lines=count, notes=self._notes(line))

    def _notes(self, line: Line) -> float:
        return sum(_NOTE.count(f"1  {text}", TEXT) for text in notes(line)) * _NOTE.height

    def beside(self, blocks: tuple[Block, ...]) -> Piece:
        """A half chart with the text that runs beside it, and on below it where there is more."""
        chart = next((b for b in blocks if isinstance(b, ChartBlock)), None)
        tall = 1.2 + self.drawings[chart.key].wide.height_mm + 4 if chart else 0.0
        lead, text = self.look.body.height, tuple(b for b in blocks if not isinstance(b, ChartBlock))
        done, kept = 0, 0.0
        for i, block in enumerate(text):
            if isinstance(block, Paragraph):
                above = done
                measure = lambda n, above=above: HALF if (above + n) * lead < tall else TEXT  # noqa: E731
                done += self.look.body.count(body(block.children), measure, INDENT if i else 0)
                kept += self._notes(block.children)
        return Piece(max(tall, done * lead), below=2.5, notes=kept, text=done * lead, chart=tall)

    # ------------------------------------------------------------ what is looked at
    def chart(self, block: ChartBlock) -> Piece:
        """A chart across the grid."""
        above, below = self.look.figure_gap
        return Piece(self.drawings[block.key].wide.height_mm, above=above, below=below, clear=True)

    def table(self, block: TableBlock) -> Piece:
        """A table with its caption and note."""
        above, below = self.look.figure_gap
        held, rows = tables.lines(block)
        row = 2 * self.look.cell + _HAIR
        head = held * tables.HEAD.height + 2 * self.look.cell + _RULE
        note = block.words.get("note", ())
        foot = _TABLENOTE.count(body(note), GRID) * _TABLENOTE.height + 1.4 + _RULE if note else 0.0
        caption = 0.5 / MM + 1.1 + 1.5 + (13 + 11) / MM + 1.2
        return Piece(
            caption + head + len(rows) * row + sum(rows) * tables.CELL.height + foot,
            above=above,
            below=below,
            clear=True,
        )

    def claim(self, quote: Block, measured: Block) -> Piece:
        """Somebody's statement beside what the record shows."""
        above, below = self.look.figure_gap
        tall = max(self._statement(quote), self._record(measured))
        return Piece(tall + 6.4 + 2 * _RULE, above=above, below=below, clear=True)

    def _statement(self, block: Block) -> float:
        if isinstance(block, Container):
            return sum(self._statement(part) for part in block.blocks)
        if not isinstance(block, QuoteBlock):
            return _STATEMENT.count(body(_line(block)), 84) * _STATEMENT.height
        said = _STATEMENT.count(body(block.words), 84) * _STATEMENT.height
        whose = _SMALL.count(body(block.by), 84) + (_SMALL.count(body(block.later), 84) if block.later else 0)
        return _LABEL.height + 2.6 + said + whose * _SMALL.height + (1 if block.later else 0)

    def _record(self, block: Block) -> float:
        parts = block.blocks if isinstance(block, Container) else (block,)
        lines = sum(self.look.body.count(body(_line(part)), 71) for part in parts)
        return _LABEL.height + lines * self.look.body.height + len(parts) - 1

    def commentary(self, block: Container) -> Piece:
        """A comment with its label."""
        face = replace(self.look.body, face="BriefSerif-Italic")
        lines = sum(face.count(body(_line(part)), TEXT - 4.6) for part in block.blocks)
        return Piece(_LABEL.height + lines * face.height + 0.6, above=5, below=5)

    # ------------------------------------------------------------ the rest
    def items(self, block: Items) -> Piece:
        """A list; it counts as one piece."""
        lines = sum(self.look.body.count(body(row), TEXT - 4) for row in block.rows)
        gaps = 0.6 * max(len(block.rows) - 1, 0)
        return Piece(lines * self.look.body.height + gaps, above=1.5, below=1.5)

    def piece(self, block: Block, *, after_text: bool = False) -> Piece:  # noqa: PLR0911 -- a table
        """Any block that stands alone; `after_text`: another paragraph comes before it."""
        match block:
            case Paragraph(children):
                return self.paragraph(children, indented=after_text)
            case Heading(_, children):
                tall = _HEADING.count(plain(children), TEXT) * _HEADING.height
                return Piece(tall, above=5, below=1.4, keep=True, clear=True)
            case Items():
                return self.items(block)
            case ChartBlock():
                return self.chart(block)
            case TableBlock():
                return self.table(block)
            case Container("beside", inner):
                return self.beside(inner)
            case Container("commentary"):
                return self.commentary(block)
            case Container("claim", (quote, measured)):
                return self.claim(quote, measured)
            case Container(_, inner):
                return Piece(sum(self.piece(part).height for part in inner), above=5, below=5)
            case _:
                return Piece(self._statement(block), above=5, below=5)

    def opening(self, section: SectionTree) -> tuple[Piece, int]:
        """The heading, with the rail card and first block where one opens the section; how many blocks that takes."""
        head = _SECTION.count(plain(section.title), TEXT) * _SECTION.height
        taken = opening(section.blocks)
        if not taken:
            return Piece(head, above=self.look.section_gap, below=2.4, keep=True, clear=True), 0
        text = self.piece(section.blocks[taken - 1])
        hang = max(self._cards(section.blocks[: taken - 1]) - text.height, 0.0)
        whole = head + 2.4 + text.height
        return Piece(whole, above=self.look.section_gap, notes=text.notes, hang=hang, clear=True), taken

    def _cards(self, cards: tuple[Block, ...]) -> float:
        """Rail cards under each other: a label, a figure of 18 pt leading, lines of small print."""
        total = 0.0
        for card in cards:
            rows = [body(_line(part)) for part in card.blocks] if isinstance(card, Container) else []
            small = sum(_SMALL.count(row, 46) for row in rows[2:]) * _SMALL.height
            total += 1.1 + _RULE + 1.6 + _LABEL.height + 1.0 + 18 / MM + small + 4
        return total

    def front(self, edition: Edition, headline_measure: float) -> Piece:
        """Masthead, headline, as-of card beside standfirst, takeaways: page one until the first section."""
        look = self.look
        mast = (27 + 11) / MM + 2.6 + 1.6 / MM + look.mast
        lines = look.headline.count(body(edition.front["headline"]), headline_measure + 0.5)
        headline = lines * look.headline.height + look.headline_gap
        standfirst = _STANDFIRST.count(body(edition.front["standfirst"]), TEXT) * _STANDFIRST.height
        head = max(standfirst, self._reach(edition)) + look.head_gap
        return Piece(mast + headline + head + self._takeaways(edition), below=look.takeaways_gap)

    def _reach(self, edition: Edition) -> float:
        late = "; ".join(line.label for line in edition.coverage if line.stale)
        silent = dict.fromkeys(line.asked for line in edition.coverage if line.unreachable and line.asked)
        text = f"Late: {late}. A release that was due has not reached this edition."
        text += "".join(f" Source not reachable on {in_words(asked)}." for asked in silent)
        said = _SMALL.count(text, 46) * _SMALL.height + 0.8 if late else 0.0
        rows = len(edition.coverage) * (_SMALL.height + 1.4 + _HAIR)
        return 1.2 + _RULE + 1.6 + _LABEL.height + 0.6 + _SMALL.height + 1.2 + rows + 1 + said

    def _takeaways(self, edition: Edition) -> float:
        look, total = self.look, 3.4 + _RULE + 3.6 + 17 / MM + 1 + 0.6 * max(len(edition.takeaways) - 1, 0)
        for held in edition.takeaways:
            said = look.takeaway.count(body(held.sentence), GRID - 58) * look.takeaway.height
            lead = _LEAD.count("1 " + body(held.lead), 44) * _LEAD.height
            total += max(said, lead if lead > said else 0) + 2 * look.takeaway_pad + 0.4 / MM
        total += look.takeaway.count(body(edition.front["no_takeaways"]), GRID - 8) * look.takeaway.height
        if bases := marked_front(edition):
            total += 2.4 + _marks(len(bases), GRID - 8)
        return total + 0.4 / MM + 2.7 + 11 / MM

    @cached_property
    def back(self) -> Piece:
        """The least of the receipts that a page may end with: heading, lead and a few receipts."""
        return Piece(_SECTION.height + 2.4 + 2 * 12.6 / MM + 4 + 16, above=10)


def _line(block: Block) -> Line:
    return block.children if isinstance(block, Paragraph) else ()


def _marks(bases: int, measure: float) -> float:
    face = Type("ReporterSans-Regular", 7.8, 10.4)
    return face.count("".join(_MARK_LINE[:bases]), measure) * face.height
