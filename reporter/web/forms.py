"""The pages around the list: templates/web, sandboxed, in the look of the house or the publisher's own.

A page fetches nothing but its fonts and runs nothing. Its one stylesheet stands in it, allowed by its hash.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.responses import HTMLResponse

from reporter import fonts
from reporter.brand import HOUSE, Look
from reporter.config import Settings
from reporter.render import templates

FACES = ("BriefDisplay-Semibold", "BriefSerif-Regular", "ReporterSans-Regular", "ReporterSans-SemiBold")


@dataclass(frozen=True)
class Pages:
    """Fills the templates of `folders`, the first one winning."""

    folders: tuple[Path, ...]
    look: Look
    settings: Settings

    def answer(self, name: str, status: int = 200, **words: object) -> HTMLResponse:
        """A page; nobody keeps it, and no search engine lists it."""
        headers = {
            "Content-Security-Policy": self.policy,
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
        }
        return HTMLResponse(self.text(f"{name}.html.j2", **words), status, headers)

    def text(self, name: str, **words: object) -> str:
        """A template of templates/web, filled."""
        path = f"web/{name}"
        with templates.placed(path):
            held = templates.environment(self.folders, markup=not name.endswith(".txt.j2"))
            return held.get_template(path).render(**self._words, **words).strip() + "\n"

    @cached_property
    def policy(self) -> str:
        """What a page may do: show itself, in our fonts, and send its form to us."""
        digest = b64encode(sha256(self.style.encode()).digest()).decode("ascii")
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; font-src 'self'; img-src data:;"
            " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )

    @cached_property
    def style(self) -> str:
        """The stylesheet, in the publisher's colours."""
        path = "web/list.css"
        with templates.placed(path):
            held = templates.environment(self.folders, markup=False)
            return held.get_template(path).render(brand=self.look, base=self.base)

    @property
    def base(self) -> str:
        """What stands before every path of ours: that of [site] url."""
        return urlsplit(self.settings.site.url).path.rstrip("/")

    @cached_property
    def _words(self) -> dict[str, object]:
        style = Markup(self.style)  # noqa: S704 -- ours, and the colours are held to six hexadecimal digits
        site = self.settings.site
        return {"brand": self.look, "title": site.title, "base": self.base, "style": style, "mail": self.settings.mail}


def faces(look: Look = HOUSE, names: Sequence[str] = FACES) -> dict[str, bytes]:
    """The fonts of the pages by file name."""
    with fonts.using(look.fonts):
        return {f"{name}.woff2": (fonts.folder() / f"{name}.woff2").read_bytes() for name in names}
