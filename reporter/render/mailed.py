"""What a mail says of an edition, and in which words it announces itself: pure functions on the tree.

Left out is what is looked up rather than read: sources, method, other editions and the list of contents stand on the
page. Everything else is said in full, so that a reader needs no page to follow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from reporter.brand import HOUSE, Logo, Look
from reporter.config import Settings
from reporter.render import receipts
from reporter.render.groups import AT_THE_BACK, body, notes
from reporter.transcript import Passage, passages
from reporter.tree import (
    Block,
    ChartBlock,
    Container,
    Edition,
    Front,
    Line,
    NameLeaf,
    Paragraph,
    SectionTree,
    plain,
)

LONGEST_PREHEADER = 100  # characters: what a list of mails shows beside the subject
# What is filled in for each person when a mail is sent; addresses that lead nowhere until then.
UNSUBSCRIBE, ADDRESS = "reporter:unsubscribe", "reporter:address"
MARKS = (UNSUBSCRIBE, ADDRESS)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose mail it is. `folder` is where the edition stands on the web, with its slash; empty where it does not."""

    folder: str = ""
    postal_address: str = ""
    brand: Look = HOUSE

    @property
    def page(self) -> str:
        """The address of the edition's page; empty where it has none."""
        return f"{self.folder}index.html" if self.folder else ""

    @property
    def pdf(self) -> str:
        """Likewise of its PDF."""
        return f"{self.folder}briefing.pdf" if self.folder else ""

    @property
    def logos(self) -> dict[str, Logo]:
        """The logo for light and dark by its file's name; none where it is an SVG, which mail programs do not show."""
        held = {"brand-logo.png": self.brand.logo, "brand-logo-dark.png": self.brand.logo_dark}
        found = {name: logo for name, logo in held.items() if logo and logo.kind == "image/png"}
        return found if "brand-logo.png" in found else {}

    @property
    def imprint(self) -> tuple[str, ...]:
        """The lines at the foot: the publisher's own words."""
        lines = (self.brand.tagline, self.brand.footer, *self.brand.legal, self.postal_address)
        return tuple(line for line in lines if line)


NOBODYS = Letterhead()  # without an address, a brand or a page


def letterhead(settings: Settings, briefing: str, as_of: date, brand: Look = HOUSE) -> Letterhead:
    """What stands in every mail of an edition."""
    base = settings.site.url.rstrip("/")
    return Letterhead(f"{base}/{briefing}/{as_of}/" if base else "", settings.mail.postal_address, brand)


def mailed(edition: Edition) -> Edition:
    """The edition as far as a mail tells it."""
    kept = (section for section in edition.sections if section.id not in AT_THE_BACK)
    words = {name: line for name, line in edition.front.words.items() if name != "description"}
    return replace(edition, front=Front(words), sections=tuple(map(_section, kept)), imprint=())  # see `told`


def _section(held: SectionTree) -> SectionTree:
    return replace(held, short=(), blocks=_told_first(held.blocks))


def _told_first(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with the first paragraph before a chart that opens them: beside it there is no room for text."""
    made = [Container(b.name, _told_first(b.blocks)) if isinstance(b, Container) else b for b in blocks]
    if len(made) > 1 and isinstance(made[0], ChartBlock) and isinstance(made[1], Paragraph):
        made[:2] = made[1], made[0]
    return tuple(made)


def subject(edition: Edition) -> Line:
    """The front's `subject`, else its headline."""
    return edition.front["subject"] or edition.front["headline"]


def preheader(edition: Edition) -> Line:
    """What a list of mails shows beside the subject: the story's second fact, not the headline again.

    The first of these that is short enough: the front's `preheader`, the takeaways from the second on by sentence and
    lead, the tagline. A sentence is never cut: half of it may say the opposite.
    """
    return next((line for line in _announcements(edition) if 0 < len(plain(line)) <= LONGEST_PREHEADER), ())


def _announcements(edition: Edition) -> Iterator[Line]:
    yield edition.front["preheader"]
    yield from (body(held.sentence) for held in edition.takeaways[1:])
    yield from (held.lead for held in edition.takeaways[1:])
    yield edition.front["tagline"]


def receipts_at(edition: Edition) -> dict[str, str]:
    """Where on the page the receipts of each section stand, by the section's id.

    A figure's receipt stands with the first section that prints it, so a section may have none of its own.
    """
    own = {group.section.id for group in receipts.groups(edition) if group.section}
    return {held.id: f"receipts-{held.id}" if held.id in own else "receipts" for held in edition.sections}


def links(edition: Edition, held: Letterhead) -> frozenset[str]:
    """The addresses that a mail may spell out: the edition's page, its receipts and its PDF."""
    at = {f"#{place}" for place in receipts_at(edition).values()}
    return frozenset({held.page, held.pdf, *(f"{held.page}{place}" for place in at)}) if held.page else frozenset()


def told(edition: Edition, held: Letterhead) -> Iterator[Passage]:
    """Every line that a mail prints, once each time it stands there: what its proof looks for.

    Notes stand below their paragraph, and are lines of their own.
    """
    for passage in passages(mailed(edition)):
        if passage.where == "front.no_takeaways" and edition.takeaways:
            continue
        yield Passage(passage.where, body(passage.line))
        yield from (Passage("note", note.children) for note in notes(passage.line))
    if held.brand.name:
        yield Passage("imprint.name", (NameLeaf(held.brand.name),))
    yield from (Passage("imprint", (NameLeaf(line),)) for line in held.imprint)
