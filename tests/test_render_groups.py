"""Questions the templates ask of the tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.model.observations import Basis
from reporter.render.groups import already_marked, framed, marked, marked_anywhere
from reporter.tree import Edition, FactLeaf, Judged, walk
from tests.made import made_edition


@given(st.text(alphabet=" ,;:ab\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}"))
def test_a_framed_text_is_the_same_text(text: str) -> None:
    assert "".join(framed(text)) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [(", the most since", "the most since"), ("rose by \N{ZERO WIDTH SPACE}", "rose by"), ("a record.", "a record.")],
)
def test_no_hairline_below_a_blank_or_a_comma(text: str, words: str) -> None:
    assert framed(text)[1] == words


def test_one_mark_is_enough_for_a_judgement_and_its_figure() -> None:
    edition = made_edition()
    mixed, same = figure(edition, Basis.MIXED), figure(edition, Basis.PUBLISHED)
    claim = edition.claims["niip.record"]
    assert claim.basis is Basis.PUBLISHED
    assert not already_marked(Judged(claim, (mixed,)))
    assert already_marked(Judged(claim, (mixed, same)))


def test_the_foot_of_a_page_explains_every_mark() -> None:
    edition = made_edition()
    there = {basis for section in edition.sections for basis in marked(section.blocks)}
    assert set(marked_anywhere(edition)) >= there == {Basis.MIXED, Basis.BACKFILLED}


def figure(edition: Edition, basis: Basis) -> FactLeaf:
    """The first figure of that basis."""
    nodes = (node for line in edition.lines() for node in walk(line))
    return next(node for node in nodes if isinstance(node, FactLeaf) and node.said.fact.basis is basis)
