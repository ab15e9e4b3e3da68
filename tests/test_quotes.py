"""Other people's figures: at hand from the day they were said, printed whole and with their source."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reporter import quotes
from reporter.errors import DataError, RenderError
from reporter.language.engine import Engine
from reporter.language.handles import Ledger
from reporter.language.numerals import has_numeral
from reporter.language.quotations import Quotation, at_hand
from reporter.quotes import Manner, Quote
from reporter.tree import Container, FactLeaf, PeriodLeaf, QuoteBlock, QuotedLeaf, lines, plain, walk

SAID, DISTANCED = date(2026, 1, 18), date(2026, 1, 21)
ENTRY = """
[made]
text = "It is 3 times as much"
who = "A. Body"
organisation = "A Bank"
where = "speech"
date = 2020-05-04
link = "https://example.org/speech"
kind = "{kind}"
"""


def _written(folder: Path, template: str, held: dict[str, Quotation]) -> tuple[QuoteBlock, ...]:
    (folder / "t.md.j2").write_text(template, encoding="utf-8")
    blocks = Engine([folder], Ledger({}, {})).write("t.md.j2", {"quotes": held}).blocks
    inner = [b for block in blocks for b in (block.blocks if isinstance(block, Container) else (block,))]
    return tuple(block for block in inner if isinstance(block, QuoteBlock))


def _made(kind: str = "verbatim") -> Quote:
    return quotes.parse(ENTRY.format(kind=kind))["made"]


@pytest.mark.parametrize(
    ("day", "known", "later"),
    [
        (date(2026, 1, 17), False, False),
        (SAID, True, False),
        (date(2026, 1, 20), True, False),
        (DISTANCED, True, True),
        (date(2030, 1, 1), True, True),
    ],
)
def test_a_statement_is_known_from_its_day_and_what_came_of_it_from_that(day: date, known: bool, later: bool) -> None:  # noqa: FBT001
    found = quotes.known(day).get("deutsche_bank_europe")
    assert (found is not None) is known
    assert bool(found and found.later) is later


def test_every_statement_that_ships_says_who_when_and_where() -> None:
    for quote in quotes.known(date.max).values():
        assert quote.who
        assert quote.organisation
        assert quote.where
        assert quote.link.startswith("https://")


def test_it_is_printed_with_its_source_on_a_line_of_its_own(tmp_path: Path) -> None:
    (block,) = _written(tmp_path, "::: quote\n{{ quotes.made }}\n:::\n", {"made": Quotation(_made("paraphrase"))})
    said, by = (plain(line) for line in lines((block,)))
    assert said == "It is 3 times as much"
    assert by == "A. Body, A Bank, speech, 4 May 2020"
    said_on = next(leaf.span for leaf in walk(block.by) if isinstance(leaf, PeriodLeaf))
    assert str(said_on) == "2020-05-04"


def test_only_a_verbatim_statement_stands_in_quotation_marks(tmp_path: Path) -> None:
    for kind, printed in (("verbatim", "“It is 3 times as much”"), ("paraphrase", "It is 3 times as much")):
        (block,) = _written(tmp_path, "{{ quotes.made }}\n", {"made": Quotation(_made(kind))})
        assert plain(block.words) == printed


def test_its_numerals_are_its_own_and_no_figures_of_ours(tmp_path: Path) -> None:
    (block,) = _written(tmp_path, "{{ quotes.made }}\n", {"made": Quotation(_made())})
    leaves = [leaf for line in lines((block,)) for leaf in walk(line)]
    assert not any(isinstance(leaf, FactLeaf) for leaf in leaves)
    assert all(isinstance(leaf, QuotedLeaf | PeriodLeaf) for leaf in leaves if has_numeral(plain((leaf,))))


@pytest.mark.parametrize("part", ["text", "who", "amount", "_quote", "_quote.text"])
def test_no_part_of_it_can_be_printed_without_the_rest(tmp_path: Path, part: str) -> None:
    with pytest.raises(RenderError):
        _written(tmp_path, f"{{{{ quotes.made.{part} }}}}\n", {"made": Quotation(_made())})


def test_it_may_not_stand_among_words(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="line of its own"):
        _written(tmp_path, "As they say: {{ quotes.made }}.\n", {"made": Quotation(_made())})


def test_one_not_yet_made_is_not_defined(tmp_path: Path) -> None:
    template = "{% if quotes.deutsche_bank_europe is defined %}\n{{ quotes.deutsche_bank_europe }}\n{% endif %}\n"
    assert not _written(tmp_path, template, dict(at_hand(date(2026, 1, 17))))
    assert _written(tmp_path, template, dict(at_hand(SAID)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[made", "not TOML"),
        ("made = 3", "'made' is no table"),
        (ENTRY.format(kind="rumour"), "kind 'rumour' is not verbatim or paraphrase"),
        (ENTRY.format(kind="verbatim").replace('who = "A. Body"\n', ""), "has no 'who'"),
        (ENTRY.format(kind="verbatim") + 'whom = "x"\n', "unknown 'whom'"),
        (ENTRY.format(kind="verbatim").replace("2020-05-04", '"May"'), "'May' is no date"),
        (ENTRY.format(kind="verbatim") + 'later = "x"\n', "go together"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        quotes.parse(text)


def test_all_faults_are_named_at_once() -> None:
    text = ENTRY.format(kind="rumour").replace('who = "A. Body"\n', "")
    with pytest.raises(DataError) as caught:
        quotes.parse(text, "mine.toml")
    assert all(word in str(caught.value) for word in ("mine.toml", "who", "rumour"))


def test_the_manner_is_read() -> None:
    assert _made("verbatim").manner is Manner.VERBATIM
