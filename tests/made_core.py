"""Observations, series, facts and templates made by hand, for the tests of the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from reporter.claims import Claim
from reporter.expr import Expr, Read
from reporter.facts import Fact
from reporter.language.engine import Engine, Written
from reporter.language.handles import Ledger
from reporter.model.observations import Basis, Form, Layer, Observation, SeriesInfo, Vintage
from reporter.model.periods import Frequency, Period
from reporter.model.series import Series, Snapshot
from reporter.model.units import USD_BN, Adjustment, Kind, Measure, Nature, Unit
from reporter.tree import Table

BN = 10**9
PUBLISHER = "Bureau of Made Figures"
DAY = date(2026, 9, 25)


def measure(
    nature: Nature = Nature.STOCK,
    *,
    kind: Kind = Kind.USD,
    frequency: Frequency = Frequency.QUARTER,
    adjustment: Adjustment = Adjustment.NSA,
    annualised: bool = False,
) -> Measure:
    """A quarterly stock of dollars, not adjusted, unless said otherwise."""
    return Measure(kind, nature, frequency, adjustment, annualised)


STOCK, FLOW = measure(), measure(Nature.FLOW)
ANNUAL_FLOW = measure(Nature.FLOW, annualised=True)
SHARE = measure(Nature.LEVEL, kind=Kind.PERCENT)


def info(code: str = "NET", of: Measure = STOCK, unit: Unit = USD_BN) -> SeriesInfo:
    """A catalogue entry that no catalogue holds."""
    return SeriesInfo(f"made:{code}", f"Made series {code}", of, unit, PUBLISHER, "made", "https://example.org/made")


def vintage(day: date = DAY, form: Form = Form.PATH) -> Vintage:
    """A payload of that day; its id says which."""
    return Vintage(f"made-{form.value}-{day}", day, form, PUBLISHER, "https://example.org/made", "ab" * 32)


def seen(  # noqa: PLR0913 -- an observation has as many parts
    value: str,
    period: str = "2026Q2",
    *,
    of: SeriesInfo | None = None,
    scale: int = 9,
    step: str = "",
    day: date = DAY,
    path: date | None = None,
    form: Form = Form.PATH,
    basis: Basis = Basis.PUBLISHED,
) -> Observation:
    """`value` in billions unless `scale` says otherwise, known to its last digit unless `step` does."""
    number = Decimal(value)
    known_to = Decimal(step) if step else Decimal(1).scaleb(int(number.as_tuple().exponent))
    return Observation(
        of or info(),
        Period.parse(period),
        number.scaleb(scale),
        known_to.scaleb(scale),
        day,
        vintage(path or day, form),
        path or day,
        basis,
    )


def backfilled(value: str, period: str, *, known: date, path: date, of: SeriesInfo | None = None) -> Observation:
    """A value that counts as known on `known` and was read from the vintage of `path`."""
    return seen(value, period, of=of, day=known, path=path, basis=Basis.BACKFILLED)


def plain(value: str, *, of: Measure = STOCK, period: str = "2026Q2", code: str = "NET") -> Read:
    """A leaf in the base unit, known to its last digit."""
    unit = Unit(of.kind)
    return Read(seen(value, period, of=info(code, of, unit), scale=0))


def history(*values: str, last: str = "2026Q2", of: Measure = STOCK) -> tuple[Read, ...]:
    """Leaves of one series and vintage, oldest first, up to `last`."""
    first = Period.parse(last) - (len(values) - 1)
    return tuple(plain(value, of=of, period=str(first + i)) for i, value in enumerate(values))


def layer(  # noqa: PLR0913 -- a layer has as many parts
    day: date, first: str, text: str, *, form: Form = Form.PATH, step: str = "", of: SeriesInfo | None = None
) -> Layer:
    """One vintage of a series, in its catalogue's unit."""
    held = of or info()
    return Layer(held.id, vintage(day, form), held.unit, Period.parse(first), text, Decimal(step) if step else None)


@dataclass(frozen=True)
class After:
    """A release calendar by rule: so many days after a period's end."""

    days: int = 90

    def release_date(self, group: str, period: Period) -> date:  # noqa: ARG002 -- the protocol's
        return period.end + timedelta(days=self.days)

    def next_due(self, group: str, last_period: Period) -> date:
        return self.release_date(group, last_period + 1)

    def is_scheduled(self, group: str, period: Period) -> bool:  # noqa: ARG002 -- the protocol's
        return False


def series(as_of: date, *layers: Layer, of: SeriesInfo | None = None, lag: int = 90) -> Series:
    """A series of made layers seen from a day."""
    return Series(of or info(), as_of, layers, After(lag))


def snapshot(as_of: date, *held: Series) -> Snapshot:
    """Made series as a snapshot."""
    return Snapshot(as_of, {one.info.id: one for one in held})


def fact(name: str, expr: Expr, period: str = "2026Q2", *, stale: bool = False) -> Fact:
    """A fact about a quarter."""
    return Fact(name, f"Label of {name.replace('.', ' ')}", expr, Period.parse(period), stale)


@dataclass
class Desk:
    """A folder of templates and what they may name: writes one and says what came of it."""

    folder: Path
    facts: Mapping[str, Fact] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    charts: frozenset[str] = frozenset()

    def save(self, name: str, text: str) -> None:
        """A template of that name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write(self, text: str, name: str = "sections/tried.md.j2", others: Mapping[str, str] | None = None) -> Written:
        """The tree of a template that says `text`."""
        for key, other in (others or {}).items():
            self.save(key, other)
        self.save(name, text)
        ledger = Ledger(self.facts, dict(self.claims))
        return Engine([self.folder], ledger, self.tables, self.charts).write(name)


def claim(name: str, test: str, args: Sequence[Expr], threshold: str = "") -> Claim:
    """A claim on one made fact."""
    return Claim(name, "the words", test, tuple(args), ("niip.net",), Decimal(threshold) if threshold else None)
