"""The proof that is part of every build: an edition that does not pass is not written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from reporter.errors import ProofError
from reporter.proof import check, evaluate, mail, manifest, page, paper
from reporter.render.mail import MailParts
from reporter.render.mailed import Letterhead, links, preheader, told
from reporter.transcript import ChartText, Passage, passages
from reporter.tree import Edition

_SHOWN = 12  # faults that are named; the first ones mostly explain the rest


def made(edition: Edition, drawn: Sequence[ChartText]) -> check.Made:
    """What the edition says it prints."""
    return check.Made(tuple(passages(edition)), tuple(drawn), edition.facts)


def of_charts(held: check.Made) -> None:
    """Raise ProofError where a chart prints what no fact bears."""
    _refuse(evaluate.of_charts(held))


def of_page(held: check.Made, text: str) -> None:
    """Raise ProofError where the finished page is not what was made."""
    _refuse(check.faults(page.texts(text), held))


def of_pdf(held: check.Made, pdf: bytes) -> None:
    """Raise ProofError where the finished PDF is not what was made."""
    _refuse(check.faults(paper.texts(pdf), held))


def of_mail(held: check.Made, edition: Edition, letterhead: Letterhead, parts: MailParts) -> None:
    """Raise ProofError where the finished mail, as HTML or as text, is not what was made."""
    said = (*told(edition, letterhead), Passage("preheader", preheader(edition)))
    _refuse(check.faults(mail.of_html(parts), check.Made(said, (), held.facts)))
    lines = tuple(replace(one, where=mail.SPOKEN.get(one.where, one.where)) for one in told(edition, letterhead))
    _refuse(check.faults(mail.of_text(parts, links(edition, letterhead)), check.Made(lines, (), held.facts)))


def sealed(pdf: bytes, sign: Callable[[bytes], bytes] | None) -> bytes:
    """The PDF with its manifest, signed where there is a key."""
    return manifest.sealed(pdf, sign)


def _refuse(faults: Iterator[str] | Sequence[str]) -> None:
    found = [*faults]
    if found:
        more = f"\nand {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        message = "what came out is not what was made:\n" + "\n".join(found[:_SHOWN]) + more
        raise ProofError(message)
