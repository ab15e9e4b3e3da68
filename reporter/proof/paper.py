"""The texts of a PDF in the order of its content, by PDFium.

Of the libraries that read text from PDFs PDFium is the one browsers trust with hostile files, and thirty times as
fast as those in Python: a build can afford it. It is fed bytes only, and in `verify` in a process of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reporter.errors import ProofError
from reporter.proof.output import Output

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MOST_PAGES = 400
MOST_CHARACTERS = 200_000  # of one page
_RECEIPTS = b"receipts"  # the destination their section is linked by
_METADATA = ("Title", "Author", "Subject", "Keywords")


def texts(pdf: bytes, name: str = "briefing.pdf") -> Output:
    """What the PDF says; raise ProofError where it is none, or larger than any briefing."""
    import pypdfium2  # noqa: PLC0415 -- a library of eight megabytes that only a proof needs

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        message = f"{name}: not a PDF that can be read: {error}"
        raise ProofError(message) from error
    try:
        return _texts(document, name)
    finally:
        document.close()


def _texts(document: PdfDocument, name: str) -> Output:
    if len(document) > MOST_PAGES:
        message = f"{name}: {len(document)} pages are more than the {MOST_PAGES} a briefing may have"
        raise ProofError(message)
    pages = tuple(_page(document, number, name) for number in range(len(document)))
    held = document.get_metadata_dict()
    named = tuple((key, held[key]) for key in _METADATA if held.get(key))
    return Output(name, pages, receipts=_receipts(document), alts=tuple(_alts(document)), named=named)


def _page(document: PdfDocument, number: int, name: str) -> str:
    page = document[number]
    held = page.get_textpage()
    try:
        if held.count_chars() > MOST_CHARACTERS:
            message = f"{name}: page {number + 1} holds more text than a page can"
            raise ProofError(message)
        return str(held.get_text_range())
    finally:
        held.close()
        page.close()


def _receipts(document: PdfDocument) -> int | None:
    """The page, from nought, on which the receipts begin."""
    from pypdfium2 import raw  # noqa: PLC0415

    found = raw.FPDF_GetNamedDestByName(document.raw, _RECEIPTS)
    page = raw.FPDFDest_GetDestPageIndex(document.raw, found) if found else -1
    return int(page) if page >= 0 else None


def _alts(document: PdfDocument) -> list[str]:
    """The texts for pictures, from the tags."""
    from reporter.proof.tags import alternatives  # noqa: PLC0415

    return [text for number in range(len(document)) for text in alternatives(document, number)]
