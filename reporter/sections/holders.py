"""Foreign holders of US Treasuries: who holds how much, what changed it, China against the yield."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reporter import calc
from reporter.catalogue import area
from reporter.claims import Claim
from reporter.expr import Expr
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Findings
from reporter.model.periods import Period, Window
from reporter.model.series import Series, Snapshot
from reporter.rounding import Style
from reporter.sections import _china
from reporter.sections import _holders_charts as charts
from reporter.sections import _holdings as h
from reporter.sections._holdings import CHINA, LISTED, OFFICIAL, TOTAL, Holder
from reporter.tree import Cell, Row, Table

NEEDS = (*h.NEEDS, _china.YIELD)

_TABLE = Style(scale="bn", places=1, bare=True)
_SIGNED = _TABLE.but(sign="signed")


@dataclass(frozen=True, slots=True)
class Trader:
    """A country by the name that prose calls it, the claim that it traded the most, and the sum."""

    code: str
    name: str
    claim: Claim
    fact: Fact


def build(snapshot: Snapshot) -> Findings:
    """Facts `holders.*`, the table of holders and three charts; what the day's files do not bear is left out."""
    split_to = _last_of_table3(snapshot)
    wanted = dict.fromkeys((TOTAL, OFFICIAL, *LISTED, *(h.largest(snapshot, split_to) if split_to else ())))
    holders = {code: who for code in wanted if (who := h.holder(snapshot, code))}
    if TOTAL not in holders or CHINA not in holders:
        return Findings()
    ranked = sorted((holders[c] for c in LISTED if c in holders), key=lambda who: -who.level.value)
    moved = charts.movers(who for code, who in holders.items() if code not in {TOTAL, OFFICIAL})
    against = _china.against_yield(snapshot, holders[CHINA])
    void = _void(snapshot, holders)
    own = Findings(
        facts=(*(fact for who in holders.values() for fact in who.facts), *charts.first_shown(snapshot, ranked)),
        claims=tuple(_records(snapshot, holders)),
        charts=(charts.small_multiples(snapshot, ranked), *((moved,) if moved else ())),
        tables=(_table(ranked, holders),),
        candidates=tuple(_candidates(holders)),
    )
    return Findings(
        facts=(*own.facts, *against.facts, *void.facts),
        claims=(*own.claims, *against.claims, *void.claims),
        charts=(*own.charts, *against.charts),
        tables=own.tables,
        candidates=(*own.candidates, *void.candidates),
        given=void.given,
    )


def _last_of_table3(snapshot: Snapshot) -> Period | None:
    positions = snapshot[h.LEVEL.format(TOTAL)]
    return positions.last if positions.periods else None


# ---------------------------------------------------------------- who filled the void
def _void(snapshot: Snapshot, holders: Mapping[str, Holder]) -> Findings:
    """Everybody but China over table 3's window, who bought and sold the most, and what the changes are made of."""
    total, china = holders[TOTAL].split, holders[CHINA].split
    if not total or not china or total.change.span != china.change.span:
        return Findings()
    window, late = total.change.span, total.change.stale
    others = calc.rest(total.purchases.expr, china.purchases.expr)
    rest = calc.rest(total.change.expr, china.change.expr)
    facts = (
        Fact("holders.others.net_purchases_year", "Net purchases of Treasuries outside China", others, window, late),
        Fact("holders.others.change", "Change in Treasuries held outside China", rest, window, late),
    )
    sums = ("holders.others.net_purchases_year", "holders.china.net_purchases_year")
    sold = -china.purchases.expr
    claims = [Claim("holders.others.made_up", "others bought more than China sold", "above", (others, sold), sums)]
    traders = dict(_traders(snapshot, holders, window)) if isinstance(window, Window) else {}
    claims += (trader.claim for trader in traders.values())
    claims += (claim for code in LISTED if code in holders and (claim := _unexplained(holders[code])))
    return Findings(facts, tuple(claims), candidates=tuple(_bargain(snapshot, traders, claims[0])), given=traders)


def _bargain(snapshot: Snapshot, traders: Mapping[str, Trader], made_up: Claim) -> Iterator[Candidate]:
    """The biggest buyer as a takeaway, set against its own purchases over every earlier twelve months."""
    if "buyer" in traders:
        buyer = traders["buyer"]
        sums = [expr for _, expr in calc.rolling(snapshot[h.NET.format(buyer.code)], h.YEAR)]
        yield Candidate("holders.buyer", (buyer.fact,), (buyer.claim, made_up), buyer.fact.expr, tuple(sums[:-1]))


def _traders(snapshot: Snapshot, holders: Mapping[str, Holder], window: Window) -> Iterator[tuple[str, Trader]]:
    """`buyer` and `seller`: the country that bought, and that sold, the most of all that table 3 reports."""
    every = h.bought(snapshot, window)
    for role, test, words, best in (
        ("buyer", "highest", "bought the most", max),
        ("seller", "lowest", "sold the most", min),
    ):
        code = best(every, key=lambda one: (every[one].value, one))
        split = holders[code].split if code in holders else None
        if split and (split.purchases.value > 0) is (role == "buyer"):
            others = (expr for other, expr in every.items() if other != code)
            key = f"holders.{h.slug(code)}.{words.replace(' the ', '_')}"
            claim = Claim(key, words, test, (split.purchases.expr, *others), (split.purchases.id,))
            yield role, Trader(code, area(code).prose, claim, split.purchases)


def _unexplained(who: Holder) -> Claim | None:
    """That more of a change is explained by neither purchases nor valuation than is by purchases."""
    if not who.split:
        return None
    name = f"holders.{h.slug(who.code)}"
    args = (abs(who.split.other.expr), abs(who.split.purchases.expr))
    facts = (who.split.other.id, who.split.purchases.id)
    return Claim(f"{name}.unexplained", "more of it unexplained than bought", "above", args, facts)


# ---------------------------------------------------------------- records, table
def _records(snapshot: Snapshot, holders: Mapping[str, Holder]) -> Iterator[Claim]:
    """That all holders together hold more than in any month before."""
    *past, latest = (expr for _, expr in h.months(snapshot, holders[TOTAL]))
    if past:
        yield Claim("holders.total.record", "more than ever", "highest", (latest, *past), ("holders.total",))


def _table(ranked: list[Holder], holders: Mapping[str, Holder]) -> Table:
    """Levels, the change and what it is made of; the split's own level where its month is not the latest."""
    total = holders[TOTAL]
    rows = [_row(who, total, area(who.code).name) for who in ranked]
    rows.append(_row(total, total, "total", "sum"))
    if OFFICIAL in holders:
        rows.append(_row(holders[OFFICIAL], total, "official", "sub"))
    if not total.split:
        return Table("holders", tuple(rows))
    older = _older(total)
    return Table("holders", tuple(rows), frozenset({3 + older, 4 + older, 5 + older}), frozenset({2} if older else ()))


def _older(total: Holder) -> bool:
    """Whether the split stands at an earlier month than the latest level, and needs a column of its own."""
    return total.split is not None and total.split.level.span != total.level.span


def _row(who: Holder, total: Holder, label: str, role: str = "") -> Row:
    """A row of figures of the periods the heads name; without a split, level and change over its year."""
    current = who.level.span == total.level.span
    level = _cell(who.level if current else None)
    if not total.split:
        return Row(label, (level, _cell(who.change_year if current else None, change=True)), role)
    split = who.split if who.split and who.split.change.span == total.split.change.span else None
    before = (_cell(split.level if split else None),) if _older(total) else ()
    parts = split.parts if split else (None, None, None)
    cells = (_cell(split.change if split else None, change=True), *(_cell(part, signed=True) for part in parts))
    return Row(label, (level, *before, *cells), role)


def _cell(fact: Fact | None, *, signed: bool = False, change: bool = False) -> Cell:
    return Cell(Said(fact, _SIGNED if signed or change else _TABLE) if fact else None, emphasis=change)


# ---------------------------------------------------------------- takeaways
def _candidates(holders: Mapping[str, Holder]) -> Iterator[Candidate]:
    for code in (CHINA, TOTAL):
        who = holders[code]
        if who.change_year:
            yield Candidate(
                who.level.id, (who.level, who.change_year), (), who.change_year.expr, tuple(_past_years(who.held))
            )


def _past_years(held: Series) -> Iterator[Expr]:
    """Changes over a year up to every month but the last."""
    for period in held.periods[:-1]:
        if period.year_earlier() in held:
            yield calc.change(held, period, period.year_earlier())
