"""What the tree says about how its parts stand together: questions the templates ask, answered without words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reporter.model.observations import Basis
from reporter.tree import (
    Block,
    ChartBlock,
    Container,
    CountLeaf,
    Edition,
    FactLeaf,
    Heading,
    Inline,
    Items,
    Judged,
    Line,
    Paragraph,
    QuoteBlock,
    Styled,
    Table,
    TableBlock,
    plain,
    walk,
)

AT_THE_BACK = ("sources", "method", "profile-method", "more")  # sections that follow the receipts


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbours inside judged words. `link`: to be one link; `first` and `last` of the links of these words."""

    nodes: Line
    link: bool
    first: bool = False
    last: bool = False


def runs(line: Line) -> tuple[Run, ...]:
    """The line in runs: a link may not stand within a link, and punctuation needs none."""
    held = [(tuple(nodes), not linked) for linked, nodes in groupby(line, _is_linked)]
    links = [i for i, (nodes, link) in enumerate(held) if link and any(c.isalnum() for c in plain(nodes))]
    return tuple(Run(nodes, i in links, links[:1] == [i], links[-1:] == [i]) for i, (nodes, _) in enumerate(held))


def _is_linked(node: Inline) -> bool:
    return any(isinstance(found, FactLeaf | Judged) or getattr(found, "href", "") for found in walk((node,)))


def framed(text: str) -> tuple[str, str, str]:
    """A text as what stands before its first word, the words, and the blanks after them."""
    words = text.lstrip(" ,;:\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}")
    bare = words.rstrip(" \N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}")
    return text[: len(text) - len(words)], bare, words[len(bare) :]


def notes(line: Line) -> tuple[Styled, ...]:
    """The notes of a line, in order: a mail has no margin, so they stand below their paragraph."""
    return tuple(node for node in line if isinstance(node, Styled) and node.style == "note")


def body(line: Line) -> Line:
    """The line without its notes."""
    return tuple(node for node in line if not (isinstance(node, Styled) and node.style == "note"))


def already_marked(node: Judged) -> bool:
    """Whether a figure among the judged words carries the mark that the judgement would."""
    return any(isinstance(held, FactLeaf) and held.said.fact.basis == node.claim.basis for held in walk(node.children))


def opening(blocks: tuple[Block, ...]) -> int:
    """How many blocks stand in one piece with the heading above: the rail cards and the block after them.

    Nought where no rail card opens the section: a heading keeps to a paragraph by itself, to a float it does not.
    """
    cards = 0
    while cards < len(blocks) and _named(blocks[cards], "rail"):
        cards += 1
    return min(cards + 1, len(blocks)) if cards else 0


def paired(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with each quote and the measured words that answer it in one container, `claim`."""
    made: list[Block] = []
    for block in blocks:
        if _named(block, "measured") and made and _is_quote(made[-1]):
            made[-1] = Container("claim", (made[-1], block))
        else:
            made.append(block)
    return tuple(made)


def _is_quote(block: Block) -> bool:
    return isinstance(block, QuoteBlock) or _named(block, "quote")


def _named(block: Block, name: str) -> bool:
    return isinstance(block, Container) and block.name == name


def shared_basis(table: Table) -> Basis | None:
    """The basis of every figure of the table if it is one, so that one mark serves them all."""
    bases = {fact.basis for fact in table.facts()}
    return bases.pop() if len(bases) == 1 else None


def marked(blocks: tuple[Block, ...]) -> tuple[Basis, ...]:
    """The bases that call for a mark and its explanation, in the order mixed, backfilled. Charts show their own."""
    return _called_for(set(_bases(blocks)))


def marked_front(edition: Edition) -> tuple[Basis, ...]:
    """The same for what stands above the sections."""
    lines = [edition.front["headline"], edition.front["standfirst"]]
    lines += [line for held in edition.takeaways for line in (held.lead, held.sentence)]
    return _called_for({basis for line in lines for basis in _of_line(line)})


def marked_anywhere(edition: Edition) -> tuple[Basis, ...]:
    """The same for the whole edition."""
    return _called_for({*marked_front(edition), *(b for section in edition.sections for b in marked(section.blocks))})


def _called_for(found: set[Basis]) -> tuple[Basis, ...]:
    return tuple(basis for basis in (Basis.MIXED, Basis.BACKFILLED) if basis in found)


def _bases(blocks: tuple[Block, ...]) -> Iterator[Basis]:
    for block in blocks:
        match block:
            case Paragraph(children) | Heading(_, children):
                yield from _of_line(children)
            case Items(rows):
                yield from (basis for row in rows for basis in _of_line(row))
            case Container(_, inner):
                yield from _bases(inner)
            case TableBlock(table, words, _):
                yield from (fact.basis for fact in table.facts())
                yield from (basis for line in words.values() for basis in _of_line(line))
            case ChartBlock() | QuoteBlock():
                pass


def _of_line(line: Line) -> Iterator[Basis]:
    for node in walk(line):
        if isinstance(node, FactLeaf):
            yield node.said.fact.basis
        elif isinstance(node, Judged | CountLeaf):
            yield node.claim.basis
