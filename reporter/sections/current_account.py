"""The current account, and how it is financed: net purchases of long-term securities (flows.*, in `_flows`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reporter import calc
from reporter.claims import Claim
from reporter.expr import Expr, Read, annualised, percent, total
from reporter.facts import Fact
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.periods import Period, Window
from reporter.model.plots import Account, Label, Part, Record, Trace
from reporter.model.series import Series, Snapshot
from reporter.sections import _flows

BALANCE, GOODS, SERVICES, GDP = "fred:IEABC", "fred:IEABCG", "fred:IEABCS", "fred:GDP"
NEEDS = (BALANCE, GOODS, SERVICES, GDP, *_flows.NEEDS)

_BILLION, _YEAR = 9, 4
_LONG = 12  # quarters of one vintage from which a history can be judged and drawn by itself
_RUN = Decimal(2)  # quarters from which a direction is a run
_SHOWN = Period.parse("2006Q1")
# Recessions that touch a quarter shown, peak to trough by the National Bureau of Economic Research.
_SLUMPS = (
    Window(Period.parse("2008-01"), Period.parse("2009-06")),
    Window(Period.parse("2020-03"), Period.parse("2020-04")),
)
Quarters = tuple[tuple[Period, Expr], ...]

PARTS = ("goods", "services", "income")


def build(snapshot: Snapshot) -> Findings:
    """Facts `current_account.*` and `flows.*`, their charts and the table of what foreigners bought."""
    balance = snapshot[BALANCE]
    path = _path(balance)
    sums = tuple(_sums_of(path))
    parts = _parts(snapshot, path)
    facts = {
        fact.id: fact for fact in (*_facts(snapshot, balance, path, sums), *_part_facts(parts, late=balance.stale))
    }
    claims = tuple(_claims(path, sums, facts))
    flows = _flows.build(snapshot)
    covered = tuple(_covered(facts, flows))
    return Findings(
        facts=(*facts.values(), *flows.facts),
        claims=(*claims, *flows.claims, *covered),
        charts=(_chart(path if len(path) >= _LONG else calc.history(balance), facts, parts), *flows.charts),
        tables=flows.tables,
        candidates=(*_candidates(balance, facts, claims), *flows.candidates),
    )


def _path(series: Series) -> tuple[Read, ...]:
    """The quarters that stand in one vintage with the last one, oldest first."""
    held = calc.history(series)
    last = held[-1].observation.coherence
    apart = max((i + 1 for i, seen in enumerate(held) if seen.observation.coherence != last), default=0)
    return held[apart:]


def _sums_of(path: tuple[Read, ...]) -> Iterator[tuple[Period, Expr]]:
    """Sums of four quarters in a row, by the last of them."""
    for end in range(_YEAR, len(path) + 1):
        quarters = path[end - _YEAR : end]
        last = quarters[-1].observation.period
        if last.since(quarters[0].observation.period) == _YEAR - 1:
            yield last, total(quarters)


def _parts(snapshot: Snapshot, path: tuple[Read, ...]) -> Mapping[str, Quarters]:
    """Goods, services and income by quarter, where they stand in the balance's own vintage; else nothing."""
    goods, services = snapshot[GOODS], snapshot[SERVICES]
    made: dict[str, list[tuple[Period, Expr]]] = {name: [] for name in PARTS}
    for whole in path:
        period = whole.observation.period
        if period not in goods or period not in services:
            continue
        held = calc.at(goods, period), calc.at(services, period)
        if calc.coherent((whole, *held)):
            for name, expr in zip(PARTS, (*held, calc.rest(whole, *held)), strict=True):
                made[name].append((period, expr))
    last = path[-1].observation.period
    return {name: tuple(values) for name, values in made.items() if values and values[-1][0] == last}


def _facts(snapshot: Snapshot, balance: Series, path: tuple[Read, ...], sums: Quarters) -> Iterator[Fact]:
    last, late, gdp = balance.last, balance.stale, snapshot[GDP]
    yield Fact("current_account.balance", "Current-account balance", path[-1], last, late)
    if (last - 1) in balance:
        before = calc.at(balance, last - 1)
        yield Fact(
            "current_account.balance_before", "Current-account balance a quarter earlier", before, last - 1, late
        )
        change = path[-1] - before
        yield Fact("current_account.change_quarter", "Change in the current-account balance", change, last, late)
    if balance.covers(window := Window.ending(last, _YEAR)):
        year = calc.window_sum(balance, window)
        yield Fact("current_account.year", "Current-account balance over four quarters", year, window, late)
    yield from _extreme(sums, last)
    if last in gdp:
        share = percent(annualised(path[-1]), calc.at(gdp, last))
        yield Fact(
            "current_account.to_gdp", "Current-account balance as a share of GDP", share, last, late or gdp.stale
        )


def _extreme(sums: Quarters, last: Period) -> Iterator[Fact]:
    """The largest deficit of four quarters, where it is not the latest."""
    if len(sums) < _LONG:
        return
    when, most = min(sums, key=lambda pair: pair[1].value)
    if when != last:
        window = Window.ending(when, _YEAR)
        yield Fact("current_account.year.peak", "Largest current-account deficit of four quarters", most, window)


def _part_facts(parts: Mapping[str, Quarters], *, late: bool) -> Iterator[Fact]:
    for name, values in parts.items():
        period, expr = values[-1]
        yield Fact(f"current_account.{name}", f"Balance on {name}", expr, period, late)
        if len(values) > 1 and values[-2][0] == period - 1:
            change = expr - values[-2][1]
            yield Fact(
                f"current_account.{name}.change_quarter", f"Change in the balance on {name}", change, period, late
            )


def _claims(path: tuple[Read, ...], sums: Quarters, facts: Mapping[str, Fact]) -> Iterator[Claim]:
    of = ("current_account.balance",)
    yield Claim("current_account.deficit", "a deficit", "below", (path[-1],), of, Decimal(0))
    for test in ("narrowing", "widening"):
        if len(path) > 1:
            yield Claim(f"current_account.{test}", f"{test} from quarter to quarter", test, path, of)
            # A run is more than a single quarter: the words for it differ.
            yield Claim(f"current_account.{test}_on", f"{test} for a run of quarters", test, path, of, _RUN)
        if len(path) > 2:  # noqa: PLR2004 -- what went before the last quarter needs two of its own
            words = f"{test} for a run of quarters until then"
            yield Claim(f"current_account.{test}_before", words, test, path[:-1], of, _RUN)
    yield from _year_record(sums)
    yield from _mover(facts)


def _year_record(sums: Quarters) -> Iterator[Claim]:
    if len(sums) >= _LONG:
        *past, latest = (expr for _, expr in sums)
        words = "the largest deficit of four quarters in this vintage"
        yield Claim("current_account.year.record", words, "lowest", (latest, *past), ("current_account.year",))


def _mover(facts: Mapping[str, Fact]) -> Iterator[Claim]:
    """Whether goods did more than services or income to move the balance its way."""
    names = ("current_account", *(f"current_account.{name}" for name in PARTS))
    held = [facts[key] for key in (f"{name}.change_quarter" for name in names) if key in facts]
    if len(held) == len(names):
        balance, *parts = held
        test = "lowest" if balance.value < 0 else "highest"
        args = tuple(part.expr for part in parts)
        yield Claim("current_account.goods_moved_it", "goods moved it the most", test, args, (parts[0].id,))


def _covered(facts: Mapping[str, Fact], flows: Findings) -> Iterator[Claim]:
    """Whether what foreigners bought, less what Americans bought abroad, came to more than the deficit."""
    inflow = next((fact for fact in flows.facts if fact.id == "flows.net_inflow_12m"), None)
    year = facts.get("current_account.year")
    if inflow and year and inflow.value > 0 > year.value:
        # A ratio, because purchases are not seasonally adjusted and the balance is.
        share = percent(inflow.expr, -year.expr)
        yield Claim("flows.covered", "more than the deficit", "above", (share,), (inflow.id, year.id), Decimal(100))


def _chart(quarters: tuple[Read, ...], facts: Mapping[str, Fact], parts: Mapping[str, Quarters]) -> Chart:
    levels = tuple((seen.observation.period, seen) for seen in quarters if seen.observation.period >= _SHOWN)
    sums = tuple(pair for pair in _sums_of(quarters) if pair[0] >= _SHOWN)
    shown = {name: tuple(pair for pair in values if pair[0] >= _SHOWN) for name, values in parts.items()}

    def plot(words: ChartWords) -> Account:
        bars = tuple(_bars(words, name, values) for name, values in shown.items())
        line = calc.line(words["balance"], levels, _BILLION)
        first, last = levels[0][0], levels[-1][0]
        return Account(
            words["title"],
            # Without its parts the balance itself makes the bars.
            bars or (Part(line, Label("")),),
            Part(line, Label(words["balance_end"], "current_account.balance")),
            _sums(words, facts, sums),
            tuple(slump for slump in _SLUMPS if first.start <= slump.first.start and slump.last.end <= last.end),
        )

    exprs = [expr for values in (*shown.values(), levels, sums) for _, expr in values]
    return Chart("account", plot, tuple(dict.fromkeys(calc.observed(exprs))))


def _bars(words: ChartWords, name: str, values: Quarters) -> Part:
    return Part(calc.line(words[name], values, _BILLION), Label(words[f"{name}_end"], f"current_account.{name}"))


def _sums(words: ChartWords, facts: Mapping[str, Fact], sums: Quarters) -> Trace:
    peak = facts.get("current_account.year.peak")
    ring = None
    if peak and isinstance(peak.span, Window) and peak.span.last >= _SHOWN:
        ring = Record(peak.span.last, Label(words["year_record"], peak.id))
    line = calc.line(words["year"], sums, _BILLION)
    return Trace(words["year"], line, Label(words["year_end"], "current_account.year"), ring)


def _candidates(balance: Series, facts: Mapping[str, Fact], claims: tuple[Claim, ...]) -> Iterator[Candidate]:
    moves = calc.pairwise_changes(calc.history(balance))
    change = facts.get("current_account.change_quarter")
    said = [facts[key] for key in ("current_account.balance", "current_account.to_gdp") if key in facts]
    runs = tuple(claim for claim in claims if claim.id in {"current_account.narrowing", "current_account.widening"})
    yield Candidate("current_account.balance", tuple(said), runs, change.expr if change else None, moves[:-1])
