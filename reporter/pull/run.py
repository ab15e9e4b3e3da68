"""A pull from end to end: ask, hold what came against what was at hand, write, report."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import version
from itertools import groupby

from reporter import own
from reporter.errors import DataError, ReporterError
from reporter.http import Validators
from reporter.model.observations import Layer
from reporter.pull.ask import Client, Fetched, Progress, ask
from reporter.pull.plan import Plan
from reporter.sources.guard import assert_continues
from reporter.store import Store, layers
from reporter.store.asked import Kept, kept
from reporter.store.chain import cells
from reporter.store.chain import run as run_of
from reporter.store.held import Floor
from reporter.store.write import Answer, Change, Pull, record


@dataclass(frozen=True)
class Fault:
    """What could not be had: a request, or one series of it, and why."""

    source: str
    about: str
    error: ReporterError
    series: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {"source": self.source, "about": self.about, "error": str(self.error), "exit_code": self.error.exit_code}


@dataclass(frozen=True)
class Report:
    """What a pull asked, and what came of it."""

    day: date
    asked: int
    unchanged: int
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    unasked: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """That of the worst fault; nought where there is none."""
        return max((fault.error.exit_code for fault in self.faults), default=0)

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "day": self.day.isoformat(),
            "asked": self.asked,
            "unchanged": self.unchanged,
            "series": {change.series: _told(change) for change in self.changes},
            "faults": [fault.to_json() for fault in self.faults],
            "unasked": list(self.unasked),
        }


def _told(change: Change) -> dict[str, object]:
    return {
        "new": [str(period) for period in change.new],
        "revised": [str(period) for period in change.revised],
        "refined": change.refined,
        "vintages": change.vintages,
    }


def run(  # noqa: PLR0913 -- what a run consists of
    plan: Plan,
    client: Client,
    store: Store,
    now: datetime,
    progress: Progress,
    *,
    floor: Floor | None = None,
    patience: float | None = None,
) -> Report:
    """Ask for all of a plan, and write what came of it in one transaction.

    What a source that fails brings is left out and reported; the others are written. Broken off, by Ctrl-C too,
    before the end, nothing is. See `ask` for `patience`.
    """
    today = now.date()
    had = _kept(plan, store)
    again = {key: Validators(held.etag, held.last_modified) for key, held in had.items()}
    fetched = ask(plan, client, today, again, progress, patience=patience)
    failed = {key for each in fetched if each.error and each.current for key in each.request.series}
    came = [layer for current in (True, False) for layer in _whole(fetched, failed, current=current)]
    ground = own.floor() if floor is None else floor
    with layers(store, ground) as held:
        stopped = dict(_stopped(came, held, today))
    good = [layer for layer in came if layer.series not in stopped]
    lost = {layer.series for each in fetched for layer in each.layers} - {layer.series for layer in good}
    pull = Pull(uuid.uuid4().hex, today, now, f"reporter {version('reporter-briefing')}")
    changes = record(store, pull, list(_answers(fetched, stopped, lost, had, now)), good, ground)
    unchanged = sum(1 for each in fetched if each.response is not None and each.response.not_modified)
    return Report(today, len(fetched), unchanged, changes, tuple(_faults(fetched, stopped)), plan.unasked)


def _kept(plan: Plan, store: Store) -> Mapping[str, Kept]:
    """The payload at hand for each request."""
    if not store.exists():
        return {}
    with store.reading() as connection:
        return {request.id: kept(connection, request.id) for request in plan.requests}


def _whole(fetched: Sequence[Fetched], failed: Collection[str], *, current: bool) -> Iterator[Layer]:
    """What came of series whose answers were all read: figures of today, or past vintages.

    Without the past, today's are good; where today's failed, by their unit say, the past is no better.
    """
    some = [each for each in fetched if each.current is current]
    broken = {key for each in some if each.error for key in each.request.series}
    yield from (layer for layer in _gathered(some) if layer.series not in broken and layer.series not in failed)


def _gathered(fetched: Iterable[Fetched]) -> Iterator[Layer]:
    """The layers of all answers; those of one series and day, from several pages, as one."""
    every = sorted((layer for each in fetched for layer in each.layers), key=_order)
    for _, group in groupby(every, key=_order):
        pages = list(group)
        held = {at: value for page in pages for at, value in cells(page.first, page.text).items()}
        first, text = run_of(pages[0].first.frequency, held) if len(pages) > 1 else (pages[0].first, pages[0].text)
        yield replace(pages[-1], first=first, text=text)


def _order(layer: Layer) -> tuple[str, date, str]:
    return layer.series, layer.vintage.known_on, layer.vintage.form


def _stopped(came: Iterable[Layer], held: Floor, today: date) -> Iterator[tuple[str, DataError]]:
    """The series whose figures of today do not go on from those at hand, and why."""
    for layer in came:
        if layer.vintage.known_on != today or layer.series not in held:
            continue
        before = [x for x in held[layer.series] if x.vintage.known_on <= today]
        if before and _alike(before[-1], layer):
            continue
        try:
            assert_continues(before, layer)
        except DataError as error:
            yield layer.series, error


def _alike(held: Layer, came: Layer) -> bool:
    return (held.first, held.unit, held.text) == (came.first, came.unit, came.text)


def _answers(
    fetched: Iterable[Fetched],
    stopped: Mapping[str, DataError],
    lost: Collection[str],
    had: Mapping[str, Kept],
    now: datetime,
) -> Iterator[Answer]:
    """What the store keeps of each request, and of each series that was stopped though its request was answered."""
    for each in fetched:
        yield _answer(each, lost, had.get(each.request.id, Kept()), now)
        for key in sorted({layer.series for layer in each.layers} & stopped.keys()):
            told = _answer(replace(each, layers=(), error=stopped[key]), (), Kept(), now)
            yield replace(told, request=f"{each.request.id} {key}", series=(key,), body=None)


def _answer(each: Fetched, lost: Collection[str], had: Kept, now: datetime) -> Answer:
    """`lost` are series of which something came and was not kept: a payload with one of them is asked for anew."""
    request, response, error = each.request, each.response, each.error
    here = {layer.series for layer in each.layers}
    answer = Answer(
        request.source,
        request.id,
        request.address,
        now.date(),
        response.retrieved_at if response else now,
        response.status if response else 0,
        series=tuple(sorted(here.union(request.series))) if each.current else (),
        fault=str(error) if error else "",
        fault_code=error.exit_code if error else 0,
    )
    if response is None:
        return answer
    if response.not_modified:
        return replace(answer, sha256=had.sha256, etag=had.etag, last_modified=had.last_modified)
    answer = replace(answer, body=response.body, sha256=response.sha256)
    if error or here.intersection(lost):
        return answer  # to be sent in full next time
    held = response.validators
    return replace(answer, etag=held.etag, last_modified=held.last_modified)


def _faults(fetched: Sequence[Fetched], stopped: Mapping[str, DataError]) -> Iterator[Fault]:
    for each in fetched:
        request = each.request
        if each.error:
            yield Fault(request.source, request.about, each.error, request.series)
        for key in sorted({layer.series for layer in each.layers} & stopped.keys()):
            yield Fault(request.source, key, stopped[key], (key,))
