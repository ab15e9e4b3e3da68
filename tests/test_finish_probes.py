"""Values read off a chart in the page: the data's own, one stop of the Tab key a chart, no name used twice."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.charts.drawing import Mark
from reporter.model.periods import Frequency, Period
from reporter.proof import verify
from reporter.proof.check import Made
from reporter.proof.evaluate import of_charts
from reporter.render.probes import MOST, probes, told
from reporter.transcript import ChartText
from tests.proof_made import published

WIDTH = 170.0
FIRST = Period.parse("2006Q1")

values = st.floats(-1e6, 1e6, allow_nan=False)


def marks(held: list[float], name: str = "Net position, $ trillion") -> list[Mark]:
    """A line across the chart, a point a quarter."""
    pitch = 400 / max(1, len(held))
    return [Mark(name, 30 + i * pitch, 50.0, value, None, str(FIRST + i)) for i, value in enumerate(held)]


@given(st.lists(values, min_size=1, max_size=400))
def test_the_last_period_is_always_told_and_never_more_than_fit(held: list[float]) -> None:
    made = probes(marks(held), WIDTH)
    assert 1 <= len(made) <= MOST
    assert f"Net position, $ trillion: {told(held[-1])}" in made[-1].text
    lefts = [probe.left for probe in made]
    assert lefts == sorted(lefts)


@given(st.lists(values, min_size=1, max_size=60))
def test_what_is_told_is_what_the_proof_takes_for_a_point(held: list[float]) -> None:
    drawn = [ChartText("net", "point", probe.text) for probe in probes(marks(held), WIDTH)]
    assert not list(of_charts(Made((), drawn, {})))


@pytest.mark.parametrize("text", ["In all, 27.6", "2026 Q2\nNet: 27.6 or so", "2026 Q2\nNet 5: about 3"])
def test_the_proof_takes_no_sentence_for_a_point(text: str) -> None:
    assert list(of_charts(Made((), [ChartText("net", "point", text)], {})))


def test_values_over_each_other_are_told_together_and_side_by_side_apart() -> None:
    over = [*marks([1.0, 2.0], "a"), *marks([3.0, 4.0], "b")]
    beside = [Mark("c", mark.x + 100, mark.y, 9.0, None, mark.period) for mark in marks([1.0, 2.0])]
    assert [probe.text for probe in probes([*over, *beside], WIDTH)] == [
        "2006 Q1\na: 1.00\nb: 3.00",
        "2006 Q1\nc: 9.00",
        "2006 Q2\na: 2.00\nb: 4.00",
        "2006 Q2\nc: 9.00",
    ]


def test_a_bar_in_the_middle_of_its_period_is_told_with_the_line_at_its_end() -> None:
    bar, line = Mark("bar", 100, 10, 1.0, 5.0, "2026Q1"), Mark("line", 103, 10, 2.0, None, "2026Q1")
    (probe,) = probes([line, bar], WIDTH)
    assert probe.text == "2026 Q1\nbar: 1.00\nline: 2.00"


def test_places_that_do_not_stand_for_time_are_not_told() -> None:
    assert probes([Mark("China", 10, 10, 5.0)], WIDTH) == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-22.4203, "−22.4"),
        (5184.04, "5,184"),
        (0.125, "0.13"),
        (-0.001, "0"),
        (-0.0, "0"),
        (99.96, "100.0"),
        (2.5, "2.50"),
    ],
)
def test_digits_follow_the_size(value: float, text: str) -> None:
    assert told(value) == text


def test_daily_and_monthly_periods_are_named_in_full() -> None:
    day = Mark("yield", 10, 10, 4.0, None, str(Period.parse("2026-11-20")))
    assert probes([day], WIDTH)[0].text.startswith("20 Nov 2026\n")
    assert Period.parse("2026-11-20").frequency is Frequency.DAY


# ---------------------------------------------------------------- in the page
@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return published().files


def test_no_id_is_used_twice_and_each_chart_has_a_group_of_its_own(files: Mapping[str, bytes]) -> None:
    page = files["index.html"].decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    groups = re.findall(r'<div class="probes".*?</div>', page, re.DOTALL)
    names = [set(re.findall(r'name="([^"]+)"', group)) for group in groups]
    assert groups
    assert all(len(own) == 1 for own in names)
    assert len(set.union(*names)) == len(groups)


def test_every_download_of_the_page_is_there_and_nothing_runs(files: Mapping[str, bytes]) -> None:
    page = files["index.html"].decode()
    wanted = re.findall(r'<a href="([^"]+)" download', page)
    assert wanted
    assert set(wanted) <= set(files)
    drawn = {name for name in files if name.startswith("charts/")}
    assert {name for name in drawn if not name.endswith("-narrow.svg")} <= set(wanted)  # the archive's front page's
    assert page.count("<script") == page.count('<script type="application/ld+json">') == 1


def test_the_proof_sees_what_is_told(files: Mapping[str, bytes]) -> None:
    page = files["index.html"].decode()
    assert not verify.of_page(page, files["facts.json"]).failures
    first = re.search(r'<input type="radio"[^>]*aria-label="[^"]*?: ([−\d,.]+)', page)
    assert first
    spoilt = page[: first.start(1)] + "987,654" + page[first.end(1) :]
    assert verify.of_page(spoilt, files["facts.json"]).failures == (
        "not consistent: index.html: aria-label: bound to nothing: '987,654'",
    )
