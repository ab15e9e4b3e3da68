"""Why figures were revised, in their publishers' words retold: always attributed, never ours.

Kept as data in `data/revisions.toml`. A revision without an entry is printed without a reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from reporter.errors import DataError

_FIELDS = frozenset({"publisher", "series", "known_on", "short", "text", "link"})


@dataclass(frozen=True, slots=True)
class Cause:
    """A revision that a publisher explained: `text` ends the sentence “the publisher names …”, `short` fits a table."""

    id: str
    publisher: str
    series: tuple[str, ...]
    known_on: date
    short: str
    text: str
    link: str

    def explains(self, series: str, was: date, now: date) -> bool:
        """Whether it lies between a value published on the day `was` and the one published on the day `now`."""
        return was < self.known_on <= now and any(fnmatchcase(series, pattern) for pattern in self.series)


def cause(series: str, was: date, now: date) -> Cause | None:
    """The last explained revision of the series between two vintages, if there is one."""
    found = [held for held in _shipped() if held.explains(series, was, now)]
    return max(found, key=lambda held: held.known_on, default=None)


def parse(text: str, origin: str = "revisions.toml") -> tuple[Cause, ...]:
    """Read a file of causes, a table for each; raise DataError where a table has not exactly the fields."""
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{origin}: not TOML: {error}"
        raise DataError(message) from error
    return tuple(_cause(key, row, origin) for key, row in held.items())


def _cause(key: str, row: Mapping[str, Any], origin: str) -> Cause:
    if set(row) != _FIELDS or not isinstance(row["known_on"], date):
        message = f"{origin}: [{key}] must have {', '.join(sorted(_FIELDS))}, and known_on as a date"
        raise DataError(message)
    words = (row["short"], row["text"], row["link"])
    return Cause(key, row["publisher"], tuple(row["series"]), row["known_on"], *words)


@cache
def _shipped() -> tuple[Cause, ...]:
    return parse(files("reporter.data").joinpath("revisions.toml").read_text("utf-8"))
