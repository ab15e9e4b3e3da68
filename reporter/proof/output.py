"""What a reader finds in a finished document, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Output:
    """A document's texts.

    `pages` are the visible texts in content order: of a PDF with what is drawn on charts, of a page without (that
    is `drawn`). From page number `receipts` on, receipts stand; those of a page are `slips`. `alts` are the texts for
    pictures, `named` other attributes and metadata by what they are (title, description), `repeated` what stands twice
    by design, `active` what it runs, fetches or has its style print. Pages that are not `numbered` may not count
    themselves.
    """

    name: str
    pages: tuple[str, ...]
    drawn: tuple[str, ...] | None = None
    receipts: int | None = None
    alts: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    repeated: tuple[str, ...] = field(default=())
    numbered: bool = True
    active: tuple[str, ...] = ()
    slips: str = ""
