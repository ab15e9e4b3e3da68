"""`reporter diff`: what two editions say differently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, say_json
from reporter.errors import ConfigError

if TYPE_CHECKING:
    from reporter.proof.difference import Difference

_ANSWERS = {True: "held", False: "did not hold", None: "was undecided"}


@click.command()
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option("--page", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page.")
@as_json
def diff(before: Path, after: Path, page: Path | None, *, as_json: bool) -> None:
    """Show what edition B says otherwise than edition A.

    A and B are folders of editions, their facts.json or their PDFs. Facts are told apart by what moved them: news,
    a new period, both as counted in B; or a revision of the same period. The largest comes first.
    """
    from reporter.proof import difference  # noqa: PLC0415

    found = difference.between(difference.read(before), difference.read(after))
    if page:
        _write(page, found)
    if as_json:
        say_json(found.to_json())
    else:
        click.echo("\n".join(_lines(found)))


def _write(target: Path, found: Difference) -> None:
    from reporter import brand, fonts, resources  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.proof import difference_page  # noqa: PLC0415

    held = settings()
    own = [held.templates] if held.templates else []
    look = brand.load(held.brand, held.cache)
    with fonts.using(look.fonts):
        text = difference_page.page(found, [*own, resources.templates_folder()], look)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{target}: cannot be written: {error.strerror}"
        raise ConfigError(message) from error


def _lines(found: Difference) -> Iterator[str]:
    yield f"{found.before.briefing}: {found.before.as_of} and {found.after.as_of}"
    if found.is_none:
        yield "no difference"
    for title, held in (
        ("claims added", found.added),
        ("claims dropped", found.dropped),
        ("claims flipped", tuple(_flips(found))),
        ("words that no longer hold", tuple(_lapsed(found))),
        ("facts moved by news", tuple(_moves(found, news=True))),
        ("facts revised", tuple(_moves(found, news=False))),
        ("facts added", found.facts_added),
        ("facts dropped", found.facts_dropped),
    ):
        if held:
            yield f"\n{title} ({len(held)})"
            yield from (f"  {line}" for line in held)


def _flips(found: Difference) -> Iterator[str]:
    for flip in found.flipped:
        now = {True: "holds", False: "does not hold", None: "is undecided"}[flip.now.holds]
        yield f"{flip.now.id}: {_ANSWERS[flip.then.holds]}, {now} ({flip.now.direction})"


def _lapsed(found: Difference) -> Iterator[str]:
    yield from (f"{ended.then.id}: {ended.then.words!r}, by {ended.kind}" for ended in found.lapsed)


def _moves(found: Difference, *, news: bool) -> Iterator[str]:
    from reporter.proof import difference  # noqa: PLC0415

    for move in found.moved:
        if difference.is_news(move) is news:
            change = difference.change_of(move)
            told = f" ({change})" if change else ""
            yield f"{move.id}: {move.before.text}, {move.before.span} → {move.now.text}, {move.now.span}{told}"
