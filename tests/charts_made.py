"""A chart of each kind, of made series: waves, some with a hole, a backfilled stretch, a change of vintage."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from reporter.charts import Cut
from reporter.model import plots as p
from reporter.model.periods import Period, Window

DAY = date(2026, 10, 10)
QUARTER, MONTH, TRADING = Period.parse("2016Q1"), Period.parse("2019-01"), Period.parse("2024-01-01")
WORDS = p.Words(
    "made",
    "A made line rises to a made record, and its share does not follow",
    "Made series, end of period",
    "Source: Bureau of Made Figures, as published on 10 October 2026",
    "Made lines.",
)


def wave(  # noqa: PLR0913 -- a wave has as many parts
    name: str, first: Period, count: int, level: float, swing: float, *, slope: float = 0.0, mixed: bool = False
) -> p.Line:
    """A line of `count` values round a level; `mixed` gives it a hole, a backfilled stretch and an older vintage."""
    points = []
    for i in range(count):
        older = mixed and i < count // 3
        if not (mixed and i == count // 2):
            value = level + swing * math.sin(i * 0.3) + slope * i
            points.append(p.Point(first + i, value, date(2026, 1, 1) if older else DAY, older))
    return p.Line(name, tuple(points))


def trace(title: str, line: p.Line, *, ring: bool = True, zero: bool = True) -> p.Trace:
    """A line with a panel to itself, its last value at the end and its largest ringed."""
    most = max(line.points, key=lambda point: abs(point.value))
    record = p.Record(most.period, label(most.value, f", {most.period}")) if ring else None
    return p.Trace(title, line, label(line.values[-1]), record, (), zero)


def label(value: float, more: str = "") -> p.Label:
    return p.Label(f"{value:,.1f}{more}".replace("-", "−"), "made.fact")


def parts(first: Period, count: int, *levels: float) -> tuple[p.Part, ...]:
    names = ("Portfolio", "Direct", "Other", "Reserves")
    made = [wave(name, first, count, level, level / 6) for name, level in zip(names, levels, strict=False)]
    return tuple(p.Part(line, label(line.values[-1], f" {line.name}")) for line in made)


def charts() -> Iterator[tuple[str, p.Plot, Cut]]:
    """Every kind, by name, in the cut that the briefing sets it in."""
    level, share = wave("net", QUARTER, 42, -12, 2, slope=-0.3, mixed=True), wave("share", QUARTER, 42, -50, 12)
    yield (
        "net-position",
        p.NetPosition(trace("Net position, $ trillion", level), trace("As a share, %", share)),
        Cut.FULL,
    )
    sides = (p.Side(name, parts(QUARTER, 42, *some), label(sum(some))) for name, some in SIDES.items())
    yield "sheet", p.Sheet(*sides), Cut.FULL
    yield "bridge", bridge(), Cut.HALF
    held, cost = wave("held", MONTH, 90, 900, 200, slope=-3), wave("yield", MONTH, 90, 3, 1.2)
    stretch = p.Stretch(Window(MONTH + 8, MONTH + 70), p.Label("−18%", "a"), p.Label("+1.1 points", "b"))
    yield "holder-and-yield", p.HolderAndYield(trace("Holdings", held), trace("Yield, %", cost), stretch), Cut.HALF
    dollar, daily = wave("dollar", TRADING, 300, 120, 6), wave("daily", TRADING, 300, 4, 0.8)
    yield (
        "yields",
        p.Yields(trace("Index", dollar, ring=False, zero=False), trace("Yield, %", daily, ring=False)),
        Cut.HALF,
    )
    yield (
        "trend",
        p.Trend(trace("Holdings, $ billion", wave("held", MONTH, 90, 400, 90, slope=4, mixed=True))),
        Cut.FULL,
    )
    yield "movers", movers(), Cut.FULL
    yield "small-multiples", small_multiples(), Cut.FULL
    yield "regions", regions(), Cut.HALF
    some, balance = parts(QUARTER, 42, -290, 90, -46), wave("Balance", QUARTER, 42, -246, 41)
    year = trace("Sum over a year", wave("year", QUARTER + 3, 39, -940, 120))
    slump = Window(QUARTER + 16, QUARTER + 18)
    yield "account", p.Account("By quarter", some, p.Part(balance, p.Label("Balance −246")), year, (slump,)), Cut.FULL
    sums = p.Trace("Sum over a year", wave("year", MONTH + 61, 29, 1500, 150, slope=8), p.Label("1,825"))
    broken = p.Break(MONTH + 49, "older survey", "newer survey")
    yield "purchases", p.Purchases(parts(MONTH, 90, 60, -40, 50, 10), sums, broken, "no full year yet"), Cut.FULL


SIDES = {"Assets abroad": (20.0, 15.0, 9.0, 1.2), "Liabilities": (40.0, 15.0, 12.0, 2.1)}
NAMES = ("Japan", "United Kingdom", "China", "Belgium", "Cayman Islands", "Luxembourg", "Canada", "Ireland")


def bridge() -> p.Bridge:
    rows = ((-357.0, -267.0), (-277.0, 444.0), (-256.0, 861.0), (-372.0, -780.0))
    steps = tuple(p.Step(QUARTER + i, row, tuple(map(label, row))) for i, row in enumerate(rows))
    kinds = ("Transactions", "Prices, exchange rates, other")
    return p.Bridge(kinds, p.Label("Start: −21.4"), steps, -1004, label(-1004), "Change", p.Label("End: −22.4"))


def movers() -> p.Movers:
    rows = []
    for i, name in enumerate(NAMES):
        then, bought, price = 1200.0 - 130 * i, 130.0 - 34 * i, -70.0 + 22 * i
        now = then + bought + price + 12
        rows.append(p.Mover(name, then, now, (bought, price, 12.0), label(now - then)))
    heads = ("Holdings", "Apr 2025", "Apr 2026", "Change by cause", ("Net purchases", "Valuation", "Other"), "Change")
    return p.Movers(tuple(rows), *heads)


def small_multiples() -> p.SmallMultiples:
    panels = []
    for i, name in enumerate(NAMES):
        line = wave(name, MONTH, 90, 900 - 90 * i, 40 + 12 * i, slope=1.5 - i * 0.6, mixed=i == 1)
        panels.append(p.Small(name, line, label(line.values[0]), label(line.values[-1])))
    return p.SmallMultiples(tuple(panels))


def regions() -> p.Regions:
    held = (
        ("All", 17.7, 20.0),
        ("Shares", 11.2, 12.0),
        ("Treasury bonds and notes", 3.1, 4.7),
        ("Agency bonds", 0.3, 1.1),
    )
    rows = tuple(p.Region(name, a, b, label(a), label(b), p.Label(f"{100 * a / (a + b):.0f}%")) for name, a, b in held)
    return p.Regions("Ours", "The rest", "Our share", rows)
