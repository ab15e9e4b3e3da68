"""Charts at hand are not drawn again, and the child that draws neither hangs nor lingers nor fails in silence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reporter.charts import (
    Cut,
    Drawing,
    Job,
    cached,
    draw,
    draw_all,
    fingerprint,
    output,
    start,
    start_pictures,
    worker,
)
from reporter.errors import RenderError
from reporter.model import plots as p
from reporter.model.periods import Period

WORDS = p.Words("trend", "Japan holds more", "End of month", "Source: US Treasury (TIC)", "A line.")
POINTS = tuple(p.Point(Period.parse("2024-01") + i, 1000.0 + i, date(2026, 10, 10)) for i in range(6))
SPEC = p.Trend(p.Trace("Japan, $ billion", p.Line("japan", POINTS), p.Label("$1,005bn", "holders.japan")))
JOBS = [Job(SPEC, WORDS), Job(SPEC, WORDS, Cut.NARROW)]


def test_a_drawing_survives_its_storage() -> None:
    drawing = draw(SPEC, WORDS)
    assert Drawing.from_json(drawing.to_json()) == drawing


def test_what_is_drawn_once_is_at_hand(tmp_path: Path) -> None:
    assert cached(JOBS, tmp_path) == {}
    drawn = draw_all(JOBS, tmp_path)
    assert list(drawn) == ["trend", "trend-narrow"]
    assert cached(JOBS, tmp_path) == drawn
    assert not list(tmp_path.glob("*.part"))


def test_nothing_is_drawn_that_is_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw_all(JOBS, tmp_path)

    def never(*_: object) -> Drawing:
        raise AssertionError

    monkeypatch.setattr(output, "render", never)
    assert draw_all(JOBS, tmp_path) == drawn
    assert start(JOBS, tmp_path).result() == drawn


@pytest.mark.parametrize(
    "other",
    [
        Job(SPEC, replace(WORDS, source="Source: another")),
        Job(SPEC, WORDS, Cut.HALF),
        Job(p.Trend(replace(SPEC.trace, end=p.Label("$1,005bn", "another.fact"))), WORDS),
        Job(p.Trend(replace(SPEC.trace, line=p.Line("japan", (*POINTS[:-1], replace(POINTS[-1], value=9.0))))), WORDS),
        Job(
            p.Trend(replace(SPEC.trace, line=p.Line("japan", (replace(POINTS[0], backfilled=True), *POINTS[1:])))),
            WORDS,
        ),
    ],
)
def test_whatever_changes_the_chart_changes_its_fingerprint(other: Job) -> None:
    assert fingerprint(other) != fingerprint(JOBS[0])


def test_a_spoilt_entry_is_drawn_again(tmp_path: Path) -> None:
    drawn = draw_all(JOBS, tmp_path)
    (tmp_path / f"{fingerprint(JOBS[0])}.json").write_text('{"svg": "half', encoding="utf-8")
    assert list(cached(JOBS, tmp_path)) == ["trend-narrow"]
    assert draw_all(JOBS, tmp_path) == drawn == cached(JOBS, tmp_path)


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("", encoding="utf-8")
    assert list(draw_all(JOBS[:1], occupied / "cache")) == ["trend"]


def test_charts_at_hand_need_no_matplotlib(tmp_path: Path) -> None:
    draw_all(JOBS, tmp_path)
    script = tmp_path / "light.py"
    script.write_text(
        "import sys\nfrom datetime import date\nfrom pathlib import Path\n"
        "from reporter.charts import Job, draw_all, start\nfrom reporter.model import plots as p\n"
        "from reporter.model.periods import Period\n"
        "points = tuple(p.Point(Period.parse('2024-01') + i, 1000.0 + i, date(2026, 10, 10)) for i in range(6))\n"
        "spec = p.Trend(p.Trace('Japan, $ billion', p.Line('japan', points), p.Label('$1,005bn', 'holders.japan')))\n"
        "words = p.Words('trend', 'Japan holds more', 'End of month', 'Source: US Treasury (TIC)', 'A line.')\n"
        "assert list(start([Job(spec, words)], Path(sys.argv[1])).result()) == ['trend']\n"
        "assert list(draw_all([Job(spec, words)], Path(sys.argv[1]))) == ['trend']\n"
        "print(sorted({'matplotlib', 'numpy', 'pandas'} & set(sys.modules)))\n",
        encoding="utf-8",
    )
    root = str(Path(__file__).parents[1])
    run = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": root},
    )
    assert run.stdout.strip() == "[]"


def test_two_charts_may_not_share_a_key() -> None:
    with pytest.raises(ValueError, match="share a key: trend"):
        draw_all([JOBS[0], JOBS[0]])


# ---------------------------------------------------------------- the child
def test_a_child_draws_what_the_parent_would(tmp_path: Path) -> None:
    pending = start(JOBS, tmp_path)
    drawn = pending.result()
    assert drawn == draw_all(JOBS) == cached(JOBS, tmp_path)
    assert pending.result() == drawn


def test_without_fork_it_is_drawn_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert start(JOBS).result() == draw_all(JOBS)


def replaced_in_child(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    def act(*_: object) -> dict[str, Drawing]:
        action()
        return {}

    monkeypatch.setattr(worker, "_draw_and_keep", act)


def children() -> set[str]:
    """This process's children, zombies included: other tests may have left some at work."""
    tasks = Path("/proc/self/task").iterdir()
    return {child for task in tasks for child in (task / "children").read_text(encoding="ascii").split()}


def fail() -> None:
    message = "no such glyph: ☃"
    raise LookupError(message)


def test_what_goes_wrong_in_the_child_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced_in_child(monkeypatch, fail)
    before = children()
    pending = start(JOBS)
    with pytest.raises(RenderError, match=r"(?s)could not be drawn.*LookupError: no such glyph: ☃"):
        pending.result()
    assert children() == before


def test_a_killed_child_is_an_error_and_no_zombie(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced_in_child(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGKILL))
    before = children()
    pending = start(JOBS)
    with pytest.raises(RenderError, match="ended by signal 9"):
        pending.result()
    assert children() == before


def test_a_child_that_draws_too_little_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced_in_child(monkeypatch, lambda: None)
    with pytest.raises(RenderError, match="were not drawn: trend, trend-narrow"):
        start(JOBS).result()


@pytest.mark.parametrize("how", ["close", "drop"])
def test_charts_given_up_leave_nothing_behind(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced_in_child(monkeypatch, signal.pause)
    before, files = children(), len(list(Path("/dev/fd").iterdir()))
    pending = start(JOBS)
    if how == "close":
        pending.close()
    del pending
    assert children() == before
    assert len(list(Path("/dev/fd").iterdir())) == files


# ---------------------------------------------------------------- pictures
def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG (ISO/IEC 15948, 11.2.2)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_pictures_have_two_pixels_to_one_of_the_page(tmp_path: Path) -> None:
    pictures, drawn = start_pictures(JOBS, tmp_path).result(), draw_all(JOBS)
    assert list(pictures) == [job.name for job in JOBS]
    for name, held in pictures.items():
        sides = [mm / 25.4 * 96 * 2 for mm in (drawn[name].width_mm, drawn[name].height_mm)]
        assert list(size(held)) == pytest.approx(sides, abs=1.5)


def test_pictures_are_kept_beside_drawings_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, pictures = draw_all(JOBS, tmp_path), start_pictures(JOBS, tmp_path).result()
    replaced_in_child(monkeypatch, fail)
    assert start_pictures(JOBS, tmp_path).result() == pictures
    assert draw_all(JOBS, tmp_path) == drawn


def test_a_picture_that_cannot_be_read_is_drawn_again(tmp_path: Path) -> None:
    pictures = start_pictures(JOBS, tmp_path).result()
    for file in tmp_path.glob("*.png64"):
        file.write_text("not a picture", encoding="utf-8")
    assert start_pictures(JOBS, tmp_path).result() == pictures


def test_pictures_are_the_same_in_every_process(tmp_path: Path) -> None:
    assert start_pictures(JOBS).result() == start_pictures(JOBS, tmp_path).result()
