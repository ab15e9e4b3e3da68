"""`python -m reporter.testing --date 2026-09-30`: the publishers of a day on this machine, for trying things out.

Answers are made from the observations that ship with the package, as they were known on the date. It writes the
environment to set, and runs until it is interrupted::

    python -m reporter.testing --date 2026-09-30 > environment & sleep 2; . ./environment
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import date

from reporter import embedded
from reporter.testing import Fault, Server, World


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m reporter.testing", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="the day the answers are of")
    parser.add_argument("--fault", choices=[fault.name.lower() for fault in Fault], help="spoil every answer so")
    parser.add_argument("--match", default="", help="… of an address that holds this")
    chosen = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with Server(World(embedded.layers()), chosen.date) as server:
        if chosen.fault:
            server.fail(Fault[chosen.fault.upper()], chosen.match, sys.maxsize)
        for name, value in server.environment.items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
