"""Where a note may stand: beside its point, off every text, off the marks of its panel if there is room."""

# ruff: noqa: PLR0913, PLR0917, PLR2004 -- a mark has a place and a style; distances on paper are in points

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from reporter.charts.drawing import Box
from reporter.charts.style import ASCENT, CAP, DESCENT

Segment = tuple[float, float, float, float]  # x0, y0, x1, y1
Side = Literal["left", "right", "above", "below", "above-left", "below-left", "above-right", "below-right"]
Spot = tuple[float, float]  # the left end of a baseline
_GAP = 6.0  # from a point to a note beside it, points
_OVER, _UNDER = 5.0, 10.5  # from a point to the baseline of a note above or below it, points
SIDES: tuple[Side, ...] = ("left", "right", "above", "below", "above-left", "below-left", "above-right", "below-right")


def touches(box: Box, segment: Segment, pad: float = 1.2) -> bool:
    """Whether a segment enters a box grown by `pad` (Liang and Barsky's clipping)."""
    x0, y0, x1, y1 = segment
    if max(x0, x1) < box.x0 - pad or min(x0, x1) > box.x1 + pad:
        return False
    enter, leave = 0.0, 1.0
    for delta, near, far in (
        (x1 - x0, box.x0 - pad - x0, box.x1 + pad - x0),
        (y1 - y0, box.y0 - pad - y0, box.y1 + pad - y0),
    ):
        if abs(delta) < 1e-12:
            if near > 0 or far < 0:
                return False
            continue
        a, b = sorted((near / delta, far / delta))
        enter, leave = max(enter, a), min(leave, b)
        if enter > leave:
            return False
    return True


def beside(x: float, y: float, wide: float, size: float, sides: Sequence[Side]) -> Iterator[Spot]:
    """The spots around a point, in order of preference."""
    for side in sides:
        if side == "left":
            yield x - _GAP - wide, y + CAP * size + 0.5
        elif side == "right":
            yield x + _GAP, y + CAP * size + 0.5
        else:
            vertical, _, horizontal = side.partition("-")
            left = {"left": x - wide + 3, "right": x - 3}.get(horizontal, x - wide / 2)
            yield left, y + (-_OVER if vertical == "above" else _UNDER)


def extent(text: str, spot: Spot, wide: float, size: float) -> Box:
    """What a row set at a spot covers."""
    return Box(text, spot[0], spot[1] - ASCENT * size, spot[0] + wide, spot[1] + DESCENT * size)


def best(
    text: str,
    wide: float,
    size: float,
    near: Sequence[Spot],
    room: Box,
    texts: Sequence[Box],
    marks: Sequence[Segment],
) -> Spot:
    """The first spot off everything, else the free spot of `room` nearest the first, else the least bad.

    To stand on a text is out of the question while any spot is off it; to cross a mark is merely ugly.
    """

    def cost(spot: Spot) -> tuple[int, int, float]:
        mine = extent(text, spot, wide, size)
        outside = mine.x0 < room.x0 or mine.x1 > room.x1 or mine.y0 < room.y0 or mine.y1 > room.y1
        covered = sum(mine.overlaps(other, 1.0) for other in texts)
        far = abs(spot[0] - near[0][0]) + abs(spot[1] - near[0][1])
        return covered + outside, sum(touches(mine, m) for m in marks), far

    across = max(1, int((room.x1 - room.x0 - wide) // 6))
    down = max(1, int((room.y1 - room.y0 - size) // 4))
    grid = [
        (room.x0 + (room.x1 - room.x0 - wide) * i / across, room.y0 + ASCENT * size + 4.0 * j)
        for i in range(across + 1)
        for j in range(down + 1)
    ]
    grid.sort(key=lambda spot: abs(spot[0] - near[0][0]) + abs(spot[1] - near[0][1]))
    least: tuple[tuple[int, int, float], Spot] | None = None
    for spot in (*near, *grid):
        found = cost(spot)
        if found[:2] == (0, 0):
            return spot
        least = min(least, (found, spot)) if least else (found, spot)
    return least[1] if least else near[0]
