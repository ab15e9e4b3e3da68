"""The FRED API, version 1: real-time periods, paging, caps and errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from reporter import catalogue
from reporter.errors import MissingSeries
from reporter.model.observations import SeriesInfo
from reporter.model.units import Adjustment, Kind
from reporter.sources.realtime import EVER, MOST_VINTAGES, Row
from reporter.testing.reply import Query, Reply, as_json
from reporter.testing.world import World

_FREQUENCIES = {"D": "Daily", "M": "Monthly", "Q": "Quarterly", "A": "Annual"}
_UNITS = {Kind.PERCENT: "Percent", Kind.INDEX: "Index Jan 2006=100"}
_SCALES = {0: "Dollars", 6: "Millions of Dollars", 9: "Billions of Dollars", 12: "Trillions of Dollars"}
_RELEASES = {53: "gdp", 18: "h15", 17: "h10"}


def answer(world: World, today: date, path: str, query: Query, key: str) -> Reply:
    """The answer to `series/observations` and its siblings; errors as FRED words them."""
    if query.get("api_key") != key:
        told = "The value for variable api_key is not registered." if query.get("api_key") else "api_key is not set."
        return _error(400, f"Bad Request.  {told}")
    if query.get("file_type") != "json":
        return Reply(b'<?xml version="1.0" encoding="utf-8" ?><error code="400"/>\n', "text/xml", 400)
    if path == "release/dates":
        return _release_dates(world, today, query)
    series = f"fred:{query.get('series_id', '')}"
    try:
        entry = catalogue.info(series)
    except MissingSeries:
        return _error(404, "Not Found.  The series does not exist.")
    asked = {"series": _info, "series/observations": _observations, "series/vintagedates": _vintages}
    return asked[path](world, today, entry, query) if path in asked else _error(404, "Not Found.")


def rows(world: World, series: str, today: date) -> Iterator[Row]:
    """How long each value stood, over all vintages."""
    days = world.vintages(series, today)
    stood = {day: world.values(series, day) for day in days}
    for period in world.values(series, today):
        changes = [(day, stood[day].get(period, "")) for day in days]
        kept = [change for at, change in enumerate(changes) if at == 0 or changes[at - 1][1] != change[1]]
        ends = [later[0] - timedelta(days=1) for _, later in pairwise(kept)] + [EVER]
        for (start, value), end in zip(kept, ends, strict=True):
            if value:
                yield Row(period, start, end, value)


def clipped(held: Iterator[Row], start: date, end: date) -> list[Row]:
    """The rows of a window, cut at its edges as FRED cuts them."""
    return [
        Row(row.period, max(row.start, start), min(row.end, end), row.value)
        for row in held
        if row.start <= end and row.end >= start
    ]


def _window(query: Query, today: date) -> tuple[date, date]:
    start = date.fromisoformat(query.get("realtime_start", today.isoformat()))
    return start, date.fromisoformat(query.get("realtime_end", max(today, start).isoformat()))


def _observations(world: World, today: date, entry: SeriesInfo, query: Query) -> Reply:
    """`vintage_date` is not looked at, as FRED does not."""
    start, end = _window(query, today)
    inside = [day for day in world.vintages(entry.id, today) if start <= day <= end]
    if len(inside) > MOST_VINTAGES:
        told = f"exceeds the maximum number of vintage dates allowed for file_type json ({MOST_VINTAGES})."
        return _error(400, f"Bad Request.  The number of vintage dates {told}")
    found = clipped(rows(world, entry.id, today), start, end)
    if query.get("output_type") == "4":
        first = {row.period: row for row in reversed(found)}
        found = [first[period] for period in sorted(first)]
    listed = [
        {
            "realtime_start": row.start.isoformat(),
            "realtime_end": row.end.isoformat(),
            "date": row.period.start.isoformat(),
            "value": row.value or ".",
        }
        for row in found
    ]
    limit, offset = int(query.get("limit", "100000")), int(query.get("offset", "0"))
    about = {"observation_start": "1600-01-01", "observation_end": "9999-12-31", "units": "lin", "output_type": 1}
    page = {"count": len(listed), "offset": offset, "limit": limit, "observations": listed[offset : offset + limit]}
    return as_json({"realtime_start": start.isoformat(), "realtime_end": end.isoformat(), **about, **page})


def _vintages(world: World, today: date, entry: SeriesInfo, query: Query) -> Reply:
    days = [day.isoformat() for day in world.vintages(entry.id, today)]
    limit, offset = int(query.get("limit", "10000")), int(query.get("offset", "0"))
    page = {"count": len(days), "offset": offset, "limit": limit, "vintage_dates": days[offset : offset + limit]}
    return as_json({"realtime_start": "1776-07-04", "realtime_end": "9999-12-31", "sort_order": "asc", **page})


def _info(world: World, today: date, entry: SeriesInfo, query: Query) -> Reply:
    del world, query
    adjusted = "SA" if entry.measure.adjustment is Adjustment.SA else "NSA"
    entry_said = {
        "id": entry.code,
        "title": entry.title,
        "frequency": _FREQUENCIES[entry.frequency.value],
        "frequency_short": entry.frequency.value,
        "units": _UNITS.get(entry.unit.kind) or _SCALES[entry.unit.scale],
        "seasonal_adjustment_short": adjusted + ("AR" if entry.measure.annualised else ""),
        "last_updated": f"{today} 07:55:01-06",
    }
    return as_json({"realtime_start": today.isoformat(), "realtime_end": today.isoformat(), "seriess": [entry_said]})


def _release_dates(world: World, today: date, query: Query) -> Reply:
    number = int(query.get("release_id", "0"))
    series = [key for key in world.ids("fred:") if catalogue.info(key).release == _RELEASES.get(number)]
    days = sorted({day for key in series for day in world.vintages(key, date.max)})
    if query.get("include_release_dates_with_no_data") != "true":
        days = [day for day in days if day <= today]
    if query.get("sort_order") == "desc":
        days.reverse()
    days = days[: int(query.get("limit", "10000"))]
    return as_json({"release_dates": [{"release_id": number, "date": day.isoformat()} for day in days]})


def _error(code: int, told: str) -> Reply:
    return as_json({"error_code": code, "error_message": told}, code)
