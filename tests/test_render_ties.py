"""Ties change white space and nothing else; a headline's measure keeps its number of lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from reporter import fonts
from reporter.facts import Fact, Said
from reporter.model.periods import Period
from reporter.render.headline import advances, balanced
from reporter.render.html import HEADLINE, headline_measure
from reporter.render.ties import LAST, MAY_BREAK, NO_BREAK, loosened, rewritten, tied
from reporter.tree import FactLeaf, Inline, Judged, Line, PeriodLeaf, Styled, Text, plain, walk
from tests.made import claims, facts, made_edition

FACTS, CLAIMS = facts(), claims()
WORDS = st.text(st.sampled_from("abcdé ,."), min_size=1, max_size=30)
LEAVES: st.SearchStrategy[Inline] = st.one_of(
    WORDS.map(Text),
    st.sampled_from([FactLeaf(Said(fact)) for fact in FACTS]),
    st.just(PeriodLeaf("second quarter of 2026", Period.parse("2026Q2"))),
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda held: Judged(CLAIMS[0], tuple(held))),
        st.lists(inner, min_size=1, max_size=3).map(lambda held: Styled("em", tuple(held))),
    ),
    max_leaves=5,
)
LINES = st.lists(NODES, max_size=6).map(tuple)


def loose(text: str) -> str:
    return text.replace(NO_BREAK, " ").replace(MAY_BREAK, "")


@given(LINES)
def test_a_tied_line_reads_the_same_and_is_tied_for_good(line: Line) -> None:
    assert loose(plain(tied(line))) == loose(plain(line))
    assert tied(tied(line)) == tied(line)


@given(LINES, st.text(st.sampled_from("abc ,."), min_size=LAST))
def test_the_end_of_a_long_line_holds_together(line: Line, end: str) -> None:
    made, before = plain(tied((*line, Text(end)))), plain((*line, Text(end)))
    if len(before) >= 40:
        assert " " not in made[-LAST:]
    assert made[:-LAST] == before[:-LAST]


@given(LINES, st.sampled_from(FACTS))
def test_before_a_figure_a_line_stays_free_to_break(line: Line, fact: Fact) -> None:
    sentence = (*line, Text("a debt of "), FactLeaf(Said(fact)), Text("."))
    assert tied(sentence) == sentence


@given(LINES)
def test_a_loosened_line_reads_the_same_and_breaks_only_where_a_space_is(line: Line) -> None:
    made = plain(loosened(line))
    assert made.replace(MAY_BREAK, "") == plain(line)
    assert all(before.endswith(" ") for before in made.split(MAY_BREAK)[:-1])


@given(LINES)
def test_figures_are_never_touched(line: Line) -> None:
    def figures(held: Line) -> list[Said]:
        return [node.said for node in walk(held) if isinstance(node, FactLeaf)]

    assert figures(loosened(tied(line))) == figures(line)


def test_a_note_at_the_end_does_not_count_as_the_end() -> None:
    words = Text("A sentence of more than forty letters ends in a few words.")
    note = Styled("note", (Text("And a note, which is rather long as well, has its own end."),))
    body, tail = tied((words, note))
    assert plain((body,)).endswith(f"in{NO_BREAK}a{NO_BREAK}few{NO_BREAK}words.")
    assert plain((tail,)).endswith(f"well, has{NO_BREAK}its{NO_BREAK}own{NO_BREAK}end.")


def test_paragraphs_takeaways_and_the_standfirst_are_tied() -> None:
    edition = made_edition()
    made = rewritten(edition, tied)
    assert plain(made.front["standfirst"]) != plain(edition.front["standfirst"])
    assert plain(made.takeaways[0].sentence) != plain(edition.takeaways[0].sentence)
    assert plain(made.front["headline"]) == plain(edition.front["headline"])
    before, after = ([loose(plain(line)) for line in held.lines()] for held in (edition, made))
    assert before == after


def lines_of(words: list[float], space: float, measure: float) -> int:
    """First fit, written down again."""
    count, left = 1, measure - words[0]
    for word in words[1:]:
        if space + word <= left + 1e-9:
            left -= space + word
        else:
            count, left = count + 1, measure - word
    return count


WIDTHS = st.lists(st.integers(1, 60).map(float), min_size=1, max_size=12)


@given(WIDTHS, st.integers(60, 200).map(float))
def test_the_balanced_measure_is_the_narrowest_that_needs_no_further_line(words: list[float], limit: float) -> None:
    found = balanced(words, 3.0, limit)
    fewest = lines_of(words, 3.0, limit)
    assert found <= limit
    assert lines_of(words, 3.0, found) == fewest
    if found > max(words):
        assert lines_of(words, 3.0, found - 0.5) > fewest


@pytest.mark.parametrize("face", [face.name for face in fonts.FACES])
def test_advances_are_those_fonttools_reads(face: str) -> None:
    path = Path(fonts.folder(), f"{face}.ttf")
    font = TTFont(path)
    glyphs, metrics, per_em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    held = advances(path)
    for char in "The world’s $22.4tn bet – on “America”":
        assert held.width(char) == pytest.approx(metrics[glyphs[ord(char)]][0] / per_em)


def test_a_headline_comes_out_in_even_lines() -> None:
    headline = "The world’s $22.4tn bet on America is a record, but only in dollars"
    limit = HEADLINE["A4"][2]
    assert 90 < headline_measure(headline, "A4") < limit - 10
    assert headline_measure("", "A4") == limit
    assert headline_measure("Incomprehensibilities-and-then-some-more-of-the-same", "A4") == limit
