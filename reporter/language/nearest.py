"""Which fact a typed figure stands for: “$27.6 trillion” is `{{ niip.net | owed }}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reporter.facts import Fact, Said
from reporter.model.units import Kind
from reporter.rounding import USUAL, Style

MOST = 3  # facts that are named
_SCALES = {"trillion": 12, "tn": 12, "billion": 9, "bn": 9, "million": 6, "mn": 6}
_SHARES = {"%", "percent", "percentage"}
_FIGURE = re.compile(
    r"(?P<sign>[−+-]?)(?P<dollar>\$?)(?P<digits>\d[\d,]*(?:\.\d+)?)"
    r"[\s\u00a0\u202f]?(?P<unit>trillion|billion|million|tn|bn|mn|%|percentage|percent)?"
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure as somebody typed it; `unit` is a scale of dollars, a share, or nothing."""

    text: str
    number: Decimal
    is_signed: bool
    unit: str
    is_money: bool

    @property
    def places(self) -> int:
        """Decimals typed."""
        return -int(self.number.as_tuple().exponent)

    def differs_from(self, fact: Fact) -> Decimal | None:
        """How far a fact is from it, in units of its last digit; None where it is not that fact, rounded."""
        if not self._is_like(fact.kind):
            return None
        value = fact.value if self.is_signed else abs(fact.value)
        steps = (abs(value.scaleb(-power) - self.number).scaleb(self.places) for power in self._powers(fact.kind))
        nearest = min(steps)
        return nearest if nearest <= Decimal("0.5") else None

    def _is_like(self, kind: Kind) -> bool:
        if self.unit in _SHARES:
            return kind in {Kind.PERCENT, Kind.POINTS}
        return kind is Kind.USD or not (self.is_money or self.unit)

    def _powers(self, kind: Kind) -> tuple[int, ...]:
        if kind is not Kind.USD:
            return (0,)
        return (_SCALES[self.unit],) if self.unit in _SCALES else (0, 6, 9, 12)


def typed(text: str) -> Iterator[Typed]:
    """Every figure in a line of words."""
    for found in _FIGURE.finditer(text):
        sign = {"−": -1, "-": -1}.get(found["sign"], 1)
        number = sign * Decimal(found["digits"].replace(",", ""))
        yield Typed(found[0].strip(), number, bool(found["sign"]), found["unit"] or "", bool(found["dollar"]))


def candidates(figure: Typed, facts: Iterable[Fact]) -> tuple[str, ...]:
    """What a template would write for it: the facts with that value to the digits typed, shortest name first."""
    near = ((fact, figure.differs_from(fact)) for fact in facts)
    found = sorted((len(fact.id), fact.id, _written(figure, fact)) for fact, gap in near if gap is not None)
    return tuple(code for _, _, code in found[:MOST])


def advice(line: str, facts: Mapping[str, Fact]) -> str:
    """What to write in place of the figures of a line, for an error; empty where it has none in digits."""
    asked = [(figure, candidates(figure, facts.values())) for figure in typed(line)]
    return "; ".join(
        f"for {figure.text!r} did you mean {' or '.join(found)}?"
        if found
        else f"no fact of this edition is {figure.text!r}"
        for figure, found in asked
    )


def _written(figure: Typed, fact: Fact) -> str:
    filters, style = [fact.id], USUAL
    if fact.value < 0 and not figure.is_signed:
        filters, style = [*filters, "owed"], style.but(sign="none")
    if not _prints(figure, fact, style):
        filters.append(f"places({figure.places})")
    return "{{ " + " | ".join(filters) + " }}"


def _prints(figure: Typed, fact: Fact, style: Style) -> bool:
    return any(str(abs(one.number)) == str(abs(figure.number)) for one in typed(Said(fact, style).text))
