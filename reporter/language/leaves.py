"""Leaves in transit: between Jinja and Markdown each leaf is one private-use character.

Plane 15 carries leaves and the ends of spans, plane 16 the place (template and line) a stretch of words
came from. Both are swapped for nodes when the tree is made; neither is numeric, white space or punctuation,
so Markdown passes them through.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reporter.claims import Claim
from reporter.errors import RenderError
from reporter.tree import Block, ChartBlock, CountLeaf, FactLeaf, NameLeaf, PeriodLeaf, QuoteBlock, TableBlock

_LEAVES, _PLACES, _ROOM = 0xF0000, 0x100000, 0xFFFD


@dataclass(frozen=True, slots=True)
class Open:
    """A span begins: words of a claim, words for when it does not hold, or a note."""

    style: Literal["claim", "denied", "note"]
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """The innermost span ends."""


Leaf = FactLeaf | PeriodLeaf | CountLeaf | NameLeaf | ChartBlock | TableBlock | QuoteBlock | Open | Close


@dataclass
class Leaves:
    """The leaves of one edition, by character."""

    held: list[Leaf] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)

    def token(self, leaf: Leaf) -> str:
        """The character that stands for the leaf."""
        if len(self.held) >= _ROOM:
            message = "an edition may not hold more than sixty-five thousand leaves"
            raise RenderError(message)
        self.held.append(leaf)
        return chr(_LEAVES + len(self.held) - 1)

    def place(self, template: str, line: int) -> str:
        """The character that says “up to here, this line of this template”."""
        self.places.append((template, line))
        return chr(_PLACES + len(self.places) - 1)

    def leaf(self, char: str) -> Leaf | None:
        """The leaf a character stands for, if it does."""
        at = ord(char) - _LEAVES
        return self.held[at] if 0 <= at < len(self.held) else None

    def place_of(self, char: str) -> tuple[str, int] | None:
        """The place a character stands for, if it does."""
        at = ord(char) - _PLACES
        return self.places[at] if 0 <= at < len(self.places) else None

    def block(self, text: str) -> Block | None:
        """The block a paragraph consists of, where it is nothing but one."""
        bare = "".join(c for c in text if self.place_of(c) is None).strip()
        leaf = self.leaf(bare) if len(bare) == 1 else None
        return leaf if isinstance(leaf, ChartBlock | TableBlock | QuoteBlock) else None


def is_private(char: str) -> bool:
    """Whether a character belongs to planes 15 or 16."""
    return ord(char) >= _LEAVES
