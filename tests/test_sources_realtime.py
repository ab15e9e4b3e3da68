"""Vintages in windows: what many limited answers make is what one unlimited answer would have made."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter import catalogue
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Frequency, Period
from reporter.sources.base import Bases, Known
from reporter.sources.fred_api import FredVintages, observations
from reporter.sources.realtime import EVER, Row, chain, merged, windows
from tests.support import PAYLOADS

FIRST = date(2020, 1, 1)
START = Period.parse("2019Q1")
BODY = (PAYLOADS / "official/fred/api/fred_series_all_releases.json").read_bytes()
GDP = catalogue.info("fred:GDP")

# What stood after each vintage: some values of a few quarters, any of which may be revised, withdrawn or come back.
values = st.sampled_from(["", "1", "2", "3.5"])
histories = st.lists(st.tuples(st.integers(1, 40), st.lists(values, min_size=3, max_size=3)), min_size=1, max_size=9)


def naive(history: list[tuple[int, list[str]]]) -> tuple[list[date], list[Row]]:
    """The days of the vintages, and the rows of one answer that has no limit: withdrawn values are rows, too."""
    days = [FIRST + timedelta(days=sum(gap for gap, _ in history[: at + 1])) for at in range(len(history))]
    rows = []
    for place in range(3):
        held = [vintage[place] for _, vintage in history]
        starts = [at for at in range(len(held)) if at == 0 or held[at] != held[at - 1]]
        for at, following in zip(starts, [*starts[1:], None], strict=True):
            end = EVER if following is None else days[following] - timedelta(days=1)
            rows.append(Row(START + place, days[at], end, held[at]))
    return days, rows


def window(rows: list[Row], start: date, end: date) -> list[Row]:
    return [
        Row(row.period, max(row.start, start), min(row.end, end), row.value)
        for row in rows
        if row.start <= end and row.end >= start
    ]


def body(rows: list[Row]) -> bytes:
    listed = [
        {
            "realtime_start": str(r.start),
            "realtime_end": str(r.end),
            "date": str(r.period.start),
            "value": r.value or ".",
        }
        for r in rows
    ]
    about = {"units": "lin", "count": len(listed), "offset": 0, "limit": 100000}
    return json.dumps({**about, "observations": listed}).encode()


@given(histories, st.integers(1, 4))
def test_windows_cover_every_vintage_without_a_gap_and_start_on_one(
    history: list[tuple[int, list[str]]], most: int
) -> None:
    days, _ = naive(history)
    spans = windows(days, most)
    assert spans[0][0] == days[0]
    assert spans[-1][1] == EVER
    assert all(start in days and sum(start <= day <= end for day in days) <= most for start, end in spans)
    assert all(later[0] - before[1] == timedelta(days=1) for before, later in pairwise(spans))


@given(histories, st.integers(1, 4))
def test_rows_of_windows_merge_to_the_rows_of_the_naive_answer(history: list[tuple[int, list[str]]], most: int) -> None:
    days, rows = naive(history)
    parts = [row for span in windows(days, most) for row in window(rows, *span)]
    assert merged(parts) == sorted(rows, key=lambda row: (row.period, row.start))


@settings(deadline=None)
@given(histories, st.integers(1, 4))
def test_layers_of_windows_chain_to_the_layers_of_the_naive_answer(
    history: list[tuple[int, list[str]]], most: int
) -> None:
    days, rows = naive(history)
    source = FredVintages(most=most)
    (first,) = source.requests(["fred:GDP"], Bases(), {})
    listed = json.dumps({"count": len(days), "offset": 0, "limit": 10000, "vintage_dates": [str(d) for d in days]})
    asked = source.follow(first, listed.encode(), {})
    assert len(asked) == -(-len(days) // most)
    parts: list[Layer] = []
    for request in asked:
        said = dict(request.params)
        span = date.fromisoformat(said["realtime_start"]), date.fromisoformat(said["realtime_end"])
        parts += source.parse(request, body(window(rows, *span)), date.max)
    whole = source.parse(asked[0], body(rows), date.max)
    assert [told(layer) for layer in chain(parts)] == [told(layer) for layer in whole]


def told(layer: Layer) -> tuple[date, Period, str]:
    return layer.vintage.known_on, layer.first, layer.text


def test_concatenating_windows_as_they_come_gives_wrong_days() -> None:
    """The trap itself: the second window says that a value of the first began at the seam."""
    history = [(1, ["1", "", ""]), (1, ["1", "2", ""])]
    days, rows = naive(history)
    second = window(rows, days[1], EVER)
    assert Row(START, days[1], EVER, "1") in second
    assert Row(START, days[0], EVER, "1") in merged([*window(rows, days[0], days[0]), *second])


def test_what_is_at_hand_is_neither_asked_for_nor_said_again() -> None:
    source = FredVintages(most=2)
    (first,) = source.requests(["fred:GDP"], Bases(), {})
    days = ["2024-09-26", "2024-10-30", "2024-11-27", "2024-12-19"]
    listed = json.dumps({"count": 4, "offset": 0, "limit": 10000, "vintage_dates": days}).encode()
    known = {"fred:GDP": Known(vintages=(date(2024, 10, 30),))}
    (asked,) = source.follow(first, listed, known)
    assert dict(asked.params)["realtime_start"] == "2024-11-27"
    held = Layer("fred:GDP", vintage(date(2024, 10, 30)), GDP.unit, Period.parse("2024Q2"), "29016.714,29349.924")
    rows = [row for row in observations(BODY, GDP) if row.period >= held.first]
    restated = body(window(rows, date(2024, 11, 27), EVER))
    new = chain(source.parse(asked, restated, date.max), [held])
    assert [told(layer) for layer in new] == [
        (date(2024, 11, 27), Period.parse("2024Q3"), "29354.321"),
        (date(2024, 12, 19), Period.parse("2024Q3"), "29374.914"),
    ]


def vintage(day: date) -> Vintage:
    return Vintage(f"alfred:GDP@{day}", day, Form.REVISION, GDP.publisher, GDP.link)


def test_a_daily_series_needs_more_than_one_window() -> None:
    days = [FIRST + timedelta(days=at) for at in range(4500)]
    assert [sum(a <= day <= b for day in days) for a, b in windows(days)] == [2000, 2000, 500]


def test_no_vintages_no_windows() -> None:
    assert windows([]) == ()


def test_a_chain_leaves_out_a_vintage_that_only_restates() -> None:
    unit, first = GDP.unit, Period.of(FIRST, Frequency.QUARTER)
    layers = [
        Layer("fred:GDP", vintage(FIRST + timedelta(days=at)), unit, first, text)
        for at, text in enumerate(["1,2", "1", "3,2"])
    ]
    assert [(layer.vintage.known_on.day, layer.text) for layer in chain(layers)] == [(1, "1,2"), (3, "3")]


@pytest.mark.parametrize("name", ["fred_series_all_releases.json", "fred_series_initial_release.json"])
def test_real_bodies_give_each_day_its_layer(name: str) -> None:
    raw = (PAYLOADS / "official/fred/api" / name).read_bytes()
    request = FredVintages().follow(
        FredVintages().requests(["fred:GDP"], Bases(), {})[0],
        (PAYLOADS / "official/fred/api/fred_series_vintagedates.json").read_bytes(),
        {},
    )[0]
    layers = {layer.vintage.known_on: layer for layer in FredVintages().parse(request, raw, date.max)}
    assert layers[date(2024, 10, 30)].at(Period.parse("2024Q3")) == "29349.924"
    assert all(layer.vintage.form is Form.REVISION for layer in layers.values())
