"""Drawing beside the caller's work: a forked child draws what the cache lacks while the parent imports the rest.

A chart is made as a `Drawing` for the page and the PDF, or as a picture (PNG): to be downloaded, or for a mail.
"""

from __future__ import annotations

import json
import os
import signal
import traceback
import weakref
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NoReturn, TypeVar

from reporter.charts.cache import keep, stored
from reporter.charts.drawing import Drawing, Job, Picture
from reporter.errors import RenderError

T = TypeVar("T")
PICTURE_SCALE = 2.0  # device pixels to a CSS pixel


@dataclass(frozen=True)
class Form(Generic[T]):
    """What a chart is made as: drawn by `draw`, sent and stored as text under a name that ends in `suffix`."""

    draw: Callable[[Job], T]
    pack: Callable[[T], str]
    unpack: Callable[[str], T]
    suffix: str


def _drawing(job: Job) -> Drawing:
    from reporter.charts.output import render  # noqa: PLC0415 -- matplotlib, only where something must be drawn

    return render(job.spec, job.words, job.cut)


def _picture(job: Job) -> bytes:
    from reporter.charts.output import png  # noqa: PLC0415 -- as above

    return png(job.spec, job.words, job.cut, PICTURE_SCALE, job.inks)


def _mail(job: Job) -> Picture:
    from reporter.charts.output import picture  # noqa: PLC0415 -- as above

    return picture(job.spec, job.words, job.cut, job.inks)


def _card(job: Job) -> Picture:
    from reporter.charts.output import card  # noqa: PLC0415 -- as above

    return card(job.spec, job.words, job.cut, job.inks)


DRAWING = Form(_drawing, Drawing.to_json, Drawing.from_json, ".json")
PICTURE = Form(
    _picture, lambda held: b64encode(held).decode("ascii"), lambda text: b64decode(text, validate=True), ".png64"
)
CARD = Form(_card, Picture.to_json, Picture.from_json, ".card.json")
MAIL = Form(_mail, Picture.to_json, Picture.from_json, ".mail.json")


def _one_each(jobs: Sequence[Job]) -> None:
    names = [job.name for job in jobs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        message = f"charts share a key: {', '.join(twice)}"
        raise ValueError(message)


def _draw_and_keep(jobs: Sequence[Job], folder: Path | None, form: Form[T]) -> dict[str, T]:
    """Draw every job, keeping each; a cache that cannot be written is no reason to fail."""
    done: dict[str, T] = {}
    for job in jobs:
        done[job.name] = drawn = form.draw(job)
        if folder is not None:
            with suppress(OSError):
                keep(job, form.pack(drawn), folder, form.suffix)
    return done


def _split(jobs: Sequence[Job], folder: Path | None, form: Form[T]) -> tuple[dict[str, T], list[Job]]:
    """What is at hand, and what is to be drawn."""
    _one_each(jobs)
    found = stored(jobs, folder, form.unpack, form.suffix) if folder is not None else {}
    return found, [job for job in jobs if job.name not in found]


def draw_all(jobs: Sequence[Job], cache_folder: Path | None = None) -> dict[str, Drawing]:
    """Every chart by `Job.name`, in this process; what the cache holds is not drawn again."""
    found, missing = _split(jobs, cache_folder, DRAWING)
    if missing:
        found |= _draw_and_keep(missing, cache_folder, DRAWING)
    return {job.name: found[job.name] for job in jobs}


def start(jobs: Sequence[Job], cache_folder: Path | None = None) -> Pending[Drawing]:
    """Begin to draw what the cache lacks in a child process, and return at once; call `result()` to collect."""
    return _start(jobs, cache_folder, DRAWING)


def start_pictures(jobs: Sequence[Job], cache_folder: Path | None = None) -> Pending[bytes]:
    """The same as PNG, `PICTURE_SCALE` device pixels to a CSS pixel."""
    return _start(jobs, cache_folder, PICTURE)


def start_mail(jobs: Sequence[Job], cache_folder: Path | None = None) -> Pending[Picture]:
    """The same as pictures for the column of a mail, with the texts on them."""
    return _start(jobs, cache_folder, MAIL)


def start_cards(jobs: Sequence[Job], cache_folder: Path | None = None) -> Pending[Picture]:
    """The same as pictures for those who share an edition, with the texts on them."""
    return _start(jobs, cache_folder, CARD)


def _start(jobs: Sequence[Job], folder: Path | None, form: Form[T]) -> Pending[T]:
    found, missing = _split(jobs, folder, form)
    names = [job.name for job in jobs]
    if missing and not hasattr(os, "fork"):
        return Pending(names, found | _draw_and_keep(missing, folder, form), None, form)
    return Pending(names, found, _fork(missing, folder, form) if missing else None, form)


class Pending(Generic[T]):
    """Charts under way. Dropping it ends the child; `result()` may be called again."""

    def __init__(self, names: Sequence[str], found: dict[str, T], child: tuple[int, int] | None, form: Form[T]) -> None:
        self._names, self._found, self._form = names, found, form
        self._child = child
        self._reaper = weakref.finalize(self, _end, *child) if child else None

    def result(self) -> dict[str, T]:
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
            self._found |= _read(answer, os.waitpid(child[0], 0)[1], self._form)
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


def _fork(jobs: Sequence[Job], folder: Path | None, form: Form[T]) -> tuple[int, int]:
    """Start a child that draws and answers through a pipe; its process id and the pipe's reading end."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _child(jobs, folder, form, writing)
    os.close(writing)
    return process, reading


def _child(jobs: Sequence[Job], folder: Path | None, form: Form[T], writing: int) -> NoReturn:
    """Draw, answer, and leave without running the parent's exit handlers or flushing its buffers."""
    status = 1
    try:
        try:
            drawn = _draw_and_keep(jobs, folder, form)
            answer = {"drawn": {name: form.pack(held) for name, held in drawn.items()}}
            payload = json.dumps(answer).encode()
        except Exception:  # noqa: BLE001 -- the parent raises it again, with its text
            payload = json.dumps({"failed": traceback.format_exc()}).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(payload)
        status = 0
    finally:
        os._exit(status)


def _read(answer: bytes, status: int, form: Form[T]) -> dict[str, T]:
    """The child's answer; RenderError if it failed, was killed or answered half."""
    try:
        told = json.loads(answer)
        if "failed" not in told:
            return {name: form.unpack(text) for name, text in told["drawn"].items()}
        message = f"a chart could not be drawn:\n{told['failed'].rstrip()}"
    except (ValueError, KeyError, TypeError):
        code = os.waitstatus_to_exitcode(status)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"
        message = f"the process that draws the charts {how} before it answered"
    raise RenderError(message)
