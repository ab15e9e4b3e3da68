"""The stored back-test: how claims that would have led past editions fared a year later.

`data/backtest.toml` is what `reporter backtest` wrote: when, with which version, from which figures, and a row a
rebuilt edition. The counts are made of the rows, and an edition of an earlier day counts only what was known by then.

::

    briefing = "sell-america"
    every = "month"
    first = 2013-07-01                  # the first and the last edition that was rebuilt
    last = 2025-11-01
    made_on = 2026-11-22                # no vintage of a later day was read
    version = "0.1.0"
    snapshot = "0123456789abcdef"       # of the figures on that day
    trials = [
      ["2013-07-01", "2014-07-01", "held", "niip.quarter", 1, "revised", []],
    ]
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from reporter.errors import DataError

FILE = "backtest.toml"
_REVISED = "revised"
_HEAD = ("briefing", "every", "made_on", "version", "snapshot")


class Outcome(StrEnum):
    """What became of the claims an edition led with."""

    HELD = "held"  # every one of them would be said again
    FLIPPED = "flipped"  # at least one would not
    UNCOUNTED = "uncounted"  # none of its takeaways judges anything on published vintages alone
    UNMADE = "unmade"  # the edition cannot be built: not all of its series were known


@dataclass(frozen=True, slots=True)
class Trial:
    """One rebuilt edition: its day, the day its claims were judged again, and how they fared.

    `lead` is the first takeaway that judges something on published vintages, `place` its place among all; `flipped`
    are its claims that would not be said again. `revised` says whether any figure they rest on had another value by
    then: a claim whose figures nobody touched holds without merit. `reason` is why an edition is unmade.
    """

    day: date
    judged_on: date
    outcome: Outcome
    lead: str = ""
    place: int = 0
    revised: bool = False
    flipped: tuple[str, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "day": self.day.isoformat(),
            "judged_on": self.judged_on.isoformat(),
            "outcome": self.outcome.value,
            "lead": self.lead,
            "place": self.place,
            "revised": self.revised,
            "flipped": list(self.flipped),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Result:
    """A back-test: what was asked, on which figures, and its trials in order of their days."""

    briefing: str
    every: str
    made_on: date
    version: str
    snapshot: str
    trials: tuple[Trial, ...]

    def known(self, day: date) -> Result:
        """What of it could be known on a day: the trials judged by then."""
        trials = tuple(trial for trial in self.trials if trial.judged_on <= day)
        return Result(self.briefing, self.every, self.made_on, self.version, self.snapshot, trials)

    def counts(self) -> Counter[Outcome]:
        """How many trials ended how."""
        return Counter(trial.outcome for trial in self.trials)

    @property
    def counted(self) -> tuple[Trial, ...]:
        """The trials whose lead judges something on published vintages."""
        return tuple(trial for trial in self.trials if trial.outcome in {Outcome.HELD, Outcome.FLIPPED})

    @property
    def held(self) -> int:
        """How many of those held."""
        return self.counts()[Outcome.HELD]

    @property
    def revised(self) -> int:
        """How many of those rest on figures that were revised meanwhile."""
        return sum(trial.revised for trial in self.counted)

    def to_json(self) -> dict[str, Any]:
        """For `--json`: the counts, then the trials."""
        return {
            "briefing": self.briefing,
            "every": self.every,
            "made_on": self.made_on.isoformat(),
            "version": self.version,
            "snapshot": self.snapshot,
            "editions": len(self.trials),
            "counted": len(self.counted),
            "revised": self.revised,
            "outcomes": {outcome.value: self.counts()[outcome] for outcome in Outcome},
            "trials": [trial.to_json() for trial in self.trials],
        }


def dumps(result: Result) -> str:
    """The file's text; the same result makes the same bytes. Reasons are not kept: the figures give them again."""
    first, last = result.trials[0].day, result.trials[-1].day
    head = {"briefing": result.briefing, "every": result.every}
    days = {"first": first, "last": last, "made_on": result.made_on}
    lines = [
        f"# Written by `reporter backtest {result.briefing} --write`, never by hand.",
        "# A trial: edition, judged on, outcome, takeaway, its place, whether revised, claims that flipped.",
        *(f"{key} = {json.dumps(value)}" for key, value in head.items()),
        *(f"{key} = {day.isoformat()}" for key, day in days.items()),
        f"version = {json.dumps(result.version)}",
        f"snapshot = {json.dumps(result.snapshot)}",
        "trials = [",
        *(f"  {json.dumps(_row(trial))}," for trial in result.trials),
        "]",
    ]
    return "\n".join(lines) + "\n"


def loads(text: str, origin: str = FILE) -> Result:
    """Read `dumps` back; raise DataError where it is not that."""
    try:
        held = tomllib.loads(text)
        trials = tuple(_trial(row) for row in held["trials"])
        briefing, every, made_on, version, snapshot = (held[key] for key in _HEAD)
        return Result(briefing, every, made_on, version, snapshot, trials)
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        message = f"{origin}: not a back-test: {type(error).__name__} {error}"
        raise DataError(message) from error


@cache
def stored() -> Result:
    """The result that ships with the package."""
    return loads(files("reporter.data").joinpath(FILE).read_text("utf-8"))


def _row(trial: Trial) -> list[object]:
    days = trial.day.isoformat(), trial.judged_on.isoformat()
    return [*days, trial.outcome.value, trial.lead, trial.place, _REVISED if trial.revised else "", list(trial.flipped)]


def _trial(row: Sequence[Any]) -> Trial:
    day, judged_on, outcome, lead, place, revised, flipped = row
    days = date.fromisoformat(day), date.fromisoformat(judged_on)
    return Trial(*days, Outcome(outcome), lead, int(place), revised == _REVISED, tuple(flipped))
