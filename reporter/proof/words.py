"""Measurable words on what came out: those of a passage are borne by its claims; around passages none may stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reporter.inline import Text
from reporter.language import vocabulary
from reporter.proof.output import Output
from reporter.proof.spread import Spread


def measurable(text: str) -> Iterator[str]:
    """Every measurable phrase of a text that stands in no claim's words, as it is spelled there."""
    yield from (fault.word for fault in vocabulary.faults((Text(text),)))


def judging(spread: Spread, output: Output, headings: Sequence[str], drawn: Iterable[str]) -> Iterator[str]:
    """What a frame's template judges of its own, once the edition's passages are struck out of `spread`.

    `headings` may stand again as running heads and in the contents; `drawn` are the texts on charts, which stand among
    a PDF's own.
    """
    on_charts = {word for text in drawn for word in measurable(text)} if output.drawn is None else set()
    for number, sheet in enumerate(spread.sheets[: output.receipts]):
        for heading in headings:
            while any(measurable(heading)) and spread.strike_on(number, heading):
                pass
        for word in measurable(sheet.rest()):
            if word not in on_charts:
                yield f"page {number + 1}: {word!r} stands in no claim's words"
