"""A build in its cases, each a process of its own from start to end, and the obvious way to the same pages."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Sample, median, spawned
from benchmarks.suites import Options
from benchmarks.table import Table

HEADS = ("case", "wall s", "× obvious", "user s", "peak MB", "aim s", "aim MB")
OBVIOUS = "the obvious way"
AIM_MB = 200


@dataclass(frozen=True, slots=True)
class Case:
    """What is run: `command` makes the arguments to Python from a fresh folder; `cold` empties the chart cache."""

    name: str
    command: Callable[[Path], Sequence[str]]
    aim: float | None = None
    cold: bool = False


def run(options: Options) -> Iterator[Table]:
    """Every case `options.runs` times; cases take turns, so that a busy minute of the machine meets them all."""
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        folder = Path(name)
        _prepare(folder, options)
        cases = _cases(options, folder)
        taken: dict[str, list[Sample]] = {case.name: [] for case in cases}
        for _ in range(options.runs):
            for case in cases:
                taken[case.name].append(_once(case, folder))
    rows = {name: median(samples) for name, samples in taken.items()}
    aims = {case.name: case.aim for case in cases}
    yield Table(
        f"{options.briefing} as of {options.as_of}, median of {options.runs} runs",
        HEADS,
        tuple(_row(name, held, rows[OBVIOUS], aims[name]) for name, held in rows.items()),
        "user: with the processes a case starts; peak: its largest process.",
    )


def _cases(options: Options, folder: Path) -> tuple[Case, ...]:
    def build(*more: str) -> Callable[[Path], Sequence[str]]:
        arguments = ("-m", "reporter", "build", options.briefing, "--offline", "--as-of", options.as_of)
        return lambda output: (*arguments, "--output", str(output), *more)

    plain = ("-m", "benchmarks.plain", str(folder / "article"), str(_fonts()))
    return (
        Case("reporter --help", lambda _: ("-m", "reporter", "--help"), aim=0.2),
        Case("build, cold", build(), aim=2.6, cold=True),
        Case("build, charts unchanged", build(), aim=1.6),
        Case("… page only", build("--format", "html")),
        Case("… PDF only", build("--format", "pdf")),
        Case(OBVIOUS, lambda _: plain),
    )


def _fonts() -> Path:
    from reporter import fonts  # noqa: PLC0415 -- cuts them where they are missing, which nobody wants measured

    return fonts.folder()


def _prepare(folder: Path, options: Options) -> None:
    """Compile, cut fonts, fill the chart cache, and write the edition down for the obvious way."""
    article = ("-m", "benchmarks.article", options.briefing, options.as_of, str(folder / "article"))
    spawned((sys.executable, *article), Path.cwd(), _environment(folder, folder / "cache"))


def _once(case: Case, folder: Path) -> Sample:
    """One run, with nothing left by an earlier one but the charts, where they are to be at hand."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        fresh = Path(name)
        cache = fresh / "cache" if case.cold else folder / "cache"
        command = (sys.executable, *case.command(fresh / "output"))
        return spawned(command, Path.cwd(), _environment(fresh, cache))


def _environment(folder: Path, cache: Path) -> Mapping[str, str]:
    return {"REPORTER_CACHE": str(cache), "REPORTER_OUTPUT": str(folder / "output")}


def _row(name: str, held: Sample, obvious: Sample, aim: float | None) -> tuple[str, ...]:
    aims = (f"{aim:.1f}", f"{AIM_MB}") if aim else ("", "")
    return (name, f"{held.wall:.2f}", f"{held.wall / obvious.wall:.2f}", f"{held.user:.2f}", f"{held.peak:.0f}", *aims)
