"""Facts: values fit to print. A fact is its expression; everything else about it follows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from reporter.errors import ProofError
from reporter.expr import Expr
from reporter.model.observations import Basis
from reporter.model.periods import Span
from reporter.model.units import Kind
from reporter.rounding import USUAL, Style, written


@dataclass(frozen=True)
class Fact:
    """A value fit to print.

    `id` is dotted (`niip.net.change_year`), `label` says in words what it is, `span` the period or window
    it is about. `stale` is set where a later figure should be out and is not at hand.
    """

    id: str
    label: str
    expr: Expr
    span: Span
    stale: bool = False

    @property
    def value(self) -> Decimal:
        """Unrounded, in the base unit of its kind: dollars, percent, plain ratios."""
        return self.expr.value

    @property
    def step(self) -> Decimal:
        """What the value is known to, in the same unit."""
        return self.expr.step

    @property
    def kind(self) -> Kind:
        """What is counted."""
        return self.expr.measure.kind

    @property
    def basis(self) -> Basis:
        """Published, backfilled or mixed."""
        return self.expr.basis

    @cached_property
    def text(self) -> str:
        """The figure in the house's usual form."""
        return written(self.value, self.kind, self.step, USUAL)

    def to_json(self) -> dict[str, Any]:
        """Its row in `facts.json`."""
        return {
            "id": self.id,
            "label": self.label,
            "value": float(self.value),
            "unit": self.kind.value,
            "period": str(self.span),
            "text": self.text,
            "basis": self.basis.value,
            "precision": float(self.step),
            "stale": self.stale,
            "expr": self.expr.to_json(),
            "formula": self.expr.formula(),
        }


@dataclass(frozen=True, slots=True)
class Said:
    """A fact in a written form: what a template prints."""

    fact: Fact
    style: Style = USUAL

    @property
    def text(self) -> str:
        """The figure as printed."""
        return written(self.fact.value, self.fact.kind, self.fact.step, self.style)

    def unsigned(self, *, negative: bool) -> Said:
        """Without its sign, for words that carry it (“a net debt of”); raise ProofError where they would lie."""
        if (self.fact.value < 0) is not negative or not self.fact.value:
            sign = "negative" if negative else "positive"
            message = f"the words say {self.fact.id} is {sign}, but it is {self.fact.text}"
            raise ProofError(message)
        return Said(self.fact, self.style.but(sign="none"))
