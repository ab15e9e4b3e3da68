"""How many lines each row of a table takes on paper: column widths as CSS's automatic layout shares them out.

A column is at least as wide as its longest word and at most as its longest cell; what the grid holds beyond the
least is shared in proportion to what each column lacks.
"""

from __future__ import annotations

from collections.abc import Sequence

from reporter.render.lines import Type, body
from reporter.tree import Cell, TableBlock

GRID = 170.0
CELL = Type("ReporterSans-Regular", 8.7, 10.8)
HEAD = Type("ReporterSans-SemiBold", 7.8, 9.2)
_STRONG = Type("ReporterSans-SemiBold", 8.7, 10.8)
_WORDED, _FIGURES, _TINTED, _INDENT = 2.4, 4.0, 3.0, 3.0  # what pads a column at its right, a part's label at its left

Text = tuple[str, Type]


def lines(block: TableBlock) -> tuple[int, tuple[int, ...]]:
    """Of the head, and of each row."""
    head = [(body(words), HEAD) for words in block.columns]
    rows = [_row(block, place) for place in range(len(block.table.rows))]
    pads = [_padding(block, place) for place in range(len(head))]
    columns = [[row[place] for row in (head, *rows) if place < len(row)] for place in range(len(head))]
    widths = _shared(
        [max(map(_least, column), default=0.0) + pad for column, pad in zip(columns, pads, strict=True)],
        [max(map(_whole, column), default=0.0) + pad for column, pad in zip(columns, pads, strict=True)],
    )
    room = [width - pad + 0.05 for width, pad in zip(widths, pads, strict=True)]
    return _tallest(head, room), tuple(_tallest(row, room) for row in rows)


def _row(block: TableBlock, place: int) -> list[Text]:
    row = block.table.rows[place]
    face = _STRONG if row.role == "sum" else CELL
    label = body(block.words[row.label]) if row.label in block.words else row.label
    return [(label, face), *((_said(cell), _STRONG if cell.emphasis else face) for cell in row.cells)]


def _said(cell: Cell) -> str:
    """Its text without the sign of its basis, which hangs beside the column."""
    if cell.said:
        return body(cell.line).rstrip("\N{NARROW NO-BREAK SPACE}")
    return body(cell.line) if cell.leaf else "–"


def _padding(block: TableBlock, place: int) -> float:
    if place in block.table.tinted:
        return _TINTED
    if place == len(block.columns) - 1:
        return 0.0
    return _WORDED if place == 0 or place in block.table.worded else _FIGURES


def _whole(text: Text) -> float:
    words, face = text
    return face.width(words)


def _least(text: Text) -> float:
    words, face = text
    return max((face.width(word) for word in words.split(" ")), default=0.0)


def _shared(least: Sequence[float], most: Sequence[float]) -> list[float]:
    """The widths of the columns, by the least and the most that each needs."""
    lacking, spare = sum(most) - sum(least), GRID - sum(least)
    if lacking <= spare:
        return list(most)
    part = max(spare, 0.0) / lacking
    return [low + (high - low) * part for low, high in zip(least, most, strict=True)]


def _tallest(texts: Sequence[Text], room: Sequence[float]) -> int:
    return max((face.count(words, width) for (words, face), width in zip(texts, room, strict=False)), default=1) or 1
