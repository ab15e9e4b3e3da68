"""Claims: judging words bound to data. A claim is a test on expressions, with its threshold.

A claim over a history is judged on the snapshot and again without its backfilled periods; where the answers
differ it is undecided. A history wholly backfilled from one vintage is judged once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from reporter.errors import DataError
from reporter.expr import Expr, basis_of, read
from reporter.model.observations import Basis, Observation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a test found: whether it holds, and `direction` and `count`, which describe what is so either way."""

    holds: bool
    count: int
    direction: str


Values = Sequence[Decimal]
Test = Callable[[Values, "Decimal | None"], Verdict]


def _extreme(values: Values, _: Decimal | None, *, low: bool) -> Verdict:
    """The first value against the rest; `count` is how many of the rest it beats."""
    current, rest = values[0], values[1:]
    beaten = sum(1 for v in rest if (current < v if low else current > v))
    holds = beaten == len(rest)
    return Verdict(holds, beaten, ("lowest" if low else "highest") if holds else "within range")


def _against(values: Values, threshold: Decimal | None, *, above: bool) -> Verdict:
    """The first value against the second, or against the threshold."""
    other = values[1] if threshold is None else threshold
    direction = "above" if values[0] > other else "below" if values[0] < other else "equal"
    return Verdict(direction == ("above" if above else "below"), 1, direction)


def _sign(values: Values, _: Decimal | None, *, positive: bool) -> Verdict:
    """The sign of one value; a change that is nought neither rises nor falls."""
    direction = "rise" if values[0] > 0 else "fall" if values[0] < 0 else "none"
    return Verdict(direction == ("rise" if positive else "fall"), 1, direction)


def _gap(values: Values, threshold: Decimal | None, *, narrowing: bool) -> Verdict:
    """How many times in a row, up to the last, the absolute value shrank or grew; oldest value first."""
    sizes = [abs(v) for v in values]
    moves = ["narrowing" if b < a else "widening" if b > a else "none" for a, b in pairwise(sizes)]
    direction, count = moves[-1], 0
    while count < len(moves) and moves[-1 - count] == direction:
        count += 1
    wanted = "narrowing" if narrowing else "widening"
    return Verdict(direction == wanted and count >= (threshold or 1), count, direction)


def _within(values: Values, threshold: Decimal | None) -> Verdict:
    """The first value lies within `threshold` percent of the second, from below (“almost”)."""
    if not values[1]:  # nothing is almost nought
        return Verdict(holds=False, count=1, direction=_against(values, None, above=True).direction)
    share = 100 * values[0] / values[1]
    near = 100 - (threshold or Decimal(0)) <= share < 100  # noqa: PLR2004 -- percent
    return Verdict(near, 1, "almost" if near else "above" if share >= 100 else "below")  # noqa: PLR2004


def _ranked(values: Values, threshold: Decimal | None) -> Verdict:
    """The first value's place among all, counted from the largest; holds up to the place in `threshold`."""
    place = 1 + sum(1 for v in values[1:] if v > values[0])
    return Verdict(threshold is None or place <= threshold, place, "ranked")


def _negated(test: Test) -> Test:
    """The test that holds where `test` does not; count and direction still describe what is so."""

    def judge(values: Values, threshold: Decimal | None) -> Verdict:
        found = test(values, threshold)
        return Verdict(not found.holds, found.count, found.direction)

    return judge


# name: (test, fewest values it needs)
_PLAIN: Mapping[str, tuple[Test, int]] = {
    "lowest": (lambda v, t: _extreme(v, t, low=True), 2),
    "highest": (lambda v, t: _extreme(v, t, low=False), 2),
    "above": (lambda v, t: _against(v, t, above=True), 1),
    "below": (lambda v, t: _against(v, t, above=False), 1),
    "rise": (lambda v, t: _sign(v, t, positive=True), 1),
    "fall": (lambda v, t: _sign(v, t, positive=False), 1),
    "narrowing": (lambda v, t: _gap(v, t, narrowing=True), 2),
    "widening": (lambda v, t: _gap(v, t, narrowing=False), 2),
    "almost": (_within, 2),
    "ranked": (_ranked, 2),
}
# `not_lowest` and its like say that an earlier edition's claim no longer holds.
TESTS: Mapping[str, tuple[Test, int]] = {
    **_PLAIN,
    **{f"not_{name}": (_negated(test), fewest) for name, (test, fewest) in _PLAIN.items()},
}


@dataclass(frozen=True)
class Claim:
    """A judging word or phrase: `test` on `args`, with its threshold and the facts it speaks of.

    `holds` is None where undecided; then nothing is printed.
    """

    id: str
    words: str
    test: str
    args: tuple[Expr, ...]
    facts: tuple[str, ...] = ()
    threshold: Decimal | None = None

    def __post_init__(self) -> None:
        if self.test not in TESTS:
            message = f"claim {self.id}: no test {self.test!r}; there are {', '.join(TESTS)}"
            raise DataError(message)
        if len(self.args) < self._fewest:
            message = f"claim {self.id}: {self.test!r} needs {self._fewest} values, not {len(self.args)}"
            raise DataError(message)

    @property
    def _fewest(self) -> int:
        """How many values the test needs: a comparison without a threshold needs another value."""
        return TESTS[self.test][1] + (self._plain in {"above", "below"} and self.threshold is None)

    @property
    def _plain(self) -> str:
        return self.test.removeprefix("not_")

    @property
    def holds(self) -> bool | None:
        """True, false, or None where the vintages at hand cannot decide."""
        return None if self._undecided else self.verdict.holds

    @property
    def count(self) -> int:
        """How many: of what, the test says."""
        return self.verdict.count

    @property
    def direction(self) -> str:
        """What is so, whether or not the claim holds."""
        return self.verdict.direction

    @cached_property
    def basis(self) -> Basis:
        """Mixed where it compares vintages; such a claim is printed with its mark and never ranks first."""
        return basis_of(self.observations())

    @cached_property
    def verdict(self) -> Verdict:
        """The test's finding on all the values."""
        return self._judge(self.args)

    @cached_property
    def _undecided(self) -> bool:
        published = tuple(arg for arg in self.args if not _backfilled(arg))
        if len(published) == len(self.args):
            return False
        if not published:
            return self.basis is Basis.MIXED
        subject = -1 if self._plain in {"narrowing", "widening"} else 0  # a run is told of its last value
        if published[subject] is not self.args[subject]:
            return True
        try:
            return self._judge(published).holds != self.verdict.holds
        except DataError:
            return True

    def _judge(self, args: Sequence[Expr]) -> Verdict:
        test, _ = TESTS[self.test]
        if len(args) < self._fewest:
            message = f"claim {self.id}: too few published values to judge"
            raise DataError(message)
        for arg in args[1:]:
            args[0].measure.plus(arg.measure)  # only like is compared with like
        return test([arg.value for arg in args], self.threshold)

    def observations(self) -> Iterable[Observation]:
        """Every observation it rests on."""
        return (seen for arg in self.args for seen in arg.observations())

    def to_json(self) -> dict[str, Any]:
        """Its row in `facts.json`."""
        return {
            "id": self.id,
            "words": self.words,
            "holds": self.holds,
            "count": self.count,
            "direction": self.direction,
            "threshold": None if self.threshold is None else float(self.threshold),
            "facts": list(self.facts),
            "basis": self.basis.value,
            "test": self.test,
            "args": [arg.to_json() for arg in self.args],
        }


def read_claim(row: Mapping[str, Any], observations: Mapping[str, Observation]) -> Claim:
    """Rebuild a claim from `to_json`'s form, to be judged afresh."""
    args = tuple(read(arg, observations) for arg in row["args"])
    threshold = None if row["threshold"] is None else Decimal(str(row["threshold"]))
    return Claim(row["id"], row["words"], row["test"], args, tuple(row["facts"]), threshold)


def _backfilled(arg: Expr) -> bool:
    return any(seen.basis is Basis.BACKFILLED for seen in arg.observations())
