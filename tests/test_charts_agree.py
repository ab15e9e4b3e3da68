"""Charts agree with the text: what was drawn is read back from the SVG and held against the facts.

The reader knows nothing of how a chart is drawn. It takes the tick labels as they are printed for the scale, the
strokes and boxes of the file for the data, and asks of each figure in a headline or an alt text where it stands.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from math import hypot

import pytest

from reporter import briefing, build, publish, store
from reporter.charts import Drawing, Mark, draw
from reporter.claims import Claim
from reporter.expr import Apply
from reporter.facts import Fact, Said
from reporter.model import plots
from reporter.resources import templates_folder
from reporter.tree import ChartBlock, FactLeaf, Judged, Line, charts, plain, walk

DAYS = (date(2026, 2, 6), date(2026, 11, 22))
SVG = "{http://www.w3.org/2000/svg}"
PIXEL = 0.16  # points: what the file's rounding to a tenth may shift a stroke, and its tick, together
SCALES = (1.0, 1e9, 1e12)
# What words may say without its being drawn: the sum of which the panels show the largest holders; a day of the week
# before, of which the line shows the last trading day.
UNDRAWN = {"holders.total", "markets.dollar.year_before", "markets.treasury_10y.year_before"}
HAIR = 1.3  # points: a bar that is shorter is not cut free of its neighbours
_TOKEN = re.compile(r"[a-zA-Z]|-?\d*\.?\d+")
_NUMBER = re.compile(r"[−+]?[\d,]+(?:\.\d+)?")


@dataclass(frozen=True)
class Shown:
    """A chart of the shipped briefing: its words, what was to be drawn, and what was."""

    block: ChartBlock
    spec: plots.Plot
    drawing: Drawing

    @property
    def headline(self) -> Line:
        return self.block.words["headline"]

    @property
    def key(self) -> str:
        return self.block.key


@dataclass(frozen=True)
class Scale:
    """An axis as its printed ticks define it: points to values."""

    ticks: tuple[tuple[float, float], ...]  # place in points, value

    def value(self, at: float) -> float:
        (a, low), (b, high) = self.ticks[0], self.ticks[-1]
        return low + (at - a) / (b - a) * (high - low)

    @property
    def tolerance(self) -> float:
        (a, low), (b, high) = self.ticks[0], self.ticks[-1]
        return abs((high - low) / (b - a)) * PIXEL

    def holds(self, at: float) -> bool:
        places = [place for place, _ in self.ticks]
        return min(places) - PIXEL <= at <= max(places) + PIXEL


@cache
def shown(day: date) -> tuple[Shown, ...]:
    chosen = briefing.load("sell-america")
    built = build.build(chosen, store.snapshot(day, chosen.needs), [templates_folder()])
    blocks = [block for section in built.edition.sections for block in charts(section.blocks)]
    jobs = [(block, next(iter(publish._jobs(built.charts[block.key], block)))) for block in blocks]  # noqa: SLF001
    return tuple(Shown(block, job.spec, draw(job.spec, job.words, job.cut)) for block, job in jobs)


# ---------------------------------------------------------------- reading the file
def vertices(drawing: Drawing) -> set[tuple[float, float]]:
    """Every corner and point of every stroke and box, and the centre of every dot, in points from the top left."""
    root = ET.fromstring(drawing.svg)  # noqa: S314 -- our own
    marks = {path for defs in root.iter(f"{SVG}defs") for path in defs.iter(f"{SVG}path")}
    found = {point for path in root.iter(f"{SVG}path") if path not in marks for point in _trace(path.attrib["d"])}
    return found | {
        (float(dot.attrib["x"]), float(dot.attrib["y"])) for dot in root.iter(f"{SVG}use") if "x" in dot.attrib
    }


def _trace(d: str) -> Iterator[tuple[float, float]]:
    """The points of a path of m, l, h, v and z, absolute or relative."""
    tokens = iter(_TOKEN.findall(d))
    x = y = 0.0
    start, command = (0.0, 0.0), ""
    for token in tokens:
        number = token
        if token.isalpha():
            command = token
            if command in "zZ":
                x, y = start
                continue
            number = next(tokens)
        base_x, base_y = (x, y) if command.islower() else (0.0, 0.0)
        if command in "hH":
            x = base_x + float(number)
        elif command in "vV":
            y = base_y + float(number)
        else:
            assert command in "mMlL", f"a curve among the strokes: {command}"
            x, y = base_x + float(number), base_y + float(next(tokens))
        if command in "mM":
            start, command = (x, y), "l" if command == "m" else "L"
        yield x, y


def texts(drawing: Drawing) -> list[tuple[float, float, str, str]]:
    """x, y, anchor and words of every text in the file."""
    root = ET.fromstring(drawing.svg)  # noqa: S314 -- our own
    rows = []
    for text in root.iter(f"{SVG}text"):
        anchor = re.search(r"text-anchor: (\w+)", text.attrib["style"])
        words = "".join(text.itertext())
        rows.append((float(text.attrib["x"]), float(text.attrib["y"]), anchor[1] if anchor else "start", words))
    return rows


def number(text: str) -> float | None:
    return float(text.replace("−", "-").replace(",", "")) if _NUMBER.fullmatch(text) else None


def axes(drawing: Drawing, *, upright: bool = True) -> list[Scale]:
    """The scales printed up the left edges, or along the foot: runs of ticks that stand in line and in order."""
    ticks = {text.text for text in drawing.texts if text.kind == "tick"}
    rows = [row for row in texts(drawing) if row[3] in ticks and (value := number(row[3])) is not None]
    runs: list[list[tuple[float, float]]] = []
    last: tuple[float, float, float] | None = None
    for x, y, anchor, text in rows:
        if anchor != ("start" if upright else "middle"):
            continue
        value = number(text)
        assert value is not None
        along, across = (y + 2, x) if upright else (x, y)  # a tick's words stand two points above their gridline
        risen = last is not None and value > last[1] and abs(across - last[2]) < PIXEL
        in_order = last is not None and (along < last[0] if upright else along > last[0])
        if risen and in_order:
            runs[-1].append((along, value))
        else:
            runs.append([(along, value)])
        last = along, value, across
    return [Scale(tuple(run)) for run in runs if len(run) > 1]


def drawn_at(points: set[tuple[float, float]], y: float, x: float) -> bool:
    return any(abs(py - y) <= PIXEL and abs(px - x) <= PIXEL for px, py in points)


def strokes(drawing: Drawing) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Every stretch of every line and edge, from left to right."""
    root = ET.fromstring(drawing.svg)  # noqa: S314 -- our own
    marks = {path for defs in root.iter(f"{SVG}defs") for path in defs.iter(f"{SVG}path")}
    lines = [list(_trace(path.attrib["d"])) for path in root.iter(f"{SVG}path") if path not in marks]
    return [(min(a, b), max(a, b)) for line in lines for a, b in pairwise(line) if a[0] != b[0]]


def passed(stretches: list[tuple[tuple[float, float], tuple[float, float]]], y: float, x: float) -> bool:
    """Whether a line passes there: a point that stands on it to a tenth is not written."""
    return any(
        abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) <= (PIXEL + 0.1) * hypot(bx - ax, by - ay)
        for (ax, ay), (bx, by) in stretches
        if ax - PIXEL <= x <= bx + PIXEL
    )


# ---------------------------------------------------------------- what stands in a chart
def said(line: Line) -> list[Said]:
    return [leaf.said for leaf in walk(line) if isinstance(leaf, FactLeaf)]


def claims(line: Line) -> list[Claim]:
    return [leaf.claim for leaf in walk(line) if isinstance(leaf, Judged)]


def lines_of(drawing: Drawing) -> dict[str, list[Mark]]:
    """Marks by name and kind, in order of time; a line's last mark is its end."""
    found: dict[str, list[Mark]] = {}
    for mark in drawing.marks:
        found.setdefault(f"{mark.name}{'' if mark.base is None else ' (bars)'}", []).append(mark)
    return {name: sorted(marks, key=lambda mark: mark.x) for name, marks in found.items()}


def readings(one: Shown) -> list[float]:
    """Every value that can be read off the chart: a datum, the distance of two of a line, a stack, a bar's share."""
    groups = list(lines_of(one.drawing).values())
    values = [mark.value for marks in groups for mark in marks]
    values += [marks[-1].value - mark.value for marks in groups for mark in marks[:-1]]
    values += [sum(mark.value for mark in marks) for marks in groups if len(marks) <= 5]
    if isinstance(one.spec, plots.Movers):
        values += [row.now - row.then for row in one.spec.rows]
    if isinstance(one.spec, plots.Purchases):
        values.append(sum(part.line.points[-1].value for part in one.spec.classes))
    if isinstance(one.spec, plots.Sheet):
        sides = (one.spec.assets, one.spec.liabilities)
        values += [sum(part.line.points[-1].value for part in side.layers) for side in sides]
    if isinstance(one.spec, plots.Regions):
        values += [100 * row.ours / (row.ours + row.rest) for row in one.spec.rows]
    return values


def stands(fact: Fact, values: list[float]) -> bool:
    """Whether a value that can be read off is the fact's, to what the fact is known to."""
    value, step = float(fact.value), float(fact.step)
    return any(abs(read * scale - value) <= step + 1e-9 * abs(value) for scale in SCALES for read in values)


# ---------------------------------------------------------------- the tests
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_figures_of_headline_alt_and_labels_stand_in_the_picture(day: date) -> None:
    asked = 0
    for one in shown(day):
        values = readings(one)
        for field in ("headline", "alt"):
            for leaf in said(one.block.words[field]):
                asked += 1
                labels = {text.fact for text in one.drawing.texts}
                told = leaf.fact.id in UNDRAWN or stands(leaf.fact, values)
                told = told or (leaf.fact.id in labels and leaf.fact.id.startswith("niip.net"))  # the bridge's ends
                assert told, f"{one.key} {field}: {leaf.fact.id} ({leaf.text}) is nowhere in the picture"
    assert asked >= 45


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_label_that_prints_a_figure_is_one_of_its_fact(day: date) -> None:
    """The label's words are a field's; the field's figure is the fact that the label names."""
    for one in shown(day):
        fields = [line for name, line in one.block.words.items() if name not in {"headline", "alt"}]
        words = {plain(line) for line in fields}
        for text in (text for text in one.drawing.texts if text.kind == "label" and text.text in words):
            printed = {leaf.fact.id for line in fields if plain(line) == text.text for leaf in said(line)}
            assert printed, f"{one.key}: the label {text.text!r} prints no fact"
            assert text.fact in printed, f"{one.key}: the label {text.text!r} names {text.fact!r}, not {printed}"


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_label_at_a_lines_end_prints_what_the_line_ends_at(day: date) -> None:
    """Read off the page: where the last point stands on the printed scale is what its label says."""
    checked = 0
    for one in shown(day):
        scales, points = axes(one.drawing), vertices(one.drawing)
        for name, marks in lines_of(one.drawing).items():
            end = marks[-1]
            scale = next((scale for scale in scales if scale.holds(end.y)), None)
            if end.base is not None or scale is None or isinstance(one.spec, plots.Movers):
                continue
            assert drawn_at(points, end.y, end.x), f"{one.key}: nothing is drawn where {name} ends"
            assert abs(scale.value(end.y) - end.value) <= scale.tolerance, f"{one.key}: {name} ends elsewhere"
            checked += 1
    assert checked >= 9


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_datum_stands_inside_its_axis(day: date) -> None:
    """The limits printed hold every point drawn: nothing is cut off, nothing stands beside the scale."""
    for one in shown(day):
        scales = axes(one.drawing)
        for mark in one.drawing.marks:
            if isinstance(one.spec, plots.Movers | plots.Regions):
                continue
            scale = next((scale for scale in scales if scale.holds(mark.y)), None)
            assert scale, f"{one.key}: {mark} stands on no scale"


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_bars_start_at_zero_or_where_another_ends(day: date) -> None:
    bars = 0
    for one in shown(day):
        flat = isinstance(one.spec, plots.Movers | plots.Regions)
        scales = axes(one.drawing, upright=not flat)
        zeros = [0.0] if isinstance(one.spec, plots.Regions) else [_zero(scale) for scale in scales]
        ends = [mark.x if flat else mark.y for mark in one.drawing.marks if mark.base is not None]
        for mark in (mark for mark in one.drawing.marks if mark.base is not None):
            assert mark.base is not None
            starts = [*zeros, *ends]
            assert min(abs(mark.base - at) for at in starts) <= PIXEL, f"{one.key}: {mark} starts from nowhere"
            bars += 1
        bases = [mark.base for mark in one.drawing.marks if mark.base is not None]
        assert not bases or any(abs(base - zero) <= PIXEL for base in bases for zero in zeros), one.key
    assert bars >= 100


def _zero(scale: Scale) -> float:
    places = [place for place, value in scale.ticks if value == 0]
    return places[0] if places else float("inf")


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_bars_length_is_its_value(day: date) -> None:
    """Its two ends on the printed scale, or against the longest where no scale is printed."""
    for one in shown(day):
        bars = [mark for mark in one.drawing.marks if mark.base is not None]
        if isinstance(one.spec, plots.Regions):
            per = {round((mark.x - (mark.base or 0)) / mark.value, 6) for mark in bars}
            assert len(per) == 1, f"{one.key}: bars of more than one scale: {per}"
            continue
        flat = isinstance(one.spec, plots.Movers)
        scales = axes(one.drawing, upright=not flat)
        for mark in bars:
            assert mark.base is not None
            end = mark.x if flat else mark.y
            scale = next((scale for scale in scales if scale.holds(end) and scale.holds(mark.base)), None)
            assert scale, f"{one.key}: {mark} stands on no scale"
            read = scale.value(end) - scale.value(mark.base)
            assert abs(read - mark.value) <= 2 * scale.tolerance, f"{one.key}: {mark} reads {read}"


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_bars_and_points_are_in_the_file(day: date) -> None:
    for one in shown(day):
        points, lines = vertices(one.drawing), strokes(one.drawing)
        flat = isinstance(one.spec, plots.Movers | plots.Regions)
        ys = {round(y, 1) for _, y in points}
        xs = {round(x, 1) for x, _ in points}
        for mark in one.drawing.marks:
            if mark.base is not None and not isinstance(one.spec, plots.Sheet):
                near = xs if flat else ys
                at = mark.x if flat else mark.y
                slit = 0.6  # paper between the bars of a stack
                short = abs(at - mark.base) < HAIR
                assert short or any(abs(at - other) <= slit for other in near), f"{one.key}: {mark} is not in the file"
            else:
                there = drawn_at(points, mark.y, mark.x) or passed(lines, mark.y, mark.x)
                assert there, f"{one.key}: {mark} is not in the file"


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_headlines_direction_is_the_sign_of_the_change(day: date) -> None:
    """Of every judging word in a headline: the data drawn bear it, whatever the claim says of itself."""
    told = 0
    for one in shown(day):
        for claim in claims(one.headline):
            assert claim.holds is True, f"{one.key}: the headline says {claim.id}"
            told += _is_borne_out(one, claim)
    assert told >= 4


def _is_borne_out(one: Shown, claim: Claim) -> bool:
    """Raise AssertionError where what is drawn says otherwise; whether the kind of claim is one that can be seen."""
    where = f"{one.key}: {claim.id}"
    if claim.test in {"rise", "fall"}:
        (change,) = claim.args
        sign = 1 if claim.test == "rise" else -1
        assert sign * float(change.value) > 0, where
        if isinstance(change, Apply) and change.op == "sub":
            now, then = (float(arg.value) for arg in change.args)
            assert sign * (_nearest(one, now) - _nearest(one, then)) > 0, where
        return True
    if claim.test in {"narrowing", "widening"}:
        marks = _line_through(one, float(claim.args[-1].value))
        sizes = [abs(mark.value) for mark in marks]
        run = [b < a if claim.test == "narrowing" else b > a for a, b in pairwise(sizes)][-claim.count :]
        assert all(run), where
        assert len(run) == claim.count, where
        return True
    if claim.test in {"lowest", "highest"} and isinstance(one.spec, plots.NetPosition):
        values = [mark.value for mark in _line_through(one, float(claim.args[0].value))]
        assert values[-1] == (min(values) if claim.test == "lowest" else max(values)), where
        return True
    return False


def _nearest(one: Shown, value: float) -> float:
    """The value drawn that comes nearest."""
    return min(
        (mark.value for mark in one.drawing.marks), key=lambda drawn: min(abs(drawn * s - value) for s in SCALES)
    )


def _line_through(one: Shown, value: float) -> list[Mark]:
    """The line that ends at a value."""
    for name, marks in lines_of(one.drawing).items():
        if "(bars)" not in name and any(abs(marks[-1].value * scale - value) <= 1e-6 * abs(value) for scale in SCALES):
            return marks
    pytest.fail(f"{one.key}: no line ends at {value}")


def test_the_reader_sees_a_shifted_line() -> None:
    """The reader is no rubber stamp: the same SVG with one stroke moved is found out."""
    one = next(one for one in shown(DAYS[1]) if one.key == "niip")
    end = lines_of(one.drawing)["Net position, $ trillion"][-1]
    scale = next(scale for scale in axes(one.drawing) if scale.holds(end.y))
    assert abs(scale.value(end.y) - end.value) <= scale.tolerance
    assert abs(scale.value(end.y + 1) - end.value) > scale.tolerance
    moved = one.drawing.svg.replace(f'y="{end.y:.1f}"', f'y="{end.y + 1:.1f}"')
    elsewhere = Drawing(moved, 0, 0, one.drawing.texts, (), one.drawing.marks)
    dots = {(float(d.attrib["x"]), float(d.attrib["y"])) for d in ET.fromstring(moved).iter(f"{SVG}use")}  # noqa: S314
    assert moved != one.drawing.svg
    assert vertices(elsewhere) != vertices(one.drawing)
    assert not drawn_at(dots, end.y, end.x)
