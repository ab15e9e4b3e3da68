"""The archive's own pages, from the templates in templates/site: index, feed, map, the page for what is not there.

Each prints what editions printed, and days. Numerals are default-deny here as in an edition: see `_bound`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from reporter import fonts
from reporter.brand import Look
from reporter.errors import ProofError
from reporter.language.numerals import has_numeral
from reporter.proof import page as proof
from reporter.proof.spread import tokens
from reporter.render import templates
from reporter.render.html import fonts_inline
from reporter.render.ink import dressed, named_as, reinked
from reporter.site.shelf import Issue

INDEX, MISSING, FEED, MAP, ROBOTS = "index.html", "404.html", "feed.xml", "sitemap.xml", "robots.txt"
_TEMPLATES = {name: f"site/{name}.j2" for name in (INDEX, MISSING, FEED, MAP, ROBOTS)}
_UNSAID = {"viewport", "color-scheme", "og:url", "og:image"}  # metadata that says nothing to a reader
_AROUND = ".,;:()“”‘’"


@dataclass(frozen=True)
class Archive:
    """All that the pages are made of: the editions, the latest first, and where they are published."""

    issues: tuple[Issue, ...]
    title: str
    url: str  # the public address without its last slash; empty where there is none
    look: Look
    by_mail: bool = False  # whether `reporter serve` answers at the same address, for those who want editions by mail

    @property
    def latest(self) -> Issue:
        """The edition on the front."""
        return self.issues[0]

    @property
    def several(self) -> bool:
        """Whether there is more than one briefing, so that each line has to say whose it is."""
        return len({issue.briefing for issue in self.issues}) > 1

    @property
    def urn(self) -> str:
        """A name for the feed that stays as long as its first edition does, wherever the archive moves."""
        return uuid5(NAMESPACE_URL, f"reporter:archive:{self.issues[-1].path}").urn

    def years(self) -> Iterator[tuple[int, tuple[Issue, ...]]]:
        """The editions by year."""
        for year, held in groupby(self.issues, key=lambda issue: issue.as_of.year):
            yield year, tuple(held)

    def link(self, path: str) -> str:
        """An address of the archive: absolute where it is published, else seen from its front page."""
        return f"{self.url}/{path}" if self.url else path or "./"

    def root(self) -> str:
        """The front page as seen from anywhere."""
        return f"{self.url}/" if self.url else "/"


def pages(archive: Archive, folders: Sequence[Path]) -> dict[str, bytes]:
    """Every page of the archive's own by name; `folders` of templates, the first one winning.

    Raise RenderError where a template is at fault, ProofError where a page prints a number that no edition printed.
    """
    cuts, styles = _lead(archive.latest, archive.look)
    with fonts.using(archive.look.fonts):
        faces = fonts_inline()
    words = {
        "archive": archive,
        "brand": archive.look,
        "faces": faces,
        "cuts": cuts,
        "picture_styles": styles,
    }
    made = {}
    for name, template in _TEMPLATES.items():
        if name == MAP and not archive.url:
            continue  # a map holds whole addresses only: https://www.sitemaps.org/protocol.html
        with templates.placed(template):
            held = templates.environment(tuple(folders), markup=name != ROBOTS)
            made[name] = held.get_template(template).render(words).strip() + "\n"
    for name in (INDEX, MISSING):
        _bound(name, made[name], archive)
    return {name: text.encode() for name, text in made.items()}


def _lead(issue: Issue, look: Look) -> tuple[Mapping[str, Markup], Markup]:
    """The latest edition's first chart in its cuts, dressed for the page; none where it has no chart."""
    files = {"wide": f"{issue.chart}.svg", "narrow": f"{issue.chart}-narrow.svg"}
    found = {cut: path for cut, name in files.items() if (path := issue.folder / "charts" / name).is_file()}
    house = [(now, was) for was, now in look.inks]  # files are in the brand's inks, pages name the house's
    svgs = {cut: reinked(path.read_text("utf-8"), house) for cut, path in found.items()}
    if "wide" in svgs and "narrow" in svgs:
        svgs["narrow"] = named_as(svgs["narrow"], svgs["wide"])
    shown, css = dressed(svgs.values())
    return dict(zip(svgs, map(Markup, shown), strict=True)), Markup(css)  # noqa: S704 -- charts escape their own text


def _bound(name: str, text: str, archive: Archive) -> None:
    """Raise ProofError where a page prints a numeral that no edition printed, or runs or fetches anything."""
    held = proof.texts(text, name)
    said = {_bare(token) for issue in archive.issues for words in issue.printed() for token in tokens(words)}
    said |= {_bare(token) for words in (archive.title, *_imprint(archive.look)) for token in tokens(words)}
    seen = (*held.pages, *(value for key, value in held.named if key not in _UNSAID))
    loose = [t for words in seen for t in tokens(unescape(words)) if has_numeral(t) and _bare(t) not in said]
    faults = [*(f"bound to nothing: {token!r}" for token in loose), *held.active]
    if faults:
        message = "\n".join(f"{name}: {fault}" for fault in faults)
        raise ProofError(message)


def _imprint(look: Look) -> Iterable[str]:
    return (text for _, text in look.words)


def _bare(token: str) -> str:
    return token.strip(_AROUND)
