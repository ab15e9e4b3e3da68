"""Introduction and conclusion: conditional on the claims of other sections, and readable without them."""

from __future__ import annotations

from datetime import date

import pytest

from reporter import store
from reporter.sections import introduction
from tests.sections_made import FEBRUARY, NOVEMBER, built, holding, prose, series, snapshot

MINE = ("introduction", "net_position", "holders", "conclusion")


@pytest.mark.parametrize("as_of", [FEBRUARY, NOVEMBER])
def test_foreigners_bought_more_than_they_sold(as_of: date) -> None:
    found = introduction.build(store.snapshot(as_of, introduction.NEEDS))
    assert holding(found) == {"introduction.buying": True}


@pytest.mark.parametrize(("last", "holds"), [("-12000", False), ("-10000", True)])
def test_buying_by_hand(last: str, holds: bool) -> None:  # noqa: FBT001 -- what the figures say
    """Eleven months of a billion each, and a last one."""
    net = series(introduction.BOUGHT, "2025-05", ",".join(["1000"] * 11 + [last]))
    assert holding(introduction.build(snapshot(net))) == {"introduction.buying": holds}


@pytest.mark.parametrize("texts", [",".join(["1000"] * 11), "1000,,1000,1000,1000,1000,1000,1000,1000,1000,1000,1000"])
def test_nothing_is_claimed_of_less_than_a_year(texts: str) -> None:
    assert not introduction.build(snapshot(series(introduction.BOUGHT, "2025-05", texts))).claims


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
