"""What is split over pages becomes one element again: articles, sections, paragraphs, and tables under one head."""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Pdf, String

from reporter.render.finish.spread import JOINED, Spread
from reporter.render.finish.tree import Element, below, elements, has_type, kids, remove, set_kids


def join(pdf: Pdf, spread: Spread) -> None:
    """Join the parts of each element; raise ValueError where the tags are not those of `spread`."""
    if not spread:
        return
    first: dict[tuple[str, int], Element] = {}
    for page in list(_parts(pdf, spread)):
        # On one page an element may have several tags, one within the other: its anonymous boxes.
        for key, part in page.items():
            if key not in first:
                first[key] = part
            else:
                _append(first[key], part)


def _parts(pdf: Pdf, spread: Spread) -> Iterator[dict[tuple[str, int], Element]]:
    """For each page the outermost tag of each element on it."""
    tagged: dict[tuple[int, int], list[Element]] = {page.obj.objgen: [] for page in pdf.pages}
    for element in elements(pdf):
        if str(element.S) in JOINED:
            tagged[element.Pg.objgen].append(element)
    for number, (shown, page) in enumerate(zip(spread, tagged.values(), strict=True), 1):
        if [tag for tag, _ in shown] != [str(element.S) for element in page]:
            message = f"page {number} is tagged otherwise than it was laid out"
            raise ValueError(message)
        outermost: dict[tuple[str, int], Element] = {}
        for key, element in zip(shown, page, strict=True):
            outermost.setdefault(key, element)
        yield outermost


def _append(whole: Element, part: Element) -> None:
    if has_type(whole, Name.Table):
        _append_rows(whole, part)
    else:
        set_kids(whole, [*kids(whole), *kids(part)])
    remove(part)


def _append_rows(whole: Element, part: Element) -> None:
    """The rows of a table that goes on; its head, which every page repeats, is content once only."""
    groups, heads = kids(whole), _groups(part, Name.THead)
    for body in _groups(part, Name.TBody):
        _rename_headers(body, dict(zip(_ids(heads), _ids(_groups(whole, Name.THead)), strict=False)))
        if groups and has_type(groups[-1], Name.TBody):
            set_kids(groups[-1], [*kids(groups[-1]), *kids(body)])
        else:
            groups.append(body)
    set_kids(whole, [*groups, *(kid for kid in kids(part) if not has_type(kid, Name.THead, Name.TBody))])


def _groups(table: Element, name: Name) -> list[Element]:
    return [kid for kid in kids(table) if has_type(kid, name)]


def _ids(heads: list[Element]) -> list[bytes]:
    """The identifiers of header cells, in the order of the cells."""
    return [bytes(cell.ID) for head in heads for cell in below(head) if Name.ID in cell]


def _rename_headers(body: Element, names: dict[bytes, bytes]) -> None:
    """Let cells name the header cells that stay."""
    for cell in below(body):
        held = cell.get(Name.A)
        if isinstance(held, Dictionary) and Name.Headers in held:
            held.Headers = Array([String(names.get(bytes(old), bytes(old))) for old in held.Headers])
