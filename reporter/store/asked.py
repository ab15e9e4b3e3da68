"""What the publishers have been asked, and how they answered last."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from reporter.model.standing import NEVER, Asked

# What a pull learnt of a series, all requests for it taken together: one that failed leaves nothing read.
_PULLS = """
SELECT max(answer.day), max(answer.fault) FROM covers
JOIN answer ON answer.request = covers.request AND answer.id >= covers.since
WHERE covers.series = ? AND answer.day <= ? GROUP BY answer.pull ORDER BY answer.pull DESC
"""
# An answer that was read whole; one that was not must be asked for again, and in full.
_VALID = """
SELECT fault, sha256, etag, last_modified FROM answer WHERE request = ? ORDER BY id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The payload at hand for a request, and what to ask with so that it is not sent again."""

    sha256: str = ""
    etag: str = ""
    last_modified: str = ""


def asked(connection: sqlite3.Connection, series: str, day: date) -> Asked:
    """How the publisher last answered for a series, up to `day`."""
    tried: tuple[str, str] | None = None
    for told, fault in connection.execute(_PULLS, (series, day.isoformat())):
        tried = tried or (told, fault)
        if not fault:
            return Asked(date.fromisoformat(told), date.fromisoformat(tried[0]), tried[1])
    return Asked(None, date.fromisoformat(tried[0]), tried[1]) if tried else NEVER


def kept(connection: sqlite3.Connection, request: str) -> Kept:
    """What the last answer to a request left; nothing where it could not be read whole."""
    found = connection.execute(_VALID, (request,)).fetchone()
    if found is None or found[0]:
        return Kept()
    return Kept(*found[1:])


def vintage_days(connection: sqlite3.Connection, series: str) -> tuple[date, ...]:
    """The days of the past vintages of a series that ALFRED has filled in, ascending."""
    find = (
        "SELECT DISTINCT vintage.known_on FROM layer JOIN vintage ON vintage.id = layer.vintage "
        "WHERE layer.series = ? AND vintage.name LIKE 'alfred:%' ORDER BY vintage.known_on"
    )
    return tuple(date.fromisoformat(day) for (day,) in connection.execute(find, (series,)))


def read_days(connection: sqlite3.Connection, series: str, day: date = date.max) -> tuple[date, ...]:
    """The days, up to `day`, on which all that the publisher was asked of the series was read; the latest first."""
    pulls = connection.execute(_PULLS, (series, day.isoformat()))
    return tuple(dict.fromkeys(date.fromisoformat(told) for told, fault in pulls if not fault))
