"""Figures on receipts: what bears a unit there is the value of a fact, an observation or a claim, and nothing else.

Receipts are written from facts and hold many bare numbers: days, hashes, counts. Those are not judged; an amount or a
share is, wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from reporter.claims import Claim
from reporter.facts import Fact
from reporter.rounding import rounded
from reporter.transcript import Passage
from reporter.tree import CountLeaf, Judged, walk

_AMOUNT = re.compile(r"[+−-]?(\$?)(\d[\d,]*(?:\.\d+)?)(tn|bn|mn|%)?")
_SCALES = {"tn": 12, "bn": 9, "mn": 6}
_AROUND = ".,;:()“”[]"


class Slips:
    """What the receipts of an edition may print."""

    def __init__(self, facts: Iterable[Fact], passages: Iterable[Passage]) -> None:
        self._values = frozenset(_values(facts, passages))
        self._shown: dict[tuple[int, int], frozenset[Decimal]] = {}

    def bear(self, token: str) -> bool:
        """Whether a token without a unit, or one whose amount is a value at that scale, rounded to its digits."""
        found = _AMOUNT.fullmatch(token.strip(_AROUND))
        if not found or not (found[1] or found[3]):
            return True
        digits = found[2].replace(",", "")
        if digits.replace(".", "").strip("0") in {"", "1"}:  # nought, that a value is held against; a step of rounding
            return True
        scale, decimals = _SCALES.get(found[3], 0), len(digits.partition(".")[2])
        # A figure known to ten billion ends in a nought that is not one of its digits.
        spare = 0 if decimals else len(digits) - len(digits.rstrip("0"))
        return any(Decimal(digits) in self._rounded(scale, decimals - more) for more in range(spare + 1))

    def _rounded(self, scale: int, places: int) -> frozenset[Decimal]:
        key = scale, places
        if key not in self._shown:
            self._shown[key] = frozenset(abs(rounded(value.scaleb(-scale), places)) for value in self._values)
        return self._shown[key]


def _values(facts: Iterable[Fact], passages: Iterable[Passage]) -> Iterator[Decimal]:
    for fact in facts:
        yield fact.value
        yield from (seen.value for seen in fact.expr.observations())
    for claim in _claims(passages):
        yield from (arg.value for arg in claim.args)
        yield from (seen.value for seen in claim.observations())
        if claim.threshold is not None:
            yield claim.threshold


def _claims(passages: Iterable[Passage]) -> Iterable[Claim]:
    nodes = (node for passage in passages for node in walk(passage.line))
    return {node.claim.id: node.claim for node in nodes if isinstance(node, Judged | CountLeaf)}.values()
