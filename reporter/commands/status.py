"""`reporter status`: how fresh what is at hand is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, as_of, say_json, store_option

if TYPE_CHECKING:
    from reporter.freshness import Standing

_HEADS = ("series", "latest", "known on", "next release", "state")


@click.command()
@click.argument("briefing", required=False)
@as_of
@store_option
@as_json
def status(briefing: str | None, as_of: date, store_path: Path | None, *, as_json: bool) -> None:
    """Show, per series, its latest period, since when it is known, its next release, and its state.

    \b
    fresh        the next release lies ahead
    due          a release has come out, and the publisher has not been asked since: `reporter pull`
    stale        asked since and not there, or more than one release has gone by
    unreachable  a release has come out, and the publisher did not answer when last asked

    BRIEFING may also be a series, a pattern or a source. What is stale (frozen) is history that its publisher no
    longer continues; no edition waits for it. A date by rule, not from the publisher's calendar, is
    marked ~.
    """  # noqa: D301 -- click's sign for a block that keeps its lines
    standings = of_needs([briefing] if briefing else [], as_of, store_path)
    if as_json:
        rows = [one.to_json() for some in standings.values() for one in some]
        say_json({"as_of": as_of.isoformat(), "series": rows})
        return
    for line in table(list(rows_of(standings))):
        click.echo(line)
    for line in faults_of(standings):
        click.echo(line, err=True)


def of_needs(targets: Sequence[str], day: date, store_path: Path | None) -> Mapping[str, Sequence[Standing]]:
    """How the series that targets name stand, by need."""
    from reporter import freshness  # noqa: PLC0415
    from reporter.commands.session import needs, settings  # noqa: PLC0415
    from reporter.store import Store, layers  # noqa: PLC0415

    held = settings(store_path)
    store = Store(held.store)
    with layers(store) as at_hand, store.reading() if store.exists() else nullcontext() as connection:
        return freshness.of_needs(needs(targets, held.briefing), at_hand, connection, day)


def rows_of(standings: Mapping[str, Sequence[Standing]]) -> Iterator[tuple[str, ...]]:
    """A row a need, one for those of a table of the Treasury's that stand alike.

    A pattern's series come out together, and the one that is furthest speaks for them.
    """
    from reporter.freshness import lead  # noqa: PLC0415

    told: dict[tuple[str, ...], list[str]] = {}
    count: Counter[tuple[str, ...]] = Counter()
    for need, some in standings.items():
        row = _row(lead(some)) if some else ("—", "—", "—", "missing")
        table = need.split(":")[1] if need.startswith("tic:") else need
        told.setdefault((table, *row), []).append(need)
        count[table, *row] += len(some)
    for key, needs in told.items():
        label = needs[0] if len(needs) == 1 else f"tic:{key[0]}"
        yield f"{label} ({count[key]} series)" if count[key] > 1 else label, *key[1:]


def _row(one: Standing) -> tuple[str, ...]:
    ahead = f"{one.next_release}{'' if one.scheduled else ' ~'}" if one.next_release else "—"
    state = f"{one.state.value} (frozen)" if one.frozen else one.state.value
    return str(one.last or "—"), str(one.known_on or "—"), ahead, state


def faults_of(standings: Mapping[str, Sequence[Standing]]) -> Iterator[str]:
    """What went wrong when the series were last asked for, each thing once."""
    every = (one for some in standings.values() for one in some)
    yield from dict.fromkeys(f"{one.asked.tried_on}: {one.asked.fault}" for one in every if one.asked.fault)


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows in columns, under their heads."""
    widths = [max(len(row[at]) for row in (_HEADS, *rows)) for at in range(len(_HEADS) - 1)]
    for row in (_HEADS, *rows):
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
