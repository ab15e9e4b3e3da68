"""Tags put right: header cells with a scope, lists of items only, figures in points, an index of identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf

from reporter.render.finish.tree import PX, Element, elements, has_type, height_of, kids, set_kids

_THOUSANDTH = Decimal("0.001")


def settle_structure(pdf: Pdf) -> None:
    """All of it, in one walk through the tree."""
    held = list(elements(pdf))
    found: dict[str, list[Element]] = {}
    for element in held:
        found.setdefault(str(element.S), []).append(element)
    _scope_headers(found.get("/TH", ()))
    _lists_of_items(found.get("/L", ()))
    _figures_in_points(found.get("/Figure", ()))
    _index_ids(pdf, held)


def _scope_headers(cells: Iterable[Element]) -> None:
    """Say of each header cell whether it heads its column or its row (ISO 32000-1, table 349)."""
    for cell in cells:
        attributes = cell.get(Name.A) or Dictionary(O=Name.Table)
        attributes.Scope = Name.Column if _heads_columns(cell) else Name.Row
        cell.A = attributes


def _heads_columns(cell: Element) -> bool:
    return has_type(cell.P.P, Name.THead)  # the group of its row


def _lists_of_items(lists: Iterable[Element]) -> None:
    """A list holds items: a group of a definition list (`dl > div`) is one, its term the label.

    WeasyPrint makes an item of every `dt` and `dd` and leaves the `div` around them.
    """
    for held in lists:
        for group in kids(held):
            items = kids(group) if has_type(group, Name.Div) else []
            if items and all(has_type(item, Name.LI) for item in items):
                bodies = [body for item in items for body in kids(item)]
                bodies[0].S = Name.Lbl
                set_kids(group, bodies)
                group.S = Name.LI


def _figures_in_points(figures: Iterable[Element]) -> None:
    """The boxes of figures in the page's own space: WeasyPrint measures them in CSS pixels from the top left."""
    for figure in figures:
        attributes = figure.get(Name.A)
        if isinstance(attributes, Dictionary) and Name.BBox in attributes:
            height = height_of(figure.Pg)
            box: list[Any] = list(attributes.BBox)
            x0, y0, x1, y1 = (PX * Decimal(value) for value in box)
            corners = (x0, height - y1, x1, height - y0)
            attributes.BBox = Array([corner.quantize(_THOUSANDTH) for corner in corners])
            attributes.Placement = Name.Block


def _index_ids(pdf: Pdf, every: Iterable[Element]) -> None:
    """The name tree that a file with identified elements needs (ISO 32000-1, table 322, `/IDTree`)."""
    held = sorted(((bytes(e.ID), e) for e in every if Name.ID in e), key=lambda row: row[0])
    if held:
        rows = Array([entry for _, element in held for entry in (element.ID, element)])
        limits = Array([held[0][1].ID, held[-1][1].ID])
        leaf = pdf.make_indirect(Dictionary(Limits=limits, Names=rows))
        pdf.Root.StructTreeRoot.IDTree = pdf.make_indirect(Dictionary(Kids=Array([leaf])))
