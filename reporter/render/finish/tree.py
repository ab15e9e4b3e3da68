"""Walking the structure tree of a tagged PDF (ISO 32000-1, 14.7): elements, their kids, their pages.

A kid is an element (it has a type, `/S`), the number of a marked-content sequence on the element's page, a
reference to such a sequence on any page (`/MCR`), or one to an annotation (`/OBJR`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf

Element = Any  # a pikepdf.Dictionary; its entries are of any type
Kid = Any
PX = Decimal("0.75")  # points in a CSS pixel, WeasyPrint's unit


def kids(element: Element) -> list[Kid]:
    """What an element holds, in reading order."""
    held = element.get(Name.K)
    if held is None:
        return []
    return list(held) if isinstance(held, Array) else [held]


def set_kids(element: Element, held: Iterable[Kid]) -> None:
    """Give an element other kids; those that are elements learn of it."""
    rows = list(held)
    for kid in rows:
        if is_element(kid):
            kid.P = element
    element.K = Array(rows)


def is_element(kid: Kid) -> bool:
    """Whether a kid is an element rather than content."""
    return isinstance(kid, Dictionary) and Name.S in kid


def has_type(kid: Kid, *names: Name) -> bool:
    """Whether a kid is an element of one of some types."""
    return is_element(kid) and kid.S in names


def is_annotation(kid: Kid) -> bool:
    """Whether a kid refers to an annotation."""
    return isinstance(kid, Dictionary) and kid.get(Name.Type) == Name.OBJR


def elements(pdf: Pdf) -> Iterator[Element]:
    """Every element in reading order, each before its kids."""
    root = pdf.Root.get(Name.StructTreeRoot)
    return below(root) if root is not None else iter(())


def below(element: Element) -> Iterator[Element]:
    """The elements under one, in reading order; itself is not among them."""
    for kid in kids(element):
        if is_element(kid):
            yield kid
            yield from below(kid)


def remove(element: Element) -> None:
    """Take an element, with all it holds, out of the tree."""
    parent = element.P
    set_kids(parent, [kid for kid in kids(parent) if not _same(kid, element)])


def content(element: Element) -> Iterator[tuple[tuple[int, int], int]]:
    """The marked content under an element: the page's object (number, generation) and the sequence's number."""
    for kid in kids(element):
        if is_element(kid):
            yield from content(kid)
        elif isinstance(kid, Dictionary) and kid.get(Name.Type) == Name.MCR:
            yield (kid.Pg if Name.Pg in kid else element.Pg).objgen, int(kid.MCID)
        elif not isinstance(kid, Dictionary):
            yield element.Pg.objgen, int(kid)


def parents(pdf: Pdf) -> dict[int, Any]:
    """The parent tree's entries by key: an array of elements for a page, one element for an annotation."""
    root = pdf.Root.get(Name.StructTreeRoot)
    if root is None:
        return {}
    numbers = list(root.ParentTree.Nums)
    return {int(key): held for key, held in zip(numbers[::2], numbers[1::2], strict=True)}


def height_of(page: Any) -> Decimal:  # noqa: ANN401 -- an object of the file
    """The height of a page in points."""
    return Decimal(page.MediaBox[3])


def _same(kid: Kid, element: Element) -> bool:
    return isinstance(kid, Dictionary) and bool(kid.objgen == element.objgen)
