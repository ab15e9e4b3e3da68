"""Claims of an article against facts: each evaluated on the figures of a day, for the periods the article spoke of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from reporter import briefing, store
from reporter.build import gather
from reporter.claims import Claim
from reporter.compare import restated
from reporter.errors import ConfigError
from reporter.expr import Apply, Expr, Read
from reporter.facts import Fact
from reporter.findings import Findings
from reporter.model.observations import Observation
from reporter.model.periods import Period
from reporter.model.series import Snapshot
from reporter.model.units import Kind
from reporter.rounding import USUAL, written

HERE = Path(__file__).parent
_BILLION = 10**9
_LEAF = re.compile(r"(?P<series>[^\[\]\s]+)\[(?P<period>[^\[\]\s]+)\]")


@dataclass(frozen=True)
class Check:
    """One claim of the article: its words, and what they are held against, read on the article's own day.

    `expr` is the figure, None where a claim alone is judged; `claim` the test its words must pass.
    """

    quote: str
    label: str
    expr: Expr | None
    claim: Claim | None
    says: Decimal | None
    to: Decimal
    instead: Expr | None
    instead_is: str
    note: str


@dataclass(frozen=True)
class Found:
    """A check on the figures of one day: True, False, or None where they cannot decide."""

    day: date
    holds: bool | None
    figure: str
    formula: str
    detail: str
    instead: str
    observations: tuple[Observation, ...]


@dataclass(frozen=True)
class Article:
    """What is checked, and on which days."""

    title: str
    publisher: str
    days: tuple[date, ...]
    checks: tuple[Check, ...]
    snapshots: tuple[Snapshot, ...]

    def found(self, check: Check) -> tuple[Found, ...]:
        """The check on every day."""
        return tuple(on(check, snapshot) for snapshot in self.snapshots)


def load(path: Path = HERE / "claims.toml") -> Article:
    """Read the claims, and the briefing's facts as of the first day; raise ConfigError naming what is not there."""
    held = tomllib.loads(path.read_text("utf-8"))
    chosen = briefing.load(held["briefing"])
    series = {leaf["series"] for row in held["claim"] for leaf in _LEAF.finditer(_flat(row))}
    snapshots = tuple(store.snapshot(day, {*chosen.needs, *series}) for day in held["days"])
    first = snapshots[0]
    facts = gather(chosen, first)
    checks = tuple(_check(row, facts, first) for row in held["claim"])
    return Article(held["title"], held["publisher"], tuple(held["days"]), checks, snapshots)


def on(check: Check, snapshot: Snapshot) -> Found:
    """The same figures and tests, for the same periods, on another day's vintages."""
    expr = _again(check.expr, snapshot)
    claim = _claim_again(check.claim, snapshot)
    instead = _again(check.instead, snapshot)
    rests = tuple(claim.observations()) if claim else tuple(expr.observations()) if expr else ()
    return Found(
        snapshot.as_of,
        _verdict(check, expr, claim),
        _written(expr),
        expr.formula() if expr else "",
        _detail(claim),
        f"{_written(instead)} = {instead.formula()}" if instead else "",
        rests,
    )


def _verdict(check: Check, expr: Expr | None, claim: Claim | None) -> bool | None:
    if check.says is not None:
        return None if expr is None else abs(expr.value - check.says) <= check.to
    return claim.holds if claim else None


def _detail(claim: Claim | None) -> str:
    if claim is None:
        return ""
    values = f"{len(claim.args)} value" + "s" * (len(claim.args) > 1)
    limit = "" if claim.threshold is None else f", threshold {_limit(claim)}"
    return f"test `{claim.test}` on {values}{limit}: {claim.direction}, count {claim.count}"


def _limit(claim: Claim) -> str:
    """A threshold in dollars as one writes it; others, counts and percents, as they are."""
    limit, kind = claim.threshold or Decimal(0), claim.args[0].measure.kind
    return written(limit, kind, Decimal(10**9), USUAL) if kind is Kind.USD and abs(limit) >= _BILLION else f"{limit}"


def _again(expr: Expr | None, snapshot: Snapshot) -> Expr | None:
    return restated(expr, snapshot) if expr else None


def _claim_again(claim: Claim | None, snapshot: Snapshot) -> Claim | None:
    if claim is None:
        return None
    args = [restated(arg, snapshot) for arg in claim.args]
    held = tuple(arg for arg in args if arg is not None)
    return replace(claim, args=held) if len(held) == len(args) else None


def _written(expr: Expr | None) -> str:
    return "" if expr is None else written(expr.value, expr.measure.kind, expr.step, USUAL)


def _check(row: Mapping[str, Any], found: Findings, snapshot: Snapshot) -> Check:
    facts, claims = {fact.id: fact for fact in found.facts}, {claim.id: claim for claim in found.claims}
    fact = _named(facts, row["fact"]) if "fact" in row else None
    expr = fact.expr if fact else _expr(row["expr"], facts, snapshot) if "expr" in row else None
    claim = _named(claims, row["claim"]) if "claim" in row else None
    if "test" in row and expr:
        limit = Decimal(str(row["limit"])) if "limit" in row else None
        other = (_expr(row["against"], facts, snapshot),) if "against" in row else ()
        claim = Claim("article", row["quote"], row["test"], (expr, *other), (), limit)
    return Check(
        row["quote"],
        row.get("label", fact.label if fact else ""),
        expr,
        claim,
        Decimal(str(row["says"])) if "says" in row else None,
        Decimal(str(row.get("to", 0))),
        _expr(row["instead"], facts, snapshot) if "instead" in row else None,
        row.get("instead_is", ""),
        row.get("note", ""),
    )


def _named(held: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 -- a fact or a claim, as asked
    if key not in held:
        message = f"claims.toml: the briefing has no {key!r}"
        raise ConfigError(message)
    return held[key]


def _expr(held: str | Sequence[Any], facts: Mapping[str, Fact], snapshot: Snapshot) -> Expr:
    """A fact's, or `series[period]`, or an operation and its parts."""
    if not isinstance(held, str):
        return Apply(held[0], tuple(_expr(part, facts, snapshot) for part in held[1:]))
    leaf = _LEAF.fullmatch(held)
    if leaf is None:
        fact: Fact = _named(facts, held)
        return fact.expr
    return Read(snapshot[leaf["series"]][Period.parse(leaf["period"])])


def _flat(row: Mapping[str, Any]) -> str:
    """Every expression of a row as one text, for the names of its series."""
    found: list[str] = []
    queue: list[Any] = [row.get("expr", ""), row.get("instead", "")]
    while queue:
        held = queue.pop()
        if isinstance(held, str):
            found.append(held)
        else:
            queue.extend(held)
    return "\n".join(found)
