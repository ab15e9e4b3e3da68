"""The table of each monthly TIC press release, as it was printed that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

from reporter.model.observations import Form, Layer
from reporter.model.periods import Period
from scripts.transcribe.common import TREASURY, Origin, layer, rows, vintage

_RELEASE = "https://home.treasury.gov/news/press-releases/"
# What the flags mean. Dropped are cells that the original itself has wrong (a column or a cell repeated or netted by
# size, a line that breaks the table's identity). Kept are figures read from the text of releases whose table
# is lost, and cells where text and table differ: there the table stands in the data, and its identities hold.
_WRONG = {"bad_col", "bad_cell", "abs_netted", "stale_col_is_2022-01", "id:30=31+32"}
_RIGHT = {"", "text_only", "text_ne_table"}


def layers(folder: Path) -> Iterator[Layer]:
    """A layer a release, line and kind of column."""
    path = folder / "tic" / "release_vintages.csv"
    table = sorted(rows(path), key=lambda row: (row["release_date"], int(row["line"]), row["column_kind"]))
    for (day, release), printed in groupby(table, key=lambda row: (row["release_date"], row["release_no"])):
        origin = Origin(TREASURY, _RELEASE + release.lower())
        held = vintage(path, "tic:press", date.fromisoformat(day), Form.PRINT, origin)
        for (line, kind), cells in groupby(printed, key=lambda row: (row["line"], row["column_kind"])):
            values = {Period.parse(cell["period"]): cell["value_bn"] for cell in cells if _right(cell["flag"])}
            if values:
                yield layer(f"tic:press:{line}:12m" if kind == "12m" else f"tic:press:{line}", held, values)


def _right(flag: str) -> bool:
    """Whether a cell of that flag is kept; raise ValueError on a flag nobody has judged."""
    if flag not in _WRONG | _RIGHT:
        message = f"a flag nobody has judged: {flag!r}"
        raise ValueError(message)
    return flag in _RIGHT
