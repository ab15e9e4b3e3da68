"""An edition as one HTML article: on the screen self-contained, on paper with its pictures and fonts beside it.

The templates are the markup and every word of it; here they are found, sandboxed and given the tree.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup

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
from reporter.render.ink import dressed, named_as
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
    """What an article is set for. `paper` counts in print only.

    `address` is that of the edition's folder on the web, with its slash; empty where it is not known.
    """

    medium: Literal["web", "print"]
    faces: tuple[FontFace, ...]
    paper: Paper = "A4"
    brand: Look = HOUSE
    address: str = ""


@dataclass
class Places:
    """Hands out the id of a place once: a figure's first place is where its receipt leads back to.

    `names` are shorter ids for some of them: on the screen, where each is said twice and only links of the page's own
    lead there.
    """

    names: Mapping[str, str]
    _given: set[str] = field(default_factory=set)

    def first(self, held: Fact | Claim) -> str:
        """The id the first time, the empty string afterwards."""
        place = receipt.place_id(held)
        if place in self._given:
            return ""
        self._given.add(place)
        return self.name(place)

    def name(self, place: str) -> str:
        """The place's id."""
        return self.names.get(place, place)


def _numbered(groups: Sequence[receipts.Group]) -> dict[str, str]:
    """The places of figures and judgements by number, in the order of their receipts."""
    homes = (held.home for group in groups for held in group.receipts)
    own = dict.fromkeys(home for home in homes if home.startswith(("f-", "c-")))
    return {home: f"p{number}" for number, home in enumerate(own, 1)}


def page(
    edition: Edition,
    drawings: Mapping[str, Drawn],
    folders: Sequence[Path],
    brand: Look = HOUSE,
    address: str = "",
) -> str:
    """The web page: one file that fetches nothing and runs nothing.

    `drawings` holds a picture for each chart of the edition, `folders` the templates, the first one winning; `address`
    is where the edition's folder will stand on the web.
    Raise RenderError where a picture is missing or a template is at fault.
    """
    return article(
        rewritten(edition, tied), drawings, folders, Setting("web", fonts_inline(), brand=brand, address=address)
    )


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
    held, told = templates.environment(tuple(folders)), receipts.groups(edition)
    words = {
        "edition": edition,
        "day": Period.of(edition.as_of, Frequency.DAY),
        "setting": setting,
        "brand": setting.brand,
        "measure": headline_measure(plain(edition.front["headline"]), setting.paper),
        "drawings": drawings,
        **(_pictures(drawings) if setting.medium == "web" else {}),
        "receipts": told,
        "places": Places(_numbered(told) if setting.medium == "web" else {}),
        "at_the_back": groups.AT_THE_BACK,
        "shown": [block for section in edition.sections for block in charts(section.blocks)],
        "makers": sorted({series.publisher for series in edition.series.values()}),
    }
    with templates.placed(TEMPLATE):
        return held.get_template(TEMPLATE).render(words).strip() + "\n"


def _pictures(drawings: Mapping[str, Drawn]) -> dict[str, object]:
    """The charts as the page shows them, by key and cut, and the classes that dress them."""
    cuts = {(key, "wide"): drawn.wide.svg for key, drawn in drawings.items()}
    narrow = {key: drawn.narrow.svg for key, drawn in drawings.items() if drawn.narrow}
    cuts |= {(key, "narrow"): named_as(svg, cuts[key, "wide"]) for key, svg in narrow.items()}
    svgs, css = dressed(cuts.values())
    held: dict[str, dict[str, Markup]] = {key: {} for key in drawings}
    for (key, cut), svg in zip(cuts, svgs, strict=True):
        held[key][cut] = Markup(svg)  # noqa: S704 -- charts escape their own text
    return {"pictures": held, "picture_styles": Markup(css)}  # noqa: S704 -- styles of the charts' own


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
