"""docs/tutorial.md, done as it says: every file written, every command run, every line of output looked for."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from reporter import own
from reporter.config import load
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Frequency, Period
from reporter.model.units import Kind, Unit
from reporter.testing import Server, World
from tests.support import ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REFUSED = "# refused"


@dataclass(frozen=True)
class Step:
    """A file to write, or a command to run with what it must print."""

    name: str
    text: str
    shown: tuple[str, ...] = ()

    @property
    def is_command(self) -> bool:
        return not self.name


def steps() -> Iterator[Step]:
    for kind, name, text in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")):
        if kind == "console":
            for command, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).+\n)*)", text, re.MULTILINE):
                yield Step("", command, tuple(shown.splitlines()))
        else:
            assert name, f"a block of {kind} that names no file: {text[:60]}"
            yield Step(name, text)


def jobless() -> Layer:
    """Values made for the test: a rate that has risen in the last year, to the month before last."""
    last = Period.of(date.today() - timedelta(days=45), Frequency.MONTH)  # noqa: DTZ011 -- as the test server's day
    values = ",".join(f"{4 + i / 10:.1f}" for i in range(24))
    vintage = Vintage("made", date.today() - timedelta(days=9), Form.PATH, "", "")  # noqa: DTZ011
    return Layer("fred:UNRATE", vintage, Unit(Kind.PERCENT), last - 23, values)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """FRED as its open pages are, on this machine: it serves what the tutorial declares."""
    folder = tmp_path_factory.mktemp("served")
    declaration = next(step for step in steps() if step.name == "series.toml")
    (folder / "series.toml").write_text(declaration.text, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "orders.csv").write_text("period,value,known_on\n2026-01,1,2026-02-01\n", encoding="utf-8")
    own.use(load(folder, {}))
    with Server(World({"fred:UNRATE": (jobless(),)}), date.today()) as server:  # noqa: DTZ011
        open_pages = {name: value for name, value in server.environment.items() if not name.endswith("_KEY")}
        yield {**os.environ, **open_pages, "REPORTER_STORE": str(folder / "store.sqlite")}
    own.use(load(Path("nowhere"), {}))


def run(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    words = shlex.split(command, comments=True)
    assert words[0] == "reporter", command
    asked = [sys.executable, "-m", *words]
    done = subprocess.run(asked, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.enable_socket
def test_the_tutorial_does_what_it_says(tmp_path: Path, environment: Mapping[str, str]) -> None:
    folder, done = tmp_path, 0
    for step in steps():
        if not step.is_command:
            (folder / step.name).parent.mkdir(parents=True, exist_ok=True)
            (folder / step.name).write_text(step.text, encoding="utf-8")
        elif step.text.startswith("cd "):
            folder /= step.text.removeprefix("cd ")
        else:
            code, told = run(step.text, folder, environment)
            assert bool(code) == (REFUSED in step.text), f"{step.text}: {told}"
            for line in step.shown:
                assert line in told, f"{step.text} prints no {line!r}: {told}"
            done += 1
    assert done > 8
    pages = sorted(folder.glob("output/mine/*/index.html"))
    last = max(pages, key=lambda path: path.stat().st_mtime_ns).read_text(encoding="utf-8")
    for words in ("Harbour Research", "no. 12345", "data:image/svg+xml", "--claret: #8a3b12", ">Jobs</h2>"):
        assert words in last
    assert "ade-up" not in last
    assert "made up" not in last


def test_each_file_stands_in_a_block_that_names_it() -> None:
    named = [step.name for step in steps() if not step.is_command]
    assert len(named) >= 8
    assert not [name for name in named if name.startswith(("/", ".."))]
