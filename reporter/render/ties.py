"""Where lines may break: the last words of a paragraph hold together, and a figure may start a line.

Pure functions from tree to tree. They change white space only: a reader, a search and a copy see the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from reporter.tree import (
    Block,
    Container,
    CountLeaf,
    Edition,
    FactLeaf,
    Front,
    Inline,
    Items,
    Judged,
    Line,
    Paragraph,
    Styled,
    Text,
    plain,
    walk,
)

NO_BREAK, MAY_BREAK = "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}"
LAST = 14  # characters: a last line shorter than this reads as an accident
_SHORTEST = 40  # a paragraph shorter than this is a line of its own anyway

Rewrite = Callable[[Line], Line]


def tied(line: Line, last: int = LAST) -> Line:
    """The line with its last `last` characters in one piece, as far as no link stands among them.

    Before a link a line must be free to break: WeasyPrint looks for a break in front of a link that may not be
    parted from the words before it, and takes the first instead of the last. A note at the end is a line of its own.
    """
    body, notes = _parted(line)
    tail = tuple(replace(note, children=tied(note.children, last)) for note in notes)
    return (_tied(body, last) if len(plain(body)) >= _SHORTEST else body) + tail


def loosened(line: Line) -> Line:
    """The line with a place to break before each figure or judged phrase that follows a plain space.

    WeasyPrint ends a line early where a paragraph holds a link that may not break; a zero-width space before
    the link cures it, and is not in the text that is copied or searched.
    """
    return tuple(_loose(line, ""))


def rewritten(edition: Edition, rewrite: Rewrite) -> Edition:
    """The edition with every paragraph, list row, takeaway and the standfirst rewritten."""
    words = {name: rewrite(words) if name == "standfirst" else words for name, words in edition.front.words.items()}
    takeaways = tuple(replace(held, sentence=rewrite(held.sentence)) for held in edition.takeaways)
    sections = tuple(replace(held, blocks=_blocks(held.blocks, rewrite)) for held in edition.sections)
    return replace(edition, front=Front(words), takeaways=takeaways, sections=sections)


def _blocks(blocks: tuple[Block, ...], rewrite: Rewrite) -> tuple[Block, ...]:
    return tuple(_block(block, rewrite) for block in blocks)


def _block(block: Block, rewrite: Rewrite) -> Block:
    match block:
        case Paragraph(children):
            return Paragraph(rewrite(children))
        case Items(rows):
            return Items(tuple(rewrite(row) for row in rows))
        case Container(name, blocks):
            return Container(name, _blocks(blocks, rewrite))
        case _:
            return block


def _parted(line: Line) -> tuple[Line, tuple[Styled, ...]]:
    """The words, and the notes that close them."""
    notes: list[Styled] = []
    body = list(line)
    while body and isinstance(node := body[-1], Styled) and node.style == "note":
        notes.insert(0, node)
        body.pop()
    return tuple(body), tuple(notes)


def _tied(line: Line, room: int) -> Line:
    """Spaces among the last `room` characters become no-break ones, back to the last link."""
    made: list[Inline] = []
    for node in reversed(line):
        room = 0 if _is_link(node) else room
        made.insert(0, _tied_node(node, room) if room > 0 else node)
        room -= len(plain((node,)))
    return tuple(made)


def _is_link(node: Inline) -> bool:
    return any(
        isinstance(found, FactLeaf | Judged | CountLeaf) or getattr(found, "href", "") for found in walk((node,))
    )


def _tied_node(node: Inline, room: int) -> Inline:
    if isinstance(node, Judged | Styled):
        return replace(node, children=_tied(node.children, room))
    if isinstance(node, FactLeaf):
        return node
    start = max(len(node.text) - room, 0)
    return replace(node, text=node.text[:start] + node.text[start:].replace(" ", NO_BREAK))


def _loose(line: Line, before: str) -> Iterator[Inline]:
    for node in line:
        if isinstance(node, FactLeaf | Judged) and before.endswith(" "):
            yield Text(MAY_BREAK)
        if isinstance(node, Judged | Styled):
            # The break before a phrase serves a figure that opens it, too.
            inner = "" if isinstance(node, Judged) else before
            yield replace(node, children=tuple(_loose(node.children, inner)))
        else:
            yield node
        before = plain((node,)) or before
