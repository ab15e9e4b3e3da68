"""A correction as a mail: the sentences that the errata of an edition are, in the dress of its mails.

The sentences come as lines of leaves from `reporter.proof.errata`; nothing else in it is a figure but days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reporter.model.periods import Frequency, Period
from reporter.render import templates
from reporter.render.mail import STYLE, inlined
from reporter.render.mailed import ADDRESS, UNSUBSCRIBE, Letterhead
from reporter.render.text import compact, wrapped
from reporter.tree import Line

PLAIN, MARKED_UP = "base/correction.txt.j2", "base/correction.html.j2"


@dataclass(frozen=True)
class Correction:
    """What is corrected: the publication's name, the day of its edition, today, and a line an erratum."""

    name: str
    day: date
    today: date
    lines: Sequence[Line]


@dataclass(frozen=True)
class CorrectionMail:
    """The mail before it is anybody's."""

    subject: str
    html: str
    text: str


def correction(held: Correction, folders: Sequence[Path], letterhead: Letterhead) -> CorrectionMail:
    """The mail; `folders` of templates, the first one winning. Raise RenderError where a template is at fault."""
    words = {
        "name": held.name,
        "day": Period.of(held.day, Frequency.DAY),
        "today": Period.of(held.today, Frequency.DAY),
        "lines": held.lines,
        "letterhead": letterhead,
        "UNSUBSCRIBE": UNSUBSCRIBE,
        "ADDRESS": ADDRESS,
    }
    plain = templates.environment(tuple(folders), markup=False)
    plain.filters.update(wrapped=wrapped)
    with templates.placed(PLAIN):
        made = compact(plain.get_template(PLAIN).render(words))
    subject, _, text = made.partition("\n")
    environment = templates.environment(tuple(folders))
    with templates.placed(STYLE):
        style = environment.get_template(STYLE).render(words)
    with templates.placed(MARKED_UP):
        html = environment.get_template(MARKED_UP).render({**words, "subject": subject}).strip()
    return CorrectionMail(subject, inlined(html, style), text.lstrip("\n"))
