"""What changed between an earlier set of facts and today's: news told apart from revisions.

News: a fact's period has advanced. What it changed by is told within today's vintages: the earlier fact's
expression is evaluated anew on today's observations of the same series and periods, and that is what today's
figure is set against. Revision: a period that was known has another value now; it is the only place where
values of two vintages are set side by side, and it is never called news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from reporter.claims import Claim
from reporter.errors import DataError
from reporter.expr import Apply, Expr, Read
from reporter.facts import Fact, Said
from reporter.model.observations import Basis, Observation
from reporter.model.periods import Period, Span, Window
from reporter.rounding import rounded

# What a comparison itself adds to an edition, and what the list of earlier editions adds; neither is compared.
PREFIX, SHELF = "since", "more"


class Line(Protocol):
    """One series as known on a day."""

    def get(self, period: Period) -> Observation | None:
        """What was known of a period."""


class Known(Protocol):
    """What was known on a day: a snapshot, or all that an edition rests on."""

    @property
    def series(self) -> Mapping[str, Line]:
        """By id."""


class Change(StrEnum):
    """Why a figure is another one today."""

    NEWS = "news"  # its period advanced
    REVISION = "revision"  # the same period has another value


@dataclass(frozen=True)
class Shelved:
    """An earlier edition on the shelf: its headline, the first figure of it as printed, and its claims."""

    as_of: date
    headline: str
    lead: Said | None
    claims: Mapping[str, Claim]
    href: str


@dataclass(frozen=True)
class Earlier:
    """What was known, or printed, on an earlier day.

    `id` is a hash of it and goes into the snapshot's id. `printed` are the ids of facts that an edition put
    before its readers; where it is None there was no edition, and the facts are those of the day. `shelf`
    holds the last editions before today's, newest first.
    """

    id: str
    as_of: date
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    printed: frozenset[str] | None = None
    shelf: tuple[Shelved, ...] = ()

    @property
    def is_edition(self) -> bool:
        """Whether readers saw it."""
        return self.printed is not None


@dataclass(frozen=True)
class Moved:
    """A fact that is another one today.

    `printed` is as known then. `before` is what `now` may be set against: for news the earlier period in
    today's vintages, for a revision `printed`. `change` is their difference, None where vintages forbid it.
    """

    kind: Change
    printed: Fact
    before: Fact
    now: Fact
    change: Expr | None

    @property
    def id(self) -> str:
        """The fact's."""
        return self.printed.id

    @property
    def size(self) -> Decimal:
        """How far it moved, without sign, in the base unit of its kind."""
        return abs(self.change.value) if self.change else Decimal(0)


@dataclass(frozen=True)
class Lapsed:
    """A claim that held then and does not now: `now` says so and holds.

    A revision took it back for the period it was said of; news means that newer figures do not bear it.
    """

    kind: Change
    then: Claim
    now: Claim


def restated(expr: Expr, snapshot: Known) -> Expr | None:
    """The same tree on today's observations of its series and periods; None where one is not at hand."""

    def today(seen: Observation) -> Observation | None:
        series = snapshot.series.get(seen.series.id)
        return series.get(seen.period) if series else None

    return _rebuilt(expr, today)


def kept(expr: Expr, snapshot: Known) -> Expr:
    """The same tree and values; a value that today's snapshot reads from the same payload is that observation.

    So an observation that an earlier day had to backfill does not stand twice, with two bases, in one edition.
    """

    def same(seen: Observation) -> Observation:
        series = snapshot.series.get(seen.series.id)
        found = series.get(seen.period) if series else None
        return found if found and found.id == seen.id else seen

    return _rebuilt(expr, same) or expr


def is_torn(was: Basis, now: Basis) -> bool:
    """Whether what stood in one vintage would now be read from several.

    Where one figure of a difference has been revised and the revision of the other is not at hand, the difference
    between the two is no revision of the difference.
    """
    return now is Basis.MIXED and was is not Basis.MIXED


def differs(was: Expr, now: Expr) -> bool:
    """Whether values differ at the coarser of what they are known to: a finer print of one value does not."""
    places = -max(was.step, now.step).adjusted()
    return rounded(was.value, places) != rounded(now.value, places)


def moves(earlier: Earlier, facts: Mapping[str, Fact], snapshot: Known) -> tuple[Moved, ...]:
    """Every fact of both days that moved: dollars before other kinds, the largest change first."""
    found = (move for key, was in _compared(earlier) if key in facts for move in _moves(was, facts[key], snapshot))
    return tuple(sorted(found, key=lambda move: (str(move.now.kind) != "usd", -move.size, len(move.id), move.id)))


def lapsed(earlier: Earlier, claims: Mapping[str, Claim], snapshot: Known) -> tuple[Lapsed, ...]:
    """The claims that held then and no longer do, those that were revised away first."""
    held = [claim for key, claim in sorted(earlier.claims.items()) if claim.holds and not is_own(key)]
    found = [ended for claim in held if (ended := taken_back(claim, snapshot) or _overtaken(claim, claims))]
    return tuple(sorted(found, key=lambda ended: (ended.kind is Change.NEWS, ended.then.id)))


def _compared(earlier: Earlier) -> Iterator[tuple[str, Fact]]:
    """What readers saw, or everything there was to see."""
    for key, fact in sorted(earlier.facts.items()):
        if not is_own(key) and (earlier.printed is None or key in earlier.printed):
            yield key, fact


def is_own(key: str) -> bool:
    """Whether a name belongs to a comparison, or to the list of earlier editions, and not to a section."""
    return key.partition(".")[0] in {PREFIX, SHELF}


def _moves(was: Fact, now: Fact, snapshot: Known) -> Iterator[Moved]:
    printed = replace(was, expr=kept(was.expr, snapshot))
    again = restated(was.expr, snapshot)
    if now.span == was.span:
        again = now.expr
    elif _last(now.span).end > _last(was.span).end:
        like = _like(was, now, again, snapshot)
        before = replace(was, expr=like or again or printed.expr)
        yield Moved(Change.NEWS, printed, before, now, _grown(now.expr, like))
    if again is not None and not is_torn(was.basis, again.basis) and differs(was.expr, again):
        revised = replace(was, expr=again, stale=False)
        yield Moved(Change.REVISION, printed, printed, revised, _difference(again, printed.expr))


def _difference(now: Expr, before: Expr) -> Expr | None:
    """None where the two do not measure the same: a fact's definition has changed between the days."""
    try:
        return now - before
    except DataError:
        return None


def _grown(now: Expr, like: Expr | None) -> Expr | None:
    """News in one vintage; two vintages are never differenced as if that were news."""
    change = _difference(now, like) if like else None
    return change if change and change.basis is not Basis.MIXED else None


def _like(was: Fact, now: Fact, again: Expr | None, snapshot: Known) -> Expr | None:
    """What today's figure was for the earlier period: the earlier expression, or today's moved back in time.

    The latter where a fact is read from another series now than then: a newer table that reaches further.
    """
    if again is not None and _series(again) == _series(now.expr):
        return again
    end, start = _last(now.span), _last(was.span)
    if end.frequency is not start.frequency:
        return None
    count = end.since(start)

    def back(seen: Observation) -> Observation | None:
        same = seen.period.frequency is end.frequency
        return snapshot.series[seen.series.id].get(seen.period - count) if same else None

    return _rebuilt(now.expr, back)


def _series(expr: Expr) -> frozenset[str]:
    return frozenset(seen.series.id for seen in expr.observations())


def _last(span: Span) -> Period:
    return span.last if isinstance(span, Window) else span


def taken_back(claim: Claim, snapshot: Known) -> Lapsed | None:
    """A claim that today's figures of the very periods it was judged on do not bear out."""
    args = [restated(arg, snapshot) for arg in claim.args]
    again = tuple(arg for arg in args if arg is not None)
    ended = _ended(Change.REVISION, claim, again) if len(again) == len(args) else None
    return None if ended and is_torn(claim.basis, ended.now.basis) else ended


def _overtaken(claim: Claim, claims: Mapping[str, Claim]) -> Lapsed | None:
    """The claim as it is judged today. That a figure rose then and fell now is no claim withdrawn."""
    today = claims.get(claim.id)
    if today is None or claim.test in {"rise", "fall"}:
        return None
    return _ended(Change.NEWS, claim, today.args)


def _ended(kind: Change, claim: Claim, args: Iterable[Expr]) -> Lapsed | None:
    name, words = f"{PREFIX}.{claim.id}.lapsed", f"no longer {claim.words}"
    now = Claim(name, words, f"not_{claim.test}", tuple(args), claim.facts, claim.threshold)
    return Lapsed(kind, claim, now) if now.holds else None


def _rebuilt(expr: Expr, look: Callable[[Observation], Observation | None]) -> Expr | None:
    """The tree with each leaf looked up; None where one is not found."""
    if isinstance(expr, Read):
        found = look(expr.observation)
        return None if found is None else Read(found)
    if not isinstance(expr, Apply):
        message = f"not an expression that can be rebuilt: {type(expr).__name__}"
        raise DataError(message)
    args = [_rebuilt(arg, look) for arg in expr.args]
    made = tuple(arg for arg in args if arg is not None)
    return Apply(expr.op, made) if len(made) == len(args) else None
