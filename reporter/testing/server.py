"""The server itself: one thread a connection, on this machine only."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self

from reporter.sources.base import Bases
from reporter.testing import bea, fred_api, graphs, tic
from reporter.testing.faults import Fault, spoilt
from reporter.testing.handler import Handler
from reporter.testing.reply import Asked, Query, Reply, not_found
from reporter.testing.world import World

# Of the shape that the publishers give out, and nobody's.
FRED_KEY = "0123456789abcdef0123456789abcdef"
BEA_KEY = "01234567-89AB-CDEF-0123-456789ABCDEF"


@dataclass(slots=True)
class _Trouble:
    fault: Fault
    match: str
    times: int


class Server:
    """All publishers at one address, as a context manager; `today` is the day their answers are of."""

    def __init__(self, world: World, today: date) -> None:
        self.world, self.today = world, today
        self.asked: list[Asked] = []
        self._troubles: list[_Trouble] = []
        self._lock = threading.Lock()
        self._made: dict[tuple[object, ...], Reply] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"publishers": self}))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def bases(self) -> Bases:
        """The base addresses of its publishers."""
        parts = ("fred", "alfred", "fred_api", "bea/api/data/", "tic")
        return Bases(*(f"{self.url}/{part}" for part in parts))

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process, and keys that it takes."""
        names = ("FRED", "ALFRED", "FRED_API", "BEA", "TIC")
        bases = self.bases
        urls = (bases.fred, bases.alfred, bases.fred_api, bases.bea, bases.tic)
        found = {f"REPORTER_{name}_URL": url for name, url in zip(names, urls, strict=True)}
        return {**found, "REPORTER_FRED_KEY": FRED_KEY, "REPORTER_BEA_KEY": BEA_KEY}

    def fail(self, fault: Fault, match: str = "", times: int = 1) -> None:
        """Spoil the next `times` answers whose path and query hold `match`."""
        with self._lock:
            self._troubles.append(_Trouble(fault, match, times))

    def mend(self) -> None:
        """No more faults."""
        with self._lock:
            self._troubles.clear()

    def take(self, asked: Asked, line: str) -> Fault | None:
        """Note what came, and use up a fault that is for it."""
        with self._lock:
            self.asked.append(asked)
            for trouble in self._troubles:
                if trouble.times > 0 and trouble.match in line:
                    trouble.times -= 1
                    return trouble.fault
        return None

    def answer(self, path: str, query: Query, fault: Fault | None) -> Reply:
        """What the publisher says, spoilt where it is to be."""
        made = (path, self.today, *sorted(query.items()))
        if made not in self._made:
            self._made[made] = self._publisher(path, query)
        reply = self._made[made]
        return spoilt(reply, fault) if fault else reply

    def _publisher(self, path: str, query: Query) -> Reply:
        publisher, _, rest = path.lstrip("/").partition("/")
        match publisher, rest:
            case "fred", "graph/fredgraph.csv":
                return graphs.fredgraph(self.world, self.today, query)
            case "alfred", "graph/alfredgraph.csv":
                return graphs.alfredgraph(self.world, self.today, query)
            case "fred_api", _:
                return fred_api.answer(self.world, self.today, rest, query, FRED_KEY)
            case "bea", "api/data/":
                return bea.answer(self.world, self.today, query, BEA_KEY)
            case "tic", _:
                return tic.file(self.world, self.today, rest)
            case _:
                return not_found()
