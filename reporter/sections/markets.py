"""The dollar and the ten-year yield: the last day known, the move over a year, and since when not so high or low."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reporter import calc
from reporter.claims import Claim
from reporter.errors import MissingPeriod
from reporter.expr import Expr, Read, percent
from reporter.facts import Fact
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.observations import Observation
from reporter.model.periods import Period, Window
from reporter.model.plots import Label, Trace, Yields
from reporter.model.series import Series, Snapshot
from reporter.model.units import Kind

YIELD, DOLLAR = "fred:DGS10", "fred:DTWEXBGS"
NEEDS = (YIELD, DOLLAR)

_NOTABLE = 2  # years since a value was last so high or low, from which that is worth saying
_SHOWN = 10  # years
_WEEK = 7


@dataclass(frozen=True)
class _Market:
    """One market series: its id among the facts and its label."""

    name: str
    label: str
    series: Series


def build(snapshot: Snapshot) -> Findings:
    """Facts `markets.*`, their claims and the chart of both."""
    yields = _Market("markets.treasury_10y", "Ten-year Treasury yield", snapshot[YIELD])
    dollar = _Market("markets.dollar", "Broad dollar index", snapshot[DOLLAR])
    found = [_findings(market) for market in (yields, dollar)]
    return Findings(
        facts=tuple(fact for one in found for fact in one.facts),
        claims=tuple(claim for one in found for claim in one.claims),
        charts=(_chart(yields, dollar),),
        candidates=tuple(candidate for one in found for candidate in one.candidates),
    )


def _findings(market: _Market) -> Findings:
    facts, (since, claims) = tuple(_facts(market)), _since(market)
    return Findings((*facts, *since), claims, candidates=(_candidate(market, facts, claims),))


def _facts(market: _Market) -> Iterator[Fact]:
    series, late = market.series, market.series.stale
    last = series.last
    yield Fact(market.name, market.label, calc.at(series), last, late)
    try:
        then = _on_or_before(series, last.year_earlier())
    except MissingPeriod:
        return
    yield Fact(f"{market.name}.year_before", f"{market.label} a year before", Read(then), then.period, late)
    moved = _move(calc.at(series), Read(then))
    yield Fact(
        f"{market.name}.change_year", f"{market.label}: change over a year", moved, _over(then.period, last), late
    )


def _over(first: Period, last: Period) -> Window:
    return Window(first, last)


def _move(now: Expr, then: Expr) -> Expr:
    """Of a yield in percentage points; of an index in percent."""
    return now - then if now.measure.kind is Kind.PERCENT else percent(now - then, then)


def _on_or_before(series: Series, day: Period) -> Observation:
    """The value of a day, or of the last trading day before it; raise MissingPeriod where there is none in a week."""
    for back in range(_WEEK):
        if found := series.get(day - back):
            return found
    message = f"no value for {day} or the week before it"
    raise MissingPeriod(message, series=series.info.id)


def _since(market: _Market) -> tuple[tuple[Fact, ...], tuple[Claim, ...]]:
    """The day the value was last so high, or so low, where that is years ago or never; and the claim of it.

    The claim compares with the highest (or lowest) day of each calendar year between: no other day can
    contradict it, and a reader can check two dozen observations where thousands would be noise.
    """
    series, last = market.series, market.series[market.series.last]
    for word, test, sign in (("high", "highest", 1), ("low", "lowest", -1)):
        between, beyond = _until_beyond(series, last, sign)
        if not between or last.period.year - between[-1].period.year < _NOTABLE:
            continue
        args = (Read(last), *(Read(seen) for seen in _extremes(between, sign)))
        claim = Claim(f"{market.name}.{test}", f"the {test} since", test, args, (market.name,))
        if beyond is None:
            return (), (claim,)
        label = f"{market.label} when it was last so {word}"
        return (Fact(f"{market.name}.last_so_{word}", label, Read(beyond), beyond.period),), (claim,)
    return (), ()


def _until_beyond(series: Series, last: Observation, sign: int) -> tuple[list[Observation], Observation | None]:
    """The days back from the last one until one is as high (sign 1) or as low (−1), newest first; and that one."""
    between: list[Observation] = []
    first = min(layer.first for layer in series.layers)
    for back in range(1, last.period.since(first) + 1):
        seen = series.get(last.period - back)
        if seen and sign * seen.value >= sign * last.value:
            return between, seen
        if seen:
            between.append(seen)
    return between, None


def _extremes(between: list[Observation], sign: int) -> tuple[Observation, ...]:
    """The highest (sign 1) or lowest (−1) day of each calendar year."""
    years: dict[int, Observation] = {}
    for seen in between:
        held = years.get(seen.period.year)
        if held is None or sign * seen.value > sign * held.value:
            years[seen.period.year] = seen
    return tuple(years.values())


def _chart(yields: _Market, dollar: _Market) -> Chart:
    lines = {market.name: tuple(_weekly(market.series)) for market in (yields, dollar)}

    def plot(words: ChartWords) -> Yields:
        return Yields(
            _trace(words, "dollar", dollar, lines[dollar.name]), _trace(words, "yield", yields, lines[yields.name])
        )

    reads = calc.observed(expr for held in lines.values() for _, expr in held)
    return Chart("markets", plot, tuple(reads), half=True)


def _trace(words: ChartWords, name: str, market: _Market, values: tuple[tuple[Period, Expr], ...]) -> Trace:
    line = calc.line(words[name], values, 0)
    return Trace(words[name], line, Label(words[f"{name}_end"], market.name), zero=False)


def _weekly(series: Series) -> Iterator[tuple[Period, Expr]]:
    """The last value of each week of the years shown: published values, few enough to draw."""
    last = series.last
    start = last - _SHOWN * 365
    weeks: dict[int, Observation] = {}
    for back in range(last.since(start), -1, -1):
        if seen := series.get(last - back):
            weeks[(seen.period.ordinal - 1) // _WEEK] = seen  # ordinal 1 is a Monday
    yield from ((seen.period, Read(seen)) for seen in weeks.values())


def _candidate(market: _Market, facts: tuple[Fact, ...], claims: tuple[Claim, ...]) -> Candidate:
    """The move over a year, against moves over a year ending a week apart."""
    said = [fact for fact in facts if fact.id in {market.name, f"{market.name}.change_year"}]
    # An index has no size: its move leads, not its level.
    said.sort(key=lambda fact: fact.kind is Kind.INDEX)
    held = tuple(claim for claim in claims if claim.id.startswith(f"{market.name}."))
    change = next((fact.expr for fact in said if fact.id.endswith(".change_year")), None)
    return Candidate(market.name, tuple(said), held, change, tuple(_past_moves(market.series)))


def _past_moves(series: Series) -> Iterator[Expr]:
    for day, now in list(_weekly(series))[:-1]:
        try:
            yield _move(now, Read(_on_or_before(series, day.year_earlier())))
        except MissingPeriod:
            continue
