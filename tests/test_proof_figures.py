"""The count of figures: what is counted, what is not, and that the colophon cannot say another."""

from __future__ import annotations

import pytest

from reporter import figures
from reporter.errors import ProofError
from reporter.facts import Said
from reporter.proof import check, prove
from reporter.proof.check import Made
from reporter.proof.output import Output
from reporter.proof.spread import Spread, tokens
from reporter.transcript import ChartText, Passage
from reporter.tree import CountLeaf, FactLeaf, NameLeaf, QuotedLeaf, Styled, Text
from tests.made_core import claim, fact, plain
from tests.proof_made import published

NET = fact("made.net", plain("-22420000000000"))
ONE = FactLeaf(Said(NET))
PASSAGES = (
    Passage("front.headline", (Text("A debt of "), ONE)),
    Passage("text", (Text("It is "), ONE, Styled("note", (Text("Or "), ONE)))),
    Passage("table.row", (NameLeaf("Made"), Text(" "), ONE)),
    Passage("chart.headline", (ONE,)),
    Passage("chart.alt", (ONE,)),
    Passage("quote", (QuotedLeaf("Nearly $8 trillion, twice the rest"),)),
)


def test_figures_are_counted_by_where_they_stand() -> None:
    found = figures.count(PASSAGES)
    assert (found.prose, found.tables, found.charts, found.alts) == (3, 1, 1, 1)
    assert found.quoted == 3  # $8, trillion, twice
    assert found.bound == "6 of 6"


def test_a_count_in_words_is_a_figure_and_a_name_is_none() -> None:
    falls = claim("made.run", "narrowing", (plain("-2"), plain("-1")))
    held = [Passage("text", (CountLeaf("second", falls), NameLeaf("10-year Treasury")))]
    assert figures.count(held).total == 1


def test_the_colophon_prints_the_count_and_may_not_print_another() -> None:
    edition = published()
    counted = next(row for row in edition.facts["text"] if row["where"] == "front.colophon")
    told = next(name for piece in _pieces(counted["line"]) if " of " in (name := piece.get("name", "")))
    assert told in edition.page
    number = int(told.partition(" ")[0])
    assert number == sum("fact" in piece or "count" in piece for piece in _pieces(edition.facts["text"]))
    verdict = edition.forged(lambda held: _retold(held, told, "900 of 900"))
    assert f"the colophon says 900 of 900, but there are {told} figures" in verdict.inconsistent


def _retold(held: dict[str, object], told: str, other: str) -> None:
    for piece in _pieces(held["text"]):
        if piece.get("name") == told:
            piece["name"] = other


def _pieces(rows: object) -> list[dict[str, str]]:
    if isinstance(rows, list):
        return [piece for row in rows for piece in _pieces(row)]
    if not isinstance(rows, dict):
        return []
    return [rows, *_pieces(rows.get("line", [])), *_pieces(rows.get("words", []))]


# --- the check on what came out --------------------------------------------------------------------------------------

MADE = Made((Passage("text", (Text("The net position was "), ONE, Text(" in all."))),), (), {NET.id: NET})
HONEST = "The net position was −$22.42tn in all."


def faults(*pages: str, receipts: int | None = None) -> tuple[str, ...]:
    return check.faults(Output("made", pages, drawn=(), receipts=receipts), MADE)


@pytest.mark.parametrize(
    "page",
    [
        HONEST,
        "The net position\r\nwas −$22.42tn†\nin all.",
        "The net\u00a0position was \u200b−$22.42tn in all.",
        "The net position was −$22.42tn in all. Page 1 of 1",
    ],
)
def test_honest_pages_pass(page: str) -> None:
    assert not faults(page)


@pytest.mark.parametrize(
    "page",
    [
        "The net position was $22.42tn in all.",
        "The net position was −$22.43tn in all.",
        "The net position was −$22.42bn in all.",
        "The net position was −$122.42tn in all.",
        f"{HONEST} It was 7.",
        f"{HONEST} It was ⅞.",
        f"{HONEST} {HONEST}",
        "",
    ],
)
def test_pages_that_say_another_thing_fail(page: str) -> None:
    assert faults(page)


def test_a_passage_may_run_over_a_pages_end_but_not_over_three() -> None:
    assert not faults("The net position was", "−$22.42tn in all. 2 2")
    assert faults("The net position", "was −$22.42tn", "in all.")


def test_receipts_are_not_judged_and_what_stands_before_them_is() -> None:
    assert not faults(HONEST, "true 1,234", receipts=1)
    assert faults(f"{HONEST} 1,234", "true", receipts=1)


def test_no_passage_is_found_inside_a_longer_figure() -> None:
    spread = Spread(["1,104 and 110"])
    assert spread.strike("110")
    assert [token for _, token in spread.left()] == ["1,104"]


def test_a_point_ends_a_sentence_and_not_a_number() -> None:
    spread = Spread(["It was 2026. Then 2026.5, 1.2026, 2026,7 and 2026, too."])
    assert all(spread.strike("2026") for _ in range(2))
    assert not spread.strike("2026")
    assert [token for _, token in spread.left()] == ["2026.5,", "1.2026,", "2026,7"]


def test_tokens_are_what_stands_between_white_space() -> None:
    assert [*tokens("−$22.42tn† in\u00a0’26")] == ["−$22.42tn", "in", "’26"]


def test_a_chart_prints_facts_ticks_and_words_and_nothing_else() -> None:
    def drawn(kind: str, text: str, name: str = "") -> Made:
        return Made((Passage("chart.level_end", (Text("Net "), ONE)),), (ChartText("c", kind, text, name),), MADE.facts)

    for kind, text, name in (("tick", "−25", ""), ("tick", "’14", ""), ("label", "Net −$22.42tn", "")):
        prove.of_charts(drawn(kind, text, name))
    prove.of_charts(drawn("label", "−22,420", "made.net"))
    for text in ("−25", "22,420", "−22,421", "−22,420 or so"):
        with pytest.raises(ProofError, match="chart c"):
            prove.of_charts(drawn("label", text, "made.net"))
