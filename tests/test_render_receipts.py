"""Receipts: one for each printed figure and judgement, with the first section that prints it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reporter.model.observations import Basis, SeriesInfo
from reporter.model.periods import Period
from reporter.model.units import USD_BN, Kind
from reporter.render.groups import opening, paired, runs
from reporter.render.receipt import (
    LONGEST,
    SHOWN,
    Basics,
    ClaimReceipt,
    FactReceipt,
    Receipt,
    Rounding,
    Seen,
    digits,
    receipt_id,
    shortened,
)
from reporter.render.receipts import groups
from reporter.tree import Container, Edition, FactLeaf, Judged, Paragraph, Text, walk
from tests.made import info, made_edition, seen


@pytest.fixture(scope="module")
def edition() -> Edition:
    return made_edition()


@pytest.fixture(scope="module")
def held(edition: Edition) -> dict[str, Receipt]:
    return {receipt.id: receipt for group in groups(edition) for receipt in group.receipts}


def fact(held: dict[str, Receipt], key: str) -> FactReceipt:
    found = held[key]
    assert isinstance(found, FactReceipt)
    return found


def claim(held: dict[str, Receipt], key: str) -> ClaimReceipt:
    found = held[key]
    assert isinstance(found, ClaimReceipt)
    return found


def test_each_printed_figure_and_judgement_has_one(edition: Edition, held: dict[str, Receipt]) -> None:
    printed = {receipt_id(said.fact) for said in edition.said()}
    printed |= {receipt_id(n.claim) for line in edition.lines() for n in walk(line) if isinstance(n, Judged)}
    assert set(held) == printed
    assert len(held) == sum(len(group.receipts) for group in groups(edition))


def test_they_stand_with_the_first_section_that_prints_them(edition: Edition) -> None:
    where = {r.id: group.section.id if group.section else "" for group in groups(edition) for r in group.receipts}
    assert where["r-niip-net"] == "niip"  # the headline says it first, but a section says it too
    assert where["r-holders-china"] == "holders"
    order = [group.section.id if group.section else "" for group in groups(edition)]
    assert order == sorted(order, key=["", *(section.id for section in edition.sections)].index)


def test_every_printed_form_is_named_with_its_rounding(held: dict[str, Receipt]) -> None:
    net = fact(held, "r-niip-net")
    assert set(net.printed) == {"$22.4tn", "$22.42tn", "−$22.42tn"}
    assert set(net.roundings) == {Rounding(1, "tn", Kind.USD), Rounding(2, "tn", Kind.USD)}


def test_the_value_before_rounding_is_whole_or_says_it_is_cut(held: dict[str, Receipt]) -> None:
    change = fact(held, "r-niip-change")
    assert (change.exact, change.unit, change.cut) == ("−1,003,463", "usd_mn", False)
    share = fact(held, "r-niip-to_gdp")
    assert (share.exact, share.unit, share.cut) == ("−68.8521297178", "percent", True)
    assert fact(held, "r-holders-sum").exact == "5,184.0"  # no digit that was not published


def test_long_histories_are_folded_short_ones_listed(held: dict[str, Receipt]) -> None:
    (folded,) = fact(held, "r-holders-sum").basics.seen
    assert (len(folded.observations), folded.folded) == (8, True)
    assert [str(o.period) for o in folded.ends] == ["2024Q1", "2025Q4"]
    listed = fact(held, "r-niip-to_gdp").basics.seen
    assert [seen.series.code for seen in listed] == ["IIPUSNETIQ", "GDP"]
    assert not any(seen.folded for seen in listed)
    assert len(listed[0].observations) <= SHOWN


def test_basis_and_vintage_are_told(held: dict[str, Receipt]) -> None:
    mixed = fact(held, "r-niip-change").basics
    assert (mixed.basis, mixed.vintages, mixed.known) == (Basis.MIXED, (), Period.parse("2026-10-10"))
    backfilled = fact(held, "r-holders-china").basics
    assert (backfilled.basis, backfilled.vintages) == (Basis.BACKFILLED, (Period.parse("2027-06-18"),))


def test_a_claims_receipt_tells_words_test_and_values(held: dict[str, Receipt]) -> None:
    record = claim(held, "j-niip-record")
    assert record.printed[0] == "a record"
    assert record.claim.count == 2
    assert record.values == ("−$22.42tn", "−$21.27tn", "−$20.00tn")
    assert record.published


def test_what_only_a_picture_shows_leads_back_to_the_picture(held: dict[str, Receipt]) -> None:
    assert held["r-niip-total"].home == "chart-niip"
    assert held["r-niip-net"].home == "f-niip-net"


@pytest.mark.parametrize(
    ("value", "text"),
    [("-22420319", "−22,420,319"), ("618.0", "618.0"), ("1E+3", "1,000"), ("0.05", "0.05"), ("0", "0")],
)
def test_digits_adds_none_and_drops_none(value: str, text: str) -> None:
    assert digits(Decimal(value)) == text


def test_a_long_formula_keeps_its_ends_and_whole_words() -> None:
    assert shortened("a ÷ b") == "a ÷ b"
    terms = [f"series{i}[2026Q2]" for i in range(60)]
    made = shortened(" + ".join(terms))
    assert len(made) <= LONGEST + 3
    assert made.startswith(f"{terms[0]} + {terms[1]} ")
    assert made.endswith(f" + {terms[-1]}")
    assert set(made.split()) <= {*terms, "+", "…"}


def test_a_ranking_tells_how_many_series_it_rests_on_and_how_far_they_reach() -> None:
    def two(series: SeriesInfo) -> Seen:
        return Seen(series, tuple(seen(series, quarter, "1.0").observation for quarter in ("2026Q1", "2026Q2")))

    made = Basics(Basis.PUBLISHED, tuple(two(info(f"S{i}", USD_BN)) for i in range(80)))
    assert (made.many, made.number) == (True, 160)
    assert made.reach == (Period.parse("2026Q1"), Period.parse("2026Q2"))
    assert not Basics(Basis.PUBLISHED, made.seen[:5]).many


def test_words_round_a_figure_are_links_of_their_own(edition: Edition) -> None:
    sentence = edition.takeaways[0].sentence
    judged = next(node for node in sentence if isinstance(node, Judged))
    made = runs(judged.children)
    assert [run.link for run in made] == [True, False]
    assert isinstance(made[1].nodes[0], FactLeaf)
    assert made[0].first
    assert made[0].last


def test_punctuation_is_no_link() -> None:
    (run,) = runs((Text(" – "),))
    assert not run.link
    assert not run.first


def test_a_rail_card_stays_with_its_heading_and_the_paragraph_after_it() -> None:
    card, words = Container("rail", ()), Paragraph((Text("a"),))
    assert opening((card, words, words)) == 2
    assert opening((card,)) == 1
    assert opening((words, card)) == 0
    assert opening(()) == 0


def test_a_quote_is_paired_with_the_measure_that_answers_it() -> None:
    words = Paragraph((Text("a"),))
    quote, measured = Container("quote", (words,)), Container("measured", (words,))
    assert paired((words, quote, measured)) == (words, Container("claim", (quote, measured)))
    assert paired((measured, quote)) == (measured, quote)
