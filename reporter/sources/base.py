"""What a source is: pure functions from series to requests and from a payload to layers.

A request holds no key, ever: the client adds it on the way out, and the address without it is what is stored, logged
and cited. What the answers to all of a series' requests bring counts together: where one of them raises, nothing of
that series may enter the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from reporter import catalogue
from reporter.model.observations import Form, Layer, SeriesInfo, Vintage
from reporter.model.periods import Period
from reporter.model.units import Unit
from reporter.sources.payload import consecutive


class Media(StrEnum):
    """What kind of body a request is answered with."""

    CSV = "text/csv"
    TSV = "text/tab-separated-values"
    JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Bases:
    """Where each publisher answers; a test server, a mirror or a proxy may stand in."""

    fred: str = "https://fred.stlouisfed.org"
    alfred: str = "https://alfred.stlouisfed.org"
    fred_api: str = "https://api.stlouisfed.org/fred"
    bea: str = "https://apps.bea.gov/api/data/"
    tic: str = "https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents"


@dataclass(frozen=True, slots=True)
class Request:
    """One GET. `key` names the key to send along (`fred`, `bea`) or is empty; `series` are the ids it is made for."""

    id: str
    source: str
    url: str
    params: tuple[tuple[str, str], ...]
    series: tuple[str, ...]
    expects: Media
    key: str = ""

    @property
    def address(self) -> str:
        """Without the key: fit to be stored, logged and cited."""
        return f"{self.url}?{urlencode(self.params)}" if self.params else self.url

    @property
    def about(self) -> str:
        """What an error names: the one series, or the request where it is made for many."""
        return self.series[0] if len(self.series) == 1 else self.id


@dataclass(frozen=True, slots=True)
class Known:
    """What is at hand of a series, and which of its past vintages are asked for.

    `last` is the last period that has a value; `vintages` the days of its full vintages, ascending; `wanted` the days
    past vintages are asked for by, where the source cannot list them itself (ALFRED without a key).
    """

    last: Period | None = None
    vintages: tuple[date, ...] = ()
    wanted: tuple[date, ...] = ()


NOTHING = Known()


class Source(Protocol):
    """A publisher's channel."""

    @property
    def name(self) -> str:
        """Its name on the command line and in the store."""
        ...

    def requests(self, series_ids: Sequence[str], bases: Bases, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """What to ask for these series; none for those that are not this source's."""
        ...

    def follow(self, request: Request, body: bytes, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """What to ask next, now that this is answered: further pages, windows of vintages."""
        ...

    def parse(self, request: Request, body: bytes, known_on: date) -> tuple[Layer, ...]:
        """The layers a body holds, as published on `known_on` where it does not say so itself.

        Raise ParseError where it has not the documented shape, FetchError where the publisher declines in it,
        UnitMismatch where it measures something else than the catalogue says.
        """
        ...


class Single:
    """A source whose answers lead to no further request."""

    def follow(self, request: Request, body: bytes, known: Mapping[str, Known]) -> tuple[Request, ...]:  # noqa: ARG002
        """Nothing."""
        return ()


def is_allowed(url: str) -> bool:
    """Whether it may be asked: https, or plain http on this machine. Keys and figures travel by nothing else."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def join(base: str, path: str) -> str:
    """An address below a base."""
    return f"{base.rstrip('/')}/{path}"


def of_source(series_ids: Iterable[str], name: str) -> tuple[str, ...]:
    """Those of the ids that belong to a source, each once and in order."""
    return tuple(dict.fromkeys(key for key in series_ids if key.startswith(f"{name}:")))


def vintage(entry: SeriesInfo, name: str, known_on: date, form: Form, body: bytes) -> Vintage:
    """The vintage a body makes; `name` tells payloads of one day apart."""
    digest = hashlib.sha256(body).hexdigest()
    return Vintage(f"{name}@{known_on}", known_on, form, entry.publisher, entry.link, digest)


def layer(series: str, held: Vintage, values: Mapping[Period, str], unit: Unit | None = None) -> Layer | None:
    """A layer in the catalogue's unit unless another is given; None where no period has a value."""
    if not any(values.values()):
        return None
    first, text = consecutive(values)
    return Layer(series, held, unit or catalogue.info(series).unit, first, text)
