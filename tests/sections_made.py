"""What the tests of sections share: findings by id, prose as plain text, and series made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from reporter import briefing, catalogue, releases, store
from reporter.build import Built, build
from reporter.findings import Findings
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.model.series import Series, Snapshot
from reporter.resources import templates_folder
from reporter.tree import TableBlock, lines, plain

FEBRUARY, NOVEMBER = date(2026, 2, 6), date(2026, 11, 22)
FRONT = "{% front %}\nheadline: Made\n{% endfront %}\n"


@cache
def built(as_of: date, *sections: str) -> Built:
    """An edition of some sections on the observations that ship; with the net position, under sell-america's front."""
    front = "briefings/sell-america.md.j2" if "net_position" in sections else "briefings/made.md.j2"
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "briefings").mkdir()
        (folder / "briefings" / "made.md.j2").write_text(FRONT, encoding="utf-8")
        (folder / "made.toml").write_text(
            f'template = "{front}"\nsections = {json.dumps(sections)}\n', encoding="utf-8"
        )
        made = briefing.load(str(folder / "made.toml"))
        return build(made, store.snapshot(as_of, made.needs), [folder, templates_folder()])


def prose(held: Built) -> str:
    """Everything the sections say, a line of text a paragraph, cell or chart's word."""
    return "\n".join(plain(line) for section in held.edition.sections for line in lines(section.blocks))


def tables(held: Built) -> Iterable[TableBlock]:
    """Every table, in order."""
    return (b for section in held.edition.sections for b in section.blocks if isinstance(b, TableBlock))


def values(found: Findings) -> Mapping[str, Decimal]:
    """Each fact's value by id."""
    return {fact.id: fact.value for fact in found.facts}


def holding(found: Findings) -> Mapping[str, bool | None]:
    """Whether each claim holds, by id."""
    return {claim.id: claim.holds for claim in found.claims}


def series(series_id: str, first: str, texts: str, *, as_of: date = NOVEMBER, known_on: date | None = None) -> Series:
    """A series of one vintage, in the catalogue's unit; `texts` are its values, comma-separated."""
    info = catalogue.info(series_id)
    day = known_on or as_of
    vintage = Vintage(f"made@{day}", day, Form.PATH, info.publisher, info.link)
    return Series(info, as_of, (Layer(series_id, vintage, info.unit, Period.parse(first), texts),), releases)


def snapshot(*held: Series, as_of: date = NOVEMBER) -> Snapshot:
    """A snapshot of series made by hand."""
    return Snapshot(as_of, {one.info.id: one for one in held})
