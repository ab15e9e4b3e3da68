"""Ranking takeaways by a score that can be read: unusual, large, persistent, sure.

Each part lies between nought and one:

- unusual: the share of past moves of the same length, from one vintage, that were smaller;
- large: the leading figure's size on a logarithmic scale, from a billion dollars to ten trillion; a share
  of GDP or of a total by its distance from nought to one hundred;
- persistent: how long the claimed direction has lasted, four periods counting fully;
- sure: the move against a usual revision of it.

A candidate that is stale or mixed never ranks first; at most two come from one section, at most
five are printed, and none that scores below the bar.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reporter.findings import Candidate
from reporter.model.observations import Basis
from reporter.model.units import Kind

MOST, MOST_A_SECTION, BAR = 5, 2, 0.25
WEIGHTS = {"unusual": 0.4, "large": 0.3, "persistent": 0.15, "sure": 0.15}
_FULL_RUN = 4


@dataclass(frozen=True, slots=True)
class Score:
    """A candidate's score, its parts, and what keeps it from the first place or the list."""

    section: str
    candidate: Candidate
    parts: tuple[tuple[str, float], ...]
    caveats: tuple[str, ...]
    outcome: str = ""

    @property
    def total(self) -> float:
        """The weighted sum of the parts."""
        return sum(WEIGHTS[name] * part for name, part in self.parts)

    def to_json(self) -> dict[str, object]:
        """For `--json` and `explain`."""
        return {
            "key": self.candidate.key,
            "section": self.section,
            "score": round(self.total, 4),
            "parts": {name: round(part, 4) for name, part in self.parts},
            "caveats": list(self.caveats),
            "outcome": self.outcome,
        }


def rank(offered: Iterable[tuple[str, Candidate]]) -> tuple[Score, ...]:
    """Every candidate, the printed ones first in their order, each with its outcome."""
    scores = sorted((_score(section, c) for section, c in offered), key=lambda s: (-s.total, s.candidate.key))
    first = next((s for s in scores if not s.caveats), None)
    queue = ([first] if first else []) + [s for s in scores if s is not first]
    printed: list[Score] = []
    passed: list[Score] = []
    taken: Counter[str] = Counter()
    for score in queue:
        reason = _why_not(score, len(printed), taken[score.section])
        (passed if reason else printed).append(_with(score, reason or f"place {len(printed) + 1}"))
        taken[score.section] += not reason
    return (*printed, *passed)


def _why_not(score: Score, printed: int, of_section: int) -> str:
    if score.caveats and not printed:
        return "not fit for the first place: " + ", ".join(score.caveats)
    if score.total < BAR:
        return f"below the bar of {BAR}"
    if of_section >= MOST_A_SECTION:
        return "its section has two already"
    return "the list is full" if printed >= MOST else ""


def _with(score: Score, outcome: str) -> Score:
    return Score(score.section, score.candidate, score.parts, score.caveats, outcome)


def _score(section: str, candidate: Candidate) -> Score:
    parts = (
        ("unusual", _unusual(candidate)),
        ("large", _large(candidate)),
        ("persistent", _persistent(candidate)),
        ("sure", _sure(candidate)),
    )
    return Score(section, candidate, parts, tuple(_caveats(candidate)))


def _unusual(candidate: Candidate) -> float:
    if candidate.change is None or not candidate.past:
        return 0.0
    size = abs(candidate.change.value)
    return sum(1 for past in candidate.past if abs(past.value) < size) / len(candidate.past)


def _large(candidate: Candidate) -> float:
    if not candidate.facts:
        return 0.0
    lead = candidate.facts[0]
    size = abs(float(lead.value))
    if lead.kind is Kind.USD:
        return _bounded(math.log10(max(size, 1.0) / 1e9) / 4)
    return _bounded(size / 100)


def _persistent(candidate: Candidate) -> float:
    runs = [c.count for c in candidate.claims if c.holds and c.test in {"narrowing", "widening"}]
    records = [1.0 for c in candidate.claims if c.holds and c.test in {"lowest", "highest"}]
    return max([_bounded(run / _FULL_RUN) for run in runs] + records, default=0.0)


def _sure(candidate: Candidate) -> float:
    if candidate.change is None:
        return 0.0
    size, noise = abs(float(candidate.change.value)), float(candidate.noise or 0)
    return size / (size + noise) if size else 0.0


def _caveats(candidate: Candidate) -> Sequence[str]:
    bases = {fact.basis for fact in candidate.facts} | {claim.basis for claim in candidate.claims}
    stale = any(fact.stale for fact in candidate.facts)
    return ["stale"] * stale + ["mixed"] * (Basis.MIXED in bases)


def _bounded(value: float) -> float:
    return min(max(value, 0.0), 1.0)
