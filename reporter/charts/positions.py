"""Stocks through time: the net position, the balance sheet, a holder and the yield, one measure alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from reporter.charts import scale
from reporter.charts import style as s
from reporter.charts.drawing import Cut, Mark
from reporter.charts.frame import Frame
from reporter.charts.panel import Area, End, Panel, gutter, room
from reporter.charts.place import Side as Beside
from reporter.model.periods import Period
from reporter.model.plots import (
    Break,
    HolderAndYield,
    Label,
    Line,
    NetPosition,
    Point,
    Sheet,
    Side,
    Stretch,
    Trace,
    Trend,
    Yields,
)

_LAYERS = (s.NAVY, s.BLUE, s.GREY, s.CLARET, s.OCHRE)  # no two neighbours close in colour or grey


def _lines(trace: Trace) -> tuple[Line, ...]:
    return (*trace.earlier, trace.line)


def _ticks(area: Area, trace: Trace, most: int) -> tuple[float, ...]:
    values = [v for line in _lines(trace) for v in line.values] or [0.0]
    return area.ticks(min(values), max(values), most, zero=trace.zero)


def _draw(panel: Panel, trace: Trace, color: str) -> None:
    """The lines, then what stands on them."""
    for line in _lines(trace):
        panel.trace(line, color)
    panel.finish(trace.line, trace.end, color)
    panel.record(trace.line, trace.record, color)


def pair(f: Frame, upper: Trace, lower: Trace, cut: float) -> tuple[Panel, Panel]:
    """Two empty panels over each other, one time axis, each with its own scale."""
    right = f.w - room(f, upper.end, lower.end)
    middle = f.top + (f.bottom - s.FOOT - f.top) * cut
    areas = Area(0, right, f.top, middle - 8), Area(0, right, middle + 4, f.bottom - s.FOOT)
    at = _ticks(areas[0], upper, 6), _ticks(areas[1], lower, 5)
    edge, xlim = gutter(*at), scale.span(*_lines(upper), *_lines(lower))
    a, b = (
        Panel(f, area, xlim, ticks, trace.title, edge).grid()
        for area, ticks, trace in zip(areas, at, (upper, lower), strict=True)
    )
    b.times(short=f.cut is not Cut.FULL)
    return a, b


def net_position(spec: NetPosition, f: Frame) -> None:
    """The level as an area below zero; its share of GDP underneath, the record ringed in each."""
    a, b = pair(f, spec.level, spec.share, 0.58)
    for line in _lines(spec.level):
        a.ground(line)
    _draw(a, spec.level, s.NAVY)
    _draw(b, spec.share, s.CLARET)


def _stretch(panels: tuple[Panel, Panel], stretch: Stretch | None) -> None:
    """The tint in both panels, before anything stands on it."""
    if stretch is not None:
        for panel in panels:
            panel.band(scale.end(stretch.window.first), scale.end(stretch.window.last))


def _stretch_notes(panels: tuple[Panel, Panel], stretch: Stretch | None, colors: tuple[str, str]) -> None:
    """What changed over the tinted span, in the middle of it and off the line."""
    if stretch is None:
        return
    middle = (scale.end(stretch.window.first) + scale.end(stretch.window.last)) / 2
    for panel, label, color in zip(panels, (stretch.upper, stretch.lower), colors, strict=True):
        when = min(max(middle, panel.xlim[0]), panel.xlim[1])
        y = (panel.top + panel.bottom) / 2
        panel.note(panel.x(when), y + 5, label, sides=("above",), size=s.UNIT + 0.5, weight=s.BOLD, color=color,
                   leader=False)  # fmt: skip


def breaks(panel: Panel, some: Sequence[Break], *, foot: float | None = None) -> None:
    """A dashed rule where each new series begins; the words at the foot, off the line if there is room."""
    for broken in some:
        x = panel.x(scale.start(broken.period))
        if panel.x0 <= x <= panel.right:
            panel.f.rule(x, panel.top - 2, x, foot or panel.bottom, s.QUIET, dash=True, z=2.6)
            panel.solid.append((x, panel.top, x, panel.bottom))
            sides: tuple[tuple[str, Beside], ...] = ((broken.before, "left"), (broken.after, "right"))
            for text, side in sides:
                panel.note(x, panel.bottom - 6, Label(text), sides=(side,), size=s.SMALL, weight=s.REGULAR,
                           color=s.QUIET, word=True, leader=False)  # fmt: skip


def holder_and_yield(spec: HolderAndYield, f: Frame) -> None:
    """Holdings over the yield; the stretch the headline speaks of is tinted."""
    colors = (s.CLARET, s.NAVY)
    a, b = pair(f, spec.holdings, spec.yields, 0.5)
    _stretch((a, b), spec.stretch)
    _draw(a, spec.holdings, s.CLARET)
    _draw(b, spec.yields, s.NAVY)
    breaks(a, spec.breaks)
    _stretch_notes((a, b), spec.stretch, colors)


def yields(spec: Yields, f: Frame) -> None:
    """The dollar's index over the yield."""
    colors = (s.NAVY, s.CLARET)
    a, b = pair(f, spec.dollar, spec.yields, 0.5)
    _stretch((a, b), spec.stretch)
    _draw(a, spec.dollar, s.NAVY)
    _draw(b, spec.yields, s.CLARET)
    _stretch_notes((a, b), spec.stretch, colors)


def trend(spec: Trend, f: Frame) -> None:
    """One line, its end labelled."""
    trace = spec.trace
    area = Area(0, f.w - room(f, trace.end), f.top, f.bottom - s.FOOT)
    at = _ticks(area, trace, 6)
    panel = Panel(f, area, scale.span(*_lines(trace)), at, trace.title, gutter(at)).grid()
    panel.times(short=f.cut is not Cut.FULL)
    if trace.zero:
        for line in _lines(trace):
            panel.ground(line)
    _draw(panel, trace, s.NAVY)
    breaks(panel, spec.breaks)


# ---------------------------------------------------------------- balance sheet
def _areas(panel: Panel, side: Side, paint: dict[str, str]) -> None:
    """Stacked areas over the periods all layers share; lifted at a change of vintage, a bar where one stands alone."""
    columns = [{p.period: p for p in part.line.points} for part in side.layers]
    shared = sorted(set(columns[0]).intersection(*columns[1:])) if columns else []
    stacks = {period: [column[period] for column in columns] for period in shared}
    for piece in _unbroken(stacks):
        for light, run in groupby(piece, key=lambda period: any(p.backfilled for p in stacks[period])):
            _area(panel, side, paint, [(period, stacks[period]) for period in run], light=light)


def _unbroken(stacks: dict[Period, list[Point]]) -> list[list[Period]]:
    """Runs of neighbouring periods whose every layer comes from one vintage."""
    runs: list[list[Period]] = []
    for period, stack in stacks.items():
        last = runs[-1][-1] if runs else None
        near = last is not None and period.since(last) == 1
        if last is not None and near and [p.path for p in stacks[last]] == [p.path for p in stack]:
            runs[-1].append(period)
        else:
            runs.append([period])
    return runs


def _area(
    panel: Panel, side: Side, paint: dict[str, str], run: list[tuple[Period, list[Point]]], *, light: bool
) -> None:
    """One run of the stack, parted by a paper line.

    Where no layer is below zero each is filled down to zero, the tallest first, and the next covers what is not its
    own: an edge is written once.
    """
    x = [panel.x(scale.end(period)) for period, _ in run]
    half = 0.35 * scale.length(run[0][0]) * (panel.right - panel.x0) / (panel.xlim[1] - panel.xlim[0])
    low = [0.0] * len(run)
    covering = all(p.value >= 0 for _, stack in run for p in stack)
    fills: list[tuple[list[float], list[float], str]] = []
    for i, part in enumerate(side.layers):
        high = [base + stack[i].value for base, (_, stack) in zip(low, run, strict=True)]
        y0, y1 = list(map(panel.y, low)), list(map(panel.y, high))
        color = s.faded(paint[part.line.name], backfilled=light)
        name = part.line.name
        panel.f.marks += [
            Mark(name, at, top, stack[i].value, base, str(period))
            for at, top, (period, stack), base in zip(x, y1, run, y0, strict=True)
        ]
        if len(run) == 1:
            panel.f.rects([(x[0] - half, min(x[0] + half, panel.right), y0[0], y1[0])], color)
        else:
            fills.append(([panel.y(0)] * len(x) if covering else y0, y1, color))
        low = high
    for base, top, color in fills[::-1] if covering else fills:
        panel.f.fill(x, base, top, color, parted=0.6)


def _sheet_ends(side: Side, paint: dict[str, str]) -> list[End]:
    """A label amid the last of each layer, and the sum's above them."""
    out, base = [], 0.0
    for part in side.layers:
        last = part.line.points[-1].value if part.line.points else 0.0
        out.append(End(base + last / 2, part.end, paint[part.line.name]))
        base += last
    return [*out, End(base, side.total, s.INK, s.BOLD)]


def _side(panel: Panel, side: Side, paint: dict[str, str]) -> None:
    panel.times(short=panel.f.cut is not Cut.FULL)
    _areas(panel, side, paint)
    panel.ends(_sheet_ends(side, paint))


def sheet(spec: Sheet, f: Frame) -> None:
    """Assets and liabilities on one scale: side by side, above each other where that is too narrow."""
    sides = (spec.assets, spec.liabilities)
    names = dict.fromkeys(part.line.name for side in sides for part in side.layers)
    paint = {name: _LAYERS[i % len(_LAYERS)] for i, name in enumerate(names)}
    margin = room(f, *(x for side in sides for x in (side.total, *(part.end for part in side.layers))))
    xlim = scale.span(*(part.line for side in sides for part in side.layers))
    low, high = _extremes(sides)
    if f.cut is Cut.FULL:
        area = Area(0, 0, f.top, f.bottom - s.FOOT)
        at = area.ticks(low, high, 8)
        each = (f.w - 2 * margin - 14 - gutter(at)) / 2
        edges = [(0.0, gutter(at) + each, gutter(at)), (gutter(at) + each + margin + 14, f.w - margin, 0.0)]
        places = [(Area(a, b, f.top, f.bottom - s.FOOT), edge) for a, b, edge in edges]
    else:
        tall = (f.bottom - f.top - 6) / 2
        area = Area(0, 0, f.top, f.top + tall - s.FOOT)
        at = area.ticks(low, high, 6)
        tops = (f.top, f.top + tall + 6)
        places = [(Area(0, f.w - margin, t, t + tall - s.FOOT), gutter(at)) for t in tops]
    for side, (area, edge) in zip(sides, places, strict=True):
        _side(Panel(f, area, xlim, at, side.title, edge).grid(), side, paint)


def _extremes(sides: tuple[Side, Side]) -> tuple[float, float]:
    """The lowest and highest any stack reaches, zero included."""
    low = high = 0.0
    for side in sides:
        totals: dict[Period, float] = {}
        for part in side.layers:
            for p in part.line.points:
                totals[p.period] = totals.get(p.period, 0.0) + p.value
                low, high = min(low, totals[p.period]), max(high, totals[p.period])
    return low, high
