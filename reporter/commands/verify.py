"""`reporter verify`: a published edition, proved from its own files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, say_json
from reporter.errors import ProofError

if TYPE_CHECKING:
    from reporter.proof.verdict import Verdict


@click.command()
@click.argument("edition", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option("--key", metavar="KEY", help="The public key that has to have signed: hexadecimal, or a PEM file.")
@as_json
def verify(edition: Path, key: str | None, *, as_json: bool) -> None:
    """Prove a published edition from its own files, without a network and without trust in its publisher.

    FILE is a PDF, whose facts are attached to it, or a page with facts.json beside it; DIR an edition's folder.
    Three things are told apart: whether text, facts and observations agree (consistent), whether anything was
    changed since it was made (intact), and whose key vouches for that (signed).
    """
    from reporter.proof import signing  # noqa: PLC0415
    from reporter.proof import verify as proving  # noqa: PLC0415

    verdicts = proving.verify(edition, signing.trusted(key) if key else "")
    if as_json:
        say_json([verdict.to_json() for verdict in verdicts])
    else:
        click.echo("\n".join(_told(verdict) for verdict in verdicts))
    failures = [f"{verdict.name}: {fault}" for verdict in verdicts for fault in verdict.failures]
    if failures:
        raise ProofError("\n".join(failures))


def _told(verdict: Verdict) -> str:
    intact = "no manifest" if verdict.changed is None else "no" if verdict.changed else "yes"
    consistent = "no" if verdict.inconsistent else f"yes, {verdict.figures} figures"
    signed = f"by {verdict.signed}" if verdict.signed else "no"
    return f"{verdict.name}\n  consistent: {consistent}\n  intact: {intact}\n  signed: {signed}"
