"""`reporter subscribers`: the people who are written to."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from reporter.commands.common import Day, as_json, now, say_json, today

if TYPE_CHECKING:
    from reporter.mail.people import Consent, People, Subscriber
    from reporter.mail.people_csv import Report

_STATES = ("pending", "active", "left", "suppressed")
state_option = click.option("--state", type=click.Choice(_STATES), help="Only those of this state.  [all]")
list_option = click.option(
    "--list",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file of subscribers.  [[list] people in reporter.toml, or a file in the user's data folder]",
)
source_option = click.option(
    "--source", metavar="WORDS", help="Where they agreed to be written to: 'desk at the fair'."
)
consented_option = click.option("--consented-on", type=Day(), help="The day they did.")


@click.group()
def subscribers() -> None:
    """Look after the list: who is written to, who is not, and why.

    \b
    pending     has not confirmed; gets nothing but the mail that asks for it
    active      has consented; gets each edition
    left        went by their own wish; only they can come back
    suppressed  a hard bounce, a complaint or the like; only they can come back

    The list is a file of its own: copy it, move it, delete it as the law on personal data asks of you.
    """  # noqa: D301 -- click's sign for a block that keeps its lines


@subscribers.command(name="import")
@click.argument("file", type=click.File("rb"))
@source_option
@consented_option
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, and change nothing.")
@list_option
@as_json
def import_(  # noqa: PLR0913, PLR0917 -- one parameter an option
    file: BinaryIO,
    source: str | None,
    consented_on: date | None,
    dry_run: bool,  # noqa: FBT001 -- click's way
    path: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Take in the people of a CSV FILE (- is standard input).

    The first line names the columns: address is needed; name, source and consented_on may be there, and state, since,
    reason, detail as `export` writes them. Consent is stated per row by source and consented_on, or for all rows that
    have none by --source and --consented-on. Without it people are pending, and get nothing.

    Who has left, is suppressed or was erased stays so. Bad rows are told by line and left out; the exit code is then 1.
    """
    from reporter.mail.people_csv import take_in  # noqa: PLC0415

    held = _people(path)
    lines = TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    report = take_in(held, lines, _consent(source, consented_on), now(), dry_run=dry_run)
    if as_json:
        say_json({"list": str(held.path), "dry_run": dry_run, **report.to_json()})
    else:
        for line in _told(report, dry_run=dry_run):
            click.echo(line)
        for number, fault in report.faults:
            click.echo(f"line {number}: {fault}", err=True)
        if report.bad > len(report.faults):
            click.echo(f"and {report.bad - len(report.faults):,} more", err=True)
    sys.exit(1 if report.bad else 0)


def _told(report: Report, *, dry_run: bool) -> Iterator[str]:
    added = ", ".join(f"{count:,} {state}" for state, count in sorted(report.added.items())) or "nobody"
    yield f"{report.read:,} rows; {'would add' if dry_run else 'added'} {added}"
    notes = {
        "were pending and are active now": report.activated,
        "are no longer written to": report.stopped,
        "were on the list already": report.known,
        "had left, are suppressed or were erased, and stay so": report.kept_out,
        "stood in the file before": report.twice,
        "are bad": report.bad,
    }
    yield from (f"{count:,} {words}" for words, count in notes.items() if count)
    if report.added["pending"]:
        yield "pending ones get nothing; where they did agree, import again with --source and --consented-on"
    if report.unused:
        yield f"columns not used: {', '.join(map(repr, report.unused))}"


@subscribers.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@state_option
@list_option
def export(file: Path, state: str | None, path: Path | None) -> None:
    """Write the list as CSV to FILE (- is standard output), as `import` reads it.

    A cell that a spreadsheet would run as a formula has an apostrophe before it; `import` takes it off again.
    """
    from reporter.mail.people import State  # noqa: PLC0415
    from reporter.mail.people_csv import export as write  # noqa: PLC0415
    from reporter.mail.people_csv import export_to  # noqa: PLC0415

    rows = _people(path).rows(State(state) if state else None)
    if str(file) == "-":
        out = TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
        write(rows, out)
        out.detach()
    else:
        click.echo(f"{file}: {export_to(rows, file):,} people")


@subscribers.command(name="list")
@state_option
@click.option("--address", help="Only this one.")
@list_option
@as_json
def list_(state: str | None, address: str | None, path: Path | None, *, as_json: bool) -> None:
    """Show who is on the list, in which state, since when, and why somebody is not written to."""
    from reporter.mail.people import State  # noqa: PLC0415

    held = _people(path)
    rows = iter([held.find(address)]) if address else held.rows(State(state) if state else None)
    some = (row for row in rows if row and (not state or row.state == state))
    if as_json:
        _say_all(some)
        return
    for row in some:
        why = " ".join(part for part in (row.reason, f"({row.detail})" if row.detail else "") if part)
        consent = f"{row.source}, {row.consented_on}" if row.consented_on else ""
        cells = (row.address, row.name, row.state.value, row.since.date().isoformat(), why or consent)
        click.echo("  ".join(cell for cell in cells if cell))
    click.echo(", ".join(f"{count:,} {name}" for name, count in held.counts().items()), err=True)


def _say_all(rows: Iterator[Subscriber]) -> None:
    """A JSON list, written as it is read."""
    between = "["
    for row in rows:
        click.echo(between + "\n " + json.dumps(row.to_json(), ensure_ascii=False), nl=False)
        between = ","
    click.echo("\n]" if between == "," else "[]")


@subscribers.command()
@click.argument("address")
@click.option("--name", default="", help="What to call them.")
@source_option
@consented_option
@list_option
def add(address: str, name: str, source: str | None, consented_on: date | None, path: Path | None) -> None:
    """Put ADDRESS on the list: active with --source (and --consented-on, by default today), else pending."""
    consent = _consent(source, consented_on or (today() if source else None))
    row = _people(path).add(address, name, consent, now())
    click.echo(f"{row.address} is {row.state.value}")


@subscribers.command()
@click.argument("address")
@list_option
def remove(address: str, path: Path | None) -> None:
    """Take ADDRESS off at their wish. They stay known as having left, so that no import puts them back."""
    row = _people(path).remove(address, now())
    click.echo(f"{row.address} is {row.state.value}" + (f" ({row.reason})" if row.reason else ""))


@subscribers.command()
@click.argument("address")
@click.option("--forget", is_flag=True, help="Keep not even the HMAC: a later import may put them back.")
@list_option
def erase(address: str, path: Path | None, *, forget: bool) -> None:
    """Delete all that is held of ADDRESS, on disk too.

    What stays is an HMAC of the address under your secret, from which it cannot be told, so that no import writes to
    them again. Backups and exports of yours, and the mails in your relay's log, are yours to look after.
    """
    gone = _people(path).erase(address, now(), forget=forget)
    click.echo("erased" + ("" if forget else "; an HMAC keeps imports from putting them back"))
    if not gone:
        click.echo("another program reads the list just now; its log is emptied when that ends", err=True)


def _consent(source: str | None, on: date | None) -> Consent | None:
    from reporter.errors import ConfigError  # noqa: PLC0415
    from reporter.mail.people_csv import consent_of  # noqa: PLC0415

    if source is None and on is None:
        return None
    if not source or on is None:
        message = "a consent is stated by both --source and --consented-on"
        raise ConfigError(message)
    return consent_of(source, on.isoformat(), today())


def _people(path: Path | None) -> People:
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.mail import tokens  # noqa: PLC0415
    from reporter.mail.people import People  # noqa: PLC0415

    return People(path or settings().list.people, tokens.find(os.environ))
