"""The Treasury's latest release, table by table: from its files to layers.

Five files, no key, published around the 18th, 16:00 Eastern, for the month two before: tables 1, 2, 3 and 5
and the history of the major holders. A file says its unit above its head; that is held against the catalogue.
Past releases lie beside them as `ticrel_YYYYMMDD.zip`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reporter import catalogue
from reporter.errors import MissingSeries, ParseError, UnitMismatch
from reporter.model.observations import Form, Layer, SeriesInfo
from reporter.model.periods import Period
from reporter.model.units import Unit
from reporter.sources.base import Bases, Known, Media, Request, Single, join, of_source, vintage
from reporter.sources.payload import consecutive, quoted, text_of
from reporter.sources.tic import slt
from reporter.sources.tic_holders import Holding, mfhhis, table5

FILES = {
    "table1": "slt_table1.txt",
    "table2": "slt_table2.txt",
    "table3": "slt_table3.txt",
    "table5": "slt_table5.txt",
    "mfhhis": "mfhhis01.txt",
}
_SAID = re.compile(r"\b(millions|billions|trillions|thousands) of dollars", re.IGNORECASE)
_SCALES = {"millions": "usd_mn", "billions": "usd_bn", "trillions": "usd_tn"}
_OFTEN_EMPTY = {"pos_old"}  # of months that an older benchmark covers, too: table 5 has none
_PREAMBLE = 30  # lines in which a file says its unit

# Names of holders that differ from an area's name in the other tables.
_LINES = {
    "For. Official": "99990",
    "Treasury Bills": "official_bills",
    "T-Bonds & Notes": "official_bonds",
}
# In the block of 2002 the line “Belgium 5/” is Belgium and Luxembourg until May, and on the old benchmark of June.
_BELGIUM_NOTE = "5"
_BELGIUM_ALONE_FROM = Period.parse("2002-06")


@dataclass(frozen=True, slots=True)
class Tic(Single):
    """The tables of the latest release; each file is one path of all its series."""

    name: str = "tic"

    def requests(self, series_ids: Sequence[str], bases: Bases, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """One a file, for those of its series that are asked for."""
        del known
        asked = of_source(series_ids, "tic")
        found = []
        for table, file in FILES.items():
            series = tuple(key for key in asked if key.split(":")[1] == table)
            if series:
                found.append(Request(f"tic:{table}", self.name, join(bases.tic, file), (), series, Media.TSV))
        return tuple(found)

    def parse(self, request: Request, body: bytes, known_on: date) -> tuple[Layer, ...]:
        """Every series of the file that the catalogue knows, not only those asked for.

        Raise ParseError where a column that was asked for is gone. Areas come and go: not each has every column,
        and holders leave the list; that a series ends is for the release calendar to notice.
        """
        table = request.id.removeprefix("tic:")
        text = text_of(body, request.id)
        _assert_unit(text, table)
        found = tuple(_layers(table, _runs(table, text), known_on, body))
        missing = _columns(request.series) - _columns(made.series for made in found) - _OFTEN_EMPTY
        if missing:
            message = f"it has no values any more in {', '.join(sorted(missing))}"
            raise ParseError(message, series=FILES[table])
        return found


def _columns(series: Iterable[str]) -> set[str]:
    return {key.rpartition(":")[2] for key in series}


def _runs(table: str, text: str) -> Iterator[tuple[str, Period, str]]:
    """Id, first month and values of each series."""
    if table in {"table5", "mfhhis"}:
        listed = holders(table, table5(text) if table == "table5" else mfhhis(text))
        yield from ((series, *consecutive(values)) for series, values in listed.items())
        return
    for code, column, first, values in slt(text, FILES[table].removesuffix(".txt")).runs():
        yield f"tic:{table}:{code}:{column}", first, values


def _layers(table: str, runs: Iterable[tuple[str, Period, str]], day: date, body: bytes) -> Iterator[Layer]:
    held = None
    for series, first, values in runs:
        entry = _entry(series)
        if entry:
            held = held or vintage(entry, f"tic:{FILES[table].removesuffix('.txt')}", day, Form.PATH, body)
            yield Layer(series, held, entry.unit, first, values)


def _entry(series: str) -> SeriesInfo | None:
    """None for an area or a column that came new: no section can have asked for it."""
    try:
        return catalogue.info(series)
    except MissingSeries:
        return None


def _assert_unit(text: str, table: str) -> None:
    """Raise UnitMismatch where the file says another unit than the catalogue, ParseError where it says none."""
    series = next(key for key in catalogue.ids() if key.startswith(f"tic:{table}:"))
    said = _SAID.search("\n".join(text.splitlines()[:_PREAMBLE]))
    if not said:
        message = f"says nowhere above its head what its unit is; it starts {quoted(text)}"
        raise ParseError(message, series=FILES[table])
    unit = _SCALES.get(said[1].lower())
    if unit is None or Unit.parse(unit) != catalogue.info(series).unit:
        message = f"says it is in {said[0].lower()}, the catalogue {catalogue.info(series).unit}"
        raise UnitMismatch(message, series=FILES[table])


def holders(table: str, holdings: Iterable[Holding]) -> dict[str, dict[Period, str]]:
    """Values by month of each holder's series id, to a tenth; recent years of the history lost trailing zeros.

    Raise ParseError on a holder whose name no area has.
    """
    codes = {area.name: area.code for area in catalogue.areas()} | _LINES
    found: dict[str, dict[Period, str]] = {}
    for holding in holdings:
        code = codes.get(holding.holder)
        if code is None:
            message = f"a holder no area has the name of, {quoted(holding.holder)}: renamed? Areas stand in areas.tsv"
            raise ParseError(message, series=FILES[table])
        if holding.note == _BELGIUM_NOTE and (holding.superseded or holding.month < _BELGIUM_ALONE_FROM):
            code = "belgium_luxembourg"
        column = "pos_old" if holding.superseded else "pos"
        found.setdefault(f"tic:{table}:{code}:{column}", {})[holding.month] = _to_a_tenth(holding.value)
    return found


def _to_a_tenth(value: str) -> str:
    """`435` as `435.0`; more decimals than one are kept."""
    return value if "." in value else format(Decimal(value), ".1f")
