"""When each period was published."""

from __future__ import annotations

from pathlib import Path

from scripts.transcribe.common import rows

# BEA's schedule: the third quarter of 2026, both accounts in one release (MANIFEST.md, last paragraph).
_ANNOUNCED = [(group, "2026Q3", "2026-12-18", "BEA schedule") for group in ("iip", "ita")]


def table(folder: Path) -> str:
    """The calendar as `release_dates.tsv` holds it, by group and period."""
    listed = [
        (row["group"], row["period"], row["release_date"], " ".join(row["source"].split()))
        for row in rows(folder / "release_dates.csv")
    ]
    lines = ["\t".join(row) for row in sorted({row[:2]: row for row in _ANNOUNCED + listed}.values())]
    return "\n".join(["group\tperiod\tdate\tsource", *lines]) + "\n"
