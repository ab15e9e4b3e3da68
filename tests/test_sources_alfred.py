"""ALFRED's graph files: one id a vintage, or only the first one answers."""

from __future__ import annotations

from datetime import date

import pytest

from reporter.errors import ParseError
from reporter.model.observations import Form
from reporter.model.periods import Frequency, Period
from reporter.sources.alfred import AlfredGraph, alfredgraph
from reporter.sources.base import Bases, Known

MAY, JUNE = date(2026, 5, 28), date(2026, 6, 25)
(ASKED,) = AlfredGraph().requests(["fred:GDP"], Bases(), {"fred:GDP": Known(wanted=(JUNE, MAY))})
BODY = b"""observation_date,GDP_20260528,GDP_20260625
1946-01-01,.,
2025-10-01,31442.483,31462.523
2026-01-01,,31906.274
"""


def test_the_id_and_the_window_are_repeated_once_a_vintage() -> None:
    assert ASKED.address == (
        "https://alfred.stlouisfed.org/graph/alfredgraph.csv?id=GDP%2CGDP&cosd=1776-07-04%2C1776-07-04"
        "&coed=9999-12-31%2C9999-12-31&vintage_date=2026-05-28%2C2026-06-25"
    )


def test_only_what_is_wanted_and_not_at_hand_is_asked_for_ten_at_a_time() -> None:
    days = tuple(date(2026, 1, day) for day in range(1, 25))
    asked = AlfredGraph().requests(["fred:GDP", "tic:press:3"], Bases(), {"fred:GDP": Known(None, days[:3], days)})
    counts = [len(dict(request.params)["vintage_date"].split(",")) for request in asked]
    assert counts == [10, 10, 1]
    assert len({request.id for request in asked}) == 3
    assert AlfredGraph().requests(["fred:GDP"], Bases(), {}) == ()


def test_each_vintage_is_a_path_known_on_its_day() -> None:
    may, june = AlfredGraph().parse(ASKED, BODY, date(2026, 11, 22))
    assert [(layer.vintage.known_on, layer.vintage.form) for layer in (may, june)] == [
        (MAY, Form.PATH),
        (JUNE, Form.PATH),
    ]
    assert (may.text, may.first) == ("31442.483", Period.parse("2025Q4"))
    assert june.at(Period.parse("2026Q1")) == "31906.274"


def test_a_day_before_the_series_began_has_no_layer() -> None:
    body = b"observation_date,GDP_20260528,GDP_20260625\n2025-10-01,,31462.523\n"
    (only,) = AlfredGraph().parse(ASKED, body, JUNE)
    assert only.vintage.known_on == JUNE


def test_an_answer_for_the_first_day_only_is_not_taken_for_all() -> None:
    body = b"observation_date,GDP_20260528\n2025-10-01,31442.483\n"
    with pytest.raises(ParseError, match="fred:GDP: asked for the vintages 2026-05-28, 2026-06-25, got 2026-05-28"):
        AlfredGraph().parse(ASKED, body, JUNE)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "empty"),
        ("<html>Access Denied", "HTML page came with status 200"),
        ("observation_date,GDPC1_20260528\n", "expected the header 'observation_date,GDP_YYYYMMDD,…', got"),
        ("observation_date,GDP_20261328\n", "expected the header"),
        ("observation_date,GDP_20260528\n2026-01-01,1,2\n", "line 2: expected a date and 1 values, got"),
        ("observation_date,GDP_20260528\nQ1 2026,1\n", "line 2: expected a date, got 'Q1 2026'"),
        ("observation_date,GDP_20260528\n2026-01-01,1\n2026-02-01,2\n", "line 3: 2026Q1 stands twice"),
        ("observation_date,GDP_20260528\n2026-01-01,#N/A\n", "not a number at line 2"),
    ],
)
def test_anything_else_is_refused_and_quoted(body: str, told: str) -> None:
    with pytest.raises(ParseError, match=told):
        alfredgraph(body, "GDP", Frequency.QUARTER)
