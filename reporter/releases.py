"""The release calendar: when a period of a series is published, and so from when it may be known.

`data/release_dates.tsv` holds the dates that are known, transcribed from the releases and schedules
themselves; where it has no row a rule of the publisher's habit stands in. Rows matter: the shutdown of 2025 put off
a whole autumn. Business days are Monday to Friday; holidays are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources

from reporter.errors import DataError
from reporter.model.observations import SeriesInfo
from reporter.model.periods import Frequency, Period

_SATURDAY = 5
_WEEK = 7
_TIC_DAY, _TIC_MONTHS = 18, 2
_FIELDS = 4

# Days from the end of a period to its release.
# gdp: the third estimate. bulletin: the Treasury Bulletin lists foreign holdings about two issues late: on
# 10 October 2026 the first quarter of the year was the last one to be had.
_LAGS = {"gdp": 84, "iip": 90, "ita": 90, "trade": 36, "bulletin": 165}
# Days before and after the rule's within which an announced day is that of the release. The estimates of one quarter's
# GDP are about thirty days apart.
_REACH = {"gdp": (14, 14), "h15": (0, 5), "h10": (0, 5)}
_OWN = "+"  # parts the id of a series of one's own from its lag
GROUPS = frozenset({*_LAGS, "tic", "h15", "h10"})


def release_date(group: str, period: Period) -> date:
    """The day `period` is published; a year of a quarterly group comes with its last quarter.

    Raise DataError when there is no such group.
    """
    if _OWN in group:
        return _own(group, period)
    if group not in GROUPS:
        message = f"no release group {group!r} (there are {', '.join(sorted(GROUPS))})"
        raise DataError(message)
    if period.frequency is Frequency.YEAR:
        period = Period.of(period.end, Frequency.QUARTER)
    listed = _calendar().get((group, str(period)))
    return listed or _by_rule(group, period)


def next_due(group: str, last_period: Period) -> date:
    """The day the period after `last_period` is due; after a Friday comes a Monday."""
    return release_date(group, following(last_period))


def due(group: str, last_period: Period) -> tuple[date, bool]:
    """The same, and whether the publisher's own calendar says so, or a rule."""
    return next_due(group, last_period), is_scheduled(group, following(last_period))


def following(period: Period) -> Period:
    """The next period a series has: the day after a Friday is Monday."""
    after = period + 1
    while after.frequency is Frequency.DAY and after.start.weekday() >= _SATURDAY:
        after += 1
    return after


def is_scheduled(group: str, period: Period) -> bool:
    """Whether the day of a period's release is the publisher's own."""
    if period.frequency is Frequency.YEAR:
        period = Period.of(period.end, Frequency.QUARTER)
    return (group, str(period)) in _calendar()


@dataclass(frozen=True)
class Announced:
    """The calendar with the days that publishers have announced, by group and ascending: they stand before a rule.

    They name no period. A release belongs to the announced day next to where the rule has it; a daily or weekly one,
    which only a holiday moves, to the first one from there. What is transcribed with its period stands before both.
    """

    days: Mapping[str, tuple[date, ...]]

    @property
    def id(self) -> str:
        """What it is known by: the same days, the same id; empty where there are none."""
        told = "\n".join(f"{group} {day}" for group in sorted(self.days) for day in self.days[group])
        return f"calendar {sha256(told.encode()).hexdigest()[:16]}" if told else ""

    def release_date(self, group: str, period: Period) -> date:
        """The day `period` is published; raise DataError when there is no such group."""
        ruled = release_date(group, period)
        return ruled if is_scheduled(group, period) else self._near(group, ruled) or ruled

    def next_due(self, group: str, last_period: Period) -> date:
        """The day the period after `last_period` is due."""
        return self.release_date(group, following(last_period))

    def is_scheduled(self, group: str, period: Period) -> bool:
        """Whether the day of a period's release is the publisher's own."""
        return is_scheduled(group, period) or self._near(group, release_date(group, period)) is not None

    def _near(self, group: str, ruled: date) -> date | None:
        """The announced day that a release due by rule on `ruled` came out on; None where none is near."""
        before, after = _REACH.get(group, (0, 0))
        near = [day for day in self.days.get(group, ()) if -before <= (day - ruled).days <= after]
        return min(near, key=lambda day: abs(day - ruled), default=None)


def is_stale(info: SeriesInfo, last_period: Period, as_of: date) -> bool:
    """Whether the period after the last one at hand should have been published by `as_of`, that day included."""
    return next_due(info.release, last_period) <= as_of


def _by_rule(group: str, period: Period) -> date:
    match group:
        case "tic":
            month = Period.of(period.end, Frequency.MONTH) + _TIC_MONTHS
            return month.start.replace(day=_TIC_DAY)
        case "h15":
            return _next_business_day(period.end)
        case "h10":
            return _monday_after(period.end)
        case _:
            return period.end + timedelta(days=_LAGS[group])


def _own(group: str, period: Period) -> date:
    """Of a series of one's own, whose group ends in its lag in days: `csv:orders+20`, or `+never`."""
    lag = group.rpartition(_OWN)[2]
    return date.max if lag == "never" else period.end + timedelta(days=int(lag))


def _next_business_day(day: date) -> date:
    following = day + timedelta(days=1)
    while following.weekday() >= _SATURDAY:
        following += timedelta(days=1)
    return following


def _monday_after(day: date) -> date:
    """The Monday after the week (to Friday; a weekend belongs to the week before it) the day lies in."""
    return day + timedelta(days=_WEEK - day.weekday())


@cache
def _calendar() -> Mapping[tuple[str, str], date]:
    text = resources.files("reporter").joinpath("data/release_dates.tsv").read_text(encoding="utf-8")
    found: dict[tuple[str, str], date] = {}
    for at, line in enumerate(text.splitlines()[1:], 2):
        fields = line.split("\t")
        if len(fields) != _FIELDS:
            message = f"release_dates.tsv, line {at}: expected {_FIELDS} fields, got {len(fields)}"
            raise DataError(message)
        group, period, day, _ = fields
        found[group, str(Period.parse(period))] = date.fromisoformat(day)
    return found
