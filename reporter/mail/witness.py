"""What stands beside the ledger: who holds an edition on this machine, and how far its sending had come.

*The lock* is an empty SQLite file held in an exclusive transaction. The operating system lets go of it when the process
ends, however it ends: a dead sender is told from a living one at once, on every system that SQLite runs on.

*The witness* is the number of mails that had reached DATA_SENT, kept in another folder than the ledger, one that
backups leave out (XDG's state folder). It is written after the ledger and before the final dot. A ledger that knows of
fewer is an older copy: those it takes for unsent may have had their mail, so it refuses. One whose witness is gone was
moved or restored without it, and refuses too. What happens then is the operator's decision: see `Ledger.restored`.
"""

from __future__ import annotations

import mmap
import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reporter.errors import ConfigError, DeliveryError

_COUNT = struct.Struct("@Q")  # native and aligned: written whole or not at all, even where the process is killed


class Witness:
    """The count of one edition in `folder`. A file of its own, mapped to memory: no system call a mail."""

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / key.replace("/", ".")
        self._map: mmap.mmap | None = None

    def read(self) -> int | None:
        """What it says, or None where there is none."""
        try:
            return int(_COUNT.unpack(self.path.read_bytes()[: _COUNT.size])[0])
        except FileNotFoundError:
            return None
        except (OSError, struct.error) as error:
            message = f"{self.path} cannot be read: {error}"
            raise ConfigError(message) from error

    def check(self, reached: int) -> None:
        """Raise DeliveryError where the ledger, which knows of `reached` mails, is an older or a moved copy."""
        seen = self.read()
        if seen is None and reached:
            what = f"its witness {self.path} is not there: the ledger was moved or restored"
        elif seen is not None and seen > reached:
            what = f"it knows of {reached:,} mails of the {seen:,} that left: the ledger is an older copy"
        else:
            return
        message = (
            f"{what}. Nothing is sent. `reporter send resolve EDITION --restored` puts whom it takes for unsent"
            " in doubt; then decide for those in doubt"
        )
        raise DeliveryError(message)

    def open(self, reached: int) -> None:
        """Begin to count, from `reached` on."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                os.truncate(descriptor, _COUNT.size)
                self._map = mmap.mmap(descriptor, _COUNT.size)
            finally:
                os.close(descriptor)
        except OSError as error:
            message = (
                f"{self.path}: {error.strerror}; mend [list] witness in reporter.toml, or the folder's permissions"
            )
            raise ConfigError(message) from error
        self.write(reached)

    def write(self, reached: int) -> None:
        """Say that so many have reached DATA_SENT."""
        if self._map is None:
            message = "the witness is not open"
            raise ValueError(message)
        _COUNT.pack_into(self._map, 0, reached)

    def close(self) -> None:
        """Let go of the file."""
        if self._map is not None:
            self._map.flush()
            self._map.close()
            self._map = None


@contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold the lock at `path`; raise DeliveryError where a living process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            message = f"{what} is being sent by another process on this machine; wait for it, or `reporter send pause`"
            raise DeliveryError(message) from error
        yield
    finally:
        connection.close()
