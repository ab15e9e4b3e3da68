"""A line of an edition: words and leaves. A leaf is the only place a figure, a date or a name with a numeral can stand.

`Text` never holds a numeral.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from reporter.claims import Claim
from reporter.facts import Said
from reporter.model.periods import Span


@dataclass(frozen=True, slots=True)
class Text:
    """Words without a numeral. `line` is where in `template` they stand.

    `denied` are the claims under whose `otherwise` they stand: they may say what those found instead.
    """

    kind: ClassVar[str] = "text"
    text: str
    template: str = ""
    line: int = 0
    denied: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class FactLeaf:
    """A fact in its printed form."""

    kind: ClassVar[str] = "fact"
    said: Said

    @property
    def text(self) -> str:
        """The figure as printed."""
        return self.said.text


@dataclass(frozen=True, slots=True)
class PeriodLeaf:
    """A date, month, quarter or window in words."""

    kind: ClassVar[str] = "period"
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class CountLeaf:
    """A claim's count in words: “two”, “second”."""

    kind: ClassVar[str] = "count"
    text: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class NameLeaf:
    """A name that may hold a numeral: “10-year Treasury”, “H.10”, a citation, a hash."""

    kind: ClassVar[str] = "name"
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class QuotedLeaf:
    """Somebody else’s words. A numeral in them is theirs; they stand in a `QuoteBlock` only, beside their source."""

    kind: ClassVar[str] = "quoted"
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """Words that a claim bears out."""

    kind: ClassVar[str] = "claim"
    claim: Claim
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Styled:
    """Strong or emphasised words, or a note: `style` says which."""

    kind: ClassVar[str] = "styled"
    style: str  # strong, em, note
    children: tuple[Inline, ...]


Inline = Text | FactLeaf | PeriodLeaf | CountLeaf | NameLeaf | QuotedLeaf | Judged | Styled
Line = tuple[Inline, ...]


def walk(line: Line) -> Iterator[Inline]:
    """Every node of a line, parents before children."""
    for node in line:
        yield node
        if isinstance(node, Judged | Styled):
            yield from walk(node.children)


def plain(line: Line) -> str:
    """The line's text without any markup."""
    return "".join(plain(n.children) if isinstance(n, Judged | Styled) else n.text for n in line)
