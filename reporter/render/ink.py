"""Charts drawn in the house's inks, recoloured: for the screen each ink becomes a variable of the page's stylesheet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reporter.charts.style import PALETTE

_INKS = {ink.lower(): f"var(--c-{name})" for name, ink in PALETTE.items()}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}(?![0-9a-zA-Z_-])")


def themed(svg: str) -> str:
    """The picture with every ink of the palette as `var(--c-…)`; other colours stay as they are.

    The charts write colours in `style` attributes, where a variable is allowed, and colours look like nothing
    else there: a fragment (`#…`) of six hexadecimal digits would need an id that the charts never give.
    """
    return _COLOUR.sub(lambda found: _INKS.get(found[0].lower(), found[0]), svg)


def reinked(svg: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The picture with the first ink of each pair replaced by the second."""
    inks = dict(pairs)
    return _COLOUR.sub(lambda found: inks.get(found[0].lower(), found[0]), svg) if inks else svg
