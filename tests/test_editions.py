"""Earlier editions: found, read back, compared with and listed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from reporter import briefing, build, editions, record, store
from reporter.briefing import Briefing
from reporter.errors import ConfigError, DataError
from reporter.resources import templates_folder
from reporter.tree import lines, plain

NAME = "sell-america"
DAYS = (date(2025, 12, 6), date(2026, 2, 6), date(2026, 10, 22))
NOW = date(2026, 11, 22)


@pytest.fixture(scope="module")
def chosen() -> Briefing:
    return briefing.load(NAME)


@pytest.fixture(scope="module")
def payloads(chosen: Briefing) -> dict[date, bytes]:
    """The facts of an edition for each day."""
    built = (build.build(chosen, store.snapshot(day, chosen.needs), [templates_folder()]) for day in DAYS)
    return {one.edition.as_of: record.write(one.edition) for one in built}


@pytest.fixture
def output(tmp_path: Path, payloads: dict[date, bytes]) -> Path:
    for day, payload in payloads.items():
        _place(tmp_path, day.isoformat(), payload)
    return tmp_path


def _place(output: Path, name: str, payload: bytes) -> Path:
    folder = output / NAME / name
    folder.mkdir(parents=True)
    (folder / "facts.json").write_bytes(payload)
    return folder


def test_by_default_it_is_the_last_edition_before(chosen: Briefing, output: Path) -> None:
    earlier = editions.find(chosen, NOW, output).earlier
    assert earlier is not None
    assert (earlier.as_of, earlier.is_edition) == (DAYS[2], True)
    between = editions.find(chosen, date(2026, 10, 22), output).earlier  # an edition is not compared with itself
    assert between is not None
    assert between.as_of == DAYS[1]


def test_without_editions_it_is_the_day_a_month_earlier(chosen: Briefing, tmp_path: Path) -> None:
    earlier = editions.find(chosen, NOW, tmp_path).earlier
    assert earlier is not None
    assert (earlier.as_of, earlier.is_edition, earlier.shelf) == (date(2026, 10, 22), False, ())
    assert "niip.net" in earlier.facts


def test_where_nothing_was_known_there_is_nothing_to_compare_with(chosen: Briefing, tmp_path: Path) -> None:
    assert editions.find(chosen, date(1999, 1, 1), tmp_path).earlier is None


def test_since_a_date_an_edition_and_its_file(chosen: Briefing, output: Path) -> None:
    folder = output / NAME / "2026-02-06"
    for since in (str(folder), str(folder / "facts.json")):
        found = editions.find(chosen, NOW, output, since).earlier
        assert found is not None
        assert (found.as_of, found.is_edition) == (DAYS[1], True)
    day = editions.find(chosen, NOW, output, "2026-02-06").earlier
    assert day is not None
    assert (day.as_of, day.is_edition) == (DAYS[1], False)


@pytest.mark.parametrize("since", ["2026-11-22", "2027-01-01", "no-such-folder", "20-26"])
def test_since_something_that_is_not_earlier_is_refused(chosen: Briefing, output: Path, since: str) -> None:
    with pytest.raises(ConfigError, match=since):
        editions.find(chosen, NOW, output, since)


def test_an_edition_of_a_later_day_is_refused(chosen: Briefing, output: Path) -> None:
    with pytest.raises(ConfigError, match="2026-10-22"):
        editions.find(chosen, date(2026, 3, 1), output, str(output / NAME / "2026-10-22"))


def test_an_edition_of_another_briefing_is_refused(chosen: Briefing, output: Path, payloads: dict[date, bytes]) -> None:
    held = json.loads(payloads[DAYS[0]]) | {"briefing": "another"}
    path = output / "facts.json"
    path.write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(DataError, match="another"):
        editions.find(chosen, NOW, output, str(path))


def test_what_cannot_be_read_is_passed_over_and_named(chosen: Briefing, output: Path) -> None:
    _place(output, "2026-11-01", b"{}")
    (output / NAME / "notes").mkdir()
    found = editions.find(chosen, NOW, output)
    assert found.earlier is not None
    assert found.earlier.as_of == DAYS[2]
    (reason,) = found.unread
    assert "2026-11-01" in reason


def test_the_earlier_edition_is_part_of_the_snapshots_id(chosen: Briefing, output: Path) -> None:
    held = store.snapshot(NOW, chosen.needs)
    ids = {
        build.build(
            chosen, held, [templates_folder()], editions.find(chosen, NOW, output, since).earlier
        ).edition.snapshot_id
        for since in (None, "2026-02-06", str(output / NAME / "2026-02-06"))
    }
    assert len(ids | {held.id}) == 4


def test_more_from_lists_the_last_editions_and_what_was_revised(chosen: Briefing, output: Path) -> None:
    earlier = editions.find(chosen, NOW, output).earlier
    built = build.build(chosen, store.snapshot(NOW, chosen.needs), [templates_folder()], earlier)
    more = next(section for section in built.edition.sections if section.id == "more")
    october, february, december = (plain(line) for line in lines(more.blocks))
    assert october.startswith("22 October 2026 ")
    assert "Since revised" not in october
    assert february.startswith("6 February 2026 The world’s $27.6tn")
    assert february.endswith("Since revised to $22.0tn")
    assert december.endswith("Since revised to $21.4tn")  # 2025Q2, printed in September as 26.14


def test_without_editions_there_is_no_list(chosen: Briefing, tmp_path: Path) -> None:
    earlier = editions.find(chosen, NOW, tmp_path).earlier
    built = build.build(chosen, store.snapshot(NOW, chosen.needs), [templates_folder()], earlier)
    assert "more" not in [section.id for section in built.edition.sections]


def test_an_edition_that_compares_is_read_back_whole(chosen: Briefing, output: Path) -> None:
    earlier = editions.find(chosen, NOW, output, str(output / NAME / "2026-02-06")).earlier
    built = build.build(chosen, store.snapshot(NOW, chosen.needs), [templates_folder()], earlier)
    again = record.read_record(record.write(built.edition))
    assert {key: fact.value for key, fact in again.facts.items()} == {
        key: fact.value for key, fact in built.edition.facts.items()
    }
    assert {key: (fact.basis, fact.text) for key, fact in again.facts.items()} == {
        key: (fact.basis, fact.text) for key, fact in built.edition.facts.items()
    }
    assert {said.fact.id for said in again.printed} == {said.fact.id for said in built.edition.said()}


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2024, 3, 31), date(2024, 2, 29)),
        (date(2026, 1, 15), date(2025, 12, 15)),
    ],
)
def test_a_month_before(day: date, before: date) -> None:
    assert editions.month_before(day) == before
