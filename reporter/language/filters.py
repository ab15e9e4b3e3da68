"""The filters templates write figures and dates with. Each takes and gives nouns; none gives a bare number."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reporter.errors import RenderError
from reporter.facts import Said
from reporter.language.handles import Count, as_fact
from reporter.language.wording import cardinal, in_words, month_of, ordinal, short
from reporter.model.periods import Period, Window
from reporter.tree import CountLeaf, PeriodLeaf


def _form(**changes: object) -> Callable[[object], Said]:
    def apply(value: object) -> Said:
        said = as_fact(value)
        return Said(said.fact, said.style.but(**changes))

    return apply


def places(value: object, count: int) -> Said:
    """With so many decimals, or as many as the figure bears where that is fewer."""
    return _form(places=count)(value)


def owed(value: object) -> Said:
    """A negative figure without its minus, where the words say debt or deficit; ProofError where it is not."""
    return as_fact(value).unsigned(negative=True)


def gained(value: object) -> Said:
    """A positive figure plainly, where the words say rise or surplus; ProofError where it is not."""
    return as_fact(value).unsigned(negative=False)


def _span(value: object) -> Period | Window:
    if isinstance(value, Period | Window):
        return value
    message = f"expected a period, got {type(value).__name__}; write {value}.period"
    raise RenderError(message)


def month(value: object) -> PeriodLeaf:
    """The month it ends in: `June 2026`."""
    span = _span(value)
    return PeriodLeaf(month_of(span), span)


def month_only(value: object) -> PeriodLeaf:
    """The month it ends in, without the year: `June`."""
    span = _span(value)
    return PeriodLeaf(month_of(span, year=False), span)


def without_year(value: object) -> PeriodLeaf:
    """`second quarter`, `July`, `5 February`."""
    span = _span(value)
    return PeriodLeaf(in_words(span, year=False), span)


def year(value: object) -> PeriodLeaf:
    """`2026`."""
    span = _span(value)
    return PeriodLeaf(str((span.last if isinstance(span, Window) else span).year), span)


def brief(value: object) -> PeriodLeaf:
    """`2026 Q2`, `Jul 2026`."""
    span = _span(value)
    return PeriodLeaf(short(span), span)


def start(value: object) -> Period:
    """A window's first period."""
    span = _span(value)
    return span.first if isinstance(span, Window) else span


def words(value: object) -> CountLeaf:
    """A claim's count spelled: `two`."""
    count = _count(value)
    return CountLeaf(cardinal(count.number), count.claim)


def nth(value: object) -> CountLeaf:
    """A claim's count as an ordinal: `second`."""
    count = _count(value)
    return CountLeaf(ordinal(count.number), count.claim)


def _count(value: object) -> Count:
    if isinstance(value, Count):
        return value
    message = f"expected a claim's count, got {type(value).__name__}"
    raise RenderError(message)


FILTERS: Mapping[str, Callable[..., object]] = {
    "places": places,
    "owed": owed,
    "fell": owed,
    "gained": gained,
    "rose": gained,
    "signed": _form(sign="signed"),
    "size": _form(sign="none"),
    "bare": _form(bare=True),
    "tn": _form(scale="tn"),
    "bn": _form(scale="bn"),
    "mn": _form(scale="mn"),
    "month": month,
    "month_only": month_only,
    "without_year": without_year,
    "year": year,
    "brief": brief,
    "start": start,
    "words": words,
    "nth": nth,
}
