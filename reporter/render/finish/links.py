"""Links: one annotation for each stretch of link text, printed, and named by what it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from pikepdf import Array, Name, Pdf, String

from reporter.render.finish.tree import Element, is_annotation, kids, parents, remove, set_kids

_PRINT = 1 << 2  # annotation flag, ISO 32000-1, table 165
_HAIR = Decimal("0.01")  # points; a rectangle thinner than that cannot be pointed at


def settle_links(pdf: Pdf, named: Mapping[str, str]) -> None:
    """Drop annotations that nobody can point at, flag the others for print, and name them by their destination.

    WeasyPrint makes one for each inline box of a link, raised signs and empty ends of lines among them.
    """
    dropped: list[Element] = []
    for page in pdf.pages:
        kept = []
        for note in page.obj.get(Name.Annots, ()):
            if note.get(Name.Subtype) == Name.Link and _is_empty(note):
                dropped.append(note)
                continue
            note.F = _PRINT
            words = named.get(str(note.Dest)) if Name.Dest in note else None
            if words:
                note.Contents = String(words)
            kept.append(note)
        if Name.Annots in page.obj:
            page.obj.Annots = Array(kept)
    if dropped:
        _forget(pdf, dropped)


def _is_empty(note: Element) -> bool:
    x0, y0, x1, y1 = (Decimal(value) for value in note.Rect)
    return abs(x1 - x0) < _HAIR or abs(y1 - y0) < _HAIR


def _forget(pdf: Pdf, dropped: Iterable[Element]) -> None:
    """Take annotations out of the tags; a link that held nothing else goes with them."""
    owners = parents(pdf)
    for note in dropped:
        owner = owners.pop(int(note.StructParent))
        left = [kid for kid in kids(owner) if not (is_annotation(kid) and kid.Obj.objgen == note.objgen)]
        set_kids(owner, left)
        if not left:
            remove(owner)
    pdf.Root.StructTreeRoot.ParentTree.Nums = Array([entry for row in owners.items() for entry in row])
