"""What is drawn: nothing clips or collides whatever the series, every datum stands where its value says."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporter.charts import Cut, Drawing, Picture, draw, output, png
from reporter.charts.style import FADED, MM, NAVY, SMALL
from reporter.model import plots as p
from reporter.model.periods import Period, Window
from tests import svg_paths

WORDS = p.Words(
    "net",
    "The world’s net stake in America is a record $22.4tn, but not as a share of GDP",
    "US net international investment position, end of quarter",
    "Source: Bureau of Economic Analysis; FRED. Figures as published on 10 October 2026; GDP at annual rate",
    "Two line charts & a <mark>.",
)
QUARTER, MONTH, DAY = Period.parse("2019Q3"), Period.parse("2020-11"), Period.parse("2025-03-03")
NAMES = ("Portfolio", "Direct", "Other", "Derivatives", "Reserves", "Cayman Islands", "Saudi Arabia", "Luxembourg")
SVG = "{http://www.w3.org/2000/svg}"

amounts = st.one_of(st.just(0.0), st.floats(-9e4, 9e4), st.floats(-3, 3), st.integers(-400, 400).map(float))
positive = amounts.map(abs)
cuts = st.sampled_from(list(Cut))


def label(value: float, more: str = "") -> p.Label:
    return p.Label(f"{value:,.1f}{more}".replace("-", "−"), "a.fact")


@st.composite
def lines(
    draw_: st.DrawFn, name: str = "Total", first: Period = QUARTER, values: st.SearchStrategy[float] = amounts
) -> p.Line:
    """A line with holes, changes of vintage and backfilled stretches."""
    path = date(2026, 1, 1)
    points: list[p.Point] = []
    for i, value in enumerate(draw_(st.lists(values, min_size=1, max_size=16))):
        kind = draw_(st.sampled_from("ssssssssmvb"))
        if kind == "v":
            path = date(2026, 1, 1 + i)
        if kind != "m" or not points:
            points.append(p.Point(first + i, value, path, kind == "b"))
    return p.Line(name, tuple(points))


@st.composite
def traces(
    draw_: st.DrawFn, first: Period = QUARTER, *, zero: bool = True, values: st.SearchStrategy[float] = amounts
) -> p.Trace:
    line = draw_(lines(first=first, values=values))
    point = draw_(st.sampled_from(line.points))
    ring = p.Record(point.period, label(point.value, f", {point.period}"))
    end = label(line.points[-1].value, "tn\n2026 Q2,\nthe record")
    return p.Trace("Net position, $ trillion", line, end, draw_(st.none() | st.just(ring)), (), zero)


@st.composite
def parts(draw_: st.DrawFn, count: int, first: Period = QUARTER) -> tuple[p.Part, ...]:
    made = [draw_(lines(name, first)) for name in NAMES[:count]]
    return tuple(p.Part(line, label(line.points[-1].value, f" {line.name}")) for line in made)


stretches = st.builds(
    p.Stretch,
    st.just(Window(QUARTER + 2, QUARTER + 7)),
    st.just(p.Label("−18%", "a")),
    st.just(p.Label("−2.1 points", "b")),
)
sides = st.builds(p.Side, st.just("US-owned assets abroad"), st.integers(1, 5).flatmap(parts), amounts.map(label))
steps = st.lists(st.tuples(amounts, amounts), min_size=1, max_size=5).map(
    lambda rows: tuple(p.Step(QUARTER + i, row, tuple(map(label, row))) for i, row in enumerate(rows))
)
movers = st.lists(st.tuples(positive, positive, amounts, amounts, amounts), min_size=1, max_size=8).map(
    lambda rows: tuple(
        p.Mover(NAMES[i], then, now, (a, b, c), label(now - then)) for i, (then, now, a, b, c) in enumerate(rows)
    )
)
panels = st.lists(lines(first=MONTH, values=positive), min_size=1, max_size=8).map(
    lambda some: tuple(
        p.Small(NAMES[i], line, label(line.values[0]), label(line.values[-1])) for i, line in enumerate(some)
    )
)
regions = st.lists(st.tuples(positive, positive), min_size=1, max_size=5).map(
    lambda rows: tuple(
        p.Region(NAMES[i], a, b, label(a), label(b), p.Label(f"{i * 20}%")) for i, (a, b) in enumerate(rows)
    )
)
slump = Window(QUARTER + 1, QUARTER + 3)
broken = p.Break(MONTH + 5, "Old survey", "New survey")

SPECS: dict[str, st.SearchStrategy[Any]] = {
    "net position": st.builds(p.NetPosition, traces(), traces()),
    "sheet": st.builds(p.Sheet, sides, sides),
    "bridge": st.builds(
        lambda some, total: p.Bridge(
            ("Transactions", "Prices, exchange rates, other"),
            p.Label("2025 Q2: −$21.42tn"),
            some,
            total,
            label(total),
            "Year",
            p.Label("2026 Q2: −$22.42tn"),
        ),
        steps,
        amounts,
    ),
    "holder": st.builds(
        lambda a, b, stretch: p.HolderAndYield(a, b, stretch, (p.Break(QUARTER + 2, "", "Survey revised"),)),
        traces(),
        traces(),
        st.none() | stretches,
    ),
    "yields": st.builds(p.Yields, traces(DAY, zero=False), traces(DAY)),
    "trend": st.builds(p.Trend, traces(MONTH)),
    "movers": st.builds(
        lambda rows: p.Movers(
            rows,
            "Holdings, $ billion",
            "Apr 2025",
            "Apr 2026",
            "Change over 12 months, $ billion",
            ("Net purchases", "Valuation", "Other"),
            "Total",
        ),
        movers,
    ),
    "small multiples": st.builds(p.SmallMultiples, panels),
    "regions": st.builds(lambda rows: p.Regions("Europe", "Rest of the world", "Europe’s share", rows), regions),
    "account": st.builds(
        lambda some, line, year: p.Account("By quarter", some, p.Part(line, p.Label("Balance −246")), year, (slump,)),
        st.integers(1, 4).flatmap(parts),
        lines("Balance"),
        traces(),
    ),
    "purchases": st.builds(
        lambda some, year: p.Purchases(some, year, broken, "no full year yet"),
        st.integers(1, 4).flatmap(lambda count: parts(count, MONTH)),
        traces(MONTH),
    ),
}


def faults(drawing: Drawing) -> list[str]:
    """Texts that leave the figure or cover one another by more than a hair."""
    wide, tall = drawing.width_mm * MM, drawing.height_mm * MM
    out = [f"clipped: {b}" for b in drawing.boxes if b.x0 < -2 or b.x1 > wide + 0.5 or b.y0 < 0 or b.y1 > tall]
    return out + [f"{a} over {b}" for a, b in combinations(drawing.boxes, 2) if a.overlaps(b, -0.2)]


@pytest.mark.parametrize("kind", SPECS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_no_text_clips_or_collides_whatever_the_series(kind: str, data: st.DataObject) -> None:
    drawing = draw(data.draw(SPECS[kind]), WORDS, data.draw(cuts))
    assert not faults(drawing)
    assert {t.kind for t in drawing.texts} >= {"head", "unit", "source"}


@pytest.mark.parametrize("kind", SPECS)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_text_is_listed_and_every_listed_text_is_set(kind: str, data: st.DataObject) -> None:
    drawing = draw(data.draw(SPECS[kind]), WORDS, data.draw(cuts))
    root = ET.fromstring(drawing.svg)  # noqa: S314 -- our own
    printed = ["".join(node.itertext()).strip() for node in root.iter(f"{SVG}text")]
    listed = [text.text for text in drawing.texts]
    assert sorted(" ".join(printed).split()) == sorted(" ".join(listed).split())
    assert len(printed) == len(drawing.boxes)


def line_of(*values: float, name: str = "net", first: str = "2024Q1") -> p.Line:
    start = Period.parse(first)
    return p.Line(name, tuple(p.Point(start + i, v, date(2026, 10, 10)) for i, v in enumerate(values)))


def net_position(line: p.Line) -> p.NetPosition:
    trace = p.Trace("Net position, $ trillion", line, p.Label("−$22.4tn\n2026 Q2", "niip.net"))
    share = p.Trace("As a share of GDP, %", line_of(-70.0, -73.9, -68.9, name="share"), p.Label("−68.9%"))
    return p.NetPosition(trace, share)


def strokes(drawing: Drawing, color: str) -> list[list[tuple[float, float]]]:
    """The polylines drawn in a colour, read back from the SVG."""
    pattern = re.compile(r'<path d="([^"]*)"[^>]*?style="[^"]*stroke: ' + color.lower())
    return [line for path in pattern.findall(drawing.svg.replace("\n", " ")) for line in svg_paths.lines(path)]


def test_a_line_stands_where_its_values_say() -> None:
    values = (-20.0, -22.0, -21.0, -24.0)
    drawing = draw(net_position(line_of(*values)), WORDS)
    marks = [m for m in drawing.marks if m.name == "net"]
    assert [m.value for m in marks] == list(values)
    scale = (marks[1].y - marks[0].y) / (values[1] - values[0])
    for mark in marks:
        assert mark.y - marks[0].y == pytest.approx(scale * (mark.value - values[0]))
    assert len({round(b.x - a.x, 6) for a, b in pairwise(marks)}) == 1
    (drawn,) = [s for s in strokes(drawing, NAVY) if len(s) == len(values)]
    assert [x for x, _ in drawn] == pytest.approx([m.x for m in marks], abs=0.1)
    assert [y for _, y in drawn] == pytest.approx([m.y for m in marks], abs=0.1)


def test_no_line_crosses_a_change_of_vintage_or_a_missing_quarter() -> None:
    old, new, first = date(2026, 3, 25), date(2026, 10, 10), Period.parse("2024Q1")
    paths = {0: old, 1: old, 2: new, 3: new, 4: new, 6: new, 7: new}
    points = tuple(p.Point(first + i, -20.0 - i * i, path) for i, path in paths.items())
    drawn = [s for s in strokes(draw(net_position(p.Line("net", points)), WORDS), NAVY) if len(s) > 1]
    assert sorted(len(s) for s in drawn) == [2, 2, 3]


def test_a_backfilled_stretch_is_lighter() -> None:
    points = tuple(p.Point(Period.parse("2024Q1") + i, -20.0 - i * i, date(2026, 10, 10), i < 3) for i in range(6))
    drawing = draw(net_position(p.Line("net", points)), WORDS)
    assert [len(s) for s in strokes(drawing, FADED[NAVY])] == [4]
    assert [len(s) for s in strokes(drawing, NAVY) if len(s) > 1] == [3]


def test_releases_each_of_its_own_day_are_dots() -> None:
    points = tuple(p.Point(Period.parse("2024Q1") + i, -20.0 - i, date(2026, 1, 1 + i)) for i in range(6))
    drawing = draw(net_position(p.Line("net", points)), WORDS)
    assert not [s for s in strokes(drawing, NAVY) if len(s) == 2]
    assert drawing.svg.count("<use") >= len(points)


def test_bars_are_as_tall_as_their_values_and_pile_up_from_zero() -> None:
    flows = {"Goods": (-290.0, -300.0), "Services": (90.0, 100.0), "Income": (-40.0, 20.0)}
    lines_ = [line_of(*values, name=name) for name, values in flows.items()]
    some = tuple(p.Part(line, p.Label(f"{line.name} {line.values[-1]:.0f}")) for line in lines_)
    year = p.Trace("Sum of four quarters", line_of(-943.0, -900.0, name="year"), p.Label("−$900bn"))
    spec = p.Account("By quarter", some, p.Part(line_of(-240.0, -180.0, name="balance"), p.Label("Balance −180")), year)
    bars = {(m.name, m.value): m for m in draw(spec, WORDS).marks if m.base is not None}
    heights = {value: (m.base or 0) - m.y for (_, value), m in bars.items()}
    unit = heights[100.0] / 100
    assert heights == {value: pytest.approx(unit * value) for value in heights}
    zero = bars["Goods", -290.0].base
    assert zero == bars["Services", 90.0].base
    assert bars["Income", -40.0].base == pytest.approx(bars["Goods", -290.0].y)
    assert bars["Income", 20.0].base == pytest.approx(bars["Services", 100.0].y)


def test_a_bridge_starts_at_zero_and_each_bar_where_the_last_ended() -> None:
    rows = ((-357.0, -267.0), (-277.0, 444.0))
    some = tuple(p.Step(QUARTER + i, row, tuple(map(label, row))) for i, row in enumerate(rows))
    spec = p.Bridge(("Transactions", "Other"), p.Label("start"), some, -457.0, label(-457), "Year", p.Label("end"))
    bars = [m for m in draw(spec, WORDS, Cut.HALF).marks if m.base is not None]
    assert [m.value for m in bars] == [-357, -267, -277, 444, -457]
    assert [m.base for m in bars[1:4]] == [pytest.approx(m.y) for m in bars[:3]]
    assert bars[-1].y == pytest.approx(bars[3].y)
    assert bars[-1].base == bars[0].base


def test_full_charts_keep_the_heights_the_pages_are_packed_with() -> None:
    spec = net_position(line_of(-20.0, -22.0))
    assert (draw(spec, WORDS).width_mm, 82 <= draw(spec, WORDS).height_mm <= 88) == (170, True)
    assert (draw(spec, WORDS, Cut.HALF).width_mm, draw(spec, WORDS, Cut.HALF).height_mm <= 94) == (82, True)
    assert draw(spec, WORDS, Cut.NARROW).width_mm == 86


def test_the_svg_is_accessible_and_carries_nothing_of_the_day() -> None:
    svg = draw(net_position(line_of(-20.0, -22.0)), WORDS).svg
    root = ET.fromstring(svg)  # noqa: S314 -- our own
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == WORDS.headline
    assert root.findtext(f"{SVG}desc") == WORDS.alt
    assert not re.search(r"metadata|matplotlib|rdf:|\d\.\d{2,}[ \"]", svg.partition(">")[2])
    assert all(float(size) >= SMALL for size in re.findall(r"font(?:-size)?: (?:\d+ )?([\d.]+)px", svg))


def test_two_cuts_can_stand_on_one_page() -> None:
    spec = net_position(line_of(-20.0, -22.0, -21.0))
    ids = [re.findall(r'id="([^"]+)"', draw(spec, WORDS, cut).svg) for cut in (Cut.FULL, Cut.NARROW)]
    assert ids[0]
    assert all(name.startswith("net") for name in ids[0])
    assert not set(ids[0]) & set(ids[1])


def test_every_reference_has_its_target() -> None:
    svg = draw(net_position(line_of(-20.0, -22.0, -21.0)), WORDS).svg
    targets, used = set(re.findall(r'id="([^"]+)"', svg)), set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert used
    assert used <= targets


def test_the_same_chart_has_the_same_bytes_in_another_process() -> None:
    code = (
        "from datetime import date; from reporter.charts import draw; from reporter.model import plots as p;"
        "from reporter.model.periods import Period; import hashlib;"
        "line = p.Line('a', tuple(p.Point(Period.parse('2024-01') + i, float(i), date(2026, 1, 1)) for i in range(9)));"
        "spec = p.Trend(p.Trace('T', line, p.Label('8')));"
        "print(hashlib.sha256(draw(spec, p.Words('k', 'h', 'u', 's', 'a')).svg.encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_a_picture_has_the_size_asked_for() -> None:
    picture = png(net_position(line_of(-20.0, -22.0)), WORDS, Cut.NARROW, scale=1)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == pytest.approx(86 / 25.4 * 96, abs=1)


def test_a_card_has_the_size_that_networks_show_and_tells_what_is_written_on_it() -> None:
    spec = net_position(line_of(-20.0, -22.0, -24.0))
    card = output.card(spec, WORDS, Cut.CARD)
    assert (card.width, card.height) == (1200, 630)
    assert tuple(int.from_bytes(card.png[at : at + 4], "big") for at in (16, 20)) == (1200, 630)
    assert WORDS.headline in {text.text for text in card.texts}
    assert output.card(spec, WORDS, Cut.CARD) == card
    assert Picture.from_json(card.to_json()) == card


def test_a_mails_picture_is_twice_its_column_and_tells_what_is_written_on_it() -> None:
    spec = net_position(line_of(-20.0, -22.0))
    picture = output.picture(spec, WORDS, Cut.MAIL)
    size = tuple(int.from_bytes(picture.png[at : at + 4], "big") for at in (16, 20))
    assert size == (picture.width, picture.height)
    assert picture.width == 1072
    assert picture.png[25] == 3  # a palette: https://www.w3.org/TR/png-3/#11IHDR
    assert picture == output.picture(spec, WORDS, Cut.MAIL)
    assert picture.texts == draw(spec, WORDS, Cut.MAIL).texts


def test_specifications_refuse_what_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        p.Point(QUARTER, float("nan"), date(2026, 1, 1))
    with pytest.raises(ValueError, match="follows"):
        p.Line("a", (p.Point(QUARTER, 1, date(2026, 1, 1)), p.Point(QUARTER, 1, date(2026, 1, 1))))
    with pytest.raises(ValueError, match="kinds"):
        p.Bridge(("one",), label(0), (p.Step(QUARTER, (1, 2), (label(1), label(2))),), 3, label(3), "Year", label(3))
