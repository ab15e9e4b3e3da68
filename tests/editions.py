"""The shipped briefing's editions of two days, built by the command, as a reader would have them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

FEBRUARY, NOVEMBER = date(2026, 2, 6), date(2026, 11, 22)
_SECONDS = 300


def built(folder: Path) -> Mapping[date, Path]:
    """The editions' folders by day, below `folder`; the later one knows the earlier."""
    for day in (FEBRUARY, NOVEMBER):
        asked = [sys.executable, "-m", "reporter", "build", "--offline", "--as-of", day.isoformat()]
        done = subprocess.run(
            [*asked, "--output", "output"], cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr
    return {day: folder / "output" / "sell-america" / day.isoformat() for day in (FEBRUARY, NOVEMBER)}
