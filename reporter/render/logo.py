"""A logo as a picture for mail: few mail programs show SVG, and none in a dark frame what was drawn for paper.

The picture stands on the brand's paper, so that it is read on any ground.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

from reporter.brand import Logo

HIGH, WIDEST, SCALE = 30, 240, 2  # CSS pixels, and device pixels to one
_MARGIN = 4  # of paper around it, CSS pixels
_POINT = 72 / 96  # of a CSS pixel


@dataclass(frozen=True, slots=True)
class Pictured:
    """A PNG and the size it is shown at, CSS pixels."""

    png: bytes
    width: int
    height: int


@lru_cache(8)
def pictured(logo: Logo, paper: str) -> Pictured:
    """The logo in a line of a mail: `HIGH` at most, `WIDEST` at most. The same logo gives the same bytes."""
    import pypdfium2  # noqa: PLC0415 -- as WeasyPrint, only where a mail has a logo

    from reporter.render.pdf import load, shelf  # noqa: PLC0415

    width = min(WIDEST, round(HIGH * logo.ratio))
    height = round(width / logo.ratio)
    wide, high = width + 2 * _MARGIN, height + 2 * _MARGIN
    weasyprint, address = load(), f"reporter:logo{logo.suffix}"
    page = f"<style>@page {{ size: {wide}px {high}px; margin: {_MARGIN}px; background: {paper} }} body {{ margin: 0 }} "
    page += f"img {{ display: block; width: {width}px; height: {height}px }}</style><img src='{address}' alt=''>"
    held = shelf(weasyprint, {address: (logo.body, str(logo.kind))})
    document = pypdfium2.PdfDocument(weasyprint.HTML(string=page, url_fetcher=held).write_pdf())
    try:
        drawn = document[0].render(scale=SCALE / _POINT).to_pil().convert("RGB")
    finally:
        document.close()
    out = io.BytesIO()
    drawn.save(out, format="png", optimize=True)
    return Pictured(out.getvalue(), wide, high)
