"""What an edition lacks: groups of series of which a release is out, and why it is not at hand.

Judged on the facts that sections found, by the day their next release was due and by how the publisher answered when
last asked; so an edition says itself what a reader could otherwise only guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from reporter import freshness
from reporter.facts import Fact
from reporter.freshness import Standing
from reporter.model.periods import Frequency, Period
from reporter.model.series import Series, Snapshot
from reporter.model.standing import NEVER, Asked, State
from reporter.schedule import TITLES
from reporter.tree import NameLeaf

Ask = Callable[[str], Asked]
"""How the publisher of a series was asked last, up to the snapshot's day."""


def nobody(_: str) -> Asked:
    """For a snapshot of what ships with the package: nobody was ever asked."""
    return NEVER


@dataclass(frozen=True, slots=True)
class Late:
    """A release as a template names it: its figures reach to `last`, the next were `due`; days are periods.

    `asked` is the last day the publisher was asked, None where that was before the release was due, or never;
    `unreachable` says that no answer came.
    """

    title: NameLeaf
    last: Period
    due: Period
    asked: Period | None
    unreachable: bool


def of_facts(facts: Iterable[Fact], snapshot: Snapshot, ask: Ask) -> tuple[Late, ...]:
    """The releases that these facts lack, one for all series that come out together and end alike."""
    found: dict[tuple[str, Period], Late] = {}
    for one in _standings(facts, snapshot, ask):
        group = snapshot[one.series].info.release
        if one.last and one.next_release:
            found.setdefault((group, one.last), _late(TITLES.get(group, group), one.last, one.next_release, one))
    return tuple(found.values())


def _standings(facts: Iterable[Fact], snapshot: Snapshot, ask: Ask) -> Iterator[Standing]:
    """A standing for each table or series that is late: areas drop out of a table, the furthest speaks for it."""
    seen = {seen.series.id for fact in facts if fact.stale for seen in fact.expr.observations()}
    tables: dict[str, list[Series]] = {}
    for key in sorted(seen & snapshot.series.keys()):
        tables.setdefault(_table(key), []).append(snapshot[key])
    furthest = (max(some, key=lambda series: series.last) for some in tables.values())
    yield from (freshness.standing(series, ask(series.info.id)) for series in furthest if series.stale)


def _table(key: str) -> str:
    return ":".join(key.split(":")[:2])


def _late(title: str, last: Period, due: date, one: Standing) -> Late:
    return Late(NameLeaf(title), last, _day(due), tried(one), one.state is State.UNREACHABLE)


def tried(one: Standing) -> Period | None:
    """The day the publisher was asked for what is missing; None where it has not been since that was due."""
    day = one.asked.tried_on
    return _day(day) if day and one.next_release and day >= one.next_release else None


def of_series(series: Series, ask: Ask) -> tuple[State, Period | None]:
    """The state of one series on the as-of card, and the day it was asked for in vain."""
    if not series.stale:
        return State.FRESH, None
    one = freshness.standing(series, ask(series.info.id))
    return one.state, tried(one)


def fingerprint(asked: Iterable[Late], card: Iterable[tuple[State, Period | None]]) -> tuple[str, ...]:
    """What of the asking an edition prints, as an input of its snapshot's id; none where nobody was asked in vain."""
    told = {f"{one.title.text} {one.last} {one.asked} {one.unreachable}" for one in asked if one.asked}
    told |= {f"{state} {day}" for state, day in card if day}
    return tuple(sorted(told))


def _day(day: date) -> Period:
    return Period.of(day, Frequency.DAY)
