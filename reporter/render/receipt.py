"""One receipt: how a printed figure or judging word came about. Values for a template to word.

Ids are stable: `r-niip-net` for the fact `niip.net`, `j-niip-record` for the claim (a judgement) of that name,
`f-niip-net` and `c-niip-record` for the places they are first printed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal

from reporter.claims import Claim
from reporter.expr import Expr, Read
from reporter.facts import Fact, Said
from reporter.model.observations import Basis, Observation, SeriesInfo
from reporter.model.periods import Frequency, Period
from reporter.model.units import Kind
from reporter.rounding import MINUS, Style, places_of, scale_of, written

SHOWN = 4  # observations of one series that are listed; more are folded to their ends
LISTED = 5  # series that are listed; of more, a ranking of eighty holders, the number is told
LONGEST = 180  # characters of a formula; what is left out stands in facts.json
_EXACT = Context(prec=12)


@dataclass(frozen=True, slots=True)
class Seen:
    """Observations of one series, in order of use. More than `SHOWN` are folded to the first and the last."""

    series: SeriesInfo
    observations: tuple[Observation, ...]

    @property
    def folded(self) -> bool:
        """Whether only their number and ends are shown."""
        return len(self.observations) > SHOWN

    @property
    def ends(self) -> tuple[Observation, Observation]:
        """The earliest and the latest."""
        ordered = sorted(self.observations, key=lambda seen: seen.period)
        return ordered[0], ordered[-1]

    @property
    def links(self) -> tuple[str, ...]:
        """Where the publisher shows the vintages, each once."""
        return tuple(dict.fromkeys(seen.vintage.link or self.series.link for seen in self.observations))


@dataclass(frozen=True, slots=True)
class Rounding:
    """What a printed form was rounded to: `places` decimals of `scale` (tn, bn, mn or nothing) of `kind`."""

    places: int
    scale: str
    kind: Kind


@dataclass(frozen=True)
class Basics:
    """What a receipt says of the observations behind a figure or a judgement."""

    basis: Basis
    seen: tuple[Seen, ...]

    @property
    def many(self) -> bool:
        """Whether only the number of series and observations is told."""
        return len(self.seen) > LISTED

    @property
    def number(self) -> int:
        """How many observations there are."""
        return sum(len(held.observations) for held in self.seen)

    @property
    def reach(self) -> tuple[Period, Period]:
        """The first and the last period, of whatever frequency: the one that begins first, the one that ends last."""
        periods = [o.period for o in self._all()]
        return min(periods, key=lambda period: period.start), max(periods, key=lambda period: period.end)

    @property
    def known(self) -> Period:
        """The day on which all of it was known."""
        return _day(max(o.known_on for held in self.seen for o in held.observations))

    @property
    def vintages(self) -> tuple[Period, ...]:
        """The days of the vintages that backfilled values were taken from."""
        return _days(o.vintage.known_on for o in self._all() if o.basis is Basis.BACKFILLED)

    def _all(self) -> Iterator[Observation]:
        return (o for held in self.seen for o in held.observations)


@dataclass(frozen=True)
class FactReceipt:
    """A figure's receipt. `exact` is the value before rounding in `unit`; `cut` says it has more digits still."""

    id: str
    home: str
    fact: Fact
    printed: tuple[str, ...]
    roundings: tuple[Rounding, ...]
    exact: str
    unit: str
    cut: bool
    published: bool  # the figure is one observation as it was published
    basics: Basics
    kind: str = "fact"


@dataclass(frozen=True)
class ClaimReceipt:
    """A judgement's receipt: the words printed, and the values it was tested on in their usual form."""

    id: str
    home: str
    claim: Claim
    printed: tuple[str, ...]
    threshold: str
    values: tuple[str, ...]
    formulas: tuple[str, ...]
    published: bool  # every value is one observation as it was published
    basics: Basics
    kind: str = "claim"


Receipt = FactReceipt | ClaimReceipt


def receipt_id(held: Fact | Claim) -> str:
    """The id of its receipt on the page."""
    return ("r-" if isinstance(held, Fact) else "j-") + held.id.replace(".", "-")


def place_id(held: Fact | Claim) -> str:
    """The id of the place it is first printed at."""
    return ("f-" if isinstance(held, Fact) else "c-") + held.id.replace(".", "-")


def of_fact(fact: Fact, said: tuple[Said, ...], forms: tuple[str, ...], home: str) -> FactReceipt:
    """The receipt of a figure: in which forms it was printed, and where first."""
    first = next(fact.expr.observations())
    in_unit = fact.kind is first.series.unit.kind
    scale = first.series.unit.scale if in_unit else 0
    value = fact.value.scaleb(-scale)
    short = _EXACT.plus(_trimmed(value, fact.step.scaleb(-scale)))
    return FactReceipt(
        id=receipt_id(fact),
        home=home,
        fact=fact,
        printed=forms,
        roundings=tuple(dict.fromkeys(_rounding(held) for held in said)),
        exact=digits(short),
        unit=str(first.series.unit) if in_unit else fact.kind.value,
        cut=short != value,
        published=isinstance(fact.expr, Read),
        basics=Basics(fact.basis, _seen(fact.expr.observations())),
    )


def of_claim(claim: Claim, forms: tuple[str, ...], home: str) -> ClaimReceipt:
    """The receipt of a judgement: the words printed, and where first."""
    return ClaimReceipt(
        id=receipt_id(claim),
        home=home,
        claim=claim,
        printed=forms,
        threshold=_threshold(claim),
        values=tuple(_usual(arg) for arg in claim.args),
        formulas=tuple(arg.formula() for arg in claim.args),
        published=all(isinstance(arg, Read) for arg in claim.args),
        basics=Basics(claim.basis, _seen(claim.observations())),
    )


def _rounding(said: Said) -> Rounding:
    fact, style = said.fact, said.style
    scale = ""
    if fact.kind is Kind.USD:
        scale = style.scale if style.scale is not None else scale_of(fact.value)
    return Rounding(places_of(fact.kind, fact.step, style, scale), scale, fact.kind)


def _usual(expr: Expr) -> str:
    return written(expr.value, expr.measure.kind, expr.step, Style())


def _threshold(claim: Claim) -> str:
    """In the unit of the values where it is one of them; a bare number where the test counts or takes percent."""
    if claim.threshold is None:
        return ""
    if claim.test not in {"above", "below"}:
        return digits(claim.threshold)
    first = claim.args[0]
    return written(claim.threshold, first.measure.kind, min(first.step, Decimal(1)), Style())


def _trimmed(value: Decimal, step: Decimal) -> Decimal:
    """Without the noughts that arithmetic has left beyond the last digit the value bears."""
    coarse = value.quantize(Decimal(1).scaleb(step.adjusted())) if step.adjusted() < value.adjusted() else value
    return coarse if coarse == value else value


def digits(value: Decimal) -> str:
    """All digits of a number, thousands parted, with a true minus; no digit is added."""
    exponent = value.as_tuple().exponent
    plain_value = value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value
    return f"{plain_value:,f}".replace("-", MINUS)


def as_published(seen: Observation) -> str:
    """An observation's value in its series' unit."""
    return digits(seen.value.scaleb(-seen.series.unit.scale))


def shortened(formula: str) -> str:
    """A formula with its middle left out where it is long; the ends are whole words."""
    if len(formula) <= LONGEST:
        return formula
    half = LONGEST // 2
    start, end = formula[:half].rpartition(" ")[0], formula[-half:].partition(" ")[2]
    return f"{start} … {end}"


def _seen(observations: Iterable[Observation]) -> tuple[Seen, ...]:
    """By series in order of first use, each observation once."""
    held: dict[str, dict[str, Observation]] = {}
    for seen in observations:
        held.setdefault(seen.series.id, {})[seen.id] = seen
    return tuple(Seen(next(iter(rows.values())).series, tuple(rows.values())) for rows in held.values())


def _day(day: date) -> Period:
    return Period.of(day, Frequency.DAY)


def _days(days: Iterable[date]) -> tuple[Period, ...]:
    return tuple(_day(day) for day in sorted(set(days)))
