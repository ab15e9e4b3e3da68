"""A table of figures for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A title, heads, rows as long as the heads, and a note below them. The first column is words, the rest figures."""

    title: str
    heads: Row
    rows: tuple[Row, ...]
    note: str = ""

    def __str__(self) -> str:
        widths = [max(len(row[at]) for row in (self.heads, *self.rows)) for at in range(len(self.heads))]
        lines = [self.title, "", _line(self.heads, widths), "  ".join("─" * width for width in widths)]
        lines += [_line(row, widths) for row in self.rows]
        return "\n".join([*lines, *(["", self.note] if self.note else [])])


def _line(row: Row, widths: Sequence[int]) -> str:
    first, *rest = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()
