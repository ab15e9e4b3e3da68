"""Treasury International Capital: major foreign holders of Treasury securities, in billions of dollars.

`slt_table5.txt` is wide, the last thirteen months, newest first. `mfhhis01.txt` is the same since March 2000
in yearly blocks. Who is listed changes from release to release, and with it what “All Other” holds.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from reporter.errors import ParseError
from reporter.model.periods import Period
from reporter.sources.payload import number, quoted, text_of

_MONTH = re.compile(r"\d{4}-\d{2}")
_FOOTNOTE = re.compile(r"\s+(\d+)/$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Holding:
    """What one holder held at the end of a month, $ billions.

    `note` is the footnote's number after the name, or empty. `superseded` marks the right-hand of two columns
    that a break month has: the older benchmark's estimate, printed for comparison only.
    """

    holder: str
    month: Period
    value: str
    note: str = ""
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    month: Period
    superseded: bool


def table5(body: bytes | str) -> tuple[Holding, ...]:
    """Read slt_table5; raise ParseError when its head of months is missing or a row does not fit it."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in text_of(body, "slt_table5").splitlines()]
    at = next((i for i, row in enumerate(rows) if row[0] == "Country" and _MONTH.fullmatch(row[1])), None)
    if at is None:
        message = f"no head 'Country, YYYY-MM, …'; the file starts {quoted(str(body))}"
        raise ParseError(message, series="slt_table5")
    months = [Period.parse(cell) for cell in rows[at][1:] if cell]
    found: list[Holding] = []
    for place in range(at + 1, len(rows)):
        name, *cells = rows[place]
        if not name:
            break  # a blank line parts the data from the notes
        if len(cells) != len(months):
            message = f"line {place + 1}: expected {len(months)} values, got {quoted(chr(9).join(rows[place]))}"
            raise ParseError(message, series="slt_table5")
        where = f"line {place + 1}"
        values = (number(cell, where=where, series="slt_table5") for cell in cells)
        found += [Holding(name, month, value) for month, value in zip(months, values, strict=True) if value]
    return tuple(found)


def mfhhis(body: bytes | str) -> tuple[Holding, ...]:
    """Read mfhhis01 block by block; raise ParseError when it holds none or a cell is not a number.

    Names are quoted where they hold a comma, indented below “Of which:”, and may end in a footnote mark;
    trailing empty columns vary; a month printed twice has its newer benchmark on the left.
    """
    rows = list(csv.reader(text_of(body, "mfhhis01").splitlines(), delimiter="\t"))
    columns: dict[int, _Column] = {}
    found: list[Holding] = []
    for at, row in enumerate(rows):
        cells = [cell.strip() for cell in row] or [""]
        if cells[0] == "Country":
            columns = _columns(rows[at - 1], row, at + 1)
        elif columns and cells[0]:
            found += _holdings(cells, columns, at + 1)
    if not found:
        message = f"no block 'Country, year, …'; the file starts {quoted(str(body))}"
        raise ParseError(message, series="mfhhis01")
    return tuple(found)


def _columns(months: list[str], years: list[str], at: int) -> dict[int, _Column]:
    """Place of each column with its month, from the two rows that head a block."""
    columns: dict[int, _Column] = {}
    seen: set[Period] = set()
    for place, (month, year) in enumerate(zip(months, years, strict=False)):
        if place == 0 or not year.strip():
            continue
        if month.strip() not in _MONTHS or not year.strip().isdigit():
            message = f"line {at}: expected a month above a year, got {month!r} above {year!r}"
            raise ParseError(message, series="mfhhis01")
        period = Period.parse(f"{year.strip()}-{_MONTHS.index(month.strip()) + 1:02d}")
        columns[place] = _Column(period, period in seen)
        seen.add(period)
    return columns


def _holdings(cells: list[str], columns: dict[int, _Column], at: int) -> list[Holding]:
    """A row's holdings; none in a row that has a name only (“Of which:”, notes)."""
    mark = _FOOTNOTE.search(cells[0])
    name = " ".join(_FOOTNOTE.sub("", cells[0]).split())
    note = mark.group(1) if mark else ""
    found: list[Holding] = []
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else ""
        value = number(cell, where=f"line {at}", series="mfhhis01")
        if value:
            found.append(Holding(name, column.month, value, note, column.superseded))
    return found
