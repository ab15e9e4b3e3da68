"""Every kind of chart at the ends of what data may be: nothing clips or collides, no label hides what is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from itertools import combinations
from typing import Any

import pytest

from reporter.charts import Cut, Drawing, draw
from reporter.charts.style import MM, SMALL
from reporter.model import plots as p
from tests.charts_made import WORDS, charts

MADE = {name: (plot, cut) for name, plot, cut in charts()}
POSITIVE = {"regions"}  # what is held cannot be less than nothing
Change = Callable[[Any], Any]


def changed(node: Any, change: Change) -> Any:  # noqa: ANN401 -- a walk over any part of a plot
    """A plot with every number, line and label put through `change`."""
    if isinstance(node, tuple):
        return tuple(changed(part, change) for part in node)
    if isinstance(node, p.Point):
        return replace(node, value=change(node.value))
    if isinstance(node, p.Line | p.Label):
        node = change(node)
    if isinstance(node, float):
        return change(node)
    if is_dataclass(node) and not isinstance(node, type) and type(node).__module__.startswith(p.__name__):
        return replace(node, **{one.name: changed(getattr(node, one.name), change) for one in fields(node) if one.init})
    return node


def numbers(make: Callable[[float], float]) -> Change:
    return lambda held: make(held) if isinstance(held, float) else held


def last_point(held: Any) -> Any:  # noqa: ANN401
    return replace(held, points=held.points[-1:]) if isinstance(held, p.Line) else held


def long_label(held: Any) -> Any:  # noqa: ANN401
    return replace(held, text=f"{held.text} and then some") if isinstance(held, p.Label) and held.text else held


def one_in_seven(value: float) -> float:
    return value * 1e5 if int(abs(value) * 100) % 7 == 0 else value


EXTREMES: dict[str, Change] = {
    "as made": lambda held: held,
    "all nought": numbers(lambda _: 0.0),
    "constant": numbers(lambda _: 7.0),
    "minute": numbers(lambda value: value * 1e-7),
    "enormous": numbers(lambda value: value * 1e6),
    "of both": numbers(one_in_seven),
    "negative": numbers(lambda value: -abs(value)),
    "of one point": last_point,
    "with long labels": long_label,
}


def extreme(name: str, how: str) -> p.Plot:
    plot, _ = MADE[name]
    made: p.Plot = _ringed_where_they_are(changed(plot, EXTREMES[how]))
    return made


def _ringed_where_they_are(node: Any) -> Any:  # noqa: ANN401
    """A ring stands on a point of its line; where that is gone it goes, too."""
    if isinstance(node, p.Trace) and node.record and node.record.period not in {one.period for one in node.line.points}:
        return replace(node, record=None)
    if is_dataclass(node) and not isinstance(node, type) and type(node).__module__.startswith(p.__name__):
        held = {one.name: getattr(node, one.name) for one in fields(node) if one.init}
        return replace(node, **{key: _ringed_where_they_are(part) for key, part in held.items()})
    return node


def faults(drawing: Drawing) -> list[str]:
    """Texts that leave the figure or cover one another by more than a hair; data that leave it."""
    wide, tall = drawing.width_mm * MM, drawing.height_mm * MM
    out = [f"clipped: {b}" for b in drawing.boxes if b.x0 < -2 or b.x1 > wide + 0.5 or b.y0 < 0 or b.y1 > tall]
    out += [f"{a} over {b}" for a, b in combinations(drawing.boxes, 2) if a.overlaps(b, -0.2)]
    return out + [f"outside: {m}" for m in drawing.marks if not (-1 <= m.x <= wide + 1 and -1 <= m.y <= tall + 1)]


def hidden(drawing: Drawing) -> list[str]:
    """Labels that stand on the last point of a line, or on its ring."""
    ends = {mark.name: mark for mark in drawing.marks if mark.base is None}
    said = {row for text in drawing.texts if text.kind == "label" for row in text.text.split("\n")}
    return [
        f"{box} on {mark}"
        for box in drawing.boxes
        if box.text in said
        for mark in ends.values()
        if box.x0 + 1 < mark.x < box.x1 - 1 and box.y0 + 1 < mark.y < box.y1 - 1
    ]


@pytest.mark.parametrize("how", EXTREMES)
@pytest.mark.parametrize("name", MADE)
def test_nothing_clips_or_collides(name: str, how: str) -> None:
    if how == "negative" and name in POSITIVE:
        return
    for cut in Cut:
        drawing = draw(extreme(name, how), WORDS, cut)
        assert not faults(drawing), cut
        assert not hidden(drawing), cut


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("cut", [Cut.FULL, Cut.HALF])
def test_no_text_is_smaller_in_print_than_can_be_read(name: str, cut: Cut) -> None:
    """6.5 points; print size is page size, so a point of the file is a point of the page."""
    svg = draw(MADE[name][0], WORDS, cut).svg
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:[a-z0-9]+ )?([\d.]+)px", svg)]
    assert sizes
    assert min(sizes) >= SMALL == 6.5
