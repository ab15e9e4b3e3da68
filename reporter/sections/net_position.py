"""The US net international investment position: level, changes, weight in GDP, records, parts and causes."""

from __future__ import annotations

from collections.abc import Sequence

from reporter import calc
from reporter.claims import Claim
from reporter.expr import Expr, percent
from reporter.facts import Fact
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.observations import Basis
from reporter.model.periods import Period, Window
from reporter.model.plots import Label, NetPosition, Record, Trace
from reporter.model.series import Series, Snapshot
from reporter.sections import _position_parts as parts

NET, ASSETS, LIABILITIES, GDP = "fred:IIPUSNETIQ", "fred:IIPUSASSQ", "fred:IIPUSLIAQ", "fred:GDP"
NEEDS = (NET, ASSETS, LIABILITIES, GDP, *parts.NEEDS)

_TRILLION = 12
Values = Sequence[tuple[Period, Expr]]


def build(snapshot: Snapshot) -> Findings:
    """Facts `niip.*`, the claims on records and causes, and three charts; parts only where coherent with the whole."""
    net, gdp = snapshot[NET], snapshot[GDP]
    shares = calc.ratios(percent, net, gdp)
    levels = _levels(snapshot, net.last)
    weights = _weights(shares, stale=net.stale or gdp.stale)
    claims = (
        _record("niip.record", "the largest on record in dollars", "niip.net", calc.history(net)),
        _record(
            "niip.to_gdp.record",
            "the largest on record as a share of GDP",
            "niip.to_gdp",
            [share for _, share in shares],
        ),
    )
    made, moved = parts.categories(snapshot, net, net.last), parts.movement(snapshot, net, net.last)
    return Findings(
        facts=(*levels, *weights, *made.facts, *moved.facts),
        claims=(*claims, *made.claims, *moved.claims),
        charts=(_chart(net, shares), *made.charts, *moved.charts),
        candidates=(*_candidates(net, shares, (*levels, *weights), claims), *moved.candidates),
    )


def _levels(snapshot: Snapshot, period: Period) -> tuple[Fact, ...]:
    net, assets, liabilities = snapshot[NET], snapshot[ASSETS], snapshot[LIABILITIES]
    quarter = calc.change(net, period, period - 1)
    year = calc.change(net, period, period.year_earlier())
    late = net.stale
    return (
        Fact("niip.net", "Net international investment position", calc.at(net, period), period, late),
        Fact("niip.assets", "US assets abroad", calc.at(assets, period), period, late),
        Fact("niip.liabilities", "US liabilities to foreigners", calc.at(liabilities, period), period, late),
        Fact("niip.net.change_quarter", "Change in the net position over the quarter", quarter, period, late),
        Fact(
            "niip.net.change_year",
            "Change in the net position over four quarters",
            year,
            Window.ending(period, 4),
            late,
        ),
        *_extreme("niip.net", "Largest net debt in dollars", [(seen, calc.at(net, seen)) for seen in net.periods]),
    )


def _weights(shares: tuple[tuple[Period, Expr], ...], *, stale: bool) -> tuple[Fact, ...]:
    period, latest = shares[-1]
    return (
        Fact("niip.to_gdp", "Net position as a share of GDP", latest, period, stale),
        *_extreme("niip.to_gdp", "Largest net debt as a share of GDP", shares),
    )


def _extreme(name: str, label: str, values: Values) -> list[Fact]:
    """The extreme of a history, and how far from it the latest value is: nought where it is the record."""
    period, latest = values[-1]
    when, peak = _lowest(values)
    return [
        Fact(f"{name}.peak", label, peak, when),
        *(
            [Fact(f"{name}.distance_from_record", f"{label}: distance", latest - peak, period)]
            if when != period
            else []
        ),
    ]


def _lowest(values: Values) -> tuple[Period, Expr]:
    """The largest debt, backfilled ones left aside where the latest is not: of a later vintage, they are no measure."""
    known = [pair for pair in values if not _backfilled(pair[1])]
    return min(known if known and known[-1] == values[-1] else values, key=lambda pair: pair[1].value)


def _backfilled(expr: Expr) -> bool:
    return any(seen.basis is Basis.BACKFILLED for seen in expr.observations())


def _record(name: str, words: str, fact: str, values: tuple[Expr, ...] | list[Expr]) -> Claim:
    *past, latest = values
    return Claim(name, words, "lowest", (latest, *past), (fact,))


def _chart(net: Series, shares: tuple[tuple[Period, Expr], ...]) -> Chart:
    levels = [(seen, calc.at(net, seen)) for seen in net.periods]

    def plot(words: ChartWords) -> NetPosition:
        level = calc.line(words["level"], levels, _TRILLION)
        share = calc.line(words["share"], shares, 0)
        return NetPosition(
            Trace(
                words["level"],
                level,
                Label(words["level_end"], "niip.net"),
                _ring("niip.net", levels, words, "level_record"),
            ),
            Trace(
                words["share"],
                share,
                Label(words["share_end"], "niip.to_gdp"),
                _ring("niip.to_gdp", shares, words, "share_record"),
            ),
        )

    reads = tuple(calc.observed(share for _, share in shares)) + tuple(net.between())
    return Chart("niip", plot, reads)


def _ring(fact: str, values: Values, words: ChartWords, name: str) -> Record | None:
    """The record is ringed where it is not the last point, which has its own label."""
    when, _ = _lowest(values)
    return None if when == values[-1][0] else Record(when, Label(words[name], f"{fact}.peak"))


def _candidates(
    net: Series, shares: tuple[tuple[Period, Expr], ...], facts: tuple[Fact, ...], claims: tuple[Claim, ...]
) -> tuple[Candidate, ...]:
    by_id = {fact.id: fact for fact in facts}
    quarter, weight = by_id["niip.net.change_quarter"], by_id["niip.to_gdp"]
    moves = calc.pairwise_changes(calc.history(net))
    turns = calc.pairwise_changes([share for _, share in shares])
    last_turn = shares[-1][1] - shares[-2][1] if len(shares) > 1 else None
    return (
        Candidate("niip.level", (by_id["niip.net"],), (claims[0],), quarter.expr, moves[:-1]),
        Candidate("niip.quarter", (quarter, by_id["niip.net"]), (), quarter.expr, moves[:-1]),
        Candidate("niip.weight", (weight, by_id["niip.to_gdp.peak"]), (claims[1],), last_turn, turns[:-1]),
    )
