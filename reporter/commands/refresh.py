"""Before a build: pull what is due, and say what could not be had."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from reporter import freshness, keys
from reporter.errors import ReporterError, StaleSeries
from reporter.store import Store, layers

if TYPE_CHECKING:
    from reporter.briefing import Briefing
    from reporter.config import Settings
    from reporter.freshness import Standing
    from reporter.pull import Progress, Report

Say = Callable[[str], None]
_NAMED = 5  # series that a refusal names before it counts them


def pull_if_due(briefing: Briefing, settings: Settings, now: datetime, progress: Progress, warn: Say) -> None:
    """Pull the briefing's series whose releases are out; what fails is told to `warn`, and the build goes on.

    Nobody is asked twice a day for what was read, and nobody is waited for who does not answer within seconds.
    """
    due = [need for need, some in _standings(briefing, settings, now.date()).items() if _is_due(some, now.date())]
    if not due:
        return
    from reporter.commands.session import expanded  # noqa: PLC0415 -- only where something is due
    from reporter.pull import session  # noqa: PLC0415

    with layers(Store(settings.store)) as held:
        series = expanded(due, held)
    held_keys = keys.load(os.environ)
    plan = session.planned(series, settings, held_keys, now)
    if not plan.requests:
        return
    try:
        report = session.pull(plan, settings, held_keys, now, progress, hurried=True)
    except ReporterError as error:  # a store that cannot be written, say: the figures at hand are still good
        warn(f"nothing could be pulled: {error}")
        return
    for line in _warnings(report):
        warn(line)


def assert_fresh(briefing: Briefing, settings: Settings, day: date) -> None:
    """Raise StaleSeries where a series that the briefing rests on lacks a release that is out.

    History that the catalogue calls frozen lacks nothing. For a pattern speaks the series that is furthest.
    """
    late = lacking(briefing, settings, day)
    if late:
        more = [f"and {len(late) - _NAMED} more (`reporter status` lists them)"] if len(late) > _NAMED else []
        raise StaleSeries("; ".join([*late[:_NAMED], *more]) + "; pull it, or build without --strict")


def lacking(briefing: Briefing, settings: Settings, day: date, needs: Collection[str] | None = None) -> list[str]:
    """What the briefing, or some of its needs, lack of what is out: a line a series."""
    standings = _standings(briefing, settings, day)
    asked = {need: some for need, some in standings.items() if needs is None or need in needs}
    late = [_lack(held) for some in asked.values() if some and (held := freshness.lead(some)).late]
    return late + [f"{need} is not at hand" for need, some in asked.items() if not some]


def _lack(held: Standing) -> str:
    if held.last is None:
        return f"{held.series} is not at hand"
    due = f"its next release was due on {held.next_release} ({held.state.value})"
    return f"{held.series} ends with {held.last}, and {due}"


def _standings(briefing: Briefing, settings: Settings, day: date) -> Mapping[str, Collection[Standing]]:
    store = Store(settings.store)
    with layers(store) as held, store.reading() if store.exists() else nullcontext() as connection:
        return freshness.of_needs(briefing.needs, held, connection, day)


def _is_due(standings: Collection[Standing], today: date) -> bool:
    return not standings or freshness.lead(standings).worth_asking(today)


def _warnings(report: Report) -> list[str]:
    """A line a source: of many failures the first tells why."""
    found = []
    for source, group in groupby(sorted(report.faults, key=lambda fault: fault.source), key=lambda fault: fault.source):
        faults = list(group)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        found.append(f"{source} could not be pulled{more}, going on with what is at hand: {faults[0].error}")
    return found
