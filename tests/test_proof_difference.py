"""`reporter diff`: what two editions say otherwise, from their records alone."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from reporter import briefing, record, store
from reporter.build import build
from reporter.cli import reporter
from reporter.compare import Change
from reporter.errors import ConfigError, DataError
from reporter.proof import difference, difference_page
from reporter.proof import page as html
from reporter.record import Record, read_record
from reporter.resources import templates_folder
from tests.proof_made import published

DAYS = (date(2026, 2, 6), date(2026, 11, 22))


@cache
def payload(day: date, name: str = "sell-america") -> bytes:
    chosen = briefing.load(name, {"country": "Japan"} if name == "holder-profile" else {})
    return record.write(build(chosen, store.snapshot(day, chosen.needs), [templates_folder()]).edition)


def edition(day: date) -> Record:
    return read_record(payload(day))


@pytest.fixture(scope="module")
def found() -> difference.Difference:
    return difference.between(*map(edition, DAYS))


def test_an_edition_does_not_differ_from_itself() -> None:
    assert difference.between(edition(DAYS[0]), edition(DAYS[0])).is_none


def test_claims_are_added_dropped_and_flipped_by_what_the_records_hold(found: difference.Difference) -> None:
    was, now = (set(edition(day).claims) for day in DAYS)
    assert set(found.added) == now - was
    assert set(found.dropped) == was - now
    assert {flip.now.id for flip in found.flipped} == {
        key for key in was & now if edition(DAYS[0]).claims[key].holds is not edition(DAYS[1]).claims[key].holds
    }


def test_what_one_day_adds_the_other_way_round_is_dropped(found: difference.Difference) -> None:
    back = difference.between(*map(edition, reversed(DAYS)))
    assert (back.added, back.facts_added) == (found.dropped, found.facts_dropped)
    assert {(f.then.id, f.then.holds) for f in back.flipped} == {(f.now.id, f.now.holds) for f in found.flipped}


def test_the_net_position_moved_by_news_and_by_revision(found: difference.Difference) -> None:
    moves = {move.kind: move for move in found.moved if move.id == "niip.net"}
    news, revision = moves[Change.NEWS], moves[Change.REVISION]
    assert (str(news.before.span), news.before.text) == ("2025Q3", "−$22.04tn"), "as counted in the later edition"
    assert (str(news.now.span), news.now.text) == ("2026Q2", "−$22.42tn")
    assert (revision.printed.text, revision.now.text) == ("−$27.61tn", "−$22.04tn")


def test_the_largest_move_comes_first(found: difference.Difference) -> None:
    sizes = [move.size for move in found.moved if str(move.now.kind) == "usd"]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) > 100


def test_words_that_the_later_figures_do_not_bear_are_named(found: difference.Difference) -> None:
    lapsed = {ended.then.id: ended for ended in found.lapsed}
    assert lapsed["niip.record"].kind is Change.REVISION
    assert all(ended.then.holds and ended.now.holds for ended in found.lapsed)


def test_editions_are_read_from_folder_file_and_pdf(tmp_path: Path) -> None:
    made = published()
    for name in ("facts.json", "briefing.pdf", "index.html"):
        (tmp_path / name).write_bytes(made.files[name])
    records = [difference.read(tmp_path / name) for name in ("", "facts.json", "briefing.pdf", "index.html")]
    assert all(difference.between(records[0], other).is_none for other in records)


def test_two_briefings_are_not_compared() -> None:
    other = read_record(payload(DAYS[1], "holder-profile"))
    with pytest.raises(ConfigError, match="two briefings"):
        difference.between(edition(DAYS[1]), other)


def test_what_is_no_edition_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"give an edition's folder, its facts\.json, its page or its PDF"):
        difference.read(tmp_path)
    (tmp_path / "facts.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="not a record of an edition"):
        difference.read(tmp_path)


def test_the_command_tells_and_prints_json(tmp_path: Path) -> None:
    paths = []
    for day in DAYS:
        path = tmp_path / f"{day}.json"
        path.write_bytes(payload(day))
        paths.append(str(path))
    told = CliRunner().invoke(reporter, ["diff", *paths])
    assert told.exit_code == 0, told.output
    assert "niip.record: 'the largest on record in dollars', by revision" in told.output
    assert "niip.net: −$22.04tn, 2025Q3 → −$22.42tn, 2026Q2 (−$379.3bn)" in told.output
    held = json.loads(CliRunner().invoke(reporter, ["diff", *paths, "--json"]).output)
    assert held["facts"]["moved"][0]["change"] is not None
    assert {row["id"] for row in held["lapsed"]} >= {"niip.record"}
    same = CliRunner().invoke(reporter, ["diff", paths[0], paths[0]])
    assert "no difference" in same.output


def test_as_a_page_it_says_the_same(found: difference.Difference) -> None:
    text = difference_page.page(found, [templates_folder()])
    told = html.texts(text)
    words = " ".join(" ".join(told.pages).split())
    assert not told.active, "it runs and fetches nothing"
    for ended in found.lapsed:
        assert f"“{ended.then.words}”" in words
    for flip in found.flipped:
        assert flip.now.id in words
    for move in found.moved:
        assert move.id in words
        assert " ".join(move.now.text.split()) in words
        assert " ".join(difference.change_of(move).split()) in words
    for key in (*found.added, *found.dropped, *found.facts_added, *found.facts_dropped):
        assert key in words
    assert words.index("Moved by news") < words.index("Moved by revision")
    none = difference.between(found.before, found.before)
    assert "The two editions say the same." in difference_page.page(none, [templates_folder()])


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    paths = []
    for day in DAYS:
        path = tmp_path / f"{day}.json"
        path.write_bytes(payload(day))
        paths.append(str(path))
    done = CliRunner().invoke(reporter, ["diff", *paths, "--page", str(tmp_path / "page.html")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    refused = CliRunner().invoke(reporter, ["diff", *paths, "--page", str(tmp_path / "no" / "page.html")])
    assert isinstance(refused.exception, ConfigError)
