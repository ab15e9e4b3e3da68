"""Errata: claims that a revision took back, each with its correction; news corrects nothing."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reporter import briefing, build, editions, embedded, record, store
from reporter.claims import Claim
from reporter.cli import reporter
from reporter.compare import is_torn, taken_back
from reporter.expr import Read
from reporter.model.observations import Basis
from reporter.proof import errata
from reporter.resources import templates_folder
from reporter.tree import FactLeaf, walk
from tests.made_core import layer, series, snapshot

NAME = "sell-america"
THEN, NOW = date(2026, 2, 6), date(2026, 11, 22)
FOLDERS = (templates_folder(),)


@cache
def edition(day: date) -> bytes:
    chosen = briefing.load(NAME)
    return record.write(build.build(chosen, store.snapshot(day, chosen.needs), FOLDERS).edition)


@cache
def found(day: date) -> dict[str, errata.Erratum]:
    read = record.read_record(edition(THEN))
    return {one.claim.id: one for one in errata.errata(read, day, embedded.layers(), FOLDERS)}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / NAME / THEN.isoformat()
    folder.mkdir(parents=True)
    (folder / "facts.json").write_bytes(edition(THEN))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(reporter, ["errata", NAME, *words], catch_exceptions=False)


def test_the_record_of_february_is_corrected_in_november() -> None:
    one = found(NOW)["niip.record"]
    assert one.words == "is a record"
    assert one.correction == (
        "Net international investment position, 2025 Q3: the edition of 6 February 2026 said “is a record” "
        "of −$27.61tn. On the figures of 22 November 2026 that does not hold: the same period is now put at −$22.04tn."
    )
    assert one.now.holds


def test_the_figures_of_a_correction_are_leaves() -> None:
    said = [leaf.said.fact for leaf in walk(found(NOW)["niip.record"].line) if isinstance(leaf, FactLeaf)]
    assert [fact.id for fact in said] == ["printed", "restated"]
    assert all([*fact.expr.observations()] for fact in said)


def test_a_run_that_a_revision_ended() -> None:
    one = found(NOW)["current_account.narrowing_on"]
    assert "now put at −$262.9bn" in one.correction
    assert one.now.direction == "widening"


def test_nothing_was_wrong_the_day_after() -> None:
    assert not found(date(2026, 2, 7))


def test_only_what_the_edition_printed_is_corrected() -> None:
    """A claim that no sentence said was not published, though `facts.json` has it."""
    held = json.loads(edition(THEN))
    read = record.read_record(edition(THEN))
    said = {key for key in read.said if read.claims[key].holds}
    assert set(found(NOW)) <= said
    assert said < {row["id"] for row in held["claims"] if row["holds"]}


def test_what_changed_takes_back_only_what_was_published(output: Path) -> None:
    earlier = editions.find(briefing.load(NAME), NOW, output).earlier
    assert earlier is not None
    assert set(earlier.claims) == set(record.read_record(edition(THEN)).said)


def test_a_change_torn_between_vintages_takes_nothing_back() -> None:
    """The later of two quarters was revised alone: that says nothing of the change from one to the other."""
    old, new = date(2026, 1, 5), date(2026, 10, 10)
    before = layer(old, "2025Q2", "-20,-22")
    then = series(THEN, before)
    first, last = (Read(seen) for seen in then.between())
    fell = Claim("made.fell", "fell", "fall", (last - first,))
    torn = snapshot(NOW, series(NOW, before, layer(new, "2025Q3", "-19")))
    whole = snapshot(NOW, series(NOW, before, layer(new, "2025Q2", "-20,-19")))
    assert fell.holds
    assert taken_back(fell, torn) is None
    assert taken_back(fell, whole) is not None


@pytest.mark.parametrize("was", Basis)
def test_only_what_was_whole_can_be_torn(was: Basis) -> None:
    assert is_torn(was, Basis.MIXED) == (was is not Basis.MIXED)
    assert not is_torn(was, Basis.PUBLISHED)


def test_the_command_lists_them(output: Path) -> None:
    result = run("--output", str(output), "--as-of", NOW.isoformat())
    assert result.exit_code == 0
    *lines, last = result.output.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [THEN.isoformat()] * len(found(NOW))
    assert last.startswith("1 of 1 editions")


def test_the_command_as_json(output: Path) -> None:
    held = json.loads(run("--output", str(output), "--as-of", NOW.isoformat(), "--json").output)
    assert (held["briefing"], held["editions"]) == (NAME, 1)
    assert {row["claim"] for row in held["errata"]} == set(found(NOW))
    assert all(row["correction"] and row["then"]["holds"] and row["now"]["holds"] for row in held["errata"])


def test_an_edition_that_cannot_be_read_is_passed_over(output: Path) -> None:
    other = output / NAME / "2026-03-06"
    other.mkdir()
    (other / "facts.json").write_text("{}", encoding="utf-8")
    result = run("--output", str(output), "--as-of", NOW.isoformat())
    assert result.exit_code == 0
    assert "passed over an earlier edition" in result.stderr
    assert "1 of 1 editions" in result.stdout


def test_editions_of_a_later_day_are_not_looked_at(output: Path) -> None:
    assert "0 of 0 editions" in run("--output", str(output), "--as-of", "2026-02-05").output
