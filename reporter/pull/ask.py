"""Asking: one thread a source, so that a slow publisher keeps none of the others waiting.

Threads are daemons and write nothing: where the wait is broken off, by Ctrl-C or for want of a network, they
end with the process and nothing of theirs is kept.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from reporter.errors import FetchError, ReporterError
from reporter.http import Response, Validators
from reporter.model.observations import Layer
from reporter.pull.plan import Errand, Plan
from reporter.sources.base import Known, Request

# Failures in a row after which a source is asked no more: it would have everybody wait for each of its series.
_ENOUGH = 3

Progress = Callable[[int, int, str], None]
"""Told after each answer: how many came, how many are known to be asked for, what the last one was about."""


class Client(Protocol):
    """What sends a request: `http.Client`, or a stand-in of a test."""

    def fetch(self, request: Request, validators: Validators | None = None) -> Response:
        """The whole answer; raise FetchError where there is none to be had."""
        ...


@dataclass(frozen=True)
class Fetched:
    """What came of one request: a response with the layers read from it, or what went wrong."""

    request: Request
    current: bool
    response: Response | None = None
    layers: tuple[Layer, ...] = ()
    error: ReporterError | None = None


@dataclass(frozen=True)
class _Expected:
    """An answer leads to another request."""

    request: Request
    current: bool


@dataclass(frozen=True)
class _Ended:
    """A thread has nothing more to tell; where it broke down, by what."""

    crash: BaseException | None = None


@dataclass(frozen=True)
class _Thread:
    """Asks one source for all its requests, one after the other, and for what answers lead to."""

    errand: Errand
    client: Client
    known: Mapping[str, Known]
    known_on: date
    validators: Mapping[str, Validators]
    tell: Callable[[Fetched | _Expected | _Ended], None]

    def __call__(self) -> None:
        waiting = deque(self.errand.requests)
        failed = 0
        try:
            while waiting and failed < _ENOUGH:
                error, further = self._one(waiting.popleft())
                waiting += further
                failed = failed + 1 if isinstance(error, FetchError) else 0
            for request in waiting:
                self.tell(Fetched(request, self.errand.current, error=_given_up(request)))
        except BaseException as crash:  # noqa: BLE001 -- an error of ours, raised where it is waited for
            self.tell(_Ended(crash))
        else:
            self.tell(_Ended())

    def _one(self, request: Request) -> tuple[ReporterError | None, tuple[Request, ...]]:
        """Ask, read and tell; what went wrong, or what to ask next."""
        response: Response | None = None
        try:
            response = self.client.fetch(request, self.validators.get(request.id))
            if response.not_modified:
                self.tell(Fetched(request, self.errand.current, response))
                return None, ()
            layers = self.errand.source.parse(request, response.body, self.known_on)
            further = self.errand.source.follow(request, response.body, self.known)
        except ReporterError as error:
            self.tell(Fetched(request, self.errand.current, response, error=error))
            return error, ()
        for more in further:
            self.tell(_Expected(more, self.errand.current))
        self.tell(Fetched(request, self.errand.current, response, layers))
        return None, further


def ask(  # noqa: PLR0913 -- what asking consists of
    plan: Plan,
    client: Client,
    known_on: date,
    validators: Mapping[str, Validators],
    progress: Progress,
    *,
    patience: float | None = None,
) -> tuple[Fetched, ...]:
    """Ask for everything; one result a request, in the order of requests.

    With `patience`, what has not answered at all after so many seconds counts as not reachable: where nobody
    answers, that is all; where somebody does, the rest is waited for.
    """
    told: queue.Queue[Fetched | _Expected | _Ended] = queue.Queue()
    for errand in plan.errands:
        thread = _Thread(errand, client, plan.known, known_on, validators, told.put)
        threading.Thread(target=thread, name=f"pull-{errand.source.name}", daemon=True).start()
    found: dict[str, Fetched] = {}
    expected = {request.id: (request, errand.current) for errand in plan.errands for request in errand.requests}
    for event in _events(told, len(plan.errands), patience):
        if isinstance(event, _Expected):
            expected[event.request.id] = (event.request, event.current)
            continue
        found[event.request.id] = event
        expected[event.request.id] = (event.request, event.current)
        progress(len(found), len(expected), event.request.about)
    silent = (_silent(*each) for key, each in expected.items() if key not in found)
    return (*found.values(), *silent)


def _events(
    told: queue.Queue[Fetched | _Expected | _Ended], threads: int, patience: float | None
) -> Iterator[Fetched | _Expected]:
    """What the threads tell until all have ended, or until patience has, with no answer from anybody."""
    heard = patience is None
    end = time.monotonic() + (patience or 0)
    while threads:
        try:
            event = told.get(timeout=None if heard else max(end - time.monotonic(), 0))
        except queue.Empty:
            return
        if isinstance(event, _Ended):
            if event.crash:
                raise event.crash
            threads -= 1
            continue
        heard = heard or (isinstance(event, Fetched) and event.response is not None)
        yield event


def _given_up(request: Request) -> FetchError:
    message = f"not asked for: {request.source} failed {_ENOUGH} times in a row; the next run tries again"
    return FetchError(message, series=request.about)


def _silent(request: Request, current: bool) -> Fetched:  # noqa: FBT001 -- as it was expected
    message = f"no answer from {request.source} in time; the next run tries again"
    return Fetched(request, current, error=FetchError(message, series=request.about))
