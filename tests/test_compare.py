"""News apart from revisions: made vintages, laws, and the two days that must be right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter import briefing, build, compare, editions, revisions, store
from reporter.claims import Claim
from reporter.compare import Change, Earlier, Moved
from reporter.errors import DataError
from reporter.expr import Read, percent
from reporter.facts import Fact
from reporter.model.observations import Basis, Form, Layer
from reporter.model.periods import Period
from reporter.model.series import Series, Snapshot
from reporter.resources import templates_folder
from reporter.tree import TableBlock, lines, plain
from tests.made_core import info, layer, series, snapshot

THEN, NOW = date(2026, 2, 6), date(2026, 11, 22)
OLD, NEW = date(2026, 1, 5), date(2026, 10, 10)


def _net(held: Series) -> Fact:
    return Fact("made.net", "Net position", Read(held[held.last]), held.last)


def _record(held: Series) -> dict[str, Claim]:
    *past, last = (Read(seen) for seen in held.between())
    made = Claim("made.record", "the largest on record", "lowest", (last, *past), ("made.net",)) if past else None
    return {made.id: made} if made else {}


def _both(*layers: Layer) -> tuple[Earlier, dict[str, Fact], dict[str, Claim], Snapshot]:
    """One fact and one claim on a series seen from both days."""
    then, now = series(THEN, *(one for one in layers if one.vintage.known_on <= THEN)), series(NOW, *layers)
    earlier = Earlier("then", THEN, {"made.net": _net(then)}, _record(then))
    return earlier, {"made.net": _net(now)}, _record(now), snapshot(NOW, now)


def _moves(*layers: Layer) -> dict[Change, Moved]:
    earlier, facts, _, today = _both(*layers)
    return {move.kind: move for move in compare.moves(earlier, facts, today)}


def test_a_new_period_is_news_told_within_the_new_vintage() -> None:
    moved = _moves(layer(OLD, "2025Q3", "-27600"), layer(NEW, "2025Q3", "-22000,-21900,-21300,-22400"))
    news = moved[Change.NEWS]
    assert news.printed.value == Decimal("-27600e9")
    assert news.before.value == Decimal("-22000e9")  # the earlier quarter as counted today
    assert news.change is not None
    assert news.change.value == Decimal("-400e9")  # and not +5,200: that is no news
    assert news.change.basis is not Basis.MIXED


def test_what_was_revised_stands_apart() -> None:
    moved = _moves(layer(OLD, "2025Q3", "-27600"), layer(NEW, "2025Q3", "-22000,-21900,-21300,-22400"))
    revision = moved[Change.REVISION]
    assert (revision.printed.value, revision.now.value) == (Decimal("-27600e9"), Decimal("-22000e9"))
    assert revision.printed.span == revision.now.span == Period.parse("2025Q3")
    assert revision.change is not None
    assert revision.change.value == Decimal("5600e9")
    assert revision.change.basis is Basis.MIXED  # so it is marked wherever it is printed


def test_a_revision_without_a_new_period_is_a_revision_only() -> None:
    assert set(_moves(layer(OLD, "2025Q3", "-27600"), layer(NEW, "2025Q3", "-22000"))) == {Change.REVISION}


def test_a_finer_print_of_the_same_figure_is_no_revision() -> None:
    rounded = layer(OLD, "2025Q3", "-27610", step="10")
    assert not _moves(rounded, layer(NEW, "2025Q3", "-27612.4"))
    assert _moves(rounded, layer(NEW, "2025Q3", "-27616.4"))


def test_news_across_vintages_has_no_change() -> None:
    """The new quarter was printed alone: it may not be set against the old vintage's."""
    moved = _moves(layer(OLD, "2025Q3", "-27600"), layer(NEW, "2025Q4", "-22000", form=Form.PRINT))
    assert set(moved) == {Change.NEWS}
    assert moved[Change.NEWS].change is None


def test_a_fact_that_is_read_from_another_series_now_is_moved_back_in_that_series() -> None:
    narrow, wide = info("NARROW"), info("WIDE")
    held = series(NOW, layer(NEW, "2025Q3", "100,110", of=narrow), of=narrow)
    more = series(NOW, layer(NEW, "2025Q3", "103,113,123", of=wide), of=wide)
    was, now = (Fact("made.held", "Held", Read(one[one.last]), one.last) for one in (held, more))
    earlier = Earlier("then", THEN, {"made.held": was}, {})
    (move,) = compare.moves(earlier, {"made.held": now}, snapshot(NOW, held, more))
    assert move.change is not None
    assert move.change.value == Decimal("10e9")  # 123 − 113, and not 123 − 110


def test_a_claim_that_a_revision_took_back() -> None:
    earlier, _, claims, today = _both(layer(OLD, "2025Q1", "-20,-21,-22"), layer(NEW, "2025Q1", "-25,-21,-22"))
    (lapse,) = compare.lapsed(earlier, claims, today)
    assert (lapse.kind, lapse.then.id, lapse.now.holds) == (Change.REVISION, "made.record", True)
    assert lapse.now.words == "no longer the largest on record"


def test_a_claim_that_newer_figures_do_not_bear() -> None:
    earlier, _, claims, today = _both(layer(OLD, "2025Q1", "-20,-21,-22"), layer(NEW, "2025Q1", "-20,-21,-22,-19"))
    (lapse,) = compare.lapsed(earlier, claims, today)
    assert lapse.kind is Change.NEWS


def test_only_what_readers_saw_is_compared_with_an_edition() -> None:
    earlier, facts, _, today = _both(layer(OLD, "2025Q3", "-27600"), layer(NEW, "2025Q3", "-22000"))
    seen = Earlier(earlier.id, earlier.as_of, earlier.facts, earlier.claims, frozenset({"made.net"}))
    unseen = Earlier(earlier.id, earlier.as_of, earlier.facts, earlier.claims, frozenset())
    assert compare.moves(seen, facts, today)
    assert not compare.moves(unseen, facts, today)


def test_a_comparison_is_not_compared() -> None:
    earlier, facts, claims, today = _both(layer(OLD, "2025Q3", "-27600,-27700"), layer(NEW, "2025Q3", "-22000,-21000"))
    renamed = {f"since.{key}": held for key, held in earlier.facts.items()}
    judged = {f"since.{key}": held for key, held in earlier.claims.items()}
    again = Earlier("then", THEN, renamed, judged)
    assert not compare.moves(again, {f"since.{key}": fact for key, fact in facts.items()}, today)
    assert not compare.lapsed(again, claims, today)


def test_an_observation_that_had_to_be_backfilled_stands_once() -> None:
    late = layer(date(2026, 6, 18), "2025Q3", "-27600,-27700")
    then, now = series(THEN, late), series(NOW, late)
    assert then[then.last].basis is Basis.BACKFILLED
    assert compare.kept(Read(then[then.last]), snapshot(NOW, now)).basis is Basis.PUBLISHED


figures = st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=8)


@given(figures)
def test_an_edition_compared_with_itself_shows_nothing(values: list[int]) -> None:
    earlier, _, _, _ = _both(layer(OLD, "2024Q1", ",".join(map(str, values))))
    today = snapshot(THEN, series(THEN, layer(OLD, "2024Q1", ",".join(map(str, values)))))
    assert compare.moves(earlier, earlier.facts, today) == ()
    assert compare.lapsed(earlier, earlier.claims, today) == ()


@given(figures, figures)
@settings(max_examples=60)
def test_figures_that_differ_are_news_or_a_revision(old: list[int], new: list[int]) -> None:
    old = old[: len(new)]  # a later vintage reaches as far as the earlier one, or further
    earlier, facts, _, today = _both(
        layer(OLD, "2024Q1", ",".join(map(str, old))), layer(NEW, "2024Q1", ",".join(map(str, new)))
    )
    kinds = {move.kind for move in compare.moves(earlier, facts, today)}
    assert (Change.REVISION in kinds) == (new[len(old) - 1] != old[-1])
    assert (Change.NEWS in kinds) == (len(new) > len(old))


@given(figures, figures)
@settings(max_examples=60)
def test_news_and_revision_together_are_the_whole_way(old: list[int], new: list[int]) -> None:
    """What was printed, what was revised and what is new add up to today’s figure."""
    old = old[: len(new)]
    moved = _moves(layer(OLD, "2024Q1", ",".join(map(str, old))), layer(NEW, "2024Q1", ",".join(map(str, new))))
    way = sum((move.change.value for move in moved.values() if move.change), Decimal(0))
    assert way == (new[-1] - old[-1]) * Decimal(10**9)


def test_shares_differ_by_points() -> None:
    whole = info("WHOLE")
    parts = series(NOW, layer(NEW, "2025Q3", "-50.0,-60.0"))
    wholes = series(NOW, layer(NEW, "2025Q3", "100.0,100.0", of=whole), of=whole)
    quarters = [Period.parse("2025Q3"), Period.parse("2025Q4")]
    was, now = (Fact("made.share", "Share", percent(Read(parts[q]), Read(wholes[q])), q) for q in quarters)
    earlier = Earlier("then", THEN, {"made.share": was}, {})
    (move,) = compare.moves(earlier, {"made.share": now}, snapshot(NOW, parts, wholes))
    assert move.change is not None
    assert (move.change.value, move.change.measure.kind) == (Decimal(-10), "points")


# ------------------------------------------------- the briefing's own figures
@cache
def _section(as_of: date, since: date) -> tuple[tuple[str, ...], dict[str, list[list[str]]]]:
    """The printed lines of “What changed”, and the rows of its tables."""
    chosen = briefing.load("sell-america")
    held = store.snapshot(as_of, chosen.needs)
    built = build.build(chosen, held, [templates_folder()], editions.on_day(chosen, since))
    section = next(one for one in built.edition.sections if one.id == "what-changed")
    tables = [block.table for block in section.blocks if isinstance(block, TableBlock)]
    rows = {t.id: [[row.label, *(plain(cell.line) for cell in row.cells)] for row in t.rows] for t in tables}
    return tuple(plain(line) for line in lines(section.blocks)), rows


def test_november_against_february_shows_the_annual_update() -> None:
    said, rows = _section(NOW, THEN)
    net = next(row for row in rows["since_revised"] if row[0] == "Net international investment position")
    assert net[1:] == ["2025 Q3", "−$27.61tn", "−$22.04tn", "+$5.57tn", "annual update"]
    cause = next(line for line in said if "gives as causes" in line)
    assert "Bureau of Economic Analysis" in cause
    assert "2022 benchmark survey of foreign direct investment" in cause
    assert "24 June 2026" in cause


def test_november_against_february_tells_news_within_todays_vintage() -> None:
    _, rows = _section(NOW, THEN)
    net = next(row for row in rows["since_news"] if row[0] == "Net international investment position")
    # 22,041.007 and 22,420.3 in the vintage of 10 October: the fall is 379.3 billion, not a gain of five trillion.
    assert net[1:] == ["2025 Q3", "−$22.04tn", "2026 Q2", "−$22.42tn", "−$379.3bn"]


def test_february_claims_that_no_longer_hold_are_listed() -> None:
    said, _ = _section(NOW, THEN)
    lapsed = [line for line in said if "no longer" in line]
    assert any("the largest on record in dollars" in line and "revised" in line for line in lapsed)


def test_november_against_october_says_that_nothing_changed() -> None:
    said, rows = _section(NOW, date(2026, 10, 22))
    assert rows == {}
    assert said[0].startswith("No figure in this briefing has changed since 22 October 2026: ")
    assert "18 December 2026" in said[-1]  # the bureau's next release


def test_a_revision_that_both_prints_round_away_is_not_listed() -> None:
    """On that day −$1.33tn over four quarters is still −$1.33tn, though 2.1 billion less."""
    _, rows = _section(THEN, date(2026, 1, 6))
    assert rows["since_revised"]
    assert all(then != now for _, _, then, now, *_ in rows["since_revised"])


@pytest.mark.parametrize("month", range(1, 11))
def test_every_month_reads(month: int) -> None:
    said, _ = _section(date(2026, month + 1, 6), date(2026, month, 6))
    assert said


# ------------------------------------------------------------------- causes
def test_a_cause_lies_between_the_vintages_it_explains() -> None:
    day = date(2026, 6, 24)
    assert revisions.cause("fred:IIPUSNETIQ", date(2026, 3, 25), day) is not None
    assert revisions.cause("fred:IIPUSNETIQ", day, date(2026, 9, 24)) is None
    assert revisions.cause("fred:IIPUSNETIQ", date(2026, 1, 1), date(2026, 6, 23)) is None
    assert revisions.cause("fred:GDP", date(2026, 3, 25), day) is None


@pytest.mark.parametrize("text", ["[x]\npublisher = 'P'", "[x", "[x]\nknown_on = 'soon'"])
def test_a_file_of_causes_that_is_none_says_so(text: str) -> None:
    with pytest.raises(DataError, match=r"made\.toml"):
        revisions.parse(text, "made.toml")
