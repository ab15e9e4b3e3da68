"""Ranking takeaways: by parts that can be read, and never the unsure first."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.expr import Expr, Read
from reporter.findings import Candidate
from reporter.takeaways import BAR, MOST, MOST_A_SECTION, WEIGHTS, Score, rank
from tests.made_core import SHARE, backfilled, claim, fact, history, plain, seen

TRILLION = 10**12


def moves(*values: int) -> tuple[Expr, ...]:
    return tuple(plain(str(value)) - plain("0") for value in values)


def candidate(
    key: str, size: int = TRILLION, *, change: int = 10, stale: bool = False, mixed: bool = False
) -> Candidate:
    lead = plain(str(size))
    expr = lead - Read(backfilled("1", "2026Q1", known=date(2026, 1, 1), path=date(2027, 1, 1))) if mixed else lead
    return Candidate(key, (fact(key, expr, stale=stale),), (), moves(change)[0], moves(1, 2, 3, 4))


def outcomes(scores: tuple[Score, ...]) -> dict[str, str]:
    return {score.candidate.key: score.outcome for score in scores}


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_parts_by_hand() -> None:
    """A change of 3 beats two of four moves; a trillion is three quarters of the way from a billion to ten trillion."""
    held = Candidate(
        "niip",
        (fact("niip.net", plain(str(-TRILLION))),),
        (claim("wider", "widening", history("-1", "-2", "-3")),),
        moves(3)[0],
        moves(1, -2, 3, -4),
        plain("1").value,
    )
    (score,) = rank([("net", held)])
    assert dict(score.parts) == pytest.approx({"unusual": 0.5, "large": 0.75, "persistent": 0.5, "sure": 0.75})
    assert score.total == pytest.approx(0.4 * 0.5 + 0.3 * 0.75 + 0.15 * 0.5 + 0.15 * 0.75)
    assert score.to_json()["score"] == round(score.total, 4)
    assert score.outcome == "place 1"


def test_a_share_is_large_by_its_distance_from_nought() -> None:
    held = Candidate("w", (fact("niip.to_gdp", plain("-68.9", of=SHARE)),))
    (score,) = rank([("net", held)])
    assert dict(score.parts)["large"] == pytest.approx(0.689)


def test_a_record_counts_as_persistent_and_a_false_claim_does_not() -> None:
    record = claim("r", "lowest", history("-3", "-2", "-1"))
    missed = claim("m", "lowest", history("-2", "-3", "-1"))
    parts = [dict(rank([("s", Candidate("k", (), (one,)))])[0].parts)["persistent"] for one in (record, missed)]
    assert parts == [1.0, 0.0]


def test_the_unsure_never_come_first() -> None:
    ranked = rank(
        [
            ("a", candidate("mixed", 10 * TRILLION, mixed=True)),
            ("b", candidate("stale", 9 * TRILLION, stale=True, change=2)),
            ("c", candidate("sure", TRILLION // 10)),
        ]
    )
    assert [score.candidate.key for score in ranked] == ["sure", "mixed", "stale"]
    assert [score.outcome for score in ranked] == ["place 1", "place 2", "place 3"]


def test_where_all_are_unsure_none_is_printed() -> None:
    ranked = rank([("a", candidate("mixed", mixed=True)), ("b", candidate("stale", stale=True))])
    assert outcomes(ranked) == {
        "mixed": "not fit for the first place: mixed",
        "stale": "not fit for the first place: stale",
    }


def test_two_a_section_five_in_all_and_none_below_the_bar() -> None:
    offered = [(section, candidate(f"{section}{i}")) for section in "abc" for i in range(3)]
    ranked = rank([*offered, ("d", candidate("small", 1, change=0))])
    held = outcomes(ranked)
    assert [held[f"{s}{i}"] for s in "abc" for i in range(2)] == [f"place {n}" for n in range(1, 6)] + [
        "the list is full"
    ]
    assert held["a2"] == held["b2"] == "its section has two already"
    assert held["small"] == f"below the bar of {BAR}"


candidates = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 10**13), st.integers(0, 6), st.booleans(), st.booleans()),
    max_size=12,
)


@given(candidates)
def test_laws_of_ranking(made: list[tuple[str, int, int, bool, bool]]) -> None:
    offered = [
        (section, candidate(f"k{i}", size, change=change, stale=stale, mixed=mixed))
        for i, (section, size, change, stale, mixed) in enumerate(made)
    ]
    ranked = rank(offered)
    printed = [score for score in ranked if score.outcome.startswith("place")]
    assert sorted(s.candidate.key for s in ranked) == sorted(c.key for _, c in offered)
    assert rank(reversed(offered)) == ranked  # the order of the offers decides nothing
    assert list(ranked[: len(printed)]) == printed
    assert len(printed) <= MOST
    assert all(sum(s.section == name for s in printed) <= MOST_A_SECTION for name in "abcd")
    assert all(s.total >= BAR for s in printed)
    assert not printed or not printed[0].caveats
    assert all(a.total >= b.total for a, b in pairwise(printed[1:]))


def test_a_print_of_another_day_makes_a_candidate_mixed() -> None:
    now, before = Read(seen("2")), Read(seen("1", "2026Q1", day=date(2026, 6, 26)))
    (score,) = rank([("a", Candidate("k", (fact("k", now - before),)))])
    assert score.caveats == ("mixed",)
