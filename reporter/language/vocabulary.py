"""Measurable words: each may stand only where a claim bears it out.

Words are looked for in what a template has written, phrase by phrase, the longest first; a word is borne by the
claim whose `say` it stands in, or under whose `otherwise`, if what that claim's test found is what the word says.
The list is `data/vocabulary.toml`; `reporter vocabulary` shows it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from reporter.claims import Claim
from reporter.expr import Apply, Expr
from reporter.inline import CountLeaf, Inline, Judged, Line, Styled, Text
from reporter.language.numerals import numbers_in
from reporter.rounding import USUAL, written

_LEAF, _COUNT = "\N{OBJECT REPLACEMENT CHARACTER}", "\N{REPLACEMENT CHARACTER}"  # a count, and any other leaf
_HYPHENS = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
_CLAUSE = re.compile(r"[.,;:!?()–]")
_NEAR = 4  # words before a phrase in which a negation counts


@dataclass(frozen=True, slots=True)
class Phrase:
    """An entry of the vocabulary; the file says what each field is for."""

    name: str
    forms: tuple[str, ...]
    findings: frozenset[str]
    needs: str
    turned: frozenset[str] = frozenset()
    speaks: tuple[str, ...] = ()
    threshold: Decimal | None = None
    at: str = "least"
    kind: str = ""
    counted: bool = False
    doubled: bool = False
    sized: bool = False
    either: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A word that nothing bears, where it stands, and why."""

    word: str
    reason: str
    template: str
    line: int


@dataclass(frozen=True, slots=True)
class _Char:
    """A character of a line: the words it belongs to, and the claims that stand over it."""

    node: Text | None
    said: tuple[Claim, ...]


@dataclass(frozen=True)
class _Vocabulary:
    phrases: tuple[Phrase, ...]
    form: dict[str, Phrase]
    pattern: re.Pattern[str]
    honest: re.Pattern[str]
    negation: re.Pattern[str]
    hypothetical: re.Pattern[str]


def phrases() -> tuple[Phrase, ...]:
    """The whole vocabulary."""
    return _read().phrases


def faults(line: Line) -> Iterator[Fault]:
    """Every measurable word of a line that its claims do not bear."""
    held = _read()
    chars = [*_spelled(_chars(line, ()))]
    text = held.honest.sub(lambda m: " " * len(m[0]), "".join(char for char, _ in chars))
    for found in held.pattern.finditer(text):
        phrase = held.form[_plain(found[0])]
        over = [about for _, about in chars[found.start() : found.end()]]
        claims = tuple(dict.fromkeys(claim for about in over for claim in about.said))
        place = _Place(text, found.start(), found.end())
        if not place.is_hypothetical and not any(_bears(phrase, claim, place) for claim in claims):
            node = next((about.node for about in over if about.node), Text(""))
            yield Fault(found[0], _reason(phrase, claims), node.template, node.line)


def unbound(line: Line) -> Iterator[str]:
    """The numbers that stand among a line's words and are no leaf, put together of differently styled pieces or not."""
    return numbers_in(_flat(line))


def without_borne(text: str, claim: Claim | None) -> str:
    """A claim's words with blanks for the phrases that it bears: some hold a number word (“almost twice”)."""

    def blank(found: re.Match[str]) -> str:
        borne = claim and _bears(_read().form[_plain(found[0])], claim, _Place(text, found.start(), found.end()))
        return " " * len(found[0]) if borne else found[0]

    return _read().pattern.sub(blank, text) if claim else text


def _flat(line: Line) -> str:
    """The words of a line, with a mark that is no letter where a leaf stands."""
    return "".join(_flat_node(node) for node in line)


def _flat_node(node: Inline) -> str:
    match node:
        case Text(text):
            return text
        case Judged(claim, children):
            return without_borne(_flat(children), claim)
        case Styled(_, children):
            return _flat(children)
        case _:
            return _LEAF


@dataclass(frozen=True, slots=True)
class _Place:
    """A phrase in its line."""

    text: str
    start: int
    end: int

    @property
    def clause(self) -> str:
        """What stands before it in the same clause."""
        return _CLAUSE.split(self.text[: self.start])[-1].casefold()

    @property
    def is_denied(self) -> bool:
        """Whether a negation stands shortly before it."""
        near = " ".join(self.clause.split()[-_NEAR:])
        return _read().negation.search(near) is not None

    @property
    def is_hypothetical(self) -> bool:
        """Whether the clause supposes and does not tell."""
        return _read().hypothetical.search(self.clause) is not None

    @property
    def follows_count(self) -> bool:
        """Whether a count stands right before it, or shortly before a phrase that asks for one."""
        return _COUNT in self.text[max(self.start - 40, 0) : self.start]


def _bears(phrase: Phrase, claim: Claim, place: _Place) -> bool:
    if claim.holds is None:
        return False
    # A claim that something no longer holds bears the words of what does not, but after a negation only.
    is_lapsed = claim.test.startswith("not_")
    if phrase.negated is not is_lapsed and (phrase.negated or not place.is_denied):
        return False
    found = claim.direction in _wanted(phrase, claim, place) and _fits(phrase, claim, place)
    return found if phrase.either or not place.is_denied else not found


def _wanted(phrase: Phrase, claim: Claim, place: _Place) -> frozenset[str]:
    """What the test has to have found."""
    if not phrase.turned:
        return phrase.findings
    if not phrase.speaks:
        return phrase.turned | (phrase.findings & {"ranked"}) if claim.args[0].value < 0 else phrase.findings
    if not _is_debt(claim):
        return phrase.findings
    spoken = any(re.search(rf"\b{noun}\b", place.clause) for noun in phrase.speaks)
    return phrase.turned if spoken else phrase.findings


def _is_debt(claim: Claim) -> bool:
    """Whether what moved is a debt or deficit: the level that the change is made of lies below nought."""
    level = next(iter(claim.args[0].observations()))
    return level.value < 0


def _fits(phrase: Phrase, claim: Claim, place: _Place) -> bool:
    """Threshold, kind, count and shape."""
    if phrase.threshold is not None and not _is_at(phrase, claim.threshold):
        return False
    if phrase.kind and claim.args[0].measure.kind.value != phrase.kind:
        return False
    if phrase.counted and not (claim.count > 1 and place.follows_count):
        return False
    if claim.direction == "ranked" and not (claim.count == 1 or place.follows_count):
        return False
    if phrase.doubled and not (len(claim.args) > 1 and _is_doubled(claim.args[1])):
        return False
    first = claim.args[0]
    return not phrase.sized or (isinstance(first, Apply) and first.op == "abs")


def _is_at(phrase: Phrase, threshold: Decimal | None) -> bool:
    if threshold is None or phrase.threshold is None:
        return False
    return threshold >= phrase.threshold if phrase.at == "least" else threshold <= phrase.threshold


def _is_doubled(expr: Expr) -> bool:
    """Whether a tree is a value and itself: there are no constants to multiply by."""
    return (
        isinstance(expr, Apply)
        and expr.op in {"add", "sum"}
        and len(expr.args) > 1
        and len(set(map(_key, expr.args))) == 1
    )


def _key(expr: Expr) -> str:
    return str(expr.to_json())


def _reason(phrase: Phrase, claims: tuple[Claim, ...]) -> str:
    if not claims:
        return f"stands in no claim's words; it needs {phrase.needs}"
    found = "; ".join(_finding(claim) for claim in claims)
    return f"is not what the data bear: {found}; it needs {phrase.needs}"


def _finding(claim: Claim) -> str:
    first = claim.args[0]
    threshold = "" if claim.threshold is None else f" {claim.threshold}"
    held = {None: "is undecided", True: "holds", False: "does not hold"}[claim.holds]
    value = written(first.value, first.measure.kind, first.step, USUAL)
    told = f"{claim.id} (test {claim.test}{threshold}) {held}: {claim.direction}, {claim.count}"
    return f"{told}; {first.formula()} = {value}"


def _chars(line: Line, said: tuple[Claim, ...]) -> Iterator[tuple[str, _Char]]:
    for node in line:
        yield from _of_node(node, said)


def _spelled(chars: Iterable[tuple[str, _Char]]) -> Iterator[tuple[str, _Char]]:
    """As a reader sees it: without marks that have no width, letters and hyphens of every kind as plain ones."""
    for text, about in chars:
        for char in text:
            plain = "-" if char in _HYPHENS else unicodedata.normalize("NFKC", char)
            if unicodedata.category(char) != "Cf":
                yield (plain if len(plain) == 1 else char), about


def _of_node(node: Inline, said: tuple[Claim, ...]) -> Iterator[tuple[str, _Char]]:
    match node:
        case Judged(claim, children):
            yield from _chars(children, (*said, claim))
        case Styled(style, children):
            if style == "note":
                yield ". ", _Char(None, ())
            yield from _chars(children, said)
        case Text(text):
            yield from ((char, _Char(node, (*said, *node.denied))) for char in text)
        case CountLeaf():
            yield _COUNT, _Char(None, said)
        case _:
            yield _LEAF, _Char(None, said)


@cache
def _read() -> _Vocabulary:
    held = tomllib.loads(files("reporter.data").joinpath("vocabulary.toml").read_text("utf-8"), parse_float=Decimal)
    made = tuple(_phrase(row) for row in held["phrase"])
    form = {_plain(form): phrase for phrase in made for form in phrase.forms}
    return _Vocabulary(
        made, form, _words(form), *(_words(held[key]) for key in ("honest", "negations", "hypothetical"))
    )


def _phrase(row: dict[str, Any]) -> Phrase:
    held = dict(row)
    for key, kind in (("findings", frozenset), ("turned", frozenset), ("forms", tuple), ("speaks", tuple)):
        held[key] = kind(row.get(key, ()))
    held["threshold"] = Decimal(row["threshold"]) if "threshold" in row else None
    return Phrase(**held)


def _words(forms: Any) -> re.Pattern[str]:  # noqa: ANN401 -- any iterable of texts
    longest = sorted(forms, key=len, reverse=True)
    listed = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest)
    return re.compile(rf"(?<![\w’-])(?:{listed})(?![\w-])", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
