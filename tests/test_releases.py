"""When a period is published, and when its absence is news."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import catalogue
from reporter.errors import DataError
from reporter.model.periods import Frequency, Period
from reporter.releases import GROUPS, Announced, is_scheduled, is_stale, next_due, release_date

_FREQUENCY = {
    "tic": Frequency.MONTH,
    "trade": Frequency.MONTH,
    "h15": Frequency.DAY,
    "h10": Frequency.DAY,
}


@pytest.mark.parametrize(
    ("group", "period", "day"),
    [
        ("tic", "2025-08", "2025-11-18"),  # the shutdown: two months in one release
        ("tic", "2025-09", "2025-11-18"),
        ("iip", "2026Q1", "2026-06-24"),
        ("ita", "2025Q3", "2026-01-14"),
        ("iip", "2026Q3", "2026-12-18"),  # announced
        ("iip", "2025", "2026-03-25"),  # a year comes with its last quarter
    ],
)
def test_a_listed_date_wins_over_the_rule(group: str, period: str, day: str) -> None:
    assert release_date(group, Period.parse(period)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("group", "period", "day"),
    [
        ("tic", "2026-07", "2026-09-18"),
        ("tic", "2026-11", "2027-01-18"),
        ("gdp", "2026Q2", "2026-09-22"),
        ("iip", "2030Q4", "2031-03-31"),
        ("iip", "2030", "2031-03-31"),
        ("trade", "2026-06", "2026-08-05"),
        ("h15", "2026-10-01", "2026-10-02"),  # Thursday
        ("h15", "2026-10-02", "2026-10-05"),  # Friday
        ("h10", "2026-09-28", "2026-10-05"),  # Monday to Friday of one week come together
        ("h10", "2026-10-02", "2026-10-05"),
    ],
)
def test_the_rules(group: str, period: str, day: str) -> None:
    assert release_date(group, Period.parse(period)) == date.fromisoformat(day)


def test_after_a_friday_a_monday_is_due() -> None:
    assert next_due("h15", Period.parse("2026-10-02")) == date(2026, 10, 6)
    assert next_due("h10", Period.parse("2026-10-02")) == date(2026, 10, 12)


def test_an_unknown_group_is_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"no release group 'tics' \(there are .*tic"):
        release_date("tics", Period.parse("2026-01"))


def test_every_series_of_the_catalogue_has_a_release_group() -> None:
    assert {catalogue.info(series).release for series in catalogue.ids()} <= GROUPS


def test_a_frozen_file_is_stale_and_the_last_release_is_not() -> None:
    frozen = catalogue.info("tic:s1:99996:treas_net")
    holders = catalogue.info("tic:table5:42609:pos")
    assert is_stale(frozen, Period.parse("2023-01"), date(2026, 11, 22))
    assert is_stale(holders, Period.parse("2026-07"), date(2026, 10, 18))  # the day itself counts
    assert not is_stale(holders, Period.parse("2026-07"), date(2026, 10, 17))


def test_the_net_position_is_not_stale_before_its_announced_release() -> None:
    net = catalogue.info("fred:IIPUSNETIQ")
    assert not is_stale(net, Period.parse("2026Q2"), date(2026, 12, 17))
    assert is_stale(net, Period.parse("2026Q2"), date(2026, 12, 18))


@given(st.sampled_from(sorted(GROUPS)), st.dates(date(2003, 1, 1), date(2040, 1, 1)))
def test_nothing_is_published_before_it_ends_nor_out_of_order(group: str, day: date) -> None:
    period = Period.of(day, _FREQUENCY.get(group, Frequency.QUARTER))
    published = release_date(group, period)
    assert period.end < published <= period.end + timedelta(days=200)
    assert published <= release_date(group, period + 1)
    assert published <= next_due(group, period)


GDP_DAYS = tuple(map(date.fromisoformat, ("2026-07-30", "2026-08-26", "2026-09-25", "2026-10-29", "2026-11-25")))
TOLD = Announced({"gdp": GDP_DAYS, "h10": (date(2026, 10, 5), date(2026, 10, 13))})


def test_an_announced_day_stands_before_the_rule_and_after_what_is_transcribed() -> None:
    quarter = Period.parse("2026Q2")
    assert release_date("gdp", quarter) == date(2026, 9, 22)
    assert TOLD.release_date("gdp", quarter) == date(2026, 9, 25)  # the third estimate, neither first nor second
    assert TOLD.is_scheduled("gdp", quarter)
    assert not is_scheduled("gdp", quarter)
    assert TOLD.next_due("gdp", Period.parse("2026Q1")) == date(2026, 9, 25)
    listed = Announced({"iip": (date(2026, 12, 19),)})
    assert listed.release_date("iip", Period.parse("2026Q3")) == date(2026, 12, 18)


def test_a_holiday_puts_off_a_weekly_release() -> None:
    """Columbus Day: the week's rates come out on a Tuesday."""
    assert release_date("h10", Period.parse("2026-10-05")) == date(2026, 10, 12)
    assert TOLD.release_date("h10", Period.parse("2026-10-05")) == date(2026, 10, 13)


def test_where_no_announced_day_is_near_the_rule_stands() -> None:
    later = Period.parse("2026Q3")
    assert TOLD.release_date("gdp", later) == release_date("gdp", later)
    assert not TOLD.is_scheduled("gdp", later)
    assert Announced({}).id == ""
    assert TOLD.id == Announced(dict(TOLD.days)).id != Announced({"gdp": GDP_DAYS}).id
