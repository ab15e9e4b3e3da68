"""Whatever is changed in a finished PDF is told by the part it was changed in."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from reporter.proof import manifest, verify
from tests.proof_made import Published, drawn_over, published


@pytest.fixture(scope="module")
def edition() -> Published:
    return published()


def _outlines(document: pikepdf.Pdf) -> None:
    """Draw every 3 as an 8: text and facts are as before, and what is seen is not."""
    for held in document.objects:
        if isinstance(held, pikepdf.Dictionary) and "/FontFile2" in held:
            font = TTFont(BytesIO(held.FontFile2.read_bytes()))
            glyphs = font.getGlyphOrder()
            font["glyf"][glyphs[1]], font["glyf"][glyphs[2]] = font["glyf"][glyphs[2]], font["glyf"][glyphs[1]]
            out = BytesIO()
            font.save(out)
            held.FontFile2.write(out.getvalue())
            return


def test_swapped_outlines_change_nothing_but_the_fonts_hash(edition: Published) -> None:
    verdict = verify.of_pdf(edition.spoilt_pdf(_outlines))
    assert not verdict.inconsistent
    assert verdict.changed
    assert any(fault.startswith("font ") and fault.endswith("is another") for fault in verdict.changed)


def _attached(document: pikepdf.Pdf) -> None:
    document.attachments["extra.json"] = pikepdf.AttachedFileSpec(
        document, b"{}", filename="extra.json", description="", creation_date="", mod_date="", mime_type=""
    )


def _picture(document: pikepdf.Pdf) -> None:
    page = next(page for page in document.pages if page.obj.Resources.get("/XObject"))
    picture = next(iter(page.obj.Resources.XObject.values()))
    picture.write(picture.read_bytes() + b"\n0 0 m 10 10 l S\n")


def _annotated(document: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=pikepdf.Dictionary(S=pikepdf.Name.URI)
    )
    document.pages[0].obj.Annots.append(note)


def _renamed(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "Another title"


def _scripted(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('x')"))


def _entries(document: pikepdf.Pdf) -> pikepdf.Array:
    """The tree of attachments as it stands in the file; pikepdf's own view of it mends what is odd."""
    return cast("pikepdf.Array", document.Root.Names.EmbeddedFiles.Names)


def _specification(document: pikepdf.Pdf) -> pikepdf.Object:
    return pikepdf.AttachedFileSpec(document, b"{}", filename="facts.json").obj


def _two_of_a_name(document: pikepdf.Pdf) -> None:
    """Which of the two a reader's program opens nobody knows."""
    names = _entries(document)
    names.extend(pikepdf.Array([pikepdf.String("facts.json"), _specification(document)]))


def _beside(document: pikepdf.Pdf) -> None:
    document.Root.AF.append(_specification(document))


def _on_a_page(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AF = pikepdf.Array([_specification(document)])


def _under_another_name(document: pikepdf.Pdf) -> None:
    _entries(document)[1].UF = pikepdf.String("other.json")


def _stripped(document: pikepdf.Pdf) -> None:
    drawn_over(document)
    del document.attachments[manifest.MANIFEST]


def _turned(document: pikepdf.Pdf) -> None:
    document.Root.Pages.Rotate = 180


def _cropped(document: pikepdf.Pdf) -> None:
    document.Root.Pages.CropBox = pikepdf.Array([0, 0, 200, 200])


def _sent_elsewhere(document: pikepdf.Pdf) -> None:
    held = next(a for page in document.pages for a in page.obj.get("/Annots", []) if "/A" in a and "/URI" in a.A)
    held.A.URI = pikepdf.String("https://elsewhere.example/")


def _led_elsewhere(document: pikepdf.Pdf) -> None:
    held = next(a for page in document.pages for a in page.obj.get("/Annots", []) if "/Dest" in a)
    held.Dest = pikepdf.String("receipts")


def _stamped(document: pikepdf.Pdf) -> None:
    looks = document.make_stream(b"1 1 1 rg 0 0 300 300 re f")
    looks.Type, looks.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    looks.BBox = pikepdf.Array([0, 0, 300, 300])
    stamp = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[0, 0, 300, 300], AP=pikepdf.Dictionary(N=looks)
    )
    document.pages[0].obj.Annots.append(document.make_indirect(stamp))


def _read_aloud(document: pikepdf.Pdf) -> None:
    """A paragraph that a screen reader reads otherwise than it looks."""
    held = next(o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == pikepdf.Name.P)
    held.ActualText = pikepdf.String("something else")


def _packet(document: pikepdf.Pdf) -> None:
    held = document.Root.Metadata
    held.write(held.read_bytes().replace(b"</dc:title>", b" and more</dc:title>"))


def _outlined(document: pikepdf.Pdf) -> None:
    document.Root.Outlines.First.Title = pikepdf.String("Another section")


CHANGES = {
    "two attachments of one name": (_two_of_a_name, "files are attached in another way"),
    "an associated file": (_beside, "files are attached in another way"),
    "a file associated with a page": (_on_a_page, "page 1 is another"),
    "an attachment's name": (_under_another_name, "files are attached in another way"),
    "no manifest": (_stripped, "it has no manifest.json"),
    "all pages turned": (_turned, "page 1 is another"),
    "all pages cropped": (_cropped, "page 1 is another"),
    "a link to elsewhere": (_sent_elsewhere, "is another"),
    "a link within": (_led_elsewhere, "is another"),
    "a stamp": (_stamped, "page 1 is another"),
    "what is read aloud": (_read_aloud, "the document is another"),
    "the packet of metadata": (_packet, "the metadata is another"),
    "the outline": (_outlined, "the document is another"),
    "an attachment": (_attached, "attachment extra.json was added"),
    "a picture": (_picture, "is another"),
    "a white patch": (drawn_over, "page 1 is another"),
    "a link": (_annotated, "page 1 is another"),
    "metadata": (_renamed, "the metadata is another"),
    "a script": (_scripted, "the document is another"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_is_told_by_the_part_it_was_made_in(edition: Published, kind: str) -> None:
    spoil, told = CHANGES[kind]
    verdict = verify.of_pdf(edition.spoilt_pdf(spoil))
    assert verdict.changed
    assert any(told in fault for fault in verdict.changed), verdict.changed


def test_one_page_changed_is_one_page_named(edition: Published) -> None:
    assert verify.of_pdf(edition.spoilt_pdf(drawn_over)).changed == ("page 1 is another",)


def test_what_is_appended_to_the_file_counts(edition: Published) -> None:
    """An incremental update (ISO 32000-1, 7.5.6): the old objects stay in the file, the new ones are shown."""
    with pikepdf.open(BytesIO(edition.pdf)) as document:
        number = document.pages[0].obj.objgen[0]
        page = document.pages[0].obj.unparse(resolved=True).replace(b"/Contents", b"/Rotate 180 /Contents", 1)
        root = document.Root.objgen[0]
        size = len(document.objects) + 1
    start = int(edition.pdf.rpartition(b"startxref")[2].split()[0])
    at = len(edition.pdf)
    rewritten = b"%d 0 obj\n%b\nendobj\n" % (number, page)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    trailer = b"trailer\n<</Size %d /Root %d 0 R /Prev %d>>\n" % (size, root, start)
    ending = b"startxref\n%d\n%%%%EOF\n" % (at + len(rewritten))
    verdict = verify.of_pdf(edition.pdf + rewritten + table + trailer + ending)
    assert verdict.changed
    assert "page 1 is another" in verdict.changed


def _receipts_first(document: pikepdf.Pdf) -> None:
    """Say that the receipts, whose numerals are not judged, begin on the first page."""
    tree = document.Root.Names.Dests
    while "/Kids" in tree:
        tree = tree.Kids[-1]
    rows = list(tree.Names)
    held = next(value for name, value in zip(rows[::2], rows[1::2], strict=True) if str(name) == "receipts")
    (held.D if isinstance(held, pikepdf.Dictionary) else held)[0] = document.pages[0].obj


def _lied_among(document: pikepdf.Pdf, page: int) -> None:
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    document.pages[page].add_resource(font, pikepdf.Name.Font, pikepdf.Name.Other)
    document.pages[page].contents_add(b"BT /Other 12 Tf 60 60 Td (In all $77.7tn, or 98.7%) Tj ET")


def test_amounts_among_the_receipts_are_judged_wherever_they_are_said_to_begin(edition: Published) -> None:
    def spoil(document: pikepdf.Pdf) -> None:
        _receipts_first(document)
        _lied_among(document, 0)
        _lied_among(document, -1)

    verdict = verify.of_pdf(edition.spoilt_pdf(spoil, resealed=True))
    last = len(pikepdf.open(BytesIO(edition.pdf)).pages)
    told = [f"briefing.pdf: page {page}, among the receipts: bound to nothing: " for page in (1, last)]
    assert set(verdict.inconsistent) == {f"{each}{token!r}" for each in told for token in ("$77.7tn,", "98.7%")}


@pytest.mark.parametrize("stored", [b"", b"[]", b'{"version": 9}', b"[" * 100_000, b'{"version": 2, "pages": 3}'])
def test_a_manifest_that_is_none_is_a_failure(stored: bytes) -> None:
    assert [*manifest.differences(stored, {"pages": []})]
