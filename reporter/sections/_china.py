"""China against the ten-year yield: its peak, the distance from it, and what the yield did over the same months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reporter import calc
from reporter.claims import Claim
from reporter.expr import Expr, percent
from reporter.facts import Fact
from reporter.findings import Findings
from reporter.model.periods import Frequency, Period, Window
from reporter.model.series import Series, Snapshot
from reporter.sections import _holders_charts as charts
from reporter.sections import _holdings as h

YIELD = "fred:DGS10"
LONG = 12  # months that a level must be the lowest of to be worth saying

# The history of major holders was last put on a new benchmark in June 2011: a peak is looked for from there on.
_UNBROKEN = Period.parse("2011-06")
_HALF = Decimal(50)
_WEEKEND = 5

Months = tuple[tuple[Period, Expr], ...]


def against_yield(snapshot: Snapshot, china: h.Holder) -> Findings:
    """Its peak, the distance from it, how long it has not been lower, and the yield over the same months."""
    history: Months = tuple(h.months(snapshot, china))
    recent = [pair for pair in history if pair[0] >= _UNBROKEN]
    last, latest = history[-1]
    when, peak = max(recent, key=lambda pair: (pair[1].value, pair[0]))
    late = china.level.stale
    since, first = recent[0]
    facts = [
        Fact("holders.china.since", "China's Treasuries where the benchmark in use begins", first, since),
        Fact("holders.china.peak", "China's Treasuries at their largest on that benchmark", peak, when),
    ]
    claims = []
    if when < last:
        share = percent(latest, peak)
        facts += [
            Fact("holders.china.from_peak", "China's Treasuries: distance from the peak", latest - peak, last, late),
            Fact("holders.china.of_peak", "China's Treasuries as a share of their peak", share, last, late),
        ]
        of_peak = ("holders.china", "holders.china.peak")
        claims.append(Claim("holders.china.halved", "less than half of the peak", "below", (share,), of_peak, _HALF))
    lower = lowest_since(history)
    means = dict(whole_months(snapshot[YIELD], _UNBROKEN))
    rates = tuple((month, mean) for month, mean in means.items() if month <= last)
    yields = tuple(_yields(means, when, last, stale=snapshot[YIELD].stale))
    shown = [charts.holder_and_yield(recent, rates, when, last)] if yields else []
    return Findings((*facts, *lower.facts, *yields), (*claims, *lower.claims), tuple(shown))


def lowest_since(history: Months) -> Findings:
    """The claim that the latest value is the lowest of a long run, and the month before it that was as low."""
    latest = history[-1][1]
    lower = [i for i, (_, expr) in enumerate(history[:-1]) if expr.value <= latest.value]
    run = [expr for _, expr in history[(lower[-1] + 1 if lower else 0) : -1]]
    if len(run) < LONG or not lower:
        return Findings()
    when, value = history[lower[-1]]
    return Findings(
        (Fact("holders.china.was_lower", "Last month in which China held as little", value, when),),
        (Claim("holders.china.lowest", "the least since", "lowest", (latest, *run), ("holders.china",)),),
    )


def whole_months(daily: Series, first: Period) -> Iterator[tuple[Period, Expr]]:
    """Monthly means; the last month only if its last working day has a value."""
    for month, mean in calc.monthly_means(daily, first):
        if daily.last.start > month.end or _last_weekday(month) <= daily.last:
            yield month, mean


def _last_weekday(month: Period) -> Period:
    day = Period.of(month.end, Frequency.DAY)
    return day - max(0, day.start.weekday() - _WEEKEND + 1)


def _yields(means: Mapping[Period, Expr], peak: Period, last: Period, *, stale: bool) -> Iterator[Fact]:
    """The yield in the holdings' last month, and its moves since their peak and since a year before."""
    if last not in means:
        return
    label = "Ten-year Treasury yield, mean of the month"
    yield Fact("holders.yields.latest", label, means[last], last, stale)
    if peak in means and peak < last:
        moved = means[last] - means[peak]
        yield Fact("holders.yields.at_peak", label, means[peak], peak)
        yield Fact("holders.yields.change", "Change in the ten-year yield", moved, Window(peak, last), stale)
    if (before := last.year_earlier()) in means:
        moved = means[last] - means[before]
        window = Window(before + 1, last)
        yield Fact("holders.yields.change_year", "Change in the ten-year yield over a year", moved, window, stale)
