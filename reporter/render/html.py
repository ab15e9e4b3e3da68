"""An edition as one HTML article: on the screen self-contained, on paper with its pictures and fonts beside it.

The templates are the markup and every word of it; here they are found, sandboxed and given the tree.
"""

from __future__ import annotations

import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from reporter import fonts
from reporter.claims import Claim
from reporter.errors import RenderError
from reporter.facts import Fact
from reporter.language.wording import in_words, short
from reporter.model.periods import Frequency, Period
from reporter.render import groups, receipt, receipts
from reporter.render.drawn import Drawn
from reporter.render.headline import advances, balanced
from reporter.render.heights import Paper
from reporter.render.ink import themed
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


def page(edition: Edition, drawings: Mapping[str, Drawn], folders: Sequence[Path]) -> str:
    """The web page: one file that fetches nothing and runs nothing.

    `drawings` holds a picture for each chart of the edition, `folders` the templates, the first one winning.
    Raise RenderError where a picture is missing or a template is at fault.
    """
    return article(rewritten(edition, tied), drawings, folders, Setting("web", fonts_inline()))


def sheet(edition: Edition, drawings: Mapping[str, Drawn], folders: Sequence[Path], paper: Paper = "A4") -> str:
    """The article for paper; pictures and fonts are addresses that `pdf` answers from memory."""
    _check(edition, drawings)
    held = rewritten(edition, lambda line: loosened(tied(line)))
    held = packed(held, drawings, paper, headline_measure(plain(edition.front["headline"]), paper))
    return article(held, drawings, folders, Setting("print", fonts_beside(), paper))


def article(edition: Edition, drawings: Mapping[str, Drawn], folders: Sequence[Path], setting: Setting) -> str:
    """The edition in one medium, as the templates set it."""
    _check(edition, drawings)
    environment = _environment(tuple(folders))
    words = {
        "edition": edition,
        "day": Period.of(edition.as_of, Frequency.DAY),
        "setting": setting,
        "measure": headline_measure(plain(edition.front["headline"]), setting.paper),
        "drawings": drawings,
        "receipts": receipts.groups(edition),
        "first_place": Places(set()).first,
        "at_the_back": groups.AT_THE_BACK,
    }
    with _placed(TEMPLATE):
        return environment.get_template(TEMPLATE).render(words).strip() + "\n"


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


@cache
def _environment(folders: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    """Autoescape on: everything but the stylesheets and the charts' pictures is text until proven otherwise."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        plain=plain,
        in_words=in_words,
        short=short,
        runs=groups.runs,
        paired=groups.paired,
        framed=groups.framed,
        shortened=receipt.shortened,
        picture=lambda drawing: Markup(drawing.svg),  # noqa: S704 -- charts escape their own text
        themed=lambda drawing: Markup(themed(drawing.svg)),  # noqa: S704
    )
    environment.globals.update(
        opening=groups.opening,
        already_marked=groups.already_marked,
        shared_basis=groups.shared_basis,
        marked=groups.marked,
        marked_front=groups.marked_front,
        marked_anywhere=groups.marked_anywhere,
        printed_in=receipts.printed_in,
        receipt_id=receipt.receipt_id,
        chart_id=receipts.chart_id,
        as_published=receipt.as_published,
    )
    return environment


def _check(edition: Edition, drawings: Mapping[str, Drawn]) -> None:
    missing = [c.key for section in edition.sections for c in charts(section.blocks) if c.key not in drawings]
    if missing:
        message = f"nobody drew the charts {', '.join(missing)}"
        raise RenderError(message)


@contextmanager
def _placed(template: str) -> Iterator[None]:
    """Give an error of a template its name and line."""
    try:
        yield
    except TemplateSyntaxError as error:
        raise RenderError(error.message or "not valid", template=error.name or template, line=error.lineno) from error
    except TemplateNotFound as error:
        message = f"no such template; looked for {error.name}"
        raise RenderError(message, template=template) from error
    except TemplateError as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith((".j2", ".css"))]
        where = frames[-1] if frames else None
        name = Path(where.filename).name if where else template
        raise RenderError(str(error), template=name, line=(where.lineno or 0) if where else 0) from error
