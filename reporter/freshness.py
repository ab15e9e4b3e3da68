"""How fresh what is at hand is, series by series.

Judged by the release calendar and by what the store remembers of asking, never by whether an answer came: a
publisher, or a cache before it, that goes on answering with an old file does not make its figures fresh. The
Treasury's files that were frozen in January 2023 and are still served are stale for that reason alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import partial

from reporter import catalogue, releases
from reporter.errors import MissingPeriod, MissingSeries
from reporter.model.observations import Layer
from reporter.model.periods import Period
from reporter.model.series import Series
from reporter.model.standing import NEVER, Asked, State
from reporter.store import Held, snapshot
from reporter.store.asked import asked


@dataclass(frozen=True, slots=True)
class Standing:
    """How one series stands on a day.

    `last` is its latest period, known since `known_on`; the next one comes out on `next_release`, by the publisher's
    calendar where `scheduled`, by rule else. `asked` is when the publisher was asked, and how that went. One that is
    `frozen` is history by the catalogue: stale it is, and nobody waits for more.
    """

    series: str
    title: str
    last: Period | None
    known_on: date | None
    next_release: date | None
    scheduled: bool
    state: State
    asked: Asked
    frozen: bool = False

    @property
    def late(self) -> bool:
        """Whether an edition lacks something of it that is out, or should be."""
        return self.state is not State.FRESH and not self.frozen

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "series": self.series,
            "title": self.title,
            "last": str(self.last) if self.last else None,
            "known_on": _iso(self.known_on),
            "next_release": _iso(self.next_release),
            "scheduled": self.scheduled,
            "state": self.state.value,
            "frozen": self.frozen,
            "read_on": _iso(self.asked.read_on),
            "tried_on": _iso(self.asked.tried_on),
            "fault": self.asked.fault,
        }

    def worth_asking(self, today: date) -> bool:
        """Whether a build should ask for it first: late, and not read today already."""
        return self.late and self.asked.read_on != today


def standing(series: Series, how: Asked) -> Standing:
    """How a series stands on its snapshot's day."""
    try:
        last = series.last
    except MissingPeriod:
        return Standing(series.info.id, series.info.title, None, None, None, False, _of_nothing(how), how)  # noqa: FBT003
    due = series.calendar.next_due(series.info.release, last)
    scheduled = series.calendar.is_scheduled(series.info.release, releases.following(last))
    state = _state(series, last, due, how)
    info, known_on = series.info, series[last].known_on
    return Standing(info.id, info.title, last, known_on, due, scheduled, state, how, info.frozen)


def _of_nothing(how: Asked) -> State:
    return State.UNREACHABLE if how.fault else State.DUE


def _state(series: Series, last: Period, due: date, how: Asked) -> State:
    if due > series.as_of:
        return State.FRESH
    if how.fault and how.tried_on and how.tried_on >= due:
        return State.UNREACHABLE
    missed = series.calendar.next_due(series.info.release, releases.following(last))
    # A release comes out in the course of its day: who asked on that day may have asked too early.
    looked = how.read_on is not None and how.read_on > due
    return State.STALE if looked or missed <= series.as_of else State.DUE


def of_needs(
    needs: Iterable[str],
    held: Mapping[str, tuple[Layer, ...]],
    connection: sqlite3.Connection | None,
    day: date,
) -> dict[str, tuple[Standing, ...]]:
    """By need, an id or a pattern, how each of its series stands; a need that nothing at hand meets has none."""
    found: dict[str, tuple[Standing, ...]] = {}
    for need in sorted(needs):
        keys = sorted(key for key in held if fnmatchcase(key, need)) if _is_pattern(need) else [need]
        found[need] = tuple(_standing(key, held, connection, day) for key in keys)
    return found


def asking(held: Mapping[str, tuple[Layer, ...]], day: date) -> Callable[[str], Asked]:
    """How the publisher of a series at hand was last asked, up to a day; never, where there is no store."""
    return partial(_asked, held, day)


def _asked(held: Mapping[str, tuple[Layer, ...]], day: date, series: str) -> Asked:
    return held.asked(series, day) if isinstance(held, Held) else NEVER


def lead(standings: Iterable[Standing]) -> Standing:
    """The one that speaks for a pattern's series: they come out together, and single areas drop out of a table."""
    return max(standings, key=lambda one: (one.last is not None, one.last.ordinal if one.last else 0))


def _standing(
    key: str, held: Mapping[str, tuple[Layer, ...]], connection: sqlite3.Connection | None, day: date
) -> Standing:
    how = asked(connection, key, day) if connection else NEVER
    try:
        return standing(snapshot(day, [key], held)[key], how)
    except MissingSeries:  # in the catalogue, never pulled
        info = catalogue.info(key)
        return Standing(key, info.title, None, None, None, False, _of_nothing(how), how)  # noqa: FBT003


def _is_pattern(need: str) -> bool:
    return any(mark in need for mark in "*?[")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
