"""FRED, the data service of the Federal Reserve Bank of St. Louis: files of its graph page.

`fredgraph.csv?id=GDP` answers `observation_date,GDP` and a row a period, stamped with the period's first
day; until about December 2024 the first column was called `DATE`. A missing value is empty today and `.` in
older files. The unit is not in the file; it comes from the catalogue.
"""

from __future__ import annotations

from datetime import date

from reporter.errors import ParseError
from reporter.model.periods import Frequency, Period
from reporter.sources.payload import number, quoted, text_of

_DATE_HEADS = ("observation_date", "DATE")
_FIELDS = 2


def fredgraph(body: bytes | str, series: str, frequency: Frequency) -> dict[Period, str]:
    """Values as written by period, in order; empty where FRED has none.

    Raise ParseError when the header names another series, a row is not a date and a number, or dates do not
    ascend.
    """
    lines = text_of(body, series).splitlines()
    head = lines[0].strip().split(",")
    if len(head) != _FIELDS or head[0] not in _DATE_HEADS or head[1] != series:
        message = f"expected the header 'observation_date,{series}', got {quoted(lines[0])}"
        raise ParseError(message, series=series)
    values: dict[Period, str] = {}
    last = None
    for at, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        period, value = _row(line, at, series, frequency)
        if last is not None and period <= last:
            message = f"line {at}: periods do not ascend: {quoted(line)}"
            raise ParseError(message, series=series)
        values[period] = value
        last = period
    return values


def _row(line: str, at: int, series: str, frequency: Frequency) -> tuple[Period, str]:
    day, comma, cell = line.partition(",")
    try:
        period = Period.of(date.fromisoformat(day.strip()), frequency)
    except ValueError:
        comma = ""
    if not comma:
        message = f"line {at}: expected 'YYYY-MM-DD,value', got {quoted(line)}"
        raise ParseError(message, series=series)
    return period, number(cell, where=f"line {at}", series=series)
