"""The fields of a block (`name: words`): how they are read, which ones a tag knows, and what a misspelled one is told.

A front, a section and a takeaway have fixed fields. What else a chart or a table says depends on what it shows: the
words of a row or a line that is not there today are left over by right, and only a near miss is a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from reporter.errors import RenderError
from reporter.language.leaves import is_private

_NAME = frozenset("abcdefghijklmnopqrstuvwxyz_")
_NEAR = 0.75  # how alike two names are that are taken for one, misspelled

FIXED = {
    "front": (
        *("name", "tagline", "headline", "standfirst", "description", "colophon", "no_takeaways"),
        *("subject", "preheader"),  # of the mail
    ),
    "section": ("title", "short"),
    "takeaway": ("lead", "sentence"),
}
CHART = ("headline", "unit", "source", "alt")
TABLE = ("caption", "unit", "columns", "note")


def parted(body: str) -> Iterator[tuple[str, str]]:
    """`name: words`, the words running on until the next name; raise RenderError for words that follow no name."""
    name, words = "", ""
    for line in body.split("\n"):
        head, colon, rest = line.strip().partition(":")
        if colon and head and set(head) <= _NAME:
            if name:
                yield name, words
            name, words = head, rest
        elif name or not "".join(c for c in line if not is_private(c)).strip():
            words += " " + line.strip()
        else:
            message = f"these words belong to no field: {line.strip()[:40]!r}; write `name: words`"
            raise RenderError(message)
    if name:
        yield name, words.strip()


def check(tag: str, key: str, given: Iterable[str]) -> None:
    """Raise RenderError for a field that a front, a section or a takeaway does not know, and for one it lacks."""
    held, known = tuple(given), FIXED[tag]
    for name in held:
        if name not in known:
            message = (
                f"{_called(tag, key)} has no field {name!r}{_meant(name, known) or f'; it knows {_listed(known)}'}"
            )
            raise RenderError(message)
    if tag == "takeaway" and set(held) != set(known):
        message = f"{_called(tag, key)} has {_listed(held) or 'no fields'}; it needs lead and sentence"
        raise RenderError(message)


def refuse_near_misses(tag: str, key: str, left: Iterable[str], wanted: Iterable[str]) -> None:
    """Raise RenderError for a field that nothing took up and that is nearly one that nothing was said for."""
    missing = tuple(wanted)
    for name in left:
        if meant := _meant(name, missing):
            message = f"{_called(tag, key)} has no field {name!r}{meant}"
            raise RenderError(message)


def _called(tag: str, key: str) -> str:
    return f"{tag} {key!r}" if key else f"the {tag}"


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, tuple(known), 1, _NEAR)
    return f"; did you mean {near[0]}?" if near else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
