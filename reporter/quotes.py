"""Other people's figures and judgements: who said it, when, where it can be read. Never ours.

Kept as data in `data/quotes.toml`. A quotation is printed as a whole, always with its attribution; numerals in
it are its own. It is at hand from the day it was said, and what came of it from the day that came.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from reporter.errors import DataError

_NEEDED = frozenset({"text", "who", "organisation", "where", "date", "link", "kind"})
_KNOWN = _NEEDED | {"amount", "via", "later", "later_on", "later_link"}


class Manner(StrEnum):
    """Whether the words are theirs."""

    VERBATIM = "verbatim"  # printed in quotation marks
    PARAPHRASE = "paraphrase"  # our words for what they said: no quotation marks


@dataclass(frozen=True, slots=True)
class Later:
    """What became of a statement, on which day, and where that can be read."""

    text: str
    on: date
    link: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A statement that is somebody else's.

    `where` is the place it was made (“note to clients”), `via` who passed it on where the original is not public.
    `amount` is the sum it names, in dollars, so that the official figure can be set against it.
    """

    id: str
    text: str
    who: str
    organisation: str
    where: str
    said_on: date
    link: str
    manner: Manner
    via: str = ""
    amount: Decimal | None = None
    later: Later | None = None

    def as_known(self, day: date) -> Quote | None:
        """The statement as it stood on `day`: None before it was made, without what came later."""
        if self.said_on > day:
            return None
        return replace(self, later=None) if self.later and self.later.on > day else self


def known(day: date) -> Mapping[str, Quote]:
    """Every statement made by `day`, by id."""
    seen = {key: quote.as_known(day) for key, quote in _shipped().items()}
    return {key: quote for key, quote in seen.items() if quote}


def parse(text: str, origin: str = "quotes.toml") -> Mapping[str, Quote]:
    """Read a file of quotations, a table for each id; raise DataError with every fault found."""
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{origin}: not TOML: {error}"
        raise DataError(message) from error
    if faults := [fault for key, row in held.items() for fault in _faults(key, row)]:
        message = f"{origin}: " + "; ".join(faults)
        raise DataError(message)
    return {key: _quote(key, row) for key, row in held.items()}


@cache
def _shipped() -> Mapping[str, Quote]:
    return parse(files("reporter.data").joinpath("quotes.toml").read_text("utf-8"))


def _faults(key: str, row: object) -> list[str]:
    if not isinstance(row, dict):
        return [f"{key!r} is no table"]
    found = [f"{key} has no {name!r}" for name in sorted(_NEEDED - row.keys())]
    found += [f"{key} has an unknown {name!r}" for name in sorted(row.keys() - _KNOWN)]
    days = {name: row[name] for name in ("date", "later_on") if name in row}
    found += [f"{key}: {name} {day!r} is no date" for name, day in days.items() if not isinstance(day, date)]
    if row.get("kind", Manner.VERBATIM) not in {manner.value for manner in Manner}:
        found.append(f"{key}: kind {row['kind']!r} is not {' or '.join(Manner)}")
    later = [name in row for name in ("later", "later_on", "later_link")]
    if any(later) and not all(later):
        found.append(f"{key}: later, later_on and later_link go together")
    return found


def _quote(key: str, row: Mapping[str, Any]) -> Quote:
    later = Later(row["later"], row["later_on"], row["later_link"]) if "later" in row else None
    return Quote(
        key,
        row["text"],
        row["who"],
        row["organisation"],
        row["where"],
        row["date"],
        row["link"],
        Manner(row["kind"]),
        row.get("via", ""),
        Decimal(str(row["amount"])) if "amount" in row else None,
        later,
    )
