"""What stands around every answer: headers, limits of size and time, and a log that holds nothing personal.

Pure ASGI. A path may hold a token, and a client's address is personal: a line of the log is the method, the first part
of the path, the status and how long it took.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse

from reporter.web.limits import Limits, of_client

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY = 8192  # bytes: a form of ours has two hundred
_PATIENCE = 10.0  # seconds for a whole body
_KNOWN = {"subscribe", "asked", "confirm", "leave", "health", "fonts", ""}
log = logging.getLogger("reporter.web")

# The pages of the archive are one file each, with their own styles in them and nothing that runs.
ARCHIVE_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # an address of ours may hold a token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), interest-cohort=(), microphone=(), payment=(), usb=()",
}
_SECURE = {"Strict-Transport-Security": "max-age=31536000"}


class TooLarge(Exception):
    """A body is larger than any form of ours."""


class TooSlow(Exception):
    """A body does not arrive."""


@dataclass
class Guard:
    """An application, guarded. `url` is where it is published: no address is ever made from what a request claims."""

    app: ASGIApp
    url: str
    limits: Limits = field(default_factory=Limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        started, statuses = time.monotonic(), [500]
        parts = urlsplit(self.url)
        scope = self._placed(scope, parts.path.rstrip("/"), parts.netloc, parts.scheme)
        answer = _Answer(send, _SECURE if parts.scheme == "https" else {}, statuses)
        host = scope["client"][0] if scope.get("client") else ""
        try:
            if self.limits.client.take(of_client(host)):
                await self.app(scope, _Body(receive), answer)
            else:
                refusal = PlainTextResponse("Too many requests.", 429, {"Retry-After": "10"})
                await refusal(scope, receive, answer)
        except Exception:  # noqa: BLE001 -- answered and logged by the application; a server would log what is in it
            if not answer.has_begun:
                await PlainTextResponse("Something went wrong here.", 500)(scope, receive, answer)
        finally:
            took = (time.monotonic() - started) * 1000
            log.info("%s %s %d %.0f ms", _method(scope), _first(scope), statuses[0], took)

    def _placed(self, scope: Scope, base: str, netloc: str, scheme: str) -> Scope:
        """The request as if it came to the published address; a proxy may have taken the address's own path off."""
        headers = [(name, value) for name, value in scope["headers"] if name not in {b"host", b"x-forwarded-host"}]
        is_under = bool(base) and (scope["path"] == base or scope["path"].startswith(f"{base}/"))
        placed = {"headers": [(b"host", netloc.encode("ascii")), *headers], "scheme": scheme}
        return {**scope, **placed, "root_path": base if is_under else ""}


class _Answer:
    """Sends what the application answers, with our headers."""

    def __init__(self, send: Send, more: Mapping[str, str], statuses: list[int]) -> None:
        self._send, self._more, self._statuses, self.has_begun = send, more, statuses, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._statuses[0], self.has_begun = message["status"], True
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, **self._more}.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", ARCHIVE_POLICY)
        await self._send(message)


class _Body:
    """Receives a body, as long as it is small and comes in time."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._size, self._until = receive, 0, time.monotonic() + _PATIENCE
        self._ended = False

    async def __call__(self) -> Message:
        if self._ended:  # what comes now is only that the client goes
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, self._until - time.monotonic()))
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._ended = not message.get("more_body", False)
            if self._size > BODY:
                raise TooLarge
        return message


def _method(scope: Scope) -> str:
    known = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
    return scope["method"] if scope["method"] in known else "?"


def _first(scope: Scope) -> str:
    path = scope["path"].removeprefix(scope["root_path"])
    part = path.strip("/").partition("/")[0]
    return f"/{part}" if part in _KNOWN else "/…"


def where(error: Exception) -> str:
    """File and line of an error, without its message, which may hold what somebody sent."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
