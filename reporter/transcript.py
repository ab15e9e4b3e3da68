"""The words of an edition as data: every printed line with its leaves, for `facts.json` and back.

A passage is a line and the place it stands in; a table's row is one passage. With it a stranger can hold what is
printed against the facts without the templates: a piece of plain words never holds a numeral, and every other
piece names the fact, period, claim or name it was made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reporter.claims import Claim
from reporter.facts import Fact, Said
from reporter.language.wording import in_words, short
from reporter.model.periods import Frequency, Period, Span, Window
from reporter.rounding import Style
from reporter.tree import (
    Block,
    ChartBlock,
    Container,
    CountLeaf,
    Edition,
    FactLeaf,
    Heading,
    Inline,
    Items,
    Judged,
    Line,
    NameLeaf,
    Paragraph,
    PeriodLeaf,
    QuoteBlock,
    QuotedLeaf,
    Row,
    Styled,
    TableBlock,
    Text,
)

EMPTY_CELL = "–"  # what a table prints where there is no figure
_SPACE = Text(" ")
_DEEPEST = 16  # spans within spans


@dataclass(frozen=True, slots=True)
class Passage:
    """A printed line. `where` is a dotted place: `front.headline`, `text`, `rail`, `table.row`, `chart.alt`.

    What stands at `imprint` is the publisher's own: its numerals are bound to nothing, and allowed nowhere else.
    """

    where: str
    line: Line


@dataclass(frozen=True, slots=True)
class ChartText:
    """A text drawn on a chart.

    `chart` ends in `-narrow` in the cut for phones; `kind` is head, unit, source, label, tick, word or point, and
    `fact` what a label prints.
    """

    chart: str
    kind: str
    text: str
    fact: str = ""


def passages(edition: Edition) -> Iterator[Passage]:
    """Every printed line of words, in the order of the tree."""
    day = Period.of(edition.as_of, Frequency.DAY)
    yield Passage("day", (PeriodLeaf(in_words(day), day),))
    yield from (Passage(f"front.{name}", line) for name, line in edition.front.words.items())
    for group in edition.coverage:
        yield Passage("coverage", (Text(group.label), _SPACE, PeriodLeaf(short(group.last), group.last)))
    for asked in dict.fromkeys(group.asked for group in edition.coverage if group.unreachable and group.asked):
        yield Passage("coverage", (PeriodLeaf(in_words(asked), asked),))
    for held in edition.takeaways:
        yield Passage("takeaway.lead", held.lead)
        yield Passage("takeaway.sentence", held.sentence)
    for section in edition.sections:
        yield Passage("section.title", section.title)
        yield Passage("section.short", section.short)
        yield from _blocks(section.blocks, "text")
    yield from (Passage(f"imprint.{place}", line) for place, line in edition.imprint)


def write(held: Sequence[Passage]) -> list[dict[str, Any]]:
    """Passages as the rows of `facts.json`."""
    return [{"where": one.where, "line": _write(one.line)} for one in held if one.line]


def read(
    rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Fact], claims: Mapping[str, Claim]
) -> tuple[Passage, ...]:
    """Passages from `write`'s form; raise KeyError, TypeError or ValueError where they are something else."""
    return tuple(Passage(str(row["where"]), _read(row["line"], facts, claims, _DEEPEST)) for row in rows)


def span(text: str) -> Span:
    """Read `str(Period)` or `str(Window)`; raise ValueError else."""
    first, dots, last = text.partition("…")
    return Window(Period.parse(first), Period.parse(last)) if dots else Period.parse(text)


def style(row: Mapping[str, Any]) -> Style:
    """The written form of a stored figure."""
    places = None if row["places"] is None else int(row["places"])
    return Style(row["sign"], places, row["scale"], row["bare"])


def said_row(said: Said) -> dict[str, Any]:
    """A figure as it stands in print."""
    form = said.style
    return {
        "fact": said.fact.id,
        "text": said.text,
        "sign": form.sign,
        "places": form.places,
        "scale": form.scale,
        "bare": form.bare,
    }


def _blocks(blocks: Sequence[Block], place: str) -> Iterator[Passage]:
    for block in blocks:
        match block:
            case Paragraph(children) | Heading(_, children):
                yield Passage(place, children)
            case Items(rows):
                yield from (Passage(place, row) for row in rows)
            case Container(name, inner):
                yield from _blocks(inner, "text" if name == "beside" else name)
            case ChartBlock(_, words):
                yield from (Passage(f"chart.{name}", line) for name, line in words.items())
            case QuoteBlock(_, words, by, later):
                yield from (Passage("quote", line) for line in (words, by, later))
            case TableBlock(table, words, columns):
                yield from (Passage(f"table.{name}", line) for name, line in words.items())
                yield Passage("table.columns", _joined(columns))
                yield from (Passage("table.row", _row(row)) for row in table.rows)


def _row(row: Row) -> Line:
    cells = (cell.line or (Text(EMPTY_CELL),) for cell in row.cells)
    return _joined(((NameLeaf(row.label),), *cells))


def _joined(lines: Sequence[Line]) -> Line:
    return tuple(node for i, line in enumerate(lines) for node in ((_SPACE, *line) if i else line))


def _write(line: Line) -> list[Any]:
    return [_node(node) for node in line]


def _node(node: Inline) -> object:  # noqa: PLR0911 -- one a kind
    match node:
        case Text(text, denied=denied):
            return {"denied": [claim.id for claim in denied], "text": text} if denied else text
        case FactLeaf(said):
            return said_row(said)
        case PeriodLeaf(text, about):
            return {"period": str(about), "text": text}
        case CountLeaf(text, claim):
            return {"count": claim.id, "text": text}
        case NameLeaf(text, href):
            return {"name": text, "href": href} if href else {"name": text}
        case QuotedLeaf(text, href):
            return {"quoted": text, "href": href} if href else {"quoted": text}
        case Judged(claim, children):
            return {"claim": claim.id, "words": _write(children)}
        case Styled(form, children):
            return {"style": form, "words": _write(children)}


def _read(  # noqa: C901 -- one branch a kind
    held: Sequence[Any], facts: Mapping[str, Fact], claims: Mapping[str, Claim], deep: int
) -> Line:
    if not deep:
        message = "spans are nested too deep"
        raise ValueError(message)

    def node(row: Any) -> Inline:  # noqa: ANN401, PLR0911 -- JSON, one a kind
        match row:
            case str(text):
                return Text(text)
            case {"denied": keys, "text": str(text)}:
                return Text(text, denied=tuple(claims[key] for key in keys))
            case {"fact": key}:
                return Printed(Said(facts[key], style(row)), str(row["text"]))
            case {"period": about, "text": str(text)}:
                return PeriodLeaf(text, span(about))
            case {"count": key, "text": str(text)}:
                return CountLeaf(text, claims[key])
            case {"name": str(text)}:
                return NameLeaf(text, str(row.get("href", "")))
            case {"quoted": str(text)}:
                return QuotedLeaf(text, str(row.get("href", "")))
            case {"claim": key, "words": words}:
                return Judged(claims[key], _read(words, facts, claims, deep - 1))
            case {"style": str(form), "words": words}:
                return Styled(form, _read(words, facts, claims, deep - 1))
        message = f"no piece of a line: {row!r:.60}"
        raise ValueError(message)

    return tuple(node(row) for row in held)


@dataclass(frozen=True, slots=True)
class Printed(FactLeaf):
    """A figure read back: `stored` is the text it was printed with, `text` what the fact gives today."""

    stored: str = ""
