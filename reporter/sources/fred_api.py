"""The FRED API, version 1, for which a free key is needed: today's figures, their units, every vintage.

Answers are JSON, values are strings, a missing one is `"."`. `vintage_date` (singular) is ignored in silence and
answers today's revised values: real-time windows are asked for instead. An answer holds 100,000 rows and 2,000
vintages at the most. Errors come as `{"error_code": 400, "error_message": "…"}` with that status.
https://fred.stlouisfed.org/docs/api/fred/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from reporter import catalogue
from reporter.errors import ParseError
from reporter.model.observations import Form, Layer, SeriesInfo
from reporter.model.periods import Period
from reporter.sources.base import NOTHING, Bases, Known, Media, Request, join, layer, of_source, vintage
from reporter.sources.fred_units import check
from reporter.sources.payload import json_object, number, quoted
from reporter.sources.realtime import EVER, MOST_VINTAGES, Row, chain, windows

MOST_ROWS = 100_000
_FIRST_DAY = "1776-07-04"
_OBSERVATIONS = "series/observations"
_VINTAGES = "series/vintagedates"
_INFO = "series"
_DATES = "release/dates"

# FRED's numbers for the groups of the release calendar whose days it lists: https://fred.stlouisfed.org/releases
RELEASES: Mapping[str, int] = {"gdp": 53, "h15": 18, "h10": 17}


@dataclass(frozen=True, slots=True)
class FredApi:
    """Today's figures of a series, after its units and title were held against the catalogue."""

    name: str = "fred_api"

    def requests(self, series_ids: Sequence[str], bases: Bases, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """Two a series, what it measures and its observations; and one for the days of each release they come in."""
        del known
        asked = of_source(series_ids, "fred")
        groups = sorted({catalogue.info(key).release for key in asked} & RELEASES.keys())
        figures = tuple(
            _request(self.name, path, key, bases, extra)
            for key in asked
            for path, extra in ((_INFO, ()), (_OBSERVATIONS, (("limit", str(MOST_ROWS)),)))
        )
        return figures + tuple(release_request(RELEASES[group], bases) for group in groups)

    def follow(self, request: Request, body: bytes, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """The next page, where there is one."""
        del known
        return _next_page(request, body) if request.url.endswith(_OBSERVATIONS) else ()

    def parse(self, request: Request, body: bytes, known_on: date) -> tuple[Layer, ...]:
        """One path; none from answers about units and days of releases, which are only checked."""
        if request.url.endswith(_DATES):
            release_dates(body, int(dict(request.params)["release_id"]))
            return ()
        entry = catalogue.info(request.series[0])
        if request.url.endswith(_OBSERVATIONS):
            values = {row.period: row.value for row in observations(body, entry)}
            made = layer(entry.id, vintage(entry, entry.id, known_on, Form.PATH, body), values)
            return (made,) if made else ()
        check(body, entry)
        return ()


@dataclass(frozen=True, slots=True)
class FredVintages:
    """Every vintage of a series since the last one at hand, as its revisions.

    Asks first for the days of the vintages, then for windows of at most `most` of them. What the windows bring is to
    be put through `realtime.chain`, with the revisions at hand.
    """

    name: str = "fred_vintages"
    most: int = MOST_VINTAGES

    def requests(self, series_ids: Sequence[str], bases: Bases, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """One a series: the days of its vintages."""
        del known
        asked = of_source(series_ids, "fred")
        return tuple(_request(self.name, _VINTAGES, key, bases, _window(_FIRST_DAY, str(EVER))) for key in asked)

    def follow(self, request: Request, body: bytes, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """Windows for the vintages that are not at hand; further pages of either."""
        if request.url.endswith(_OBSERVATIONS):
            return _next_page(request, body)
        series = request.series[0]
        held = known.get(series, NOTHING).vintages
        days = [day for day in vintage_dates(body, series) if not held or day > max(held)]
        base = request.url.removesuffix(_VINTAGES)
        asked = tuple(self._observations(series, base, span) for span in windows(days, self.most))
        return asked + _next_page(request, body)

    def _observations(self, series: str, base: str, span: tuple[date, date]) -> Request:
        extra = (*_window(*map(str, span)), ("limit", str(MOST_ROWS)))
        made = _request(self.name, _OBSERVATIONS, series, Bases(fred_api=base), extra)
        return replace(made, id=f"{made.id}:{span[0]}")

    def parse(self, request: Request, body: bytes, known_on: date) -> tuple[Layer, ...]:
        """A layer for each day a value began to stand on."""
        del known_on  # every row has its own day
        if not request.url.endswith(_OBSERVATIONS):
            return ()
        entry = catalogue.info(request.series[0])
        rows = sorted(observations(body, entry), key=lambda row: row.start)
        _, plus, page = request.id.partition("+")  # days may come on two pages, which are two payloads
        name = f"alfred:{entry.code}{plus}{page}"
        made = (
            layer(entry.id, vintage(entry, name, day, Form.REVISION, body), _values(began))
            for day, began in groupby(rows, key=lambda row: row.start)
        )
        return chain(each for each in made if each)


def _values(rows: Iterator[Row]) -> dict[Period, str]:
    return {row.period: row.value for row in rows}


def _window(start: str, end: str) -> tuple[tuple[str, str], ...]:
    return (("realtime_start", start), ("realtime_end", end))


def _request(name: str, path: str, key: str, bases: Bases, extra: tuple[tuple[str, str], ...]) -> Request:
    params = (("series_id", key.removeprefix("fred:")), ("file_type", "json"), *extra)
    return Request(f"{name}:{path}:{key}", name, join(bases.fred_api, path), params, (key,), Media.JSON, "fred")


def _next_page(request: Request, body: bytes) -> tuple[Request, ...]:
    """The request for the rows after those that came."""
    about = json_object(body, request.about)
    try:
        end = int(about["offset"]) + int(about["limit"])
        if end >= int(about["count"]):
            return ()
    except (KeyError, TypeError, ValueError):
        message = f"expected count, offset and limit, got {quoted(str(about))}"
        raise ParseError(message, series=request.about) from None
    params = dict(request.params) | {"offset": str(end)}
    stem = request.id.partition("+")[0]
    return (replace(request, id=f"{stem}+{end}", params=tuple(params.items())),)


def observations(body: bytes, entry: SeriesInfo) -> list[Row]:
    """The rows of an answer; raise ParseError where it is not one, or not in the units of the series itself."""
    about = json_object(body, entry.id)
    rows = about.get("observations")
    if not isinstance(rows, list) or about.get("units") != "lin":
        message = f"expected observations in units 'lin', got {quoted(str(about))}"
        raise ParseError(message, series=entry.id)
    return [_row(row, entry) for row in rows]


def _row(row: Any, entry: SeriesInfo) -> Row:  # noqa: ANN401 -- what JSON holds
    try:
        period = Period.of(date.fromisoformat(row["date"]), entry.frequency)
        start, end = date.fromisoformat(row["realtime_start"]), date.fromisoformat(row["realtime_end"])
        return Row(period, start, end, number(row["value"], where=str(period), series=entry.id))
    except (KeyError, TypeError, ValueError, AttributeError):
        message = f"expected date, value, realtime_start and realtime_end, got {quoted(str(row))}"
        raise ParseError(message, series=entry.id) from None


def vintage_dates(body: bytes, series: str) -> tuple[date, ...]:
    """The days an answer of `series/vintagedates` lists."""
    return _days(json_object(body, series).get("vintage_dates"), series)


def release_request(release: int, bases: Bases) -> Request:
    """Ask for the days of a release, those to come included: FRED's number of it, such as 53 for GDP."""
    params = (
        ("release_id", str(release)),
        ("file_type", "json"),
        ("include_release_dates_with_no_data", "true"),
        ("sort_order", "desc"),
        ("limit", "1000"),  # the latest, those announced included: four years of a daily one
    )
    url = join(bases.fred_api, _DATES)
    return Request(release_id(release), "fred_api", url, params, (), Media.JSON, "fred")


def release_id(release: int) -> str:
    """What the request for a release's days is called in the store."""
    return f"fred_api:release:{release}"


def release_dates(body: bytes, release: int) -> tuple[date, ...]:
    """The days an answer of `release/dates` lists; raise ParseError where it is another release's."""
    about = f"release {release}"
    rows = json_object(body, about).get("release_dates")
    if not isinstance(rows, list) or any(not isinstance(row, dict) or row.get("release_id") != release for row in rows):
        message = f"expected release_dates of it, got {quoted(str(rows))}"
        raise ParseError(message, series=about)
    return _days([row.get("date") for row in rows], about)


def _days(listed: Any, about: str) -> tuple[date, ...]:  # noqa: ANN401 -- what JSON holds
    try:
        return tuple(date.fromisoformat(day) for day in listed)
    except (TypeError, ValueError):
        message = f"expected a list of days, got {quoted(str(listed))}"
        raise ParseError(message, series=about) from None
