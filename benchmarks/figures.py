"""Figures: pulling them from a server on this machine, reading the Treasury's tables, a snapshot of many vintages.

`python -m benchmarks.figures serve` runs the server for the suite, in a process of its own, and prints its addresses.
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Sample, median, spawned
from benchmarks.suites import Options
from benchmarks.table import Row, Table
from reporter import embedded
from reporter.model.observations import Layer, Vintage
from reporter.sources.tic import slt
from reporter.sources.tic_holders import table5
from reporter.store import Store, layers, snapshot
from reporter.store.write import Answer, Pull, record
from reporter.testing import Server, World

_TABLES = ("slt_table1.txt", "slt_table2.txt", "slt_table3.txt", "slt_table5.txt")
_VINTAGES = 200
_GDP = "fred:GDP"
_COMMAND = (sys.executable, "-m", "reporter", "pull")


def run(options: Options) -> Iterator[Table]:
    """The four things that are promised to be quick."""
    yield _pulls(options)
    yield _parsing(options)
    yield _snapshots(options)


def _pulls(options: Options) -> Table:
    """Whole processes; the server has made its answers before, as a publisher has."""
    cold: list[Sample] = []
    again: list[Sample] = []
    with _serving() as addresses, tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        for at in range(options.runs + 1):
            folder = Path(name, str(at))
            folder.mkdir()
            places = {"REPORTER_STORE": str(folder / "store.sqlite"), "REPORTER_CACHE": str(folder / "cache")}
            both = [spawned((*_COMMAND, options.briefing), folder, {**addresses, **places}) for _ in range(2)]
            if at:  # the first one warms the server
                cold.append(both[0])
                again.append(both[1])
    rows = (_row("everything new to the store", median(cold)), _row("nothing new", median(again)))
    title = f"reporter pull {options.briefing}, from a server on this machine: medians of {options.runs} processes"
    return Table(title, ("pull", "wall s", "user s", "peak MB"), rows, "Publishers' own pace is not in these.")


def _row(name: str, sample: Sample) -> Row:
    return name, f"{sample.wall:.2f}", f"{sample.user:.2f}", f"{sample.peak:.0f}"


@contextmanager
def _serving() -> Iterator[Mapping[str, str]]:
    """The server in a process of its own, so that its work is not counted as the client's."""
    with subprocess.Popen(
        (sys.executable, "-m", "benchmarks.figures", "serve"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            message = "the server has no pipes"
            raise RuntimeError(message)
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()  # which it takes for the end


def serve() -> None:
    """Serve what ships with the package until standard input ends."""
    with Server(World(embedded.layers()), date(2026, 11, 22)) as server:
        urls = {name: url for name, url in server.environment.items() if name.endswith("_URL")}
        sys.stdout.write(json.dumps(urls) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


def _parsing(options: Options) -> Table:
    """All four tables to checked values by series, against pandas' reader to frames of text and floats."""
    with Server(World(embedded.layers()), date(2026, 11, 22)) as server:
        bodies = {name: server.answer(f"/tic/{name}", {}, None).body for name in _TABLES}

    def ours() -> None:
        for name, body in bodies.items():
            if name == "slt_table5.txt":
                table5(body)
            else:
                slt(body, name.removesuffix(".txt")).series()

    def plain() -> None:
        import pandas as pd  # noqa: PLC0415 -- 0.3 s, before the clock starts

        for body in bodies.values():
            heads = [at for at, line in enumerate(body.splitlines()) if line.lower().startswith(b"country\t")]
            head = heads[1] if len(heads) > 1 else heads[0]  # of tables 1 to 3 the row of machine names
            pd.read_csv(io.BytesIO(body), sep="\t", skiprows=head, na_values=["n.a."], encoding="iso-8859-1")

    size = sum(map(len, bodies.values())) / 1e6
    rows = (("reporter", _seconds(ours, options)), ("pandas.read_csv, a table each", _seconds(plain, options)))
    note = "pandas leaves headers, footers and definitions among the data, takes any cell, and keys nothing."
    return Table(f"the Treasury's tables 1, 2, 3 and 5, {size:.1f} MB of text", ("reader", "wall s"), rows, note)


def _snapshots(options: Options) -> Table:
    """GDP as pulled daily, each time with a new quarter or a revision of the last four."""
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        store = Store(Path(name, "store.sqlite"))
        start = date(2030, 1, 1)
        began = time.perf_counter()
        for at in range(_VINTAGES):
            _write(store, start + timedelta(at), at)
        wrote = time.perf_counter() - began

        def seen() -> None:
            with layers(store, {}) as held:
                list(snapshot(start + timedelta(_VINTAGES // 2), [_GDP], held)[_GDP].between())

        rows = (
            ("a snapshot as of the middle, every period read", _seconds(seen, options)),
            (f"writing all {_VINTAGES}, a pull each", f"{wrote:.3f}"),
        )
    return Table(f"a store of {_VINTAGES} vintages of GDP", ("", "wall s"), rows)


def _write(store: Store, day: date, at: int) -> None:
    held = embedded.layers()[_GDP][-1]
    *early, last = held.values
    text = ",".join([*early[:-4], *(f"{float(value) + at:.3f}" for value in early[-4:]), last])
    vintage = Vintage(f"{_GDP}@{day}", day, held.vintage.form, held.vintage.publisher, held.vintage.link, f"{at:064}")
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    answer = Answer("fred", _GDP, "https://fred.example", day, moment, 200, series=(_GDP,), sha256=vintage.sha256)
    layer = Layer(_GDP, vintage, held.unit, held.first, text)
    record(store, Pull(str(at), day, moment, "benchmark"), [answer], [layer], {})


def _seconds(work: Callable[[], None], options: Options) -> str:
    """The median of several runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(options.runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return f"{statistics.median(taken):.3f}"


if __name__ == "__main__":
    serve()
