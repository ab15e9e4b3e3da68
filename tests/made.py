"""An edition made by hand: every kind of node, every basis, a hostile label; no source and no store behind it."""

from __future__ import annotations

import tempfile
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path

from reporter.charts import Picture
from reporter.claims import Claim
from reporter.expr import Expr, Read, percent, total
from reporter.facts import Fact, Said
from reporter.language.engine import Engine
from reporter.language.handles import Ledger
from reporter.model.observations import Basis, Form, Observation, SeriesInfo, Vintage
from reporter.model.periods import Frequency, Period, Window
from reporter.model.standing import State
from reporter.model.units import USD_BN, USD_MN, Measure, Nature, Unit
from reporter.render.drawn import Drawn
from reporter.rounding import Style
from reporter.tree import Cell, Coverage, Edition, Front, NameLeaf, Row, SectionTree, Table, TakeawayLine, charts, plain

AS_OF = date(2026, 11, 22)
HOSTILE = "<script>alert('label')</script> & \"holder\""

FRONT = """
{% front %}
name: The External Account
tagline: What America owes & owns, month by month
headline: The world’s {{ niip.net | owed | places(1) }} bet on America
  is {% say niip.record %}a record{% endsay %}, but only in dollars
standfirst: Net foreign claims on the United States stood at {{ niip.net | owed }}.
  Set against the economy that carries them they are lighter than in {{ niip.to_gdp.period | year }}.
description: The net position was {{ niip.net }}.
colophon: Composed from official statistics. Snapshot {{ snapshot }}.
{% endfront %}
"""
POSITION = """
{% section %}
title: The net position
short: Net position
{% endsection %}
{% takeaway "niip.level" %}
lead: {% say niip.record %}A record in dollars{% endsay %}

sentence: The United States owed a net {{ niip.net | owed }} at the end of {{ niip.net.period | month }},
  {% say niip.record %}the largest on record at {{ niip.net | owed | places(1) }}{% endsay %} in dollars of the day.
{% endtakeaway %}
::: rail
Net position, {{ niip.net.period | brief }}

{{ niip.net }}

{{ niip.change | signed }} in a year
:::

At the end of {{ niip.net.period | month }} it stood at {{ niip.net | owed }},
{% say niip.record %}the largest on record{% endsay %}; in a year it
{% say niip.change.fell %}fell by {{ niip.change | fell }}{% endsay %}.
{%- note %}Between vintages, so it may hold revisions as well as news.{% endnote %}

A growing economy carries a larger debt more easily. Divided by output the position is
{{ niip.to_gdp | owed }}, and the gap
{% say niip.widening %}widened for a {{ niip.widening.count | nth }} time{% endsay %}.

{% chart "niip" %}
headline: The stake is {{ niip.net | owed | places(1) }}
unit: $ trillion
end: {{ niip.total | tn }}
source: {{ publisher }}
alt: A line that ends at {{ niip.net }}
{% endchart %}

::: commentary
A mass exodus remains unlikely, because there is nowhere of the same size to go.
:::

That is all.
"""
HOLDERS = """
{% section %}
title: Who holds America’s Treasuries
short: Holders
{% endsection %}
::: beside
The old fear was of a single seller. China’s holdings came to {{ holders.china }} in {{ holders.china.period | month }}.

{% chart "china" %}
headline: China holds {{ holders.china }}
unit: $ billion
source: {{ publisher }}
alt: A falling line
{% endchart %}

Others filled the space, and a higher balance is not always a purchase; the 10-year Treasury yield stood still.
:::

::: quote
Europe owns more than the rest of the world combined.

A strategist, in a note to clients
:::

::: measured
Official data put the sum of China’s holdings at {{ holders.sum | bn }}.
:::

{% table "holders" %}
caption: Who holds them
unit: $bn
columns: Holder | {{ holders.china.period | brief }} | Then
note: Counted by custodian, not by *final* owner.
{% endtable %}

### Under a heading

- **One side.** What is owed.
- The other side, in {{ holders.china | places(0) }}.

::: small
In small print.
:::

And here it ends.
"""
SOURCES = """
{% section %}
title: Sources and method
short: Sources
{% endsection %}
- **Bureau of Economic Analysis.** International investment position.

All figures are in the public domain.
"""


def info(code: str, unit: Unit, nature: Nature = Nature.STOCK, *, annualised: bool = False) -> SeriesInfo:
    measure = Measure(unit.kind, nature, Frequency.QUARTER, annualised=annualised)
    link = f"https://fred.stlouisfed.org/series/{code}"
    return SeriesInfo(f"fred:{code}", code, measure, unit, "Bureau of Economic Analysis", "iip", link)


NET = info("IIPUSNETIQ", USD_MN)
GDP = info("GDP", USD_BN, Nature.FLOW, annualised=True)
CHINA = info("CHINA", USD_BN)


def seen(
    series: SeriesInfo, period: str, text: str, known: date = date(2026, 10, 10), basis: Basis = Basis.PUBLISHED
) -> Read:
    """One observation as an expression; a backfilled one comes from a vintage of 18 June 2027."""
    later = basis is Basis.BACKFILLED
    vintage_day = date(2027, 6, 18) if later else known
    vintage = Vintage(
        f"v{vintage_day}", vintage_day, Form.PATH, series.publisher, f"{series.link}?of={vintage_day}&x=1"
    )
    scale = series.unit.scale
    value = Decimal(text)
    step = Decimal(1).scaleb(int(value.as_tuple().exponent) + scale)
    return Read(
        Observation(series, Period.parse(period), value.scaleb(scale), step, known, vintage, vintage_day, basis)
    )


def facts() -> tuple[Fact, ...]:
    latest = Period.parse("2026Q2")
    now, before = seen(NET, "2026Q2", "-22420319"), seen(NET, "2025Q2", "-21416856", date(2026, 6, 26))
    china: Expr = seen(CHINA, "2026Q2", "618.0", basis=Basis.BACKFILLED)
    history = [seen(CHINA, f"202{y}Q{q}", f"6{y}{q}.5", basis=Basis.BACKFILLED) for y in (4, 5) for q in (1, 2, 3, 4)]
    return (
        Fact("niip.net", "Net international investment position", now, latest),
        Fact("niip.change", "Change in a year", now - before, Window.ending(latest, 4)),
        Fact("niip.to_gdp", "Net position as a share of GDP", percent(now, seen(GDP, "2026Q2", "32563.0")), latest),
        Fact("niip.total", "Twice a quarter", total([now, seen(NET, "2026Q1", "-21269088")]), latest),
        Fact("holders.china", HOSTILE, china, latest),
        Fact(
            "holders.sum", "Sum of China’s holdings", total(history), Window.ending(history[-1].observation.period, 8)
        ),
    )


def claims() -> tuple[Claim, ...]:
    path = [seen(NET, p, v) for p, v in (("2025Q4", "-20000000"), ("2026Q1", "-21269088"), ("2026Q2", "-22420319"))]
    return (
        Claim("niip.record", "the largest on record", "lowest", (path[2], path[1], path[0]), ("niip.net",)),
        Claim("niip.widening", "widened", "widening", tuple(path), ("niip.net",)),
    )


def table(held: dict[str, Fact]) -> Table:
    bare = Style(bare=True, scale="bn", places=1)
    china, summed = Cell(Said(held["holders.china"], bare), emphasis=True), Cell(Said(held["holders.sum"], bare))
    rows = (Row(HOSTILE, (china, Cell(None))), Row("All", (summed, summed), "sum"))
    return Table("holders", rows, tinted=frozenset({2}), minor=frozenset({2}))


def made_edition() -> Edition:
    """The edition of a day, from the templates above."""
    held = {fact.id: fact for fact in facts()}
    ledger = Ledger(held, {claim.id: claim for claim in claims()})
    words = {"publisher": NameLeaf("BEA, table 1.1"), "snapshot": NameLeaf("0a1b2c3d")}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in (("front", FRONT), ("niip", POSITION), ("holders", HOLDERS), ("sources", SOURCES)):
            (place / f"{name}.md.j2").write_text(text, encoding="utf-8")
        engine = Engine([place], ledger, {"holders": table(held)}, frozenset({"niip", "china"}), lambda _: ())
        front = engine.write("front.md.j2", words).aside["front", ""]
        written = [(name, engine.write(f"{name}.md.j2", words)) for name in ("niip", "holders", "sources")]
    takeaway = written[0][1].aside["takeaway", "niip.level"]
    return Edition(
        briefing="made",
        as_of=AS_OF,
        snapshot_id="0a1b2c3d",
        front=Front(front),
        takeaways=(TakeawayLine("niip.level", takeaway["lead"], takeaway["sentence"]),),
        sections=tuple(
            SectionTree(name, w.aside["section", ""]["title"], w.aside["section", ""]["short"], w.blocks)
            for name, w in written
        ),
        coverage=(
            Coverage("Net position", Period.parse("2026Q2")),
            Coverage("Treasury holders", Period.parse("2026-07"), State.STALE),
        ),
        facts=held,
        claims=dict(ledger.claims),
        series={series.id: series for series in (NET, GDP, CHINA)},
    )


@dataclass(frozen=True)
class Sketch:
    """A picture that stands for a chart: its headline, in the house's face and colours."""

    svg: str
    width_mm: float
    height_mm: float


def sketch(key: str, words: Iterable[str], width: float, height: float) -> Sketch:
    rows = "".join(f'<text x="0" y="{12 * i}">{escape(row)}</text>' for i, row in enumerate(words, 1))
    size = f'width="{width}mm" height="{height}mm" viewBox="0 0 {width * 2} {height * 2}"'
    style = "font-family: 'Reporter Sans'; font-size: 9px; fill: #0B3050"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{key}-t">'
    return Sketch(f'{svg}<title id="{key}-t">{key}</title><g style="{style}">{rows}</g></svg>', width, height)


def made_drawings(edition: Edition) -> dict[str, Drawn]:
    """A sketch in both cuts for each chart of the edition, with all of its words but the alt."""
    held = {}
    for section in edition.sections:
        for chart in charts(section.blocks):
            words = [plain(line) for name, line in chart.words.items() if name != "alt"]
            narrow = sketch(f"{chart.key}-narrow", words, 86, 60)
            held[chart.key] = Drawn(sketch(chart.key, words, 170, 60), narrow)
    return held


PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg==")


def made_pictures(edition: Edition) -> dict[str, Picture]:
    """A picture of one pixel for each chart of the edition."""
    keys = (chart.key for section in edition.sections for chart in charts(section.blocks))
    return {key: Picture(PIXEL, 1, 1, ()) for key in keys}
