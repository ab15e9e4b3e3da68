"""Whether the typefaces have a glyph for everything an edition prints: an empty box would be worse than an error."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from reporter import fonts
from reporter.errors import RenderError
from reporter.render.headline import advances
from reporter.transcript import ChartText, Passage
from reporter.tree import plain

_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # nothing is drawn for them
_TEXT, _SANS, _DISPLAY = "BriefSerif-Regular", "ReporterSans-Regular", "BriefDisplay-Semibold"
_FACES = {_TEXT: "text", _SANS: "sans", _DISPLAY: "display"}
_DISPLAYED = {"front.name", "front.headline", "section.title", "takeaway.lead"}


def assert_covered(passages: Iterable[Passage], drawn: Iterable[ChartText]) -> None:
    """Raise RenderError with the first characters that the face they are set in has no glyph for."""
    wanted: dict[str, set[str]] = {face: set() for face in _FACES}
    for passage in passages:
        wanted[_DISPLAY if passage.where in _DISPLAYED else _TEXT].update(plain(passage.line))
    for text in drawn:
        wanted[_SANS].update(text.text)
    for face, chars in wanted.items():
        have = advances(fonts.folder() / f"{face}.ttf").glyphs
        lacking = sorted(c for c in chars if ord(c) not in have and unicodedata.category(c) not in _UNSEEN)
        if lacking:
            named = ", ".join(f"{c} (U+{ord(c):04X} {unicodedata.name(c, 'unnamed')})" for c in lacking[:4])
            message = f"the typeface for {_FACES[face]} has no glyph for {named}; give another in brand.fonts, "
            message += "or write it otherwise"
            raise RenderError(message)
