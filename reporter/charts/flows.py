"""Flows: the current account, purchases by class, and the bridge from one position to the next."""

from __future__ import annotations

from itertools import accumulate

from reporter.charts import scale
from reporter.charts import style as s
from reporter.charts.drawing import Cut, Mark
from reporter.charts.frame import Frame
from reporter.charts.panel import Area, End, Panel, gutter, room
from reporter.charts.place import Side
from reporter.charts.positions import breaks
from reporter.charts.text import width
from reporter.model.periods import Period
from reporter.model.plots import Account, Bridge, Label, Line, Part, Purchases, Step

_PARTS = (s.BLUE, s.NAVY, s.OCHRE, s.CLARET, s.GREY)
_SMALL, _SUM = 86.0, 88.0  # heights of a row of small panels and of the sum below, points
_KINDS = (s.NAVY, s.OCHRE, s.GREY)
_OUTER: dict[bool, tuple[Side, ...]] = {True: ("below", "above"), False: ("above", "below")}  # by whether it fell


def _reach(lines: list[Line]) -> tuple[float, float]:
    """How far down and up bars stacked from zero reach."""
    down: dict[Period, float] = {}
    up: dict[Period, float] = {}
    for line in lines:
        for p in line.points:
            pile = up if p.value >= 0 else down
            pile[p.period] = pile.get(p.period, 0.0) + p.value
    return min(down.values(), default=0.0), max(up.values(), default=0.0)


def _middles(parts: tuple[Part, ...]) -> list[float]:
    """The middle of each part's last bar: rises pile up from zero, falls pile down."""
    up = down = 0.0
    out: list[float] = []
    for part in parts:
        value = part.line.points[-1].value if part.line.points else 0.0
        out.append((up if value >= 0 else down) + value / 2)
        up, down = (up + value, down) if value >= 0 else (up, down + value)
    return out


def account(spec: Account, f: Frame) -> None:
    """Stacked bars with the balance as a cased line; the sum of four quarters below, its record ringed."""
    lines = [part.line for part in spec.parts]
    labels = [part.end for part in spec.parts]
    right = f.w - room(f, *labels, spec.balance.end, spec.year.end)
    middle = f.top + (f.bottom - s.FOOT - f.top) * 0.6
    upper, lower = Area(0, right, f.top, middle - 8), Area(0, right, middle + 4, f.bottom - s.FOOT)
    low, high = _reach(lines)
    balance = (*spec.balance.line.values, 0.0)
    sums = [v for line in (*spec.year.earlier, spec.year.line) for v in line.values] or [0.0]
    at = upper.ticks(min(low, *balance), max(high, *balance), 9), lower.ticks(min(sums), max(sums), 5)
    xlim, edge = scale.span(*lines, spec.balance.line, spec.year.line, *spec.year.earlier), gutter(*at)
    a = Panel(f, upper, xlim, at[0], spec.title, edge).grid()
    b = Panel(f, lower, xlim, at[1], spec.year.title, edge).grid()
    b.times(short=f.cut is not Cut.FULL)
    for slump in spec.slumps:
        for panel in (a, b):
            panel.band(scale.start(slump.first), scale.end(slump.last))
    a.stack(lines, _PARTS[: len(lines)])
    a.trace(spec.balance.line, s.INK, 1.0, flow=True, casing=0.6)
    last = spec.balance.line.values[-1:] or (0.0,)
    stacked = zip(_middles(spec.parts), labels, _PARTS, strict=False)
    a.ends([*(End(v, label, color) for v, label, color in stacked), End(last[0], spec.balance.end, s.INK, s.BOLD)])
    _sums(b, spec.year.line, spec.year.earlier)
    b.finish(spec.year.line, spec.year.end, s.NAVY)
    b.record(spec.year.line, spec.year.record, s.NAVY)


def _sums(panel: Panel, line: Line, earlier: tuple[Line, ...]) -> None:
    """A running sum in navy, and in grey what it was before a series break."""
    for old in earlier:
        panel.trace(old, s.GREY)
    panel.trace(line, s.NAVY)


# ---------------------------------------------------------------- purchases
def _columns(cut: Cut, count: int) -> int:
    return max(1, min(4 if cut is Cut.FULL else 2, count))


def purchases_body(spec: Purchases, cut: Cut) -> float:
    """The least height it needs, points."""
    deep = -(-len(spec.classes) // _columns(cut, len(spec.classes)))
    return deep * _SMALL + _SUM


def purchases(spec: Purchases, f: Frame) -> None:
    """A panel of monthly bars a class, on one scale and in one colour, so that print in greys loses nothing.

    The sum of twelve months below; both grey before the break and navy after it, and nothing joined across.
    """
    columns = _columns(f.cut, len(spec.classes))
    deep = -(-len(spec.classes) // columns)
    share = deep * _SMALL / (deep * _SMALL + _SUM)
    cut = f.top + (f.bottom - f.top) * share
    xlim = scale.span(*(part.line for part in spec.classes), spec.year.line, *spec.year.earlier)
    _classes(spec, f, cut, columns, xlim)
    area = Area(0, f.w - room(f, spec.year.end), cut + 2, f.bottom - s.FOOT)
    sums = [v for line in (spec.year.line, *spec.year.earlier) for v in line.values] or [0.0]
    at = area.ticks(min(sums), max(sums), 5)
    panel = Panel(f, area, xlim, at, spec.year.title, gutter(at)).grid()
    panel.times(short=f.cut is not Cut.FULL)
    _sums(panel, spec.year.line, spec.year.earlier)
    panel.finish(spec.year.line, spec.year.end, s.NAVY)
    if spec.broken is not None:
        breaks(panel, [spec.broken])
        x = panel.x(scale.start(spec.broken.period))
        panel.note(x, (panel.top + panel.bottom) / 2, Label(spec.gap), sides=("right",), size=s.SMALL,
                   weight=s.REGULAR, color=s.QUIET, word=True, leader=False)  # fmt: skip


def _classes(spec: Purchases, f: Frame, bottom: float, columns: int, xlim: tuple[float, float]) -> None:
    """The small panels, in rows above `bottom`."""
    deep, gap = -(-len(spec.classes) // columns), 14.0
    row = (bottom - f.top) / max(deep, 1)
    low, high = _extent(spec)
    at = Area(0, 0, 0, row - s.FOOT - 8).ticks(low, high, 6)
    edge = gutter(at)
    each = (f.w - edge - gap * (columns - 1)) / columns
    for i, part in enumerate(spec.classes):
        r, c = divmod(i, columns)
        left = c * (each + gap) + (edge if c else 0)
        top = f.top + r * row
        area = Area(left, left + each + (0 if c else edge), top, top + row - s.FOOT - 8)
        panel = Panel(f, area, xlim, at, part.line.name, 0 if c else edge).grid()
        panel.times(short=True)
        _class(panel, part, spec.broken.period if spec.broken else None)


def _extent(spec: Purchases) -> tuple[float, float]:
    values = [v for part in spec.classes for v in part.line.values] or [0.0]
    return min(values), max(values)


def _class(panel: Panel, part: Part, broken: Period | None) -> None:
    """One class: bars, the break as a rule, the last value under the panel's title."""
    old = tuple(p for p in part.line.points if broken and p.period < broken)
    new = part.line.points[len(old) :]
    panel.stack([Line(part.line.name, old)], [s.GREY])
    panel.stack([Line(part.line.name, new)], [s.NAVY])
    if broken:
        x = panel.x(scale.start(broken))
        panel.f.rule(x, panel.top, x, panel.bottom, s.QUIET, dash=True, z=2.6)
    panel.f.label(panel.right, panel.top - s.TITLE + 14.5, part.end, s.LABEL, s.REGULAR, s.QUIET, "right")


# ---------------------------------------------------------------- bridge
def bridge(spec: Bridge, f: Frame) -> None:
    """All measured from the starting position: bars start at zero, so small sums show beside a large level."""
    kinds, n = len(spec.kinds), len(spec.steps)
    flat = [v for step in spec.steps for v in step.values]
    runs = [*accumulate(flat, initial=0.0)]
    top = f.keys(0, f.top + 4, spec.kinds, _KINDS) + 12
    area = Area(0, f.w, top + 9, f.bottom - 33)
    at = area.ticks(min(*runs, spec.total, 0.0), max(*runs, spec.total, 0.0), title=False)
    panel = Panel(f, area, (-0.1, n * (kinds + 0.35) + 1.1), at, "", gutter(at)).grid()
    pixel = (panel.right - panel.x0) / (panel.xlim[1] - panel.xlim[0])
    lefts = [panel.x(i * (kinds + 0.35) + k + 0.1) for i in range(n) for k in range(kinds)]
    wide = 0.88 * pixel
    panel.above = panel.below = 9.0
    _bridge_bars(spec, panel, lefts, wide, runs)
    closing = panel.x(n * (kinds + 0.35) + 0.1)
    f.rects([(closing, closing + wide, panel.y(0), panel.y(spec.total))], s.INK)
    f.marks.append(Mark(spec.total_name, closing + wide / 2, panel.y(spec.total), spec.total, panel.y(0)))
    panel.solid.append((closing + wide / 2, panel.y(0), closing + wide / 2, panel.y(spec.total)))
    _bridge_labels(spec, panel, [*lefts, closing], wide, runs)
    _bridge_axis(spec.steps, panel, lefts, kinds)
    half = width(spec.total_name, s.LABEL, s.SEMI) / 2
    f.word(min(closing + wide / 2, f.w - half), panel.bottom + 16, spec.total_name, s.LABEL, s.SEMI, ha="center")


def _bridge_bars(spec: Bridge, panel: Panel, lefts: list[float], wide: float, runs: list[float]) -> None:
    """The steps, each from where the one before ended, joined by hairlines."""
    kinds = len(spec.kinds)
    flat = [v for step in spec.steps for v in step.values]
    for i, (left, value) in enumerate(zip(lefts, flat, strict=True)):
        y0, y1 = panel.y(runs[i]), panel.y(runs[i + 1])
        panel.f.rects([(left, left + wide, y0, y1)], _KINDS[i % kinds])
        panel.f.marks.append(Mark(spec.kinds[i % kinds], left + wide / 2, y1, value, y0))
        panel.solid.append((left + wide / 2, y0, left + wide / 2, y1))
        following = lefts[i + 1] if i + 1 < len(lefts) else panel.right - wide
        panel.f.rule(left + wide, y1, following, y1, s.INK, z=2)


def _bridge_labels(spec: Bridge, panel: Panel, lefts: list[float], wide: float, runs: list[float]) -> None:
    """The position before and after, the sum, then each change at the end it moves to."""
    centres = [left + wide / 2 for left in lefts]
    first = spec.steps[0].values[0] if spec.steps and spec.steps[0].values else 0.0
    zero, total = panel.y(0), panel.y(spec.total)
    fell = spec.total < 0
    panel.note(centres[-1], total, spec.total_label, sides=_OUTER[fell], weight=s.BOLD)
    labels = [label for step in spec.steps for label in step.labels]
    values = [v for step in spec.steps for v in step.values]
    for i, (value, label) in enumerate(zip(values, labels, strict=True)):
        sides, near = _OUTER[value < 0], -3 if value < 0 else 3  # a bar has no dot to keep clear of
        panel.note(centres[i], panel.y(runs[i + 1]) + near, label, sides=sides, size=s.SMALL, weight=s.REGULAR)
    away: tuple[Side, ...] = ("above-right", "below-right") if first < 0 else ("below-right", "above-right")
    panel.note(centres[0] - wide / 2, zero, spec.start, sides=away, leader=False)
    corner: tuple[Side, ...] = ("below-left",) if fell else ("above-left",)
    panel.note(centres[-1] + wide / 2 - 3, total + (8.5 if fell else -8.5), spec.end, sides=corner, leader=False)


def _bridge_axis(steps: tuple[Step, ...], panel: Panel, lefts: list[float], kinds: int) -> None:
    """Under each group its period, and the year where it changes."""
    year = 0
    for i, step in enumerate(steps):
        left, width = lefts[i * kinds], (lefts[1] - lefts[0] if len(lefts) > 1 else 20.0) * kinds
        name = str(step.period)[4:].lstrip("-") or str(step.period)
        panel.f.tick(left + width / 2, panel.bottom + 16, name, "center")
        if step.period.year != year:
            year = step.period.year
            panel.f.tick(left + 2, panel.bottom + 25.5, str(year))
            panel.f.rule(left - 2, panel.bottom + 10, left - 2, panel.bottom + 26, s.QUIET)
