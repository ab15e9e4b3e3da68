"""What a pull will ask for: series to requests, by the channels that the keys at hand open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta

from reporter import catalogue, releases
from reporter.errors import MissingSeries
from reporter.keys import Keys
from reporter.model.observations import Layer
from reporter.model.periods import Frequency, Period
from reporter.sources.alfred import AlfredGraph
from reporter.sources.base import Bases, Known, Request, Source
from reporter.sources.bea import Bea
from reporter.sources.fred import FredGraph
from reporter.sources.fred_api import FredApi, FredVintages
from reporter.sources.tic_releases import Tic
from reporter.store import Store
from reporter.store.asked import vintage_days

# How far back vintages are filled in where the source cannot list them: periods of a series, and months of a daily one.
_PERIODS = {Frequency.MONTH: 48, Frequency.QUARTER: 40, Frequency.YEAR: 10}
_MONTHS = 36


@dataclass(frozen=True)
class Channels:
    """The sources to ask: for figures as they stand today, and for their past vintages."""

    current: tuple[Source, ...]
    past: tuple[Source, ...]

    @classmethod
    def by(cls, keys: Keys) -> Channels:
        """FRED's interface where there is a key for it, else its graph pages; BEA only with a key."""
        fred: tuple[Source, ...] = (FredApi(),) if "fred" in keys else (FredGraph(),)
        bea: tuple[Source, ...] = (Bea(),) if "bea" in keys else ()
        past: tuple[Source, ...] = (FredVintages(),) if "fred" in keys else (AlfredGraph(),)
        return cls((*fred, *bea, Tic()), past)


@dataclass(frozen=True)
class Errand:
    """What is asked of one source; `current` unless it is about past vintages only."""

    source: Source
    requests: tuple[Request, ...]
    current: bool = True


@dataclass(frozen=True)
class Plan:
    """Everything a pull will ask for, and the series that nobody can be asked for.

    `known` is what is at hand of the series: a source may ask on by it.
    """

    errands: tuple[Errand, ...]
    unasked: tuple[str, ...]
    known: Mapping[str, Known]

    @property
    def requests(self) -> tuple[Request, ...]:
        """All first requests; answers may lead to more."""
        return tuple(request for errand in self.errands for request in errand.requests)


def plan(
    series: Iterable[str], channels: Channels, bases: Bases, known: Mapping[str, Known], *, vintages: bool = False
) -> Plan:
    """What to ask for these series; with `vintages`, also for their past."""
    wanted = tuple(dict.fromkeys(series))
    errands = [Errand(source, source.requests(wanted, bases, known)) for source in channels.current]
    if vintages:
        errands += [Errand(source, source.requests(wanted, bases, known), current=False) for source in channels.past]
    served = {key for errand in errands for request in errand.requests for key in request.series}
    kept = tuple(errand for errand in errands if errand.requests)
    return Plan(kept, tuple(key for key in wanted if key not in served and not key.startswith("csv:")), known)


def expand(needs: Iterable[str], at_hand: Iterable[str]) -> tuple[str, ...]:
    """The series that needs, ids or patterns, name among those at hand and in the catalogue."""
    from fnmatch import filter as matching  # noqa: PLC0415 -- in reach of no other name

    listed = list(dict.fromkeys((*at_hand, *catalogue.ids())))
    found: list[str] = []
    for need in needs:
        some = matching(listed, need) if any(mark in need for mark in "*?[") else [need]
        if not some:
            message = "no series of the catalogue matches it"
            raise MissingSeries(message, series=need)
        found += some
    return tuple(dict.fromkeys(found))


def known(
    series: Sequence[str], held: Mapping[str, tuple[Layer, ...]], store: Store, today: date, *, vintages: bool = False
) -> dict[str, Known]:
    """What is at hand of each series; with `vintages`, the days of its past ones and those to ask for."""
    with store.reading() if vintages and store.exists() else nullcontext() as connection:
        return {key: _known(key, held.get(key, ()), connection, today, vintages=vintages) for key in series}


def _known(
    key: str, layers: Sequence[Layer], connection: sqlite3.Connection | None, today: date, *, vintages: bool
) -> Known:
    last = max((layer.first + (len(layer.values) - 1) for layer in layers), default=None)
    if not vintages:
        return Known(last)
    days = vintage_days(connection, key) if connection else ()
    return Known(last, days, tuple(sorted(_release_days(key, last, today))) if last else ())


def _release_days(key: str, last: Period, today: date) -> Iterator[date]:
    """The days on which figures of the last years came out: a first print, and what the next release made of it."""
    entry = catalogue.info(key)
    if last.frequency is Frequency.DAY:
        month = Period.of(today, Frequency.MONTH)
        days = ((month - back).start for back in range(_MONTHS))
    else:
        days = (releases.release_date(entry.release, last - back) for back in range(_PERIODS[last.frequency]))
    yield from (day for day in days if day <= today - timedelta(days=1))
