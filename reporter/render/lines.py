"""How many lines a text takes on paper, from the advances of its letters: first fit, as WeasyPrint sets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reporter import fonts
from reporter.model.observations import Basis
from reporter.render.headline import Advances, advances
from reporter.tree import FactLeaf, Inline, Judged, Line, Styled

MM = 72 / 25.4  # points in a millimetre
_BREAKS = re.compile(r"[^ \u200B–—-]*(?:[–—-]+|[ \u200B]|$)")
_LONG = 12  # characters: a longer figure may break, as nodes.html.j2 has it
_SIGN = "\N{NARROW NO-BREAK SPACE}"  # about as wide as a raised † at 0.72 em


@dataclass(frozen=True, slots=True)
class Type:
    """A face (a file of `fonts`), its size and its leading in points."""

    face: str
    size: float
    leading: float
    spacing: float = 0.0  # em

    @property
    def height(self) -> float:
        """Of one line, millimetres."""
        return self.leading / MM

    def width(self, text: str) -> float:
        """Of a run of text without kerning, millimetres."""
        return self._width(_face(fonts.folder(), self.face), text)

    def _width(self, face: Advances, text: str) -> float:
        return (face.width(text) + self.spacing * len(text)) * self.size / MM

    def count(self, text: str, measure: float | Callable[[int], float], indent: float = 0.0) -> int:
        """How many lines the text takes; `measure` is their width in millimetres, or that of the line numbered."""
        room = measure if callable(measure) else lambda _: measure
        if not text.strip():
            return 0
        count, used, face = 1, indent, _face(fonts.folder(), self.face)
        for word in _words(text):
            bare = self._width(face, word.rstrip(" \u200b"))
            if used > 0 and used + bare > room(count - 1):
                count, used = count + 1, 0.0
            used += self._width(face, word)
        return count


def body(line: Line) -> str:
    """What stands in the line itself: its notes stand at the foot, a sign takes a little room."""
    return "".join(_shown(node) for node in line)


def notes(line: Line) -> Iterator[str]:
    """The texts of its notes."""
    return (body(node.children) for node in line if isinstance(node, Styled) and node.style == "note")


def _shown(node: Inline) -> str:
    match node:
        case Styled(style="note"):
            return _SIGN
        case Styled(children=inner):
            return body(inner)
        case Judged(claim=claim, children=inner):
            return body(inner) + _sign(claim.basis)
        case FactLeaf(said=said):
            short = len(said.text) <= _LONG
            return (said.text.replace(" ", "\N{NO-BREAK SPACE}") if short else said.text) + _sign(said.fact.basis)
        case _:
            return node.text


def _sign(basis: Basis | None) -> str:
    return _SIGN if basis in {Basis.MIXED, Basis.BACKFILLED} else ""


def _words(text: str) -> Iterator[str]:
    return (found[0] for found in _BREAKS.finditer(text) if found[0])


@cache
def _face(folder: Path, name: str) -> Advances:
    return advances(folder / f"{name}.ttf")
