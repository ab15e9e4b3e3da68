"""What comes out when, and the calendar file that tells of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from reporter import schedule
from reporter.cli import reporter
from reporter.model.periods import Period

TODAY = date(2026, 11, 22)
LAST = {
    "fred:IIPUSNETIQ": Period.parse("2026Q2"),
    "fred:IIPUSNETIA": Period.parse("2025"),
    "fred:DGS10": Period.parse("2026-11-19"),
    "tic:table5:99996:pos": Period.parse("2026-08"),
    "tic:table3:99996:for_treas_pos": Period.parse("2026-04"),
}


def ahead(days: int = 60) -> list[tuple[str, str, bool]]:
    return [(str(one.day), f"{one.group} {one.period}", one.scheduled) for one in schedule.ahead(LAST, TODAY, days)]


def test_overdue_ones_first_then_those_ahead_by_day() -> None:
    assert ahead() == [
        ("2026-11-18", "tic 2026-09", False),
        ("2026-11-23", "h15 2026-11-20", False),
        ("2026-12-18", "iip 2026Q3", True),
        ("2026-12-18", "tic 2026-10", False),
        ("2027-01-18", "tic 2026-11", False),
    ]


def test_the_series_that_is_furthest_speaks_for_its_release() -> None:
    assert not [row for row in ahead() if row[1] < "tic 2026-09" and row[1].startswith("tic")]


def test_a_year_comes_out_with_its_last_quarter() -> None:
    days = [one.day for one in schedule.ahead(LAST, TODAY, 400) if one.group == "iip"]
    assert len(days) == len(set(days))


def test_an_edition_is_a_day_on_which_its_card_moves_on() -> None:
    planned = schedule.ahead(LAST, TODAY, 60)
    editions = schedule.issues("small", ["tic:table5:99996:pos"], planned, TODAY)
    assert [str(one.day) for one in editions] == ["2026-12-18", "2027-01-18"]


def test_the_calendar_file_is_well_formed_and_always_the_same() -> None:
    planned = schedule.ahead(LAST, TODAY, 60)
    made = schedule.ics(planned, schedule.issues("small", LAST, planned, TODAY), TODAY)
    assert made == schedule.ics(planned, schedule.issues("small", LAST, planned, TODAY), TODAY)
    lines = made.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "\n" not in made.decode().replace("\r\n", "")
    assert max(len(line.encode()) for line in lines) <= 75
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == made.count(b"BEGIN:VEVENT")
    assert "DTSTART;VALUE=DATE:20261218" in lines


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_folding_loses_nothing(text: str) -> None:
    folded = schedule._folded(text)  # noqa: SLF001 -- the law of RFC 5545, 3.1
    assert folded.replace("\r\n ", "") == text
    assert max(len(line.encode()) for line in folded.split("\r\n")) <= 75


@pytest.mark.parametrize(
    "words", [["calendar", "--json"], ["calendar", "--ics", "held.ics"], ["status"], ["status", "--json"]]
)
def test_the_commands_answer_for_the_default_briefing(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(reporter, [*words, "--as-of", "2026-11-22"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "2026-12-18" in done.output
