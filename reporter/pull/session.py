"""A pull as a command makes it: by the settings and keys at hand, over the network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from reporter.config import Settings
from reporter.http import Client, Pacer, Patience
from reporter.keys import Keys
from reporter.pull.ask import Progress
from reporter.pull.plan import Channels, Plan, known, plan
from reporter.pull.run import Report, run
from reporter.store import Store, layers

# A build can do without: what does not connect soon is given up.
HURRIED = Patience(attempts=2, connect=2.5, read=10.0, total=30.0)
SOON = 3.5  # seconds until a build that nobody has answered goes on with what is at hand


def planned(series: Iterable[str], settings: Settings, keys: Keys, now: datetime, *, vintages: bool = False) -> Plan:
    """What would be asked for these series, with what keys there are and after what is at hand."""
    store, wanted = Store(settings.store), tuple(series)
    with layers(store) as held:
        there = known(wanted, held, store, now.date(), vintages=vintages)
    return plan(wanted, Channels.by(keys), settings.bases, there, vintages=vintages)


def pull(  # noqa: PLR0913 -- what a pull consists of
    asked: Plan,
    settings: Settings,
    keys: Keys,
    now: datetime,
    progress: Progress,
    *,
    hurried: bool = False,
    patience: Patience | None = None,
) -> Report:
    """Ask and write; `hurried`, as a build is, it does not wait long for a network that is not there.

    `patience` is how long each request goes on, where that is to be another than what suits either.
    """
    pacer = Pacer(settings.cache / "slots.sqlite")
    with Client(keys, pacer, patience=patience or (HURRIED if hurried else None)) as client:
        return run(asked, client, Store(settings.store), now, progress, patience=SOON if hurried else None)
