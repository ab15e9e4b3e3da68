"""Introduction and conclusion: conditional on the claims of other sections, and readable without them."""

from __future__ import annotations

from datetime import date

import pytest

from reporter import store
from reporter.sections import introduction
from tests.sections_made import FEBRUARY, NOVEMBER, built, holding, prose, series, snapshot

POSITION = (
    series(introduction.NET, "2026Q1", "-20000000"),
    series(introduction.ASSETS, "2026Q1", "40000000"),
    series(introduction.LIABILITIES, "2026Q1", "60000000"),
)
MINE = ("introduction", "net_position", "holders", "conclusion")


@pytest.mark.parametrize("as_of", [FEBRUARY, NOVEMBER])
def test_foreigners_bought_more_than_they_sold(as_of: date) -> None:
    found = introduction.build(store.snapshot(as_of, introduction.NEEDS))
    assert holding(found) == {"introduction.buying": True}


@pytest.mark.parametrize(("last", "holds"), [("-12000", False), ("-10000", True)])
def test_buying_by_hand(last: str, holds: bool) -> None:  # noqa: FBT001 -- what the figures say
    """Eleven months of a billion each, and a last one."""
    net = series(introduction.BOUGHT, "2025-05", ",".join(["1000"] * 11 + [last]))
    assert holding(introduction.build(snapshot(net, *POSITION))) == {"introduction.buying": holds}


@pytest.mark.parametrize("texts", [",".join(["1000"] * 11), "1000,,1000,1000,1000,1000,1000,1000,1000,1000,1000,1000"])
def test_nothing_is_claimed_of_less_than_a_year(texts: str) -> None:
    assert not introduction.build(snapshot(series(introduction.BOUGHT, "2025-05", texts), *POSITION)).claims


def test_sides_of_another_vintage_than_the_position_are_not_set_off_against_each_other() -> None:
    assert introduction.build(snapshot(*POSITION, series(introduction.BOUGHT, "2026-01", "1"))).given["sides_add_up"]
    later = series(introduction.LIABILITIES, "2026Q1", "61000000", known_on=date(2026, 12, 1))
    held = snapshot(*POSITION[:2], later, series(introduction.BOUGHT, "2026-01", "1"))
    assert not introduction.build(held).given["sides_add_up"]


def test_prose_without_the_sides_and_without_purchases() -> None:
    """In 2013 the position is as then printed, its sides are of a later vintage, and they differ by $0.8tn."""
    said = prose(built(date(2013, 8, 1), *MINE))
    assert "claims on the United States, less Americans’ claims on everyone else, came to $4.28tn." in said
    assert "The figures show a net debt of $4.28tn" in said
    # The $5.26tn of June 2012 are of the vintage of 2022; what had been printed by then was $4.66tn.
    assert "It has been larger: $4.66tn in September 2012." in said
    assert "$5.26tn" not in said
    assert "They show a net debt" not in said


def test_prose_of_two_days() -> None:
    february, november = prose(built(FEBRUARY, *MINE)), prose(built(NOVEMBER, *MINE))
    assert "At the end of September 2025 foreigners held $68.89tn of claims on the United States" in february
    assert "The difference, $27.61tn, is what the world has staked" in february
    assert "The difference, $22.42tn, is what the world has staked" in november
    for said in (february, november):
        assert "It is the largest on record in dollars, though not as a share of GDP." in said
        assert "The figures do not show a flight from America." in said
        assert "moved more by prices, exchange rates and the rest than by borrowing" in said


def test_the_conclusion_forecasts_nothing() -> None:
    said = prose(built(NOVEMBER, *MINE))
    conclusion = said[said.index("The figures do not show a flight") :]
    assert not {"will", "likely", "unlikely", "expect", "forecasted"} & set(conclusion.lower().split())


def test_without_the_later_sections_nothing_is_missing() -> None:
    words = prose(built(NOVEMBER, *MINE))
    assert "current-account deficit" not in words
    assert "Net purchases of securities over" not in words
