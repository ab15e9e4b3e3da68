"""The benchmarks measure what they say. No test is about how long anything takes."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.article import article
from benchmarks.measure import Sample, median, spawned
from benchmarks.stages import STAGES, Clock
from benchmarks.suites import SUITES, load
from benchmarks.table import Table
from tests.made import made_edition
from tests.support import ROOT

MEASURER = """
import sys
from dataclasses import astuple
from pathlib import Path
from benchmarks.measure import spawned
print(*astuple(spawned((sys.executable, "-I", "-S", "-c", sys.argv[1]), Path.cwd(), {})))
"""


def python(script: str) -> Sample:
    return spawned((sys.executable, "-I", "-S", "-c", script), ROOT, {})


def measured_by_a_small_process(script: str) -> Sample:
    """What whoever measures weighs itself hides smaller peaks; a run of all tests weighs more than any script here."""
    asked = subprocess.run(
        (sys.executable, "-c", MEASURER, script), cwd=ROOT, check=True, capture_output=True, text=True
    )
    return Sample(*map(float, asked.stdout.split()))


def test_memory_and_time_are_the_process_s_own() -> None:
    held = measured_by_a_small_process("held = b'x' * 500_000_000")
    assert held.peak == pytest.approx(500 + 8, rel=0.05)
    busy = python("import time\nwhile time.process_time() < 0.3: pass")
    assert 0.25 < busy.user + busy.system <= busy.wall + 0.05


def test_a_run_that_fails_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        python("raise SystemExit('why it failed')")
    assert b"why it failed" in caught.value.output


def test_each_figure_has_its_own_median() -> None:
    assert median([Sample(1, 9, 5, 3), Sample(2, 8, 5, 1), Sample(3, 7, 5, 2)]) == Sample(2, 8, 5, 2)


def test_a_stage_does_not_count_the_stages_inside_it() -> None:
    ticks = iter((0.0, 1.0, 3.0, 10.0, 20.0, 25.0))
    clock = Clock(now=lambda: next(ticks))
    with clock.stage("outer"), clock.stage("inner"):
        pass
    with clock.stage("inner"):
        pass
    assert clock.seconds == {"inner": 2.0 + 5.0, "outer": 10.0 - 2.0}
    assert all(peak > 0 for peak in clock.peaks.values())


def test_a_stage_that_fails_is_closed() -> None:
    ticks = iter((0.0, 1.0, 3.0, 10.0))
    clock = Clock(now=lambda: next(ticks))
    with clock.stage("outer"), pytest.raises(KeyError), clock.stage("inner"):
        dict[str, int]()["broken"]
    assert clock.seconds == {"inner": 2.0, "outer": 8.0}


@pytest.mark.parametrize("place", [place for places in STAGES.values() for place in places])
def test_every_stage_is_made_of_functions_that_exist(place: str) -> None:
    module, _, path = place.partition(":")
    if module.startswith("weasyprint"):
        import_module("reporter.render.pdf").load()
    held = import_module(module)
    for part in path.split("."):
        held = getattr(held, part)
    assert callable(held)


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    table = Table("Title", ("case", "s"), (("short", "1.00"), ("a longer one", "10.00")), "Note.")
    assert str(table).splitlines() == [
        "Title",
        "",
        "case              s",
        "────────────  ─────",
        "short          1.00",
        "a longer one  10.00",
        "",
        "Note.",
    ]


@pytest.mark.parametrize("name", SUITES)
def test_every_suite_can_be_loaded(name: str) -> None:
    assert callable(load(name).run)


def test_an_unknown_suite_is_named_with_those_there_are() -> None:
    done = CliRunner().invoke(main, ["biuld"])
    assert done.exit_code == 2
    assert all(name in done.output for name in ("biuld", *SUITES))


def test_the_obvious_way_makes_the_same_words_and_figures(tmp_path: Path) -> None:
    made = article(made_edition())
    (tmp_path / "data").mkdir()
    (tmp_path / "article.json").write_text(json.dumps(made), encoding="utf-8")
    (tmp_path / "data" / "observations.csv").write_text("series,period,value,vintage\na,2026Q1,1.5,2026-01-01\n")
    rows = "title,period,value\nAssets,2025Q4,3\nAssets,2026Q1,4\nDebts,2026Q1,-5\n"
    for key in {block["key"] for held in made["sections"] for block in held["blocks"] if block["kind"] == "chart"}:
        (tmp_path / "data" / f"{key}.csv").write_text(rows)
    command = (sys.executable, "-m", "benchmarks.plain", str(tmp_path), str(tmp_path / "fonts"))
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert made["headline"] in page
    assert all(f'id="{receipt["id"]}"' in page for receipt in made["receipts"])
    assert page.count("<svg") == sum(block["kind"] == "chart" for held in made["sections"] for block in held["blocks"])
    assert (tmp_path / "briefing.pdf").read_bytes().startswith(b"%PDF-")
