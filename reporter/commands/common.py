"""What the commands share: options, today, output."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401
        """The date; fails with what to write."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2026-11-22", param, ctx)


def now() -> datetime:
    """This moment, in the time zone of the machine: what is pulled today is today's wherever one sits."""
    return datetime.now().astimezone()


def today() -> date:
    """This day, likewise."""
    return now().date()


as_of = click.option("--as-of", type=Day(), default=today, help="The day the figures are seen from.  [default: today]")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
store_option = click.option(
    "--store",
    "store_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file that pulled figures are kept in.  [REPORTER_STORE, or a file in the user's data folder]",
)


def say_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
