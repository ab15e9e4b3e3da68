"""Text measured with the very font that prints it, broken into rows, and rows kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import LoadFlags

from reporter.charts.style import BOLD, FAMILY, LABEL, REGULAR


def use_fonts(folder: Path) -> None:
    """Register the static weights; a variable file would be read at its default, for this family ExtraLight.

    Those of another folder are forgotten: two brands in one process have faces of one name.
    """
    files = [str(file) for file in sorted(folder.glob("ReporterSans-*.ttf"))]
    manager = font_manager.fontManager
    if [entry.fname for entry in manager.ttflist if entry.name == FAMILY] == files:
        return
    manager.ttflist = [entry for entry in manager.ttflist if entry.name != FAMILY]
    for file in files:
        manager.addfont(file)
    _face.cache_clear()
    width.cache_clear()


@lru_cache(8)
def _face(weight: int) -> str:
    return font_manager.findfont(font_manager.FontProperties(family=[FAMILY], weight=weight), fallback_to_default=False)


@lru_cache(4096)
def width(text: str, size: float = LABEL, weight: int = REGULAR) -> float:
    """Advance width in points, unhinted and kerned: what a browser or a PDF will set."""
    font = font_manager.get_font(_face(weight))
    font.set_size(100, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 6400 * size  # 26.6 fixed point, at a hundred points


def wrap(text: str, room: float, size: float, weight: int = REGULAR, *, balance: bool = False) -> list[str]:
    """Break on spaces; `balance` narrows the column until one more line would be needed, so no word is left alone."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(f"{lines[-1]} {word}", size, weight) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    while balance and len(lines) > 1 and room > size:
        narrower = wrap(text, room - 4, size, weight)
        if len(narrower) != len(lines) or max(width(s, size, weight) for s in narrower) > room:
            break
        lines, room = narrower, room - 4
    return lines


def rows(label: str, room: float) -> list[str]:
    """The rows of a label: its own lines, each broken again where it is wider than `room`."""
    return [row for line in label.split("\n") for row in wrap(line, room, LABEL, BOLD)]


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres nearest to `wanted` (least squares) that neither overlap nor leave low..high.

    Pool adjacent violators: optimal, one pass, no iteration. Where they cannot all fit they start at `low`.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    offset, total = [0.0] * len(wanted), 0.0
    for i in order:
        offset[i] = total + heights[i] / 2
        total += heights[i]
    pools: list[tuple[float, int]] = []  # mean start, how many
    for i in order:
        pools.append((wanted[i] - offset[i], 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m)]
    starts = [min(max(mean, low), max(low, high - total)) for mean, count in pools for _ in range(count)]
    centres = [0.0] * len(wanted)
    for i, start in zip(order, starts, strict=True):
        centres[i] = start + offset[i]
    return centres
