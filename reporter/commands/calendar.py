"""`reporter calendar`: the releases ahead and the next editions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, as_of, say_json, store_option

if TYPE_CHECKING:
    from reporter.schedule import Issue, Release


@click.command()
@click.argument("briefing", required=False)
@as_of
@click.option("--days", type=click.IntRange(1, 1000), default=120, show_default=True, help="How far to look ahead.")
@click.option("--ics", type=click.Path(path_type=Path, dir_okay=False), help="Write an iCalendar file as well.")
@store_option
@as_json
def calendar(  # noqa: PLR0913 -- one parameter an option
    briefing: str | None, as_of: date, days: int, ics: Path | None, store_path: Path | None, *, as_json: bool
) -> None:
    """Show the releases ahead, and the days on which an edition would have something new.

    Days are the publishers' own where they have given them, and by rule else (marked ~). A release that is out, or
    late, and not yet at hand comes first.
    """
    from reporter import schedule  # noqa: PLC0415

    planned, editions = _ahead(briefing, as_of, days, store_path)
    if ics:
        ics.write_bytes(schedule.ics(planned, editions, as_of))
    if as_json:
        rows = [{"briefing": one.briefing, "day": one.day.isoformat()} for one in editions]
        say_json({"releases": [one.to_json() for one in planned], "editions": rows})
        return
    for one in planned:
        late = "  not at hand yet" if one.day <= as_of else ""
        click.echo(f"{one.day}{' ' if one.scheduled else '~'} {one.title}: {one.period}{late}")
    for issue in editions:
        click.echo(f"edition of {issue.briefing}: {issue.day}")


def _ahead(
    name: str | None, day: date, days: int, store_path: Path | None
) -> tuple[tuple[Release, ...], tuple[Issue, ...]]:
    from reporter import briefing, schedule  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.commands.status import of_needs  # noqa: PLC0415
    from reporter.freshness import lead  # noqa: PLC0415
    from reporter.store import Store, layers  # noqa: PLC0415
    from reporter.store.held import calendar_of  # noqa: PLC0415

    chosen = briefing.example(name or settings(store_path).briefing)
    standings = of_needs([name] if name else [], day, store_path)
    leads = [lead(some) for some in standings.values() if some]
    with layers(Store(settings(store_path).store)) as held:
        told = calendar_of(held, day)
    planned = schedule.ahead({one.series: one.last for one in leads if one.last}, day, days, told)
    return planned, schedule.issues(chosen.name, (line.series for line in chosen.coverage), planned, day)
