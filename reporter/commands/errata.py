"""`reporter errata`: what published editions said that the figures of today do not bear out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from reporter.commands.common import as_json, as_of, say_json, store_option


@click.command()
@click.argument("briefing", required=False)
@as_of
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder of editions.  [output]")
@click.option("--country", metavar="NAME", help="The country of a holder-profile.")
@store_option
@as_json
def errata(  # noqa: PLR0913 -- one parameter an option
    briefing: str | None,
    as_of: date,
    output: Path | None,
    country: str | None,
    store_path: Path | None,
    *,
    as_json: bool,
) -> None:
    """List the editions whose claims have flipped since, each with its correction in a sentence.

    A claim is judged again for the periods it was made of, on the vintages of --as-of. That newer periods tell another
    story corrects nothing; that the same period has another value may.
    """
    from reporter import briefing as briefings  # noqa: PLC0415
    from reporter import store  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.proof import errata as proof  # noqa: PLC0415
    from reporter.resources import templates_folder  # noqa: PLC0415

    held = settings(store_path)
    held = replace(held, output=output) if output else held
    chosen = briefings.load(briefing or held.briefing, {"country": country} if country else {})
    own = (held.templates,) if held.templates else ()
    with store.layers(store.Store(held.store)) as at_hand:
        read, unread = proof.ledger(chosen, held.output, as_of, at_hand, (*own, templates_folder()))
    for reason in unread:
        click.echo(f"passed over an earlier edition: {reason}", err=True)
    flipped = [one for one in read if one.errata]
    if as_json:
        rows = [erratum.to_json() for one in flipped for erratum in one.errata]
        say_json({"briefing": chosen.name, "as_of": as_of.isoformat(), "editions": len(read), "errata": rows})
        return
    for one in flipped:
        for erratum in one.errata:
            click.echo(f"{one.day}  {erratum.correction}")
    click.echo(f"{len(flipped)} of {len(read)} editions in {held.output / chosen.name} said what no longer holds")
