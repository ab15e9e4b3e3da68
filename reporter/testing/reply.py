"""What the server is asked, and what a publisher's part of it answers with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in: the moment in seconds of a clock that only goes on, path, query, headers."""

    moment: float
    path: str
    query: Query
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, body and its media type."""

    body: bytes
    media: str = "text/csv"
    status: int = 200


def as_json(value: object, status: int = 200, encoding: str = "utf-8") -> Reply:
    """A JSON answer."""
    return Reply(json.dumps(value, ensure_ascii=False).encode(encoding), "application/json", status)


def not_found() -> Reply:
    """FRED's page for what is not there."""
    return Reply(b"<!DOCTYPE html><html><title>Error - St. Louis Fed</title></html>\n", "text/html", 404)
