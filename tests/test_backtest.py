"""The back-test: what counts, what held, and that the stored result is what the command gives."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from reporter import backtested, briefing, build, store
from reporter.backtested import Outcome, Trial
from reporter.claims import Claim
from reporter.cli import reporter
from reporter.errors import DataError
from reporter.expr import Read
from reporter.model.periods import Period
from reporter.model.series import Snapshot
from reporter.proof import backtest
from reporter.resources import templates_folder
from reporter.tree import lines, plain
from tests.made_core import layer, series, snapshot

NAME, NOW = "sell-america", date(2026, 11, 22)
OLD, NEW = date(2026, 1, 5), date(2026, 10, 10)
THEN = date(2026, 2, 6)


def plan(first: str, last: str, tmp_path: Path, *, every: str = "quarter", as_of: date = NOW) -> backtest.Plan:
    months = Period.parse(first), Period.parse(last)
    return backtest.Plan(NAME, *months, every, as_of, tmp_path / "none.sqlite", (templates_folder(),))


# ---------------------------------------------------------------- what is tried
def test_only_editions_that_are_a_year_old_are_tried(tmp_path: Path) -> None:
    days = plan("2025-08", "2026-03", tmp_path, every="month").days()
    assert days == (date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1))
    assert plan("2020-01", "2022-06", tmp_path, every="year").days() == tuple(date(y, 1, 1) for y in (2020, 2021, 2022))


def test_nothing_to_try_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a year old"):
        backtest.run(plan("2026-03", "2026-06", tmp_path))


def test_a_year_after_a_leap_day() -> None:
    assert backtest.year_after(date(2024, 2, 29)) == date(2025, 2, 28)
    assert backtest.year_after(date(2023, 7, 1)) == date(2024, 7, 1)


# ---------------------------------------------------------------- judging again
def change(test: str = "fall") -> Claim:
    first, last = (Read(seen) for seen in series(THEN, layer(OLD, "2025Q2", "-20,-22")).between())
    return Claim("made.change", "changed", test, (last - first,))


def later(*layers: str) -> Snapshot:
    """The quarter pair of `change`, and what a later vintage made of it."""
    first = layer(OLD, "2025Q2", "-20,-22")
    return snapshot(NOW, series(NOW, first, *(layer(NEW, "2025Q3", text) for text in layers)))


def test_what_stood_in_one_vintage_must_stand_in_one_again() -> None:
    assert backtest.judged_again(change(), later("-19")) is None  # the other quarter's revision is not at hand
    assert backtest.judged_again(change(), later()) is not None


def test_what_is_backfilled_does_not_count() -> None:
    held = series(THEN, layer(NEW, "2025Q2", "-20,-22"))
    first, last = (Read(seen) for seen in held.between())
    claim = Claim("made.change", "fell", "fall", (last - first,))
    assert backtest.judged_again(claim, snapshot(NOW, series(NOW, layer(NEW, "2025Q2", "-20,-22")))) is None


def test_a_claim_is_said_again_where_its_verdict_is_the_same() -> None:
    whole = snapshot(NOW, series(NOW, layer(OLD, "2025Q2", "-20,-22"), layer(NEW, "2025Q2", "-20,-19")))
    for claim in (change("fall"), change("rise")):
        again = backtest.judged_again(claim, whole)
        assert again is not None
        assert not backtest.is_said_again(claim, again)
        assert backtest.is_said_again(claim, claim)


def test_a_run_of_another_length_is_another_claim() -> None:
    def run(values: str) -> Claim:
        held = series(NOW, layer(OLD, "2025Q1", values))
        return Claim("made.run", "narrowed", "narrowing", tuple(Read(seen) for seen in held.between()))

    assert backtest.is_said_again(run("-20,-19,-18"), run("-21,-19,-18"))
    assert not backtest.is_said_again(run("-20,-19,-18"), run("-18,-19,-18"))  # it holds still, for one quarter only


def test_directions_that_templates_said_belong_to_a_takeaway() -> None:
    chosen = briefing.load(NAME)
    built = build.build(chosen, store.snapshot(date(2016, 4, 1), chosen.needs), [templates_folder()])
    candidate = next(score.candidate for score in built.scores if score.candidate.key == "niip.quarter")
    said = [claim.id for claim in backtest.claims_of(candidate, built.edition.claims.values())]
    assert "niip.net.change_quarter.fell" in said
    assert {claim.rpartition(".")[0] for claim in said} == {"niip.net.change_quarter"}


# ---------------------------------------------------------------- the stored result
def test_the_stored_figure_is_what_the_command_gives(tmp_path: Path) -> None:
    """On days of each outcome, by two processes as by one."""
    short = plan("2013-07", "2013-07", tmp_path), plan("2016-10", "2017-04", tmp_path)
    stored = {trial.day: trial for trial in backtested.stored().trials}
    outcomes = set()
    for some, jobs in zip(short, (1, 2), strict=True):
        result = backtest.run(some, jobs)
        assert list(result.trials) == [stored[trial.day] for trial in result.trials]
        outcomes |= {trial.outcome for trial in result.trials}
    assert outcomes == {Outcome.HELD, Outcome.FLIPPED, Outcome.UNCOUNTED}


def test_the_stored_result_is_whole() -> None:
    stored = backtested.stored()
    days = [trial.day for trial in stored.trials]
    assert days == sorted(set(days))
    assert len(stored.counted) + stored.counts()[Outcome.UNCOUNTED] + stored.counts()[Outcome.UNMADE] == len(days)
    assert 0 < stored.held < len(stored.counted)
    assert all(trial.judged_on == backtest.year_after(trial.day) <= stored.made_on for trial in stored.trials)
    assert all(bool(trial.flipped) == (trial.outcome is Outcome.FLIPPED) for trial in stored.trials)
    assert all(trial.revised for trial in stored.trials if trial.flipped)  # nothing flips of itself


def test_the_stored_file_is_what_would_be_written() -> None:
    held = (Path(backtested.__file__).parent / "data" / backtested.FILE).read_text("utf-8")
    assert backtested.dumps(backtested.loads(held)) == held


trials = st.builds(
    Trial,
    st.dates(date(2013, 1, 1), date(2025, 1, 1)),
    st.dates(date(2014, 1, 1), date(2026, 1, 1)),
    st.sampled_from(Outcome),
    st.sampled_from(["", "niip.quarter", 'a "quoted" key']),
    st.integers(0, 9),
    st.booleans(),
    st.lists(st.sampled_from(["niip.record", "flows.record"])).map(tuple),
)


@given(st.lists(trials, min_size=1))
def test_what_is_written_is_read_back(some: list[Trial]) -> None:
    result = replace(backtested.stored(), trials=tuple(some))
    assert backtested.loads(backtested.dumps(result)) == result


@pytest.mark.parametrize("text", ["", "trials = 3", 'briefing = "x"\ntrials = [["2013-07-01"]]', "= ="])
def test_what_is_no_result_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="not a back-test"):
        backtested.loads(text)


# ---------------------------------------------------------------- the method section
def method(day: date) -> str:
    chosen = briefing.load(NAME)
    built = build.build(chosen, store.snapshot(day, chosen.needs), [templates_folder()])
    (section,) = (section for section in built.edition.sections if section.id == "method")
    return "\n".join(plain(line) for line in lines(section.blocks))


def last_paragraph(text: str) -> str:
    return text.rpartition("\n")[2]


def test_the_method_section_prints_the_counts() -> None:
    stored = backtested.stored()
    text = method(NOW)
    counts = (len(stored.trials), len(stored.counted), stored.held, stored.revised)
    assert [int(number) for number in re.findall(r"\b\d{2,3}\b", last_paragraph(text))] == [*counts]
    assert all(month in last_paragraph(text) for month in ("July 2013", "November 2025"))


def test_an_edition_prints_no_more_than_could_be_known() -> None:
    known = backtested.stored().known(THEN)
    assert max(trial.judged_on for trial in known.trials) <= THEN
    assert len(known.trials) < len(backtested.stored().trials)
    assert f"{len(known.trials)} monthly editions" in last_paragraph(method(THEN))
    assert "February 2025" in last_paragraph(method(THEN))
    assert "monthly editions" not in method(date(2015, 3, 1))  # too few to tell


# ---------------------------------------------------------------- the command
def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "result.toml"
    words = ["backtest", NAME, "--from", "2017-04", "--to", "2017-04", "--as-of", NOW.isoformat()]
    words += ["--store", str(tmp_path / "none.sqlite")]
    result = CliRunner().invoke(reporter, [*words, "--write", str(file)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "2017-04-01  current_account.balance: not said again on 2018-04-01" in result.stdout
    assert "1 led with a claim on published vintages; 0 of them held a year later" in result.stdout
    written = backtested.loads(file.read_text("utf-8"))
    held = json.loads(CliRunner().invoke(reporter, [*words, "--json"], catch_exceptions=False).stdout)
    assert held == json.loads(json.dumps(written.to_json()))
    assert held["outcomes"]["flipped"] == held["counted"] == 1


def test_a_month_that_is_none_is_refused() -> None:
    result = CliRunner().invoke(reporter, ["backtest", NAME, "--from", "2013Q3"])
    assert result.exit_code == 2
    assert "write it as 2013-07" in result.output
