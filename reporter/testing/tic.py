"""The Treasury's files, written from layers: tab-separated, CRLF, newest month first, `n.a.` where there is nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from reporter import catalogue
from reporter.catalogue import Area, AreaKind
from reporter.model.periods import Period
from reporter.sources.tic_releases import FILES
from reporter.testing.reply import Reply, not_found
from reporter.testing.world import World

_MONTHS = 13  # that table 5 lists
_TABLES = {file: table for table, file in FILES.items()}
_TITLES = {
    "table1": "Table 1: U.S. Long-Term Securities Held by Foreign Residents",
    "table2": "Table 2: Foreign Long-Term Securities Held by U.S. Residents",
    "table3": "Table 3: U.S. Treasury Securities Held by Foreign Residents 1/",
}
_HISTORY_NAMES = {"99990": "For. Official", "official_bills": "Treasury Bills", "official_bonds": "T-Bonds & Notes"}
_NAMES_OF_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_Column = dict[Period, str]


def file(world: World, today: date, name: str) -> Reply:
    """A file as it was served on a day: the recorded one, or one made from what was known."""
    recorded = world.file(name, today)
    if recorded is not None:
        return Reply(recorded, "text/plain")
    table = _TABLES.get(name)
    if table is None or not world.ids(f"tic:{table}:"):
        return not_found()
    write = {"table5": _table5, "mfhhis": _history}.get(table)
    lines = list(write(world, today) if write else _slt(world, today, table))
    return Reply(("\r\n".join(lines) + "\r\n").encode("iso-8859-1"), "text/plain")


def _slt(world: World, today: date, table: str) -> Iterator[str]:
    columns = _columns(table)
    yield from (f"{line}\t" for line in (_TITLES[table], "All Countries", "Millions of dollars", f"Link: {table}", ""))
    yield "\t".join(["Country", "Country Code", "Date", *("Holdings" for _ in columns)])
    yield "\t".join(["country", "country_code", "date", *columns])
    for area in catalogue.areas():
        held = {column: _values(world, today, f"tic:{table}:{area.code}:{column}") for column in columns}
        months = sorted({month for column in held.values() for month in column}, reverse=True)
        for month in months:
            cells = (held[column].get(month, "n.a.") for column in columns)
            yield "\t".join([area.name, area.code, str(month), *cells])
    yield from ("\t", "Definitions:\t")


def _columns(table: str) -> list[str]:
    """In the order of the files: what is held, its net transactions, its change in value, class by class."""
    start = f"tic:{table}:99996:"
    names = [key.removeprefix(start) for key in catalogue.ids() if key.startswith(start)]
    stems = [name.removesuffix("_pos") for name in names if name.endswith("_pos")]
    return [f"{stem}_{kind}" for stem in stems for kind in ("pos", "net", "valchg") if f"{stem}_{kind}" in names]


def _table5(world: World, today: date) -> Iterator[str]:
    held = [(area.name, _values(world, today, f"tic:table5:{area.code}:pos")) for area in _listed("table5")]
    last = max(month for _, values in held for month in values)
    months = [last - i for i in range(_MONTHS)]
    shown = [(name, values) for name, values in held if last in values]
    yield from ("Table 5: Major Foreign Holders of Treasury Securities\t", "Holdings at end of time period\t")
    yield from ("Billions of dollars\t", "Link: slt_table5.txt\t", "\t")
    yield "\t".join(["Country", *map(str, months)])
    for name, values in shown:
        yield "\t".join([name, *(values.get(month, "n.a.") for month in months)])
    yield from ("\t" * _MONTHS, "The data in this table are collected primarily from U.S.-based custodians\t")


def _history(world: World, today: date) -> Iterator[str]:
    """Yearly blocks, without months of a break: those are to be recorded."""
    held = [(_name(area), _values(world, today, f"tic:mfhhis:{area.code}:pos")) for area in _listed("mfhhis")]
    years = sorted({month.year for _, values in held for month in values}, reverse=True)
    for year in years:
        months = sorted({m for _, values in held for m in values if m.year == year}, reverse=True)
        yield from ("\t\tMAJOR FOREIGN HOLDERS OF TREASURY SECURITIES\t", "\t\t(in billions of dollars)\t", "\t")
        yield "\t".join(["", *(_NAMES_OF_MONTHS[month.number - 1] for month in months), ""])
        yield "\t".join(["Country", *(str(year) for _ in months), ""])
        yield "\t".join(["", *("------" for _ in months), ""])
        shown = [(name, values) for name, values in held if any(month in values for month in months)]
        yield from ("\t".join([name, *(values.get(m, "n.a.") for m in months), ""]) for name, values in shown)
        yield "\t"


def _name(area: Area) -> str:
    """Quoted where it holds a comma."""
    name = _HISTORY_NAMES.get(area.code, area.name)
    return f'"{name}"' if "," in name else name


def _listed(table: str) -> Sequence[Area]:
    """The holders, then what is left and what it comes to, as the files have them."""
    late = {AreaKind.REST: 1, AreaKind.TOTAL: 2, AreaKind.OF_WHICH: 3}
    found = [area for area in catalogue.areas() if table in area.tables]
    return sorted(found, key=lambda area: late.get(area.kind, 0))


def _values(world: World, today: date, series: str) -> _Column:
    return world.values(series, today) if series in world.layers else {}
