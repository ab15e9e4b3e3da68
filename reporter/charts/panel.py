"""A panel: data to points, its grid and time axis, and the marks and labels that stand on data."""

# ruff: noqa: PLR0913, PLR0917, PLR2004 -- a mark has a place and a style; distances on paper are in points

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from reporter.charts import scale
from reporter.charts import style as s
from reporter.charts.drawing import Box, Mark, Text
from reporter.charts.frame import Frame, Rectangle
from reporter.charts.place import SIDES, Segment, Side, beside, best, extent
from reporter.charts.text import rows, spread, width
from reporter.model.plots import Label, Line, Point, Record

_PRINT = 3  # values a release may print of one series
MARGIN = 0.34  # what end labels may take of the width before they are broken


@dataclass(frozen=True, slots=True)
class Area:
    """A place on the figure, in points from the top left."""

    left: float
    right: float
    top: float
    bottom: float

    def ticks(
        self, low: float, high: float, most: int = 6, *, title: bool = True, zero: bool = True
    ) -> tuple[float, ...]:
        """Round ticks no nearer than their labels are tall."""
        tall = self.bottom - self.top - (s.TITLE if title else 0)
        return scale.ticks(low, high, min(most, max(2, int(tall // 11))), zero=zero)


@dataclass(frozen=True, slots=True)
class End:
    """A label at the right of a panel: the value it stands at, its colour, and from where a leader may start."""

    value: float
    label: Label
    color: str
    weight: int = s.SEMI
    x: float | None = None


def gutter(*ticks: tuple[float, ...]) -> float:
    """What the tick labels of panels that share a left edge take, points."""
    return 4 + max(width(text) for at in ticks for text in scale.tick_texts(at))


def room(frame: Frame, *labels: Label) -> float:
    """The right margin that end labels need, at their heaviest, points."""
    return 9 + max((width(row, s.LABEL, s.BOLD) for x in labels for row in rows(x.text, MARGIN * frame.w)), default=0)


class Panel:
    """One plot on a frame. Tick labels stand on their gridline in a gutter cut to the longest of them."""

    def __init__(
        self, frame: Frame, area: Area, xlim: tuple[float, float], at: tuple[float, ...], title: str = "",
        gutter: float = 0.0,
    ) -> None:  # fmt: skip
        self.f, self.left, self.right, self.xlim, self.at = frame, area.left, area.right, xlim, at
        self.x0 = area.left + gutter
        self.top, self.bottom = area.top + (s.TITLE if title else 0), area.bottom
        self.solid: list[Segment] = []  # what a note should keep clear of
        self.above, self.below = 6.0, 0.5  # how far beyond the plot a note may stand, points
        if title:
            frame.word(area.left, area.top + 5.5, title, s.UNIT, s.SEMI)

    def x(self, when: float) -> float:
        """Time in years to points."""
        return self.x0 + (when - self.xlim[0]) / (self.xlim[1] - self.xlim[0]) * (self.right - self.x0)

    def y(self, value: float) -> float:
        """A value to points."""
        return self.bottom - (value - self.at[0]) / (self.at[-1] - self.at[0]) * (self.bottom - self.top)

    # ------------------------------------------------------------ axes
    def grid(self) -> Panel:
        """Gridlines, zero in ink, and their labels where there is a gutter."""
        for tick, text in zip(self.at, scale.tick_texts(self.at), strict=True):
            y = self.y(tick)
            self.f.rule(
                self.left, y, self.right, y, *((s.INK, s.AXIS) if tick == 0 else ()), z=2.5 if tick == 0 else 0.5
            )
            if self.x0 > self.left:
                self.f.tick(self.left, y - 2, text)
        return self

    def times(self, *, short: bool = False) -> None:
        """The time axis: years, or months where it is shorter than three."""
        points, long = self.right - self.x0, self.xlim[1] - self.xlim[0] >= 2.5
        ticks = (
            scale.years(self.xlim, points, width("\u201924" if short else "2024"), short=short)
            if long
            else scale.months(self.xlim, points, width("May 2024"))
        )
        named = {round(t, 6) for t, text in ticks if text}
        for when, text in ticks:
            x = self.x(when)
            if not long or abs(when - round(when)) < 1e-9:
                self.f.rule(x, self.bottom, x, self.bottom + (3 if round(when, 6) in named else 1.6), s.INK)
            self.f.tick(x, self.bottom + 10.5, text, "center")

    def band(self, first: float, last: float) -> None:
        """A tint over a span of time, as far as the panel reaches."""
        first, last = max(first, self.xlim[0]), min(last, self.xlim[1])
        if first < last:
            self.f.rects([(self.x(first), self.x(last), self.top, self.bottom)], s.TINT, z=0.2)

    # ------------------------------------------------------------ marks
    def trace(self, line: Line, color: str, lw: float = s.HEAVY, *, flow: bool = False, casing: float = 0.0) -> None:
        """A line, lifted where the vintage changes, lighter where backfilled; a print of its own day is a dot."""
        where = scale.middle if flow else scale.end
        at = {p: (self.x(where(p.period)), self.y(p.value)) for p in line.points}
        self.f.marks += [Mark(line.name, *at[p], p.value, None, str(p.period)) for p in line.points]
        lone: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
        for piece in line.pieces():
            if len(piece) == 1:
                lone[piece[0].backfilled].append(at[piece[0]])
            edges = [(a, b, a.backfilled or b.backfilled) for a, b in pairwise(piece)]
            for light, run in groupby(edges, key=lambda edge: edge[2]):
                stretch = list(run)
                path = [at[stretch[0][0]], *(at[b] for _, b, _ in stretch)]
                ink = s.faded(color, backfilled=light)
                self.f.line([x for x, _ in path], [y for _, y in path], ink, lw, casing=casing)
                self.solid += [(*a, *b) for a, b in pairwise(path)]
        pitch = (self.right - self.x0) * (scale.length(line.points[0].period) if line.points else 1)
        size = min(2.8, max(1.4, 0.75 * pitch / (self.xlim[1] - self.xlim[0])))
        for light, dots in lone.items():
            self.f.dots(dots, s.faded(color, backfilled=light), size=size, cased=False, z=3)
            self.solid += [(x - 1, y, x + 1, y) for x, y in dots]

    def ground(self, line: Line, color: str = s.TINT) -> None:
        """The area between a line and zero, under its unbroken pieces; none under the few values of a print."""
        for piece in line.pieces():
            if len(piece) > _PRINT:
                x = [self.x(scale.end(p.period)) for p in piece]
                self.f.fill(x, [self.y(0)] * len(x), [self.y(p.value) for p in piece], color)

    def stack(self, lines: Sequence[Line], colors: Sequence[str]) -> None:
        """Stacked bars from zero: rises pile up, falls pile down, a paper slit between; lighter where backfilled."""
        piles: dict[tuple[object, bool], float] = {}
        for line, color in zip(lines, colors, strict=True):
            bars: dict[bool, list[Rectangle]] = {False: [], True: []}
            for p in line.points:
                base = piles.get((p.period, p.value >= 0), 0.0)
                piles[p.period, p.value >= 0] = base + p.value
                bars[p.backfilled].append(self._bar(line.name, p, base))
            for light, some in bars.items():
                self.f.rects(some, s.faded(color, backfilled=light))

    def _bar(self, name: str, p: Point, base: float, gap: float = 0.5) -> Rectangle:
        x, y0, y1 = self.x(scale.middle(p.period)), self.y(base), self.y(base + p.value)
        half = scale.length(p.period) * 0.39 * (self.right - self.x0) / (self.xlim[1] - self.xlim[0])
        self.f.marks.append(Mark(name, x, y1, p.value, y0, str(p.period)))
        self.solid.append((x, y0, x, y1))
        slit = gap if base and abs(y1 - y0) > 2 * gap else 0.0
        return x - half, x + half, y0 - (slit if p.value >= 0 else -slit), y1

    # ------------------------------------------------------------ labels
    def ends(self, items: Sequence[End]) -> None:
        """Labels beside the last points, no two touching; a leader where one had to move or its line ends early."""
        items = [i for i in items if i.label.text]
        broken = [rows(i.label.text, MARGIN * self.f.w) for i in items]
        tall = [len(lines) * s.LEAD + 1 for lines in broken]
        wanted = [self.y(i.value) for i in items]
        centres = spread(wanted, tall, self.top - 8, self.bottom + 4)
        for i, (item, lines) in enumerate(zip(items, broken, strict=True)):
            y, centre, x = wanted[i], centres[i], self.right if item.x is None else item.x
            crowded = any(
                j != i and abs(centre - other) < (tall[i] + tall[j]) / 2 + 0.01 for j, other in enumerate(centres)
            )
            if crowded or abs(centre - y) > 1.5 or self.right - x > 4:
                self.f.line([x + 2.5, self.right + 2.5, self.right + 6.5], [y, y, centre], s.GREY, s.HAIR)
            self._end(item, lines, centre)

    def _end(self, item: End, lines: list[str], centre: float) -> None:
        self.f.texts.append(Text("label", item.label.text, item.label.fact))
        for i, row in enumerate(lines):
            y = centre + (i - (len(lines) - 1) / 2) * s.LEAD + s.CAP * s.LABEL
            self.f.row(self.right + 8, y, row, s.LABEL, s.REGULAR if i else item.weight, s.text_color(item.color))

    def finish(self, line: Line, label: Label, color: str) -> None:
        """The last point of a line as a solid dot, and its label."""
        if line.points:
            last = line.points[-1]
            x, y = self.x(scale.end(last.period)), self.y(last.value)
            self.f.dots([(x, y)], color)
            self.solid.append((x - 2, y, x + 2, y))
            self.ends([End(last.value, label, color, x=x)])

    def record(self, line: Line, record: Record | None, color: str) -> None:
        """A ringed point and its note, where it covers neither line nor text."""
        if record is None:
            return
        value = line.at(record.period).value
        x, y = self.x(scale.end(record.period)), self.y(value)
        self.f.dots([(x, y)], color, hollow=True)
        self.solid.append((x - 2, y, x + 2, y))
        self.note(x, y, record.label, color=color)

    def note(
        self, x: float, y: float, label: Label, *, sides: Sequence[Side] = SIDES, size: float = s.LABEL,
        weight: int = s.SEMI, color: str = s.INK, word: bool = False,
        leader: bool = True,
    ) -> None:  # fmt: skip
        """A value, or a word, beside a point, or as near as there is room."""
        if not label.text:
            return
        text, color = label.text.replace("\n", " "), s.text_color(color)
        wide = width(text, size, weight)
        free = Box("", self.left, self.top - self.above, min(self.right + 2, self.f.w), self.bottom + self.below)
        near = [(min(max(left, free.x0), free.x1 - wide), down) for left, down in beside(x, y, wide, size, sides)]
        spot = best(text, wide, size, near, free, self.f.boxes, self.solid)
        mine = extent(text, spot, wide, size)
        away = max(mine.x0 - x, x - mine.x1, mine.y0 - y, y - mine.y1)
        if leader and away > 14:
            self.f.rule(x, y, min(max(x, mine.x0), mine.x1), min(max(y, mine.y0 - 1), mine.y1 + 1.5), s.GREY, z=2.8)
        (self.f.word(*spot, text, size, weight, color) if word else self.f.label(*spot, label, size, weight, color))
