"""From a specification to SVG and PNG: the one place that sets matplotlib up."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import Any, Final, assert_never

import matplotlib as mpl

from reporter import fonts
from reporter.charts import flows, holders, positions
from reporter.charts import style as s
from reporter.charts.compact import compact
from reporter.charts.drawing import Cut, Drawing, Inks, Picture
from reporter.charts.frame import Frame
from reporter.charts.reink import reink
from reporter.charts.text import use_fonts
from reporter.model.plots import (
    Account,
    Bridge,
    HolderAndYield,
    Movers,
    NetPosition,
    Plot,
    Purchases,
    Regions,
    Sheet,
    SmallMultiples,
    Trend,
    Words,
    Yields,
)

_STYLE: Final[Any] = {  # Any: the type of an rc mapping differs between matplotlib releases
    "font.family": [s.FAMILY],
    "svg.fonttype": "none",  # text stays text: searchable, selectable, and read aloud
    "svg.id": None,
    "path.simplify": False,
    "path.sketch": None,
    "agg.path.chunksize": 0,
    "text.parse_math": False,
    "text.usetex": False,
    "text.hinting": "none",
    "savefig.facecolor": "auto",
    "savefig.bbox": None,
}
# Heights at print size by kind: full, half, narrow, mail (mm). A frame grows only if its words leave less than that.
_SIZES: Final[dict[type, tuple[float, float, float, float]]] = {
    NetPosition: (86, 92, 96, 98),
    Sheet: (86, 94, 112, 114),
    Bridge: (82, 80, 82, 84),
    HolderAndYield: (86, 94, 96, 98),
    Yields: (86, 78, 96, 98),
    Trend: (82, 66, 68, 70),
    Movers: (88, 94, 96, 98),
    SmallMultiples: (88, 94, 118, 120),
    Regions: (82, 80, 82, 84),
    Account: (88, 94, 100, 102),
    Purchases: (88, 94, 118, 120),
}
CARD_PIXELS: Final = (1200, 630)  # what the networks show of a page: https://ogp.me and their own rules
_CARD_EDGE: Final = 48  # pixels of paper around the chart
_CARD_MM: Final = 67.7  # the height that fills the card at its width
MAIL_PIXELS: Final = 1072  # the column of a mail, 536 CSS pixels, twice over
_MAIL_COLOURS: Final = 96  # of the picture's palette: a third of the bytes, and nothing the eye misses
_BODY: Final = 132.0  # the least height of two panels over each other, points

_PROLOGUE = re.compile(
    r"^.*?(?=<svg)|<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<defs/>|<!--.*?-->"
    r"| transform=\"rotate\(-0 [^\"]*\"",
    re.DOTALL,
)
_ANONYMOUS = re.compile(r'<g id="[a-z0-9]+_\d+">')
_DECIMALS = re.compile(r"(?<=[ MLz\n\"(-])(-?\d+\.\d)\d+(?=[ \n\",)])")
_WHOLE = re.compile(r'(?<==")(-?\d+)\.0(?=")')
_IDS = re.compile(r'(id="|xlink:href="#|url\(#)(?=[a-z]+[0-9a-f]{6,})')


def _body(spec: Plot, cut: Cut) -> float:  # noqa: PLR0911 -- a table
    """The least height the panels need, points."""
    match spec:
        case Movers():
            return holders.movers_body(spec, cut)
        case SmallMultiples():
            return holders.small_multiples_body(spec, cut)
        case Regions():
            return holders.regions_body(spec, cut)
        case Purchases():
            return flows.purchases_body(spec, cut)
        case Sheet() if cut is not Cut.FULL:
            return 2 * max(92.0, 9.0 * max(len(x.layers) + 1 for x in (spec.assets, spec.liabilities)) + 34)
        case Sheet():
            return max(_BODY, 9.0 * max(len(x.layers) + 1 for x in (spec.assets, spec.liabilities)) + 34)
        case _:
            return _BODY


def _painter(spec: Plot) -> Callable[[Any, Frame], None]:  # noqa: C901, PLR0911 -- a table, one line a kind
    """The function that draws a kind; a kind without one does not type-check."""
    match spec:
        case NetPosition():
            return positions.net_position
        case Sheet():
            return positions.sheet
        case HolderAndYield():
            return positions.holder_and_yield
        case Yields():
            return positions.yields
        case Trend():
            return positions.trend
        case Movers():
            return holders.movers
        case SmallMultiples():
            return holders.small_multiples
        case Regions():
            return holders.regions
        case Account():
            return flows.account
        case Purchases():
            return flows.purchases
        case Bridge():
            return flows.bridge
    assert_never(spec)


def _frame(spec: Plot, words: Words, cut: Cut, inks: Inks = ()) -> Frame:
    """Everything placed, nothing written; inside the style's context."""
    use_fonts(fonts.folder())
    height = _CARD_MM if cut is Cut.CARD else _SIZES[type(spec)][list(Cut).index(cut)]
    frame = Frame(words, cut, height, _body(spec, cut))
    _painter(spec)(spec, frame)
    reink(frame.fig, inks)
    return frame


def render(spec: Plot, words: Words, cut: Cut) -> Drawing:
    """Draw one chart."""
    with mpl.rc_context(_STYLE):
        frame = _frame(spec, words, cut)
        svg = _svg(frame)
    return Drawing(
        svg=svg,
        width_mm=cut.width_mm,
        height_mm=round(frame.h / s.MM, 2),
        texts=tuple(frame.texts),
        boxes=tuple(frame.boxes),
        marks=tuple(frame.marks),
    )


def png(spec: Plot, words: Words, cut: Cut, scale: float, inks: Inks = ()) -> bytes:
    """The same chart as a picture to take away: `scale` device pixels to a CSS pixel."""
    out = io.BytesIO()
    with mpl.rc_context(_STYLE):
        frame = _frame(spec, words, cut, inks)
        frame.fig.savefig(out, format="png", dpi=96 * scale, metadata={"Software": None})
    return out.getvalue()


def picture(spec: Plot, words: Words, cut: Cut, inks: Inks = ()) -> Picture:
    """The same chart for the column of a mail, `MAIL_PIXELS` wide, in a palette of its own."""
    from PIL import Image  # noqa: PLC0415 -- only for what is not in the cache

    out = io.BytesIO()
    with mpl.rc_context(_STYLE):
        frame = _frame(spec, words, cut, inks)
        height = round(frame.h / frame.w * MAIL_PIXELS)
        frame.fig.set_size_inches(frame.w / 72, frame.w / 72 * height / MAIL_PIXELS)
        frame.fig.savefig(out, format="png", dpi=(MAIL_PIXELS + 0.01) / frame.w * 72, metadata={"Software": None})
    with Image.open(out) as drawn:
        held = drawn.convert("RGB").quantize(_MAIL_COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    held.save(out, format="png", optimize=True)
    return Picture(out.getvalue(), held.width, held.height, tuple(frame.texts))


def card(spec: Plot, words: Words, cut: Cut, inks: Inks = ()) -> Picture:
    """The same chart as `CARD_PIXELS` for those who share a page, on paper of the same colour."""
    from PIL import Image  # noqa: PLC0415 -- only for what is not in the cache

    wide, tall = (side - 2 * _CARD_EDGE for side in CARD_PIXELS)
    out = io.BytesIO()
    with mpl.rc_context(_STYLE):
        frame = _frame(spec, words, cut, inks)
        frame.fig.savefig(out, format="png", dpi=72 * min(wide / frame.w, tall / frame.h), metadata={"Software": None})
    with Image.open(out) as drawn:
        chart = drawn.convert("RGB")
    whole = Image.new("RGB", CARD_PIXELS, chart.getpixel((0, chart.height - 1)))
    whole.paste(chart, ((CARD_PIXELS[0] - chart.width) // 2, (CARD_PIXELS[1] - chart.height) // 2))
    out = io.BytesIO()
    whole.save(out, format="png", optimize=True)
    return Picture(out.getvalue(), *CARD_PIXELS, tuple(frame.texts))


def _svg(frame: Frame) -> str:
    """Real text, one decimal, no date, own ids, a title and a description: the same bytes for the same data."""
    out, key = io.StringIO(), frame.key
    salt: Any = {"svg.hashsalt": key}
    with mpl.rc_context(salt):
        frame.fig.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    body = _ANONYMOUS.sub("<g>", _PROLOGUE.sub("", out.getvalue()))  # matplotlib's own ids collide between charts
    body = re.sub(r"\n\s*", "\n", _WHOLE.sub(r"\1", _DECIMALS.sub(r"\1", body)))
    body = compact(_IDS.sub(rf"\g<1>{key}-", body), key)
    labelled = f'<svg role="img" aria-labelledby="{key}-t {key}-d" '
    title = f'<title id="{key}-t">{escape(frame.words.headline)}</title>'
    description = f'<desc id="{key}-d">{escape(frame.words.alt)}</desc>'
    return body.replace("<svg ", labelled, 1).replace(">", f">\n{title}{description}", 1)
