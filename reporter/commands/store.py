"""`reporter store`: look after the file that pulled figures are kept in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reporter.commands.common import as_json, say_json, store_option


@click.group()
def store() -> None:
    """Check, export or import the store of pulled figures."""


@store.command()
@store_option
@as_json
def check(store_path: Path | None, *, as_json: bool) -> None:
    """Check that the store is whole: its file, its payloads, its chains of vintages."""
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.errors import DataError  # noqa: PLC0415
    from reporter.store import Store  # noqa: PLC0415
    from reporter.store.check import check, counts  # noqa: PLC0415

    held = Store(settings(store_path).store)
    faults, held_counts = check(held), counts(held)
    if as_json:
        say_json({"path": str(held.path), "holds": held_counts, "faults": list(faults)})
    else:
        click.echo(f"{held.path}: " + ", ".join(f"{number:,} {name}" for name, number in held_counts.items()))
        for fault in faults:
            click.echo(fault, err=True)
        click.echo("damaged: export what can be read, or pull anew" if faults else "whole")
    if faults:
        sys.exit(DataError.exit_code)


@store.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--payloads", is_flag=True, help="With the payloads that came through FRED, too.")
@store_option
def export(file: Path, store_path: Path | None, *, payloads: bool) -> None:
    """Write the store to FILE, to be kept or taken elsewhere.

    All vintages go along. Of the payloads as they were retrieved, those that came through FRED stay at home unless
    --payloads is given: see its terms of use before passing them on.
    """
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.store import Store  # noqa: PLC0415
    from reporter.store.transfer import export as write  # noqa: PLC0415

    rows = write(Store(settings(store_path).store), file, payloads=payloads)
    click.echo(f"{file}: {rows:,} rows")


@store.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
def import_(file: Path, store_path: Path | None) -> None:
    """Add what FILE, written by `reporter store export`, holds; what the store has already stays as it is."""
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.store import Store  # noqa: PLC0415
    from reporter.store.transfer import take_in  # noqa: PLC0415

    held = Store(settings(store_path).store)
    click.echo(f"{held.path}: {take_in(held, file):,} pulls added")
