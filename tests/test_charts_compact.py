"""Fewer bytes, the same picture."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.charts.compact import compact, relative, thinned
from tests.svg_paths import lines

TENTHS = st.integers(-50_000, 50_000).map(lambda n: n / 10)
POINTS = st.lists(st.tuples(TENTHS, TENTHS), min_size=1, max_size=12)


def written(line: list[tuple[float, float]], *, closed: bool = False) -> str:
    """As matplotlib writes it."""
    steps = [f"{'L' if i else 'M'} {x} {y} \n" for i, (x, y) in enumerate(line)]
    return "".join(steps) + ("z\n" if closed else "")


@given(st.lists(st.tuples(POINTS, st.booleans()), min_size=1, max_size=4))
def test_relative_steps_lead_to_the_same_points(drawn: list[tuple[list[tuple[float, float]], bool]]) -> None:
    path = "".join(written(line, closed=closed) for line, closed in drawn)
    assert lines(relative(path)) == [line for line, _ in drawn]


def test_a_curve_stays_as_it_is() -> None:
    curve = "M 0 1 \nC 0 1 2 3 4 5 \nz\n"
    assert relative(curve) == curve


def test_neighbours_of_one_style_become_one_path_and_others_do_not() -> None:
    red, blue = ' style="fill: none; stroke: #f00"', ' style="fill: none; stroke: #00f"'
    filled = ' style="fill: #f00"'
    rows = [(red, 0), (red, 10), (blue, 20), (red, 30), (filled, 40), (filled, 50)]
    svg = "<svg >" + "\n".join(f'<g>\n<path d="M {x} 0 \nL {x} 5 \n"{style}/>\n</g>' for style, x in rows) + "</svg>"
    made = compact(svg)
    assert made.count("<path") == len(rows) - 1
    assert '<path d="m0 0v5m10-5v5"' in made
    assert "<g>" not in made


def test_the_face_is_said_once_where_it_is_one() -> None:
    text = '<text style="font-size: 8px; font-family: \'{}\'; text-anchor: start; fill: #000" x="0">a</text>'
    one, two = text.format("One"), text.format("Two")
    assert compact(f"<svg >{one}{one}</svg>").count("font-family") == 1
    assert compact(f"<svg >{one}{two}</svg>").count("font-family") == 2


@settings(deadline=None)  # a machine may be busy
@given(POINTS, st.floats(0.1, 50))
def test_no_point_left_out_stands_off_what_is_drawn(line: list[tuple[float, float]], tolerance: float) -> None:
    kept = thinned(line, tolerance)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert all(point in line for point in kept)
    for point in line:
        assert min(distance(point, a, b) for a, b in zip(kept, kept[1:] or kept, strict=False)) <= tolerance + 1e-6


def distance(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    """From a stretch, by trying: the stretch is convex, so a ternary search finds the nearest of its points."""
    low, high = 0.0, 1.0

    def off(at: float) -> float:
        x, y = a[0] + at * (b[0] - a[0]), a[1] + at * (b[1] - a[1])
        return float(((point[0] - x) ** 2 + (point[1] - y) ** 2) ** 0.5)

    for _ in range(100):
        third = (high - low) / 3
        low, high = (low, high - third) if off(low + third) < off(high - third) else (low + third, high)
    return off((low + high) / 2)
