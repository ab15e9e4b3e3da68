"""One exchange with one host: urllib3, and what its many exceptions mean in a few words without an address."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import IncompleteRead
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions as broken

from reporter.http.body import Faulty, Limits, decoded
from reporter.http.retry import Patience
from reporter.sources.base import is_loopback

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 1 << 16
_LATER = "the next run asks again"


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no answer, what to do, whether asking again may help, and how many seconds were asked to wait."""

    why: str
    act: str
    retry: bool = False
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in small letters) and the plain body; `endless` where nothing said how long it is."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    endless: bool = False


class _TooLong(Exception):
    """The time for all attempts is over while the body still drips."""


class Wire:
    """Pools of connections, through a proxy where the system has one set. Certificates are verified."""

    def __init__(self, patience: Patience, limits: Limits) -> None:
        self._patience, self._limits = patience, limits
        self._direct = urllib3.PoolManager(maxsize=4, retries=False, cert_reqs="CERT_REQUIRED")
        self._proxies: dict[str, urllib3.ProxyManager] = {}

    def close(self) -> None:
        """End every connection."""
        for pool in (self._direct, *self._proxies.values()):
            pool.clear()

    def get(self, url: str, headers: Mapping[str, str], deadline: float) -> Answer | Failed:
        """One GET without redirects or retries. The address is in nothing that comes back."""
        asked = {**headers, "Accept-Encoding": "gzip, deflate"}
        timeout = urllib3.Timeout(connect=self._patience.connect, read=self._patience.read)
        try:
            response = self._pool(url).request(
                "GET", url, headers=asked, timeout=timeout, redirect=False, retries=False, preload_content=False
            )
            try:
                return self._read(response, deadline)
            finally:
                response.close()  # a half-read connection is of no further use
        except Faulty as error:
            cut = "cut off" in str(error)
            return Failed(str(error), _LATER if cut else "look at the address in a browser", retry=cut)
        except _TooLong:
            return Failed(f"it was not done within {self._patience.total:g} seconds", _LATER)
        except (broken.HTTPError, OSError) as error:
            return _meaning(error, urlsplit(url).hostname or "", self._patience)

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        body = b""
        if response.status != 304:  # noqa: PLR2004 -- has no body by its definition
            body = decoded(_pieces(response, deadline), headers.get("content-encoding", ""), self._limits)
        compressed = bool(headers.get("content-encoding"))
        return Answer(response.status, headers, body, not (chunked or compressed or "content-length" in headers))

    def _pool(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxy = getproxies().get(parts.scheme)
        if not proxy or is_loopback(parts.hostname or "") or proxy_bypass(parts.hostname or ""):
            return self._direct
        if proxy not in self._proxies:
            self._proxies[proxy] = urllib3.ProxyManager(proxy, maxsize=4, retries=False, cert_reqs="CERT_REQUIRED")
        return self._proxies[proxy]


def origin(url: str) -> tuple[str, str, int]:
    """Protocol, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)


def _pieces(response: urllib3.BaseHTTPResponse, deadline: float) -> Iterator[bytes]:
    """As they come, and not when so many are together: a body that drips must not outlast the deadline."""
    while piece := response.read1(_PIECE, decode_content=False):
        if time.monotonic() > deadline:
            raise _TooLong
        yield piece


# In order: a kind stands before what it is a kind of. `{c}` and `{r}` are the seconds for connecting and reading.
_MEANINGS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((broken.NameResolutionError,), "{host} is not found: no network?"),
    ((broken.NewConnectionError,), "no connection to {host}: no network?"),
    ((broken.ConnectTimeoutError,), "no connection to {host} within {c:g} seconds"),
    ((broken.ReadTimeoutError,), "nothing came from {host} for {r:g} seconds"),
    ((broken.ProxyError,), "the proxy does not let it through to {host}"),
    ((IncompleteRead,), "it was cut off on the way"),
    ((broken.ProtocolError,), "the connection to {host} broke off"),
)


def _meaning(error: Exception, host: str, patience: Patience) -> Failed:
    """What went wrong, without the library's words, which hold the address."""
    if isinstance(error, broken.SSLError):
        return Failed(f"the certificate of {host} is not trusted", "check this machine's clock, proxy and certificates")
    if isinstance(error, broken.ProtocolError) and isinstance(error.args[-1], IncompleteRead):
        error = error.args[-1]
    for kinds, words in _MEANINGS:
        if isinstance(error, kinds):
            return Failed(words.format(host=host, c=patience.connect, r=patience.read), _LATER, retry=True)
    return Failed(f"the exchange with {host} failed ({type(error).__name__})", _LATER, retry=True)
