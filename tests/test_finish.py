"""The finished PDF: both profiles, one tag for what is split over pages, nothing untagged, the same bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pikepdf import Name
from pypdf import PdfReader

from reporter.errors import RenderError
from reporter.render import conformance
from reporter.render.finish import Attachment, attach, finish, saved
from reporter.render.finish.tree import content, elements, is_annotation, kids
from reporter.render.pdf import pdf
from reporter.resources import templates_folder
from reporter.tree import Container, Edition, SectionTree, TableBlock, plain
from tests.made import made_drawings, made_edition
from tests.support import ROOT

FACTS = b'{"schema": 1}'
ROWS = b"series,value\nNET,-22420319\n"
DAY = date(2026, 11, 22)
ELSEWHERE = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}

PRINT_HASH = """
import hashlib, sys
from datetime import date
from reporter.render.finish import Attachment, finish
held = sys.stdin.buffer.read()
made = finish(held, date(2026, 11, 22), attachments=[Attachment("a.csv", b"a,b\\n", "Two columns")])
sys.stdout.write(hashlib.sha256(made).hexdigest())
"""


def long(edition: Edition, times: int) -> Edition:
    """The edition with its table's rows repeated: more than a page holds."""

    def longer(block: Any) -> Any:  # noqa: ANN401 -- any block
        if isinstance(block, TableBlock):
            return replace(block, table=replace(block.table, rows=block.table.rows * times))
        return replace(block, blocks=tuple(map(longer, block.blocks))) if isinstance(block, Container) else block

    def section(held: SectionTree) -> SectionTree:
        return replace(held, blocks=tuple(map(longer, held.blocks)))

    return replace(edition, sections=tuple(map(section, edition.sections)))


def tables(held: Iterable[Any]) -> Iterator[TableBlock]:
    for block in held:
        if isinstance(block, TableBlock):
            yield block
        yield from tables(getattr(block, "blocks", ()))


@pytest.fixture(scope="module")
def made() -> bytes:
    """An edition with a table of a hundred rows, which no page holds."""
    edition = long(made_edition(), 50)
    attached = {"facts.json": FACTS, "niip.csv": ROWS}
    return pdf(edition, made_drawings(edition), [templates_folder()], attachments=attached)


@pytest.fixture
def held(made: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.Pdf.open(BytesIO(made)) as opened:
        yield opened


def of_type(held: pikepdf.Pdf, name: Name) -> list[Any]:
    return [element for element in elements(held) if name == element.S]


def broken(made: bytes) -> set[str]:
    return {found.rule for verdict in conformance.validate(made) for found in verdict.findings}


# ---------------------------------------------------------------- the profiles
def test_it_keeps_both_profiles(made: bytes) -> None:
    verdicts = conformance.validate(made)
    assert [(v.profile, v.conforms, v.broken, v.findings) for v in verdicts] == [
        ("PDF/UA-1", True, 0, ()),
        ("PDF/A-3a", True, 0, ()),
    ]
    assert all(v.rules > 100 for v in verdicts)


def test_letter_paper_keeps_them_too() -> None:
    edition = made_edition()
    letter = pdf(edition, made_drawings(edition), [templates_folder()], paper="Letter")
    assert [verdict.conforms for verdict in conformance.validate(letter)] == [True, True]


def test_the_report_names_file_validator_and_verdicts(made: bytes) -> None:
    told = conformance.gate(made).decode()
    assert hashlib.sha256(made).hexdigest() in told
    assert '"page-validation"' in told
    assert told.count('"conforms": true') == 2


def test_the_gate_names_what_is_broken(held: pikepdf.Pdf) -> None:
    del held.Root.Lang
    for cell in of_type(held, Name.Figure):
        del cell["/Alt"]
    with pytest.raises(RenderError, match=r"PDF/UA-1: .*\(PDFUA1-"):
        conformance.gate(saved(held))


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(RenderError, match="cannot read"):
        conformance.gate(b"%PDF-1.7 and nothing more")


@pytest.mark.parametrize("entry", ["Metadata", "OutputIntents", "AF", "MarkInfo", "StructTreeRoot"])
def test_without_any_part_of_the_work_the_gate_closes(held: pikepdf.Pdf, entry: str) -> None:
    del held.Root[f"/{entry}"]
    assert broken(saved(held))


def test_qpdf_finds_it_sound(held: pikepdf.Pdf) -> None:
    """The check of `qpdf --check`, which pikepdf carries."""
    assert held.check_pdf_syntax() == []


# ---------------------------------------------------------------- tags
def test_a_table_on_several_pages_is_one_table_with_one_head(held: pikepdf.Pdf) -> None:
    (table,) = of_type(held, Name.Table)
    assert [str(kid.S) for kid in kids(table)] == ["/Caption", "/THead", "/TBody"]
    pages = {page for page, _ in content(table)}
    assert len(pages) > 1
    assert len({page for page, _ in content(kids(table)[1])}) == 1
    assert len(kids(kids(table)[2])) == 100


def test_cells_of_every_page_name_headers_that_are_there(held: pikepdf.Pdf) -> None:
    ids = [bytes(element.ID) for element in elements(held) if Name.ID in element]
    assert len(ids) == len(set(ids))
    named = {bytes(name) for cell in of_type(held, Name.TD) for name in cell.A.Headers}
    assert named
    assert named <= set(ids)


def test_identified_elements_are_in_the_index_in_order(held: pikepdf.Pdf) -> None:
    rows = list(held.Root.StructTreeRoot.IDTree.Kids[0].Names)
    keys = [bytes(key) for key in rows[::2]]
    assert keys == sorted(keys)
    assert [bytes(element.ID) for element in rows[1::2]] == keys


def test_header_cells_say_what_they_head(held: pikepdf.Pdf) -> None:
    scopes = {(str(cell.P.P.S), str(cell.A.Scope)) for cell in of_type(held, Name.TH)}
    assert scopes == {("/THead", "/Column"), ("/TBody", "/Row")}


def test_the_article_and_its_sections_are_each_one(held: pikepdf.Pdf) -> None:
    (article,) = of_type(held, Name.Part)
    assert len({page for page, _ in content(article)}) == len(held.pages)
    heads = of_type(held, Name.H2)
    assert len(of_type(held, Name.Sect)) >= len(heads)
    for section in of_type(held, Name.Sect):
        assert sum(1 for kid in kids(section) if kid.S == "/H2") <= 1


def test_every_element_knows_its_parent(held: pikepdf.Pdf) -> None:
    for element in elements(held):
        for kid in kids(element):
            if isinstance(kid, pikepdf.Dictionary) and Name.S in kid:
                assert kid.P.objgen == element.objgen


def test_lists_hold_items_and_items_a_body(held: pikepdf.Pdf) -> None:
    lists = of_type(held, Name.L)
    assert lists
    assert {str(kid.S) for held in lists for kid in kids(held)} <= {"/LI", "/L", "/Caption"}
    assert all(item.P.S == "/L" for item in of_type(held, Name.LI))
    # The coverage of the made edition: what, then up to when.
    assert [[str(part.S) for part in kids(item)] for item in kids(lists[0])] == [["/Lbl", "/LBody"]] * 2


def marked(page: Any) -> dict[int, str]:  # noqa: ANN401 -- a page
    """The marked content of a page that is numbered."""
    held = page.Contents.read_bytes()
    return {int(number): tag.decode() for tag, number in re.findall(rb"/(\w+)\s*<<\s*/MCID (\d+)\s*>>\s*BDC", held)}


def test_all_marked_content_is_in_the_tree_once_and_the_way_back_is_there(held: pikepdf.Pdf) -> None:
    found = [(page.obj.objgen, number) for page in held.pages for number in marked(page)]
    tagged = list(content(held.Root.StructTreeRoot))
    assert sorted(found) == sorted(tagged)
    rows = list(held.Root.StructTreeRoot.ParentTree.Nums)
    parents = dict(zip((int(key) for key in rows[::2]), rows[1::2], strict=True))
    for page in held.pages:
        owners = parents[int(page.obj.StructParents)]
        for number in marked(page):
            owner = owners[number]
            assert number in [kid for kid in kids(owner) if isinstance(kid, int)]
            assert owner.Pg.objgen == page.obj.objgen


def test_running_heads_and_feet_are_artifacts(made: bytes, held: pikepdf.Pdf) -> None:
    for page in held.pages:
        sides = re.findall(rb"/Artifact\s*<</Type /Pagination /Subtype /(\w+)>>", page.Contents.read_bytes())
        assert sides.count(b"Footer") >= 2  # the day, the number
    assert re.findall(rb"Subtype /(\w+)>>", held.pages[1].Contents.read_bytes()).count(b"Header") >= 2
    assert f"Page 2 of {len(held.pages)}" in PdfReader(BytesIO(made)).pages[1].extract_text()  # still there to see


def test_nothing_else_is_an_artifact(made: bytes, held: pikepdf.Pdf) -> None:
    """What a page says less without its artifacts is its running words and, where the table goes on, the head of it."""
    for page in held.pages:
        kept = re.sub(rb"/Artifact\s*<</Type /Pagination.*?EMC", b"", page.Contents.read_bytes(), flags=re.DOTALL)
        page.obj.Contents.write(kept)
    whole, read = (PdfReader(BytesIO(file)).pages for file in (made, saved(held)))
    edition = made_edition()
    head = next(table for table in tables(edition.sections)).columns
    running = ["The External Account", "Receipts", "22 November 2026 · figures as published by that day"]
    running += ["· † compares vintages", "· ‡ from a later vintage"]
    running += [plain(section.title) for section in edition.sections] + [plain(line) for line in head]
    for number, (before, after) in enumerate(zip(whole, read, strict=True), 1):
        gone = Counter(before.extract_text().split()) - Counter(after.extract_text().split())
        assert {"Page", "of", "published"} <= set(gone)
        assert set(gone) <= {word for line in (*running, f"Page {number} of {len(whole)}") for word in line.split()}


def test_figures_are_where_their_boxes_say(held: pikepdf.Pdf) -> None:
    figures = of_type(held, Name.Figure)
    assert figures
    for figure in figures:
        x0, y0, x1, y1 = (Decimal(str(value)) for value in figure.A.BBox)
        _, _, width, height = (Decimal(str(value)) for value in figure.Pg.MediaBox)
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert str(figure.Alt)
    wide = max(float(figure.A.BBox[2] - figure.A.BBox[0]) for figure in figures)
    assert wide == pytest.approx(170 / 25.4 * 72, abs=1)  # a full chart, in points


# ---------------------------------------------------------------- links
def notes(held: pikepdf.Pdf) -> list[Any]:
    return [note for page in held.pages for note in page.obj.get(Name.Annots, ())]


def test_links_print_can_be_pointed_at_and_hang_in_a_link(held: pikepdf.Pdf) -> None:
    linked = {kid.Obj.objgen for link in of_type(held, Name.Link) for kid in kids(link) if is_annotation(kid)}
    assert {note.objgen for note in notes(held)} == linked
    for note in notes(held):
        assert int(note.F) == 4
        x0, y0, x1, y1 = (float(value) for value in note.Rect)
        assert abs(x1 - x0) > 0.01
        assert abs(y1 - y0) > 0.01
    assert all(page.obj.Tabs == "/S" for page in held.pages)


def test_links_are_named_by_what_they_lead_to(held: pikepdf.Pdf) -> None:
    words = {str(note.Dest): str(note.Contents) for note in notes(held) if Name.Dest in note}
    assert words["r-niip-net"] == made_edition().facts["niip.net"].label
    assert words["j-niip-record"] != "j-niip-record"
    assert all(words.values())


def test_every_link_holds_text(held: pikepdf.Pdf) -> None:
    assert all(any(content(link)) for link in of_type(held, Name.Link))


# ---------------------------------------------------------------- the file
def test_attachments_are_dated_typed_described_and_related(held: pikepdf.Pdf) -> None:
    found = {str(spec.UF): spec for spec in held.Root.AF}
    assert set(found) == {"facts.json", "niip.csv"}
    for name, sent in (("facts.json", FACTS), ("niip.csv", ROWS)):
        file = found[name].EF.F
        assert file.read_bytes() == sent
        assert str(file.Params.ModDate) == str(file.Params.CreationDate) == "D:20261122000000Z"
        assert bytes(file.Params.CheckSum) == hashlib.md5(sent, usedforsecurity=False).digest()
        assert found[name].AFRelationship == "/Data"
        assert str(found[name].Desc).startswith(f"{name}: ")
    assert {str(found[name].EF.F.Subtype) for name in found} == {"/application/json", "/text/csv"}
    assert sorted(held.attachments) == ["facts.json", "niip.csv"]


def test_a_later_hand_may_attach_more_and_the_claims_stay_true(held: pikepdf.Pdf) -> None:
    attach(held, [Attachment("manifest.json", b"{}", "Hashes", "Supplement")])
    again = saved(held)
    assert not broken(again)
    with pikepdf.Pdf.open(BytesIO(again)) as opened:
        assert [str(spec.UF) for spec in opened.Root.AF] == ["facts.json", "manifest.json", "niip.csv"]
        assert opened.attachments["manifest.json"].get_file().read_bytes() == b"{}"


def test_two_attachments_of_one_name_are_refused(held: pikepdf.Pdf) -> None:
    with pytest.raises(ValueError, match=r"facts\.json"):
        attach(held, [Attachment("facts.json", b"{}", "Others")])


def test_metadata_lies_open_and_says_what_the_dictionary_says(made: bytes, held: pikepdf.Pdf) -> None:
    assert Name.Filter not in held.Root.Metadata
    assert b"<pdfaid:part>3</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    info = {key: str(value) for key, value in held.docinfo.items()}
    with held.open_metadata() as told:
        assert told["dc:title"] == info["/Title"]
        assert told["dc:creator"] == [info["/Author"]]
        assert told["xmp:CreateDate"] == "2026-11-22T00:00:00Z"
    assert info["/CreationDate"] == info["/ModDate"] == "D:20261122000000Z"


def test_the_colours_are_meant_as_srgb(held: pikepdf.Pdf) -> None:
    (intent,) = held.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    profile = intent.DestOutputProfile.read_bytes()
    assert profile[16:20] == b"RGB "
    assert profile[36:40] == b"acsp"


def test_the_same_bytes_in_another_process(made: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HASH],
        cwd=ROOT,
        input=made,
        capture_output=True,
        check=True,
        env=ELSEWHERE,
    )
    again = finish(made, DAY, attachments=[Attachment("a.csv", b"a,b\n", "Two columns")])
    assert hashlib.sha256(again).hexdigest() == done.stdout.decode()


def test_the_identifier_is_of_the_content(made: bytes) -> None:
    def identifier(pdf: bytes) -> bytes:
        with pikepdf.Pdf.open(BytesIO(pdf)) as opened:
            return bytes(opened.trailer.ID[1])

    other = finish(made, DAY, attachments=[Attachment("a.csv", b"a,b\n", "Two columns")])
    assert identifier(other) != identifier(made)


def test_no_stream_ends_in_what_reads_as_two_line_ends(made: bytes) -> None:
    """A hundred and more streams, of which one in 256 ends with a carriage return: many tries, so that some do."""
    ends = 0
    for number in range(40):
        tried = finish(made, DAY, attachments=[Attachment("n.txt", bytes([number]), "A byte")])
        ends += tried.count(b"\r\rendstream")
        assert b"\r\nendstream" not in tried
    assert ends
    assert not broken(tried)


def test_tags_of_another_document_are_refused(made: bytes) -> None:
    with pikepdf.Pdf.open(BytesIO(made)) as opened:
        pages = len(opened.pages)
    with pytest.raises(ValueError, match="page 1 is tagged otherwise"):
        finish(made, DAY, spread=[[("/Table", 0)]] * pages)
