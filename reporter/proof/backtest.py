"""The back-test: past editions rebuilt from the vintages at hand, and what they led with judged again a year later.

An edition is rebuilt as far as its ranking; nothing is drawn or written. Of its takeaways the first counts whose
claims rest on published vintages alone (of most tables by country a single vintage is at hand, and what is backfilled
from it was not known on the day) and can be judged again on the vintages of a year later, for the same periods. What
stood in one vintage then must stand in one again: a change from a figure that was revised to one whose revision is not
at hand never happened. A claim that would be said again held; a run (“narrowed for a second quarter”) held only if its
length is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from reporter import briefing, store
from reporter.backtested import Outcome, Result, Trial
from reporter.briefing import Briefing
from reporter.build import Built, build
from reporter.claims import Claim
from reporter.compare import restated
from reporter.errors import DataError, ReporterError
from reporter.findings import Candidate
from reporter.model.observations import Basis
from reporter.model.periods import Frequency, Period
from reporter.model.series import Snapshot
from reporter.takeaways import Score

EVERY = {"month": 1, "quarter": 3, "year": 12}
_RUNS = frozenset({"narrowing", "widening"})


@dataclass(frozen=True)
class Plan:
    """What is to be rebuilt: a briefing's editions of the first of each month, quarter or year from `first` to `last`.

    Only those whose claims can be judged again by `as_of` are. `store` is the file of pulled figures, `folders` are
    those of the templates.
    """

    briefing: str
    first: Period
    last: Period
    every: str
    as_of: date
    store: Path
    folders: tuple[Path, ...]

    def days(self) -> tuple[date, ...]:
        """The day of each edition."""
        months = (self.first + i for i in range(0, self.last.since(self.first) + 1, EVERY[self.every]))
        return tuple(month.start for month in months if year_after(month.start) <= self.as_of)


def run(plan: Plan, jobs: int = 1) -> Result:
    """Every trial of the plan, in order; how many processes do it does not show in the result.

    Raise DataError where there is nothing to try.
    """
    days = plan.days()
    if not days:
        message = f"no edition from {plan.first} to {plan.last} is a year old on {plan.as_of}"
        raise DataError(message)
    chosen = briefing.load(plan.briefing)
    with store.layers(store.Store(plan.store)) as held:
        snapshot = store.snapshot(plan.as_of, chosen.needs, held)
    trials = tuple(_trials(plan, days, jobs))
    return Result(chosen.name, plan.every, plan.as_of, version("reporter-briefing"), snapshot.id, trials)


def year_after(day: date) -> date:
    """The same day of the next year; of a 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def claims_of(candidate: Candidate, said: Iterable[Claim]) -> tuple[Claim, ...]:
    """What a takeaway judges: its own claims as far as decided, and the directions of its facts that templates said."""
    moved = {f"{fact.id}.{way}" for fact in candidate.facts for way in ("rose", "fell")}
    held = [*candidate.claims, *(claim for claim in said if claim.id in moved)]
    return tuple(claim for claim in held if claim.holds is not None)


def judged_again(claim: Claim, later: Snapshot) -> Claim | None:
    """The claim on another day's vintages of its periods; None where that cannot be told.

    It cannot where figures are not at hand, were not published by then, or no longer stand in one vintage.
    """
    args = [restated(arg, later) for arg in claim.args]
    again = tuple(arg for arg in args if arg is not None)
    judged = replace(claim, args=again) if len(again) == len(args) else None
    return judged if judged and {claim.basis, judged.basis} == {Basis.PUBLISHED} else None


def is_said_again(claim: Claim, judged: Claim) -> bool:
    """Whether the same words would be said: the verdict is the same, and of a run its length."""
    same_run = claim.test not in _RUNS or not claim.holds or judged.count == claim.count
    return judged.holds is claim.holds and same_run


def _trials(plan: Plan, days: Sequence[date], jobs: int) -> Iterator[Trial]:
    if jobs == 1:
        yield from _some(plan, days)
        return
    share = -(-len(days) // jobs)
    parts = [days[at : at + share] for at in range(0, len(days), share)]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for done in pool.map(_some, [plan] * len(parts), parts):
            yield from done


def _some(plan: Plan, days: Sequence[date]) -> tuple[Trial, ...]:
    chosen = briefing.load(plan.briefing)
    with store.layers(store.Store(plan.store)) as held:

        def seen(day: date) -> Snapshot:
            return store.snapshot(day, chosen.needs, held)

        return tuple(_trial(chosen, plan.folders, seen(day), seen(year_after(day))) for day in days)


def _trial(chosen: Briefing, folders: Sequence[Path], then: Snapshot, later: Snapshot) -> Trial:
    day, again = then.as_of, later.as_of
    try:
        built = build(chosen, then, folders)
    except ReporterError as error:
        return Trial(day, again, Outcome.UNMADE, reason=str(error))
    for place, score in enumerate(built.scores, 1):
        judged = _judged(score, built, later)
        if judged:
            return _compared(Trial(day, again, Outcome.HELD, score.candidate.key, place), judged)
    return Trial(day, again, Outcome.UNCOUNTED)


def _judged(score: Score, built: Built, later: Snapshot) -> list[tuple[Claim, Claim]]:
    """The claims of a printed takeaway that can be judged again, each with its later self."""
    if not score.outcome.startswith("place"):
        return []
    found = ((claim, judged_again(claim, later)) for claim in claims_of(score.candidate, built.edition.claims.values()))
    return [(claim, judged) for claim, judged in found if judged]


def _compared(trial: Trial, judged: Sequence[tuple[Claim, Claim]]) -> Trial:
    flipped = tuple(claim.id for claim, again in judged if not is_said_again(claim, again))
    pairs = (pair for claim, again in judged for pair in zip(claim.observations(), again.observations(), strict=True))
    revised = any(was.value != now.value for was, now in pairs)
    return replace(trial, outcome=Outcome.FLIPPED if flipped else Outcome.HELD, flipped=flipped, revised=revised)


def month(text: str) -> Period:
    """`2013-07`; raise ValueError where it is no month."""
    period = Period.parse(text)
    if period.frequency is not Frequency.MONTH:
        message = f"{text!r} is not a month"
        raise ValueError(message)
    return period
