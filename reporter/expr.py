"""The expression tree of a fact: evaluate it, render it as a formula, store it and read it back.

A tree's leaves are observations, its nodes the operations of `OPERATIONS`; there are no constants, so no
number enters a figure that was not published. Every node knows its value (exact decimals in the base unit
of its kind: dollars, percent), its step (what the value is known to) and its measure.

Precision follows the rules of measured numbers: sums and differences bear the coarsest decimal of their
inputs, quotients the fewest significant digits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import cached_property, reduce
from itertools import pairwise
from reprlib import repr as brief
from typing import Any

from reporter.errors import DataError, FrequencyMismatch
from reporter.model.observations import Basis, Observation
from reporter.model.periods import Frequency
from reporter.model.units import Kind, Measure, Nature

# Decimal128's precision: enough for any published figure, and fixed so that values are equal everywhere.
_EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
_PER_YEAR = {Frequency.QUARTER: 4, Frequency.MONTH: 12, Frequency.YEAR: 1}
_DEEPEST = 64  # levels of a stored tree; a section's trees have a handful


class Expr(ABC):
    """A quantity: arithmetic on it makes larger trees, and refuses to mix what does not go together."""

    @property
    @abstractmethod
    def value(self) -> Decimal:
        """In the base unit of the kind, unrounded."""

    @property
    @abstractmethod
    def step(self) -> Decimal:
        """The smallest difference the value bears, in the same unit."""

    @property
    @abstractmethod
    def measure(self) -> Measure:
        """What the value measures."""

    @abstractmethod
    def observations(self) -> Iterator[Observation]:
        """Every observation it reads, in order, repeats included."""

    @abstractmethod
    def formula(self) -> str:
        """The tree as a reader would write it."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """The tree with observations referred to by id; `read` is its inverse."""

    def __add__(self, other: Expr) -> Expr:
        return Apply("add", (self, other))

    def __sub__(self, other: Expr) -> Expr:
        return Apply("sub", (self, other))

    def __neg__(self) -> Expr:
        return Apply("neg", (self,))

    def __abs__(self) -> Expr:
        return Apply("abs", (self,))

    @cached_property
    def basis(self) -> Basis:
        """Published, backfilled, or mixed: see `basis_of`."""
        return basis_of(self.observations())


@dataclass(frozen=True)
class Read(Expr):
    """A leaf: one observation."""

    observation: Observation

    @property
    def value(self) -> Decimal:
        """The published value."""
        return self.observation.value

    @property
    def step(self) -> Decimal:
        """What it was published to."""
        return self.observation.step

    @property
    def measure(self) -> Measure:
        """The series' measure."""
        return self.observation.series.measure

    def observations(self) -> Iterator[Observation]:
        """Itself."""
        yield self.observation

    def formula(self) -> str:
        """`IIPUSNETIQ[2026Q2]`."""
        return f"{self.observation.series.code}[{self.observation.period}]"

    def to_json(self) -> dict[str, Any]:
        """`{"obs": id}`."""
        return {"obs": self.observation.id}


@dataclass(frozen=True)
class Apply(Expr):
    """A node: an operation on one or more trees. Building it raises UnitMismatch where units do not fit."""

    op: str
    args: tuple[Expr, ...]

    def __post_init__(self) -> None:
        known = OPERATIONS.get(self.op)
        if known is None or not self.args or (known.arity and len(self.args) != known.arity):
            message = f"no operation {self.op!r} of {len(self.args)} arguments"
            raise DataError(message)
        _ = self.measure

    @cached_property
    def value(self) -> Decimal:
        """The operation applied to the arguments' values."""
        values = [arg.value for arg in self.args]
        with localcontext(_EXACT):
            try:
                return OPERATIONS[self.op].value(values, self.measure)
            except ArithmeticError as error:  # nought by nought is no ZeroDivisionError to `decimal`
                message = f"no such quotient: {self.formula()}"
                raise DataError(message) from error

    @cached_property
    def step(self) -> Decimal:
        """The coarsest decimal, or the fewest significant digits, of the arguments."""
        if not OPERATIONS[self.op].significant:
            return max(arg.step for arg in self.args)
        if not self.value:  # nought has no digits to count: it bears what its numerator's last place comes to
            first, *rest = self.args
            with localcontext(_EXACT):
                bears = OPERATIONS[self.op].value([first.step, *(arg.value for arg in rest)], self.measure)
            return Decimal(1).scaleb(bears.adjusted())
        digits = min(max(arg.value.adjusted() - arg.step.adjusted() + 1, 1) for arg in self.args)
        return Decimal(1).scaleb(self.value.adjusted() - digits + 1)

    @cached_property
    def measure(self) -> Measure:
        """By the operation's rule; raise UnitMismatch or FrequencyMismatch."""
        return OPERATIONS[self.op].measure([arg.measure for arg in self.args])

    def observations(self) -> Iterator[Observation]:
        """Every leaf's, left to right."""
        for arg in self.args:
            yield from arg.observations()

    def formula(self) -> str:
        """With the operation's sign; runs of one series are folded to their ends."""
        return OPERATIONS[self.op].show(self.args)

    def to_json(self) -> dict[str, Any]:
        """`{"op": name, "args": […]}`."""
        return {"op": self.op, "args": [arg.to_json() for arg in self.args]}


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation does to values, to measures and on paper; arity 0 takes any number of arguments."""

    arity: int
    value: Callable[[Sequence[Decimal], Measure], Decimal]
    measure: Callable[[Sequence[Measure]], Measure]
    show: Callable[[Sequence[Expr]], str]
    significant: bool = False


def read(stored: object, observations: Mapping[str, Observation], depth: int = _DEEPEST) -> Expr:
    """Rebuild a tree from `to_json`'s form; raise DataError on anything else. Nothing is ever `eval`ed."""
    match stored:
        case {"obs": str(key)} if key in observations:
            return Read(observations[key])
        case {"obs": key}:
            message = f"an expression refers to an observation that is not there: {brief(key)}"
        case {"op": str(op), "args": list(args)} if depth:
            return Apply(op, tuple(read(arg, observations, depth - 1) for arg in args))
        case {"op": str(_), "args": list(_)}:
            message = f"an expression is nested more than {_DEEPEST} deep"
        case _:
            message = f"not an expression: {brief(stored)}"
    raise DataError(message)


def basis_of(observations: Iterable[Observation]) -> Basis:
    """Mixed where one series is read from two vintages, or where published and backfilled meet."""
    paths: dict[str, set[tuple[str, object]]] = {}
    bases = set()
    for seen in observations:
        paths.setdefault(seen.series.id, set()).add(seen.coherence)
        bases.add(seen.basis)
    if len(bases) > 1 or any(len(held) > 1 for held in paths.values()):
        return Basis.MIXED
    return bases.pop() if bases else Basis.PUBLISHED


def total(args: Iterable[Expr]) -> Expr:
    """The sum of any number of quantities."""
    return Apply("sum", tuple(args))


def mean(args: Iterable[Expr]) -> Expr:
    """The mean of any number of quantities."""
    return Apply("mean", tuple(args))


def percent(part: Expr, whole: Expr) -> Expr:
    """`100 × part ÷ whole`, in percent."""
    return Apply("percent", (part, whole))


def ratio(part: Expr, whole: Expr) -> Expr:
    """`part ÷ whole`."""
    return Apply("ratio", (part, whole))


def annualised(flow: Expr) -> Expr:
    """A quarter's flow times four, a month's times twelve."""
    return Apply("annualise", (flow,))


def _same(measures: Sequence[Measure]) -> Measure:
    return reduce(Measure.plus, measures)


def _annual(measures: Sequence[Measure]) -> Measure:
    (measure,) = measures
    if measure.nature is not Nature.FLOW or measure.annualised or measure.frequency not in _PER_YEAR:
        message = f"only a quarter's or a month's flow can be annualised, not {measure}"
        raise FrequencyMismatch(message)
    return replace(measure, annualised=True)


def _runs(args: Sequence[Expr], sign: str) -> str:
    """`sign(a; b; c)`; a run of one series without a gap is folded to `sign series[first…last]`."""
    held = [arg.observation for arg in args if isinstance(arg, Read)]
    if len(args) == len(held) > 2 and all(_follows(a, b) for a, b in pairwise(held)):  # noqa: PLR2004 -- two read better in full
        return f"{sign} {held[0].series.code}[{held[0].period}…{held[-1].period}]"
    return f"{sign}(" + "; ".join(arg.formula() for arg in args) + ")"


def _follows(a: Observation, b: Observation) -> bool:
    """Whether `b` is the period after `a`, or a later day: markets rest."""
    gap = b.period.ordinal - a.period.ordinal
    return a.series.id == b.series.id and (gap == 1 or (gap > 0 and b.period.frequency is Frequency.DAY))


def _wrapped(arg: Expr) -> str:
    deep = isinstance(arg, Apply) and arg.op in {"add", "sub", "less", "percent", "ratio", "neg", "annualise"}
    return f"({arg.formula()})" if deep else arg.formula()


def _infix(sign: str, lead: str = "") -> Callable[[Sequence[Expr]], str]:
    return lambda args: lead + f" {sign} ".join(_wrapped(arg) for arg in args)


OPERATIONS: Mapping[str, Operation] = {
    "add": Operation(2, lambda v, _: v[0] + v[1], _same, _infix("+")),
    "sub": Operation(2, lambda v, _: v[0] - v[1], lambda m: m[0].minus(m[1]), _infix("−")),
    # A whole without some of its parts, all at one time: of a stock a stock is left; a difference in time is a flow.
    "less": Operation(0, lambda v, _: v[0] - sum(v[1:], Decimal(0)), _same, _infix("−")),
    "neg": Operation(1, lambda v, _: -v[0], _same, lambda args: f"−{_wrapped(args[0])}"),
    "abs": Operation(1, lambda v, _: abs(v[0]), _same, lambda args: f"|{args[0].formula()}|"),
    "sum": Operation(0, lambda v, _: sum(v, Decimal(0)), _same, lambda args: _runs(args, "Σ")),
    "mean": Operation(0, lambda v, _: sum(v, Decimal(0)) / len(v), _same, lambda args: _runs(args, "mean")),
    "min": Operation(0, lambda v, _: min(v), _same, lambda args: _runs(args, "min")),
    "max": Operation(0, lambda v, _: max(v), _same, lambda args: _runs(args, "max")),
    "percent": Operation(
        2,
        lambda v, _: 100 * v[0] / v[1],
        lambda m: m[0].over(m[1], Kind.PERCENT),
        _infix("÷", "100 × "),
        significant=True,
    ),
    "ratio": Operation(
        2, lambda v, _: v[0] / v[1], lambda m: m[0].over(m[1], Kind.RATIO), _infix("÷"), significant=True
    ),
    "annualise": Operation(
        1,
        lambda v, m: v[0] * _PER_YEAR[m.frequency],
        _annual,
        lambda args: f"{_PER_YEAR[args[0].measure.frequency]} × {_wrapped(args[0])}",
        significant=True,
    ),
}
