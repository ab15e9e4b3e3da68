"""Charts in the house's inks, recoloured and dressed: for the screen each ink a variable, each style a class."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from reporter.charts.style import PALETTE

_INKS = {ink.lower(): f"var(--c-{name})" for name, ink in PALETTE.items()}
_STYLE = re.compile(r'(?<!<svg) style="([^"]*)"')
_ALONE = re.compile(r' (?:xmlns(?::xlink)?|version)="[^"]*"')  # what only a file of its own needs
_SPACE = re.compile(r"(?<=[:;]) ")
_NAMED = re.compile(r'aria-labelledby="[^"]*"')
_NAMES = re.compile(r"<title.*?</title>\s*<desc.*?</desc>\s*", re.DOTALL)
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


def dressed(svgs: Iterable[str]) -> tuple[list[str], str]:
    """The pictures of one page, recoloured, with every style they share as a class; and the classes as CSS.

    A page draws a dozen charts in some forty styles, and says each a thousand times.
    """
    shown = [_ALONE.sub("", themed(svg)) for svg in svgs]
    count = Counter(style for svg in shown for style in _STYLE.findall(svg))
    classes = {style: f"i{number}" for number, (style, times) in enumerate(count.most_common()) if times > 1}
    css = "\n".join(f".{name}{{{_SPACE.sub('', style)}}}" for style, name in classes.items())

    def worn(found: re.Match[str]) -> str:
        return f' class="{classes[found[1]]}"' if found[1] in classes else found[0]

    return [_STYLE.sub(worn, svg) for svg in shown], css


def named_as(svg: str, other: str) -> str:
    """The picture under the title and description of another of the same chart, which are in the page already."""
    name = _NAMED.search(other)
    return _NAMED.sub(name[0], _NAMES.sub("", svg, count=1), count=1) if name else svg
