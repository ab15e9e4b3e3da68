"""An edition's record held against itself: every stored value, word and count must follow from its observations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reporter import figures
from reporter.claims import Claim
from reporter.errors import DataError
from reporter.facts import Fact
from reporter.language.numerals import has_numeral
from reporter.language.vocabulary import faults as unborne
from reporter.language.vocabulary import unbound
from reporter.language.wording import MONTHS, cardinal, in_words, month_of, ordinal, short
from reporter.model.periods import Period, Span, Window
from reporter.model.units import Kind
from reporter.proof.check import Made
from reporter.proof.spread import compact
from reporter.record import Record
from reporter.rounding import MINUS, rounded
from reporter.transcript import ChartText, Passage, Printed
from reporter.tree import CountLeaf, Inline, Judged, NameLeaf, PeriodLeaf, Text, plain, walk

_SCALES = {Kind.USD: (0, 6, 9, 12)}
_FIGURE = re.compile(r"([+−]?)\$?(\d[\d,]*(?:\.\d+)?)(tn|bn|mn|%|\spoints|\spercentage points)?")
_MONTH = "|".join(month[:3] for month in MONTHS)
# A mark on an axis: a number, a year in two digits or four, a quarter, a month.
_POINT = re.compile(r"[^\n]+(?:\n[^\n]+: −?[\d,]+(?:\.\d+)?)+")
_TICK = re.compile(rf"[+−]?\$?[\d,]+(?:\.\d+)?(?:%|tn|bn)?|’\d\d|Q[1-4]|(?:{_MONTH})?\s?’?\d{{2,4}}(?:\sQ[1-4])?")


def faults(record: Record) -> Iterator[str]:
    """Every place where the record says what its observations do not bear."""
    for key, fact in record.facts.items():
        try:
            yield from _of_fact(fact, record.published[key])
        except DataError as error:
            yield f"fact {key}: {error}"
    for key, claim in record.claims.items():
        try:
            yield from _of_claim(claim, record.published[key])
        except DataError as error:
            yield f"claim {key}: {error}"
    yield from _future(record)
    for passage in record.text:
        yield from (f"{passage.where}: {fault}" for fault in _of_passage(passage))
    yield from _of_colophon(record)
    yield from of_charts(Made(record.text, record.drawn, record.facts))


def _of_fact(fact: Fact, row: Mapping[str, Any]) -> Iterator[str]:
    """A row of `facts` against its expression: `to_json` is what it would be today."""
    yield from _rows(f"fact {fact.id}", row, fact.to_json(), ("value", "unit", "text", "basis", "precision", "formula"))
    last = fact.span.last if isinstance(fact.span, Window) else fact.span
    newest = max((seen.period for seen in fact.expr.observations()), key=lambda period: period.end)
    if not last.start <= newest.end <= last.end:
        yield f"fact {fact.id}: said of {fact.span}, but its observations end in {newest}"


def _of_claim(claim: Claim, row: Mapping[str, Any]) -> Iterator[str]:
    yield from _rows(f"claim {claim.id}", row, claim.to_json(), ("holds", "count", "direction", "threshold", "basis"))


def _rows(name: str, stored: Mapping[str, Any], found: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        was = float(stored[key]) if isinstance(stored[key], Decimal) else stored[key]
        if was != found[key]:
            yield f"{name}: {key} is stored as {was!r}, but its observations give {found[key]!r}"


def _future(record: Record) -> Iterator[str]:
    """Nothing may have become known after the day of the edition."""
    exprs = [*(fact.expr for fact in record.facts.values()), *(e for c in record.claims.values() for e in c.args)]
    seen = {observation.id: observation for expr in exprs for observation in expr.observations()}
    late = (key for key, observation in sorted(seen.items()) if observation.known_on > record.as_of)
    yield from (f"observation {key}: known only after {record.as_of}" for key in late)


def _of_passage(passage: Passage) -> Iterator[str]:
    yield from (f"a number that is bound to nothing: {number!r}" for number in unbound(passage.line))
    yield from (f"the word {fault.word!r} {fault.reason}" for fault in unborne(passage.line))
    for node in walk(passage.line):
        if fault := _of_node(node):
            yield fault


def _of_node(node: Inline) -> str:
    match node:
        case Text(text, denied=denied) if any(claim.holds is not False for claim in denied):
            return f"{text!r} stands where {denied[-1].id} does not hold, but it does"
        case Printed(said, stored) if stored != said.text:
            return f"{said.fact.id} is printed as {stored!r}, but it is {said.text!r}"
        case PeriodLeaf(text, span) if text not in written(span):
            return f"{text!r} is no way to write {span}"
        case CountLeaf(text, claim) if text not in {cardinal(claim.count), ordinal(claim.count)}:
            return f"{claim.id} counts {claim.count}, but the words say {text!r}"
        case Judged(claim, words) if claim.holds is not True:
            return f"{plain(words)!r} rests on {claim.id}, which does not hold: it is {claim.direction}"
    return ""


def _of_colophon(record: Record) -> Iterator[str]:
    """Where the colophon counts the figures, it has to count them all."""
    found = figures.count(record.text).bound
    nodes = (node for p in record.text if p.where == figures.COLOPHON for node in walk(p.line))
    told = [plain((node,)) for node in nodes if _counts(node)]
    yield from (f"the colophon says {text}, but there are {found} figures" for text in told if text != found)


def _counts(node: Inline) -> bool:
    return isinstance(node, NameLeaf) and re.fullmatch(r"[\d,]+ of [\d,]+", node.text) is not None


def written(span: Span) -> frozenset[str]:
    """Every way in which templates may write a period or window."""
    last: Period = span.last if isinstance(span, Window) else span
    forms = {in_words(span), in_words(span, year=False), month_of(span), month_of(span, year=False), short(span)}
    return frozenset({*forms, str(last.year)})


def of_charts(made: Made) -> Iterator[str]:
    """Texts on charts that are neither words of the edition nor marks on an axis nor labels of the fact they name."""
    words = {compact(plain(passage.line)) for passage in made.passages if passage.where.startswith("chart.")}
    for text in made.drawn:
        if has_numeral(text.text) and compact(text.text) not in words and not (_is_tick(text) or _is_point(text)):
            yield from _of_label(text, made.facts.get(text.fact))


def _is_tick(text: ChartText) -> bool:
    return text.kind == "tick" and _TICK.fullmatch(text.text) is not None


def _is_point(text: ChartText) -> bool:
    """Whether it reads a mark off the chart: a period, then a name and a value a line."""
    return text.kind == "point" and _POINT.fullmatch(text.text) is not None


def _of_label(text: ChartText, fact: Fact | None) -> Iterator[str]:
    if fact is None:
        yield f"chart {text.chart}: bound to nothing: {text.text!r}"
    elif not bears(fact, text.text):
        yield f"chart {text.chart}: {text.text!r} is not {fact.id}, which is {fact.text}"


def bears(fact: Fact, text: str) -> bool:
    """Whether a label is the fact's value at some scale, rounded to the decimals shown; a minus may not be lost."""
    found = _FIGURE.fullmatch(text)
    if not found:
        return False
    sign, digits, _ = found.groups()
    shown = Decimal(digits.replace(",", ""))
    places = len(digits.partition(".")[2])
    values = {rounded(fact.value.scaleb(-scale), places) for scale in _SCALES.get(fact.kind, (0,))}
    return (-shown if sign == MINUS else shown) in values
