"""Who holds: movers, small multiples, and a region beside the rest."""

from __future__ import annotations

from math import floor

from reporter.charts import scale
from reporter.charts import style as s
from reporter.charts.drawing import Cut, Mark, Text
from reporter.charts.frame import Frame, Rectangle
from reporter.charts.panel import Area, Panel, gutter
from reporter.charts.place import Side
from reporter.charts.text import width, wrap
from reporter.model.plots import Label, Mover, Movers, Point, Region, Regions, Small, SmallMultiples

_KINDS = (s.NAVY, s.OCHRE, s.PAPER)  # the last is an open box: it prints apart from everything


_LONG = 12  # points from which a line behind is thinned


# ---------------------------------------------------------------- movers
def movers_body(spec: Movers, cut: Cut) -> float:
    """The least height it needs, points."""
    return 30 + len(spec.rows) * 10.6 + (10 if cut is not Cut.FULL else 0)


def movers(spec: Movers, f: Frame) -> None:
    """Holdings then and now beside what the change is made of; narrower cuts keep the change alone."""
    names = max((width(r.name, s.LABEL, s.SEMI) for r in spec.rows), default=0) + 8
    totals = max(width(t, s.LABEL, s.BOLD) for t in (spec.total, *(r.total.text for r in spec.rows))) + 10
    full = f.cut is Cut.FULL
    split = names + (f.w - names) * 0.37 if full else names - 24
    change = Area(split + 24, f.w - totals, f.top + 27, f.bottom - 2)
    keys = 0 if full else change.left
    if f.keys_rows(spec.kinds, change.right - (change.left if full else 0)) > 1:
        change = Area(change.left, change.right, change.top + 10, change.bottom)
    f.word(change.left if full else 0, f.top + 5.5, spec.change, s.UNIT, s.SEMI)
    f.keys(change.left if full else 0, f.top + 15.4, spec.kinds, _KINDS, change.right if full or keys else f.w)
    f.word(f.w, change.top - 2.5, spec.total, s.LABEL, s.BOLD, ha="right")
    tall = (change.bottom - change.top) / max(len(spec.rows), 1)
    middles = [change.top + (i + 0.5) * tall for i in range(len(spec.rows))]
    if full:
        _dumbbells(spec, f, Area(names, split, change.top, change.bottom), middles)
    _changes(spec, f, change, middles, min(4.5, 0.3 * tall))
    for row, y in zip(spec.rows, middles, strict=True):
        f.word(0, y + s.CAP * s.LABEL, row.name, s.LABEL, s.SEMI)
        f.label(f.w, y + s.CAP * s.LABEL, row.total, s.LABEL, s.BOLD, ha="right")
    _divide(spec.rows, f, middles)


def _divide(rows: tuple[Mover, ...], f: Frame, middles: list[float]) -> None:
    """A dashed rule between those that gained and those that lost."""
    for i in range(len(rows) - 1):
        if rows[i].now - rows[i].then > 0 > rows[i + 1].now - rows[i + 1].then:
            y = (middles[i] + middles[i + 1]) / 2
            f.rule(0, y, f.w, y, s.QUIET, dash=True)


def _across(f: Frame, area: Area, at: tuple[float, ...], *, sign: bool) -> Panel:
    """A panel whose values run from left to right, with its grid and the ticks above it."""
    panel = Panel(f, area, (at[0], at[-1]), (0.0, 1.0))
    for tick, text in zip(at, scale.tick_texts(at, sign=sign), strict=True):
        x = panel.x(tick)
        f.rule(x, area.top, x, area.bottom, *((s.INK, s.AXIS) if tick == 0 else ()), z=2.5 if tick == 0 else 0.5)
        f.tick(x, area.top - 2.5, text, "center", s.SMALL)
    return panel


def _dumbbells(spec: Movers, f: Frame, area: Area, middles: list[float]) -> None:
    """Holdings then (ring) and now (dot)."""
    f.word(area.left, f.top + 5.5, spec.holdings, s.UNIT, s.SEMI)
    second = area.left + 3 + 14 + width(spec.then)
    for x, hollow, when in ((area.left + 3, True, spec.then), (second, False, spec.now)):
        f.dots([(x, f.top + 13)], s.NAVY, hollow=hollow)
        f.word(x + 5, f.top + 15.4, when)
    reach = [v for r in spec.rows for v in (r.then, r.now)] or [0.0]
    panel = _across(f, area, scale.ticks(min(reach), max(reach), 4), sign=False)
    for row, y in zip(spec.rows, middles, strict=True):
        then, now = panel.x(row.then), panel.x(row.now)
        f.line([then, now], [y, y], s.NAVY, 1.2, butt=True)
        f.dots([(then, y)], s.NAVY, hollow=True, size=3.8)
        f.dots([(now, y)], s.NAVY)
        f.marks += [Mark(f"{row.name} {spec.then}", then, y, row.then), Mark(f"{row.name} {spec.now}", now, y, row.now)]


def _changes(spec: Movers, f: Frame, area: Area, middles: list[float], half: float) -> None:
    """The parts of each change: gains pile up to the right of zero, losses to the left."""
    falls = [sum(v for v in r.parts if v < 0) for r in spec.rows]
    gains = [sum(v for v in r.parts if v > 0) for r in spec.rows]
    most = max(2, int((area.right - area.left) // 28))
    at = scale.ticks(min(falls, default=0.0), max(gains, default=0.0), min(8, most))
    panel = _across(f, area, at, sign=True)
    for k, color in enumerate(_KINDS[: len(spec.kinds)]):
        bars: list[Rectangle] = []
        for row, y in zip(spec.rows, middles, strict=True):
            value = row.parts[k]
            base = sum(v for v in row.parts[:k] if (v >= 0) == (value >= 0))
            slit = 0.5 * (1 if value >= 0 else -1) if base else 0.0
            bars.append((panel.x(base) + slit, panel.x(base + value), y - half, y + half))
            f.marks.append(Mark(f"{row.name} {spec.kinds[k]}", panel.x(base + value), y, value, panel.x(base)))
        f.rects(bars, color, edge=color == s.PAPER)


# ---------------------------------------------------------------- small multiples
def _columns(cut: Cut, count: int) -> int:
    return max(1, min(4 if cut is Cut.FULL else 2, count))


def small_multiples_body(spec: SmallMultiples, cut: Cut) -> float:
    """The least height it needs, points."""
    return (84.0 if cut is Cut.FULL else 76.0) * -(-len(spec.panels) // _columns(cut, len(spec.panels)))


def small_multiples(spec: SmallMultiples, f: Frame) -> None:
    """One scale, a panel each, all the others in grey behind; what fell is claret."""
    columns = _columns(f.cut, len(spec.panels))
    deep = -(-len(spec.panels) // columns)
    values = [v for small in spec.panels for v in small.line.values] or [0.0]
    tall, gap, xlim = (
        _tenths((f.bottom - f.top) / max(deep, 1)),
        16.0,
        scale.span(*(small.line for small in spec.panels)),
    )
    titles = [wrap(small.title, (f.w / columns) - gap, s.UNIT, s.SEMI) for small in spec.panels]
    at = Area(0, 0, 0, tall - s.FOOT - 7).ticks(min(values), max(values), 4)
    edge = -_tenths(-gutter(at))
    each = _tenths((f.w - edge - gap * (columns - 1) - 4) / columns)
    for i, small in enumerate(spec.panels):
        r, c = divmod(i, columns)
        left, top = c * (each + gap) + (edge if c else 0), f.top + r * tall
        area = Area(left, left + each + (0 if c else edge), top, top + tall - s.FOOT - 7)
        panel = Panel(f, area, xlim, at, " ".join(titles[i]), 0 if c else edge).grid()
        _behind(spec.panels, panel)
        panel.times(short=True)
        _small(small, panel)


def _tenths(points: float) -> float:
    """Whole tenths, rounded down: panels so apart are the same to the digit that is written, and one is drawn."""
    return floor(points * 10) / 10


def _behind(panels: tuple[Small, ...], panel: Panel) -> None:
    """Every line in grey, every third point of it: a third of the bytes, and each is drawn in full in its own panel."""
    thinned = []
    for small in panels:
        for piece in small.line.pieces():
            kept = piece[::-3][::-1] if len(piece) > _LONG else piece
            if len(kept) > 1:
                thinned.append([(panel.x(scale.end(p.period)), panel.y(p.value)) for p in kept])
    panel.f.bundle(thinned, s.FAINT)


def _small(small: Small, panel: Panel) -> None:
    """The panel's own line, and its first and last value on the side where the line leaves room."""
    points = small.line.points
    if not points:
        return
    color = s.CLARET if points[-1].value < points[0].value else s.NAVY
    panel.trace(small.line, color, casing=0.5)
    ends: tuple[tuple[Point, Label, tuple[Side, ...]], ...] = (
        (points[0], small.first, ("above-right", "below-right")),
        (points[-1], small.last, ("above-left", "below-left")),
    )
    for point, label, sides in ends if len(points) > 1 else ends[1:]:
        x, y = panel.x(scale.end(point.period)), panel.y(point.value)
        panel.f.dots([(x, y)], s.faded(color, backfilled=point.backfilled), size=4)
        panel.note(x, y, label, sides=sides)


# ---------------------------------------------------------------- regions
def regions_body(spec: Regions, cut: Cut) -> float:
    """The least height it needs, points."""
    return 34.0 + 25 * len(spec.rows) + (0 if cut is Cut.FULL else 4)


def regions(spec: Regions, f: Frame) -> None:
    """A bar a class: the region, then the rest; values inside where they fit, the share at the right."""
    column = max(width(t, s.UNIT + 1, s.BOLD) for t in ("100%", *(r.share.text for r in spec.rows)))
    heads = wrap(spec.share, max(column, 0.16 * f.w), s.LABEL, s.SEMI)
    column = max(column, *(width(h, s.LABEL, s.SEMI) for h in heads))
    top = f.keys(0, f.top + 14, (spec.ours, spec.rest), (s.NAVY, s.GREY), f.w - column - 6) + 9
    for i, head in enumerate(heads):
        f.row(f.w, top - 9 - s.LEAD * (len(heads) - 1 - i), head, s.LABEL, s.SEMI, ha="right")
    f.texts.append(Text("word", spec.share))
    most = max((r.ours + r.rest for r in spec.rows), default=1.0) or 1.0
    panel = Panel(f, Area(0, f.w - column - 8, top, f.bottom), (0.0, most), (0.0, 1.0))
    outside = [r for r in spec.rows if not _inside(r, panel)]
    if any(panel.x(r.ours + r.rest) + _values(r) > panel.right + 4 for r in outside):
        room = max(_values(r) for r in spec.rows)
        panel = Panel(f, Area(0, f.w - column - 12 - room, top, f.bottom), (0.0, most), (0.0, 1.0))
    tall = (f.bottom - top) / max(len(spec.rows), 1)
    high = min(12.5, tall - 14)
    for i, row in enumerate(spec.rows):
        y = top + i * tall + 12
        f.rule(0, y - 12, f.w, y - 12)
        f.word(0, y - 3, row.name, s.LABEL, s.SEMI if i else s.BOLD)
        _region(row, spec, panel, y, high)
        f.label(f.w, y + high / 2 + s.CAP * s.LABEL, row.share, s.UNIT + 1, s.BOLD, ha="right")


def _inside(row: Region, panel: Panel) -> bool:
    """Whether both values fit inside their bars."""
    ours, theirs = (width(x.text, s.LABEL, s.SEMI) for x in (row.ours_label, row.rest_label))
    a, b = panel.x(row.ours), panel.x(row.ours + row.rest)
    return a > ours + 8 and b - a > theirs + 8


def _values(row: Region) -> float:
    """What both values take beside the bars, points."""
    return 12 + width(row.ours_label.text, s.LABEL, s.SEMI) + width(row.rest_label.text, s.LABEL, s.SEMI)


def _region(row: Region, spec: Regions, panel: Panel, y: float, high: float) -> None:
    """One pair of bars and the two values: inside if they fit, else beside in their own colours."""
    f, a, b = panel.f, panel.x(row.ours), panel.x(row.ours + row.rest)
    f.rects([(0, a - 0.3, y, y + high)], s.NAVY)
    f.rects([(a + 0.3, b, y, y + high)], s.GREY)
    f.marks += [Mark(f"{row.name} {spec.ours}", a, y, row.ours, 0), Mark(f"{row.name} {spec.rest}", b, y, row.rest, a)]
    base = y + high / 2 + s.CAP * s.LABEL
    if _inside(row, panel):
        f.label(a - 4, base, row.ours_label, color=s.PAPER, ha="right")
        f.label(b - 4, base, row.rest_label, ha="right")
        return
    f.label(b + 5, base, row.ours_label, color=s.NAVY)
    f.label(b + 12 + width(row.ours_label.text, s.LABEL, s.SEMI), base, row.rest_label, color=s.QUIET)
