"""How many figures an edition prints, and that all of them are bound: what its colophon says of itself.

A figure is a fact or a claim's count wherever a reader meets it: in prose, tables, charts and the texts for pictures,
repeats included. Dates, names, receipts and the colophon are not counted; figures in somebody else's words are
counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reporter.inline import CountLeaf, FactLeaf, Inline, Line, NameLeaf, QuotedLeaf, walk
from reporter.language.numerals import numbers_in
from reporter.transcript import Passage, passages
from reporter.tree import Edition, Front

# What the front's template prints as `{{ figures.bound }}` and `{{ figures.quoted }}` until everything is counted.
BOUND, QUOTED = NameLeaf("figures bound"), NameLeaf("figures quoted")
PLACES = {"bound": BOUND, "quoted": QUOTED}
COLOPHON = "front.colophon"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures by where they stand, and those in somebody else's words."""

    prose: int
    tables: int
    charts: int
    alts: int
    quoted: int

    @property
    def total(self) -> int:
        """All of ours."""
        return self.prose + self.tables + self.charts + self.alts

    @property
    def bound(self) -> str:
        """What the colophon prints: an edition with a figure that is not bound does not come out."""
        return f"{self.total:,} of {self.total:,}"


def count(held: Iterable[Passage]) -> Figures:
    """The figures of an edition's passages."""
    sums = dict.fromkeys(("prose", "table", "chart", "alt", "quoted"), 0)
    for passage in held:
        for node in walk(passage.line):
            if isinstance(node, QuotedLeaf):
                sums["quoted"] += sum(1 for _ in numbers_in(node.text))
            elif isinstance(node, FactLeaf | CountLeaf):
                sums[_group(passage.where)] += 1
    return Figures(sums["prose"], sums["table"], sums["chart"], sums["alt"], sums["quoted"])


def counted(edition: Edition) -> Edition:
    """The edition with its figures counted where its front says so."""
    found = count(passages(edition))
    said = {BOUND: NameLeaf(found.bound), QUOTED: NameLeaf(f"{found.quoted:,}")}
    words = {name: _filled(line, said) for name, line in edition.front.words.items()}
    return replace(edition, front=Front(words))


def _filled(line: Line, said: dict[NameLeaf, NameLeaf]) -> Line:
    def fill(node: Inline) -> Inline:
        return said.get(node, node) if isinstance(node, NameLeaf) else node

    return tuple(fill(node) for node in line)


def _group(where: str) -> str:
    if where == "chart.alt":
        return "alt"
    part = where.partition(".")[0]
    return part if part in {"table", "chart"} else "prose"
