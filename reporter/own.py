"""Series of one's own: declared in `series.toml`, pulled from FRED by id or kept in a CSV file.

::

    ["fred:UNRATE"]                                   # any series of FRED's, by its id
    title = "Unemployment rate"
    unit = "percent"                                  # usd, usd_mn, usd_bn, usd_tn, percent, ratio, index, count
    nature = "level"                                  # stock, flow or level
    frequency = "M"                                   # D, M, Q or A
    adjustment = "SA"                                 # or NSA
    publisher = "Bureau of Labor Statistics"
    licence = "public domain"
    lag = 7                                           # days from a period's end to its release

    ["csv:orders"]                                    # a file of one's own
    file = "orders.csv"                               # period,value or period,value,known_on
    known_on = 2026-11-02                             # where the file has no column for it
    …

A CSV holds a row a value: `2026-09,104.2,2026-10-20`. What was revised stands twice, each time with its day; a vintage
is everything that stood on a day. The hash of the file goes into every receipt.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from reporter import catalogue, embedded
from reporter.config import SERIES, Settings, checks, reader
from reporter.config.reader import setting
from reporter.errors import ConfigError, DataError, ParseError
from reporter.model.observations import Form, Layer, SeriesInfo, Vintage
from reporter.model.periods import Frequency, Period
from reporter.model.units import Adjustment, Measure, Nature, Unit
from reporter.sources.payload import consecutive, number

FRED = "https://fred.stlouisfed.org/series/{code}"
_COLUMNS = (("period", "value"), ("period", "value", "known_on"))
_UNITS = "usd usd_th usd_mn usd_bn usd_tn percent ratio index count count_th count_mn".split()


def _unit(text: str) -> str:
    return "" if text in _UNITS else f"must be one of {', '.join(_UNITS)}"


def _licence(text: str) -> str:
    if text.strip().lower() in catalogue.FREE_LICENCES | catalogue.OPEN_LICENCES:
        return ""
    allowed = ", ".join(sorted(catalogue.FREE_LICENCES | catalogue.OPEN_LICENCES))
    return f"must let an edition print and carry it ({allowed}): what is copyrighted is refused"


@dataclass(frozen=True)
class Declared:
    """A series as `series.toml` declares it."""

    title: str = setting("", "what it is called", checks.line)
    unit: str = setting("", "what is counted, and the scale it is written in", _unit)
    nature: Literal["stock", "flow", "level"] = setting("level", "at a date, over a period, or neither")
    frequency: Literal["D", "M", "Q", "A"] = setting("M", "day, month, quarter or year")
    adjustment: Literal["SA", "NSA"] = setting("NSA", "seasonally adjusted, or not")
    annualised: bool = setting(default=False, said="a flow at an annual rate")
    publisher: str = setting("", "whose figures they are", checks.line)
    licence: str = setting("", "on what terms they may be used", _licence)
    link: str = setting("", "where they can be looked up", checks.public_url)
    lag: int = setting(-1, "days from a period’s end to its release; without it no release is waited for", checks.lag)
    file: Path | None = setting(None, "of a csv: series", checks.file)
    known_on: date | None = setting(None, "the day the file is of, where it has no column known_on")

    def faults(self) -> Iterator[str]:
        """What is missing."""
        for name in ("title", "unit", "publisher", "licence"):
            if not getattr(self, name):
                yield f"{name} must be there: {reader.said(Declared, name)}"


@dataclass(frozen=True)
class Own:
    """What is declared: entries of the catalogue, and the layers of those that are files."""

    entries: Mapping[str, SeriesInfo] = field(default_factory=dict)
    layers: Mapping[str, tuple[Layer, ...]] = field(default_factory=dict)


def use(settings: Settings) -> None:
    """Declare the settings' own series to the catalogue; raise ConfigError with every mistake at once."""
    global _held  # noqa: PLW0603 -- what the catalogue holds is one for a process, and threads ask it
    _held = load(settings.series) if settings.series else Own()
    catalogue.declare(_held.entries)


def floor() -> Mapping[str, tuple[Layer, ...]]:
    """What is at hand without a store: what ships with the package, and files of one's own."""
    return ChainMap(dict(_held.layers), embedded.layers()) if _held.layers else embedded.layers()  # type: ignore[arg-type]


_held = Own()


def load(path: Path) -> Own:
    """Everything a `series.toml` declares."""
    entries: dict[str, SeriesInfo] = {}
    layers: dict[str, tuple[Layer, ...]] = {}
    faults: list[str] = []
    for key, held in _read(path).items():
        try:
            declared = _declared(key, held, path)
            entries[key] = _entry(key, declared)
            if declared.file:
                layers[key] = read_csv(declared.file, entries[key], declared.known_on)
        except (ConfigError, ParseError, DataError) as error:
            faults.append(str(error))
    if faults:
        raise ConfigError("\n".join(faults))
    return Own(entries, layers)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not TOML: {error}"
        raise ConfigError(message) from error


def _declared(key: str, held: object, path: Path) -> Declared:
    source, _, code = key.partition(":")
    if source not in {"fred", "csv"} or not code.replace("_", "").replace("-", "").isalnum():
        message = f'{path}: {key} is no series of one’s own; write ["fred:ID"] or ["csv:name"]'
        raise ConfigError(message)
    if not isinstance(held, dict):
        message = f'{path}: {key} must be a table: ["{key}"]'
        raise ConfigError(message)
    if catalogue.is_shipped(key):
        message = f"{path}: {key} is in the catalogue already; use it without declaring it"
        raise ConfigError(message)
    if source == "fred" and catalogue.is_copyrighted(code):
        message = f"{path}: {key} is copyrighted, whatever its entry says, and may not be printed or carried"
        raise ConfigError(message)
    made = reader.read(Declared, held, reader.Place(path.parent, str(path), key))
    if (source == "csv") != bool(made.file):
        message = f"{path}: {key}.file must " + ("be there: the CSV file" if source == "csv" else "not: FRED holds it")
        raise ConfigError(message)
    return made


def _entry(key: str, held: Declared) -> SeriesInfo:
    unit = Unit.parse(held.unit)
    measure = Measure(
        unit.kind, Nature(held.nature), Frequency(held.frequency), Adjustment(held.adjustment), held.annualised
    )
    link = held.link or (FRED.format(code=key.partition(":")[2]) if key.startswith("fred:") else "")
    release = f"{key}+{held.lag if held.lag >= 0 else 'never'}"  # a group of its own: see `reporter.releases`
    return SeriesInfo(key, held.title, measure, unit, held.publisher, release, link, held.licence)


def read_csv(path: Path, entry: SeriesInfo, known_on: date | None = None) -> tuple[Layer, ...]:
    """The vintages a file holds, oldest first; raise ParseError with the line that is at fault."""
    body = path.read_bytes()
    days: dict[date, dict[Period, str]] = {}
    lines = body.decode("utf-8-sig", errors="replace").splitlines()
    dated = _dated(path, lines, known_on)
    for at, line in enumerate(lines[1:], 2):
        if line.strip():
            period, value, day = _row(line, f"{path}, line {at}", entry, known_on if not dated else None)
            if days.setdefault(day, {}).setdefault(period, value) is not value:
                message = f"{path}, line {at}: {period} stands twice for {day}"
                raise ParseError(message, series=entry.id)
    if not any(any(values.values()) for values in days.values()):
        message = f"{path}: no period has a value"
        raise ParseError(message, series=entry.id)
    return tuple(_vintages(entry, days, hashlib.sha256(body).hexdigest()))


def _dated(path: Path, lines: list[str], known_on: date | None) -> bool:
    """Whether the file has a column for the day each value was known on."""
    head = tuple(cell.strip() for cell in (lines or [""])[0].split(","))
    if head not in _COLUMNS:
        message = f"{path}, line 1: the head must be period,value or period,value,known_on, not {','.join(head)!r}"
        raise ParseError(message)
    dated = head == _COLUMNS[1]
    if dated == bool(known_on):
        message = f"{path}: say once when its figures were known: in a column known_on, or by known_on in {SERIES}"
        raise ParseError(message)
    return dated


def _row(line: str, where: str, entry: SeriesInfo, known_on: date | None) -> tuple[Period, str, date]:
    cells = [cell.strip() for cell in line.split(",")]
    try:
        period = Period.parse(cells[0])
        day = known_on or date.fromisoformat(cells[2])
    except (ValueError, IndexError) as error:
        message = f"{where}: {error}" if isinstance(error, ValueError) else f"{where}: a cell is missing"
        raise ParseError(message, series=entry.id) from None
    if len(cells) != (2 if known_on else 3) or period.frequency is not entry.frequency:
        message = f"{where}: expected a period of frequency {entry.frequency.value} and the cells of the head"
        raise ParseError(message, series=entry.id)
    return period, number(cells[1], where=where, series=entry.id), day


def _vintages(entry: SeriesInfo, days: Mapping[date, Mapping[Period, str]], digest: str) -> Iterator[Layer]:
    """A path a day: everything that stood then."""
    standing: dict[Period, str] = {}
    for day in sorted(days):
        standing |= days[day]
        first, text = consecutive(standing)
        held = Vintage(f"{entry.id}@{day}", day, Form.PATH, entry.publisher, entry.link, digest)
        yield Layer(entry.id, held, entry.unit, first, text)
