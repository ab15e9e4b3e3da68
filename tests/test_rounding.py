"""The written form of a figure: half up, a real minus, no more digits than it bears, no sign on nought."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.model.units import Kind
from reporter.rounding import MINUS, NO_BREAK, Style, rounded, scale_of, written

FINE = Decimal("0.000001")
SCALES = {"tn": 12, "bn": 9, "mn": 6, "": 0}


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),  # not to even
        ("-2.5", 0, "-3"),  # away from nought
        ("0.05", 1, "0.1"),
        ("0.049999", 1, "0.0"),
        ("2.675", 2, "2.68"),  # the double nearest 2.675 would give 2.67
        ("88.785", 2, "88.79"),
        ("684", -1, "6.8E+2"),
        ("685", -1, "6.9E+2"),
    ],
)
def test_half_goes_up(value: str, places: int, text: str) -> None:
    assert str(rounded(Decimal(value), places)) == text


@pytest.mark.parametrize(
    ("value", "step", "style", "text"),
    [
        ("-27610000000000", "1e10", Style(), f"{MINUS}$27.61tn"),
        ("-22420394000000", "1e6", Style(), f"{MINUS}$22.42tn"),
        ("-22420394000000", "1e6", Style(places=3), f"{MINUS}$22.420tn"),
        ("-27610000000000", "1e10", Style(places=3), f"{MINUS}$27.61tn"),  # a first print bears no more
        ("683900000000", "1e8", Style(), "$683.9bn"),
        ("683900000000", "1e8", Style(scale="tn"), "$0.68tn"),
        ("683900000000", "1e8", Style(scale="bn", places=0), "$684bn"),
        ("1824900000000", "1e8", Style(scale="bn", bare=True, sign="signed"), "+1,824.9"),
        ("-115000000000", "1e8", Style(sign="none"), "$115.0bn"),
        ("684000000000", "1e10", Style(scale="bn"), "$680bn"),  # known to ten billions
        ("40000", "1", Style(), "$40,000"),
        ("5000000", "1e6", Style(), "$5mn"),
        ("999940000000", "1e7", Style(), "$999.9bn"),
        ("999960000000", "1e7", Style(), "$1.00tn"),  # not $1,000.0bn
        ("-999960000000", "1e7", Style(scale="bn"), f"{MINUS}$1,000.0bn"),
        ("999999.6", "0.1", Style(), "$1mn"),
    ],
)
def test_sums_of_money(value: str, step: str, style: Style, text: str) -> None:
    assert written(Decimal(value), Kind.USD, Decimal(step), style) == text


@pytest.mark.parametrize(
    ("kind", "value", "style", "text"),
    [
        (Kind.PERCENT, "-88.785", Style(), f"{MINUS}88.8%"),
        (Kind.PERCENT, "-88.785", Style(places=2), f"{MINUS}88.79%"),
        (Kind.POINTS, "0.2", Style(sign="signed"), f"+0.2{NO_BREAK}percentage points"),
        (Kind.RATIO, "0.8804", Style(), "0.88"),
        (Kind.RATIO, "0.8804", Style(places=3), "0.880"),
        (Kind.INDEX, "117.8996", Style(places=4), "117.8996"),
        (Kind.COUNT, "12345", Style(), "12,345"),
    ],
)
def test_other_kinds(kind: Kind, value: str, style: Style, text: str) -> None:
    assert written(Decimal(value), kind, FINE, style) == text


@pytest.mark.parametrize("value", ["0", "-0.04", "0.04", "-0"])
@pytest.mark.parametrize("sign", ["minus", "signed", "none"])
def test_what_rounds_to_nought_has_no_sign(value: str, sign: str) -> None:
    step = Decimal("0.1")
    assert written(Decimal(value), Kind.PERCENT, step, Style().but(sign=sign)) == "0.0%"


@pytest.mark.parametrize(("sign", "text"), [("none", "0.03"), ("signed", f"{MINUS}0.03"), ("minus", "0.0")])
def test_a_change_that_is_not_nought_is_not_said_to_be(sign: str, text: str) -> None:
    """“Rose by 0.0” is no rise; a level may well be nought to the first decimal."""
    style = Style().but(sign=sign, places=1, bare=True)
    assert written(Decimal("-0.03"), Kind.POINTS, Decimal("0.01"), style) == text


@pytest.mark.parametrize(
    ("value", "scale"),
    [("1e12", "tn"), ("-999999999999", "bn"), ("1e9", "bn"), ("1e6", "mn"), ("999999", ""), ("0", "")],
)
def test_the_houses_scale(value: str, scale: str) -> None:
    assert scale_of(Decimal(value)) == scale


numbers = st.decimals(min_value=-(10**15), max_value=10**15, places=6)
styles = st.builds(
    Style,
    st.sampled_from(["minus", "signed"]),
    st.none() | st.integers(min_value=0, max_value=6),
    st.none() | st.sampled_from(sorted(SCALES)),
)


@given(numbers, st.sampled_from([Kind.USD, Kind.PERCENT, Kind.RATIO]), st.integers(-6, 10), styles)
def test_the_text_read_again_is_off_by_half_its_last_place_at_most(
    value: Decimal, kind: Kind, power: int, style: Style
) -> None:
    step = Decimal(1).scaleb(power)
    text = written(value, kind, step, style)
    shape = re.fullmatch(r"([+−]?)\$?([\d,]+)(\.\d+)?(tn|bn|mn|)%?", text)
    assert shape, text
    sign, whole, decimals, scale = shape.groups(default="")
    read = Decimal(whole.replace(",", "") + decimals).scaleb(SCALES[scale]) * (-1 if sign == MINUS else 1)
    last_place = Decimal(1).scaleb(SCALES[scale] - max(len(decimals) - 1, 0))
    # What it bears may be coarser than the last digit before the point.
    assert abs(read - value) <= max(last_place, step) / 2
    assert not decimals or last_place >= step  # no digit it does not bear
    assert (sign == MINUS) == (read < 0)
    assert (sign == "+") == (read > 0 and style.sign == "signed")
