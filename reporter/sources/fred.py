"""FRED, the data service of the Federal Reserve Bank of St. Louis: files of its graph page, for which no key is needed.

`fredgraph.csv?id=GDP` answers `observation_date,GDP` and a row a period, stamped with the period's first
day; until about December 2024 the first column was called `DATE`. A missing value is empty today and `.` in
older files. The unit is not in the file; it comes from the catalogue. One series a request: what several of different
frequency come as is not documented. https://fred.stlouisfed.org/graph/fredgraph.csv?id=GDP
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reporter import catalogue
from reporter.errors import ParseError
from reporter.model.observations import Form, Layer
from reporter.model.periods import Frequency, Period
from reporter.sources.base import Bases, Known, Media, Request, Single, join, layer, of_source, vintage
from reporter.sources.payload import number, quoted, text_of

DATE_HEADS = ("observation_date", "DATE")
_FIELDS = 2


@dataclass(frozen=True, slots=True)
class FredGraph(Single):
    """The whole series as it stands today."""

    name: str = "fred"

    def requests(self, series_ids: Sequence[str], bases: Bases, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """One a series, always for all of it: an annual revision reaches back for years."""
        del known
        url = join(bases.fred, "graph/fredgraph.csv")
        return tuple(
            Request(key, self.name, url, (("id", key.removeprefix("fred:")),), (key,), Media.CSV)
            for key in of_source(series_ids, "fred")
        )

    def parse(self, request: Request, body: bytes, known_on: date) -> tuple[Layer, ...]:
        """One whole path."""
        entry = catalogue.info(request.series[0])
        held = vintage(entry, entry.id, known_on, Form.PATH, body)
        made = layer(entry.id, held, fredgraph(body, entry.code, entry.frequency))
        if made is None:
            message = f"no period has a value: {quoted(text_of(body))}"
            raise ParseError(message, series=entry.id)
        return (made,)


def fredgraph(body: bytes | str, series: str, frequency: Frequency) -> dict[Period, str]:
    """Values as written by period, in order; empty where FRED has none.

    Raise ParseError when the header names another series, a row is not a date and a number, or dates do not
    ascend.
    """
    lines = text_of(body, series).splitlines()
    head = lines[0].strip().split(",")
    if len(head) != _FIELDS or head[0] not in DATE_HEADS or head[1] != series:
        message = f"expected the header 'observation_date,{series}', got {quoted(lines[0])}"
        raise ParseError(message, series=series)
    values: dict[Period, str] = {}
    last = None
    for at, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        period, value = row(line, at, series, frequency)
        if last is not None and period <= last:
            message = f"line {at}: periods do not ascend: {quoted(line)}"
            raise ParseError(message, series=series)
        values[period] = value
        last = period
    return values


def row(line: str, at: int, series: str, frequency: Frequency) -> tuple[Period, str]:
    """A line's period and value; raise ParseError, naming its number, where it is not a date and a number."""
    day, comma, cell = line.partition(",")
    try:
        period = Period.of(date.fromisoformat(day.strip()), frequency)
    except ValueError:
        comma = ""
    if not comma:
        message = f"line {at}: expected 'YYYY-MM-DD,value', got {quoted(line)}"
        raise ParseError(message, series=series)
    return period, number(cell, where=f"line {at}", series=series)
