"""Series served by FRED: every dated folder is one vintage of each series in it, a whole path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from reporter import catalogue
from reporter.model.observations import Form, Layer
from reporter.sources.fred import fredgraph
from scripts.transcribe.common import Origin, fixed, layer, vintage

# Decimals as the publishers print them.
_PLACES = {"GDP": 3, "DGS10": 2, "DTWEXBGS": 4, "FDHBFIN": 1}
# Known in millions; the other positions and transactions of BEA only to a tenth of a billion.
_EXACT = {"IIPUSNETIQ", "BOPGSTB"}


def layers(folder: Path) -> Iterator[Layer]:
    """A layer a file."""
    for path in sorted(folder.glob("fred/*/*.csv")):
        code, known_on = path.stem, date.fromisoformat(path.parent.name)
        entry = catalogue.info(f"fred:{code}")
        places = _PLACES.get(code, 0)
        read = fredgraph(path.read_bytes(), code, entry.frequency)
        held = vintage(path, entry.id, known_on, Form.PATH, Origin(entry.publisher, entry.link))
        values = {period: fixed(value, places) for period, value in read.items()}
        yield layer(entry.id, held, values, step="" if code in _PLACES or code in _EXACT else "100")
