"""ALFRED, the vintages behind FRED: files of its graph page, for which no key is needed.

`alfredgraph.csv?id=GDP,GDP&vintage_date=2026-05-28,2026-06-25` answers
`observation_date,GDP_20260528,GDP_20260625`: the whole series as it stood on each of those days. The id is repeated
once a vintage; one id with several days silently answers the first day only, so the head is held against what
was asked. A day between two releases answers the vintage in force, which was known by that day at the latest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reporter import catalogue
from reporter.errors import ParseError
from reporter.model.observations import Form, Layer
from reporter.model.periods import Frequency, Period
from reporter.sources.base import NOTHING, Bases, Known, Media, Request, Single, join, layer, of_source, vintage
from reporter.sources.fred import DATE_HEADS
from reporter.sources.payload import number, quoted, text_of

_COLUMN = re.compile(r"(?P<code>\w+)_(?P<day>\d{8})")
_TOGETHER = 10  # vintages a request: the graph page draws a dozen lines, and an address has its length
_FIRST_DAY = "1776-07-04"  # FRED's own word for “from the beginning”
_LAST_DAY = "9999-12-31"


@dataclass(frozen=True, slots=True)
class AlfredGraph(Single):
    """The vintages of the days that `Known.wanted` lists, less those that are at hand."""

    name: str = "alfred"

    def requests(self, series_ids: Sequence[str], bases: Bases, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """A request for every ten vintages of a series."""
        found = []
        for key in of_source(series_ids, "fred"):
            held = known.get(key, NOTHING)
            days = sorted(set(held.wanted) - set(held.vintages))
            batches = (days[at : at + _TOGETHER] for at in range(0, len(days), _TOGETHER))
            found += [self._request(key, batch, bases) for batch in batches]
        return tuple(found)

    def _request(self, key: str, days: Sequence[date], bases: Bases) -> Request:
        times = len(days)
        params = {
            "id": [key.removeprefix("fred:")] * times,
            "cosd": [_FIRST_DAY] * times,
            "coed": [_LAST_DAY] * times,
            "vintage_date": [day.isoformat() for day in days],
        }
        together = tuple((name, ",".join(values)) for name, values in params.items())
        url = join(bases.alfred, "graph/alfredgraph.csv")
        return Request(f"alfred:{key}:{days[0]}", self.name, url, together, (key,), Media.CSV)

    def parse(self, request: Request, body: bytes, known_on: date) -> tuple[Layer, ...]:
        """A whole path for each day asked for that the series had a value on."""
        del known_on  # each vintage has its own day
        entry = catalogue.info(request.series[0])
        columns = alfredgraph(body, entry.code, entry.frequency)
        asked = [date.fromisoformat(day) for day in dict(request.params)["vintage_date"].split(",")]
        if list(columns) != asked:
            message = f"asked for the vintages {_listed(asked)}, got {_listed(columns)}"
            raise ParseError(message, series=entry.id)
        made = (
            layer(entry.id, vintage(entry, f"alfred:{entry.code}", day, Form.PATH, body), values)
            for day, values in columns.items()
        )
        return tuple(each for each in made if each)


def alfredgraph(body: bytes | str, code: str, frequency: Frequency) -> dict[date, dict[Period, str]]:
    """Values as written by vintage and period, empty where there are none.

    Raise ParseError where the head has another series or a row has not a value, or nothing, for each vintage.
    """
    lines = text_of(body, code).splitlines()
    days = _days(lines[0], code)
    columns: dict[date, dict[Period, str]] = {day: {} for day in days}
    for at, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        period, *cells = line.split(",")
        if len(cells) != len(days):
            message = f"line {at}: expected a date and {len(days)} values, got {quoted(line)}"
            raise ParseError(message, series=code)
        when = _period(period, at, code, frequency)
        if when in columns[days[0]]:
            message = f"line {at}: {when} stands twice"
            raise ParseError(message, series=code)
        for day, cell in zip(days, cells, strict=True):
            columns[day][when] = number(cell, where=f"line {at}", series=code)
    return columns


def _days(head: str, code: str) -> list[date]:
    first, *names = head.strip().split(",")
    found = [_COLUMN.fullmatch(name) for name in names]
    if first in DATE_HEADS and names and all(column and column["code"] == code for column in found):
        try:
            return [date.fromisoformat(column["day"]) for column in found if column]
        except ValueError:
            pass
    message = f"expected the header 'observation_date,{code}_YYYYMMDD,…', got {quoted(head)}"
    raise ParseError(message, series=code)


def _period(text: str, at: int, code: str, frequency: Frequency) -> Period:
    try:
        return Period.of(date.fromisoformat(text.strip()), frequency)
    except ValueError:
        message = f"line {at}: expected a date, got {quoted(text)}"
        raise ParseError(message, series=code) from None


def _listed(days: Sequence[date] | Mapping[date, object]) -> str:
    return ", ".join(day.isoformat() for day in days)
