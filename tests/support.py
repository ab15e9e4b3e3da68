"""Where tests find what does not travel with the code."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAYLOADS = ROOT / "tests" / "payloads"
GOLDEN = ROOT / "tests" / "golden"


def _shared_data() -> Path | None:
    place = Path(os.environ.get("REPORTER_SHARED_DATA") or ROOT.parent / "shared" / "data")
    return place if (place / "fred").is_dir() else None


# The publishers' real files, or None: then tests run on the small payloads transcribed from them.
SHARED_DATA = _shared_data()
