"""What the net position is made of, and what moved it: categories, transactions, and everything else.

A part is given only where it and its whole stand in one vintage. The Bureau's releases print totals to $0.01
trillion; the categories at hand may have been revised since, and then do not add up to the total printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reporter import calc
from reporter.claims import Claim
from reporter.expr import Expr, Read, percent
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.periods import Period, Window
from reporter.model.plots import Bridge, Label, Part, Sheet, Side, Step
from reporter.model.series import Series, Snapshot
from reporter.rounding import Style

# Direct investment is at market value, derivatives gross; reserves are assets only.
SIDES = {
    "assets": {
        "direct": "fred:IIPDIREAMVQ",
        "portfolio": "fred:IIPPORTAQ",
        "derivatives": "fred:IIPFINAAGQ",
        "other": "fred:IIPOTHEAQ",
        "reserves": "fred:IIPRESEQ",
    },
    "liabilities": {
        "direct": "fred:IIPDIRELMVQ",
        "portfolio": "fred:IIPPORTLQ",
        "derivatives": "fred:IIPFINALGQ",
        "other": "fred:IIPOTHELQ",
    },
}
WHOLES = {"assets": "fred:IIPUSASSQ", "liabilities": "fred:IIPUSLIAQ"}
TRANSACTIONS, OTHER = "bea:iip.transactions", "bea:iip.other_changes"
NEEDS = (*SIDES["assets"].values(), *SIDES["liabilities"].values(), TRANSACTIONS, OTHER)

_LABELS = {
    "direct": "direct investment at market value",
    "portfolio": "portfolio investment",
    "derivatives": "financial derivatives, gross",
    "other": "other investment",
    "reserves": "reserve assets",
}
_SIDE_LABELS = {"assets": "US assets abroad", "liabilities": "US liabilities"}
_TRILLION, _BILLION, _QUARTERS = 12, 9, 4
_HALF, _ALL, _NEARLY = Decimal(50), Decimal(100), Decimal(5)  # percent
_STEP = Style(sign="signed", places=0, scale="bn", bare=True)


# ---------------------------------------------------------------- categories
def categories(snapshot: Snapshot, net: Series, period: Period) -> Findings:
    """Facts `niip.assets.*` and `niip.liabilities.*`, what they say, and their chart; nothing where not coherent."""
    series = {side: {part: snapshot[key] for part, key in held.items()} for side, held in SIDES.items()}
    wholes = [net, *(snapshot[key] for key in WHOLES.values())]
    every = [one for held in series.values() for one in held.values()]
    if any(period not in one for one in (*wholes, *every)):
        return Findings()
    if not calc.coherent(calc.at(one, period) for one in (*wholes, *every)):
        return Findings()
    facts = {
        f"niip.{side}.{part}": Fact(
            f"niip.{side}.{part}",
            f"{_SIDE_LABELS[side]}: {_LABELS[part]}",
            calc.at(one, period),
            period,
            one.stale,
        )
        for side, held in series.items()
        for part, one in held.items()
    }
    told = _told(facts, {side: calc.at(snapshot[key], period) for side, key in WHOLES.items()}, calc.at(net, period))
    return Findings((*facts.values(), *told.facts), told.claims, (_sheet(series),))


def _told(facts: dict[str, Fact], wholes: dict[str, Read], net: Read) -> Findings:
    """The weight of securities in what is owed, the gap in them, and how even direct investment is."""
    owned, owed = (facts[f"niip.{side}.portfolio"] for side in ("assets", "liabilities"))
    period, late = owed.span, owed.stale
    share = percent(owed.expr, wholes["liabilities"])
    gap = calc.rest(owned.expr, owed.expr)
    direct = (facts["niip.assets.direct"], facts["niip.liabilities.direct"])
    ids = tuple(fact.id for fact in direct)
    return Findings(
        (
            Fact("niip.portfolio.share", "Portfolio investment as a share of US liabilities", share, period, late),
            Fact("niip.portfolio.gap", "Portfolio investment: assets less liabilities", gap, period, late),
            Fact("niip.portfolio.of_net", "The gap in portfolio investment over the net position", percent(gap, net),
                 period, late),
        ),
        (
            Claim("niip.portfolio.most", "more than half of it", "above", (share,), ("niip.portfolio.share",), _HALF),
            Claim("niip.direct.even", "nearly even", "almost", tuple(f.expr for f in direct), ids, _NEARLY),
        ),
    )  # fmt: skip


def _sheet(series: dict[str, dict[str, Series]]) -> Chart:
    def plot(words: ChartWords) -> Sheet:
        assets, liabilities = (_side(side, held, words) for side, held in series.items())
        return Sheet(assets, liabilities)

    reads = tuple(seen for held in series.values() for one in held.values() for seen in one.between())
    return Chart("sheet", plot, reads)


def _side(side: str, held: dict[str, Series], words: ChartWords) -> Side:
    """The largest category stands at the bottom, and a category has one name on both sides."""
    ranked = sorted(held, key=lambda part: -held[part][held[part].last].value)
    layers = tuple(
        Part(
            calc.series_line(words[part], held[part], _TRILLION),
            Label(words[f"{side}_{part}"], f"niip.{side}.{part}"),
        )
        for part in ranked
    )
    return Side(words[side], layers, Label(words[f"{side}_total"], f"niip.{side}"))


# ---------------------------------------------------------------- what moved it
def movement(snapshot: Snapshot, net: Series, period: Period) -> Findings:
    """Transactions and other changes over the quarter and over four, where coherent with the change they explain."""
    flows = (snapshot[TRANSACTIONS], snapshot[OTHER])
    quarter = _explained(net, flows, Window.ending(period, 1), "quarter")
    year = _explained(net, flows, Window.ending(period, _QUARTERS), "year")
    bridge = _bridge(net, flows, period) if year.facts else Findings()
    return Findings(
        (*quarter.facts, *year.facts, *bridge.facts),
        (*quarter.claims, *year.claims),
        bridge.charts,
        candidates=quarter.candidates,
    )


def _explained(net: Series, flows: tuple[Series, Series], window: Window, name: str) -> Findings:
    """`niip.transactions_<name>`, `niip.other_changes_<name>` and what part of the change they are."""
    before = window.first - 1
    if before not in net or window.last not in net or not all(flow.covers(window) for flow in flows):
        return Findings()
    reads = [calc.at(flow, period) for flow in flows for period in window.periods()]
    if not calc.coherent((*reads, calc.at(net, before), calc.at(net, window.last))):
        return Findings()
    traded, other = (calc.window_sum(flow, window) if len(window) > 1 else calc.at(flow, window.last) for flow in flows)
    span = window if len(window) > 1 else window.last
    late = net.stale
    facts = (
        Fact(f"niip.transactions_{name}", "Change in the net position from transactions", traded, span, late),
        Fact(f"niip.other_changes_{name}", "Change from prices, exchange rates and the rest", other, span, late),
    )
    claims = tuple(_shares(name, traded, calc.change(net, window.last, before)))
    past = tuple(Read(seen) for seen in flows[1].between(None, window.first - 1))
    past = tuple(one for one in past if calc.coherent((one, calc.at(flows[1], window.last))))
    return Findings(facts, claims, candidates=(Candidate("niip.causes", facts[::-1], claims, other, past),))


def _shares(name: str, traded: Expr, change: Expr) -> Iterable[Claim]:
    """Whether transactions are more than half of the change, or more than all of it."""
    if not change.value:
        return
    share, facts = percent(traded, change), (f"niip.transactions_{name}", f"niip.net.change_{name}")
    yield Claim(f"niip.{name}.borrowed", "more than half of the change", "above", (share,), facts, _HALF)
    yield Claim(f"niip.{name}.more_than_all", "more than all of the change", "above", (share,), facts, _ALL)
    yield Claim(f"niip.{name}.against", "transactions pulled the other way", "below", (share,), facts, Decimal(0))


def _bridge(net: Series, flows: tuple[Series, Series], period: Period) -> Findings:
    """The waterfall of four quarters, measured from the position before them."""
    start = period - _QUARTERS
    window = Window.ending(period, _QUARTERS)
    opening = Fact("niip.net.year_ago", "Net position four quarters before", calc.at(net, start), start)
    named = ("transactions", "other")
    steps = {
        quarter: tuple(
            Fact(
                f"niip.bridge.{name}_{str(quarter).lower()}",
                f"Change in {quarter}: {name}",
                calc.at(flow, quarter),
                quarter,
            )
            for name, flow in zip(named, flows, strict=True)
        )
        for quarter in window.periods()
    }
    total = calc.change(net, period, start)

    def plot(words: ChartWords) -> Bridge:
        return Bridge(
            (words["transactions"], words["other"]),
            Label(words["start"], opening.id),
            tuple(_step(quarter, facts) for quarter, facts in steps.items()),
            float(total.value.scaleb(-_BILLION)),
            Label(words["total"], "niip.net.change_year"),
            words["total_name"],
            Label(words["end"], "niip.net"),
        )

    facts = tuple(fact for held in steps.values() for fact in held)
    reads = tuple(calc.observed((opening.expr, *(fact.expr for fact in facts), calc.at(net, period))))
    return Findings((opening, *facts), charts=(Chart("bridge", plot, reads, half=True),))


def _step(quarter: Period, facts: tuple[Fact, ...]) -> Step:
    return Step(
        quarter,
        tuple(float(fact.value.scaleb(-_BILLION)) for fact in facts),
        tuple(Label(Said(fact, _STEP).text, fact.id) for fact in facts),
    )
