"""The palette, measured: contrast, colour vision, print in greys; and the arithmetic of the axes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.charts import scale, style
from reporter.charts.drawing import Box
from reporter.charts.place import touches
from reporter.charts.text import spread, use_fonts, width, wrap
from reporter.fonts import folder
from reporter.model.periods import Period

Array = npt.NDArray[np.float64]
# Machado, Oliveira and Fernandes (2009), full severity, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
NEIGHBOURS = [  # what may lie side by side in one stack
    (style.NAVY, style.BLUE),
    (style.BLUE, style.GREY),
    (style.GREY, style.CLARET),
    (style.CLARET, style.OCHRE),
    (style.NAVY, style.OCHRE),
    (style.BLUE, style.OCHRE),
]


def linear(colour: str) -> Array:
    """Linear RGB of an sRGB colour (IEC 61966-2-1)."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(colour: str, ground: str = style.PAPER) -> float:
    """WCAG 2 contrast ratio."""
    low, high = sorted(float(linear(x) @ LUMINANCE) for x in (colour, ground))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Array) -> Array:
    """CIELAB of linear RGB, D65."""
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    f = np.cbrt(np.maximum(matrix @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089], 0.008856))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", sorted(style.READABLE))
def test_colours_of_text_can_be_read(colour: str) -> None:
    assert contrast(colour) >= 4.5


def test_a_label_takes_ink_where_its_colour_cannot_be_read() -> None:
    assert style.text_color(style.OCHRE) == style.text_color(style.GREY) == style.INK
    assert style.text_color(style.BLUE) == style.BLUE
    assert contrast(style.INK, style.GREY) >= 4.5
    assert contrast(style.PAPER, style.NAVY) >= 4.5


@pytest.mark.parametrize("colour", [style.NAVY, style.CLARET, style.BLUE, style.OCHRE, style.GREY, style.INK])
def test_marks_stand_out_from_paper(colour: str) -> None:
    assert contrast(colour) >= 3


@pytest.mark.parametrize("colour", [style.NAVY, style.CLARET, style.BLUE])
def test_a_backfilled_line_is_lighter_and_still_seen(colour: str) -> None:
    assert 3 <= contrast(style.FADED[colour]) < contrast(colour) - 1


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("pair", NEIGHBOURS)
def test_neighbours_are_told_apart(pair: tuple[str, str], vision: str) -> None:
    one, other = (lab(VISION[vision] @ linear(c)) for c in pair)
    assert float(np.linalg.norm(one - other)) >= 20


@pytest.mark.parametrize("pair", NEIGHBOURS)
def test_neighbours_are_told_apart_in_greys(pair: tuple[str, str]) -> None:
    one, other = (lab(np.ones(3) * (linear(c) @ LUMINANCE))[0] for c in pair)
    assert abs(one - other) >= 9


def test_every_colour_has_a_name_for_stylesheets() -> None:
    assert set(style.FADED) | set(style.FADED.values()) <= set(style.PALETTE.values())
    assert len(set(style.PALETTE.values())) == len(style.PALETTE)


# ---------------------------------------------------------------- axes
numbers = st.floats(-1e9, 1e9).filter(lambda v: v == 0 or abs(v) > 1e-6)


@given(st.lists(numbers, min_size=1, max_size=5), st.integers(2, 9), st.booleans())
def test_ticks_hold_the_values_evenly_and_are_few(values: list[float], most: int, zero: bool) -> None:  # noqa: FBT001
    at = scale.ticks(min(values), max(values), most, zero=zero)
    step = at[1] - at[0]
    assert at[0] <= min(values) + step * 1e-6
    assert at[-1] >= max(values) - step * 1e-6
    assert 2 <= len(at) <= most + 1
    assert all(math.isclose(b - a, step, rel_tol=1e-6) for a, b in pairwise(at))
    if zero:
        assert 0.0 in at


@given(numbers, st.integers(2, 9))
def test_tick_texts_say_what_they_stand_at(high: float, most: int) -> None:
    at = scale.ticks(0, high, most)
    said = [float(t.replace(",", "").replace("−", "-")) for t in scale.tick_texts(at)]
    assert said == pytest.approx(at, rel=1e-6)
    assert len(set(said)) == len(at)


def test_signs_of_ticks() -> None:
    assert scale.tick_texts((-2.5, 0.0, 2.5), sign=True) == ("−2.5", "0", "+2.5")
    assert scale.ticks(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "end"), [("2026Q2", 2026.5), ("2026-12", 2027.0), ("2026", 2027.0), ("2026-07-02", 2026 + 183 / 365.25)]
)
def test_stocks_stand_at_the_end_and_flows_in_the_middle(text: str, end: float) -> None:
    period = Period.parse(text)
    assert scale.end(period) == pytest.approx(end)
    assert scale.middle(period) == pytest.approx((scale.start(period) + scale.end(period)) / 2)


@given(st.floats(1990, 2025), st.floats(3, 60), st.floats(40, 400))
def test_labels_of_years_never_touch(first: float, span: float, points: float) -> None:
    limits = (first, first + span)
    named = [when for when, text in scale.years(limits, points, 15, short=False) if text]
    assert all((b - a) * points / span >= 15 for a, b in pairwise(named))


# ---------------------------------------------------------------- text
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(5, 12)), min_size=1, max_size=7))
def test_labels_spread_without_touching_and_only_as_far_as_needed(items: list[tuple[float, float]]) -> None:
    wanted, heights = [w for w, _ in items], [h for _, h in items]
    at = spread(wanted, heights, 0, 100)
    placed = sorted(zip(at, heights, strict=True))
    for (a, tall), (b, other) in pairwise(placed):
        assert b - a >= (tall + other) / 2 - 1e-6
    assert placed[0][0] - placed[0][1] / 2 >= -1e-6
    assert placed[-1][0] + placed[-1][1] / 2 <= max(100, sum(heights)) + 1e-6
    if len(items) == 1 and heights[0] / 2 <= wanted[0] <= 100 - heights[0] / 2:
        assert at == pytest.approx(wanted)


def test_a_headline_is_balanced() -> None:
    use_fonts(folder())
    rows = wrap("Foreigners bought a net $1.82tn of American securities in a year", 200, 9.5, 700, balance=True)
    wide = [width(row, 9.5, 700) for row in rows]
    assert len(rows) == 2
    assert max(wide) <= 200
    assert max(wide) - min(wide) < 60


def test_figures_are_of_one_width() -> None:
    use_fonts(folder())
    assert {round(width(digit * 4), 3) for digit in "0123456789"} == {round(width("0000"), 3)}
    assert width("−") == pytest.approx(width("0"), rel=0.02)


@pytest.mark.parametrize(
    ("segment", "meets"),
    [
        ((0, 5, 20, 5), True),
        ((0, 0, 20, 10), True),
        ((0, 20, 20, 20), False),
        ((12, -9, 12, 30), True),
        ((30, 0, 40, 9), False),
    ],
)
def test_a_note_knows_what_it_would_cover(segment: tuple[float, float, float, float], meets: bool) -> None:  # noqa: FBT001
    assert touches(Box("", 5, 2, 15, 8), segment) is meets
