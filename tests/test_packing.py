"""No page half empty: measured on what is laid out, on both papers, both days and a briefing made for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import batch, config, publish
from reporter.render import html, tables
from reporter.render.drawn import Drawn
from reporter.render.fill import Pages, Piece
from reporter.render.heights import LOOKS, Paper
from reporter.render.orders import orders
from reporter.render.packing import MOST_EMPTY, plan
from reporter.render.pdf import pdf
from reporter.resources import templates_folder
from reporter.tree import Block, ChartBlock, Container, Edition, Paragraph, SectionTree, TableBlock, Text, charts, plain
from tests.made import made_edition, sketch
from tests.paper import article, early, empty, laid_out, starts, strayed

DAYS = date(2026, 2, 6), date(2026, 11, 22)
# The third sets the second against the first, and has the longest tables of what changed.
EDITIONS = (DAYS[0], None), (DAYS[1], None), (DAYS[1], "2026-02-06")
PAPERS: tuple[Paper, ...] = ("A4", "Letter")
WORDS = "what the world has staked on America and what America has staked on the world in return".split()


@cache
def shipped(day: date, since: str | None) -> batch.Composed:
    """The default briefing on a day."""
    settings = config.load(Path("nowhere"), {})
    return batch.compose(batch.Order("sell-america", day, replace(settings, output=Path("nowhere")), since=since))


@cache
def shipped_pages(day: date, paper: Paper, since: str | None = None) -> tuple[list[Any], tuple[float, ...]]:
    """Its pages as laid out, and the empty share of each that was expected."""
    composed, expected = shipped(day, since), list[tuple[float, ...]]()

    def packed(edition: Edition, *rest: Any) -> Edition:  # noqa: ANN401 -- passed on
        made, shares = plan(edition, *rest)
        expected.append(shares)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "packed", packed)
        pages = laid_out(lambda: publish.files(composed.built, composed.folders, formats=("pdf",), paper=paper))
    return pages, expected[0]


def text(characters: int, seed: int = 0) -> Paragraph:
    """A paragraph of about that many characters."""
    words = " ".join(islice(cycle(WORDS[seed % 7 :] + WORDS[: seed % 7]), characters // 5))
    return Paragraph((Text(words[:characters] + "."),))


def chart(key: str) -> ChartBlock:
    return ChartBlock(key, {"headline": (Text(key),), "alt": (Text(key),)})


def comment() -> Container:
    return Container("commentary", (text(200),))


@cache
def made() -> tuple[Edition, dict[str, Drawn]]:
    """A briefing whose charts, set where they are written, leave pages half empty."""
    sections = tuple(
        SectionTree(
            f"part-{i}",
            (Text(f"Part {'abcdef'[i]}"),),
            (),
            (text(700, i), text(500, i + 1), chart(f"one-{i}"), text(600, i + 2), chart(f"two-{i}"), text(200, i)),
        )
        for i in range(6)
    )
    edition = replace(made_edition(), sections=sections)
    keys = [block.key for section in sections for block in charts(section.blocks)]
    return edition, {key: Drawn(sketch(key, [key], 170, 80 + 7 * (i % 4))) for i, key in enumerate(keys)}


@cache
def made_pages(paper: Paper) -> list[Any]:
    edition, drawings = made()
    return laid_out(lambda: pdf(edition, drawings, [templates_folder()], paper=paper))


# ---------------------------------------------------------------- laid out
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("day", "since"), EDITIONS)
def test_no_page_of_the_shipped_briefing_is_left_a_fifth_empty(day: date, since: str | None, paper: Paper) -> None:
    pages, _ = shipped_pages(day, paper, since)
    assert [round(empty(page), 2) for page in article(pages) if empty(page) > MOST_EMPTY] == []
    assert 7 <= len(article(pages)) + 1 <= 12


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("day", "since"), EDITIONS)
def test_every_note_stands_on_the_page_that_calls_it(day: date, since: str | None, paper: Paper) -> None:
    pages, _ = shipped_pages(day, paper, since)
    assert [strayed(page) for page in article(pages)] == [0] * len(article(pages))


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("day", DAYS)
def test_receipts_begin_where_the_conclusion_ends(day: date, paper: Paper) -> None:
    pages, _ = shipped_pages(day, paper)
    first = pages[len(article(pages))]
    lines = [box for box in first.descendants() if box.element_tag == "section" and box.element.get("id") != "receipts"]
    assert starts(first, "receipts")
    assert any(box.element.get("id") == "conclusion" for box in lines)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("day", DAYS)
def test_heights_are_known_before_layout(day: date, paper: Paper) -> None:
    pages, expected = shipped_pages(day, paper)
    measured = [empty(page) for page in article(pages)]
    assert len(expected) == len(measured)
    assert max(abs(a - b) for a, b in zip(expected, measured, strict=True)) < 0.04  # two lines of text


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("day", DAYS)
def test_no_line_of_the_article_ends_early(day: date, paper: Paper) -> None:
    pages, _ = shipped_pages(day, paper)
    assert [line for page in article(pages) for line in early(page)] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_a_made_briefing_fills_its_pages_too(paper: Paper) -> None:
    assert [round(empty(page), 2) for page in article(made_pages(paper)) if empty(page) > MOST_EMPTY] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_as_written_it_would_not(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    edition, drawings = made()
    monkeypatch.setattr(html, "packed", lambda held, *_: held)
    pages = laid_out(lambda: pdf(edition, drawings, [templates_folder()], paper=paper))
    assert max(empty(page) for page in article(pages)) > MOST_EMPTY


def test_a_section_may_begin_a_page() -> None:
    pages = Pages(100.0, 100.0).filled([Piece(70.0), Piece(20.0, above=9.0, turned=True)])
    assert (pages.used, [round(share, 2) for share in pages.empty]) == (20.0, [0.3])
    assert Pages(100.0, 100.0).filled([Piece(20.0, turned=True)]).empty == ()


def test_rows_of_a_table_are_as_tall_as_their_longest_cell() -> None:
    edition = made_edition()
    (block,) = (b for section in edition.sections for b in section.blocks if isinstance(b, TableBlock))
    assert tables.lines(block) == (1, (1, 1))
    long = replace(block.table.rows[0], label="Holders of long-term securities in places of custody " * 3)
    assert tables.lines(replace(block, table=replace(block.table, rows=(long,))))[1] == (2,)


# ---------------------------------------------------------------- orders
def texts(blocks: Sequence[Block]) -> list[str]:
    return [plain(block.children) for block in blocks if isinstance(block, Paragraph)]


BLOCKS = st.lists(
    st.one_of(
        st.integers(40, 900).map(text),
        st.sampled_from("abcdefgh").map(chart),
        st.builds(comment),
    ),
    max_size=8,
).map(tuple)


@given(BLOCKS)
def test_an_order_loses_nothing_and_leaves_text_as_written(blocks: tuple[Block, ...]) -> None:
    allowed = orders(blocks)
    assert allowed[0] == blocks
    for order in allowed:
        assert sorted(map(id, order)) == sorted(map(id, blocks))
        assert texts(order) == texts(blocks)


def test_a_chart_stands_by_the_text_it_was_written_after() -> None:
    written = (text(500), text(500), chart("a"), text(300), text(300), text(300), chart("b"))
    places = {tuple(order.index(block) for block in (written[2], written[6])) for order in orders(written)}
    first = {one for one, _ in places}
    assert first == {1, 2, 3, 4}  # before its paragraph, after it, and past six hundred characters of others
    assert all(one < other for one, other in places)


def test_what_a_colon_announces_follows_it() -> None:
    announced = Paragraph((Text("It comes to this:"),))
    written = (text(300), chart("a"), announced, text(100), text(100))
    assert all(order[order.index(announced) + 1] is written[3] for order in orders(written))


def test_packing_is_the_same_every_time() -> None:
    edition, drawings = made()
    once, again = (plan(edition, drawings, "A4", 142.0) for _ in range(2))
    assert once == again
    assert {s.id: set(map(id, s.blocks)) for s in once[0].sections} == {
        s.id: set(map(id, s.blocks)) for s in edition.sections
    }


# ---------------------------------------------------------------- filling
PIECES = st.lists(
    st.one_of(
        st.integers(1, 20).map(lambda n: Piece(n * 5.0, lines=n)),
        st.builds(Piece, st.floats(5, 120), st.floats(0, 9), st.floats(0, 9)),
        st.integers(2, 12).map(lambda n: Piece(n * 5.0, lines=n, notes=8.0)),
    ),
    max_size=30,
)


@given(PIECES)
def test_a_page_is_never_overfull(pieces: list[Piece]) -> None:
    look = LOOKS["A4"]
    pages = Pages(look.page, look.first)
    for piece in pieces:
        pages = pages.filled([piece])
        assert pages.free >= -0.1
        assert all(0 <= share <= 1 for share in pages.empty)


def test_a_paragraph_breaks_between_lines_and_leaves_two_on_either_side() -> None:
    start = Pages(100.0, 100.0).filled([Piece(86.0)])
    broken = start.filled([Piece(30.0, lines=6)])
    assert (broken.used, broken.empty) == (20.0, (0.04,))
    whole = Pages(100.0, 100.0).filled([Piece(93.0), Piece(30.0, lines=6)])
    assert (whole.used, round(whole.empty[0], 2)) == (30.0, 0.07)


def test_a_heading_goes_with_what_follows() -> None:
    heading = Piece(7.0, above=9.0, below=2.0, keep=True)
    pages = Pages(100.0, 100.0).filled([Piece(80.0), heading, Piece(20.0)])
    assert (pages.used, round(pages.empty[0], 2)) == (29.0, 0.2)


def test_a_note_stands_on_the_page_of_its_call() -> None:
    pages = Pages(100.0, 100.0).filled([Piece(70.0), Piece(20.0, lines=4, notes=8.0)])
    assert pages.empty
    assert pages.notes == pytest.approx(13.8)
