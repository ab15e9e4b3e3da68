"""`reporter verify`: a published edition, proved from its own files, and on request from its sources."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, now, say_json
from reporter.errors import ProofError

if TYPE_CHECKING:
    from reporter.proof.live import Live
    from reporter.proof.verdict import Verdict

_LISTED = 12  # observations that are named before they are counted


@click.command()
@click.argument("edition", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option("--key", metavar="KEY", help="The public key that has to have signed: hexadecimal, or a PEM file.")
@click.option("--live", is_flag=True, help="Also read every observation again from its source.")
@as_json
def verify(edition: Path, key: str | None, *, live: bool, as_json: bool) -> None:
    """Prove a published edition from its own files, without a network and without trust in its publisher.

    FILE is a PDF, whose facts are attached to it, or a page with facts.json beside it; DIR an edition's folder,
    whose mail is proved with them.
    Three things are told apart: whether text, facts and observations agree (consistent), whether anything was
    changed since it was made (intact), and whose key vouches for that (signed).

    With --live the observations are read again from their publishers as of the vintage they are said to be of, which
    FRED's archive can tell. The Treasury and BEA (for which a key is needed) serve the latest only: where that is
    another figure it is told, for it may have been revised. What a source contradicts is a failure.
    """
    from reporter.proof import signing  # noqa: PLC0415
    from reporter.proof import verify as proving  # noqa: PLC0415

    verdicts = proving.verify(edition, signing.trusted(key) if key else "")
    consistent = not any(verdict.inconsistent for verdict in verdicts)
    reread = _reread(edition, quiet=as_json) if live and consistent else None
    if as_json:
        rows = [verdict.to_json() for verdict in verdicts]
        say_json([row | {"live": reread.to_json()} for row in rows] if reread else rows)
    else:
        click.echo("\n".join([*map(_told, verdicts), *(_live_lines(reread) if reread else ())]))
    failures = [f"{verdict.name}: {fault}" for verdict in verdicts for fault in verdict.failures]
    failures += _contradicted(reread) if reread else []
    for fault in reread.faults if reread else ():
        click.echo(f"failed: {fault}", err=True)
    if failures:
        raise ProofError("\n".join(failures))
    if reread:
        sys.exit(reread.exit_code)


def _reread(edition: Path, *, quiet: bool) -> Live:
    from reporter import keys as held_keys  # noqa: PLC0415
    from reporter.commands.pull import progress  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.http import Client, Pacer  # noqa: PLC0415
    from reporter.proof import live, verify  # noqa: PLC0415
    from reporter.record import read_record  # noqa: PLC0415

    held, keys = settings(), held_keys.load(os.environ)
    seen = live.observations(read_record(verify.facts_of(edition), str(edition)))
    plan = live.plan(seen, keys, held.bases)
    with Client(keys, Pacer(held.cache / "slots.sqlite")) as client:
        return live.reread(seen, plan, client, now().date(), progress(quiet=quiet))


def _told(verdict: Verdict) -> str:
    intact = "no manifest" if verdict.changed is None else "no" if verdict.changed else "yes"
    consistent = "no" if verdict.inconsistent else f"yes, {verdict.figures} figures"
    signed = f"by {verdict.signed}" if verdict.signed else "no"
    return f"{verdict.name}\n  consistent: {consistent}\n  intact: {intact}\n  signed: {signed}"


def _live_lines(reread: Live) -> list[str]:
    from reporter.proof.live import Found  # noqa: PLC0415

    counts = (
        (Found.SAME, "are what the source has as of their vintage"),
        (Found.OTHER, "are not what the source has as of their vintage"),
        (Found.SAME_TODAY, "are what the source has today; it keeps no vintages"),
        (Found.OTHER_TODAY, "are not what it has today: revised since, or never so"),
        (Found.UNREAD, "could not be read again"),
        (Found.UNASKED, "have nobody to be asked: printed or closed, or wanting a key"),
    )
    told = [(len(reread.of(found)), words) for found, words in counts]
    changed = [each.told for each in reread.of(Found.OTHER_TODAY)]
    more = [f"    and {len(changed) - _LISTED} more"] if len(changed) > _LISTED else []
    lines = [f"    {count:,} {words}" for count, words in told if count]
    return [f"  read again: {len(reread.reread):,} observations", *lines, *_indented(changed[:_LISTED]), *more]


def _indented(lines: list[str]) -> list[str]:
    return [f"      {line}" for line in lines]


def _contradicted(reread: Live) -> list[str]:
    from reporter.proof.live import Found  # noqa: PLC0415

    told = [f"not what its source says: {each.told}" for each in reread.of(Found.OTHER)]
    more = [f"and {len(told) - _LISTED} more"] if len(told) > _LISTED else []
    return [*told[:_LISTED], *more]
