"""A figure with its rule, headline, unit and source set, and the few marks everything is drawn with.

All is laid out in points from the top left. There are no Axes: one with ticks costs 12 ms, a panel of plain
artists 1 ms, and nothing moves unless a number did.
"""

# ruff: noqa: PLR0913, PLR0917, PLR2004 -- a mark has a place and a style; distances on paper are in points

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text as Glyphs
from matplotlib.transforms import Affine2D

from reporter.charts import style as s
from reporter.charts.compact import thinned
from reporter.charts.drawing import Box, Cut, Mark, Text, TextKind
from reporter.charts.text import width, wrap
from reporter.model.plots import Label, Words

Align = Literal["left", "center", "right"]
Rectangle = tuple[float, float, float, float]  # x0, x1, y0, y1 in points, in any order
_UNSEEN = 0.3  # a tenth of a millimetre, less than the stroke of a background line is wide
_WRITTEN = 0.1  # the last digit that a place is written with
_EDGE, _LEAST = 0.7, 0.05  # the stroke of an open box, and the height below which a box is not drawn, points


def box(text: str, x: float, y: float, size: float, weight: int, ha: Align = "left") -> Box:
    """What a row of text with its baseline at y covers."""
    wide = width(text, size, weight)
    left = x - {"left": 0.0, "center": wide / 2, "right": wide}[ha]
    return Box(text, left, y - s.ASCENT * size, left + wide, y + s.DESCENT * size)


def _seen(x: Sequence[float], y: Sequence[float]) -> tuple[list[float], list[float]]:
    """A line without the points that stand on what is drawn without them, to the last digit."""
    kept = thinned(list(zip(x, y, strict=True)), _WRITTEN)
    return [at for at, _ in kept], [at for _, at in kept]


class Frame:
    """A figure; `top`..`bottom` is left for the panels, at least `body` points whatever the headline takes."""

    def __init__(self, words: Words, cut: Cut, height_mm: float, body: float) -> None:
        self.words, self.cut, self.w = words, cut, cut.width_mm * s.MM
        self.texts: list[Text] = []
        self.boxes: list[Box] = []
        self.marks: list[Mark] = []
        size = s.HEAD if cut is Cut.FULL else s.HEAD_HALF
        head = wrap(words.headline, self.w, size, s.BOLD, balance=True)
        unit = wrap(words.unit, self.w, s.UNIT, balance=True)
        source = wrap(words.source, self.w, s.SMALL, balance=True)
        self.top = 6 + len(head) * size * 1.17 + 1.5 + len(unit) * s.UNIT * 1.25 + 8
        foot = 7 + len(source) * s.SMALL * 1.22
        self.h = max(height_mm * s.MM, self.top + body + foot)
        self.bottom = self.h - foot
        self._open()
        self._set("head", words.headline, head, 6, 1.17, size, s.BOLD, s.INK)
        self._set("unit", words.unit, unit, 7.5 + len(head) * size * 1.17, 1.25, s.UNIT, s.REGULAR, s.QUIET)
        self._set("source", words.source, source, self.bottom + 5, 1.22, s.SMALL, s.REGULAR, s.QUIET)

    @property
    def key(self) -> str:
        """The prefix of its ids."""
        return f"{self.words.key}-narrow" if self.cut is Cut.NARROW else self.words.key

    def _open(self) -> None:
        self.fig = Figure(figsize=(self.w / 72, self.h / 72), facecolor=s.PAPER)
        FigureCanvasAgg(self.fig)
        self.pt = Affine2D().scale(1 / 72, -1 / 72).translate(0, self.h / 72) + self.fig.dpi_scale_trans
        self.rects([(0, self.w, 0, s.AXIS), (0, 24, 0, 3)], s.INK)

    def _set(
        self, kind: TextKind, text: str, lines: list[str], y: float, lead: float, size: float, weight: int, color: str
    ) -> None:
        """Rows of running text below y."""
        self.texts.append(Text(kind, text))
        for i, row in enumerate(lines, 1):
            self.row(0, y + i * size * lead, row, size, weight, color)

    # ------------------------------------------------------------ text
    def row(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        weight: int = s.REGULAR,
        color: str = s.INK,
        ha: Align = "left",
    ) -> None:
        """One row, baseline at y. Never outlined: a stroked text becomes paths in SVG."""
        if not text.strip():
            return
        face = FontProperties(family=[s.FAMILY], weight=weight, size=size)
        glyphs = Glyphs(x, y, text, fontproperties=face, color=color, ha=ha, va="baseline", parse_math=False, zorder=5)
        glyphs.set_transform(self.pt)
        self.fig.add_artist(glyphs)
        self.boxes.append(box(text, x, y, size, weight, ha))

    def word(
        self, x: float, y: float, text: str, size: float = s.LABEL, weight: int = s.REGULAR, color: str = s.INK,
        ha: Align = "left",
    ) -> None:  # fmt: skip
        """A word the caller wrote: a panel's title, a key, a note."""
        if text:
            self.texts.append(Text("word", text))
            self.row(x, y, text, size, weight, color, ha)

    def label(
        self, x: float, y: float, label: Label, size: float = s.LABEL, weight: int = s.SEMI, color: str = s.INK,
        ha: Align = "left",
    ) -> None:  # fmt: skip
        """A value the caller formatted, on one row."""
        if label.text:
            text = label.text.replace("\n", " ")
            self.texts.append(Text("label", label.text, label.fact))
            self.row(x, y, text, size, weight, color, ha)

    def tick(self, x: float, y: float, text: str, ha: Align = "left", size: float = s.LABEL) -> None:
        """A tick's text, left out where it would leave the figure or stand upon another text."""
        mine = box(text, x, y, size, s.REGULAR, ha)
        if text and mine.x0 >= -0.5 and mine.x1 <= self.w + 0.5 and self.clear(mine, 1.5):
            self.texts.append(Text("tick", text))
            self.row(x, y, text, size, color=s.QUIET, ha=ha)

    def clear(self, mine: Box, pad: float = 0.0) -> bool:
        """Whether no text stands there yet."""
        return not any(mine.overlaps(other, pad) for other in self.boxes)

    # ------------------------------------------------------------ marks
    def line(
        self, x: Sequence[float], y: Sequence[float], color: str = s.INK, lw: float = s.LINE, *,
        butt: bool = False, dash: bool = False, casing: float = 0.0, z: float = 3.0,
    ) -> None:  # fmt: skip
        """A polyline in points; `casing` parts it from what it crosses."""
        if casing:
            self.line(x, y, s.PAPER, lw + 2 * casing, butt=butt, z=z)
        style: tuple[float, tuple[float, float]] | Literal["-"] = (0.0, (2.0, 2.0)) if dash else "-"
        stroke = Line2D(
            *_seen(x, y), color=color, lw=lw, solid_capstyle="butt" if butt else "round", solid_joinstyle="round",
            zorder=z, linestyle=style,
        )  # fmt: skip
        stroke.set_transform(self.pt)
        self.fig.add_artist(stroke)

    def rule(
        self, x0: float, y0: float, x1: float, y1: float, color: str = s.RULE, lw: float = s.HAIR, *,
        dash: bool = False, z: float = 0.5,
    ) -> None:  # fmt: skip
        """A straight line: grid, zero, tick, leader, break."""
        self.line([x0, x1], [y0, y1], color, lw, butt=True, dash=dash, z=z)

    def fill(
        self, x: Sequence[float], low: Sequence[float], high: Sequence[float], color: str, *, parted: float = 0.0
    ) -> None:
        """The area between two lines; `parted` from its neighbours by a paper edge of so many points."""
        there, back = (thinned(list(zip(x, edge, strict=True)), _WRITTEN) for edge in (low, high))
        back.reverse()
        self._patch(Outline([*there, *back, there[0]]), color, s.PAPER if parted else None, 1, parted)

    def rects(self, rectangles: Sequence[Rectangle], color: str, *, edge: bool = False, z: float = 2.0) -> None:
        """Any number of rectangles as one path, so one element in the SVG; an open box needs room for its edge."""
        least = 1.2 if edge else _LEAST
        kept = [r for r in rectangles if abs(r[1] - r[0]) > least and abs(r[3] - r[2]) > _LEAST]
        wide = {round(abs(r[1] - r[0]), 6) for r in kept}
        if len(kept) > 1 and len(wide) == 1 and not edge:  # bars: half the bytes as strokes
            ends = [((a + b) / 2, y) for a, b, c, d in kept for y in (c, d)]
            self._patch(Outline(ends, [1, 2] * len(kept)), "none", color, z, wide.pop())
        elif kept:
            rings = [corner for a, b, c, d in kept for corner in ((a, c), (b, c), (b, d), (a, d), (a, c))]
            self._patch(Outline(rings, [1, 2, 2, 2, 79] * len(kept)), color, s.INK if edge else None, z)

    def bundle(self, lines: Sequence[Sequence[tuple[float, float]]], color: str) -> None:
        """Background lines as one path, without the points that nobody can see."""
        lines = [thinned(line, _UNSEEN) for line in lines]
        codes = [code for line in lines for code in (1, *[2] * (len(line) - 1))]
        if codes:
            self._patch(Outline([xy for line in lines for xy in line], codes), "none", color, 1)

    def _patch(self, outline: Outline, color: str, edge: str | None, z: float, lw: float = _EDGE) -> None:
        patch = PathPatch(outline, fc=color, ec=edge or "none", lw=lw if edge else 0, zorder=z)
        patch.set_transform(self.pt)
        self.fig.add_artist(patch)

    def dots(
        self, at: Sequence[tuple[float, float]], color: str, *, size: float = 4.6, hollow: bool = False,
        cased: bool = True, z: float = 4.0,
    ) -> None:  # fmt: skip
        """Round points of `size` points across: solid with a paper edge, or a ring."""
        if not at:
            return
        edge = 1.1 if hollow else 0.8 if cased else 0.0
        points = Line2D(
            [x for x, _ in at], [y for _, y in at], marker="o", ms=size, mfc=s.PAPER if hollow else color,
            mec=color if hollow else s.PAPER, mew=edge, ls="", zorder=z,
        )  # fmt: skip
        points.set_transform(self.pt)
        self.fig.add_artist(points)

    def keys(self, x: float, y: float, names: Sequence[str], colors: Sequence[str], right: float = 0.0) -> float:
        """Swatches for bars too many to label, wrapped; paper colour is an open box. Returns the last baseline."""
        left, right = x, right or self.w
        for name, color in zip(names, colors, strict=False):  # a palette may have more
            if x > left and x + 8.5 + width(name) > right:
                x, y = left, y + 10
            self.rects([(x, x + 5.5, y - 5.2, y + 0.3)], color, edge=color == s.PAPER, z=4)
            self.word(x + 8.5, y, name)
            x += 19.5 + width(name)
        return y

    def keys_rows(self, names: Sequence[str], room: float) -> int:
        """How many rows `keys` will take in that room."""
        count, x = 1, 0.0
        for name in names:
            if x > 0 and x + 8.5 + width(name) > room:
                count, x = count + 1, 0.0
            x += 19.5 + width(name)
        return count
