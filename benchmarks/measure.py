"""Whole processes measured: wall clock, processor time, peak memory. POSIX only: the kernel counts, not we."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# ru_maxrss is in KiB on Linux, in bytes on macOS: getrusage(2) of each.
_PER_MB = 1e6 if sys.platform == "darwin" else 1e6 / 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """One run. `user` and `system` count the processes it started, too; `peak` is that of the largest one.

    Seconds, and megabytes (10⁶ bytes) of resident memory.
    """

    wall: float
    user: float
    system: float
    peak: float


def spawned(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Sample:
    """Run a command in a folder with variables added to the environment; raise CalledProcessError where it fails.

    On Linux a peak below the memory of the process that asks is not seen: a child starts on its parent's pages, and
    the kernel remembers them. So whoever measures stays small.
    """
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 -- our own commands
            command, cwd=folder, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for, here
        if process.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, output=said.read())
    return Sample(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / _PER_MB)


def median(samples: Iterable[Sample]) -> Sample:
    """The median of each figure by itself."""
    rows = zip(*((one.wall, one.user, one.system, one.peak) for one in samples), strict=True)
    return Sample(*(statistics.median(row) for row in rows))


def peak_of_this_process() -> float:
    """Its high-water mark of resident memory so far, megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _PER_MB
