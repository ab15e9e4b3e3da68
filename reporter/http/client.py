"""The client: one request at a time, as often as it takes, whole or not at all.

A key is added on the way out and taken out of everything on the way in: BEA's answers echo the request. What goes
wrong is told as a value first and raised outside of any handler: the library's own exceptions, and so the chain of
one raised while handling them, hold the address with the key.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

from reporter.errors import FetchError
from reporter.http import wire
from reporter.http.body import Limits
from reporter.http.pace import Pacer
from reporter.http.retry import RETRIED, Patience, retry_after
from reporter.http.wire import Answer, Failed
from reporter.keys import Keys
from reporter.sources.base import Media, Request, is_allowed
from reporter.sources.payload import quoted

_KEY_PARAMETER = {"fred": "api_key", "bea": "UserID"}
_KEPT = ("content-type", "date", "etag", "last-modified")
_MOST_REDIRECTS = 3
_LOGGERS = ("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.response", "urllib3.util.retry")
_LATER = "the next run asks again"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the payload at hand came with: sent back, it is not sent again where it has not changed."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The conditions of a request."""
        held = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in held.items() if value}


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer without any key in it.

    `sha256` is that of `body`; `headers` are few, their names in small letters. `not_modified` says that the payload at
    hand still stands; the body is empty then.
    """

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    retrieved_at: datetime
    sha256: str
    not_modified: bool = False

    @property
    def validators(self) -> Validators:
        """What to ask with the next time."""
        return Validators(self.headers.get("etag", ""), self.headers.get("last-modified", ""))


class _NoKeys(logging.Filter):
    """The library logs every address it asks for."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._keys.redact(record.getMessage()), ()
        return True


class Client:
    """Asks publishers. To be used as a context manager, by any number of threads.

    `sleep` and `chance` (0…1) are for tests that have no time.
    """

    def __init__(  # noqa: PLR0913 -- each is one seam
        self,
        keys: Keys,
        pacer: Pacer,
        *,
        patience: Patience | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._keys, self._pacer, self._sleep, self._chance = keys, pacer, sleep, chance
        self._patience, self._limits = patience or Patience(), limits or Limits()
        self._wire = wire.Wire(self._patience, self._limits)
        self._filter = _NoKeys(keys)

    def __enter__(self) -> Self:
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self._filter)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self._filter)

    def fetch(self, request: Request, validators: Validators | None = None) -> Response:
        """The whole answer; raise FetchError, naming the series, where there is none to be had.

        Raise ConfigError where the request needs a key that is not set.
        """
        sent = self._prepared(request)
        deadline = time.monotonic() + self._patience.total
        failed = Failed("it was not asked for", _LATER)
        for attempt in range(self._patience.attempts):
            outcome = self._once(request, sent, validators or Validators(), deadline)
            if isinstance(outcome, Response):
                return outcome
            failed = outcome
            pause = self._patience.pause(attempt, self._chance(), failed.wait)
            if not failed.retry or attempt + 1 == self._patience.attempts or time.monotonic() + pause > deadline:
                break
            self._sleep(pause)
        told = f"{request.address}: {failed.why}; {failed.act}"
        raise FetchError(self._keys.redact(told), series=request.about)

    def _prepared(self, request: Request) -> Callable[[], str]:
        """The address with its key, behind a call: a traceback that shows variables does not show it."""
        secret = self._keys[request.key] if request.key else None

        def address() -> str:
            extra = ((_KEY_PARAMETER[request.key], secret.reveal()),) if secret else ()
            query = urlencode((*request.params, *extra))
            return f"{request.url}?{query}" if query else request.url

        return address

    def _once(
        self, request: Request, sent: Callable[[], str], validators: Validators, deadline: float
    ) -> Response | Failed:
        """One attempt, with the redirects it may follow."""
        url = sent()
        headers = {"User-Agent": _agent(), "Accept": f"{request.expects}, */*;q=0.1", **validators.headers()}
        for _ in range(_MOST_REDIRECTS + 1):
            if not is_allowed(url):
                return Failed("it is plain http", "keys and figures travel by https; mend the base address")
            self._pacer.wait(urlsplit(url).hostname or "")
            answer = self._wire.get(url, headers, deadline)
            if isinstance(answer, Failed):
                return answer
            if answer.status not in wire.REDIRECTS:
                return self._judged(request, replace(answer, body=self._keys.redact_bytes(answer.body)), validators)
            target = urljoin(url, answer.headers.get("location", ""))
            if wire.origin(target) != wire.origin(url):
                where = urlsplit(target)
                why = f"it redirects to {where.scheme}://{where.hostname}, another host or protocol"
                return Failed(why, "look whether the publisher has moved")
            url = target
        return Failed("it redirects in a circle", "look whether the publisher has moved")

    def _judged(self, request: Request, answer: Answer, validators: Validators) -> Response | Failed:
        """A response where the answer is one, whole and of the kind that was asked for."""
        now = datetime.now(UTC)
        if answer.status == HTTPStatus.NOT_MODIFIED and validators.headers():
            return self._response(request, answer, now)
        if answer.status != HTTPStatus.OK:
            return _refused(request, answer, now)
        if not answer.body.strip():
            return Failed("an empty answer came with status 200", _LATER, retry=True)
        if answer.body.lstrip()[:1] == b"<":
            page = quoted(answer.body[:500].decode("utf-8", "replace"))
            why = f"an HTML page came with status 200 where {request.expects} was due: {page}"
            return Failed(why, "open the address in a browser: a firewall or the publisher may be in the way")
        if answer.endless and request.expects is not Media.JSON and not answer.body.endswith(b"\n"):
            return Failed("it was cut off on the way: the last line has no end", _LATER, retry=True)
        return self._response(request, answer, now)

    def _response(self, request: Request, answer: Answer, now: datetime) -> Response:
        body = answer.body
        kept = {name: self._keys.redact(answer.headers[name]) for name in _KEPT if name in answer.headers}
        unchanged = answer.status == HTTPStatus.NOT_MODIFIED
        return Response(request, answer.status, kept, body, now, hashlib.sha256(body).hexdigest(), unchanged)


def _refused(request: Request, answer: Answer, now: datetime) -> Failed:
    """What a status other than 200 means, and what there is to do."""
    wait = retry_after(answer.headers.get("retry-after"), now)
    why = f"it answers {answer.status}{_reason(answer)}"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS and request.key == "bea" and wait is None:
        return Failed(why, "BEA locks a key out for an hour after 100 requests or 30 errors a minute: wait an hour")
    if answer.status in RETRIED:
        act = _LATER if wait is None else f"it asks to wait {wait:.0f} seconds; {_LATER} after that"
        return Failed(why, act, retry=True, wait=wait)
    if request.key and "key" in why.lower():
        return Failed(why, f"check REPORTER_{request.key.upper()}_KEY")
    return Failed(why, "look whether the publisher has changed the address or renamed the series")


def _reason(answer: Answer) -> str:
    """The publisher's words: FRED's `error_message`, or how a page starts."""
    text = answer.body[:2000].decode("utf-8", "replace").strip()
    try:
        told = json.loads(text)["error_message"]
    except (ValueError, KeyError, TypeError):
        told = text
    return f": {quoted(str(told))}" if told else ""


@cache
def _agent() -> str:
    return f"reporter-briefing/{version('reporter-briefing')}"
