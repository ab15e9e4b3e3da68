"""Two editions set side by side: claims added, dropped and flipped; facts moved by news or by revision.

Only their own records are read. What B knows is what its facts and claims rest on, so a figure of A that B no longer
uses at all is dropped, not compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from reporter.claims import Claim
from reporter.compare import Change, Earlier, Lapsed, Moved, is_own, lapsed, moves
from reporter.errors import ConfigError
from reporter.facts import Fact, Said
from reporter.model.observations import Observation
from reporter.model.periods import Period
from reporter.proof import verify
from reporter.record import Record, read_record
from reporter.rounding import USUAL


@dataclass(frozen=True)
class Flip:
    """A claim of both editions whose answer is another one; an answer is None where it was undecided."""

    then: Claim
    now: Claim


@dataclass(frozen=True)
class Difference:
    """What is different in B; `lapsed` are the words of A that B's figures no longer bear."""

    before: Record
    after: Record
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    flipped: tuple[Flip, ...]
    moved: tuple[Moved, ...]
    lapsed: tuple[Lapsed, ...]
    facts_added: tuple[str, ...]
    facts_dropped: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether the two say the same."""
        parts = (self.added, self.dropped, self.flipped, self.moved, self.lapsed, self.facts_added, self.facts_dropped)
        return not any(parts)

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        return {
            "before": {"briefing": self.before.briefing, "as_of": self.before.as_of.isoformat()},
            "after": {"briefing": self.after.briefing, "as_of": self.after.as_of.isoformat()},
            "claims": {
                "added": list(self.added),
                "dropped": list(self.dropped),
                "flipped": [{"id": f.now.id, "then": f.then.holds, "now": f.now.holds} for f in self.flipped],
            },
            "facts": {
                "added": list(self.facts_added),
                "dropped": list(self.facts_dropped),
                "moved": [_moved(move) for move in self.moved],
            },
            "lapsed": [
                {"id": ended.then.id, "words": ended.then.words, "by": str(ended.kind)} for ended in self.lapsed
            ],
        }


@dataclass(frozen=True)
class _Line:
    """One series as a record knows it: looked up by period, the last vintage where there are several."""

    held: Mapping[Period, Observation]

    def get(self, period: Period) -> Observation | None:
        return self.held.get(period)


@dataclass(frozen=True)
class _Known:
    """All that a record rests on, looked up as in a snapshot."""

    record: Record

    @cached_property
    def series(self) -> Mapping[str, _Line]:
        held: dict[str, dict[Period, Observation]] = {}
        for seen in sorted(_observations(self.record), key=lambda seen: seen.vintage.known_on):
            held.setdefault(seen.series.id, {})[seen.period] = seen
        return {key: _Line(line) for key, line in held.items()}


def read(target: Path) -> Record:
    """The record of an edition: its folder, its facts.json, its page or its PDF. Raise ConfigError where there is none.

    A PDF is read as `verify` reads it, in a process of its own.
    """
    return read_record(verify.facts_of(target), str(target))


def between(before: Record, after: Record) -> Difference:
    """The difference of B (`after`) from A (`before`); raise ConfigError where they are of two briefings."""
    if before.briefing != after.briefing:
        message = f"editions of two briefings: {before.briefing!r} and {after.briefing!r}"
        raise ConfigError(message)
    known = _Known(after)
    earlier = Earlier(
        hashlib.sha256(str(before.as_of).encode()).hexdigest()[:16], before.as_of, before.facts, before.claims
    )
    both = sorted(_own(before.claims) & _own(after.claims))
    flips = (Flip(before.claims[key], after.claims[key]) for key in both)
    return Difference(
        before,
        after,
        tuple(sorted(_own(after.claims) - _own(before.claims))),
        tuple(sorted(_own(before.claims) - _own(after.claims))),
        tuple(flip for flip in flips if flip.then.holds is not flip.now.holds),
        moves(earlier, after.facts, known),
        lapsed(earlier, after.claims, known),
        tuple(sorted(_own(after.facts) - _own(before.facts))),
        tuple(sorted(_own(before.facts) - _own(after.facts))),
    )


def change_of(move: Moved) -> str:
    """How far a fact moved, with its sign; empty where vintages forbid a difference."""
    if move.change is None:
        return ""
    return Said(Fact(move.id, move.now.label, move.change, move.now.span), USUAL.but(sign="signed")).text


def is_news(move: Moved) -> bool:
    """Whether its period advanced."""
    return move.kind is Change.NEWS


def _moved(move: Moved) -> dict[str, Any]:
    return {
        "id": move.id,
        "by": str(move.kind),
        "then": {"period": str(move.printed.span), "text": move.printed.text, "value": float(move.printed.value)},
        "now": {"period": str(move.now.span), "text": move.now.text, "value": float(move.now.value)},
        "change": None if move.change is None else float(move.change.value),
    }


def _own(held: Iterable[str]) -> set[str]:
    """What sections say; a comparison's own facts and claims are left out."""
    return {key for key in held if not is_own(key)}


def _observations(record: Record) -> Iterable[Observation]:
    for fact in record.facts.values():
        yield from fact.expr.observations()
    for claim in record.claims.values():
        yield from claim.observations()
