"""The Treasury's tables: SLT tables 1 to 3, the major holders, the old survey."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from reporter.model.observations import Form, Layer, Vintage
from reporter.sources.tic import S1Row, s1, slt
from reporter.sources.tic_holders import Holding, mfhhis, table5
from reporter.sources.tic_releases import holders
from scripts.transcribe.common import TREASURY, Origin, layer, vintage

_BASE = "https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents/"
_S1_KNOWN_ON = date(2023, 3, 15)  # the release of January 2023, its last month
_S1_CLASSES = ("treas", "agcy", "corp", "eqty", "foreign_bond", "foreign_eqty")


def layers(folder: Path) -> Iterator[Layer]:
    """Every table of every release at hand."""
    for path in sorted(folder.glob("tic/*/slt_table[123].txt")):
        yield from _slt(path)
    for path in sorted(folder.glob("tic/*/slt_table5.txt")):
        held = _vintage(path)
        yield from _holders("table5", held, table5(path.read_bytes()))
    for path in sorted(folder.glob("tic/*/mfhhis01.txt")):
        yield from _holders("mfhhis", _vintage(path), mfhhis(path.read_bytes()))
    yield from _old_survey(folder / "tic" / "frozen-2023" / "s1_globl.txt")


def _vintage(path: Path, known_on: date | None = None) -> Vintage:
    day = known_on or date.fromisoformat(path.parent.name)
    return vintage(path, f"tic:{path.stem}", day, Form.PATH, Origin(TREASURY, _BASE + path.name))


def _slt(path: Path) -> Iterator[Layer]:
    table, held = path.stem.removeprefix("slt_"), _vintage(path)
    for (code, column), values in slt(path.read_bytes(), path.stem).series().items():
        yield layer(f"tic:{table}:{code}:{column}", held, values)


def _holders(table: str, held: Vintage, holdings: tuple[Holding, ...]) -> Iterator[Layer]:
    """A layer a holder."""
    for series, values in holders(table, holdings).items():
        yield layer(series, held, values)


def _old_survey(path: Path) -> Iterator[Layer]:
    """Foreigners' purchases less their sales, grand total, by class."""
    held = _vintage(path, _S1_KNOWN_ON)
    rows = list(s1(path.read_bytes()))
    for place, name in enumerate(_S1_CLASSES):
        yield layer(f"tic:s1:99996:{name}_net", held, {row.month: _net(row, place) for row in rows})


def _net(row: S1Row, place: int) -> str:
    return str(int(row.purchases[place]) - int(row.sales[place]))
