"""The PDF: our fonts and no others, linked receipts, tags, bookmarks, and the same bytes wherever it is made."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from reporter import fonts
from reporter.errors import RenderError
from reporter.render.pdf import pdf
from reporter.resources import templates_folder
from reporter.tree import Edition
from tests.made import made_drawings, made_edition
from tests.support import ROOT

FACTS = b'{"schema": 1}'

PRINT_HASH = """
import hashlib, sys
from reporter.render.pdf import pdf
from reporter.resources import templates_folder
from tests.made import made_drawings, made_edition
edition = made_edition()
made = pdf(edition, made_drawings(edition), [templates_folder()], attachments={"facts.json": b'{"schema": 1}'})
sys.stdout.write(hashlib.sha256(made).hexdigest())
"""

PRINT_PROCESSES = """
import sys
started = []
sys.addaudithook(lambda event, args: started.append(args) if event in {"subprocess.Popen", "os.posix_spawn"} else None)
from reporter.render.pdf import load
load()
sys.stdout.write(str(len(started)))
"""


def run(script: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def edition() -> Edition:
    return made_edition()


@pytest.fixture(scope="module")
def made(edition: Edition) -> bytes:
    return pdf(edition, made_drawings(edition), [templates_folder()], attachments={"facts.json": FACTS})


@pytest.fixture(scope="module")
def reader(made: bytes) -> PdfReader:
    return PdfReader(BytesIO(made))


def embedded(reader: PdfReader) -> dict[str, bool]:
    """Every font by its name without the subset's prefix, and whether its program is in the file."""
    held: dict[str, bool] = {}
    size: Any = reader.trailer["/Size"]
    for number in range(1, size):
        found: Any = reader.get_object(number)
        if isinstance(found, dict) and found.get("/Type") == "/FontDescriptor":
            held[found["/FontName"].rpartition("+")[2]] = bool(found.keys() & {"/FontFile2", "/FontFile3"})
    return held


def test_our_fonts_are_in_the_file_and_no_others(reader: PdfReader) -> None:
    """Every face is used by the made edition, so a face that falls back to another one shows."""
    held = {name.lower().replace("-", ""): inside for name, inside in embedded(reader).items()}
    ours = {face.name.lower().replace("-", "").removesuffix("regular") for face in fonts.FACES}
    assert set(held) == ours
    assert all(held.values())


def test_two_processes_make_the_same_bytes(made: bytes) -> None:
    here = hashlib.sha256(made).hexdigest()
    there = run(PRINT_HASH, PYTHONHASHSEED="7", TZ="Asia/Tokyo", LC_ALL="C")
    assert there == here


def test_metadata_comes_from_the_edition_alone(reader: PdfReader) -> None:
    held: Any = reader.metadata
    assert held.title == "The world’s $22.4tn bet on America is a record, but only in dollars – The External Account"
    assert (held.author, held.subject) == ("The External Account", "The net position was −$22.42tn.")
    assert held["/Keywords"] == "Net position, Holders, Sources"
    assert held["/CreationDate"].startswith("D:20261122")
    assert held["/ModDate"].startswith("D:20261122")


def test_it_is_tagged_for_accessibility(reader: PdfReader, made: bytes) -> None:
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert b"/JavaScript" not in made


def test_the_environment_is_left_as_it_was(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    pdf(edition, made_drawings(edition), [templates_folder()])
    assert os.environ["SOURCE_DATE_EPOCH"] == "5"
    assert "FONTCONFIG_FILE" not in os.environ


def test_bookmarks_name_the_headline_the_sections_and_the_receipts(reader: PdfReader) -> None:
    outline: list[Any] = reader.outline
    assert outline[0].title.startswith("The world’s $22.4tn bet")
    second = [item.title for item in outline[1] if not isinstance(item, list)]
    assert second == [
        "Key takeaways",
        "The net position",
        "Who holds America’s Treasuries",
        "Receipts",
        "Sources and method",
    ]


def test_every_link_inside_leads_somewhere(reader: PdfReader) -> None:
    targets = [
        note["/Dest"]
        for page in reader.pages
        for note in (item.get_object() for item in page.get("/Annots", ()))
        if note["/Subtype"] == "/Link" and "/Dest" in note
    ]
    assert {"r-niip-net", "j-niip-record", "f-niip-net", "chart-niip"} <= set(targets)
    assert set(targets) <= set(reader.named_destinations)


def test_pages_carry_name_section_day_and_number(reader: PdfReader) -> None:
    total = len(reader.pages)
    assert total >= 3
    texts = [page.extract_text() for page in reader.pages]
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {total}" in text
        assert "22 November 2026 · figures as published by that day" in text
    assert "The External Account Who holds America’s Treasuries" in texts[1]
    assert "The External Account Sources and method" in texts[-1].replace("\N{EN SPACE}", " ")


def test_figures_are_text_in_one_piece(reader: PdfReader) -> None:
    text = "".join(page.extract_text() for page in reader.pages)
    for figure in ("−$22.42tn", "$22.4tn", "68.9%", "5,184.0", "−22,420,319\N{NO-BREAK SPACE}$mn"):
        assert figure.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " "), figure
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_the_facts_travel_in_the_file(reader: PdfReader) -> None:
    assert reader.attachments["facts.json"] == [FACTS]


@pytest.mark.parametrize(("paper", "height"), [("A4", 841.9), ("Letter", 792.0)])
def test_papers(edition: Edition, paper: Any, height: float) -> None:  # noqa: ANN401 -- a literal
    made = pdf(edition, made_drawings(edition), [templates_folder()], paper=paper)
    assert float(PdfReader(BytesIO(made)).pages[0].mediabox.height) == pytest.approx(height, abs=0.1)


def test_a_page_that_asks_for_more_than_its_own_is_refused(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "letter.css").write_text("body { background: url(https://example.org/x.png) }", "utf-8")
    with pytest.raises(RenderError, match=r"https://example\.org/x\.png"):
        pdf(edition, made_drawings(edition), [tmp_path, templates_folder()], paper="Letter")


def test_loading_starts_no_process() -> None:
    """WeasyPrint asks the system's tools where its libraries are, 54 times."""
    assert run(PRINT_PROCESSES) == "0"
