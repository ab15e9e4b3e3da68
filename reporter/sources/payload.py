"""What every publisher's payload is put through before and after it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from reporter.errors import ParseError
from reporter.model.periods import Period

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_MISSING = frozenset({"", ".", "n.a."})
_QUOTED = 80  # characters of a payload an error shows


def quoted(text: str) -> str:
    """How the text starts, on one line, for an error message."""
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= _QUOTED else flat[:_QUOTED] + "…")


def text_of(body: bytes | str, series: str = "") -> str:
    """Decode a payload; raise ParseError on an empty one and on a page that answers 200 in data's stead.

    Treasury's files are ISO 8859-1 where they are not ASCII; everything else is UTF-8.
    """
    text = (_decoded(body) if isinstance(body, bytes) else body).removeprefix("\ufeff")
    if not text.strip():
        message = "the payload is empty"
        raise ParseError(message, series=series)
    if text.lstrip().startswith("<"):
        message = f"an HTML page came with status 200 where data were due (blocked?): {quoted(text)}"
        raise ParseError(message, series=series)
    return text


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("iso-8859-1")


def json_object(body: bytes | str, series: str = "") -> dict[str, Any]:
    """The object a payload is; raise ParseError where it is no JSON, cut off, or another value."""
    text = text_of(body, series)
    try:
        held = json.loads(text)
    except ValueError:
        held = None
    if not isinstance(held, dict):
        message = f"expected a JSON object, got {quoted(text)}"
        raise ParseError(message, series=series)
    return held


def number(cell: str, *, where: str, series: str = "") -> str:
    """A cell's number as written, thousands commas dropped; empty where the publisher has none.

    `-0`, a rounded negative, becomes `0`. Raise ParseError, naming `where`, on anything else.
    """
    text = cell.strip().replace(",", "")
    if text in _MISSING:
        return ""
    if not _NUMBER.fullmatch(text):
        message = f"not a number at {where}: {quoted(cell)}"
        raise ParseError(message, series=series)
    return text.removeprefix("-") if not text.strip("-0.") else text


def consecutive(values: Mapping[Period, str]) -> tuple[Period, str]:
    """The first period that has a value, and the values from there on as `Layer.text` holds them.

    Raise ValueError when there is none; periods of different length raise FrequencyMismatch.
    """
    known = sorted(period for period, value in values.items() if value)
    if not known:
        message = "no period has a value"
        raise ValueError(message)
    count = known[-1].since(known[0]) + 1
    return known[0], ",".join(values.get(known[0] + i, "") for i in range(count))
