"""Which elements of a laid-out document are split over pages.

WeasyPrint tags page by page, so a table that breaks becomes two tables. Its boxes still know their element.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

# Page by page, in the order of the tags: the tag and the number of the element it was made of.
Spread = Sequence[Sequence[tuple[str, int]]]

# The elements worth joining and the tags WeasyPrint gives them, one a box.
_TAGS = {"main": "/Part", "section": "/Sect", "table": "/Table", "p": "/P"}
JOINED = frozenset(_TAGS.values())


def spread(pages: Sequence[Any]) -> Spread:
    """What each page of a WeasyPrint document shows of the elements that are joined."""
    numbers: dict[int, int] = {}
    return tuple(
        tuple((tag, numbers.setdefault(id(element), len(numbers))) for tag, element in _boxes(page._page_box))  # noqa: SLF001 -- public in no other way
        for page in pages
    )


def _boxes(box: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 -- WeasyPrint is untyped
    """The tags made for a box and those in it, as `weasyprint.pdf.tags` goes through them."""
    box = getattr(box, "_box", box)  # where it stands instead of a box that is placed absolutely
    kind = type(box).__name__
    if kind == "MarginBox":
        return
    if kind not in {"LineBox", "PageBox"} and box.element_tag in _TAGS:
        yield _TAGS[box.element_tag], box.element
    for child in _inside(box):
        if type(child).__name__ != "TextBox":
            yield from _boxes(child)


def _inside(box: Any) -> Iterator[Any]:  # noqa: ANN401 -- as above
    """The boxes in one; a table's wrapper and the table in it are one element."""
    for child in getattr(box, "children", ()):
        child = getattr(child, "_box", child)  # noqa: PLW2901 -- as above
        wrapped = getattr(box, "is_table_wrapper", False) and child is box.get_wrapped_table()
        if wrapped or type(child).__name__ == "LineBox":
            yield from child.children
        else:
            yield child
