"""An edition as a PDF: WeasyPrint on the article for paper, with nothing taken from the machine it runs on.

`finish` then makes of it what archives and screen readers ask for (PDF/A-3a, PDF/UA-1).

The same edition gives the same bytes: dates come from the edition, fonts from the package, and what WeasyPrint
asks for is answered from memory or refused.
"""

from __future__ import annotations

import ctypes.util
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import ModuleType
from typing import Any

from reporter import fonts
from reporter.brand import HOUSE, Look
from reporter.claims import Claim
from reporter.errors import RenderError
from reporter.facts import Fact
from reporter.render import receipt, receipts
from reporter.render.drawn import Drawn
from reporter.render.heights import Paper
from reporter.render.html import sheet
from reporter.render.ink import reinked
from reporter.tree import Edition, charts, plain

# Fontconfig without a single font of the machine's: https://www.freedesktop.org/software/fontconfig/fontconfig-user.html
_NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'


def pdf(  # noqa: PLR0913 -- all that a PDF is made of
    edition: Edition,
    drawings: Mapping[str, Drawn],
    folders: Sequence[Path],
    *,
    paper: Paper = "A4",
    attachments: Mapping[str, bytes] | None = None,
    brand: Look = HOUSE,
) -> bytes:
    """The edition on paper (PDF/UA-1, PDF/A-3a), with bookmarks, linked receipts and `attachments` by file name.

    Raise RenderError where a template is at fault, a picture is missing, or the page asks for something that is
    neither a picture nor a font of ours.
    """
    weasyprint = load()
    from reporter.render.finish import Attachment, finish  # noqa: PLC0415 -- pikepdf: 0.1 s that only a PDF needs
    from reporter.render.finish.spread import spread  # noqa: PLC0415

    with _fixed(SOURCE_DATE_EPOCH=str(int(_midnight(edition.as_of).timestamp()))), _bare_fontconfig():
        fetcher = shelf(weasyprint, _held(edition, drawings, brand))
        document = weasyprint.HTML(
            string=sheet(edition, drawings, folders, paper, brand), base_url="reporter:page", url_fetcher=fetcher
        ).render(font_config=weasyprint.text.fonts.FontConfiguration(), pdf_variant="pdf/ua-1")
        laid_out: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    if fetcher.refused:
        message = f"the page asks for what no page may fetch: {', '.join(sorted(fetcher.refused))}"
        raise RenderError(message)
    return finish(
        laid_out,
        edition.as_of,
        spread=spread(document.pages),
        named=_named(edition),
        attachments=[Attachment(*held, _described(edition, held[0])) for held in (attachments or {}).items()],
    )


def load() -> Any:  # noqa: ANN401 -- WeasyPrint is untyped
    """Import WeasyPrint; on Linux without the 54 processes it starts to look for its libraries (0.2 s).

    The names it tries last are those the dynamic linker knows; told that the others lead nowhere, it takes them.
    """
    if "weasyprint" in sys.modules:
        return sys.modules["weasyprint"]
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005 -- its signature
    try:
        with warnings.catch_warnings():
            # Without fonts on the machine it warns; ours come with the page.
            warnings.filterwarnings("ignore", message=".*[Ff]ont[Cc]onfig.*")
            import weasyprint  # noqa: PLC0415 -- half a second that only a PDF needs
            import weasyprint.text.fonts  # noqa: PLC0415
    except OSError as error:
        message = f"WeasyPrint does not find Pango ({str(error).splitlines()[0]}); see the README for the packages"
        raise RenderError(message) from error
    finally:
        ctypes.util.find_library = find
    return weasyprint


def _held(edition: Edition, drawings: Mapping[str, Drawn], brand: Look) -> dict[str, tuple[bytes, str]]:
    """What the article refers to, by address: bytes and media type."""
    keys = [chart.key for section in edition.sections for chart in charts(section.blocks) if chart.key in drawings]
    drawn = {key: reinked(drawings[key].wide.svg, brand.inks) for key in keys}
    held = {f"reporter:charts/{key}.svg": (svg.encode(), "image/svg+xml") for key, svg in drawn.items()}
    if brand.logo:
        held[f"reporter:logo{brand.logo.suffix}"] = (brand.logo.body, brand.logo.kind)
    folder = fonts.folder()
    for face in fonts.FACES:
        held[f"reporter:fonts/{face.name}.ttf"] = ((folder / f"{face.name}.ttf").read_bytes(), "font/ttf")
    return held


def shelf(weasyprint: ModuleType, held: Mapping[str, tuple[bytes, str]]) -> Any:  # noqa: ANN401 -- untyped base
    """A fetcher that answers from `held` and remembers what it refused."""

    class Shelf(weasyprint.urls.URLFetcher):  # type: ignore[misc,name-defined]
        refused: set[str]

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401, ARG002
            if url not in held:
                self.refused.add(url)
                message = f"no page may fetch {url}"
                raise ValueError(message)
            body, kind = held[url]
            return weasyprint.urls.URLFetcherResponse(url, body, {"Content-Type": kind})

    shelf = Shelf()
    shelf.refused = set()
    return shelf


def _named(edition: Edition) -> dict[str, str]:
    """Where links lead, in words: a figure's receipt is named by its label, a judgement's by how it was put."""
    named: dict[str, str] = {}
    for held in (slip for group in receipts.groups(edition) for slip in group.receipts):
        noun: Fact | Claim = held.claim if isinstance(held, receipt.ClaimReceipt) else held.fact
        words = noun.label if isinstance(noun, Fact) else " ".join(held.printed[:1])
        named |= dict.fromkeys((receipt.receipt_id(noun), receipt.place_id(noun)), words)
    return named


def _described(edition: Edition, name: str) -> str:
    """What an attachment holds: a chart's figures by the chart's headline, all else by the edition's."""
    headlines = {
        f"{chart.key}.csv": plain(chart.words.get("headline", ()))
        for section in edition.sections
        for chart in charts(section.blocks)
    }
    return f"{name}: {headlines.get(name) or plain(edition.front['headline'])}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@contextmanager
def _bare_fontconfig() -> Iterator[None]:
    """No font of the machine's: one of the same name would be mixed into ours, glyph by glyph."""
    with tempfile.TemporaryDirectory(prefix="reporter-") as folder:
        config = Path(folder, "fonts.conf")
        config.write_text(_NO_FONTS, encoding="utf-8")
        with _fixed(FONTCONFIG_FILE=str(config)):
            yield


@contextmanager
def _fixed(**variables: str) -> Iterator[None]:
    """The environment with some variables set, and afterwards as it was."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
