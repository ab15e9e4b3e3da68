"""An edition as plain text: for those who read mail so, and for the programs that read nothing else.

A walk of the same tree as the HTML, in lines of 72 characters (RFC 3676's advice, less room for being quoted).
A table is set in columns under a rule of dashes that shows how wide each is, so that eye and proof can tell the heads.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from reporter.model.observations import Basis
from reporter.model.periods import Frequency, Period
from reporter.render import templates
from reporter.render.groups import shared_basis
from reporter.render.mailed import ADDRESS, UNSUBSCRIBE, Letterhead, mailed, receipts_at, subject
from reporter.transcript import EMPTY_CELL
from reporter.tree import Cell, Edition, Row, TableBlock, plain

TEMPLATE = "base/email.txt.j2"
WIDTH, WIDEST_GRID = 72, 78  # characters; a table may reach the most that a line of a mail should have, RFC 5322
SIGNS = {Basis.MIXED: "†", Basis.BACKFILLED: "‡"}
GAP = "  "  # between columns
_NARROWEST_LABEL, _DEEPEST_HEAD = 14, 2  # characters, lines
_BLANKS = re.compile(r"\n{3,}")


def text(edition: Edition, folders: Sequence[Path], held: Letterhead) -> str:
    """The edition as plain text; raise RenderError where the template is at fault."""
    environment = templates.environment(tuple(folders), markup=False)
    environment.filters.update(wrapped=wrapped, grid=grid, ruled=ruled)
    words = {
        "edition": mailed(edition),
        "day": Period.of(edition.as_of, Frequency.DAY),
        "subject": subject(edition),
        "letterhead": held,
        "receipts_at": receipts_at(edition),
        "SIGNS": SIGNS,
        "UNSUBSCRIBE": UNSUBSCRIBE,
        "ADDRESS": ADDRESS,
    }
    with templates.placed(TEMPLATE):
        made = environment.get_template(TEMPLATE).render(words)
    return compact(made)


def compact(made: str) -> str:
    """A rendered text without blanks at line ends and with one blank line where it has more."""
    return _BLANKS.sub("\n\n", "\n".join(row.rstrip() for row in made.split("\n"))).strip() + "\n"


def wrapped(words: str, first: str = "", rest: str | None = None) -> str:
    """The words in lines, the first after `first` and the others after `rest`; an address is never broken."""
    return textwrap.fill(
        " ".join(words.split(" ")).replace("\n", " ").strip(),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def ruled(words: str, dash: str) -> str:
    """A title and a rule below it, as long as its last line."""
    held = wrapped(words)
    return f"{held}\n{dash * len(held.rpartition(chr(10))[2])}"


def grid(block: TableBlock) -> str:
    """A table's heads, rule and rows."""
    signed = shared_basis(block.table) is None
    heads = [plain(head) for head in block.columns]
    rows = [[_label(row), *(_cell(cell, signed=signed) for cell in row.cells)] for row in block.table.rows]
    widths = _widths(heads, rows)
    left = {0, *block.table.worded}
    lines = [_line(cells, widths, left) for cells in _stacked(heads, widths)]
    lines.append(GAP.join("-" * width for width in widths))
    for cells in rows:
        lines += [_line(held, widths, left) for held in _stacked(cells, widths)]
    return "\n".join(lines)


def _label(row: Row) -> str:
    return f"  {row.label}" if row.role == "sub" else row.label


def _cell(cell: Cell, *, signed: bool) -> str:
    if cell.said:
        return cell.said.text + (SIGNS.get(cell.said.fact.basis, "") if signed else "")
    return plain(cell.line) or EMPTY_CELL


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Each column as wide as its widest cell and its heads' longest word; the first takes what is left, if it must."""
    widths = [
        max([len(row[at]) for row in rows] + [len(word) for word in head.split(" ")]) for at, head in enumerate(heads)
    ]
    taken = sum(widths[1:]) + len(GAP) * (len(widths) - 1)
    widths[0] = max(_NARROWEST_LABEL, min(widths[0], WIDEST_GRID - taken))
    for _ in range(WIDEST_GRID - taken - widths[0]):  # what is left goes to the deepest head
        deep = [len(_broken(head, width)) for head, width in zip(heads, widths, strict=True)]
        at = deep.index(max(deep))
        if deep[at] <= _DEEPEST_HEAD:
            break
        widths[at] += 1
    return widths


def _broken(cell: str, width: int) -> list[str]:
    return textwrap.wrap(cell, width, break_on_hyphens=False) or [""]


def _stacked(cells: Sequence[str], widths: Sequence[int]) -> Iterator[list[str]]:
    """Cells broken to their columns, as lines; all end on the last line."""
    held = [_broken(cell, width) for cell, width in zip(cells, widths, strict=True)]
    deep = max(map(len, held))
    padded = [[""] * (deep - len(rows)) + rows for rows in held]
    yield from (list(line) for line in zip(*padded, strict=True))


def _line(cells: Sequence[str], widths: Sequence[int], left: set[int]) -> str:
    return GAP.join(
        cell.ljust(width) if at in left else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
