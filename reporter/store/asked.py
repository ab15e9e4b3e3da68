"""What the publishers have been asked, and how they answered last."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

_LAST = """
SELECT max(CASE WHEN answer.fault = '' THEN answer.day END), max(answer.day), max(answer.id)
FROM covers JOIN answer ON answer.request = covers.request AND answer.id >= covers.since
WHERE covers.series = ? AND answer.day <= ?
"""
# An answer that was read whole; one that was not must be asked for again, and in full.
_VALID = """
SELECT fault, sha256, etag, last_modified FROM answer WHERE request = ? ORDER BY id DESC LIMIT 1
"""
_READ = """
SELECT DISTINCT answer.day FROM covers JOIN answer ON answer.request = covers.request AND answer.id >= covers.since
WHERE covers.series = ? AND answer.fault = ''
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The last day a series was read, the last day it was asked for, and what went wrong then, if anything did."""

    read_on: date | None = None
    tried_on: date | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """The payload at hand for a request, and what to ask with so that it is not sent again."""

    sha256: str = ""
    etag: str = ""
    last_modified: str = ""


NEVER = Asked()


def asked(connection: sqlite3.Connection, series: str, day: date) -> Asked:
    """How the publisher last answered for a series, up to `day`."""
    read_on, tried_on, last = connection.execute(_LAST, (series, day.isoformat())).fetchone()
    if last is None:
        return NEVER
    (fault,) = connection.execute("SELECT fault FROM answer WHERE id = ?", (last,)).fetchone()
    return Asked(_date(read_on), _date(tried_on), fault)


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


def read_days(connection: sqlite3.Connection, series: str) -> tuple[date, ...]:
    """The days on which the publisher's answer for the whole series was read."""
    return tuple(date.fromisoformat(day) for (day,) in connection.execute(_READ, (series,)))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
