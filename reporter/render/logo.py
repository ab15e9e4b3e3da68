"""A logo as a picture for mail: few mail programs show an SVG."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache

from reporter.brand import Logo, Look

HIGH, WIDEST, SCALE = 36, 300, 2  # CSS pixels at most, and device pixels to one
_MARGIN = 4  # of paper around it, CSS pixels
_POINT = 72 / 96  # of a CSS pixel


def pictures(look: Look) -> Look:
    """The look with its SVG logos as PNGs, each on the paper it is for: a mail program may put it on another."""
    return replace(
        look,
        logo=_picture(look.logo, look.light["paper"]) if look.logo else None,
        logo_dark=_picture(look.logo_dark, look.dark["paper"]) if look.logo_dark else None,
    )


@lru_cache(8)
def _picture(logo: Logo, paper: str) -> Logo:
    """A PNG as it is, an SVG drawn at `SCALE`. The same logo gives the same bytes."""
    if logo.kind == "image/png":
        return logo
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
    return Logo(out.getvalue(), "image/png", wide / high)
