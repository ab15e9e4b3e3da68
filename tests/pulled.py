"""Pulls made by hand, for tests of the store: layers, answers, stores."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from reporter import catalogue
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.sources.payload import consecutive
from reporter.store import Store
from reporter.store.write import Answer, Change, Pull, record

GDP = "fred:GDP"
Values = Mapping[str, str]


def layer(values: Values, day: date, *, series: str = GDP, form: Form = Form.PATH, name: str = "") -> Layer:
    """A payload's word on a series: values by period, as published on a day."""
    entry = catalogue.info(series)
    first, text = consecutive({Period.parse(period): value for period, value in values.items()})
    vintage = Vintage(f"{name or series}@{day}", day, form, entry.publisher, entry.link, sha256(text.encode()))
    return Layer(series, vintage, entry.unit, first, text)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def answer(request: str, day: date, body: bytes = b"", *, series: Iterable[str] = (), fault: str = "") -> Answer:
    return Answer(
        "fred",
        request,
        f"https://fred.example/{request}",
        day,
        moment(day),
        0 if fault else 200,
        None if fault else body,
        "" if fault else sha256(body),
        series=tuple(series),
        fault=fault,
        fault_code=3 if fault else 0,
    )


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def pull(
    path: Path, day: date, *layers: Layer, uid: str = "", floor: Mapping[str, tuple[Layer, ...]] | None = None
) -> tuple[Change, ...]:
    """Write some payloads as one pull of a day; the answers have their texts for bodies."""
    told = [answer(x.series, day, x.text.encode(), series=[x.series]) for x in layers]
    run = Pull(uid or f"{day}{[x.text for x in layers]}", day, moment(day), "a test")
    return record(Store(path), run, told, layers, floor or {})
