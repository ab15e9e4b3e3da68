"""Facts and claims as templates name them: `niip.net.change_quarter.period`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from jinja2 import StrictUndefined

from reporter.claims import Claim
from reporter.errors import RenderError
from reporter.facts import Fact, Said
from reporter.model.observations import Basis
from reporter.model.periods import Frequency, Period, Span


@dataclass
class Ledger:
    """Every fact and claim at hand, and the claims that templates make of a fact's direction."""

    facts: Mapping[str, Fact]
    claims: dict[str, Claim]
    used: set[str] = field(default_factory=set)

    def roots(self) -> Mapping[str, Handle]:
        """The first names of all ids: what a template starts from."""
        return {name: Handle(self, name) for name in {key.partition(".")[0] for key in (*self.facts, *self.claims)}}

    def has_below(self, prefix: str) -> bool:
        """Whether any id continues `prefix`."""
        return any(key.startswith(f"{prefix}.") for key in (*self.facts, *self.claims))

    def moved(self, fact: Fact, test: str) -> Claim:
        """The claim that a fact is a rise, or a fall; made on demand and kept."""
        key = f"{fact.id}.{'rose' if test == 'rise' else 'fell'}"
        if key not in self.claims:
            words = "rose" if test == "rise" else "fell"
            self.claims[key] = Claim(key, words, test, (fact.expr,), (fact.id,))
        return self.claims[key]


@dataclass(frozen=True, slots=True)
class Count:
    """A claim's count, to be spelled by a filter."""

    claim: Claim

    @property
    def number(self) -> int:
        """The count itself."""
        return self.claim.count


class Handle:
    """One dotted name. It may be a fact, a claim, a branch with names below it, or several of these."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._name = name

    def __getattr__(self, part: str) -> object:
        if part.startswith("_"):
            raise AttributeError(part)
        name, ledger = f"{self._name}.{part}", self._ledger
        if name in ledger.facts or name in ledger.claims or ledger.has_below(name):
            return Handle(ledger, name)
        if self._name in ledger.facts:
            found = _of_fact(ledger, ledger.facts[self._name], part)
        else:
            found = _of_claim(ledger.claims.get(self._name), part)
        if found is None:
            raise AttributeError(part)
        return found

    def __bool__(self) -> bool:
        message = f"{self._name} is neither true nor false; write {self._name}.holds, or use `say`"
        raise RenderError(message)

    def __format__(self, _: str) -> str:
        return self._name  # in a message

    def __str__(self) -> str:
        message = f"{self._name} would be printed as a name; print it by itself, not joined to words"
        raise RenderError(message)


class Unknown(StrictUndefined):
    """A name that stands for nothing: says which names are near.

    What is asked of it is as unknown, so that `is defined` can be asked of a name with dots.
    """

    def __getattr__(self, name: str) -> Unknown:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    @property
    def _undefined_message(self) -> str:
        if not isinstance(self._undefined_obj, Handle):
            return super()._undefined_message
        parent = self._undefined_obj
        name = f"{parent}.{self._undefined_name}"
        held = [*parent._ledger.facts, *parent._ledger.claims]  # noqa: SLF001 -- one module
        near = get_close_matches(name, held, 3, 0.5)
        return f"nothing is called {name}" + (f"; did you mean {', '.join(near)}?" if near else "")


def as_fact(value: object) -> Said:
    """The fact a template value stands for, in the house's usual form; raise RenderError where it is none."""
    if isinstance(value, Said):
        return value
    if isinstance(value, Fact):
        return Said(value)
    if isinstance(value, Handle) and value._name in value._ledger.facts:  # noqa: SLF001 -- one module
        return Said(value._ledger.facts[value._name])  # noqa: SLF001
    raise RenderError(_no("fact", value))


def as_claim(value: object) -> Claim:
    """The claim a template value stands for; raise RenderError where it is none."""
    if isinstance(value, Claim):
        return value
    if isinstance(value, Handle) and value._name in value._ledger.claims:  # noqa: SLF001
        return value._ledger.claims[value._name]  # noqa: SLF001
    raise RenderError(_no("claim", value))


def is_fact(value: object) -> bool:
    """Whether a template value is a fact."""
    return isinstance(value, Said | Fact) or (
        isinstance(value, Handle) and value._name in value._ledger.facts  # noqa: SLF001
    )


def _of_fact(ledger: Ledger, fact: Fact, part: str) -> object | None:
    match part:
        case "period":
            return fact.span
        case "rose" | "fell":
            # A handle like that of any other claim, or `undecided` would depend on who asked first.
            return Handle(ledger, ledger.moved(fact, "rise" if part == "rose" else "fall").id)
        case "known_on":
            return _newest(fact)
        case "mixed" | "backfilled" | "published":
            return fact.basis is Basis(part)
        case "stale":
            return fact.stale
        case _:
            return None


def _of_claim(claim: Claim | None, part: str) -> object | None:
    match part:
        case "holds" if claim:
            # Undecided is neither; a template that asks sees false, and `say` prints nothing.
            return claim.holds is True
        case "undecided" if claim:
            return claim.holds is None
        case "direction" if claim:
            return claim.direction
        case "count" if claim:
            return Count(claim)
        case "mixed" if claim:
            return claim.basis is Basis.MIXED
        case _:
            return None


def _newest(fact: Fact) -> Span:
    day = max(seen.known_on for seen in fact.expr.observations())
    return Period.of(day, Frequency.DAY)


def _no(noun: str, value: object) -> str:
    """A clear message, with near names where the value is a dotted name."""
    if isinstance(value, Unknown):
        return value._undefined_message  # noqa: SLF001 -- one module
    if not isinstance(value, Handle):
        return f"expected a {noun}, got {type(value).__name__}"
    held = value._ledger.facts if noun == "fact" else value._ledger.claims  # noqa: SLF001
    near = get_close_matches(f"{value}", list(held), 3, 0.5)
    return f"there is no {noun} {value}" + (f"; did you mean {', '.join(near)}?" if near else "")
