"""The days of releases that FRED has announced, read back from its answers in the store."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from datetime import date

from reporter.sources.fred_api import RELEASES, release_dates, release_id

_LAST = """
SELECT payload.body FROM answer JOIN payload ON payload.sha256 = answer.sha256
WHERE answer.request = ? AND answer.day <= ? AND answer.fault = '' ORDER BY answer.id DESC LIMIT 1
"""


def announced(connection: sqlite3.Connection, day: date) -> Mapping[str, tuple[date, ...]]:
    """By group the days of its releases, ascending, as the last answer up to `day` gave them; none for most groups."""
    found: dict[str, tuple[date, ...]] = {}
    for group, number in RELEASES.items():
        row = connection.execute(_LAST, (release_id(number), day.isoformat())).fetchone()
        if row:
            found[group] = tuple(sorted(release_dates(zlib.decompress(row[0]), number)))
    return found
