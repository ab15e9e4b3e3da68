"""The proof: its share of a build, `reporter verify` as a process, and the cases that must fail or pass."""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pikepdf

from benchmarks.measure import median, spawned
from benchmarks.suites import Options
from benchmarks.table import Row, Table
from reporter import batch, config, publish
from reporter.proof import manifest, paper, prove
from reporter.record import read_record

_CASES = Path(__file__).parents[1] / "tests" / "adversarial"
_Steps = dict[str, list[float]]


def run(options: Options) -> Iterator[Table]:
    """The two promises of time, and how many cases there are of each kind."""
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        folder = Path(name)
        yield _share(options, folder)
        yield _verify(options, folder)
    yield _cases()


def _share(options: Options, folder: Path) -> Table:
    """One process, charts from the cache: what a build costs with its proof, and each step of the proof by itself."""
    settings = config.load(folder, {"REPORTER_CACHE": str(folder / "cache"), "REPORTER_STORE": str(folder / "store")})
    order = batch.Order(options.briefing, date.fromisoformat(options.as_of), settings)
    whole: list[float] = []
    steps: _Steps = {}
    for at in range(options.runs + 1):
        begun = time.perf_counter()
        composed = batch.compose(order)
        files = publish.files(composed.built, composed.folders, cache=settings.cache)
        if at:  # the first one draws the charts and imports what the others use
            whole.append(time.perf_counter() - begun)
            _proof(composed, files["facts.json"], files["index.html"], files["briefing.pdf"], steps)
    (folder / "briefing.pdf").write_bytes(files["briefing.pdf"])
    total = statistics.median(whole)
    rows: list[Row] = [("a build, proof included", f"{total:.2f}", "100")]
    rows += [(name, f"{statistics.median(held):.3f}", _percent(held, total)) for name, held in steps.items()]
    together = [sum(one) for one in zip(*steps.values(), strict=True)]
    rows.append(("the proof", f"{statistics.median(together):.3f}", _percent(together, total)))
    title = f"{options.briefing} of {options.as_of}, charts unchanged: medians of {options.runs} builds in one process"
    return Table(title, ("step", "wall s", "% of build"), tuple(rows), "The aim is less than 15 percent.")


def _proof(composed: batch.Composed, facts: bytes, page: bytes, pdf: bytes, steps: _Steps) -> None:
    edition, drawn = composed.built.edition, read_record(facts).drawn
    told = prove.made(edition, drawn)
    text = page.decode()
    _timed(steps, "what it says it prints", lambda: prove.made(edition, drawn))
    _timed(steps, "charts", lambda: prove.of_charts(told))
    _timed(steps, "page", lambda: prove.of_page(told, text))
    _timed(steps, "PDF", lambda: prove.of_pdf(told, pdf))
    bare = _unsealed(pdf)
    _timed(steps, "manifest", lambda: prove.sealed(bare, None))


def _unsealed(pdf: bytes) -> bytes:
    """The PDF as it was before its manifest was attached."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.attachments[manifest.MANIFEST]
        document.save(out)
    return out.getvalue()


def _timed(steps: _Steps, name: str, work: Callable[[], object]) -> None:
    begun = time.perf_counter()
    work()
    steps.setdefault(name, []).append(time.perf_counter() - begun)


def _percent(held: list[float], total: float) -> str:
    return f"{100 * statistics.median(held) / total:.1f}"


def _verify(options: Options, folder: Path) -> Table:
    pdf = folder / "briefing.pdf"
    pages = len(paper.texts(pdf.read_bytes()).pages)
    command = (sys.executable, "-m", "reporter", "verify", str(pdf))
    held = median([spawned(command, folder, {}) for _ in range(options.runs)])
    row = (f"verify, {pages} pages", f"{held.wall:.2f}", f"{held.user:.2f}", f"{held.peak:.0f}")
    title = f"reporter verify: medians of {options.runs} processes"
    return Table(title, ("PDF", "wall s", "user s", "peak MB"), (row,), "The aim is two seconds for ten pages.")


def _cases() -> Table:
    """What the tests try: every one of these fails, or passes, as it has to."""
    rows: list[Row] = []
    for name in ("must_fail", "must_pass"):
        held = tomllib.loads((_CASES / f"{name}.toml").read_text(encoding="utf-8"))
        sizes = [len(kind["cases"]) for kind in held.values()]
        rows.append((name.replace("_", " "), f"{len(sizes)}", f"{sum(sizes)}"))
    return Table("Cases that ship as data (tests/adversarial)", ("cases", "kinds", "cases in all"), tuple(rows))
