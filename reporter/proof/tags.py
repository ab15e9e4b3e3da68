"""Texts for pictures in a tagged PDF: the `/Alt` of its structure elements (ISO 32000-1, 14.9.3)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_DEEPEST = 64
_LONGEST = 100_000  # bytes of one text


def alternatives(document: PdfDocument, number: int) -> Iterator[str]:
    """Every `/Alt` on one page, in the order of its tags."""
    page = document[number]
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    if tree:
        for at in range(max(raw.FPDF_StructTree_CountChildren(tree), 0)):
            yield from _below(raw.FPDF_StructTree_GetChildAtIndex(tree, at), _DEEPEST)
        raw.FPDF_StructTree_Close(tree)
    page.close()


def _below(element: Any, deep: int) -> Iterator[str]:  # noqa: ANN401 -- a pointer of PDFium
    if not element or not deep:
        return
    if text := _alt(element):
        yield text
    for at in range(max(raw.FPDF_StructElement_CountChildren(element), 0)):
        yield from _below(raw.FPDF_StructElement_GetChildAtIndex(element, at), deep - 1)


def _alt(element: Any) -> str:  # noqa: ANN401
    size = raw.FPDF_StructElement_GetAltText(element, None, 0)
    if not 2 < size <= _LONGEST:  # noqa: PLR2004 -- UTF-16 with its closing nought
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDF_StructElement_GetAltText(element, buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
