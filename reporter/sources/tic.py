"""Treasury International Capital: the monthly tables of the SLT survey.

Tab-separated with CRLF, newest month first, `n.a.` where there is nothing (net and valuation columns start in
February 2023). A row of machine names, `country⇥country_code⇥date⇥…`, heads the data: found by its
words, since titles above it come and go. Areas are keyed by code; names change. Total, “of which” and memo rows
stand among the countries, so nothing may be summed over all rows.
https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from reporter.errors import ParseError
from reporter.model.periods import Period
from reporter.sources.payload import number, quoted, text_of

_KEYS = ["country", "country_code", "date"]
_MONTH = re.compile(r"\d{4}-\d{2}")
_S1_CLASSES = 6
_S1_FIELDS = 3 + 2 * _S1_CLASSES


class SltRow(NamedTuple):
    """One area in one month; `values` in millions of dollars, in the order of the table's columns."""

    area: str
    code: str
    month: Period
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SltTable:
    """Table 1, 2 or 3: machine names of its columns, and its rows as they stand in the file."""

    columns: tuple[str, ...]
    rows: tuple[SltRow, ...]

    def series(self) -> dict[tuple[str, str], dict[Period, str]]:
        """Values by month for each (area code, column) that has any."""
        found: dict[tuple[str, str], dict[Period, str]] = {}
        for row in self.rows:
            for column, value in zip(self.columns, row.values, strict=True):
                if value:
                    found.setdefault((row.code, column), {})[row.month] = value
        return found

    def runs(self) -> Iterator[tuple[str, str, Period, str]]:
        """Area code, column, first month and values as `Layer.text` holds them, of each series that has any.

        The same as `consecutive` of each of `series`, for whole columns at a time: a release has two hundred
        thousand cells.
        """
        for code, rows in groupby(sorted(self.rows, key=attrgetter("code", "month")), key=attrgetter("code")):
            held = list(rows)
            gaps = [(later.month.ordinal - row.month.ordinal - 1) for row, later in pairwise(held)]
            for column, cells in zip(self.columns, zip(*(row.values for row in held), strict=True), strict=True):
                spaced = cells if not any(gaps) else _spaced(cells, gaps)
                text = ",".join(spaced)
                kept = text.lstrip(",")
                if kept:
                    yield code, column, held[0].month + (len(text) - len(kept)), kept.rstrip(",")


def _spaced(cells: Sequence[str], gaps: Sequence[int]) -> list[str]:
    """The cells with an empty one for each month that has no row."""
    found = [cells[0]]
    for gap, cell in zip(gaps, cells[1:], strict=True):
        found += [*[""] * gap, cell]
    return found


@dataclass(frozen=True, slots=True)
class S1Row:
    """A month of the survey that ended in January 2023: gross transactions with one area, $ millions.

    Six classes each way: US Treasury bonds and notes, agency bonds, corporate bonds, US shares, foreign bonds,
    foreign shares; bought by foreigners from US residents, and sold by them.
    """

    code: str
    month: Period
    purchases: tuple[str, ...]
    sales: tuple[str, ...]


def slt(body: bytes | str, table: str) -> SltTable:
    """Read slt_table1, 2 or 3; raise ParseError when there is no machine header or a row does not fit it."""
    lines = text_of(body, table).splitlines()
    at, columns = _machine_header(lines, table)
    plain = _plain(len(columns))
    rows: list[SltRow] = []
    seen: set[tuple[str, Period]] = set()
    for place in range(at + 1, len(lines)):
        if not lines[place].strip():
            break  # a blank line parts the data from definitions
        row = _plain_row(lines[place], plain) or _slt_row(lines[place], place + 1, len(columns), table)
        if (row.code, row.month) in seen:
            message = f"line {place + 1}: {row.code} {row.month} stands twice"
            raise ParseError(message, series=table)
        seen.add((row.code, row.month))
        rows.append(row)
    return SltTable(columns, tuple(rows))


def _machine_header(lines: list[str], table: str) -> tuple[int, tuple[str, ...]]:
    for place, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("\t")]
        if cells[:3] == _KEYS:
            return place, tuple(cell for cell in cells[3:] if cell)
    message = f"no header row 'country, country_code, date, …'; the file starts {quoted(chr(10).join(lines))}"
    raise ParseError(message, series=table)


def _plain(count: int) -> re.Pattern[str]:
    """A row as nearly all are: nothing to strip, no comma, no `-0`."""
    return re.compile(rf"([^\t\"]+)\t(\d+)\t(\d{{4}}-\d\d)((?:\t(?:-?[1-9]\d*+|0|n\.a\.)){{{count}}})\t*")


def _plain_row(line: str, plain: re.Pattern[str]) -> SltRow | None:
    """The row, where it is one of those; read with care it would be the same."""
    found = plain.fullmatch(line)
    if not found:
        return None
    area, code, month, cells = found.groups()
    return SltRow(area.strip(), code, _month(month), tuple(cells[1:].replace("n.a.", "").split("\t")))


@cache
def _month(text: str) -> Period:
    """There are as many as a table has months, and thousands of rows."""
    return Period.parse(text)


def _slt_row(line: str, at: int, count: int, table: str) -> SltRow:
    area, code, month, *cells = (cell.strip() for cell in [*line.split("\t"), "", ""])
    if not code.isdigit() or not _MONTH.fullmatch(month) or len(cells) < count + 2 or any(cells[count:]):
        message = f"line {at}: expected area, code, month and {count} values, got {quoted(line)}"
        raise ParseError(message, series=table)
    values = tuple(number(cell, where=f"line {at}", series=table) for cell in cells[:count])
    return SltRow(area.strip('"'), code, _month(month), values)


def s1(body: bytes | str, code: str = "99996") -> Iterator[S1Row]:
    """Read the rows of one area from s1_globl, 1977 to January 2023; thousands are quoted (`"1,480"`).

    Raise ParseError when the numbered head `[1] … [12]` is missing or a row does not fit it.
    """
    lines = text_of(body, "s1_globl").splitlines()
    numbered = [f"[{i}]" for i in range(1, 2 * _S1_CLASSES + 1)]
    if not any([cell.strip() for cell in line.split("\t")][3:_S1_FIELDS] == numbered for line in lines[:60]):
        message = f"no head '[1] … [12]'; the file starts {quoted(chr(10).join(lines))}"
        raise ParseError(message, series="s1_globl")
    for at, line in enumerate(lines, 1):
        if f"\t{code}\t" in line:
            yield _s1_row(line, at, code)


def _s1_row(line: str, at: int, code: str) -> S1Row:
    cells = [cell.strip() for cell in next(csv.reader([line], delimiter="\t"))]
    if len(cells) < _S1_FIELDS or not _MONTH.fullmatch(cells[2]):
        message = f"line {at}: expected area, code, month and twelve values, got {quoted(line)}"
        raise ParseError(message, series="s1_globl")
    values = tuple(number(cell, where=f"line {at}", series="s1_globl") for cell in cells[3:_S1_FIELDS])
    return S1Row(code, Period.parse(cells[2]), values[:_S1_CLASSES], values[_S1_CLASSES:])
