"""An analyst's own text: bound like any other, refused with its line and the fact that was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from reporter import briefing, build, store
from reporter.build import Built
from reporter.cli import reporter
from reporter.errors import ConfigError, ProofError, RenderError
from reporter.expr import Read
from reporter.facts import Fact
from reporter.language import commentary, nearest
from reporter.model.series import Snapshot
from reporter.model.units import PERCENT, Kind, Nature
from reporter.resources import templates_folder
from reporter.tree import Container, FactLeaf, Judged, Paragraph, lines, plain, walk
from tests.made_core import info, measure, seen

NAME, NOW = "sell-america", date(2026, 11, 22)
HEAD = "---\nauthor: Jane Doe, Chief Economist\nsection: net-position\n---\n"
BOUND = HEAD + (
    "A debt of {{ niip.net | owed }} is a bet on the issuer, {% say niip.record %}the largest on record"
    "{% otherwise %}below its record{% endsay %}.\n\nIt need not be called in.\n"
)


@cache
def known() -> Snapshot:
    return store.snapshot(NOW, briefing.load(NAME).needs)


def built(text: str | None) -> Built:
    held = commentary.parse(text, "note.md") if text is not None else None
    return build.build(briefing.load(NAME), known(), [templates_folder()], commentary=held)


def comments(made: Built, section: str) -> list[Container]:
    (tree,) = (tree for tree in made.edition.sections if tree.id == section)
    return [block for block in tree.blocks if isinstance(block, Container) and block.name == "commentary"]


def test_it_stands_at_the_end_of_its_section_with_its_author() -> None:
    made = built(BOUND)
    (tree,) = (tree for tree in made.edition.sections if tree.id == "net-position")
    last = tree.blocks[-1]
    assert isinstance(last, Container)
    said = [plain(line) for line in lines(last.blocks)]
    assert said[0].startswith("A debt of $22.42tn is a bet on the issuer, the largest on record")
    assert said[1:] == ["It need not be called in.", "By Jane Doe, Chief Economist"]
    assert last.name == "commentary"


def test_its_figures_and_judgements_are_leaves_of_the_edition() -> None:
    (held,) = comments(built(BOUND), "net-position")
    leaves = [leaf for line in lines(held.blocks) for leaf in walk(line)]
    assert [leaf.said.fact.id for leaf in leaves if isinstance(leaf, FactLeaf)] == ["niip.net"]
    assert [leaf.claim.id for leaf in leaves if isinstance(leaf, Judged)] == ["niip.record"]


def test_it_is_one_of_the_editions_inputs() -> None:
    bare, said, other = (built(text).edition.snapshot_id for text in (None, BOUND, BOUND.replace("Jane", "John")))
    assert len({bare, said, other}) == 3
    assert built(BOUND).edition == built(BOUND).edition


def test_a_heading_chooses_the_section() -> None:
    text = "---\nauthor: Jane Doe\n---\n# europe\nOf Europe.\n\n# net-position\nOf the position.\n"
    made = built(text)
    assert plain(comments(made, "europe")[-1].blocks[0].children) == "Of Europe."  # type: ignore[union-attr]
    assert plain(comments(made, "net-position")[-1].blocks[0].children) == "Of the position."  # type: ignore[union-attr]


def test_everything_else_is_as_without_it() -> None:
    bare, said = built(None).edition, built(BOUND).edition
    assert bare.takeaways == said.takeaways
    assert [tree for tree in bare.sections if tree.id not in {"net-position", "method"}] == [
        tree for tree in said.sections if tree.id not in {"net-position", "method"}
    ]


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("The debt is $22.4 trillion.", "{{ niip.net | owed | places(1) }}"),
        ("It stands at −$22.42tn.", "{{ niip.net }}"),
        ("That is 68.9% of output.", "{{ niip.to_gdp | owed }}"),
        ("That is 68.85 percent of output.", "{{ niip.to_gdp | owed | places(2) }}"),
    ],
)
def test_an_unbound_figure_is_refused_with_the_fact_that_was_meant(words: str, meant: str) -> None:
    text = HEAD + "Before it a line without any.\n\n" + words + "\n"
    with pytest.raises(ProofError) as caught:
        built(text)
    assert caught.value.template == "note.md"
    assert caught.value.line == text.split("\n").index(words) + 1
    assert meant in caught.value.message
    assert "did you mean" in caught.value.message


def test_what_it_is_told_to_write_is_what_it_meant() -> None:
    """The advice, taken, prints the figure that was typed."""
    words = "The debt is $22.42tn."
    with pytest.raises(ProofError) as caught:
        built(HEAD + words)
    advised = caught.value.message.partition("did you mean ")[2].partition("}}")[0] + "}}"
    (held,) = comments(built(HEAD + words.replace("$22.42tn", advised)), "net-position")
    (first, _) = held.blocks
    assert isinstance(first, Paragraph)
    assert plain(first.children) == words


def test_a_figure_that_no_fact_has_is_said_to_be_none() -> None:
    with pytest.raises(ProofError, match=r"no fact of this edition is '\$777\.7 trillion'"):
        built(HEAD + "The debt is $777.7 trillion.")


def test_a_number_word_is_refused_at_its_line() -> None:
    with pytest.raises(ProofError, match="seventeen") as caught:
        built(HEAD + "Fine.\n\nIt took seventeen years.\n")
    assert caught.value.line == 7


def test_a_false_claim_is_refused() -> None:
    with pytest.raises(ProofError, match="does not hold"):
        built(HEAD + "It is {% say niip.to_gdp.record %}a record{% endsay %}.")


def test_an_unknown_name_is_refused_with_near_ones() -> None:
    with pytest.raises(RenderError, match=r"did you mean niip\.net") as caught:
        built(HEAD + "It is {{ niip.nett }}.")
    assert (caught.value.template, caught.value.line) == ("note.md", 5)


@pytest.mark.parametrize(
    "words", ["- a list", "::: rail\nA card\n:::", '{% takeaway "x" %}\nlead: A\n\nsentence: B\n{% endtakeaway %}']
)
def test_only_paragraphs(words: str) -> None:
    with pytest.raises(RenderError, match="paragraphs"):
        built(HEAD + words + "\n")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Words.", "who wrote it"),
        ("---\nauthor: Jane\n---\nWords.", "note.md:4: belongs to no section"),
        ("---\nauthor: Jane\n", "does not end"),
        ("---\nauthor: Jane\ncolour: red\n---\n", "note.md:3: front matter knows author and section"),
        (HEAD, "says nothing"),
        (HEAD.replace("net-position", "net-positon") + "Words.", "did you mean 'net-position'"),
    ],
)
def test_a_file_that_is_none_says_what_to_mend(text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        built(text)


# ---------------------------------------------------------------- the nearest fact
def fact(value: str, kind: Kind = Kind.USD) -> Fact:
    if kind is Kind.USD:
        return Fact("made.sum", "Sum", Read(seen(value)), seen(value).period)
    level = info("SHARE", measure(Nature.LEVEL, kind=kind), PERCENT)
    return Fact("made.share", "Share", Read(seen(value, of=level, scale=0)), seen(value).period)


@given(st.decimals(Decimal(1), Decimal(90000), places=1), st.integers(0, 2), st.booleans())
def test_a_fact_as_printed_is_found_again(billions: Decimal, places: int, negative: bool) -> None:  # noqa: FBT001 -- drawn
    """Whatever the number of digits somebody typed, the fact it was rounded from is among the candidates."""
    held = fact(f"{-billions if negative else billions}")
    trillions = (billions / 1000).quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
    (figure,) = nearest.typed(f"about ${trillions:,} trillion of it")
    (found,) = nearest.candidates(figure, [held])
    assert found.startswith("{{ made.sum")
    assert ("owed" in found) == negative


@given(st.decimals(Decimal(2), Decimal(90), places=1))
def test_another_value_is_another_fact(share: Decimal) -> None:
    (figure,) = nearest.typed(f"{share + Decimal('0.2')}%")
    assert not nearest.candidates(figure, [fact(f"{share}", Kind.PERCENT)])


def test_dollars_are_no_percent() -> None:
    (figure,) = nearest.typed("$22.4 trillion")
    assert not nearest.candidates(figure, [fact("22.4", Kind.PERCENT)])
    (share,) = nearest.typed("22.4%")
    assert not nearest.candidates(share, [fact("22.4")])


# ---------------------------------------------------------------- the command
def test_the_command_adds_it_and_refuses_what_is_unbound(tmp_path: Path) -> None:
    file = tmp_path / "note.md"
    words = [
        "build",
        NAME,
        "--as-of",
        NOW.isoformat(),
        "--offline",
        "--format",
        "html",
        "--output",
        str(tmp_path / "out"),
    ]
    file.write_text(HEAD + "The debt is $22.4 trillion.\n", encoding="utf-8")
    refused = CliRunner().invoke(reporter, [*words, "--commentary", str(file)])
    assert isinstance(refused.exception, ProofError)
    assert refused.exception.exit_code == 7
    assert not (tmp_path / "out").exists()
    file.write_text(BOUND, encoding="utf-8")
    assert CliRunner().invoke(reporter, [*words, "--commentary", str(file)]).exit_code == 0
    page = (tmp_path / "out" / NAME / NOW.isoformat() / "index.html").read_text("utf-8")
    assert "Jane Doe, Chief Economist" in page


def test_a_file_that_is_not_there_is_said_to_be_none(tmp_path: Path) -> None:
    words = ["build", NAME, "--as-of", NOW.isoformat(), "--offline", "--output", str(tmp_path)]
    refused = CliRunner().invoke(reporter, [*words, "--commentary", str(tmp_path / "none.md")])
    assert isinstance(refused.exception, ConfigError)
    assert "cannot be read as commentary" in str(refused.exception)


def test_a_commentary_is_a_value() -> None:
    held = commentary.parse(BOUND, "note.md")
    assert held == commentary.parse(BOUND, "note.md")
    assert replace(held, author="Another").id != held.id
