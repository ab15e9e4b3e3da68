"""A country's page: what it holds of US long-term securities, what it bought and sold, its rank and its share.

All of it is table 1 of the Treasury's capital data, so every figure has one window and one vintage. Some
countries are reported without a split by class; before 2024 no twelve months of purchases are published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reporter import calc
from reporter.catalogue import Area, countries
from reporter.claims import Claim
from reporter.expr import percent
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.periods import Period, Window
from reporter.model.plots import Label, Mover, Movers, Record, Trace, Trend
from reporter.model.series import Series, Snapshot
from reporter.rounding import Style
from reporter.tree import Cell, NameLeaf, Row, Table

WORLD = "99996"  # the grand total: it holds the international organisations, too
# The table's names of the asset classes, and ours.
CLASSES = {"treas": "treasuries", "agcy": "agencies", "corp": "corporates", "eqty": "equities"}
ALL = "total"
_LABELS = {
    "securities": "long-term securities",
    "treasuries": "long-term Treasuries",
    "agencies": "agency bonds",
    "corporates": "corporate and other bonds",
    "equities": "equities",
}

_YEAR = 12
_NEIGHBOURS = 3  # places above and below that the table of ranks shows
_LEAST_SHARE = Decimal("0.005")  # percent: less would be printed as nought
_BILLION, _MILLION = 9, 6
_IN_BILLIONS = 10**10  # dollars, from which a country's figures are told in billions


@dataclass(frozen=True)
class Holding:
    """One class of securities: what is held, and its year where the table has one. `key` is the class's name."""

    key: str
    level: Fact
    then: Fact | None = None
    change: Fact | None = None
    purchases: Fact | None = None
    valuation: Fact | None = None
    other: Fact | None = None

    @property
    def month(self) -> Period:
        """The month its level is of."""
        return self.level.span if isinstance(self.level.span, Period) else self.level.span.last

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All it has."""
        held = (self.level, self.then, self.change, self.purchases, self.valuation, self.other)
        return tuple(fact for fact in held if fact)

    @property
    def parts(self) -> tuple[Fact, Fact, Fact] | None:
        """What the change is made of, in one window."""
        if self.purchases and self.valuation and self.other:
            return self.purchases, self.valuation, self.other
        return None


def choices(parameter: str) -> tuple[str, ...]:
    """The countries of table 1, by the names they are asked for with."""
    return tuple(held.short for held in countries()) if parameter == "country" else ()


def needs(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """All of the country's columns, and the holdings of every other: its rank is among them."""
    chosen = _country(parameters)
    return (f"tic:table1:{chosen.code}:for_lt_*", "tic:table1:*:for_lt_total_pos")


def build_for(snapshot: Snapshot, parameters: Mapping[str, str]) -> Findings:
    """Facts `holder.*`, the tables of classes and of ranks, and the charts of its holdings and their year.

    Raise MissingPeriod where nothing of the country was known on the day.
    """
    chosen = _country(parameters)
    series = snapshot[_id(chosen.code, ALL, "pos")]
    whole = _holding(snapshot, chosen, ALL, series, series.last)
    classes = tuple(_classes(snapshot, chosen, series.last))
    ranked = _ranking(snapshot, whole)
    near = _near(ranked, whole)
    peak = _peak(series, whole)
    shares = tuple(_shares(snapshot, chosen, whole, classes))
    claims = tuple(_claims(series, whole, ranked))
    scale = _BILLION if abs(whole.level.value) >= _IN_BILLIONS else _MILLION
    movers = _movers(classes, scale)
    others = (fact for _, fact in near if fact is not whole.level)
    return Findings(
        facts=(*whole.facts, *(fact for one in classes for fact in one.facts), peak, *shares, *others),
        claims=claims,
        charts=(_trend(series, whole, peak, scale), *([movers] if movers else [])),
        tables=(_table(whole, classes, scale), _ranks(near, whole, scale)),
        candidates=tuple(_candidates(series, whole, shares, claims)),
        given={
            "country": NameLeaf(chosen.prose),
            "first_month": series.periods[0],
            "in_billions": scale == _BILLION,
            "has_movers": movers is not None,
            "classes": [one.key for one in classes],
        },
    )


def _country(parameters: Mapping[str, str]) -> Area:
    return next(held for held in countries() if held.short == parameters["country"])


def _id(code: str, column: str, what: str) -> str:
    return f"tic:table1:{code}:for_lt_{column}_{what}"


def _classes(snapshot: Snapshot, chosen: Area, last: Period) -> Iterator[Holding]:
    """The asset classes the table reports for the country; for a few it reports none."""
    for column in CLASSES:
        held = snapshot.series.get(_id(chosen.code, column, "pos"))
        if held and last in held:
            yield _holding(snapshot, chosen, column, held, last)


def _holding(snapshot: Snapshot, chosen: Area, column: str, held: Series, last: Period) -> Holding:
    """A class's facts: the level, and its change over a year with its parts where they are published."""
    key = CLASSES.get(column, "securities")
    name, who = f"holder.{key}", f"US {_LABELS[key]} held in {chosen.prose}"
    level = Fact(name, who, calc.at(held, last), last, held.stale)
    before = last.year_earlier()
    if before not in held:
        return Holding(key, level)
    moved = calc.change(held, last, before)
    then = Fact(f"{name}.then", f"{who} a year before", calc.at(held, before), before, held.stale)
    change = Fact(f"{name}.change_year", f"Change in {who} over a year", moved, Window.ending(last, _YEAR), held.stale)
    return Holding(key, level, then, change, *_split(snapshot, chosen, column, change))


def _split(snapshot: Snapshot, chosen: Area, column: str, change: Fact) -> tuple[Fact, ...]:
    """Purchases, valuation and the rest of a change over its own window, where both are published for all of it."""
    bought, revalued = (snapshot.series.get(_id(chosen.code, column, what)) for what in ("net", "valchg"))
    window = change.span
    if not (isinstance(window, Window) and bought and revalued and bought.covers(window) and revalued.covers(window)):
        return ()
    name, label = change.id.removesuffix(".change_year"), change.label.removeprefix("Change in ")
    purchases, valuation = calc.window_sum(bought, window), calc.window_sum(revalued, window)
    return (
        Fact(f"{name}.net_purchases_year", f"Net purchases: {label}", purchases, window, change.stale),
        Fact(f"{name}.valuation_year", f"Valuation change: {label}", valuation, window, change.stale),
        Fact(
            f"{name}.other_year", f"Other changes: {label}", change.expr - purchases - valuation, window, change.stale
        ),
    )


def _shares(snapshot: Snapshot, chosen: Area, whole: Holding, classes: Sequence[Holding]) -> Iterator[Fact]:
    """Its share of what all foreigners hold, and each class's share of what it holds."""
    level, last, world = whole.level, whole.month, snapshot[_id(WORLD, ALL, "pos")]
    if last in world:
        label = f"Share of {chosen.prose} in US long-term securities held by foreigners"
        share = percent(level.expr, calc.at(world, last))
        if share.value >= _LEAST_SHARE:
            yield Fact("holder.share", label, share, last, world.stale)
    for one in classes if level.value else ():
        part = percent(one.level.expr, level.expr)
        yield Fact(f"{one.level.id}.share", f"Share in its holdings: {one.level.label}", part, last, level.stale)


def _ranking(snapshot: Snapshot, whole: Holding) -> list[tuple[Area, Fact]]:
    """Every country with its holdings in the same month, the largest first; the profiled one by its own fact."""
    made: list[tuple[Area, Fact]] = []
    for other in countries():
        held = snapshot.series.get(_id(other.code, ALL, "pos"))
        if held and whole.month in held:
            expr = calc.at(held, whole.month)
            fact = Fact(f"holder.of.{other.code}", f"US long-term securities held in {other.prose}", expr, whole.month)
            made.append((other, whole.level if expr == whole.level.expr else fact))
    return sorted(made, key=lambda pair: (-pair[1].value, pair[0].name))


def _near(ranked: Sequence[tuple[Area, Fact]], whole: Holding) -> Sequence[tuple[Area, Fact]]:
    """The country with its neighbours in rank: as many rows for the first and the last as for any other."""
    place = next(at for at, (_, fact) in enumerate(ranked) if fact is whole.level)
    rows = 2 * _NEIGHBOURS + 1
    first = max(min(place - _NEIGHBOURS, len(ranked) - rows), 0)
    return ranked[first : first + rows]


def _peak(series: Series, whole: Holding) -> Fact:
    """The most it has held in the table's months."""
    most = max(series.between(), key=lambda seen: seen.value)
    return Fact(f"{whole.level.id}.peak", f"{whole.level.label}: most", calc.at(series, most.period), most.period)


def _claims(series: Series, whole: Holding, ranked: Sequence[tuple[Area, Fact]]) -> Iterator[Claim]:
    about = (whole.level.id,)
    field = (whole.level.expr, *(fact.expr for _, fact in ranked if fact is not whole.level))
    if len(field) > 1:
        yield Claim("holder.rank", "its rank among the countries listed", "ranked", field, about)
        yield Claim("holder.largest", "more than any other country", "highest", field, about)
    if past := calc.history(series, before=whole.month):
        yield Claim("holder.record", "more than ever", "highest", (whole.level.expr, *past), about)


def _style(scale: int) -> Style:
    return Style(scale="bn", places=1, bare=True) if scale == _BILLION else Style(scale="mn", places=0, bare=True)


def _table(whole: Holding, classes: Sequence[Holding], scale: int) -> Table:
    """The classes and their sum; labels are the template's."""
    rows = [_row(one, scale, "") for one in classes] + [_row(whole, scale, "sum" if classes else "")]
    return Table("holder_classes", tuple(rows), tinted=frozenset({4, 5, 6}), minor=frozenset({1}))


def _row(one: Holding, scale: int, role: str) -> Row:
    plain, signed = _style(scale), _style(scale).but(sign="signed")
    changes = (_cell(fact, signed) for fact in (one.purchases, one.valuation, one.other))
    change = Cell(Said(one.change, signed), emphasis=True) if one.change else Cell()
    return Row(one.key, (_cell(one.then, plain), _cell(one.level, plain), change, *changes), role)


def _cell(fact: Fact | None, style: Style) -> Cell:
    return Cell(Said(fact, style)) if fact else Cell()


def _ranks(near: Sequence[tuple[Area, Fact]], whole: Holding, scale: int) -> Table:
    style = _style(scale)
    cells = ((area.short, Cell(Said(fact, style), emphasis=fact is whole.level)) for area, fact in near)
    return Table("holder_ranks", tuple(Row(name, (cell,)) for name, cell in cells))


def _trend(series: Series, whole: Holding, peak: Fact, scale: int) -> Chart:
    values = [(seen.period, calc.at(series, seen.period)) for seen in series.between()]
    when = peak.span if isinstance(peak.span, Period) else peak.span.last

    def plot(words: ChartWords) -> Trend:
        line = calc.line(words["level"], values, scale)
        ring = Record(when, Label(words["level_record"], peak.id)) if when != whole.month else None
        return Trend(Trace(words["level"], line, Label(words["level_end"], whole.level.id), ring))

    return Chart("holder_trend", plot, tuple(series.between()))


def _movers(classes: Sequence[Holding], scale: int) -> Chart | None:
    """Each class then and now, and what its change is made of; None without a split."""
    split = [(one, one.parts, one.change) for one in classes if one.parts and one.then and one.change]
    ranked = sorted(split, key=lambda triple: -triple[2].value)
    style = _style(scale).but(sign="signed")

    def plot(words: ChartWords) -> Movers:
        rows = tuple(
            Mover(
                words[one.key],
                float(one.then.value.scaleb(-scale)) if one.then else 0.0,
                float(one.level.value.scaleb(-scale)),
                tuple(float(part.value.scaleb(-scale)) for part in parts),
                Label(Said(change, style).text, change.id),
            )
            for one, parts, change in ranked
        )
        kinds = (words["purchases"], words["valuation"], words["other"])
        return Movers(rows, words["holdings"], words["then"], words["now"], words["change"], kinds, words["total"])

    reads = calc.observed(fact.expr for one, _, _ in ranked for fact in one.facts)
    return Chart("holder_movers", plot, tuple(reads)) if ranked else None


def _candidates(series: Series, whole: Holding, shares: Sequence[Fact], claims: Sequence[Claim]) -> Iterator[Candidate]:
    levels = calc.history(series)
    years = tuple(later - earlier for earlier, later in zip(levels, levels[_YEAR:], strict=False))
    by_id = {claim.id: claim for claim in claims}
    record = tuple(claim for claim in claims if claim.id == "holder.record")
    if whole.change:
        yield Candidate("holder.level", (whole.level, whole.change), record, whole.change.expr, years[:-1])
    if whole.purchases:
        yield Candidate("holder.purchases", (whole.purchases,), (), whole.purchases.expr)
    share = [fact for fact in shares if fact.id == "holder.share"]
    if share and "holder.rank" in by_id:
        yield Candidate("holder.rank", (share[0], whole.level), (by_id["holder.rank"],))
