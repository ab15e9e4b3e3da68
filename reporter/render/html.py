"""An edition as one HTML article: on the screen self-contained, on paper with its pictures and fonts beside it.

The templates are the markup and every word of it; here they are found, sandboxed and given the tree.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from reporter import fonts
from reporter.brand import HOUSE, Look
from reporter.claims import Claim
from reporter.errors import RenderError
from reporter.facts import Fact
from reporter.model.periods import Frequency, Period
from reporter.render import groups, receipt, receipts, templates
from reporter.render.drawn import Drawn
from reporter.render.headline import advances, balanced
from reporter.render.heights import Paper
from reporter.render.packing import packed
from reporter.render.ties import loosened, rewritten, tied
from reporter.tree import Edition, charts, plain

TEMPLATE = "base/page.html.j2"
# The headline's type on paper, of print.css and letter.css: size (pt), letter-spacing (em), measure (mm).
HEADLINE = {"A4": (34.0, -0.016, 142.0), "Letter": (32.0, -0.016, 142.0)}
_HEADLINE_FACE, _MM, _SLACK = "BriefDisplay-Semibold", 72 / 25.4, 1.01  # the slack: kerning is not measured


@dataclass(frozen=True, slots=True)
class FontFace:
    """What an `@font-face` rule says."""

    family: str
    weight: int
    style: str
    url: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What an article is set for. `paper` counts in print only."""

    medium: Literal["web", "print"]
    faces: tuple[FontFace, ...]
    paper: Paper = "A4"
    brand: Look = HOUSE


@dataclass
class Places:
    """Hands out the id of a place once: a figure's first place is where its receipt leads back to."""

    _given: set[str]

    def first(self, held: Fact | Claim) -> str:
        """The id the first time, the empty string afterwards."""
        place = receipt.place_id(held)
        if place in self._given:
            return ""
        self._given.add(place)
        return place


def page(edition: Edition, drawings: Mapping[str, Drawn], folders: Sequence[Path], brand: Look = HOUSE) -> str:
    """The web page: one file that fetches nothing and runs nothing.

    `drawings` holds a picture for each chart of the edition, `folders` the templates, the first one winning.
    Raise RenderError where a picture is missing or a template is at fault.
    """
    return article(rewritten(edition, tied), drawings, folders, Setting("web", fonts_inline(), brand=brand))


def sheet(
    edition: Edition,
    drawings: Mapping[str, Drawn],
    folders: Sequence[Path],
    paper: Paper = "A4",
    brand: Look = HOUSE,
) -> str:
    """The article for paper; pictures and fonts are addresses that `pdf` answers from memory."""
    _check(edition, drawings)
    held = rewritten(edition, lambda line: loosened(tied(line)))
    held = packed(held, drawings, paper, headline_measure(plain(edition.front["headline"]), paper))
    return article(held, drawings, folders, Setting("print", fonts_beside(), paper, brand))


def article(edition: Edition, drawings: Mapping[str, Drawn], folders: Sequence[Path], setting: Setting) -> str:
    """The edition in one medium, as the templates set it."""
    _check(edition, drawings)
    held = templates.environment(tuple(folders))
    words = {
        "edition": edition,
        "day": Period.of(edition.as_of, Frequency.DAY),
        "setting": setting,
        "brand": setting.brand,
        "measure": headline_measure(plain(edition.front["headline"]), setting.paper),
        "drawings": drawings,
        "receipts": receipts.groups(edition),
        "first_place": Places(set()).first,
        "at_the_back": groups.AT_THE_BACK,
    }
    with templates.placed(TEMPLATE):
        return held.get_template(TEMPLATE).render(words).strip() + "\n"


def fonts_inline() -> tuple[FontFace, ...]:
    """The web's cuts as `data:` addresses."""
    return _faces(lambda name: _data_url(fonts.folder() / f"{name}.woff2"))


def fonts_beside() -> tuple[FontFace, ...]:
    """The print cuts by name: TrueType, which WeasyPrint takes ten times faster than woff2."""
    return _faces(lambda name: f"reporter:fonts/{name}.ttf")


def headline_measure(headline: str, paper: Paper) -> float:
    """The width in millimetres at which the headline's lines come out even."""
    size, spacing, limit = HEADLINE[paper]
    face = advances(fonts.folder() / f"{_HEADLINE_FACE}.ttf")
    per_em = size / _MM
    words = [(face.width(word) + spacing * len(word)) * per_em for word in headline.split(" ") if word]
    if not words:
        return limit
    return min(balanced(words, (face.width(" ") + spacing) * per_em, limit / _SLACK) * _SLACK, limit)


def _faces(address: Callable[[str], str]) -> tuple[FontFace, ...]:
    return tuple(
        FontFace(face.family, face.weight, "italic" if face.italic else "normal", address(face.name))
        for face in fonts.FACES
    )


@cache
def _data_url(font: Path) -> str:
    return "data:font/woff2;base64," + b64encode(font.read_bytes()).decode("ascii")


def _check(edition: Edition, drawings: Mapping[str, Drawn]) -> None:
    missing = [c.key for section in edition.sections for c in charts(section.blocks) if c.key not in drawings]
    if missing:
        message = f"nobody drew the charts {', '.join(missing)}"
        raise RenderError(message)
