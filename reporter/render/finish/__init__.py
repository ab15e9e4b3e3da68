"""What WeasyPrint leaves undone for PDF/UA-1 and PDF/A-3a at once, done by one pass of pikepdf.

`finish` reads what was laid out and writes a file that claims both profiles; `render.conformance` holds it to that.
Whoever adds a file of their own later does it between the two, with `pikepdf.Pdf.open`, `attach` and `saved`: the
claims stay true, since `attach` leaves nothing out that PDF/A-3 asks of an attachment.

The formats: ISO 32000-1 (PDF 1.7), ISO 14289-1 (PDF/UA-1), ISO 19005-3 (PDF/A-3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO

from pikepdf import Pdf

from reporter.render.finish.artifacts import untagged_to_artifacts
from reporter.render.finish.attachments import Attachment, attach
from reporter.render.finish.identity import identify, saved
from reporter.render.finish.joins import join
from reporter.render.finish.links import settle_links
from reporter.render.finish.spread import Spread
from reporter.render.finish.structure import settle_structure

__all__ = ["Attachment", "Spread", "attach", "finish", "saved"]


def finish(
    laid_out: bytes,
    day: date,
    *,
    spread: Spread = (),
    named: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The PDF as PDF/UA-1 and PDF/A-3a; the same bytes for the same arguments.

    `day` dates the file and its `attachments`. `spread` says which elements each page shows (`spread.spread`), so
    that what is split over pages becomes one again. `named` has words for the destinations of links, for readers
    that name a link by where it leads. Raise ValueError where `spread` is of another document.
    """
    with Pdf.open(BytesIO(laid_out)) as pdf:
        join(pdf, spread)
        settle_links(pdf, named or {})
        settle_structure(pdf)
        untagged_to_artifacts(pdf)  # the last of the tags: what none of them holds by now is not content
        identify(pdf, day)
        attach(pdf, attachments)
        return saved(pdf)
