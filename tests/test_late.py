"""What an edition says of releases that are out and that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reporter import batch, briefing, build, config, embedded, late, record, store
from reporter.commands.pull import progress
from reporter.commands.refresh import pull_if_due
from reporter.model.standing import NEVER, Asked, State
from reporter.resources import templates_folder
from reporter.testing import Fault, Server, World
from reporter.tree import Edition, lines, plain

DAY = date(2026, 11, 14)  # the holders' next release has been due since 18 October
TOML = """
template = "briefings/sell-america.md.j2"
sections = ["net_position", "holders", "current_account", "markets", "method"]
[[coverage]]
label = "Holders"
series = "tic:table5:99996:pos"
[[coverage]]
label = "Positions"
series = "fred:IIPUSNETIQ"
"""
SILENT = Asked(tried_on=DAY, fault="no answer")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "small.toml"
    made.write_text(TOML, encoding="utf-8")
    return made


@pytest.fixture
def edition(path: Path) -> Callable[..., Edition]:
    chosen = briefing.load(str(path))

    def make(day: date = DAY, ask: late.Ask = late.nobody) -> Edition:
        seen = store.snapshot(day, chosen.needs)
        return build.build(chosen, seen, [templates_folder()], asked=ask).edition

    return make


def said(edition: Edition, section: str) -> str:
    """All that a section says, notes and small print too."""
    (found,) = (one for one in edition.sections if one.id == section)
    return "\n".join(plain(line) for line in lines(found.blocks))


def test_a_section_says_how_far_its_late_figures_reach(edition: Callable[..., Edition]) -> None:
    text = said(edition(), "holders")
    assert "Treasury International Capital to July 2026: the release due on 18 October 2026 has not" in text
    assert "reachable" not in text
    assert "the release due on" not in said(edition(date(2026, 6, 19)), "holders")


def test_a_source_that_did_not_answer_is_named_with_the_day(edition: Callable[..., Edition]) -> None:
    made = edition(ask=lambda key: SILENT if key.startswith("tic:") else NEVER)
    why = "is not in them; the source was not reachable on 14 November 2026."
    assert f"to July 2026: the release due on 18 October 2026 {why}" in said(made, "holders")
    assert "reachable" not in said(made, "markets")
    assert [(line.state, str(line.asked)) for line in made.coverage] == [
        (State.UNREACHABLE, str(DAY)),
        (State.FRESH, "None"),
    ]
    again = record.read_record(record.write(made))
    assert "14 November 2026" in [plain(held.line) for held in again.text if held.where == "coverage"]


def test_a_source_that_answered_without_it_is_told_from_one_that_did_not(edition: Callable[..., Edition]) -> None:
    made = edition(ask=lambda _: Asked(read_on=DAY, tried_on=DAY))
    assert "had not come when the source was asked on 14 November 2026" in said(made, "holders")
    before = Asked(read_on=date(2026, 6, 1), tried_on=date(2026, 6, 1), fault="")
    assert "has not reached this edition" in said(edition(ask=lambda _: before), "holders")


def test_the_asking_is_part_of_the_snapshots_id_only_where_it_is_told(edition: Callable[..., Edition]) -> None:
    quiet, silent = edition(), edition(ask=lambda _: SILENT)
    assert quiet.snapshot_id == edition().snapshot_id
    assert silent.snapshot_id == edition(ask=lambda _: SILENT).snapshot_id != quiet.snapshot_id
    fresh = date(2026, 6, 19)
    assert edition(fresh, lambda _: NEVER).snapshot_id == edition(fresh).snapshot_id


def test_frozen_history_is_not_late(edition: Callable[..., Edition]) -> None:
    """The holders' history ends with 2025: no section says so."""
    assert "2025. The release" not in said(edition(), "holders")


@pytest.fixture
def server() -> Iterator[Server]:
    held = embedded.layers()
    wanted = (key for key in held if key.startswith(("tic:table5:", "tic:table3:")) or key == "fred:DGS10")
    with Server(World({key: held[key] for key in wanted}), DAY) as running:
        yield running


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_after_a_pull_that_failed_the_edition_says_so(server: Server, path: Path, tmp_path: Path) -> None:
    server.fail(Fault.HTML, times=99)
    places = {"REPORTER_STORE": str(tmp_path / "store.sqlite"), "REPORTER_CACHE": str(tmp_path / "cache")}
    urls = {name: value for name, value in server.environment.items() if name.endswith("_URL")}
    settings = config.load(tmp_path, {**urls, **places})
    warned: list[str] = []
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    pull_if_due(briefing.load(str(path)), settings, noon, progress(quiet=True), warned.append)
    assert warned
    made = batch.compose(batch.Order(str(path), DAY, settings)).built.edition
    assert "the source was not reachable on 14 November 2026" in said(made, "holders")
    assert "the source was not reachable on 14 November 2026" in said(made, "markets")
    assert made.coverage[0].unreachable
