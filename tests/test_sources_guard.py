"""A change of unit that nobody announced, and a file that went back in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from reporter import embedded
from reporter.errors import StaleSeries, UnitMismatch
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.model.units import USD_BN, USD_MN, USD_TN, Unit
from reporter.sources.guard import assert_continues

HISTORY = "-17123604,-21290000,-22520000,-23600000,-26230000,-24610000,-26140000,-27610000"


def layer(text: str, first: str = "2023Q4", unit: Unit = USD_MN) -> Layer:
    vintage = Vintage("v", date(2026, 1, 1), Form.PATH, "BEA", "https://a")
    return Layer("fred:IIPUSNETIQ", vintage, unit, Period.parse(first), text)


def test_a_revision_however_large_goes_through() -> None:
    """June 2026: −27.54 became −21.87."""
    assert_continues([layer(HISTORY)], layer(HISTORY.replace("-27610000", "-22040000") + ",-21870000"))


def test_nothing_at_hand_is_nothing_to_judge_by() -> None:
    assert_continues([], layer(HISTORY))


@pytest.mark.parametrize("digits", [2, 3, 6])
def test_the_whole_series_in_another_scale_stops_it_by_name(digits: int) -> None:
    scaled = ",".join(cell[:-digits] for cell in HISTORY.split(","))
    for held, came in ((HISTORY, scaled), (scaled, HISTORY)):
        with pytest.raises(UnitMismatch, match=r"fred:IIPUSNETIQ: its values are about .* did the publisher change"):
            assert_continues([layer(held)], layer(came))


def test_a_declared_scale_is_no_change() -> None:
    assert_continues([layer("-17.12,-21.29", unit=USD_TN)], layer("-17123.6,-21290.0", unit=USD_BN))


@pytest.mark.parametrize("cell", ["-27610000000", "-27610", "27610000000"])
def test_only_the_new_value_in_another_scale_stops_it_too(cell: str) -> None:
    with pytest.raises(UnitMismatch, match=f"fred:IIPUSNETIQ: 2025Q4 is {cell}, far beyond its history"):
        assert_continues([layer(HISTORY)], layer(f"{HISTORY},{cell}"))


def test_small_numbers_may_jump() -> None:
    assert_continues([layer("1,0,-2,3,1,1,2,4")], layer("1,0,-2,3,1,1,2,4,5219"))


def test_one_small_figure_may_be_revised_a_hundredfold() -> None:
    assert_continues([layer("1,,,,2")], layer("100,,,,200"))
    assert_continues([layer("1,7,3,8,2,5")], layer("100,7,300,8,200,5"))


def test_a_flow_may_cross_nought_at_any_ratio() -> None:
    assert_continues([layer("250,-40,1,900,-3000,45,8,-60")], layer("250,-40,1,900,-3000,45,8,-60,0,2"))


def test_a_file_that_ends_before_what_is_at_hand_is_an_old_one() -> None:
    with pytest.raises(StaleSeries, match="what came ends with 2025Q2, and 2025Q3 is at hand: an old or frozen file"):
        assert_continues([layer(HISTORY)], layer(HISTORY.rpartition(",")[0]))


@pytest.mark.parametrize(
    "series",
    [
        "fred:IIPUSNETIQ",
        "fred:GDP",
        "fred:IEABC",
        "fred:BOPGSTB",
        "tic:table1:99996:for_lt_total_net",
        "tic:table1:42501:for_lt_total_net",  # fell to −1 in August 2025
        "tic:table1:55719:for_lt_agcy_pos",  # and to 1 in November
        "tic:table3:10251:for_treas_pos",
        "tic:table5:42609:pos",
        "tic:mfhhis:99996:pos",
    ],
)
def test_no_period_ever_published_is_stopped(series: str) -> None:
    """Each of the last figures came as it does in the history that ships with the package."""
    whole = max(embedded.layers()[series], key=lambda held: len(held.values))
    for end in range(len(whole.values) // 2, len(whole.values)):
        before, came = (replace(whole, text=",".join(whole.values[:at])) for at in (end, end + 1))
        if whole.values[end]:
            assert_continues([before], came)


def test_no_vintage_ever_published_is_stopped() -> None:
    for series in ("fred:GDP", "tic:table5:42609:pos", "tic:table5:99996:pos"):
        paths = [held for held in embedded.layers()[series] if held.vintage.form is Form.PATH]
        assert len(paths) > 1
        for before, came in pairwise(paths):
            assert_continues([before], came)
