"""Files made to harm whoever reads them: a failure each, and nothing more."""

from __future__ import annotations

import json
import subprocess
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from reporter.errors import ProofError
from reporter.proof import child, paper, verify
from reporter.proof.verdict import Verdict
from tests.proof_made import attach, published


def _packed(piece: bytes, times: int) -> bytes:
    """What unpacks to a piece over and over, packed but once; its check sum is wrong, which shows too late."""
    packer = zlib.compressobj(9)
    first, again = (packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (times - 1) + packer.flush()


def _bomb(size: int) -> bytes:
    """A PDF whose attachment unpacks to `size` bytes."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        attach(document, b"{}")
        stream = document.attachments["facts.json"].get_file().obj
        stream.write(_packed(bytes(2**20), size >> 20), filter=pikepdf.Name.FlateDecode)
        document.save(out)
    return out.getvalue()


def _huge_count() -> bytes:
    """A tree of pages that says it has four thousand million, and is its own child."""
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Count 4294967295/Kids[2 0 R 2 0 R]>>\nendobj\n"
        b"trailer\n<</Root 1 0 R/Size 3>>\n%%EOF\n"
    )


def _circle() -> bytes:
    """An attachment tree that is its own branch, and a filter of filters."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        tree = document.make_indirect(pikepdf.Dictionary())
        tree.Kids = pikepdf.Array([tree, tree])
        document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=tree)
        document.save(out)
    return out.getvalue()


def _odd_kinds() -> bytes:
    """Numbers where dictionaries should be."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Array([1, 2]))
        document.save(out)
    return out.getvalue()


def _content_bomb() -> bytes:
    """A page whose content unpacks to three gigabytes."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        attach(document, b"{}")
        body = _packed(b"BT (7) Tj ET " * 80_000, 3000)
        document.pages[0].obj.Contents = document.make_stream(b"")
        document.pages[0].obj.Contents.write(body, filter=pikepdf.Name.FlateDecode)
        document.save(out)
    return out.getvalue()


def _forms_within_forms() -> bytes:
    """Forty drawings, each of which draws the next twenty times."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        attach(document, b"{}")
        held = document.make_stream(b"BT (7) Tj ET")
        held.Type, held.Subtype, held.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 9, 9])
        for _ in range(40):
            outer = document.make_stream(b"/X Do " * 20)
            outer.Type, outer.Subtype, outer.BBox = held.Type, held.Subtype, held.BBox
            outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=held))
            held = outer
        document.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=held))
        document.pages[0].obj.Contents = document.make_stream(b"/X Do")
        document.save(out)
    return out.getvalue()


def _locked() -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def _cut() -> bytes:
    return published().pdf[:30_000]


def _facts(text: bytes) -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        attach(document, text)
        document.save(out)
    return out.getvalue()


def _many_pages() -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        for _ in range(paper.MOST_PAGES + 1):
            document.add_blank_page()
        document.save(out)
    return out.getvalue()


def _deep() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


@pytest.mark.parametrize(
    "made",
    [
        lambda: _bomb(3 << 30),
        _content_bomb,
        _forms_within_forms,
        _many_pages,
        _huge_count,
        _circle,
        _odd_kinds,
        _deep,
        _locked,
        _cut,
        lambda: b"%PDF-1.7\n",
        lambda: b"%PDF-" + bytes(range(256)) * 400,
        lambda: _facts(b'{"schema": 1e999999999}'),
        lambda: _facts(b"[" * 500_000),
        lambda: _facts(b'{"schema": 1, "facts": ' + b"9" * 5_000_000 + b"}"),
    ],
    ids=[
        "bomb",
        "content bomb",
        "forms in forms",
        "pages",
        "page count",
        "circle",
        "odd kinds",
        "nesting",
        "locked",
        "cut",
        "empty",
        "noise",
        "huge number",
        "nested facts",
        "long number",
    ],
)
def test_a_hostile_pdf_is_a_failure_and_nothing_more(made: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "hostile.pdf"
    path.write_bytes(made())
    (verdict,) = verify.verify(path)
    assert verdict.inconsistent


def test_a_hostile_page_is_read_in_a_process_of_its_own_too(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"<div>" * 500_000)
    (tmp_path / "facts.json").write_bytes(b'{"schema": 1, "facts": [' + b"[" * 100_000)
    (verdict,) = verify.verify(tmp_path / "index.html")
    assert verdict.inconsistent


def test_no_more_faults_are_told_than_anybody_reads() -> None:
    many = Verdict("x", 0, tuple(f"fault {number} {'x' * 1000}" for number in range(100_000)), None)
    told = Verdict.from_json(json.loads(verify.answer(many))).inconsistent
    assert len(told) == 501
    assert told[-1] == "and 99500 more"
    assert max(map(len, told)) == 400


def test_the_child_is_given_up_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "briefing.pdf"
    path.write_bytes(published().pdf)

    def late(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired([], verify.SECONDS)

    monkeypatch.setattr(subprocess, "run", late)
    (verdict,) = verify.verify(path)
    assert "more than 60 seconds" in verdict.failures[0]


def test_the_limits_of_the_child_are_real() -> None:
    assert child.MEMORY <= 2**30
    assert child.PROCESSOR < verify.SECONDS


def test_a_file_larger_than_any_edition_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(verify.LARGEST + 1)
    with pytest.raises(ProofError, match="larger than any edition"):
        verify.verify(path)
