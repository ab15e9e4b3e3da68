"""Write the embedded observations and the release calendar from a folder of official statistics."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reporter.embedded import dumps, pack
from scripts.transcribe import bea, calendar, fred, press, tic


def main() -> None:
    """Read the folder, write both files, say what they hold."""
    package = Path(__file__).parents[2] / "reporter" / "data"
    parser = argparse.ArgumentParser(prog="python -m scripts.transcribe", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of official statistics, the one with MANIFEST.md")
    parser.add_argument("--to", type=Path, default=package, metavar="DIR", help="where to write (%(default)s)")
    chosen = parser.parse_args()
    layers = [layer for part in (fred.layers, bea.layers, tic.layers, press.layers) for layer in part(chosen.folder)]
    packed = pack(dumps(layers))
    (chosen.to / "observations.tsv.gz").write_bytes(packed)
    dates = calendar.table(chosen.folder)
    (chosen.to / "release_dates.tsv").write_text(dates, encoding="utf-8")
    series = {layer.series for layer in layers}
    sys.stdout.write(
        f"{len(series)} series in {len(layers)} layers, {len(packed) / 1e6:.2f} MB; "
        f"{dates.count(chr(10)) - 1} release dates\n"
    )


if __name__ == "__main__":
    main()
