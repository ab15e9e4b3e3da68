"""An edition as a tree of typed leaves. Renderers are walks over it; no renderer computes.

Blocks are what a page is made of; their lines are made of inline nodes, which come along from `reporter.inline`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from reporter.claims import Claim
from reporter.facts import Fact, Said
from reporter.inline import (
    CountLeaf,
    FactLeaf,
    Inline,
    Judged,
    Line,
    NameLeaf,
    PeriodLeaf,
    QuotedLeaf,
    Styled,
    Text,
    plain,
    walk,
)
from reporter.model.observations import Observation, SeriesInfo
from reporter.model.standing import Coverage
from reporter.quotes import Quote

__all__ = [
    "Block",
    "Cell",
    "ChartBlock",
    "Container",
    "CountLeaf",
    "Coverage",
    "Edition",
    "FactLeaf",
    "Front",
    "Heading",
    "Inline",
    "Items",
    "Judged",
    "Line",
    "NameLeaf",
    "Paragraph",
    "PeriodLeaf",
    "QuoteBlock",
    "QuotedLeaf",
    "Row",
    "SectionTree",
    "Styled",
    "Table",
    "TableBlock",
    "TakeawayLine",
    "Text",
    "charts",
    "lines",
    "plain",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    kind: ClassVar[str] = "paragraph"
    children: Line


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the section's own."""

    kind: ClassVar[str] = "heading"
    level: int
    children: Line


@dataclass(frozen=True, slots=True)
class Items:
    """A plain list."""

    kind: ClassVar[str] = "items"
    rows: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Container:
    """A named container of blocks: rail, beside, commentary, quote, measured, note."""

    kind: ClassVar[str] = "container"
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart with its words: headline, unit, source, alt and what stands in the picture."""

    kind: ClassVar[str] = "chart"
    key: str
    words: Mapping[str, Line]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: a figure, or a date or a name; neither where there is nothing to print.

    `struck` is a figure that has been superseded.
    """

    said: Said | None = None
    emphasis: bool = False
    struck: bool = False
    leaf: PeriodLeaf | NameLeaf | None = None

    @property
    def line(self) -> Line:
        """What it prints."""
        return (FactLeaf(self.said),) if self.said else (self.leaf,) if self.leaf else ()


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row: `role` is empty, `sum` for a total, `sub` for a part of the row above.

    A `label` that is the name of one of the table's fields in the template is replaced by that field's words.
    """

    label: str
    cells: tuple[Cell, ...]
    role: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of facts. Heads and caption are words, so they stand in the template."""

    id: str
    rows: tuple[Row, ...]
    tinted: frozenset[int] = frozenset()  # columns that split the one before them
    minor: frozenset[int] = frozenset()  # columns a phone leaves out
    worded: frozenset[int] = frozenset()  # columns of dates or names, set from the left

    def facts(self) -> Iterator[Fact]:
        """Every fact in it, row by row."""
        return (cell.said.fact for row in self.rows for cell in row.cells if cell.said)


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with its words: caption, unit, columns, note."""

    kind: ClassVar[str] = "table"
    table: Table
    words: Mapping[str, Line]
    columns: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class QuoteBlock:
    """A statement that is somebody else's: their words, whose they are, and what became of them where anything did."""

    kind: ClassVar[str] = "quotation"
    quote: Quote
    words: Line
    by: Line
    later: Line = ()


Block = Paragraph | Heading | Items | Container | ChartBlock | TableBlock | QuoteBlock


@dataclass(frozen=True, slots=True)
class TakeawayLine:
    """A takeaway as printed: a bold lead of a few words, and its sentence."""

    key: str
    lead: Line
    sentence: Line


@dataclass(frozen=True, slots=True)
class SectionTree:
    """One part of the edition as printed."""

    id: str
    title: Line
    short: Line  # for the contents line
    blocks: tuple[Block, ...]
    turned: bool = False  # begins a page on paper: the packer's choice


@dataclass(frozen=True)
class Front:
    """What stands above the sections: headline, standfirst, description and their like, by field."""

    words: Mapping[str, Line]

    def __getitem__(self, name: str) -> Line:
        return self.words.get(name, ())


@dataclass(frozen=True)
class Edition:
    """Everything an edition prints, and everything it rests on."""

    briefing: str
    as_of: date
    snapshot_id: str
    front: Front
    takeaways: tuple[TakeawayLine, ...]
    sections: tuple[SectionTree, ...]
    coverage: tuple[Coverage, ...]
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    series: Mapping[str, SeriesInfo]
    extra: Mapping[str, object] = field(default_factory=dict)
    imprint: tuple[tuple[str, Line], ...] = ()  # the publisher's own words by place: name, tagline, footer, legal

    def observations(self) -> Mapping[str, Observation]:
        """Every observation a fact or a claim rests on, by id."""
        held: dict[str, Observation] = {}
        for fact in self.facts.values():
            held |= {seen.id: seen for seen in fact.expr.observations()}
        for claim in self.claims.values():
            held |= {seen.id: seen for seen in claim.observations()}
        return dict(sorted(held.items()))

    def lines(self) -> Iterator[Line]:
        """Every printed line of words in reading order."""
        yield from self.front.words.values()
        for takeaway in self.takeaways:
            yield takeaway.lead
            yield takeaway.sentence
        for section in self.sections:
            yield section.title
            yield from lines(section.blocks)

    def said(self) -> Iterator[Said]:
        """Every printed figure in reading order, repeats included."""
        for line in self.lines():
            yield from (leaf.said for leaf in walk(line) if isinstance(leaf, FactLeaf))

    def quoted(self) -> Iterator[QuotedLeaf]:
        """Every stretch of somebody else's words: their numerals are counted apart from ours."""
        for line in self.lines():
            yield from (leaf for leaf in walk(line) if isinstance(leaf, QuotedLeaf))


def lines(blocks: tuple[Block, ...]) -> Iterator[Line]:
    """Every line of words in the blocks, in reading order; a table's cells count as lines."""
    for block in blocks:
        match block:
            case Paragraph(children) | Heading(_, children):
                yield children
            case Items(rows):
                yield from rows
            case Container(_, inner):
                yield from lines(inner)
            case ChartBlock(_, words):
                yield from words.values()
            case QuoteBlock(_, said, by, later):
                yield from (line for line in (said, by, later) if line)
            case TableBlock(table, words, columns):
                yield from words.values()
                yield from columns
                for row in table.rows:
                    yield (NameLeaf(row.label),)
                    yield from (cell.line for cell in row.cells if cell.line)


def charts(blocks: tuple[Block, ...]) -> Iterator[ChartBlock]:
    """Every chart in the blocks."""
    for block in blocks:
        if isinstance(block, ChartBlock):
            yield block
        elif isinstance(block, Container):
            yield from charts(block.blocks)
