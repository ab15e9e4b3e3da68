"""WeasyPrint's and matplotlib's traps, looked for in a finished PDF of real figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Name

from reporter import fonts
from reporter.render.finish.tree import elements
from reporter.render.pdf import pdf
from reporter.resources import templates_folder
from tests.made import made_drawings, made_edition
from tests.proof_made import DAY, published

NUMERAL = re.compile(r"\d")


@pytest.fixture
def held() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(published().pdf)) as opened:
        yield opened


def descriptors(held: pikepdf.Pdf) -> list[Any]:
    return [
        thing
        for thing in held.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get(Name.Type) == Name.FontDescriptor
    ]


def programs(held: pikepdf.Pdf) -> list[TTFont]:
    return [TTFont(BytesIO(one.FontFile2.read_bytes())) for one in descriptors(held)]


def test_the_fonts_are_ours_and_each_one_is_inside(held: pikepdf.Pdf) -> None:
    ours = {face.name.lower().replace("-", "").removesuffix("regular") for face in fonts.FACES}
    inside = {str(one.FontName).rpartition("+")[2].lower().replace("-", "") for one in descriptors(held)}
    assert inside
    assert inside <= ours
    assert all(Name.FontFile2 in one for one in descriptors(held))


def test_of_an_edition_that_uses_them_all_exactly_ours_are_inside() -> None:
    edition = made_edition()
    made = pdf(edition, made_drawings(edition), [templates_folder()])
    with pikepdf.open(BytesIO(made)) as opened:
        inside = sorted(str(one.FontName).rpartition("+")[2].replace("-", "").lower() for one in descriptors(opened))
    assert inside == sorted(face.name.replace("-", "").lower().removesuffix("regular") for face in fonts.FACES)


def test_fonts_are_single_instances(held: pikepdf.Pdf) -> None:
    """A variable font is drawn at its default, which for Source Sans is extra light."""
    assert not [font for font in programs(held) if "fvar" in font or "gvar" in font]


def test_fonts_bear_the_dates_they_were_cut_with(held: pikepdf.Pdf) -> None:
    """FontTools stamps the moment into every subset it makes: bytes would differ from second to second."""
    cut = {TTFont(fonts.folder() / f"{face.name}.ttf")["head"].modified for face in fonts.FACES}
    assert {font["head"].modified for font in programs(held)} <= cut


def test_every_glyph_that_is_shown_has_its_character(held: pikepdf.Pdf) -> None:
    """A glyph of another font of the same name would be a hyphen that vanishes, or a wrong letter."""
    for thing in held.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get(Name.Subtype) == Name.Type0:
            mapped = re.findall(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", thing.ToUnicode.read_bytes())
            assert mapped
            assert not [code for code, text in mapped if text.lower() in {b"fffd", b"0000", b""}]


def test_hyphens_at_the_end_of_lines_are_in_the_text(held: pikepdf.Pdf) -> None:
    """The hyphen of a broken word is U+002D, which all faces have, not U+2010, which none has."""
    codes = b" ".join(
        thing.ToUnicode.read_bytes()
        for thing in held.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get(Name.Subtype) == Name.Type0
    ).lower()
    assert b"> <002d>" in codes
    assert b"> <2010>" not in codes


def test_pictures_speak(held: pikepdf.Pdf) -> None:
    figures = [element for element in elements(held) if element.S == "/Figure"]
    assert figures
    assert all(NUMERAL.search(str(figure.Alt)) for figure in figures)  # what is drawn, with its figures


def test_dates_are_the_edition_s_alone(held: pikepdf.Pdf) -> None:
    out = BytesIO()
    held.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    found = re.findall(rb"\(D:(\d{14}Z?)", out.getvalue())
    assert len(found) >= 4  # of the document, and of what is attached
    assert set(found) == {f"{DAY:%Y%m%d}000000Z".encode()}


def test_each_page_draws_on_paper_of_its_size(held: pikepdf.Pdf) -> None:
    assert {tuple(round(float(side)) for side in page.mediabox) for page in held.pages} == {(0, 0, 595, 842)}


def test_nothing_runs_and_nothing_is_fetched(held: pikepdf.Pdf) -> None:
    kinds = {str(one.get(Name.S)) for one in held.objects if isinstance(one, pikepdf.Dictionary) and Name.URI in one}
    assert kinds <= {"/URI"}
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(held.Root.keys())
    assert Name.JavaScript not in held.Root.Names
