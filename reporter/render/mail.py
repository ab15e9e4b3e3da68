"""An edition as a mail: one column of HTML with its rules in the elements, a plain text, and charts as pictures.

Most mail programs heed only styles that stand in the elements, so `css_inline` writes them there; what cannot be
written so stays in one block of the head. Gmail cuts a mail that is too long and drops a block that is too long, so
both have limits that a build holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reporter.charts import Picture
from reporter.errors import RenderError
from reporter.model.periods import Frequency, Period
from reporter.render import templates
from reporter.render.mailed import (
    ADDRESS,
    MARKS,
    NOBODYS,
    UNSUBSCRIBE,
    Letterhead,
    mailed,
    preheader,
    receipts_at,
    subject,
)
from reporter.render.text import text
from reporter.render.ties import rewritten, tied
from reporter.tree import Edition, charts, plain

__all__ = ["ADDRESS", "MARKS", "NOBODYS", "UNSUBSCRIBE", "Letterhead", "MailParts", "mail"]

TEMPLATE, STYLE, HEAD = "base/email.html.j2", "base/email.css", "base/email-head.css"
LONGEST_HTML = 100_000  # bytes: Gmail cuts at 102 KB, and the unsubscribe link would be beyond the cut
LONGEST_HEAD = 8_000  # bytes of the one style block that stays: Gmail drops one of more than 8,192


@dataclass(frozen=True, slots=True)
class MailParts:
    """A mail before it is anybody's. `images` are PNGs by the file name that `html` shows them under."""

    subject: str
    preheader: str
    html: str
    text: str
    images: Mapping[str, bytes]


def mail(
    edition: Edition,
    pictures: Mapping[str, Picture],
    folders: Sequence[Path],
    held: Letterhead = NOBODYS,
) -> MailParts:
    """The edition as a mail; `pictures` by chart, `folders` of templates, the first one winning.

    Raise RenderError where a picture is missing, a template is at fault or the HTML is too long.
    """
    short = mailed(edition)
    keys = [chart.key for section in short.sections for chart in charts(section.blocks)]
    if missing := [key for key in keys if key not in pictures]:
        message = f"nobody drew the charts {', '.join(missing)} for the mail"
        raise RenderError(message)
    return MailParts(
        subject=plain(subject(edition)),
        preheader=plain(preheader(edition)),
        html=_html(edition, pictures, folders, held),
        text=text(edition, folders, held),
        images={f"{key}.png": pictures[key].png for key in keys}
        | {name: logo.body for name, logo in held.logos.items()},
    )


def _html(edition: Edition, pictures: Mapping[str, Picture], folders: Sequence[Path], held: Letterhead) -> str:
    environment = templates.environment(tuple(folders))
    words = {
        "edition": rewritten(mailed(edition), tied),
        "day": Period.of(edition.as_of, Frequency.DAY),
        "subject": subject(edition),
        "preheader": preheader(edition),
        "pictures": pictures,
        "letterhead": held,
        "receipts_at": receipts_at(edition),
        "UNSUBSCRIBE": UNSUBSCRIBE,
        "ADDRESS": ADDRESS,
    }
    with templates.placed(STYLE):
        style = environment.get_template(STYLE).render(words)
    with templates.placed(TEMPLATE):
        whole = environment.get_template(TEMPLATE).render(words).strip()
    with templates.placed(HEAD):
        head = len(environment.get_template(HEAD).render(words).encode())
    if head > LONGEST_HEAD:
        message = f"{head:,} bytes of rules that stay in the head, of which Gmail takes {LONGEST_HEAD:,} at most"
        raise RenderError(message, template=HEAD)
    return _gated(inlined(whole, style))


def inlined(html: str, style: str) -> str:
    """The rules of `style` in the elements; the block marked `ignore` stays, blank lines go."""
    import css_inline  # noqa: PLC0415 -- only a mail needs it

    inliner = css_inline.CSSInliner(
        inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False, extra_css=style
    )
    made = inliner.inline(html)
    return "\n".join(line for row in made.splitlines() if (line := row.strip())) + "\n"


def _gated(html: str) -> str:
    size = len(html.encode())
    if size > LONGEST_HTML:
        message = f"the mail has {size:,} bytes of HTML, and more than {LONGEST_HTML:,} are cut by Gmail; "
        message += "shorten the edition, or leave sections out of the mail in a template of your own"
        raise RenderError(message, template=TEMPLATE)
    return html
