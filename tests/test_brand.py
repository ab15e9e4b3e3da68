"""A brand: its words, logo and inks on page and paper, and what of them is refused."""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from reporter import brand, palette
from reporter.charts import style
from reporter.charts.reink import reink
from reporter.cli import reporter
from reporter.config import load
from reporter.errors import ConfigError, ProofError
from reporter.render import logo as logos
from reporter.render.ink import reinked
from tests.support import ROOT

MADE = ROOT / "tests" / "briefings"
DAY = "2026-11-22"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path fill="#005f73" d="M0 0h120v40H0z"/></svg>'
BRAND = """
output = "output"
[brand]
name = "Quay 54 Research"
tagline = "Economics from the quay"
logo = "logo.svg"
footer = "For clients of Quay 54 Research only."
legal = ["Registered no. 12345", "54 Quay Street, Dublin D02 X285"]
[brand.colours]
accent = "#8a3b12"
first = "#005f73"
tint = "#eef4f4"
"""


def settings_of(folder: Path, text: str = BRAND, logo: str | bytes = SVG) -> Path:
    (folder / "logo.svg").write_bytes(logo.encode() if isinstance(logo, str) else logo)
    (folder / "reporter.toml").write_text(text, encoding="utf-8")
    return folder


def look_of(folder: Path, text: str = BRAND, logo: str | bytes = SVG) -> brand.Look:
    return brand.load(load(settings_of(folder, text, logo), {}).brand, folder / "cache")


def faults(folder: Path, text: str = BRAND, logo: str | bytes = SVG) -> str:
    with pytest.raises(ConfigError) as caught:
        look_of(folder, text, logo)
    return str(caught.value)


def run(folder: Path, *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(reporter, words)


def build(folder: Path, briefing: Path = MADE / "made.toml") -> Result:
    return run(folder, "build", str(briefing), "--as-of", DAY, "--offline")


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = settings_of(tmp_path_factory.mktemp("brand"))
    done = build(folder)
    assert done.exit_code == 0, done.output
    return folder / "output" / "made" / DAY


def test_every_word_of_the_brand_stands_on_the_page_and_in_the_pdf(edition: Path) -> None:
    page = (edition / "index.html").read_text(encoding="utf-8")
    pages = [sheet.extract_text() for sheet in PdfReader(io.BytesIO((edition / "briefing.pdf").read_bytes())).pages]
    for words in (
        "Quay 54 Research",
        "Economics from the quay",
        "For clients of Quay 54 Research only.",
        "Registered no. 12345",
        "54 Quay Street, Dublin D02 X285",
    ):
        assert words in page
        assert words in "\n".join(pages)
    assert all("Quay 54 Research · " in text for text in pages[1:])  # the running header


def test_the_logo_is_in_the_page_and_in_the_pdf_and_says_the_name(edition: Path) -> None:
    page = (edition / "index.html").read_text(encoding="utf-8")
    assert page.count('<img src="data:image/svg+xml;base64,') == 1
    assert 'alt="Quay 54 Research"' in page


def test_the_mail_shows_an_svg_logo_as_a_picture(edition: Path) -> None:
    html = (edition / "mail" / "mail.html").read_text(encoding="utf-8")
    assert (edition / "mail" / "brand-logo.png").read_bytes().startswith(b"\x89PNG")
    assert 'src="brand-logo.png"' in html
    assert "brand-logo.png" in json.loads((edition / "mail" / "mail.json").read_text(encoding="utf-8"))["images"]
    for words in ("Quay 54 Research</b>", "Registered no. 12345", 'alt="Quay 54 Research"'):
        assert words in html
    assert "Registered no. 12345" in (edition / "mail" / "mail.txt").read_text(encoding="utf-8")


def test_a_logo_gives_the_same_picture_each_time(tmp_path: Path) -> None:
    held = look_of(tmp_path)
    once = logos.pictures(held).logo
    logos._picture.cache_clear()  # noqa: SLF001 -- or it would be the same object
    assert logos.pictures(held).logo == once
    assert once
    assert (once.kind, round(once.ratio, 2)) == ("image/png", round(116 / 44, 2))  # 108 by 36, and paper around it


def test_the_inks_are_on_the_page_and_in_the_pictures(edition: Path) -> None:
    page = (edition / "index.html").read_text(encoding="utf-8")
    assert "--claret: #8a3b12" in page
    assert "#a61e3c" not in page
    for picture in (edition / "charts").glob("*.svg"):
        assert style.NAVY not in picture.read_text(encoding="utf-8")


def test_the_pdf_conforms_to_both_standards(edition: Path) -> None:
    told = json.loads((edition / "briefing.validation.json").read_text(encoding="utf-8"))
    assert {row["profile"]: row["conforms"] for row in told["verdicts"]} == {"PDF/UA-1": True, "PDF/A-3a": True}


def test_a_stranger_can_verify_it(edition: Path) -> None:
    done = run(edition, "verify", str(edition))
    assert done.exit_code == 0, done.output


def test_the_imprints_numerals_are_allowed_nowhere_else(tmp_path: Path) -> None:
    """A template that prints one of them in the article is caught by what came out, as it would be without a brand."""
    settings_of(tmp_path, BRAND.replace('output = "output"', 'output = "output"\ntemplates = "mine"'))
    page = (ROOT / "templates" / "base" / "page.html.j2").read_text(encoding="utf-8")
    mine = tmp_path / "mine" / "base" / "page.html.j2"
    mine.parent.mkdir(parents=True)
    mine.write_text(page.replace('<p class="standfirst">', '<p>12345</p><p class="standfirst">'), encoding="utf-8")
    done = build(tmp_path)
    assert isinstance(done.exception, ProofError)
    assert "bound to nothing: '12345'" in str(done.exception)


def test_without_a_brand_there_is_no_trace_of_one(tmp_path: Path) -> None:
    settings_of(tmp_path, 'output = "output"')
    assert build(tmp_path).exit_code == 0
    page = (tmp_path / "output" / "made" / DAY / "index.html").read_text(encoding="utf-8")
    assert 'class="house"' not in page
    assert 'class="imprint"' not in page
    assert "imprint" not in (tmp_path / "output" / "made" / DAY / "facts.json").read_text(encoding="utf-8")


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("logo", "told"),
    [
        (SVG.replace("<path", "<script>1</script><path"), "<script>"),
        (SVG.replace("<path", '<path onclick="x()"'), "onclick="),
        (SVG.replace("<path", '<image href="https://example.org/a.png"/><path'), "<image>"),
        (SVG.replace("<path", '<use href="other.svg#a"/><path'), "href='other.svg#a'"),
        (SVG.replace("<path", '<path style="fill: url( https://example.org/a)"'), "runs or fetches"),
        (SVG.replace("<path", "<text>54</text><path"), "turn text into paths"),
        (SVG.replace('viewBox="0 0 120 40"', ""), "has no viewBox"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "document type"),
        ("GIF89a", "is neither a PNG nor an SVG"),
        (b"\x89PNG\r\n\x1a\n", "is cut off"),
        (SVG + " " * 200_000, "200,000 are the most"),
    ],
)
def test_a_logo_that_runs_fetches_or_sets_text_is_refused(logo: str | bytes, told: str, tmp_path: Path) -> None:
    assert told in faults(tmp_path, logo=logo)


def test_a_logo_needs_a_name(tmp_path: Path) -> None:
    assert "brand.name must be there too" in faults(tmp_path, '[brand]\nlogo = "logo.svg"')


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_a_png_is_as_good(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + b"\x00\x5f\x73\x80" * 40 for _ in range(10))
    head = struct.pack(">IIBBBBB", 40, 10, 8, 6, 0, 0, 0)
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    look = look_of(tmp_path, logo=body)
    assert look.logo
    assert (look.logo.kind, look.logo.ratio) == ("image/png", 4)
    done = build(tmp_path)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("key", "colour", "told"),
    [
        ("accent", "#ffcc00", "brand.colours.accent leaves accent #ffcc00 on paper #ffffff a contrast of 1.51:1"),
        ("paper", "#777777", "brand.colours.paper leaves quiet #595959 on paper #777777 a contrast of 1.56:1"),
        ("paper_dark", "#e0e0e0", "brand.colours.paper_dark leaves ink #e9e5dc on paper #e0e0e0"),
        ("first_dark", "#102030", "brand.colours.first_dark leaves first #102030 on paper #16181b"),
        ("third", "#f0e0a0", "3.0:1 is the least"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_ratio(key: str, colour: str, told: str, tmp_path: Path) -> None:
    assert told in faults(tmp_path, f'[brand.colours]\n{key} = "{colour}"')


def test_light_inks_are_measured_on_white_paper_too(tmp_path: Path) -> None:
    """A dark page may have pale text; the PDF's paper stays white."""
    text = '[brand.colours]\npaper = "#102a43"\nink = "#f0f4f8"\ntint = "#102a43"'
    assert "ink #f0f4f8 on white paper #ffffff" in faults(tmp_path, text)


# ---------------------------------------------------------------- the palette
def test_the_stylesheets_inks_are_the_charts() -> None:
    for name, colour in style.PALETTE.items():
        key = name if name in palette.LIGHT else f"c-{name}"
        if key in palette.LIGHT and name != "tint":
            assert palette.LIGHT[key] == colour.lower()


def test_the_house_can_be_read() -> None:
    every = dict.fromkeys(palette.NAMES, "")
    light = {name: palette.LIGHT[palette.NAMES[name][0]] for name in every}
    dark = {name: palette.DARK[palette.NAMES[name][0]] for name in every}
    assert not [*palette.faults(light, palette.LIGHT), *palette.faults(dark, palette.DARK, "_dark")]


colours = st.integers(0, 0xFFFFFF).map(lambda held: f"#{held:06x}")


@given(colours, colours)
def test_contrast_is_a_ratio_that_knows_no_order(one: str, other: str) -> None:
    assert palette.contrast(one, other) == palette.contrast(other, one)
    assert 1 <= palette.contrast(one, other) <= 21


@given(colours)
def test_an_ink_set_for_light_only_can_be_read_in_the_dark(colour: str) -> None:
    dark = palette.dark_of({"accent": colour, "first": colour, "second": colour, "third": colour}, {})
    assert not [*palette.faults(dark, palette.DARK, "_dark")]


def test_pictures_take_the_inks_and_nothing_else() -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415 -- as in the package
    from matplotlib.lines import Line2D  # noqa: PLC0415

    figure = Figure()
    ours, other = Line2D([0, 1], [0, 1], color=style.NAVY), Line2D([0, 1], [0, 1], color=style.GREY)
    figure.add_artist(ours)
    figure.add_artist(other)
    reink(figure, ((style.NAVY.lower(), "#005f73"),))
    assert (ours.get_color(), other.get_color()) == ("#005f73", style.GREY)
    assert reinked("fill: #0B3050; stroke: #8C8C8C", [("#0b3050", "#005f73")]) == "fill: #005f73; stroke: #8C8C8C"
