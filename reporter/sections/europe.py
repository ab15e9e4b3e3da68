"""Europe, the euro area and the rest of the world in US long-term securities (TIC, table 1).

The whole is the Grand Total: All Countries leaves out international organisations. Holdings are counted by
custodian; a change in them is net purchases, valuation and what neither explains, over one window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reporter import calc, quotes
from reporter.claims import Claim
from reporter.errors import MissingPeriod
from reporter.expr import Expr, percent, ratio, total
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.periods import Period, Window
from reporter.model.plots import Label, Region, Regions
from reporter.model.series import Series, Snapshot
from reporter.rounding import Style

EUROPE, EURO_AREA, ALL = "19992", "16713", "99996"
QUOTED = "deutsche_bank_europe"
CLASSES = {"equities": "eqty", "treasuries": "treas", "corporates": "corp", "agencies": "agcy"}
_LABELS = {
    "equities": "shares",
    "bonds": "bonds",
    "treasuries": "Treasury bonds and notes",
    "corporates": "corporate bonds",
    "agencies": "agency bonds",
}
_HELD, _BOUGHT, _REVALUED = "for_lt_{}_pos", "for_lt_total_net", "for_lt_total_valchg"
NEEDS = (
    f"tic:table1:{EURO_AREA}:{_HELD.format('total')}",
    *(f"tic:table1:{code}:{_HELD.format(c)}" for code in (EUROPE, ALL) for c in ("total", *CLASSES.values())),
    *(f"tic:table1:{code}:{_BOUGHT}" for code in (EUROPE, ALL)),
    f"tic:table1:{EUROPE}:{_REVALUED}",
)

_YEAR = 12
_ALMOST, _HALF = Decimal(10), Decimal(50)  # percent below the measure that is still “almost”; percent


def build(snapshot: Snapshot) -> Findings:
    """Facts `europe.*`, `euro_area.*`, `rest.*`, `equities.*`; nothing before the survey began in 2020."""
    try:
        month = calc.common_last(*(_held(snapshot, code, "total") for code in (EUROPE, EURO_AREA, ALL)))
    except MissingPeriod:
        return Findings()
    held = {fact.id: fact for fact in (*_wholes(snapshot, month), *_by_class(snapshot, month))}
    year = {fact.id: fact for fact in _year(snapshot, month)}
    claims = tuple(_claims(snapshot, held | year))
    return Findings(
        facts=(*held.values(), *year.values()),
        claims=claims,
        charts=(_chart(held),),
        candidates=(_candidate(snapshot, held, claims),),
    )


def _held(snapshot: Snapshot, code: str, name: str) -> Series:
    return snapshot[f"tic:table1:{code}:{_HELD.format(name)}"]


def _wholes(snapshot: Snapshot, month: Period) -> Iterator[Fact]:
    whole, europe = _held(snapshot, ALL, "total"), _held(snapshot, EUROPE, "total")
    area, late = _held(snapshot, EURO_AREA, "total"), whole.stale
    all_held, ours = calc.at(whole, month), calc.at(europe, month)
    others = calc.rest(all_held, ours)
    yield Fact("securities.foreign_held", "US long-term securities held by foreigners", all_held, month, late)
    yield Fact("europe.holdings", "US long-term securities held in Europe", ours, month, late)
    yield Fact(
        "europe.share", "Europe’s share of US long-term securities held abroad", percent(ours, all_held), month, late
    )
    yield Fact("euro_area.holdings", "US long-term securities held in the euro area", calc.at(area, month), month, late)
    yield Fact("rest.holdings", "US long-term securities held outside Europe and the US", others, month, late)
    yield Fact(
        "europe.to_rest", "Europe’s holdings over those of the rest of the world", ratio(ours, others), month, late
    )


def _by_class(snapshot: Snapshot, month: Period) -> Iterator[Fact]:
    late = _held(snapshot, ALL, "total").stale
    both = {name: _class(snapshot, code, month) for name, code in CLASSES.items()}
    both["bonds"] = _less(_class(snapshot, "total", month), both["equities"])
    for name, (ours, everyone) in both.items():
        what = _LABELS[name]
        yield Fact(f"{name}.foreign_held", f"US {what} held by foreigners", everyone, month, late)
        yield Fact(f"europe.{name}", f"US {what} held in Europe", ours, month, late)
        others = calc.rest(everyone, ours)
        yield Fact(f"rest.{name}", f"US {what} held outside Europe and the US", others, month, late)
        yield Fact(
            f"europe.{name}.share", f"Europe’s share of US {what} held abroad", percent(ours, everyone), month, late
        )


def _class(snapshot: Snapshot, code: str, month: Period) -> tuple[Expr, Expr]:
    """What Europe and what all foreigners hold of a class."""
    return calc.at(_held(snapshot, EUROPE, code), month), calc.at(_held(snapshot, ALL, code), month)


def _less(whole: tuple[Expr, Expr], part: tuple[Expr, Expr]) -> tuple[Expr, Expr]:
    return calc.rest(whole[0], part[0]), calc.rest(whole[1], part[1])


def _year(snapshot: Snapshot, month: Period) -> Iterator[Fact]:
    """What Europe bought over twelve months and what else changed its holdings, where the window is whole."""
    bought, everyone, revalued = (
        snapshot[f"tic:table1:{code}:{column}"]
        for code, column in ((EUROPE, _BOUGHT), (ALL, _BOUGHT), (EUROPE, _REVALUED))
    )
    held, window = _held(snapshot, EUROPE, "total"), Window.ending(month, _YEAR)
    if month.year_earlier() not in held or not all(flow.covers(window) for flow in (bought, everyone, revalued)):
        return
    moved, late = calc.change(held, month, month.year_earlier()), held.stale
    net, all_net, prices = (calc.window_sum(flow, window) for flow in (bought, everyone, revalued))
    yield Fact("europe.change_year", "Change in US long-term securities held in Europe", moved, window, late)
    yield Fact("europe.net_purchases_12m", "Europe’s net purchases of US long-term securities", net, window, late)
    if net.value > 0 and all_net.value > 0:  # a share of sales, or of a sum that cancels out, says nothing
        share = percent(net, all_net)
        yield Fact("europe.purchases_share", "Europe’s share of foreigners’ net purchases", share, window, late)
    yield Fact("europe.valuation_year", "Valuation change of Europe’s US long-term securities", prices, window, late)
    label = "Change in Europe’s holdings that neither purchases nor valuation explain"
    yield Fact("europe.other_year", label, calc.rest(moved, net, prices), window, late)


def _claims(snapshot: Snapshot, facts: Mapping[str, Fact]) -> Iterator[Claim]:
    ours, others = facts["europe.holdings"].expr, facts["rest.holdings"].expr
    both = ("europe.holdings", "rest.holdings")
    yield Claim("europe.below_rest", "less than the rest of the world", "below", (ours, others), both)
    twice = total((others, others))
    yield Claim("europe.almost_twice", "almost twice the rest of the world", "almost", (ours, twice), both, _ALMOST)
    share = facts["europe.share"].expr
    yield Claim(
        "europe.below_half", "less than half of what is held abroad", "below", (share,), ("europe.share",), _HALF
    )
    if "europe.purchases_share" in facts:
        of = facts["europe.purchases_share"]
        words = "more than half of foreigners’ net purchases"
        yield Claim("europe.most_purchases", words, "above", (of.expr,), (of.id,), _HALF)
    yield from _against_quote(snapshot, facts["europe.holdings"])


def _against_quote(snapshot: Snapshot, holdings: Fact) -> Iterator[Claim]:
    """The official figure against the sum that somebody else named, from the day it was named."""
    quote = quotes.known(snapshot.as_of).get(QUOTED)
    if quote is None or quote.amount is None:
        return
    args, of = (holdings.expr,), (holdings.id,)
    yield Claim("europe.above_quoted", "more than the sum quoted", "above", args, of, quote.amount)
    yield Claim("europe.twice_quoted", "more than twice the sum quoted", "above", args, of, 2 * quote.amount)


def _chart(facts: Mapping[str, Fact]) -> Chart:
    def plot(words: ChartWords) -> Regions:
        rows = [_row(facts, words["total"], "holdings", "share")]
        rows += [_row(facts, words[name], name, f"{name}.share") for name in CLASSES]
        return Regions(words["ours"], words["rest"], words["share"], tuple(rows))

    shown = [facts[key].expr for key in ("rest.holdings", *(f"rest.{name}" for name in CLASSES))]
    return Chart("regions", plot, tuple(calc.observed(shown)), half=True)


def _row(facts: Mapping[str, Fact], name: str, held: str, share: str) -> Region:
    ours, others, part = facts[f"europe.{held}"], facts[f"rest.{held}"], facts[f"europe.{share}"]
    sums, whole = Style(scale="tn", places=1, bare=True), Style(places=0)
    return Region(
        name,
        float(ours.value.scaleb(-12)),
        float(others.value.scaleb(-12)),
        Label(Said(ours, sums).text, ours.id),
        Label(Said(others, sums).text, others.id),
        Label(Said(part, whole).text, part.id),
    )


def _candidate(snapshot: Snapshot, facts: Mapping[str, Fact], claims: tuple[Claim, ...]) -> Candidate:
    """Europe's share, by how far it moved in a year against other years' moves."""
    shares = dict(calc.ratios(percent, _held(snapshot, EUROPE, "total"), _held(snapshot, ALL, "total")))
    moves = {
        month: now - shares[month.year_earlier()] for month, now in shares.items() if month.year_earlier() in shares
    }
    share = facts["europe.share"]
    change = moves.pop(share.span, None) if isinstance(share.span, Period) else None
    weighed = tuple(claim for claim in claims if claim.id == "europe.below_half")
    return Candidate("europe.share", (facts["europe.holdings"], share), weighed, change, tuple(moves.values()))
