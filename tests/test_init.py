"""`reporter init`: a project that builds at once, and overwrites nothing."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reporter import keys
from reporter.cli import reporter
from reporter.config import Settings, document, load, reader
from reporter.errors import ConfigError
from tests.support import ROOT

DAY = "2026-11-22"


def run(folder: Path, *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(reporter, words)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init")
    done = run(folder, "init", "mine")
    assert done.exit_code == 0, done.output
    assert "reporter build --offline" in done.output
    return folder / "mine"


@pytest.fixture(scope="module")
def edition(project: Path) -> Path:
    done = run(project, "build", "--offline", "--as-of", DAY)
    assert done.exit_code == 0, done.output
    return project / "output" / "mine" / DAY


def test_it_builds_at_once_and_what_it_builds_can_be_verified(project: Path, edition: Path) -> None:
    assert {"index.html", "briefing.pdf", "facts.json"} <= {path.name for path in edition.iterdir()}
    assert run(project, "verify", str(edition)).exit_code == 0


def test_the_example_says_that_it_is_one(edition: Path) -> None:
    page = (edition / "index.html").read_text(encoding="utf-8")
    assert page.count("ade-up") + page.count("made up") > 5
    facts = json.loads((edition / "facts.json").read_text(encoding="utf-8"))
    told = json.dumps(facts["series"]) + json.dumps(facts["vintages"])
    assert "Example data, made up by reporter init" in told


def test_every_figure_is_bound_to_the_file_with_its_hash(project: Path, edition: Path) -> None:
    import hashlib  # noqa: PLC0415

    digest = hashlib.sha256((project / "data" / "orders.csv").read_bytes()).hexdigest()
    assert digest in (edition / "facts.json").read_text(encoding="utf-8")


def test_what_is_there_is_not_overwritten(project: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    done = run(project.parent, "init", "mine")
    assert isinstance(done.exception, ConfigError)
    assert "nothing is overwritten" in str(done.exception)
    assert {path: path.read_bytes() for path in before} == before
    (tmp_path / "series.toml").write_text("")
    assert isinstance(run(tmp_path, "init", ".").exception, ConfigError)
    assert [path.name for path in tmp_path.iterdir()] == ["series.toml"]


def test_a_script_is_told_what_was_written(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "init", "there", "--json").stdout)
    written = {path.relative_to(tmp_path / "there").as_posix() for path in (tmp_path / "there").rglob("*")}
    assert told["folder"] == "there"
    assert set(told["files"]) <= written
    assert {".gitignore", "reporter.toml", "sections/orders.py", "templates/sections/orders.md.j2"} <= set(
        told["files"]
    )


def test_reporter_toml_holds_every_setting(project: Path) -> None:
    text = (project / "reporter.toml").read_text(encoding="utf-8")
    assert {key.rpartition(".")[2] for key in reader.dotted(Settings)} <= {
        line.removeprefix("# ").partition(" =")[0] for line in text.splitlines()
    }


def test_every_default_in_it_may_stand_there_uncommented(tmp_path: Path) -> None:
    """But for those that are another on every machine, which are not spelled out."""
    lines = document.commented({}).splitlines()
    bare = [line.removeprefix("# ") if " = " in line and "…" not in line else line for line in lines]
    (tmp_path / "reporter.toml").write_text("\n".join(bare), encoding="utf-8")
    assert tomllib.loads("\n".join(bare))["smtp"]["port"] == 25
    assert load(tmp_path, {}) == Settings(output=tmp_path / "output")


def test_the_page_of_settings_is_written_from_the_settings(request: pytest.FixtureRequest) -> None:
    """`pytest tests/test_init.py --update-golden` writes it anew."""
    path = ROOT / "docs" / "settings.md"
    head, mark, tables = path.read_text(encoding="utf-8").partition("<!-- from the settings' own dataclasses -->\n\n")
    if request.config.getoption("--update-golden"):
        tables = document.page()
        path.write_text(head + mark + tables, encoding="utf-8")
    assert tables == document.page()
    for name in ("REPORTER_SMTP_PASSWORD", "REPORTER_SECRET"):
        assert name in head
        assert name in (keys.__doc__ or "")
