"""Numerals, default-deny, on what came out: whatever is not a passage of the edition must have one of a few roles.

So with measurable words: a passage's were borne by claims when it was written; around passages none may stand.

A passage's figures are bound by its leaves. What is left over on the page when every passage has been struck out may
be a page number, a running head, the number of a note or of a takeaway, a mark on an axis or a chart's label, or a
receipt; any other numeral is a fault, and so is a passage that does not stand there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from reporter.facts import Fact
from reporter.language.numerals import has_numeral
from reporter.proof import words
from reporter.proof.output import Output
from reporter.proof.slips import Slips
from reporter.proof.spread import Place, Spread, compact, tokens
from reporter.transcript import ChartText, Passage
from reporter.tree import Inline, Judged, Line, PeriodLeaf, Styled, plain, walk

_FRONT = {f"front.{name}" for name in ("name", "tagline", "headline", "standfirst", "no_takeaways", "colophon")}
_TABLE = {"table.caption", "table.unit", "table.columns", "table.row", "table.note"}
_UNSEEN = {"chart", "front", "table"}  # of these only the fields above stand in the text
_MACHINE = {"viewport", "color-scheme", "generator", "dcterms.created", "dcterms.modified", "article:published_time"}
_ADDRESSES = {
    "contentUrl",
    "url",
    "image",
    "@id",
    "@context",
    "og:url",
    "og:image",
}  # where things stand, not what they say
_NARROW = "-narrow"
_POINT = "point"  # told where a chart is pointed at, not drawn on it
_TELLING = 40  # characters: a shorter line may stand at several places


@dataclass(frozen=True)
class Made:
    """What an edition says it prints: its passages, the texts on its charts and its facts by id."""

    passages: Sequence[Passage]
    drawn: Sequence[ChartText]
    facts: Mapping[str, Fact]

    @property
    def notes(self) -> int:
        """How many notes it has."""
        return sum(isinstance(node, Styled) and node.style == "note" for p in self.passages for node in walk(p.line))

    def at(self, *places: str) -> list[str]:
        """The texts of the passages at these places."""
        return [plain(passage.line) for passage in self.passages if passage.where in places]


def faults(output: Output, made: Made) -> tuple[str, ...]:
    """Everything in the output that is not so, each in a line."""
    spread = Spread(output.pages)
    missing, places = _strike(spread, made.passages)
    found = [*missing, *_disordered(places, made.passages), *_left(spread, output, made)]
    headings = made.at("section.title", "section.short", "front.name")
    found += words.judging(spread, output, headings, [text.text for text in made.drawn])
    found += _pictures(output, made)
    found += _named(output, made)
    found += (f"not of our making: {thing}" for thing in output.active)
    return tuple(f"{output.name}: {fault}" for fault in found)


def pieces(line: Line) -> Iterator[str]:
    """The stretches of a line that stand together: a note stands elsewhere, and parts what it stands in."""
    held = ""
    for note, text in _flat(line):
        if note:
            yield held
            yield text
            held = ""
        else:
            held += text
    yield held


def _flat(line: Line) -> Iterator[tuple[bool, str]]:
    for node in line:
        if isinstance(node, Styled) and node.style == "note":
            yield True, plain(node.children)
        elif isinstance(node, Judged | Styled):
            yield from _flat(node.children)
        else:
            yield False, _text(node)


def _text(node: Inline) -> str:
    return plain((node,))


def _visible(where: str) -> bool:
    return where in _FRONT | _TABLE or where.partition(".")[0] not in _UNSEEN


def _strike(spread: Spread, passages: Sequence[Passage]) -> tuple[list[str], dict[int, Place]]:
    """Strike every passage out, the longest first; the faults, and where each whole paragraph stood."""
    wanted = [
        (number, passage.where, piece)
        for number, passage in enumerate(passages)
        if _visible(passage.where)
        for piece in pieces(passage.line)
        if any(char.isalnum() for char in piece)
    ]
    missing: list[tuple[int, str]] = []
    places: dict[int, Place] = {}
    for number, where, piece in sorted(wanted, key=lambda held: -len(held[2])):
        place = spread.strike(piece) or _apart(spread, passages[number].line, piece)
        if place is None:
            missing.append((number, f"not as it was made: {where}: {_brief(piece)!r}"))
        elif where == "text" and len(piece) >= _TELLING:
            places[number] = min(place, places.get(number, place))
    return [fault for _, fault in sorted(missing)], places


def _apart(spread: Spread, line: Line, piece: str) -> Place | None:
    """The place of a line whose first words are set apart from the rest: a list of names, and what each does."""
    lead, rest = line[:1], line[1:]
    if not rest or not isinstance(lead[0], Styled) or piece != plain(line):
        return None
    return spread.strike(plain(rest)) if spread.strike(plain(lead)) else None


def _disordered(places: Mapping[int, Place], passages: Sequence[Passage]) -> Iterator[str]:
    """Paragraphs on a page before one that they follow; sections may be set in another order than they are told."""
    sections = [*accumulate(int(passage.where == "section.title") for passage in passages)]
    for before, after in pairwise(sorted(places)):
        if sections[before] == sections[after] and places[after].page < places[before].page:
            yield f"out of order on page {places[after].page + 1}: {_brief(plain(passages[after].line))!r}"


def _left(spread: Spread, output: Output, made: Made) -> Iterator[str]:
    """Numerals that are neither in a passage nor in a role."""
    allowed = _counters(made)
    if output.drawn is None:
        allowed += _drawn(made, narrow=False)
    for number in range(len(spread.sheets)):
        for running in made.at("section.title", "section.short", "front.name", "day", "imprint.name"):
            while has_numeral(running) and spread.strike_on(number, running):
                pass
    numbers: dict[int, Counter[str]] = {}
    slips = Slips(made.facts.values(), made.passages)
    yield from (f"among the receipts, bound to nothing: {t!r}" for t in tokens(output.slips) if not slips.bear(t))
    for number, token in spread.left():
        if output.receipts is not None and number >= output.receipts:
            if not slips.bear(token):
                yield f"page {number + 1}, among the receipts: bound to nothing: {token!r}"
            continue
        counted = [str(number + 1), str(len(spread.sheets))] if output.numbered else []
        own = numbers.setdefault(number, Counter(counted))
        for held in (own, allowed):
            if held[token] > 0:
                held[token] -= 1
                break
        else:
            yield f"page {number + 1}: bound to nothing: {token!r}"


def _counters(made: Made) -> Counter[str]:
    """The numbers that count: of takeaways, and of notes where they are called and where they stand."""
    takeaways = len(made.at("takeaway.lead"))
    counted = [*range(1, takeaways + 1), *(2 * [*range(1, made.notes + 1)])]
    return Counter(str(number) for number in counted)


def _drawn(made: Made, *, narrow: bool) -> Counter[str]:
    texts = (held.text for held in made.drawn if held.kind != _POINT and (narrow or not held.chart.endswith(_NARROW)))
    return Counter(token for text in texts for token in tokens(text) if has_numeral(token))


def _pictures(output: Output, made: Made) -> Iterator[str]:
    """Texts on charts and for charts: exactly those that were made."""
    told = {compact(text) for text in made.at("chart.alt", "chart.headline", "imprint.name")}
    held = {compact(text) for text in output.alts}
    yield from (f"a picture's text that was not made: {_brief(text)!r}" for text in sorted(held - told) if text)
    missing = {compact(text) for text in made.at("chart.alt")} - held
    yield from (f"no picture says: {_brief(text)!r}" for text in sorted(missing))
    if output.drawn is None:
        return
    drawn = Counter(token for text in output.drawn for token in tokens(text) if has_numeral(token))
    yield from (f"on a chart, bound to nothing: {token!r}" for token in drawn - _drawn(made, narrow=True))


def _named(output: Output, made: Made) -> Iterator[str]:
    """Metadata, attributes and what is repeated: of the edition's own words and the labels of its facts."""
    own = {token for passage in made.passages for token in tokens(plain(passage.line))}
    own |= {token for fact in made.facts.values() for token in tokens(fact.label)}
    own |= {token for text in made.drawn if text.kind == _POINT for token in tokens(text.text)}
    own |= {
        str(leaf.span) for p in made.passages if p.where == "day" for leaf in p.line if isinstance(leaf, PeriodLeaf)
    }
    held = [(name, text) for name, text in output.named if name not in _MACHINE | _ADDRESSES]
    for name, text in (*held, *(("repeated", text) for text in output.repeated)):
        for token in tokens(text):
            if has_numeral(token) and not _among(token, own):
                yield f"{name}: bound to nothing: {token!r}"


def _among(token: str, words: Iterable[str]) -> bool:
    """Whether the token is one of the words, but for the punctuation around it."""
    bare = token.strip(".,;:()“”")
    return any(bare == word.strip(".,;:()“”") for word in words)


def _brief(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
