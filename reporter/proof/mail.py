"""The texts of a mail: its HTML as a mail program shows it, and its plain text with tables read by their rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from reporter.language.numerals import has_numeral
from reporter.proof import check, page
from reporter.proof.active import FETCHED
from reporter.proof.output import Output
from reporter.proof.spread import compact
from reporter.record import Record
from reporter.render.groups import body, notes
from reporter.transcript import Passage
from reporter.tree import Line, NameLeaf, plain

_RULE = re.compile(r"-+(?:  -+)+")
_CONDITIONAL = re.compile(r"<!--\[if[^\]]*\]>|<!\[endif\]-->")  # what Outlook reads, and no other program
# In a text these stand for the picture.
SPOKEN = {"chart.headline": "picture", "chart.alt": "picture"}
_ANNOUNCED = ("front.preheader", "takeaway.lead", "takeaway.sentence", "front.tagline")


class Parts(Protocol):
    """What is proved of a mail."""

    @property
    def subject(self) -> str:
        """As a list of mails shows it."""

    @property
    def html(self) -> str:
        """The HTML part."""

    @property
    def text(self) -> str:
        """The plain text."""


@dataclass(frozen=True, slots=True)
class Published:
    """A mail as it lies in an edition's folder."""

    subject: str
    preheader: str
    page: str
    postal_address: str
    html: str
    text: str


def faults(held: Published, record: Record) -> Iterator[str]:
    """Where a published mail says what its edition does not: `record` is what the edition says.

    Sections that a mail leaves out it leaves out whole. The foot may hold the address that `mail.json` names.
    """
    yield from _announced(held, record.text)
    shown, said = of_html(held), [*said_in(held, record), *_own(held)]
    opening = next((p.line for p in record.text if plain(body(p.line)) == held.preheader), ())
    yield from check.faults(shown, check.Made([*said, Passage("preheader", body(opening))], (), record.facts))
    links = {word for word in held.text.split() if _is_own(word, held.page)}
    lines = [replace(one, where=SPOKEN.get(one.where, one.where)) for one in said]
    yield from check.faults(of_text(held, links), check.Made(lines, (), record.facts))


def said_in(held: Published, record: Record) -> list[Passage]:
    """The lines of the edition that its mail prints."""
    return [*_told(record.text, of_html(held).pages[0])]


def _announced(held: Published, text: Sequence[Passage]) -> Iterator[str]:
    """Subject and preheader are lines of the edition."""
    subjects = {plain(p.line) for p in text if p.where in {"front.subject", "front.headline"}}
    if held.subject not in subjects:
        yield f"mail/mail.json: the subject is none of the edition's: {held.subject!r}"
    if held.preheader not in {plain(body(p.line)) for p in text if p.where in _ANNOUNCED} | {""}:
        yield f"mail/mail.json: the preheader is none of the edition's lines: {held.preheader!r}"


def _told(text: Sequence[Passage], shown: str) -> Iterator[Passage]:
    """The edition's lines but for the sections whose title does not stand in the mail; notes by themselves."""
    there, whole = True, compact(shown)
    for passage in text:
        if passage.where == "section.title":
            there = compact(plain(passage.line)) in whole
        elif passage.where.startswith("imprint."):  # follows the last section, and is of none
            there = True
        if there and passage.where != "section.short":
            yield Passage(passage.where, body(passage.line))
            yield from (Passage("note", note.children) for note in notes(passage.line))


def _own(held: Published) -> Iterator[Passage]:
    line: Line = (NameLeaf(held.postal_address),)
    if held.postal_address:
        yield Passage("imprint", line)


def _is_own(word: str, place: str) -> bool:
    """Whether a word is the address of the edition's page, of its receipts or of its PDF."""
    rest = word.removeprefix(place.removesuffix("index.html")) if place else word
    return rest != word and (rest in {"index.html", "briefing.pdf"} or _is_receipts(rest))


def _is_receipts(rest: str) -> bool:
    return rest.startswith("index.html#receipts") and not has_numeral(rest)


def of_html(parts: Parts, name: str = "mail/mail.html") -> Output:
    """What the HTML part says, with subject and preheader; what is meant for Outlook alone is read, too."""
    held = page.texts(_CONDITIONAL.sub("", parts.html), name)
    ours = tuple(thing for thing in held.active if not thing.startswith(FETCHED))  # pictures stand outside of a mail
    return replace(held, named=(*held.named, ("subject", parts.subject)), numbered=False, active=ours)


def of_text(parts: Parts, links: Collection[str], name: str = "mail/mail.txt") -> Output:
    """What the plain text says but for these addresses, which have a numeral in the day of the edition."""
    lines = (" ".join("" if word in links else word for word in row.split(" ")) for row in parts.text.split("\n"))
    return Output(name, ("\n".join(_heads_joined([*lines])),), drawn=(), numbered=False)


def _heads_joined(lines: Sequence[str]) -> Iterator[str]:
    """The lines with each table's heads on one: above a rule of dashes they are broken to the columns it shows."""
    held: list[str] = []
    for line in lines:
        if _RULE.fullmatch(line):
            yield " ".join(_columns(held, [found.span() for found in re.finditer("-+", line)]))
            held = []
        elif line.strip():
            held.append(line)
        else:
            yield from (*held, "")
            held = []
    yield from held


def _columns(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The words of each column from top to bottom; what stands outside of every column keeps its place at the end."""
    for first, last in spans:
        yield " ".join(word for line in lines if (word := line[first:last].strip()))
    for line in lines:
        outside = list(line)
        for first, last in spans:
            outside[first:last] = " " * len(outside[first:last])
        yield "".join(outside).strip()
