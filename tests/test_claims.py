"""Claims: each test by hand, what a claim may not decide, and how it is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.claims import TESTS, Claim, read_claim
from reporter.errors import DataError, UnitMismatch
from reporter.expr import Expr, Read
from reporter.model.observations import Basis
from reporter.model.periods import Period
from tests.made_core import FLOW, backfilled, claim, history, plain, seen

KNOWN, LATER = date(2026, 2, 6), date(2026, 6, 26)

# test, values (of consecutive quarters; for extremes the current one first), threshold, holds, count, direction
BY_HAND: list[tuple[str, str, str, bool, int, str]] = [
    ("lowest", "-27.61 -26.16 -24.15", "", True, 2, "lowest"),
    ("lowest", "-26.16 -27.61 -24.15", "", False, 1, "within range"),
    ("lowest", "-26.16 -26.16 -24.15", "", False, 1, "within range"),  # an equal is no record
    ("lowest", "5 4", "", False, 0, "within range"),
    ("highest", "3 2 1 0", "", True, 3, "highest"),
    ("highest", "3 4 1", "", False, 1, "within range"),
    ("highest", "3 3", "", False, 0, "within range"),
    ("above", "5 4", "", True, 1, "above"),
    ("above", "4 5", "", False, 1, "below"),
    ("above", "5 5", "", False, 1, "equal"),
    ("above", "51", "50", True, 1, "above"),
    ("above", "50", "50", False, 1, "equal"),
    ("below", "49.9", "50", True, 1, "below"),
    ("below", "50.1", "50", False, 1, "above"),
    ("below", "-5 4", "", True, 1, "below"),
    ("rise", "0.1", "", True, 1, "rise"),
    ("rise", "-0.1", "", False, 1, "fall"),
    ("rise", "0", "", False, 1, "none"),
    ("fall", "-0.1", "", True, 1, "fall"),
    ("fall", "0", "", False, 1, "none"),
    ("narrowing", "-9 -8 -7", "", True, 2, "narrowing"),
    ("narrowing", "-7 -8 -7", "", True, 1, "narrowing"),
    ("narrowing", "-7 -8", "", False, 1, "widening"),
    ("narrowing", "-9 -8 -7", "2", True, 2, "narrowing"),
    ("narrowing", "-8 -9 -7", "2", False, 1, "narrowing"),
    ("narrowing", "-7 -7", "", False, 1, "none"),
    ("narrowing", "-2 1", "", True, 1, "narrowing"),  # a smaller gap on the other side
    ("widening", "1 -2", "", True, 1, "widening"),
    ("widening", "-6 -7 -8 -9", "", True, 3, "widening"),
    ("widening", "-9 -8", "", False, 1, "narrowing"),
    ("almost", "97 100", "5", True, 1, "almost"),
    ("almost", "95 100", "5", True, 1, "almost"),
    ("almost", "94.9 100", "5", False, 1, "below"),
    ("almost", "100 100", "5", False, 1, "above"),
    ("almost", "101 100", "5", False, 1, "above"),
    ("almost", "-97 -100", "5", True, 1, "almost"),
    ("almost", "1 0", "5", False, 1, "above"),  # nothing is almost nought
    ("almost", "0 0", "5", False, 1, "equal"),
    ("ranked", "3 9 1", "", True, 2, "ranked"),
    ("ranked", "9 3 1", "1", True, 1, "ranked"),
    ("ranked", "3 9 5 1", "2", False, 3, "ranked"),
    ("ranked", "5 5 5", "1", True, 1, "ranked"),  # equals share a place
]


@pytest.mark.parametrize("row", BY_HAND, ids=lambda row: " ".join(map(str, row[:3])))
def test_each_test_by_hand(row: tuple[str, str, str, bool, int, str]) -> None:
    test, values, threshold, holds, count, direction = row
    made = claim("c", test, history(*values.split()), threshold)
    assert (made.holds, made.count, made.direction) == (holds, count, direction)


@pytest.mark.parametrize("row", BY_HAND, ids=lambda row: " ".join(map(str, row[:3])))
def test_a_denial_holds_where_its_test_does_not(row: tuple[str, str, str, bool, int, str]) -> None:
    """What is so is described alike."""
    test, values, threshold, holds, count, direction = row
    made = claim("c", f"not_{test}", history(*values.split()), threshold)
    assert (made.holds, made.count, made.direction) == (not holds, count, direction)


def test_every_test_is_in_the_table() -> None:
    tests = {row[0] for row in BY_HAND}
    assert tests | {f"not_{test}" for test in tests} == set(TESTS)
    for test in tests:
        assert {row[3] for row in BY_HAND if row[0] == test} == {True, False}


# --- what a claim may not decide --------------------------------------------------------------------------------------


def published(value: str, period: str) -> Read:
    return Read(seen(value, period, day=KNOWN))


def late(value: str, period: str) -> Read:
    return Read(backfilled(value, period, known=KNOWN, path=LATER))


# test and arguments
UNDECIDED: dict[str, tuple[str, Sequence[Expr]]] = {
    # Only a backfilled value is lower: without it the latest would be a record.
    "a record a backfilled period denies": (
        "lowest",
        [published("-27", "2025Q3"), late("-28", "2025Q1"), published("-26", "2025Q2")],
    ),
    "a record that is itself backfilled": ("lowest", [late("-27", "2025Q3"), published("-26", "2025Q2")]),
    "a comparison with a backfilled value": ("above", [published("5", "2025Q3"), late("4", "2025Q2")]),
    "a comparison of a backfilled value": ("above", [late("5", "2025Q3"), published("4", "2025Q2")]),
    # 10, 8 (backfilled), 9: narrowing from 10 without it, widening from 8 with it.
    "a direction a backfilled period turns": (
        "narrowing",
        [published("10", "2025Q1"), late("8", "2025Q2"), published("9", "2025Q3")],
    ),
    "a direction that ends in a backfilled period": (
        "narrowing",
        [published("10", "2025Q1"), published("9", "2025Q2"), late("8", "2025Q3")],
    ),
    "backfilled from two vintages": (
        "lowest",
        [late("-27", "2025Q3"), Read(backfilled("-26", "2025Q2", known=KNOWN, path=date(2026, 9, 25)))],
    ),
}


@pytest.mark.parametrize(("test", "args"), UNDECIDED.values(), ids=UNDECIDED)
def test_what_depends_on_backfilled_periods_is_undecided(test: str, args: Sequence[Expr]) -> None:
    made = claim("c", test, args)
    assert made.holds is None
    assert made.basis is Basis.MIXED
    assert made.to_json()["holds"] is None


DECIDED: dict[str, tuple[str, Sequence[Expr], bool]] = {
    "a record with and without": (
        "lowest",
        [published("-28", "2025Q3"), late("-27", "2025Q1"), published("-26", "2025Q2")],
        True,
    ),
    "no record with and without": (
        "lowest",
        [published("-26", "2025Q3"), late("-28", "2025Q1"), published("-27", "2025Q2")],
        False,
    ),
    "a direction with and without": (
        "narrowing",
        [late("10", "2025Q1"), published("9", "2025Q2"), published("8", "2025Q3")],
        True,
    ),
}


@pytest.mark.parametrize(("test", "args", "holds"), DECIDED.values(), ids=DECIDED)
def test_what_is_so_either_way_is_decided(test: str, args: Sequence[Expr], holds: bool) -> None:  # noqa: FBT001
    made = claim("c", test, args)
    assert made.holds is holds
    assert made.basis is Basis.MIXED  # and says so


@pytest.mark.parametrize(("current", "holds"), [("-28", True), ("-26", False)])
def test_a_history_wholly_backfilled_from_one_vintage_is_judged_once(current: str, holds: bool) -> None:  # noqa: FBT001
    made = claim("c", "lowest", [late(current, "2025Q3"), late("-27", "2025Q2")])
    assert made.holds is holds
    assert made.basis is Basis.BACKFILLED


numbers = st.integers(-5, 5)


@given(st.lists(st.tuples(numbers, st.booleans()), min_size=2, max_size=8), st.sampled_from(["lowest", "highest"]))
def test_law_of_the_undecided(values: list[tuple[int, bool]], test: str) -> None:
    """Published or not, a verdict stands only where leaving out the backfilled periods does not change it."""
    first = Period.parse("2024Q1")
    args = [(late if old else published)(str(v), str(first + i)) for i, (v, old) in enumerate(values)]
    made = claim("c", test, args)
    sure = [arg for arg in args if arg.basis is Basis.PUBLISHED]
    whole = claim("c", test, history(*(str(v) for v, _ in values))).holds
    if len(sure) in {0, len(args)}:
        assert made.holds is whole
    elif sure[0] is not args[0] or len(sure) == 1:
        assert made.holds is None
    else:
        without = claim("c", test, sure).holds
        assert made.holds is (whole if whole == without else None)


# --- what is no claim -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "values", "threshold", "says"),
    [
        ("largest", "1 2", "", "no test 'largest'"),
        ("lowest", "1", "", "needs 2 values, not 1"),
        ("above", "1", "", "needs 2 values, not 1"),
        ("narrowing", "1", "", "needs 2 values"),
        ("almost", "1", "5", "needs 2 values"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused(test: str, values: str, threshold: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        claim("c", test, history(*values.split()), threshold)


def test_only_like_is_compared_with_like() -> None:
    with pytest.raises(UnitMismatch):
        _ = claim("c", "above", [plain("5"), plain("4", of=FLOW)]).holds


@pytest.mark.parametrize("threshold", ["", "2", "0.1"])
def test_a_stored_claim_is_judged_afresh(threshold: str) -> None:
    made = claim("c", "narrowing", history("-9", "-8", "-7"), threshold)
    stored = json.loads(json.dumps(made.to_json()), parse_float=Decimal)
    again: Claim = read_claim(stored, {one.id: one for one in made.observations()})
    assert again == made
    assert again.to_json() == made.to_json()
