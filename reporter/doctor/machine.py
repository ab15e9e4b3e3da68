"""This machine: its files and who may read them, room on the disk, its clock, the fonts."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from reporter import fonts
from reporter.config import Settings
from reporter.doctor.findings import Finding, fault, good, warning
from reporter.errors import ReporterError
from reporter.keys import unsafe

_LEAST, _LITTLE = 100, 1000  # megabytes of room
_MEGA = 1_000_000
_SPARE = timedelta(minutes=5)
_SECRETS = ("REPORTER_SECRET_FILE", "REPORTER_SMTP_PASSWORD_FILE", "REPORTER_FRED_KEY_FILE", "REPORTER_BEA_KEY_FILE")


def examined(held: Settings, environment: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """All of it."""
    yield from _databases(held)
    yield from _secrets(held, environment)
    yield from _writable(held)
    yield from _room(held, lambda path: shutil.disk_usage(path).free)
    yield from _clock(held, now)
    yield from _fonts()


def _databases(held: Settings) -> Iterator[Finding]:
    for about, path, is_private in (
        ("list", held.list.people, True),
        ("ledger", held.list.ledger, True),
        ("store", held.store, False),
    ):
        if not path.is_file():
            yield good(about, f"{path} is not there yet")
            continue
        if is_private and sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield fault(about, f"{path} can be read by others", "let only its owner read it", f"chmod 600 {path}")
        elif not os.access(path, os.W_OK):
            yield fault(about, f"{path} cannot be written by this user", f"run this as the owner, or give it: {path}")
        elif told := _unsound(path):
            yield fault(about, f"{path}: {told}", "restore it from a backup")
        else:
            yield good(about, f"{path} is whole")


def _unsound(path: Path) -> str:
    """What SQLite's own check says of a file; empty where it is whole."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if said == "ok" else str(said)


def _secrets(held: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    named = {name: Path(environment[name]).expanduser() for name in _SECRETS if environment.get(name)}
    keys = {"[dkim] key_file": held.dkim.key_file, "signing_key_file": held.signing_key_file}
    named |= {about: path for about, path in keys.items() if path}
    for about, path in named.items():
        told = next(unsafe(path), "")
        yield (
            fault(about, f"{path} {told}", "mend the path or the permissions", f"chmod 600 {path}")
            if told
            else good(about, f"{path} is its owner's alone")
        )


def _writable(held: Settings) -> Iterator[Finding]:
    for about, path in (
        ("output", held.output),
        ("store's folder", held.store.parent),
        ("list's folder", held.list.people.parent),
    ):
        place = _there(path)
        if not os.access(place, os.W_OK | os.X_OK):
            yield fault(about, f"{place} cannot be written by this user", "give it to the user that runs reporter")


def _room(held: Settings, free: Callable[[Path], int]) -> Iterator[Finding]:
    places = {_there(path) for path in (held.output, held.store, held.list.people, held.list.ledger)}
    left = {os.stat(place).st_dev: (free(place) // _MEGA, place) for place in sorted(places)}  # noqa: PTH116 -- a device
    for room, place in left.values():
        said = f"{room:,} MB free at {place}"
        if room < _LEAST:
            yield fault("disk", said, "make room: a full disk stops sending half-way (nothing is lost)")
        elif room < _LITTLE:
            yield warning("disk", said, "make room soon")
        else:
            yield good("disk", said)


def _clock(held: Settings, now: datetime) -> Iterator[Finding]:
    """The clock against what was written before now: it decides which figures are known, and dates every mail."""
    seen = [
        path.stat().st_mtime
        for path in (held.store, held.list.ledger, held.list.people, Path(__file__))
        if path.exists()
    ]
    ahead = datetime.fromtimestamp(max(seen), now.tzinfo) - now
    if ahead > _SPARE:
        yield fault("clock", f"it is {now:%Y-%m-%d %H:%M %Z} here, before files were written", "set the clock")
    else:
        yield good("clock", f"{now:%Y-%m-%d %H:%M %Z}")


def _fonts() -> Iterator[Finding]:
    try:
        count = len(list(fonts.folder().glob("*.ttf")))
    except (ReporterError, OSError) as error:
        yield fault("fonts", str(error), "install reporter-briefing again, or run make in the checkout")
        return
    if count < len(fonts.FACES) // 2:
        yield fault("fonts", f"only {count} faces in {fonts.folder()}", "delete that folder; it is made anew")
    else:
        yield good("fonts", f"{count} faces in {fonts.folder()}")


def _there(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())
