"""Drawing beside the caller's work: a forked child draws what the cache lacks while the parent imports the rest."""

from __future__ import annotations

import json
import os
import signal
import traceback
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from reporter.charts.cache import cached, keep
from reporter.charts.drawing import Drawing, Job
from reporter.errors import RenderError


def _one_each(jobs: Sequence[Job]) -> None:
    names = [job.name for job in jobs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        message = f"charts share a key: {', '.join(twice)}"
        raise ValueError(message)


def _draw_and_keep(jobs: Sequence[Job], folder: Path | None) -> dict[str, Drawing]:
    """Draw every job, keeping each; a cache that cannot be written is no reason to fail."""
    from reporter.charts.output import render  # noqa: PLC0415 -- matplotlib, only where something must be drawn

    done: dict[str, Drawing] = {}
    for job in jobs:
        done[job.name] = drawing = render(job.spec, job.words, job.cut)
        if folder is not None:
            with suppress(OSError):
                keep(job, drawing, folder)
    return done


def _split(jobs: Sequence[Job], folder: Path | None) -> tuple[dict[str, Drawing], list[Job]]:
    """What is at hand, and what is to be drawn."""
    _one_each(jobs)
    found = cached(jobs, folder) if folder is not None else {}
    return found, [job for job in jobs if job.name not in found]


def draw_all(jobs: Sequence[Job], cache_folder: Path | None = None) -> dict[str, Drawing]:
    """Every chart by `Job.name`, in this process; what the cache holds is not drawn again."""
    found, missing = _split(jobs, cache_folder)
    if missing:
        found |= _draw_and_keep(missing, cache_folder)
    return {job.name: found[job.name] for job in jobs}


def start(jobs: Sequence[Job], cache_folder: Path | None = None) -> Pending:
    """Begin to draw what the cache lacks in a child process, and return at once; call `result()` to collect."""
    found, missing = _split(jobs, cache_folder)
    names = [job.name for job in jobs]
    if missing and not hasattr(os, "fork"):
        return Pending(names, found | _draw_and_keep(missing, cache_folder), None)
    return Pending(names, found, _fork(missing, cache_folder) if missing else None)


class Pending:
    """Charts under way. Dropping it ends the child; `result()` may be called again."""

    def __init__(self, names: Sequence[str], found: dict[str, Drawing], child: tuple[int, int] | None) -> None:
        self._names, self._found = names, found
        self._child = child
        self._reaper = weakref.finalize(self, _end, *child) if child else None

    def result(self) -> dict[str, Drawing]:
        """Every chart by `Job.name`; waits for the child. Raises RenderError with what went wrong in it."""
        if self._child is not None and self._reaper is not None:
            child, self._child = self._child, None
            try:
                with os.fdopen(child[1], "rb", closefd=False) as pipe:
                    answer = pipe.read()
            except BaseException:
                self._reaper()
                raise
            self._reaper.detach()
            os.close(child[1])
            self._found |= _read(answer, os.waitpid(child[0], 0)[1])
        if lost := [name for name in self._names if name not in self._found]:
            message = f"charts were not drawn: {', '.join(lost)}"
            raise RenderError(message)
        return {name: self._found[name] for name in self._names}

    def close(self) -> None:
        """Give the charts up: end the child and reap it."""
        if self._reaper is not None:
            self._reaper()
        self._child = None


def _end(process: int, pipe: int) -> None:
    """Kill, reap, close: no zombie and no open pipe is left behind."""
    with suppress(OSError):
        os.kill(process, signal.SIGKILL)
    with suppress(OSError):
        os.waitpid(process, 0)
    with suppress(OSError):
        os.close(pipe)


def _fork(jobs: Sequence[Job], folder: Path | None) -> tuple[int, int]:
    """Start a child that draws and answers through a pipe; its process id and the pipe's reading end."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _child(jobs, folder, writing)
    os.close(writing)
    return process, reading


def _child(jobs: Sequence[Job], folder: Path | None, writing: int) -> NoReturn:
    """Draw, answer, and leave without running the parent's exit handlers or flushing its buffers."""
    status = 1
    try:
        try:
            drawn = _draw_and_keep(jobs, folder)
            answer = {"drawn": {name: drawing.to_json() for name, drawing in drawn.items()}}
            payload = json.dumps(answer).encode()
        except Exception:  # noqa: BLE001 -- the parent raises it again, with its text
            payload = json.dumps({"failed": traceback.format_exc()}).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(payload)
        status = 0
    finally:
        os._exit(status)


def _read(answer: bytes, status: int) -> dict[str, Drawing]:
    """The child's answer; RenderError if it failed, was killed or answered half."""
    try:
        told = json.loads(answer)
        if "failed" not in told:
            return {name: Drawing.from_json(text) for name, text in told["drawn"].items()}
        message = f"a chart could not be drawn:\n{told['failed'].rstrip()}"
    except (ValueError, KeyError, TypeError):
        code = os.waitstatus_to_exitcode(status)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"
        message = f"the process that draws the charts {how} before it answered"
    raise RenderError(message)
