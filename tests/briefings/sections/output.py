"""A section as anybody would add one: US output, its growth over four quarters, and whether it is a record."""  # noqa: INP001 -- beside its briefing, in no package

from __future__ import annotations

from reporter import calc
from reporter.claims import Claim
from reporter.expr import percent
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Findings
from reporter.model.periods import Window
from reporter.model.series import Snapshot
from reporter.tree import Cell, Row, Table

GDP = "fred:GDP"
NEEDS = (GDP,)


def build(snapshot: Snapshot) -> Findings:
    """Facts `output.*`, the claim that output is a record, a table and a takeaway."""
    gdp = snapshot[GDP]
    last, before = gdp.last, gdp.last.year_earlier()
    moved = calc.change(gdp, last, before)
    level = Fact("output.level", "US gross domestic product", calc.at(gdp), last, gdp.stale)
    growth = Fact("output.growth", "Growth over a year", percent(moved, calc.at(gdp, before)), Window.ending(last, 4))
    record = Claim(
        "output.record",
        "the highest on record",
        "highest",
        (calc.at(gdp), *calc.history(gdp, before=last)),
        (level.id,),
    )
    return Findings(
        facts=(level, growth),
        claims=(record,),
        tables=(Table("output", (Row("Output", (Cell(Said(level)), Cell(Said(growth)))),)),),
        candidates=(Candidate("output.level", (level, growth), (record,), moved),),
    )
