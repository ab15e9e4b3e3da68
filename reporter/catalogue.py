"""The catalogue: what a series measures, who publishes it, when it is due, whose it is.

Kept as data in `data/catalogue.toml` (series, and tables that make a series of each area and column) and
`data/areas.tsv` (the areas of the Treasury's tables). Only series whose licence class is free may be in it: what is
copyrighted (share indices, for one) is refused by name.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from reporter.errors import DataError, MissingSeries
from reporter.model.observations import SeriesInfo
from reporter.model.periods import Frequency
from reporter.model.units import Adjustment, Measure, Nature, Unit

FREE_LICENCES = frozenset({"public domain"})
# On these a series of one's own may be printed and carried as well; the source line names who is to be named.
OPEN_LICENCES = frozenset({"own", "cc0", "cc by 4.0", "ogl"})
# What FRED serves and others own: share and bond indices and the like, https://fred.stlouisfed.org/legal/
_COPYRIGHTED = ("SP500", "DJ", "NASDAQ", "NIKKEI", "VIX", "VXV", "RVX", "GVZ", "OVX", "BAML", "WILL", "CBBTC", "CBETH")
_own: dict[str, SeriesInfo] = {}
_AREA_FIELDS = 7
_TABLE_PARTS = 4  # tic:table1:42609:for_lt_total_pos


class AreaKind(StrEnum):
    """What an area's row is; only countries may be added up or ranked."""

    COUNTRY = "country"
    REGION = "region"
    TOTAL = "total"
    OF_WHICH = "of_which"  # a part of the total by who holds or what is held, counted among the countries too
    MEMO = "memo"  # a grouping of countries beside the regions (euro area, European Union)
    ORGANISATION = "organisation"
    GROUP = "group"  # countries reported together in older tables only
    REST = "rest"  # what a table's list of holders leaves over; changes with the list


@dataclass(frozen=True, slots=True)
class Area:
    """A row of the Treasury's tables.

    `name` is as printed, `short` for labels, `prose` for running text (“the United Kingdom”); `region` is the code of
    the region it lies in, empty where none does; `tables` are those that report it.
    """

    code: str
    name: str
    short: str
    prose: str
    kind: AreaKind
    region: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """What all series of one column of a table share; `title` has a place for the area."""

    title: str
    nature: Nature
    traits: Mapping[str, Any]


def info(series_id: str) -> SeriesInfo:
    """The entry of a series; raise MissingSeries, with the likeliest spellings, when there is none."""
    try:
        return _entry(series_id)
    except KeyError:
        near = difflib.get_close_matches(series_id, list(ids()), n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        message = f"the catalogue has no such series{hint}"
        raise MissingSeries(message, series=series_id) from None


def declare(entries: Mapping[str, SeriesInfo]) -> None:
    """Series of one's own, in the place of those declared before; `reporter.own` reads them."""
    _own.clear()
    _own.update(entries)


def is_own(series_id: str) -> bool:
    """Whether it was declared, and does not ship with the package."""
    return series_id in _own


def is_shipped(series_id: str) -> bool:
    """Whether it is in the package's own catalogue."""
    return series_id in _listed()


def is_copyrighted(code: str) -> bool:
    """Whether a series of FRED's is known to be somebody's property."""
    return code.upper().startswith(_COPYRIGHTED)


def ids() -> Iterator[str]:
    """The id of every series in the catalogue."""
    yield from _own
    yield from _listed()
    for table, columns in _tables().items():
        for held in areas():
            if table in held.tables:
                yield from (f"tic:{table}:{held.code}:{column}" for column in columns)


@cache
def areas() -> tuple[Area, ...]:
    """Every area, in the order of table 1."""
    return tuple(_areas().values())


def area(code: str) -> Area:
    """The area of a code; raise MissingSeries when there is none."""
    try:
        return _areas()[code]
    except KeyError:
        message = f"no area has the code {code!r}"
        raise MissingSeries(message) from None


def countries() -> tuple[Area, ...]:
    """The countries and territories that table 1 reports."""
    return tuple(held for held in areas() if held.kind is AreaKind.COUNTRY and "table1" in held.tables)


def _entry(series_id: str) -> SeriesInfo:
    """The entry; KeyError where there is none."""
    if series_id in _own:
        return _own[series_id]
    if series_id in _listed():
        return _listed()[series_id]
    parts = series_id.split(":")
    if len(parts) != _TABLE_PARTS or parts[0] != "tic":
        raise KeyError(series_id)
    _, table, code, name = parts
    column, held = _tables()[table][name], _areas()[code]
    newcomer = column.traits.get("roster", False) and held.kind is AreaKind.COUNTRY
    if table not in held.tables and not newcomer:
        raise KeyError(series_id)
    return _made(series_id, column.title.format(area=held.prose), column.nature, column.traits)


@cache
def _toml() -> dict[str, Any]:
    text = resources.files("reporter").joinpath("data/catalogue.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _listed() -> Mapping[str, SeriesInfo]:
    """Series that stand in the catalogue by name."""
    found: dict[str, SeriesInfo] = {}
    for group in _toml()["group"].values():
        for series_id, title in group["series"].items():
            nature = Nature(group["nature"])
            found[series_id] = _made(series_id, title, nature, group)
            if group.get("twelve_months"):
                year = f"{series_id}:12m"
                found[year] = _made(year, f"{title}, over twelve months", nature, group)
    return found


@cache
def _tables() -> Mapping[str, Mapping[str, _Column]]:
    """Columns of each table by machine name."""
    return {
        name: {
            column: _Column(title, nature, table)
            for nature in (Nature.STOCK, Nature.FLOW)
            for column, title in table.get(nature.value, {}).items()
        }
        for name, table in _toml()["table"].items()
    }


def _made(series_id: str, title: str, nature: Nature, traits: Mapping[str, Any]) -> SeriesInfo:
    if traits["licence"] not in FREE_LICENCES:
        message = f"its licence is {traits['licence']!r}, and only free series may be embedded"
        raise DataError(message, series=series_id)
    unit = Unit.parse(traits["unit"])
    measure = Measure(
        unit.kind,
        nature,
        Frequency(traits["frequency"]),
        Adjustment(traits.get("adjustment", "NSA")),
        bool(traits.get("annualised", False)),
    )
    link = traits["link"].format(code=series_id.partition(":")[2])
    frozen = bool(traits.get("frozen", False))
    by, release, licence = traits["publisher"], traits["release"], traits["licence"]
    return SeriesInfo(series_id, title, measure, unit, by, release, link, licence, frozen)


@cache
def _areas() -> Mapping[str, Area]:
    text = resources.files("reporter").joinpath("data/areas.tsv").read_text(encoding="utf-8")
    found: dict[str, Area] = {}
    for at, line in enumerate(text.splitlines()[1:], 2):
        fields = line.split("\t")
        if len(fields) != _AREA_FIELDS:
            message = f"areas.tsv, line {at}: an area has {_AREA_FIELDS} fields, this line {len(fields)}"
            raise DataError(message)
        code, name, short, prose, kind, region, tables = fields
        found[code] = Area(code, name, short, prose, AreaKind(kind), region, tuple(tables.split()))
    return found
