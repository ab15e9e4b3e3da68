"""The receipts of an edition: each once, by section, in order of first appearance.

A receipt stands with the first section that prints its figure or words; what only the front prints comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reporter.claims import Claim
from reporter.facts import Fact, Said
from reporter.render.receipt import Receipt, of_claim, of_fact, place_id, receipt_id
from reporter.tree import (
    Block,
    ChartBlock,
    Container,
    CountLeaf,
    Edition,
    FactLeaf,
    Inline,
    Judged,
    Line,
    SectionTree,
    lines,
    plain,
    walk,
)

HEAD_ONLY = frozenset({"description", "subject", "preheader"})  # fields of the front that do not stand on the page

_Printed = tuple[SectionTree | None, Line, str]


@dataclass(frozen=True, slots=True)
class Group:
    """The receipts of one section; `section` is None for what only the front prints."""

    section: SectionTree | None
    receipts: tuple[Receipt, ...]


def chart_id(chart: ChartBlock) -> str:
    """The id of a chart on the page."""
    return f"chart-{chart.key}"


def groups(edition: Edition) -> tuple[Group, ...]:
    """Every printed figure's and judgement's receipt, each once, with the first section that prints it."""
    told = _told(_printed(edition))
    made = (
        Group(section, tuple(held.receipt() for held in told.values() if held.section is section))
        for section in (None, *edition.sections)
    )
    return tuple(group for group in made if group.receipts)


def _printed(edition: Edition) -> Iterator[_Printed]:
    """Every line in reading order: its section, and where it stands if it cannot hold a link of its own."""
    front = edition.front.words
    yield from ((None, line, "") for name, line in front.items() if name not in HEAD_ONLY)
    for held in edition.takeaways:
        yield from ((None, line, "") for line in (held.lead, held.sentence))
    for section in edition.sections:
        yield section, section.title, ""
        yield from ((section, line, place) for line, place in _placed(section.blocks))
    yield from ((None, line, "text") for name, line in front.items() if name in HEAD_ONLY)


@dataclass
class _Told:
    """What has been printed of one fact or claim so far."""

    about: Fact | Claim
    section: SectionTree | None = None
    forms: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    home: str = ""

    def receipt(self) -> Receipt:
        home = self.home or "text"
        if isinstance(self.about, Fact):
            return of_fact(self.about, self.said, self.forms, home)
        return of_claim(self.about, self.forms, home)


def _told(printed: Iterable[_Printed]) -> dict[str, _Told]:
    """All that is printed, by receipt id, in order of first appearance."""
    told: dict[str, _Told] = {}
    for section, line, place in printed:
        for node in walk(line):
            about = _about(node)
            if about is None:
                continue
            held = told.setdefault(receipt_id(about), _Told(about))
            held.section = held.section or section
            if not (isinstance(node, CountLeaf) and held.forms):  # a count is mostly part of words that are there
                held.forms = tuple(dict.fromkeys((*held.forms, plain((node,)))))
            if isinstance(node, FactLeaf):
                held.said = tuple(dict.fromkeys((*held.said, node.said)))
            # A link in words outranks a picture, wherever it comes.
            if not place:
                held.home = place_id(about)
            held.home = held.home or place
    return told


def _about(node: Inline) -> Fact | Claim | None:
    match node:
        case FactLeaf(said):
            return said.fact
        case Judged(claim, _) | CountLeaf(_, claim):
            return claim
        case _:
            return None


def _placed(blocks: tuple[Block, ...]) -> Iterator[tuple[Line, str]]:
    """Each line, with the chart it stands in, if any."""
    for block in blocks:
        if isinstance(block, Container):
            yield from _placed(block.blocks)
        else:
            place = chart_id(block) if isinstance(block, ChartBlock) else ""
            yield from ((line, place) for line in lines((block,)))


def printed_in(chart: ChartBlock) -> tuple[Inline, ...]:
    """The figures and judgements a chart prints, each once: links to them stand below its picture."""
    found = (node for name, line in chart.words.items() if name != "alt" for node in walk(line))
    return tuple({receipt_id(about): node for node in found if (about := _about(node))}.values())
