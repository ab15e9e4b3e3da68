"""What comes out when: the releases ahead of a briefing, and the editions they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from reporter import catalogue, releases
from reporter.model.periods import Frequency, Period
from reporter.model.series import Calendar

# What a release group is called where people look for it.
TITLES: Mapping[str, str] = {
    "bulletin": "Treasury Bulletin, ownership of federal securities",
    "gdp": "Gross domestic product, third estimate",
    "h10": "Foreign exchange rates (H.10)",
    "h15": "Selected interest rates (H.15)",
    "iip": "International investment position",
    "ita": "International transactions",
    "tic": "Treasury International Capital",
    "trade": "International trade in goods and services",
}
_OCTETS = 75  # of a line of an iCalendar file (RFC 5545, section 3.1)


@dataclass(frozen=True, order=True, slots=True)
class Release:
    """A period of a group of series and the day it comes out, by the publisher's calendar where `scheduled`."""

    day: date
    group: str
    period: Period
    publisher: str
    scheduled: bool

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES.get(self.group, self.group.partition("+")[0])

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "day": self.day.isoformat(),
            "group": self.group,
            "title": self.title,
            "period": str(self.period),
            "publisher": self.publisher,
            "scheduled": self.scheduled,
        }


@dataclass(frozen=True, slots=True)
class Issue:
    """A day on which an edition of a briefing would have something new, and what."""

    briefing: str
    day: date
    releases: tuple[Release, ...]


def ahead(last: Mapping[str, Period], today: date, days: int, calendar: Calendar = releases) -> tuple[Release, ...]:
    """The releases of the next `days` days for series, given the last period at hand of each; overdue ones come first.

    Of what is published every business day only the next release is listed.
    """
    horizon = today + timedelta(days)
    furthest: dict[tuple[str, Frequency], tuple[Period, str]] = {}
    for key, period in last.items():
        entry = catalogue.info(key)
        kind = (entry.release, period.frequency)
        if kind not in furthest or period > furthest[kind][0]:
            furthest[kind] = (period, entry.publisher)
    every = (
        one
        for (group, _), (period, publisher) in furthest.items()
        for one in _after(group, period, publisher, horizon, calendar)
    )
    first: dict[tuple[str, date], Release] = {}
    for one in sorted(every):
        first.setdefault((one.group, one.day), one)  # a year comes out with its last quarter
    return tuple(sorted(first.values()))


def _after(group: str, last: Period, publisher: str, horizon: date, calendar: Calendar) -> Iterator[Release]:
    period = releases.following(last)
    while (day := calendar.release_date(group, period)) <= horizon:
        yield Release(day, group, period, publisher, calendar.is_scheduled(group, period))
        if period.frequency is Frequency.DAY:
            return
        period = releases.following(period)


def issues(briefing: str, coverage: Iterable[str], planned: Iterable[Release], today: date) -> tuple[Issue, ...]:
    """The days ahead on which a briefing's as-of card moves on: its editions. `coverage` are the series it shows."""
    groups = {catalogue.info(key).release for key in coverage}
    mine = [one for one in planned if one.group in groups and one.day > today]
    return tuple(Issue(briefing, day, tuple(some)) for day, some in groupby(mine, key=lambda one: one.day))


def ics(planned: Sequence[Release], editions: Sequence[Issue], made_on: date) -> bytes:
    """An iCalendar file (RFC 5545) of all-day events; the same releases on the same day make the same bytes."""
    events = [_release_event(one, made_on) for one in planned] + [_issue_event(one, made_on) for one in editions]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//reporter//releases//EN", "CALSCALE:GREGORIAN"]
    lines = [*head, *(line for event in events for line in event), "END:VCALENDAR"]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _release_event(one: Release, made_on: date) -> list[str]:
    by = "By the publisher's calendar." if one.scheduled else "By rule: the publisher has given no day yet."
    return _event(f"{one.group}-{one.period}", one.day, f"{one.title}: {one.period}", f"{one.publisher}. {by}", made_on)


def _issue_event(one: Issue, made_on: date) -> list[str]:
    news = ", ".join(f"{held.title} {held.period}" for held in one.releases)
    return _event(f"{one.briefing}-{one.day}", one.day, f"Edition: {one.briefing}", news, made_on)


def _event(uid: str, day: date, summary: str, description: str, made_on: date) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{_escaped(uid)}@reporter",
        f"DTSTAMP:{made_on:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(1):%Y%m%d}",
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(description)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines longer than 75 octets go on after a line end and a space, never within a character."""
    held, room = "", _OCTETS
    for character in line:
        size = len(character.encode())
        if size > room:
            held, room = f"{held}\r\n ", _OCTETS - 1
        held, room = held + character, room - size
    return held
