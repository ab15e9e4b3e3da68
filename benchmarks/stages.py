"""One build taken apart: what each stage takes of the process's time, and where memory stood after it.

`python -m benchmarks.stages BRIEFING AS_OF` builds once and prints a JSON object for the suite, which runs it
several times. Functions are timed from outside, each without the stages inside it; the package knows nothing of it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measure import peak_of_this_process
from benchmarks.suites import Options
from benchmarks.table import Table

# Stage by stage: the functions it is made of, as module:attribute. What is in none of them is "the rest".
STAGES: dict[str, tuple[str, ...]] = {
    "snapshot": ("reporter.batch:store.snapshot", "reporter.editions:store.snapshot"),
    "sections": ("reporter.build:_found",),
    "templates": ("reporter.build:Engine.write",),
    "charts, waited for": ("reporter.charts:start", "reporter.charts.worker:Pending.result"),
    "WeasyPrint's import": ("reporter.render.pdf:load",),
    "page": ("reporter.render.html:page", "reporter.render.html:sheet", "reporter.render.pdf:sheet"),
    "PDF, layout": ("weasyprint:HTML.render",),
    "PDF, drawing": ("weasyprint.document:Document.write_pdf",),
    "PDF, finishing": ("reporter.render.finish:finish",),
    "proof": tuple(f"reporter.proof.prove:{part}" for part in ("made", "of_charts", "of_page", "of_pdf", "sealed")),
    "facts and data": ("reporter.record:write", "reporter.publish:_table"),
    "files": ("reporter.deliver:write_folder",),
}
IMPORTS, REST = "imports", "the rest"


@dataclass
class Clock:
    """Seconds by stage, each stage without those inside it; `peaks` is the peak memory in MB when it last ended."""

    now: Callable[[], float] = time.perf_counter
    seconds: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    _inside: list[float] = field(default_factory=lambda: [0.0])  # what the stages within each open one took

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens within to `name`."""
        begun = self.now()
        self._inside.append(0.0)
        try:
            yield
        finally:
            took = self.now() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + took - self._inside.pop()
            self.peaks[name] = peak_of_this_process()
            self._inside[-1] += took

    def watch(self, name: str, place: str) -> None:
        """Count every call of the function at `module:attribute.path` to `name`."""
        module, _, path = place.partition(":")
        *holders, attribute = path.split(".")
        holder: Any = import_module(module)
        for part in holders:
            holder = getattr(holder, part)
        original = getattr(holder, attribute)
        if getattr(original, "watched", False):
            return

        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- whatever it is
            with self.stage(name):
                return original(*args, **kwargs)

        timed.watched = True  # type: ignore[attr-defined]
        setattr(holder, attribute, timed)


def run(options: Options) -> Iterator[Table]:
    """The stages of a build with an empty chart cache and of one with the charts at hand: medians by stage."""
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        cache = Path(name, "cache")
        cold = [_in_a_process(options, Path(name, f"cold-{at}")) for at in range(options.runs)]
        _in_a_process(options, cache)
        warm = [_in_a_process(options, cache) for _ in range(options.runs)]
    yield _table("cold", cold, options)
    yield _table("charts unchanged", warm, options)


def _table(case: str, taken: list[Any], options: Options) -> Table:
    stages = list(taken[0])
    seconds = {name: statistics.median(one[name][0] for one in taken) for name in stages}
    peaks = {name: statistics.median(one[name][1] for one in taken) for name in stages}
    whole = sum(seconds.values())
    rows = [
        (name, f"{seconds[name]:.2f}", f"{100 * seconds[name] / whole:.0f}", f"{peaks[name]:.0f}") for name in stages
    ]
    rows.append(("together", f"{whole:.2f}", "100", f"{max(peaks.values()):.0f}"))
    title = f"{options.briefing} as of {options.as_of}, {case}: one process, median of {options.runs} runs"
    return Table(title, ("stage", "wall s", "%", "peak MB"), tuple(rows), "peak: memory's high-water mark at its end.")


def _in_a_process(options: Options, cache: Path) -> Any:  # noqa: ANN401 -- as JSON has it
    command = (sys.executable, "-m", "benchmarks.stages", options.briefing, options.as_of)
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as output:
        environment = {**os.environ, "REPORTER_CACHE": str(cache), "REPORTER_OUTPUT": output}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603 -- our own
    return json.loads(done.stdout)


def measure(briefing: str, as_of: date) -> dict[str, tuple[float, float]]:
    """Build once in this process: seconds and megabytes by stage, in the order in which stages first ended."""
    clock = Clock()
    with clock.stage(IMPORTS):
        for module in (
            "reporter.cli",
            "reporter.batch",
            "reporter.config",
            "reporter.render.html",
            "reporter.render.pdf",
        ):
            import_module(module)
    from reporter import batch, config  # noqa: PLC0415 -- has just been imported, and timed

    _watch(clock, of_weasyprint=False)
    _watch_once_loaded(clock)
    with clock.stage(REST):
        batch.make(batch.Order(briefing, as_of, config.load(Path.cwd(), os.environ)))
    return {name: (clock.seconds[name], clock.peaks[name]) for name in clock.seconds}


def _watch(clock: Clock, *, of_weasyprint: bool) -> None:
    for name, places in STAGES.items():
        for place in places:
            if place.startswith("weasyprint") == of_weasyprint:
                clock.watch(name, place)


def _watch_once_loaded(clock: Clock) -> None:
    """WeasyPrint's own functions can be watched only once it is there, and its import is a stage."""
    from reporter.render import pdf  # noqa: PLC0415 -- as above

    load = pdf.load

    def loaded() -> Any:  # noqa: ANN401 -- WeasyPrint is untyped
        module = load()
        _watch(clock, of_weasyprint=True)
        return module

    pdf.load = loaded


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1], date.fromisoformat(sys.argv[2]))))
