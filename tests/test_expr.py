"""Expressions: what they compute, how precisely, what they refuse, how they are written and stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.errors import DataError, FrequencyMismatch, UnitMismatch
from reporter.expr import Expr, Read, annualised, basis_of, mean, percent, ratio, read, total
from reporter.model.observations import Basis, Form
from reporter.model.periods import Frequency
from reporter.model.units import Adjustment, Kind, Nature
from tests.made_core import ANNUAL_FLOW, BN, DAY, FLOW, SHARE, STOCK, backfilled, history, info, measure, plain, seen


def leaf(value: str, step: str = "", period: str = "2026Q2") -> Read:
    """Dollars, in billions."""
    return Read(seen(value, period, step=step))


# --- arithmetic, by hand ---------------------------------------------------------------------------------------------


def test_arithmetic_by_hand() -> None:
    a, b = leaf("7.5", period="2026Q1"), leaf("-2.25")
    assert (a + b).value == Decimal("5.25") * BN
    assert (a - b).value == Decimal("9.75") * BN
    assert (-a).value == Decimal("-7.5") * BN
    assert abs(b).value == Decimal("2.25") * BN
    assert total([a, b, a]).value == Decimal("12.75") * BN
    assert mean([a, b]).value == Decimal("2.625") * BN
    assert percent(leaf("1"), leaf("8")).value == Decimal("12.5")
    assert ratio(leaf("1"), leaf("8")).value == Decimal("0.125")
    assert annualised(plain("226.4", of=FLOW)).value == Decimal("905.6")
    assert annualised(plain("2", of=measure(Nature.FLOW, frequency=Frequency.MONTH), period="2026-07")).value == 24


def test_a_quotient_has_thirty_four_digits_wherever_it_is_computed() -> None:
    assert str(ratio(leaf("1"), leaf("3")).value) == "0." + "3" * 34


@pytest.mark.parametrize("part", ["0", "1", "-3.5"])
def test_division_by_nought_is_an_error_of_the_data(part: str) -> None:
    quotient = ratio(leaf(part), leaf("0"))
    with pytest.raises(DataError, match=r"NET\[2026Q2\] ÷ NET\[2026Q2\]"):
        _ = quotient.value


# --- precision -------------------------------------------------------------------------------------------------------


def test_a_first_print_is_known_to_a_hundredth_of_a_trillion() -> None:
    """BEA prints −$27.61 trillion; the file holds it in millions. A change of two prints is known no better."""
    now, before = leaf("-27610", "10", "2025Q3"), leaf("-26160", "10", "2025Q2")
    assert now.step == 10 * BN
    assert (now - before).step == 10 * BN
    assert total([now, leaf("1.5", "0.1")]).step == 10 * BN


def test_sums_and_differences_bear_the_coarsest_decimal() -> None:
    fine, coarse = leaf("1.234"), leaf("5.6")
    for made in (fine + coarse, fine - coarse, coarse - fine, total([fine, coarse]), mean([coarse, fine])):
        assert made.step == coarse.step
    assert (-fine).step == abs(fine).step == fine.step


def test_quotients_bear_the_fewest_significant_digits() -> None:
    """27.61 (four digits) over 31,098.027 (eight) is 88.78 per cent, to four digits."""
    share = percent(leaf("-27610", "10"), leaf("31098.027"))
    assert share.step == Decimal("0.01")
    assert round(share.value, 2) == Decimal("-88.78")
    assert ratio(leaf("2"), leaf("3.000")).step == Decimal("0.1")
    assert annualised(plain("226.4", of=FLOW)).step == Decimal("0.1")
    assert annualised(plain("998", of=FLOW)).step == 10  # 3,992: three digits


def test_nought_bears_what_its_last_place_comes_to() -> None:
    """However it is stored: 0, 0.0 and 0E+7 are one number and one precision."""
    for nought in ("0", "0.0", "0.00"):
        share = percent(leaf(nought, "0.1"), leaf("200.0"))
        assert share.value == 0
        assert share.step == Decimal("0.01")  # 100 × 0.1 ÷ 200 = 0.05


# --- what does not go together ---------------------------------------------------------------------------------------

MIXTURES: dict[str, Callable[[], Expr]] = {
    "stock and flow": lambda: plain("1", of=STOCK) + plain("1", of=FLOW),
    "flow and stock": lambda: plain("1", of=FLOW) - plain("1", of=STOCK),
    "adjusted and not": lambda: plain("1", of=FLOW) + plain("1", of=measure(Nature.FLOW, adjustment=Adjustment.SA)),
    "annualised and not": lambda: plain("1", of=FLOW) + plain("1", of=ANNUAL_FLOW),
    "annualised over not": lambda: ratio(plain("1", of=ANNUAL_FLOW), plain("1", of=FLOW)),
    "stock over a quarter's flow": lambda: percent(plain("1", of=STOCK), plain("1", of=FLOW)),
    "percent and dollars": lambda: plain("1", of=SHARE) + plain("1", of=measure(Nature.LEVEL)),
    "percent over dollars": lambda: percent(plain("1", of=SHARE), plain("1", of=STOCK)),
    "a sum with one stranger": lambda: total([*history("1", "2"), plain("3", of=FLOW)]),
    "a mean with one stranger": lambda: mean([*history("1", "2"), plain("3", of=SHARE)]),
    "points and percent": lambda: (plain("1", of=SHARE) - plain("2", of=SHARE)) + plain("1", of=SHARE),
}


@pytest.mark.parametrize("make", MIXTURES.values(), ids=MIXTURES)
def test_units_refuse_to_mix(make: Callable[[], Expr]) -> None:
    with pytest.raises(UnitMismatch, match="do not go together"):
        make()


def test_periods_of_different_length_refuse_to_add_up() -> None:
    monthly = plain("1", of=measure(frequency=Frequency.MONTH), period="2026-07")
    with pytest.raises(FrequencyMismatch):
        _ = monthly + plain("1")


@pytest.mark.parametrize("held", [plain("1"), plain("1", of=ANNUAL_FLOW), plain("1", of=SHARE)])
def test_only_a_flow_that_is_not_annual_is_annualised(held: Read) -> None:
    with pytest.raises(FrequencyMismatch):
        annualised(held)


def test_what_operations_make_of_measures() -> None:
    assert (plain("1") - plain("2")).measure == FLOW  # two stocks differ by a flow
    assert (plain("1", of=SHARE) - plain("2", of=SHARE)).measure.kind is Kind.POINTS
    assert annualised(plain("1", of=FLOW)).measure == ANNUAL_FLOW
    assert percent(plain("1"), plain("1", of=ANNUAL_FLOW)).measure.kind is Kind.PERCENT
    assert ratio(plain("1", of=FLOW), plain("2", of=FLOW)).measure.nature is Nature.LEVEL


# --- the basis -------------------------------------------------------------------------------------------------------


def test_basis() -> None:
    """One series from two vintages is mixed, two series each from its own are not; prints agree with their own day."""
    gdp = Read(seen("31000", of=info("GDP"), day=DAY.replace(month=1)))
    now, before = leaf("-27610"), Read(seen("-26160", "2026Q1", day=DAY.replace(month=6)))
    late = Read(backfilled("3", "2026Q1", known=DAY, path=DAY.replace(year=2027)))
    assert percent(now, gdp).basis is Basis.PUBLISHED
    assert (now - before).basis is Basis.MIXED
    assert (now - late).basis is Basis.MIXED
    assert (late + late).basis is Basis.BACKFILLED
    assert basis_of([]) is Basis.PUBLISHED
    printed = [seen("1", p, form=Form.PRINT) for p in ("2026Q1", "2026Q2")]
    assert basis_of(printed) is Basis.PUBLISHED
    assert basis_of([printed[0], seen("2")]) is Basis.MIXED  # a print and a path of one day


# --- on paper --------------------------------------------------------------------------------------------------------


def test_formulas() -> None:
    a, b = plain("1", period="2026Q1"), plain("2", code="GDP", of=ANNUAL_FLOW)
    assert a.formula() == "NET[2026Q1]"
    assert percent(a, b).formula() == "100 × NET[2026Q1] ÷ GDP[2026Q2]"
    assert (percent(a, b) - percent(a, b)).formula() == (
        "(100 × NET[2026Q1] ÷ GDP[2026Q2]) − (100 × NET[2026Q1] ÷ GDP[2026Q2])"
    )
    assert (-(a - a)).formula() == "−(NET[2026Q1] − NET[2026Q1])"
    assert abs(a).formula() == "|NET[2026Q1]|"
    assert annualised(plain("1", of=FLOW)).formula() == "4 × NET[2026Q2]"
    assert total(history("1", "2", "3", "4")).formula() == "Σ NET[2025Q3…2026Q2]"
    assert mean(history("1", "2")).formula() == "mean(NET[2026Q1]; NET[2026Q2])"


def test_only_a_run_without_a_gap_is_folded() -> None:
    """A fold says “every period between”; what is left out, or stands in another order, is written in full."""
    a, b, c, d = history("1", "2", "3", "4")
    assert total([a, b, d]).formula() == "Σ(NET[2025Q3]; NET[2025Q4]; NET[2026Q2])"
    assert total([c, b, a]).formula() == "Σ(NET[2026Q1]; NET[2025Q4]; NET[2025Q3])"
    days = measure(Nature.LEVEL, kind=Kind.PERCENT, frequency=Frequency.DAY)
    held = [plain("4", of=days, period=day) for day in ("2026-07-02", "2026-07-03", "2026-07-06")]
    assert mean(held).formula() == "mean NET[2026-07-02…2026-07-06]"  # markets rest at the weekend


# --- stored and read back --------------------------------------------------------------------------------------------

numbers = st.decimals(min_value=-(10**6), max_value=10**6, places=3).filter(lambda d: abs(d) > 1)
# A series named for its value: equal ids hold equal values.
leaves = st.builds(
    lambda value, quarter: plain(str(value), period=f"2025Q{quarter}", code=f"X{value}"),
    numbers,
    st.integers(min_value=1, max_value=4),
)
# Differences of stocks are flows, so that trees of stocks keep to sums, means and their signs.
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a: -a, inner),
        st.builds(abs, inner),
        st.lists(inner, min_size=1, max_size=4).map(total),
        st.lists(inner, min_size=1, max_size=4).map(mean),
    ),
    max_leaves=12,
)
facts = st.one_of(
    trees,
    st.builds(percent, trees, leaves),
    st.builds(ratio, trees, leaves),
    st.builds(lambda a, b: annualised(a - b), trees, trees),
)


@given(facts)
def test_a_stored_tree_reproduces_its_value_bit_for_bit(expr: Expr) -> None:
    held = {one.id: one for one in expr.observations()}
    stored = json.loads(json.dumps(expr.to_json()))
    again = read(stored, held)
    assert again.to_json() == expr.to_json()
    assert again.measure == expr.measure
    assert again.formula() == expr.formula()
    assert again == expr
    assert again.value.as_tuple() == expr.value.as_tuple()
    assert float(again.value).hex() == float(expr.value).hex()
    assert again.step == expr.step


OBSERVED = {plain("1").observation.id: plain("1").observation}
KNOWN: dict[str, Any] = {"obs": next(iter(OBSERVED))}
HOSTILE: dict[str, object] = {
    "nothing": {},
    "a number": 3,
    "null": None,
    "a string": "obs",
    "a list": ["obs"],
    "a number for an observation": {"obs": 3},
    "a list for an observation": {"obs": []},
    "an observation that is not there": {"obs": "made:NET@1999Q1@2026-09-25"},
    "a constant": {"const": 3},
    "a constant among arguments": {"op": "add", "args": [KNOWN, 3]},
    "an unknown operation": {"op": "exec", "args": [KNOWN]},
    "an attribute for an operation": {"op": "__class__", "args": [KNOWN]},
    "a list for an operation": {"op": ["add"], "args": [KNOWN, KNOWN]},
    "no arguments": {"op": "sum", "args": []},
    "too few arguments": {"op": "add", "args": [KNOWN]},
    "too many arguments": {"op": "ratio", "args": [KNOWN, KNOWN, KNOWN]},
    "an object for arguments": {"op": "sum", "args": {"0": KNOWN}},
    "a string for arguments": {"op": "sum", "args": "ab"},
    "units that do not fit": {"op": "annualise", "args": [KNOWN]},
}


@pytest.mark.parametrize("stored", HOSTILE.values(), ids=HOSTILE)
def test_anything_else_is_refused(stored: object) -> None:
    with pytest.raises(DataError):
        read(stored, OBSERVED)


def nested(depth: int) -> object:
    stored: object = KNOWN
    for _ in range(depth):
        stored = {"op": "neg", "args": [stored]}
    return stored


def test_a_tree_too_deep_is_refused_and_a_deep_one_is_not() -> None:
    assert read(nested(64), OBSERVED).value == 1
    for depth in (65, 5000):
        with pytest.raises(DataError, match="nested more than 64 deep"):
            read(nested(depth), OBSERVED)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["op", "args", "obs"]), inner),
)


@given(json_values)
def test_whatever_json_holds_is_a_tree_or_an_error_of_the_data(stored: object) -> None:
    with pytest.raises(DataError):
        read(stored, OBSERVED)
