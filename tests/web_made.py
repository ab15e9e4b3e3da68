"""A site of made people, and requests to it as they come off the wire, with no server between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from reporter import brand, resources
from reporter.config import Brand, Mail, Settings
from reporter.config import Site as Published
from reporter.mail.optin import Letter
from reporter.mail.people import People
from reporter.web.app import Site, application
from reporter.web.forms import Pages
from reporter.web.limits import Limit, Limits
from reporter.web.postman import Postman
from tests.people_made import AT, TOKENS, made

URL = "https://briefing.example.org"


def settings(url: str = URL) -> Settings:
    """Of a publisher with an address and an imprint."""
    mail = Mail(sender="The Briefing <briefing@example.org>", postal_address="Made Street 1, 10115 Berlin")
    return Settings(site=Published(url=url), mail=mail, brand=Brand(legal=("Made Publishers <GmbH>",)))


def open_limits() -> Limits:
    """Limits that no test meets."""
    return Limits(*(Limit(10**9, 1e-9) for _ in range(4)))


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = AT

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class House:
    """A site whose clock stands, and whose letters are kept."""

    site: Site
    people: People
    letters: list[Letter] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] = b"",
        headers: Mapping[str, str] | None = None,
        client: str = "192.0.2.7",
    ) -> Answer:
        """One request."""
        chunks = [body] if isinstance(body, bytes) else list(body)
        return asyncio.run(asked(self.site, method, path, chunks, headers or {}, client))

    def form(self, path: str, client: str = "192.0.2.7", **fields: str) -> Answer:
        """A form that is sent."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), kind, client)

    def post(self) -> int:
        """What the postman does."""
        return self.site.postman.round()

    def dump(self) -> list[str]:
        """All that the list's file holds."""
        if not self.people.path.is_file():
            return []
        with self.people.reading() as connection:
            return list(connection.iterdump())


def house(folder: Path, *addresses: str, url: str = URL, limits: Limits | None = None) -> House:
    """A site over a list with these active people."""
    held = made(folder, *addresses)
    pages = Pages((resources.templates_folder(),), brand.load(settings().brand), settings(url))
    letters: list[Letter] = []
    output = folder / "output"
    output.mkdir(exist_ok=True)
    clock = Clock()
    postman = Postman(held, letters.append, clock)
    site = Site(held, TOKENS, pages, postman, output, None, limits or open_limits(), clock, 0.0)
    return House(site, held, letters, clock)


def later(held: House, **span: float) -> None:
    """Time goes by."""
    held.clock.moment += timedelta(**span)


def with_archive(held: House, folder: Path) -> House:
    """The same site with a folder that `reporter site` has written."""
    return replace(held, site=replace(held.site, archive=folder))


async def asked(  # noqa: PLR0913, PLR0917 -- a request has as many parts
    site: Site, method: str, path: str, chunks: list[bytes], headers: Mapping[str, str], client: str
) -> Answer:
    """A request off the wire: ASGI 3, https://asgi.readthedocs.io/en/latest/specs/www.html."""
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw,
        "raw_path": raw.encode("utf-8", "surrogatepass"),
        "query_string": query.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "headers": [(b"host", b"testing"), *((k.lower().encode(), v.encode("latin-1")) for k, v in headers.items())],
        "client": (client, 4711),
        "server": ("127.0.0.1", 8080),
    }
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    said: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        if not waiting:
            await asyncio.Event().wait()  # the client stays until it has its answer
        return waiting.pop(0)

    async def send(message: dict[str, object]) -> None:
        said.append(message)

    await application(site)(scope, receive, send)  # type: ignore[arg-type]
    start = said[0]
    pairs = tuple((k.decode(), v.decode()) for k, v in start["headers"])  # type: ignore[attr-defined]
    body = b"".join(bytes(part.get("body", b"")) for part in said[1:])  # type: ignore[call-overload]
    return Answer(int(start["status"]), pairs, body)  # type: ignore[call-overload]
