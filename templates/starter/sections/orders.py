"""Orders: what came in, against a year before. A section computes and names; its template says it."""

from reporter import calc
from reporter.claims import Claim
from reporter.expr import percent
from reporter.facts import Fact
from reporter.findings import Candidate, Chart, Findings
from reporter.model.periods import Window
from reporter.model.plots import Label, Trace, Trend

ORDERS = "csv:orders"
NEEDS = (ORDERS,)
MILLION = 6


def build(snapshot):
    """Facts `orders.*`, the claim that a month is the highest on record, a chart and a takeaway."""
    orders = snapshot[ORDERS]
    last, before = orders.last, orders.last.year_earlier()
    moved = calc.change(orders, last, before)
    level = Fact("orders.level", "Orders received", calc.at(orders), last, orders.stale)
    year = Fact(
        "orders.change_year",
        "Orders: change over a year",
        percent(moved, calc.at(orders, before)),
        Window.ending(last, 12),
        orders.stale,
    )
    record = Claim(
        "orders.record",
        "the highest on record",
        "highest",
        (calc.at(orders), *calc.history(orders, before=last)),
        (level.id,),
    )

    def plot(words):
        line = calc.series_line(words["line"], orders, MILLION)
        return Trend(Trace(words["line"], line, Label(words["end"], level.id)))

    return Findings(
        facts=(level, year),
        claims=(record,),
        charts=(Chart("orders", plot, tuple(orders.between())),),
        candidates=(Candidate("orders.level", (level, year), (record,), moved),),
    )
