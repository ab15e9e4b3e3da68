"""What foreigners bought of US long-term securities, less what Americans bought abroad (TIC, tables 1 and 2).

Signs: table 1 net positive means foreigners bought, an inflow; table 2 net positive means Americans bought
foreign securities, an outflow. The survey changed in February 2023: no sum spans the change, and the older
survey (form S, gross purchases less gross sales) appears in the chart only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reporter import calc
from reporter.claims import Claim
from reporter.expr import Expr, percent, total
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.periods import Period, Span, Window
from reporter.model.plots import Break, Label, Part, Purchases, Trace
from reporter.model.series import Series, Snapshot
from reporter.rounding import Style
from reporter.tree import Cell, Row, Table

CLASSES = {"equities": "eqty", "corporates": "corp", "treasuries": "treas", "agencies": "agcy"}
_LABELS = {
    "equities": "US shares",
    "corporates": "US corporate bonds",
    "treasuries": "US Treasury bonds and notes",
    "agencies": "US agency bonds",
}
BOUGHT, ABROAD = "tic:table1:99996:for_lt_{}_net", "tic:table2:99996:us_lt_total_net"
OLDER = "tic:s1:99996:{}_net"
NEEDS = (
    *(BOUGHT.format(code) for code in ("total", *CLASSES.values())),
    *(OLDER.format(code) for code in CLASSES.values()),
    ABROAD,
)

_BILLION, _YEAR = 9, 12
_SHOWN, _BREAK = Period.parse("2019-01"), Period.parse("2023-02")
_CELL = Style(scale="bn", places=1, bare=True)
_HALF = Decimal(50)


def build(snapshot: Snapshot) -> Findings:
    """Facts `flows.*` with their chart and table: whatever the months since February 2023 bear."""
    bought = snapshot[BOUGHT.format("total")]
    if not bought.periods:
        return Findings()
    facts = {fact.id: fact for fact in _facts(snapshot, bought)}
    sums = tuple(calc.rolling(bought, _YEAR))
    claims = tuple(_claims(facts, sums))
    whole = "flows.net_purchases_12m" in facts
    return Findings(
        facts=tuple(facts.values()),
        claims=claims,
        charts=(_chart(snapshot, facts, sums),) if whole else (),
        tables=(_table(facts),) if whole else (),
        candidates=tuple(_candidates(facts, claims, sums)) if whole else (),
    )


def _facts(snapshot: Snapshot, bought: Series) -> Iterator[Fact]:
    last = bought.last
    year, before = Window.ending(last, _YEAR), Window.ending(last.year_earlier(), _YEAR)
    january = Period.parse(f"{last.year}-01")
    months: Span = last if january == last else Window(january, last)
    whole = "Foreigners’ net purchases of US long-term securities"
    for suffix, span in (("_month", last), ("_12m", year), ("_12m.before", before), ("_ytd", months)):
        yield from _net("flows.net_purchases" + suffix, whole, bought, span)
        for name, code in CLASSES.items():
            label = f"Foreigners’ net purchases of {_LABELS[name]}"
            yield from _net(f"flows.{name}{suffix}", label, snapshot[BOUGHT.format(code)], span)
    first = bought.periods[0]
    yield Fact("flows.survey", "Net purchases in the first month of the present survey", calc.at(bought, first), first)
    yield from _less_abroad(snapshot, bought, {"_12m": year, "_12m.before": before, "_ytd": months})


def _net(name: str, label: str, flow: Series, span: Span) -> Iterator[Fact]:
    """The sum of a flow over a span, where every month of it is there."""
    if isinstance(span, Period):
        if span in flow:
            yield Fact(name, label, calc.at(flow, span), span, flow.stale)
    elif flow.covers(span):
        yield Fact(name, label, calc.window_sum(flow, span), span, flow.stale)


def _less_abroad(snapshot: Snapshot, bought: Series, spans: Mapping[str, Span]) -> Iterator[Fact]:
    """What Americans bought abroad over the same span, and what is left as an inflow."""
    abroad = snapshot[ABROAD]
    for suffix, span in spans.items():
        ours = next(_net(f"flows.net_purchases{suffix}", "", bought, span), None)
        out = f"flows.us_purchases_abroad{suffix}"
        theirs = next(_net(out, "Net purchases of foreign long-term securities by Americans", abroad, span), None)
        if ours and theirs:
            yield theirs
            label, late = "Foreigners’ net purchases less those of Americans abroad", ours.stale or theirs.stale
            yield Fact(f"flows.net_inflow{suffix}", label, ours.expr - theirs.expr, span, late)
    year = spans["_12m"]
    whole = next(_net("", "", bought, year), None)
    shares = next(_net("", "", snapshot[BOUGHT.format(CLASSES["equities"])], year), None)
    if whole and shares:
        part = percent(shares.expr, whole.expr)
        yield Fact("flows.equities_share", "Shares in foreigners’ net purchases", part, year, whole.stale)


def _claims(facts: Mapping[str, Fact], sums: tuple[tuple[Period, Expr], ...]) -> Iterator[Claim]:
    if len(sums) > 1:
        *past, (_, latest) = sums
        args, of = (latest, *(expr for _, expr in past)), ("flows.net_purchases_12m",)
        yield Claim("flows.record", "the largest since the survey changed", "highest", args, of)
    if share := facts.get("flows.equities_share"):
        yield Claim(
            "flows.mostly_equities", "more than half of them shares", "above", (share.expr,), (share.id,), _HALF
        )
    for suffix, name in (("_12m", "flows.equities_lead"), ("_12m.before", "flows.equities_led")):
        held = [facts[key].expr for key in (f"flows.{held}{suffix}" for held in CLASSES) if key in facts]
        if len(held) == len(CLASSES):
            yield Claim(name, "shares more than any other class", "highest", tuple(held), (f"flows.equities{suffix}",))


def _table(facts: Mapping[str, Fact]) -> Table:
    """Classes, their sum, what Americans bought abroad, and what is left; labels are the template's."""
    rows = [_row(facts, name, name) for name in CLASSES]
    rows += [_row(facts, "net_purchases", "all", "sum"), _row(facts, "us_purchases_abroad", "abroad")]
    rows.append(_row(facts, "net_inflow", "left", "sum"))
    return Table("financing", tuple(rows), minor=frozenset({3}))


def _row(facts: Mapping[str, Fact], name: str, label: str, role: str = "") -> Row:
    held = (facts.get(f"flows.{name}{suffix}") for suffix in ("_12m", "_12m.before", "_ytd"))
    latest, *others = (Cell(Said(fact, _CELL) if fact else None) for fact in held)
    return Row(label, (Cell(latest.said, emphasis=True), *others), role)


def _chart(snapshot: Snapshot, facts: Mapping[str, Fact], sums: tuple[tuple[Period, Expr], ...]) -> Chart:
    months = {name: tuple(_months(snapshot, code)) for name, code in CLASSES.items()}
    older = tuple(_older_sums(snapshot))

    def plot(words: ChartWords) -> Purchases:
        year = Trace(
            words["year"],
            calc.line(words["year"], sums, _BILLION),
            Label(words["year_end"], "flows.net_purchases_12m"),
            earlier=(calc.line(words["older"], older, _BILLION),),
        )
        classes = tuple(_class(words, facts, name, values) for name, values in months.items())
        return Purchases(classes, year, Break(_BREAK, words["older"], words["newer"]), words["gap"])

    exprs = [expr for values in months.values() for _, expr in values]
    # The sums rest on months before those shown.
    reads = calc.observed((*exprs, *(expr for _, expr in (*older, *sums))))
    return Chart("purchases", plot, tuple(dict.fromkeys(reads)))


def _class(words: ChartWords, facts: Mapping[str, Fact], name: str, values: tuple[tuple[Period, Expr], ...]) -> Part:
    latest = facts[f"flows.{name}_month"]
    return Part(calc.line(words[name], values, _BILLION), Label(words[f"{name}_end"], latest.id))


def _months(snapshot: Snapshot, code: str) -> Iterator[tuple[Period, Expr]]:
    """The older survey up to the break, then table 1."""
    older, newer = snapshot[OLDER.format(code)], snapshot[BOUGHT.format(code)]
    for series, first, last in ((older, _SHOWN, _BREAK - 1), (newer, _BREAK, None)):
        yield from ((seen.period, calc.at(series, seen.period)) for seen in series.between(first, last))


def _older_sums(snapshot: Snapshot) -> Iterator[tuple[Period, Expr]]:
    """Sums of twelve months of all classes of the older survey."""
    held = [snapshot[OLDER.format(code)] for code in CLASSES.values()]
    for period in held[0].periods:
        window = Window.ending(period, _YEAR)
        if _SHOWN <= period < _BREAK and all(series.covers(window) for series in held):
            yield period, total(calc.at(series, month) for series in held for month in window.periods())


def _candidates(
    facts: Mapping[str, Fact], claims: tuple[Claim, ...], sums: tuple[tuple[Period, Expr], ...]
) -> Iterator[Candidate]:
    moves = calc.pairwise_changes([expr for _, expr in sums])
    bought = facts["flows.net_purchases_12m"]
    said = tuple(claim for claim in claims if claim.id == "flows.record")
    yield Candidate("flows.net_purchases", (bought,), said, moves[-1] if moves else None, moves[:-1])
