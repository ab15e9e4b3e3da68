"""Links: one annotation for each stretch of link text, printed, and named by what it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pikepdf import Array, Name, Pdf, String

from reporter.render.finish.tree import Element, elements, is_annotation, kids, parents, remove, set_kids

_PRINT = 1 << 2  # annotation flag, ISO 32000-1, table 165
_HAIR = Decimal("0.01")  # points; a rectangle thinner than that cannot be pointed at


def settle_links(pdf: Pdf, named: Mapping[str, str]) -> None:
    """Drop annotations that nobody can point at, flag the others for print, and name them by their destination.

    WeasyPrint makes one for each inline box of a link, raised signs and empty ends of lines among them.
    """
    dropped: set[tuple[int, int]] = set()
    for page in pdf.pages:
        kept = []
        for note in page.obj.get(Name.Annots, ()):
            if note.get(Name.Subtype) == Name.Link and _is_empty(note):
                dropped.add(note.objgen)
                continue
            note.F = _PRINT
            words = named.get(str(note.Dest)) if Name.Dest in note else None
            if words:
                note.Contents = String(words)
            kept.append(note)
        if Name.Annots in page.obj:
            page.obj.Annots = Array(kept)
    _forget(pdf, dropped)


def _is_empty(note: Element) -> bool:
    x0, y0, x1, y1 = (Decimal(value) for value in note.Rect)
    return abs(x1 - x0) < _HAIR or abs(y1 - y0) < _HAIR


def _forget(pdf: Pdf, dropped: set[tuple[int, int]]) -> None:
    """Take annotations out of the tags; a link that held nothing else goes with them."""
    if not dropped:
        return
    for element in list(elements(pdf)):
        held = kids(element)
        left = [kid for kid in held if not (is_annotation(kid) and kid.Obj.objgen in dropped)]
        if len(left) < len(held):
            set_kids(element, left)
            if not left:
                remove(element)
    entries = parents(pdf)
    gone = {key for key, held in entries.items() if not isinstance(held, Array) and _is_void(held)}
    rows = [entry for key, held in entries.items() if key not in gone for entry in (key, held)]
    pdf.Root.StructTreeRoot.ParentTree.Nums = Array(rows)


def _is_void(element: Element) -> bool:
    """Whether an element that was an annotation's parent holds none any more."""
    return not any(is_annotation(kid) for kid in kids(element))
