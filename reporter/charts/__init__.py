"""Charts: a frozen specification and its words in, an SVG with its texts and marks out.

The only package that imports matplotlib, and only when something must be drawn: with every chart in the cache
neither matplotlib nor numpy is loaded. `style` names the colours for stylesheets.
"""

from __future__ import annotations

from reporter.charts.cache import cached, fingerprint
from reporter.charts.drawing import Box, Cut, Drawing, Job, Mark, Picture, Text
from reporter.charts.worker import Pending, draw_all, start, start_cards, start_mail, start_pictures
from reporter.model.plots import Plot, Words

__all__ = [
    "Box",
    "Cut",
    "Drawing",
    "Job",
    "Mark",
    "Pending",
    "Picture",
    "Text",
    "cached",
    "draw",
    "draw_all",
    "fingerprint",
    "png",
    "start",
    "start_cards",
    "start_mail",
    "start_pictures",
]


def draw(spec: Plot, words: Words, cut: Cut = Cut.FULL) -> Drawing:
    """Draw one chart at the size it will be printed."""
    from reporter.charts import output  # noqa: PLC0415 -- matplotlib takes 0.4 s, and most runs draw nothing

    return output.render(spec, words, cut)


def png(spec: Plot, words: Words, cut: Cut = Cut.FULL, scale: float = 2) -> bytes:
    """Draw one chart as a picture to take away, `scale` device pixels to a CSS pixel (96 to the inch)."""
    from reporter.charts import output  # noqa: PLC0415 -- as above

    return output.png(spec, words, cut, scale)
