"""What a template may say: every word and figure bound, every fault with its template and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.errors import ProofError, RenderError
from reporter.expr import Read
from reporter.facts import Said
from reporter.language.numerals import has_numeral, numbers_in
from reporter.tree import (
    Cell,
    ChartBlock,
    Container,
    FactLeaf,
    Items,
    Judged,
    NameLeaf,
    Paragraph,
    PeriodLeaf,
    Row,
    Styled,
    Table,
    TableBlock,
    Text,
    lines,
    plain,
    walk,
)
from tests.made_core import DAY, Desk, backfilled, claim, fact, history
from tests.made_core import plain as leaf

TRIED = "sections/tried.md.j2"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A fact of −$27.61tn, one of ten per cent, a claim that holds, one that does not, one that cannot be decided."""
    net = fact("niip.net", leaf("-27610000000000"))
    change = fact("niip.net.change", leaf("-5000000000") - leaf("2000000000"))
    past = history("-22000000000000", "-21000000000000")
    late = Read(backfilled("-30000", "2025Q1", known=DAY, path=DAY.replace(year=2027)))
    held = [
        claim("niip.record", "lowest", (net.expr, *past)),
        claim("niip.low", "highest", (net.expr, *past)),
        claim("niip.unsure", "lowest", (net.expr, late, *past)),
    ]
    table = Table("holders", (Row("China", (Cell(Said(net)),)), Row("china", (Cell(Said(net)),))))
    return Desk(
        tmp_path,
        {f.id: f for f in (net, change)},
        {c.id: c for c in held},
        {"holders": table},
        frozenset({"niip"}),
    )


def words(desk: Desk, text: str, others: dict[str, str] | None = None) -> str:
    return " | ".join(plain(line) for line in lines(desk.write(text, others=others).blocks))


# --- what fails, and where -------------------------------------------------------------------------------------------

NUMBERS = {
    "a number": "{{ 3 }}",
    "a computed number": "{{ 1 + 2 }}",
    "a loop's counter": "{% for x in 'ab' %}{{ loop.index }}{% endfor %}",
    "a length": "{{ 'abc' | length }}",
    "a number in a string": "{{ '3' }}",
    "a number made a string": "{{ 3 | string }}",
    "a period's year": "{{ niip.net.period.year }}",
    "a count not spelled": "{{ niip.record.count }}",
    "a claim printed as such": "{{ niip.record }}",
    "a branch of names": "{{ niip }}",
    "a digit": "It rose by 3.",
    "a grouped figure": "It rose by 1,234.5bn.",
    "a fraction": "Some ½ of it.",
    "a full-width digit": "Some \N{FULLWIDTH DIGIT SEVEN} of it.",
    "a superscript": "Some\N{SUPERSCRIPT TWO} of it.",
    "an Arabic digit": "Some \N{ARABIC-INDIC DIGIT FOUR} of it.",
    "a Roman numeral": "Part \N{ROMAN NUMERAL FOUR} of it.",
    "a Chinese numeral": "Part \N{CJK UNIFIED IDEOGRAPH-4E09} of it.",
    "an entity of digits": "Some &#51; of it.",
    "an entity in hex": "Some &#x33; of it.",
    "a named entity": "Some &half; of it.",
    "a number word": "It rose by three.",
    "a number word in capitals": "It rose by THREE.",
    "a number word in full width": "It rose by \uff54\uff57\uff4f of them.",
    "a number word with a soft hyphen": "It rose by tw\u00ado of them.",
    "a number word in a string": "It rose by {{ 'two' }} of them.",
    "a number word of two pieces": "It rose by t**wo** of them.",
    "a number word across a claim": "It rose by {% say niip.record %}tw{% endsay %}o of them.",
    "a compound": "It rose by twenty-five.",
    "a large number": "Some trillions of it.",
    "an ordinal": "The third quarter.",
    "an ordinal as a fraction": "A tenth of it.",
    "a half": "More than half of it.",
    "a multiple": "Almost twice the rest.",
    "a fold": "A fivefold rise.",
    "a decade": "Since the nineties.",
    "a number beside a name": "The 10-year Treasury at 4.2%.",
    "a name cut short": "The G70 met.",
    "a number in emphasis": "It **rose by 3** so.",
    "a number in a claim": "{% say niip.record %}the largest in 50 years{% endsay %}",
    "a number in a note": "So.{% note %}In 2026.{% endnote %}",
    "a number in a heading": "## Part 2",
    "a number in a list": "- In 2026",
    "a list by numbers": "1. It rose.",
    "a year that begins a list": "2026. It was a year.",
    "a number in a container": "::: rail\nIn 2026\n:::",
    "a number in an escape": "Some \\3 of it.",
}


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("lead", ["", "Words before.\n\n", "The fact is {{ niip.net }},\nand so on, ever\n"])
def test_a_number_bound_to_nothing_fails_at_its_line(desk: Desk, lead: str, text: str) -> None:
    if lead.endswith("ever\n") and text[:2] in {"20", "1."}:
        lead += "\n"  # a number only begins a list where a paragraph begins
    first = lead.count("\n") + 1
    with pytest.raises(ProofError) as caught:
        desk.write(f"{lead}{text}\n\nWords after.\n")
    assert caught.value.template == TRIED
    assert first <= caught.value.line <= first + text.count("\n")


MISUSE = {
    "an unknown root": ("{{ nipi.net }}", "nipi"),
    "an unknown name": ("{{ niip.nett }}", "did you mean niip.net"),
    "an unknown name, filtered": ("{{ niip.nett | places(1) }}", "did you mean niip.net"),
    "an unknown name in a test": ("{% if niip.nett %}x{% endif %}", "did you mean niip.net"),
    "an unknown part of an unknown name": ("{{ niip.nett.period }}", "niip.nett"),
    "an unknown claim": ("{% say niip.recrod %}x{% endsay %}", "did you mean niip.record"),
    "a fact where a claim is meant": ("{% say niip.net %}x{% endsay %}", "there is no claim niip.net"),
    "a claim where a fact is meant": ("{{ niip.record | places(1) }}", "there is no fact niip.record"),
    "a fact as a condition": ("{% if niip.net %}x{% endif %}", "neither true nor false"),
    "a fact joined to words": ("{{ niip.net ~ ' more' }}", "print it by itself"),
    "a fact made a string": ("{{ niip.net | string }}", "print it by itself"),
    "arithmetic": ("{{ niip.net + 3 }}", "TypeError"),
    "comparison with a number": ("{% if niip.net > 3 %}x{% endif %}", "TypeError"),
    "a filter without its argument": ("{{ niip.net | places }}", "places"),
    "a period's filter on a fact": ("{{ niip.net | month }}", "write niip.net.period"),
    "an unknown filter": ("{{ niip.net | nonsense }}", "nonsense"),
    "an unknown chart": ('{% chart "nip" %}\nheadline: x\n{% endchart %}', "there are: niip"),
    "an unknown table": ('{% table "nip" %}\ncaption: x\n{% endtable %}', "there are: holders"),
    "words that belong to no field": ('{% chart "niip" %}\nx\n{% endchart %}', "belong to no field"),
    "a takeaway without its sentence": ('{% takeaway "t" %}\nlead: x\n{% endtakeaway %}', "needs lead and sentence"),
    "a takeaway with a slip": (
        '{% takeaway "t" %}\nlead: x\nsentense: y\n{% endtakeaway %}',
        "did you mean sentence?",
    ),
    "a chart's field with a slip": ('{% chart "niip" %}\nheadlin: x\n{% endchart %}', "did you mean headline?"),
    "a table's field with a slip": ('{% table "holders" %}\ncaptoin: x\n{% endtable %}', "did you mean caption?"),
    "a row's field with a slip": ('{% table "holders" %}\nchnia: x\n{% endtable %}', "did you mean china?"),
    "a front's field with a slip": ("{% front %}\nstandfrist: x\n{% endfront %}", "did you mean standfirst?"),
    "a field a front does not know": ("{% front %}\nprice: x\n{% endfront %}", "it knows name, tagline"),
    "a section's field with a slip": ("{% section %}\ntitel: x\n{% endsection %}", "did you mean title?"),
    "a container left open": ("::: rail\nSo\n\nand on", "::: rail is left open"),
    "a container left open in another": ("::: beside\n::: rail\nSo\n:::", "::: rail is left open"),
    "a fence too many": ("So\n:::", "not open"),
    "a missing template": ('{% include "base/none.md.j2" %}', "base/none.md.j2"),
    "a slip of syntax": ("{% if %}", "Expected"),
    "a container that is not one": ("::: rial\nx\n:::", "rail"),
    "a chart among words": ('So {% chart "niip" %}\nheadline: x\n{% endchart %}', "line of its own"),
    "a table among words": ('So {% table "holders" %}\ncaption: x\n{% endtable %}', "line of its own"),
    "emphasis that ends inside a claim": ("**So {% say niip.record %}it** is{% endsay %}", "spans overlap"),
    "a claim that ends inside emphasis": ("{% say niip.record %}so **it{% endsay %} is**", "spans overlap"),
    "a claim over two paragraphs": ("{% say niip.record %}so\n\nit{% endsay %} is", "left open"),
    "a list in a list": ("- so\n  - it", "Markdown of kind"),
    "a hidden attribute": ("{{ niip.net.__class__ }}", "__class__"),
}


@pytest.mark.parametrize(("text", "says"), MISUSE.values(), ids=MISUSE)
@pytest.mark.parametrize("lead", ["", "Words before.\n\n"])
def test_misuse_fails_at_its_line(desk: Desk, lead: str, text: str, says: str) -> None:
    first = lead.count("\n") + 1
    with pytest.raises(RenderError) as caught:
        desk.write(f"{lead}{text}\n\nWords after.\n")
    assert says in str(caught.value)
    assert caught.value.template == TRIED
    assert first <= caught.value.line <= first + text.count("\n")
    assert str(caught.value).startswith(f"{TRIED}:{caught.value.line}: ")


def test_a_false_claim_without_otherwise_fails_at_its_line(desk: Desk) -> None:
    with pytest.raises(ProofError, match=r"niip\.low.*does not hold: it is within range") as caught:
        desk.write("Words.\n\n{% say niip.low %}\nthe smallest debt\n{% endsay %}\n")
    assert (caught.value.template, caught.value.line) == (TRIED, 3)


@pytest.mark.parametrize("text", ["{{ niip.net | gained }}", "It rose by {{ niip.net.change | rose }}."])
def test_words_that_a_figures_sign_belies_fail(desk: Desk, text: str) -> None:
    with pytest.raises(ProofError, match=r"is positive, but it is −") as caught:
        desk.write(f"Words.\n{text}\n")
    assert (caught.value.template, caught.value.line) == (TRIED, 2)


def test_a_macro_that_returns_a_digit_fails_where_it_stands(desk: Desk) -> None:
    macro = "{% macro share() %}\nsome 40 per cent\n{% endmacro %}\n"
    with pytest.raises(ProofError) as caught:
        desk.write('{% import "base/m.md.j2" as m %}\nIt is {{ m.share() }}.\n', others={"base/m.md.j2": macro})
    assert (caught.value.template, caught.value.line) == (TRIED, 2)  # finalize sees it where it is printed


def test_a_number_word_in_a_macro_fails_inside_it(desk: Desk) -> None:
    macro = "{# a comment #}\n{% macro share() %}\nsome forty per cent\n{% endmacro %}\n"
    with pytest.raises(ProofError) as caught:
        desk.write('{% import "base/m.md.j2" as m %}\nIt is {{ m.share() }}.\n', others={"base/m.md.j2": macro})
    assert (caught.value.template, caught.value.line) == ("base/m.md.j2", 3)


def test_a_fault_in_an_included_template_names_that_template(desk: Desk) -> None:
    for text, line in (("Fine.\n\nSome 3.\n", 3), ("Fine.\n{{ niip.nett }}\n", 2), ("\n{{ 3 }}\n", 2)):
        with pytest.raises((ProofError, RenderError)) as caught:
            desk.write('Words.\n\n{% include "base/part.md.j2" %}\n', others={"base/part.md.j2": text})
        assert (caught.value.template, caught.value.line) == ("base/part.md.j2", line)


@pytest.mark.parametrize("text", ["Words \U000f0000 here", "{{ '\U000f0000' }}", "{{ '\\U00100000' }}"])
def test_private_use_characters_may_not_stand_in_a_template(desk: Desk, text: str) -> None:
    with pytest.raises(ProofError, match="private-use") as caught:
        desk.write(f"{{{{ niip.net }}}} is a leaf.\n\n{text}\n")
    assert (caught.value.template, caught.value.line) == (TRIED, 3)


def test_words_outside_a_block_of_an_extending_template_fail(desk: Desk) -> None:
    base = {"base/frame.md.j2": "Before.\n\n{% block body %}{% endblock %}\n"}
    head, body = '{% extends "base/frame.md.j2" %}\n', "{% block body %}So it is.{% endblock %}\n"
    assert words(desk, f"{head}{{% set x = niip.net %}}\n{body}\n", base) == "Before. | So it is."
    for lost in ("Lost words.\n", "{{ niip.net }}\n", "{% if true %}Lost{% endif %}\n"):
        with pytest.raises(RenderError, match="outside a block") as caught:
            desk.write(f"{head}{body}\n{lost}", others=base)
        assert (caught.value.template, caught.value.line) == (TRIED, 4)


# --- what passes -----------------------------------------------------------------------------------------------------

HONEST = [
    "The 10-year Treasury and the G7.",
    "H.10 and H.15, by table 3.",
    "One of the countries; one another; no one.",
    "The second-largest holder.",
    "Last quarter, a quarter ago.",
    "Assets – less liabilities — “quoted”, ‘so’, US’s.",
    "Someone tensed; the often-used stone, the weight, a threshold, an attendant.",
]


@pytest.mark.parametrize("text", HONEST)
def test_honest_words_pass_as_they_are(desk: Desk, text: str) -> None:
    assert words(desk, text) == text


def test_names_with_a_numeral_become_leaves(desk: Desk) -> None:
    (paragraph,) = desk.write("The 10-year Treasury.").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.children == (
        Text("The ", TRIED, 1),
        NameLeaf("10-year Treasury"),
        Text(".", TRIED, 1),
    )


def test_a_fact_a_period_and_a_claim_become_leaves(desk: Desk) -> None:
    text = (
        "It was {{ niip.net | owed }} in the {{ niip.net.period }},\n"
        "{% say niip.record %}the *largest* yet{% endsay %}."
    )
    (paragraph,) = desk.write(text).blocks
    assert isinstance(paragraph, Paragraph)
    kinds = [type(node) for node in walk(paragraph.children)]
    assert kinds.count(FactLeaf) == kinds.count(PeriodLeaf) == kinds.count(Judged) == kinds.count(Styled) == 1
    assert plain(paragraph.children) == "It was $27.61tn in the second quarter of 2026, the largest yet."
    judged = next(node for node in paragraph.children if isinstance(node, Judged))
    assert judged.claim.id == "niip.record"


def test_an_undecided_claim_prints_nothing(desk: Desk) -> None:
    assert desk.claims["niip.unsure"].holds is None
    assert words(desk, "So{% say niip.unsure %} a record{% otherwise %} no record{% endsay %}.") == "So."
    assert words(desk, "So{% say niip.unsure %} a record{% endsay %}.") == "So."


def test_a_claim_that_does_not_hold_says_its_other_words(desk: Desk) -> None:
    assert words(desk, "It is {% say niip.low %}small{% otherwise %}large{% endsay %}.") == "It is large."


def test_what_is_not_there_can_be_asked_for_by_its_dots(desk: Desk) -> None:
    assert words(desk, "So{% if niip.none.share is defined %} it is{% endif %}.") == "So."
    assert words(desk, "So{% if niip.net.period is defined %} it is{% endif %}.") == "So it is."


def test_charts_tables_containers_and_lists_are_blocks(desk: Desk) -> None:
    text = (
        "::: rail\nSo it is\n:::\n\n"
        '{% chart "niip" %}\nheadline: So it is,\n  {{ niip.net }}\nalt: A line\n{% endchart %}\n\n'
        '{% table "holders" %}\ncaption: Holders\ncolumns: Holder | Level\n{% endtable %}\n\n'
        "- so\n- it is\n"
    )
    container, chart, table, items = desk.write(text).blocks
    assert isinstance(container, Container)
    assert container.name == "rail"
    assert isinstance(chart, ChartBlock)
    assert {name: plain(line) for name, line in chart.words.items()} == {
        "headline": "So it is, −$27.61tn",
        "alt": "A line",
    }
    assert isinstance(table, TableBlock)
    assert [plain(head) for head in table.columns] == ["Holder", "Level"]
    assert isinstance(items, Items)
    assert [plain(row) for row in items.rows] == ["so", "it is"]


def test_a_direction_claim_is_made_on_demand_and_kept(desk: Desk) -> None:
    assert words(desk, "It {% say niip.net.change.fell %}fell by {{ niip.net.change | fell }}{% endsay %}.") == (
        "It fell by $7.0bn."
    )


def test_fields_put_aside_carry_their_leaves(desk: Desk) -> None:
    held = desk.write('{% takeaway "t" %}\nlead: So it is\nsentence: It was {{ niip.net }}.\n{% endtakeaway %}\n')
    assert held.blocks == ()
    assert plain(held.aside["takeaway", "t"]["sentence"]) == "It was −$27.61tn."


# --- laws ------------------------------------------------------------------------------------------------------------


@given(st.characters(categories=["Nd", "Nl", "No"]), st.text(max_size=5), st.text(max_size=5))
def test_no_numeric_character_hides_among_others(number: str, before: str, after: str) -> None:
    assert has_numeral(before + number + after)
    assert list(numbers_in(f"{before} {number} {after}"))


@given(st.sampled_from("two Seven eleven FORTY ninety-nine half twice third millionth dozens".split()))
def test_a_number_word_is_found_in_any_words(number: str) -> None:
    for around in ("{} of it", "it was {}.", "“{}”", "so-{}", "{}-year", "({})", "a\n{}\nb"):
        assert list(numbers_in(around.format(number)))
