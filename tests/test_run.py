"""A run: what is new is built once, what was begun is taken up, what must be fresh is waited for."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reporter import briefing, run
from reporter.cli import reporter
from reporter.commands import run as command
from reporter.config import Settings
from reporter.errors import ConfigError, DataError, StaleSeries
from reporter.mail.witness import alone
from reporter.run import Note, Step
from tests.support import ROOT

TODAY = date(2026, 11, 22)
FOLDER = ROOT / "tests" / "briefings"
NEW, OLD = "figures of today", "figures of then"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a small briefing, on a day that stands."""
    shutil.copytree(FOLDER, tmp_path / "made")
    (tmp_path / "reporter.toml").write_text(f'store = "{tmp_path / "store.sqlite"}"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REPORTER_STORE")
    at(monkeypatch, TODAY)
    return tmp_path


def at(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 7, 15).astimezone()
    monkeypatch.setattr(command, "now", lambda: moment)


def called(*words: str) -> Result:
    return CliRunner().invoke(reporter, ["run", "made/made.toml", "--offline", *words])


def note(folder: Path) -> Note | None:
    return run.read(folder / "output", "made")


def test_twice_in_a_row_does_nothing_the_second_time(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = called()
    assert first.exit_code == 0, first.output
    assert "built output/made/2026-11-22" in first.output
    assert "not sent: there is no [mail] sender" in first.output
    page = house / "output" / "made" / "2026-11-22" / "index.html"
    written = page.stat().st_mtime_ns
    for days in (0, 1, 2):
        at(monkeypatch, TODAY + timedelta(days=days))
        assert called().output == "nothing new\n"
    assert page.stat().st_mtime_ns == written
    assert [path.name for path in (house / "output" / "made").iterdir() if path.is_dir()] == ["2026-11-22"]


def test_a_run_that_ended_while_it_built_is_taken_up(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("reporter.batch.make", breaks)
        assert called().exit_code == 1
    begun = note(house)
    assert begun
    assert begun.step is Step.BUILDING
    assert "built" in called().output
    done = note(house)
    assert done
    assert (done.step, done.figures) == (Step.DONE, begun.figures)


def test_a_run_that_ended_before_it_sent_sends_and_builds_nothing(house: Path) -> None:
    assert "--no-send" in called("--no-send").output
    built = note(house)
    assert built
    assert built.step is Step.BUILT
    again = called()
    assert again.output == "not sent: there is no [mail] sender in reporter.toml\n"
    assert note(house) == built.at(Step.DONE)


def test_what_is_required_stops_the_sending_and_not_the_building(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = house / "made" / "made.toml"
    text = toml.read_text()
    toml.write_text('required = ["fred"]\n' + text)
    at(monkeypatch, TODAY + timedelta(days=400))
    late = called()
    assert isinstance(late.exception, StaleSeries)
    assert "built, and not sent: fred:" in str(late.exception)
    held = note(house)
    assert held
    assert held.step is Step.BUILT
    toml.write_text(text)
    called()
    assert note(house) == held.at(Step.DONE)


def test_the_archive_is_written_before_anything_is_sent(house: Path) -> None:
    (house / "reporter.toml").write_text(f'store = "{house}/store.sqlite"\n[run]\nsite = "public"\n')
    called()
    assert (house / "public" / "made" / "2026-11-22" / "index.html").is_file()
    assert (house / "public" / "index.html").is_file()


def test_one_run_at_a_time(house: Path) -> None:
    with alone(house / "output" / "made" / ".run.lock", "made"):
        done = called()
    assert (done.exit_code, done.output) == (0, "another run is at work\n")
    assert note(house) is None


@pytest.mark.parametrize(
    ("held", "days", "is_new"),
    [
        (None, 0, True),
        (Note(TODAY, OLD, Step.DONE), 19, False),
        (Note(TODAY, OLD, Step.DONE), 20, True),
        (Note(TODAY, NEW, Step.DONE), 400, False),
        (Note(TODAY, OLD, Step.BUILT), 1, True),
        (Note(TODAY, NEW, Step.BUILT), 1, False),
        (Note(TODAY, NEW, Step.BUILDING), 0, True),
    ],
)
def test_when_an_edition_is_to_be_built(held: Note | None, days: int, is_new: bool) -> None:  # noqa: FBT001 -- a table's
    assert run.is_to_be_built(held, NEW, TODAY + timedelta(days=days), 20) is is_new


def test_new_figures_of_a_month_are_new_and_those_of_a_day_are_not(tmp_path: Path) -> None:
    held = Settings(store=tmp_path / "store.sqlite")
    shipped = briefing.load("sell-america")
    marks = {day: run.figures(shipped, held, day) for day in (date(2026, 2, 5), date(2026, 2, 6), date(2026, 11, 22))}
    assert marks[date(2026, 2, 6)] != marks[date(2026, 11, 22)]
    assert run.figures(shipped, held, date(2026, 2, 6)) == marks[date(2026, 2, 6)]
    assert marks[date(2026, 2, 5)] == marks[date(2026, 2, 6)]


def test_a_note_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "made" / run.FILE
    path.parent.mkdir()
    for text in ("", "{}", '{"day": "x", "figures": "", "step": "done"}', "[1]"):
        path.write_text(text)
        with pytest.raises(DataError, match="delete it once"):
            run.read(tmp_path, "made")
    run.write(tmp_path, "made", Note(TODAY, NEW, Step.BUILT))
    assert run.read(tmp_path, "made") == Note(TODAY, NEW, Step.BUILT)


def test_required_names_what_the_briefing_rests_on(house: Path) -> None:
    toml = house / "made" / "made.toml"
    text = toml.read_text()
    toml.write_text('required = ["bae"]\n' + text)
    with pytest.raises(ConfigError, match="`required` names 'bae'"):
        run.required(briefing.load("made/made.toml"))
    toml.write_text('required = "bea"\n' + text)
    with pytest.raises(ConfigError, match="`required` must be a list"):
        briefing.load("made/made.toml")


def test_the_units_are_whole(house: Path, tmp_path: Path) -> None:
    told = called("--units", "units").output
    assert "systemctl enable --now reporter.timer" in told
    assert "15 * * * *" in told
    names = {path.name for path in (house / "units").iterdir()}
    assert names == {"reporter.service", "reporter.timer", "reporter-serve.service"}
    for path in (house / "units").iterdir():
        text = path.read_text()
        assert "$" not in text
        assert all(line.startswith(("#", "[")) or "=" in line for line in text.splitlines() if line)
    service = (house / "units" / "reporter.service").read_text()
    for hardening in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "User=reporter"):
        assert hardening in service
    assert f"WorkingDirectory={tmp_path}" in service
    assert "run made/made.toml" in service
    assert note(house) is None


def test_systemd_finds_the_units_in_order(house: Path) -> None:
    """scripts/system-libraries test installs systemd where there is apt; elsewhere the units are only read, above."""
    analyze = shutil.which("systemd-analyze")
    assert analyze or not shutil.which("apt-get"), "systemd-analyze is missing: run scripts/system-libraries test"
    if analyze is None:
        return
    called("--units", "units")
    units = sorted(str(path) for path in (house / "units").iterdir())
    done = subprocess.run(
        [analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    ours = [line for line in done.stderr.splitlines() if "reporter" in line]
    assert ours == []
    assert done.returncode == 0, done.stderr
