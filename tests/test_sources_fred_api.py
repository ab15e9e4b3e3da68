"""The FRED API: real bodies, units held against the catalogue, paging, calendar, what is not an answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reporter import catalogue
from reporter.errors import FrequencyMismatch, ParseError, UnitMismatch
from reporter.model.periods import Period
from reporter.model.units import INDEX, PERCENT, USD, USD_BN, USD_MN, USD_TN, Unit
from reporter.sources.base import Bases, Media, Request
from reporter.sources.fred_api import FredApi, FredVintages, observations, release_dates, release_request, vintage_dates
from reporter.sources.fred_units import check, unit_of
from tests.support import PAYLOADS, SHARED_DATA

API = PAYLOADS / "official/fred/api"
GDP = catalogue.info("fred:GDP")
TODAY = date(2024, 12, 19)
INFO, OBSERVATIONS, DATES = FredApi().requests(["fred:GDP", "tic:table1:99996:for_lt_total_pos"], Bases(), {})


def payload(name: str) -> bytes:
    return (API / name).read_bytes()


def test_a_series_takes_two_requests_and_neither_holds_a_key() -> None:
    assert INFO.address == "https://api.stlouisfed.org/fred/series?series_id=GDP&file_type=json"
    assert OBSERVATIONS.url.endswith("/fred/series/observations")
    assert (OBSERVATIONS.key, OBSERVATIONS.expects, OBSERVATIONS.about) == ("fred", Media.JSON, "fred:GDP")
    assert "api_key" not in INFO.address + OBSERVATIONS.address


def test_the_days_of_a_release_are_asked_for_once_and_checked() -> None:
    many = FredApi().requests(["fred:GDP", "fred:DGS10", "fred:DTWEXBGS", "fred:IIPUSNETIQ"], Bases(), {})
    assert [one.id.rpartition(":")[2] for one in many if one.url.endswith("release/dates")] == ["53", "17", "18"]
    assert (DATES.key, DATES.series) == ("fred", ())
    body = json.dumps({"release_dates": [{"release_id": 53, "date": "2026-12-22"}]}).encode()
    assert FredApi().parse(DATES, body, TODAY) == ()
    with pytest.raises(ParseError, match="release 53"):
        FredApi().parse(DATES, body.replace(b"53", b"18"), TODAY)


def test_no_request_uses_the_parameter_that_fred_ignores() -> None:
    """`vintage_date` answers today's revised values with 200."""
    (first,) = FredVintages().requests(["fred:GDP"], Bases(), {})
    further = FredVintages().follow(first, payload("fred_series_vintagedates.json"), {})
    assert dict(first.params)["realtime_start"] == "1776-07-04"
    assert dict(first.params)["realtime_end"] == "9999-12-31"
    assert further
    assert all("vintage_date" not in dict(request.params) for request in (*further, first, INFO, OBSERVATIONS))


def test_today_s_values_are_one_path_known_today() -> None:
    (layer,) = FredApi().parse(OBSERVATIONS, payload("fred_series.json"), TODAY)
    assert (layer.vintage.known_on, layer.unit) == (TODAY, USD_BN)
    assert layer.at(Period.parse("2024Q3")) == "29374.914"
    assert layer.at(Period.parse("1946Q1")) == ""  # a point is no value, and never 0
    assert layer.first == Period.parse("1947Q1")


def test_the_catalogue_s_unit_title_and_frequency_are_the_publisher_s() -> None:
    assert FredApi().parse(INFO, payload("fred_series_info.json"), TODAY) == ()


@pytest.mark.parametrize(
    ("name", "value", "error", "told"),
    [
        ("units", "Millions of Dollars", UnitMismatch, "fred:GDP: FRED says its unit is 'Millions of Dollars'"),
        ("units", "Billions of Chained 2017 Dollars", UnitMismatch, "fred:GDP: FRED says its unit"),
        ("frequency_short", "M", FrequencyMismatch, "fred:GDP: FRED says it is 'Quarterly', the catalogue Q"),
        ("seasonal_adjustment_short", "NSA", UnitMismatch, "seasonal adjustment is 'NSA'"),
        ("seasonal_adjustment_short", "SA", UnitMismatch, "seasonal adjustment is 'SA'"),
        ("title", "Federal Funds Effective Rate", UnitMismatch, "another series under its id"),
        ("id", "GDPC1", ParseError, "the answer is about 'GDPC1'"),
    ],
)
def test_a_change_of_what_is_measured_stops_the_series_by_name(
    name: str, value: str, error: type[Exception], told: str
) -> None:
    said: dict[str, Any] = json.loads(payload("fred_series_info.json"))
    said["seriess"][0][name] = value
    with pytest.raises(error, match=told):
        check(json.dumps(said).encode(), GDP)


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("Billions of Dollars", USD_BN),
        ("Millions of U.S. Dollars", USD_MN),
        ("Trillions of Dollars", USD_TN),
        ("U.S. Dollars", USD),
        ("Percent", PERCENT),
        ("Index Jan 2006=100", INDEX),
        ("Percent of GDP", None),
        ("Thousands of Persons", None),
    ],
)
def test_units_in_fred_s_words(words: str, unit: Unit | None) -> None:
    assert unit_of(words) == unit


def page(count: int, offset: int, limit: int) -> bytes:
    return json.dumps({"units": "lin", "count": count, "offset": offset, "limit": limit, "observations": []}).encode()


def test_a_long_answer_is_asked_for_page_by_page() -> None:
    (second,) = FredApi().follow(OBSERVATIONS, page(250_000, 0, 100_000), {})
    assert dict(second.params)["offset"] == "100000"
    (third,) = FredApi().follow(second, page(250_000, 100_000, 100_000), {})
    assert dict(third.params)["offset"] == "200000"
    assert FredApi().follow(third, page(250_000, 200_000, 100_000), {}) == ()
    assert len({OBSERVATIONS.id, second.id, third.id}) == 3
    assert FredApi().follow(INFO, payload("fred_series_info.json"), {}) == ()


def test_the_days_of_the_vintages() -> None:
    days = vintage_dates(payload("fred_series_vintagedates.json"), "fred:GDP")
    assert days[-1] == date(2024, 12, 19)


def test_the_days_of_a_release() -> None:
    assert "release_id=53" in release_request(53, Bases()).address
    rows = [{"release_id": 53, "date": "2026-11-25"}, {"release_id": 53, "date": "2026-12-22"}]
    assert release_dates(json.dumps({"release_dates": rows}).encode(), 53)[1] == date(2026, 12, 22)
    with pytest.raises(ParseError, match="release 18: expected release_dates of it"):
        release_dates(json.dumps({"release_dates": rows}).encode(), 18)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the payload is empty"),
        (b"<!DOCTYPE html><title>Access Denied</title>", "an HTML page came with status 200"),
        (b'{"observations":[{"date":"2024-07-01","va', "expected a JSON object, got"),
        (b'{"units":"lin","data":[]}', "expected observations in units 'lin'"),
        (b'{"units":"pch","observations":[]}', "expected observations in units 'lin'"),
        (b'{"units":"lin","observations":[{"date":"Q3 2024"}]}', "expected date, value, realtime_start"),
    ],
)
def test_what_is_no_answer_is_quoted(body: bytes, told: str) -> None:
    with pytest.raises(ParseError, match=f"fred:GDP: {told}"):
        observations(body, GDP)


@pytest.mark.parametrize("body", [b'{"count":1}', b'{"vintage_dates":["yesterday"]}', b'{"vintage_dates":null}'])
def test_days_that_are_none_are_quoted(body: bytes) -> None:
    with pytest.raises(ParseError, match="fred:GDP: expected a list of days, got"):
        vintage_dates(body, "fred:GDP")


def bodies() -> Path:
    """The real answers where they are at hand, else what was carried over of them."""
    return SHARED_DATA / "fred/api_v1_bodies" if SHARED_DATA else API


def test_every_vintage_of_gdp_is_what_the_answer_as_of_a_day_says() -> None:
    """All releases, folded up to 1 January 2019, against FRED's own answer for that day."""
    request = Request("", "", "https://a/series/observations", (), ("fred:GDP",), Media.JSON)
    layers = FredVintages().parse(request, (bodies() / "fred_series_all_releases.json").read_bytes(), TODAY)
    end = date(2019, 1, 1)
    standing: dict[Period, str] = {}
    for layer in layers:
        if layer.vintage.known_on <= end:
            standing |= {period: layer.at(period) for period in layer.periods()}
    rows = observations((bodies() / "fred_series_asof_date.json").read_bytes(), GDP)
    asked = {row.period: row.value for row in rows if row.end == end and row.value}
    assert asked
    assert {period: standing.get(period) for period in asked} == asked


def test_first_prints_are_the_first_of_all_releases() -> None:
    request = Request("", "", "https://a/series/observations", (), ("fred:GDP",), Media.JSON)
    layers = FredVintages().parse(request, (bodies() / "fred_series_all_releases.json").read_bytes(), TODAY)
    first: dict[Period, str] = {}
    for layer in reversed(layers):
        first |= {period: layer.at(period) for period in layer.periods()}
    prints = observations((bodies() / "fred_series_initial_release.json").read_bytes(), GDP)
    seen = {row.period: row.value for row in prints if row.period in first and row.period.year >= 1993}
    assert seen
    assert {period: first[period] for period in seen} == seen
