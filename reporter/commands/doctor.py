"""`reporter doctor`: whether all is as it should be before an edition goes out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, now, say_json
from reporter.errors import ConfigError

if TYPE_CHECKING:
    from reporter.doctor import Finding
    from reporter.mail.smtp_hello import Relay

_MARKS = {"good": "  ", "warning": "? ", "fault": "! "}


@click.command()
@click.option(
    "--records",
    type=click.Path(path_type=Path, dir_okay=False),
    help='Take DNS records from a file of lines like: example.org. TXT "v=spf1 -all"',
)
@click.option("--offline", is_flag=True, help="Ask neither the relay nor the domain name system.")
@as_json
def doctor(records: Path | None, *, offline: bool, as_json: bool) -> None:
    """Look at everything that an edition needs to be made and to arrive, and say what to do.

    Files and who may read them, room, clock, fonts; the settings and the secret; whether the relay answers, with what
    TLS, and takes the login; SPF, DKIM and DMARC as they are published, or as a file gives them, with the exact record
    to publish where one is missing; the size of the last edition's mail. Nothing is sent, and nothing is changed.

    "!" must be mended and makes the exit code 2; "?" is worth a look, or cannot be told from here.
    """
    findings = list(_all(records, offline=offline))
    faults = [found for found in findings if found.level == "fault"]
    if as_json:
        say_json({"faults": len(faults), "findings": [found.to_json() for found in findings]})
    else:
        for found in findings:
            click.echo(f"{_MARKS[found.level]}{found.about}: {found.said}" + (f"; {found.do}" if found.do else ""))
            if found.line:
                click.echo(f"      {found.line}")
        click.echo(f"{len(faults)} to mend" if faults else "nothing to mend", err=True)
    if faults:
        sys.exit(ConfigError.exit_code)


def _all(records: Path | None, *, offline: bool) -> Iterator[Finding]:
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.doctor import delivery, fault, machine, warning  # noqa: PLC0415
    from reporter.doctor import records as published  # noqa: PLC0415

    try:
        held = settings()
    except ConfigError as error:
        yield fault("settings", str(error), "mend reporter.toml or the environment")
        return
    yield from machine.examined(held, os.environ, now())
    if not delivery.is_set_up(held):
        yield warning(
            "mail", "is not set up: there is no [mail] sender", "set it in reporter.toml where mail is wanted"
        )
        return
    yield from delivery.settings(held, os.environ)
    if not offline:
        yield from delivery.relay(held, os.environ, _greet)
    yield from delivery.last_edition(held, os.environ)
    if records:
        yield from published.examined(held, published.in_file(records))
    elif not offline:
        yield from published.examined(held, published.in_dns)


def _greet(relay: Relay) -> Mapping[str, str]:
    """Say hello and goodbye: what the relay offers."""
    from reporter.mail.smtp import Connection  # noqa: PLC0415

    connection = Connection(relay)
    try:
        return connection.offers
    finally:
        connection.quit()
