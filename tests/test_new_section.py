"""Adding a section touches one .py, one .md.j2 and one line: its facts show everywhere with no other change."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from reporter.cli import reporter
from tests.support import ROOT

FOLDER = ROOT / "tests" / "briefings"
LINE = '  "output",\n'
DAY = "2026-11-22"


@dataclass(frozen=True)
class Edition:
    """What a build wrote."""

    facts: dict[str, Any]
    page: str
    pdf: str


def run(*words: str) -> str:
    done = CliRunner().invoke(reporter, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def built(toml: Path, output: Path) -> Edition:
    run("build", str(toml), "--as-of", DAY, "--offline", "--output", str(output))
    folder = output / toml.stem / DAY
    pages = PdfReader(io.BytesIO((folder / "briefing.pdf").read_bytes())).pages
    return Edition(
        json.loads((folder / "facts.json").read_text(encoding="utf-8")),
        (folder / "index.html").read_text(encoding="utf-8"),
        "\n".join(page.extract_text() for page in pages),
    )


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Edition, Edition]:
    """The briefing without the section's line, and with it."""
    without = tmp_path_factory.mktemp("without") / "made.toml"
    text = (FOLDER / "made.toml").read_text(encoding="utf-8")
    assert text.count(LINE) == 1
    without.write_text(text.replace(LINE, ""), encoding="utf-8")
    front = without.parent / "templates" / "briefings" / "made.md.j2"
    front.parent.mkdir(parents=True)
    front.write_bytes((FOLDER / "templates" / "briefings" / "made.md.j2").read_bytes())
    output = tmp_path_factory.mktemp("output")
    return built(without, output / "without"), built(FOLDER / "made.toml", output / "with")


def test_it_is_one_section_one_template_and_one_line() -> None:
    assert [path.name for path in (FOLDER / "sections").glob("*.py")] == ["output.py"]
    assert [path.name for path in (FOLDER / "templates" / "sections").iterdir()] == ["output.md.j2"]
    named = re.compile(r"output\.(?:level|growth|record)")
    code = [path for kind in ("*.py", "*.j2", "*.toml") for path in (ROOT / "reporter").rglob(kind)]
    assert code
    assert not [path for path in code if named.search(path.read_text(encoding="utf-8"))]


def test_its_facts_and_claims_are_in_facts_json(editions: tuple[Edition, Edition]) -> None:
    before, after = editions
    assert [row["id"] for row in before.facts["facts"]] == []
    assert [row["id"] for row in after.facts["facts"]] == ["output.level", "output.growth"]
    (claim,) = after.facts["claims"]
    assert (claim["id"], claim["holds"]) == ("output.record", True)
    assert {row["fact"] for row in after.facts["printed"]} == {"output.level", "output.growth"}
    assert [row["outcome"] for row in after.facts["takeaways"]] == ["place 1"]


def test_its_figures_are_on_the_page_and_in_the_pdf(editions: tuple[Edition, Edition]) -> None:
    """US output ran at $32.563tn in 2026Q2, 6.3 per cent up on the $30.630tn of a year before."""
    before, after = editions
    for text in (after.page, after.pdf):
        assert "$32.563tn" in text
        assert "+6.3%" in text
        assert "What America makes" in text
    for text in (before.page, before.pdf):
        assert "$32.563tn" not in text
        assert "What America makes" not in text


def test_each_printed_text_is_on_the_page_and_in_the_pdf(editions: tuple[Edition, Edition]) -> None:
    _, after = editions
    assert after.facts["printed"]
    for row in after.facts["printed"]:
        assert row["text"] in after.page
        assert row["text"] in after.pdf


def test_explain_knows_it() -> None:
    words = ("--as-of", DAY, "--briefing", str(FOLDER / "made.toml"))
    told = run("explain", "output.growth", *words)
    assert "100 × (GDP[2026Q2] − GDP[2025Q2]) ÷ GDP[2025Q2]" in told
    assert "2 observations" in told
    row = json.loads(run("explain", "output.level", "--json", *words))
    assert row["value"] == 32_563_030_000_000
    assert [seen["known_on"] for seen in row["observations"]] == ["2026-10-10"]
    assert json.loads(run("explain", "output.record", "--json", *words))["holds"] is True
