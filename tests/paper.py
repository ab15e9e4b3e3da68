"""What an edition looks like once it is laid out: measured on WeasyPrint's boxes, not on our own arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from reporter.render.pdf import load

Box = Any  # WeasyPrint is untyped
_INK = {"LineBox", "TableRowBox", "BlockReplacedBox", "InlineReplacedBox"}
_ASIDE = {"MarginBox", "FootnoteAreaBox"}


def laid_out(make: Callable[[], object]) -> list[Box]:
    """The pages of the one PDF that `make` writes."""
    document, pages = load().document.Document, list[Box]()
    write = document.write_pdf

    def captured(self: Box, *args: object, **options: object) -> object:
        pages.extend(page._page_box for page in self.pages)  # noqa: SLF001 -- there is no public way to the boxes
        return write(self, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "write_pdf", captured)
        make()
    return pages


def article(pages: list[Box]) -> list[Box]:
    """The pages before the one on which the receipts begin."""
    return pages[: next(i for i, page in enumerate(pages) if starts(page, "receipts"))]


def starts(page: Box, place: str) -> bool:
    """Whether the element of that id begins on the page; only there does it bear its name."""
    return any(box.element is not None and box.element.get("id") == f"{place}-title" for box in _boxes(page))


def empty(page: Box) -> float:
    """The share of the page between its last line, row or picture and the notes at its foot."""
    notes = sum(box.margin_height() for box in page.children if type(box).__name__ == "FootnoteAreaBox")
    top = page.content_box_y()
    ink = [box for box in _boxes(page) if type(box).__name__ in _INK]
    last = max((box.position_y + _height(box) for box in ink), default=top)
    return float((page.height - notes - (last - top)) / page.height)


def early(page: Box) -> Iterator[str]:
    """Lines that end early: not the last of their paragraph, and the first word of the next would have fitted."""
    for box in _boxes(page):
        if box.element_tag not in {"p", "li", "dd"} or not hasattr(box, "children"):
            continue
        held = [child for child in box.children if type(child).__name__ == "LineBox"]
        edge = max((_end(line) for line in held), default=0.0)  # the same beside a chart and below it
        for line, after in pairwise(held):
            word = _text(after).lstrip().partition(" ")[0].partition("\u200b")[0]
            measure, left = edge - line.position_x, edge - _end(line)
            room = len(word) * (_end(line) - line.position_x) / max(len(_text(line)), 1)
            if left > 0.25 * measure and room < left:
                yield f"{_text(line)[-40:]} | {_text(after)[:20]}"


def strayed(page: Box) -> int:
    """How many notes are called on the page and not set at its foot, or set there and called elsewhere."""
    called = {id(box.element) for box in _boxes(page) if str(box.element_tag).endswith("::footnote-call")}
    areas = [box for box in page.children if type(box).__name__ == "FootnoteAreaBox"]
    below = [box for area in areas for box in area.descendants()]
    return len(called ^ {id(box.element) for box in below if str(box.element_tag).endswith("::footnote-marker")})


def _boxes(page: Box) -> Iterator[Box]:
    for child in page.children:
        if type(child).__name__ not in _ASIDE:
            yield child
            yield from child.descendants()


def _height(box: Box) -> float:
    return float(box.height if type(box).__name__ == "LineBox" else box.margin_height())


def _end(line: Box) -> float:
    """Where what is set in a line ends."""
    return float(max((child.position_x + child.width for child in line.children), default=line.position_x))


def _text(line: Box) -> str:
    return "".join(getattr(box, "text", "") or "" for box in line.descendants())
