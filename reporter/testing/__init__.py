"""A server that answers as the publishers do, for tests of this package and of those built on it.

::

    with Server(World(embedded.layers()), date(2026, 9, 30)) as server:
        server.fail(Fault.TOO_MANY, "fredgraph")
        …    # server.bases, or server.environment for a process of its own

It serves FRED's and ALFRED's graph files, the FRED API, BEA's API and the Treasury's tables in their formats, made
from layers as they were known on its own date, or as recorded. `server.today` may be set onward; `server.asked` lists
what came in.
"""

from __future__ import annotations

from reporter.testing.faults import Fault
from reporter.testing.server import BEA_KEY, FRED_KEY, Server
from reporter.testing.world import World

__all__ = ["BEA_KEY", "FRED_KEY", "Fault", "Server", "World"]
