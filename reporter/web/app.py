"""The application: its routes, and what each of them does.

::

    GET  /                     the archive
    GET  /subscribe            the form          POST  notes the address; the same answer whatever it is
    GET  /confirm/<token>      a button          POST  puts the person on the list
    GET  /leave/<token>        a button          POST  takes the person off it; with one click, too (RFC 8058)
    GET  /health               for a monitor

A GET changes nothing: scanners of mail follow every link. There is no cookie and no login, so nobody can be made to do
anything in somebody's name but what their own token allows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from reporter.errors import ReporterError
from reporter.mail import links, optin
from reporter.mail.addresses import BadEntry, normalised
from reporter.mail.people import People
from reporter.mail.tokens import Tokens
from reporter.web.archive import Archive, listed
from reporter.web.forms import Pages, faces
from reporter.web.guard import Guard, TooLarge, TooSlow, log, where
from reporter.web.limits import Limits, of_client
from reporter.web.postman import Postman

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_FLOOR = 0.3  # seconds that an answer to the form takes at least, so that its time tells nothing
_MOST_FIELDS = 8


@dataclass(frozen=True)
class Site:
    """What is served. `archive` is the folder `reporter site` writes; without it the editions in `output` are shown."""

    people: People
    tokens: Tokens
    pages: Pages
    postman: Postman
    output: Path
    archive: Path | None = None
    limits: Limits = field(default_factory=Limits)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    floor: float = _FLOOR


def application(site: Site) -> ASGIApp:
    """The guarded application; its lifespan sends the confirmations that are due."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(site.postman.run())
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    routes = [
        Route("/subscribe", partial(_form, site), methods=["GET"]),
        Route("/subscribe", partial(_subscribe, site), methods=["POST"]),
        Route("/asked", partial(_page, site, "asked"), methods=["GET"]),
        Route("/confirm/{token}", partial(_button, site, links.CONFIRM), methods=["GET"]),
        Route("/confirm/{token}", partial(_confirm, site), methods=["POST"]),
        Route("/leave/{token}", partial(_button, site, links.LEAVE), methods=["GET"]),
        Route("/leave/{token}", partial(_leave, site), methods=["POST"]),
        Route("/health", partial(_health, site), methods=["GET"]),
        Route("/fonts/{name}", partial(_font, faces(site.pages.look)), methods=["GET"]),
        Mount("/", _Shelf(site)),
    ]
    kinds: tuple[int | type[Exception], ...] = (HTTPException, TooLarge, TooSlow, Exception)
    handlers = {kind: partial(_fault, site) for kind in kinds}
    return Guard(
        Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan),
        site.pages.settings.site.url,
        site.limits,
    )


class _Shelf:
    """The archive that `reporter site` has written, once it is there; before that the editions themselves."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._written = Archive(site.archive) if site.archive else None
        self._bare = Archive(site.output, only_editions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        archive = self._site.archive
        if self._written and archive and (archive / "index.html").is_file():
            await self._written(scope, receive, send)
        elif scope["path"].removeprefix(scope["root_path"]) in {"", "/"} and scope["method"] in {"GET", "HEAD"}:
            answer = await _index(self._site, Request(scope, receive))
            await answer(scope, receive, send)
        else:
            await self._bare(scope, receive, send)


async def _page(site: Site, name: str, _: Request) -> Response:
    return site.pages.answer(name)


async def _form(site: Site, _: Request) -> Response:
    return site.pages.answer("subscribe", wrong=False)


async def _index(site: Site, _: Request) -> Response:
    return site.pages.answer("editions", editions=await run_in_threadpool(listed, site.output))


async def _subscribe(site: Site, request: Request) -> Response:
    """The same answer, in the same time, for any address: known, unknown, left, or asked for too often."""
    started = time.monotonic()
    client = of_client(request.client.host if request.client else "")
    if not (site.limits.subscribe.take(client) and site.limits.everybody.take()):
        raise HTTPException(429, headers={"Retry-After": "180"})
    held = await _fields(request)
    try:
        address = normalised(held.get("address", ""))
    except BadEntry:
        return site.pages.answer("subscribe", 422, wrong=True)
    is_machine = bool(held.get("website"))  # the field that nobody sees
    key = sha256(address.casefold().encode()).digest()
    if not is_machine and site.limits.address.take(key):
        await run_in_threadpool(optin.ask, site.people, address, site.now())
        site.postman.wake()
    await asyncio.sleep(max(0.0, started + site.floor - time.monotonic()))
    return RedirectResponse(f"{site.pages.base}/asked", 303, {"Cache-Control": "no-store"})


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form as browsers send ours; of any other body none."""
    body = await request.body()
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise HTTPException(400) from None


async def _button(site: Site, purpose: str, request: Request) -> Response:
    _subject(site, purpose, request)
    return site.pages.answer(purpose)


async def _confirm(site: Site, request: Request) -> Response:
    subject = _subject(site, links.CONFIRM, request)
    await _drained(request)
    is_good = await run_in_threadpool(optin.confirm, site.people, subject, site.now())
    return site.pages.answer("confirmed") if is_good else site.pages.answer("stale", 410)


async def _leave(site: Site, request: Request) -> Response:
    subject = _subject(site, links.LEAVE, request)
    await _drained(request)
    await run_in_threadpool(optin.depart, site.people, subject, site.now())
    return site.pages.answer("left")


def _subject(site: Site, purpose: str, request: Request) -> str:
    """What the token of the address proves; anything but a token of this purpose is a page that is not there."""
    subject = site.tokens.check(purpose, request.path_params["token"])
    if subject is None:
        raise HTTPException(404)
    return subject


async def _drained(request: Request) -> None:
    """Read the body and forget it: the token says it all. One that is too large is refused before anything is done."""
    async for _ in request.stream():
        pass


async def _health(site: Site, _: Request) -> Response:
    headers = {"Cache-Control": "no-store"}
    try:
        waiting = await run_in_threadpool(site.postman.waiting)
    except ReporterError:
        return JSONResponse({"status": "the list cannot be read"}, 503, headers)
    if waiting >= site.postman.alarm:
        return JSONResponse({"status": "mail is waiting: is the relay there?"}, 503, headers)
    return JSONResponse({"status": "ok"}, 200, headers)


async def _font(held: dict[str, bytes], request: Request) -> Response:
    name = request.path_params["name"]
    if name not in held:
        raise HTTPException(404)
    return Response(held[name], 200, {"Cache-Control": "public, max-age=31536000, immutable"}, "font/woff2")


async def _fault(site: Site, request: Request, error: Exception) -> Response:
    """A page that says what can be done, and nothing of what went wrong inside."""
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException):
        status, headers = error.status_code, dict(error.headers or {})
    elif isinstance(error, TooLarge | TooSlow):
        status, headers = (413 if isinstance(error, TooLarge) else 408), {"Connection": "close"}
    else:
        status = 500
        log.error("%s in %s", type(error).__name__, where(error))
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    answer = site.pages.answer("fault", status, code=status)
    answer.headers.update(headers)
    return answer
