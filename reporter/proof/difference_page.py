"""The difference of two editions as a page: one file that fetches nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reporter.brand import HOUSE, Look
from reporter.claims import Claim
from reporter.model.periods import Frequency, Period
from reporter.proof.difference import Difference, change_of, is_news
from reporter.render import html, templates

TEMPLATE = "base/difference.html.j2"
_ANSWERS = {True: "held", False: "not", None: "undecided"}


def page(found: Difference, folders: Sequence[Path], brand: Look = HOUSE) -> str:
    """The page; `folders` are the templates, the first one winning. Raise RenderError where one is at fault."""
    words = {
        "found": found,
        "days": [Period.of(record.as_of, Frequency.DAY) for record in (found.before, found.after)],
        "news": [move for move in found.moved if is_news(move)],
        "revised": [move for move in found.moved if not is_news(move)],
        "change_of": change_of,
        "answer": _answer,
        "faces": html.fonts_inline(),
        "brand": brand,
    }
    with templates.placed(TEMPLATE):
        return templates.environment(tuple(folders)).get_template(TEMPLATE).render(words).strip() + "\n"


def _answer(claim: Claim) -> str:
    return _ANSWERS[claim.holds]
