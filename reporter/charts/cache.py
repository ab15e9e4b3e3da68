"""Finished charts on disk, found by what they were made of; nothing here imports matplotlib, numpy or pandas.

A file's name is the SHA-256 of the specification, its words, the cut, the source of this package, the fonts and
the versions of the libraries that draw: an entry is right or absent, and never has to be invalidated.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from reporter import fonts
from reporter.charts.drawing import Drawing, Job

T = TypeVar("T")
_DRAWN_BY = ("matplotlib", "numpy")


@cache
def _tools(faces: Path) -> bytes:
    """What every chart depends on besides its own specification; `faces` is the folder of cut fonts."""
    digest = hashlib.sha256()
    for file in (*sorted(Path(__file__).parent.glob("*.py")), *sorted(faces.glob("ReporterSans-*.ttf"))):
        digest.update(f"\0{file.name}\0".encode() + file.read_bytes())
    for package in _DRAWN_BY:
        digest.update(f"\0{package}\0{version(package)}".encode())
    return digest.digest()


def fingerprint(job: Job) -> str:
    """The name of a chart's entry, 64 hexadecimal digits."""
    made_of = repr((type(job.spec).__name__, job.spec, job.words, job.cut, *job.inks))
    return hashlib.sha256(_tools(fonts.folder()) + made_of.encode()).hexdigest()


def cached(jobs: Iterable[Job], folder: Path) -> dict[str, Drawing]:
    """The drawings that are at hand, by `Job.name`."""
    return stored(jobs, folder, Drawing.from_json, ".json")


def stored(jobs: Iterable[Job], folder: Path, unpack: Callable[[str], T], suffix: str) -> dict[str, T]:
    """What is at hand of one form, by `Job.name`; what `unpack` cannot read is as good as absent."""
    found: dict[str, T] = {}
    for job in jobs:
        with suppress(OSError, ValueError, KeyError, TypeError):
            found[job.name] = unpack((folder / f"{fingerprint(job)}{suffix}").read_text(encoding="utf-8"))
    return found


def keep(job: Job, text: str, folder: Path, suffix: str) -> None:
    """Store a chart: written aside and renamed, so that a reader never sees half of one. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    aside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        aside.replace(folder / f"{fingerprint(job)}{suffix}")
    finally:
        aside.unlink(missing_ok=True)
