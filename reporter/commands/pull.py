"""`reporter pull`: fetch the latest figures from their publishers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, now, say_json, store_option

if TYPE_CHECKING:
    from reporter.model.periods import Period
    from reporter.pull import Plan, Progress, Report
    from reporter.store.write import Change

_LISTED = 6  # periods a line names before it counts them


@click.command()
@click.argument("targets", nargs=-1, metavar="[BRIEFING|SERIES|SOURCE]...")
@click.option("--vintages", is_flag=True, help="Fill in the past as well: what was published when (ALFRED).")
@click.option("--dry-run", is_flag=True, help="Say what would be asked for, and ask nobody.")
@store_option
@as_json
def pull(targets: Sequence[str], store_path: Path | None, *, vintages: bool, dry_run: bool, as_json: bool) -> None:
    """Fetch the latest figures, and keep what is new or revised.

    Of a briefing's series, of one series or a pattern (fred:GDP, 'tic:table3:*'), or of a source (fred, bea, tic); by
    default of the default briefing. Everything a pull finds is written at its end, in one piece. Keys are taken from
    REPORTER_FRED_KEY and REPORTER_BEA_KEY, or from files that REPORTER_FRED_KEY_FILE and REPORTER_BEA_KEY_FILE name;
    without them FRED's open pages are used, and BEA is not asked. A source that fails does not stop the others; the
    exit code is that of the worst failure.
    """
    from reporter import keys as held_keys  # noqa: PLC0415
    from reporter.commands.session import expanded, needs, settings  # noqa: PLC0415
    from reporter.pull import session  # noqa: PLC0415
    from reporter.store import Store, layers  # noqa: PLC0415

    held = settings(store_path)
    keys, moment = held_keys.load(os.environ), now()
    with layers(Store(held.store)) as at_hand:
        series = expanded(needs(targets, held.briefing), at_hand)
    plan = session.planned(series, held, keys, moment, vintages=vintages)
    if dry_run:
        _say_plan(plan, as_json=as_json)
        return
    report = session.pull(plan, held, keys, moment, progress(quiet=as_json))
    if as_json:
        say_json(report.to_json())
    else:
        _say(report)
    sys.exit(report.exit_code)


def progress(*, quiet: bool = False) -> Progress:
    """A line on stderr that counts along, where somebody is looking."""
    if quiet or not sys.stderr.isatty():
        return lambda _done, _of, _about: None

    def tell(done: int, of: int, about: str) -> None:
        end = "\n" if done == of else ""
        click.echo(f"\r\x1b[K{done} of {of}  {about}{end}", err=True, nl=False)

    return tell


def _say_plan(plan: Plan, *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"source": held.source, "address": held.address, "key": held.key, "series": len(held.series)}
            for held in plan.requests
        ]
        say_json({"requests": rows, "unasked": list(plan.unasked)})
        return
    for request in plan.requests:
        about = request.about if len(request.series) == 1 else f"{request.id} ({len(request.series)} series)"
        click.echo(f"{about}  {request.address}" + (f"  with the {request.key.upper()} key" if request.key else ""))
    _say_unasked(plan.unasked)


def _say(report: Report) -> None:
    for line in lines(report.changes):
        click.echo(line)
    told = sum(1 for change in report.changes if change.new or change.revised or change.vintages)
    click.echo(f"asked {report.asked}, of which {report.unchanged} had not changed; {told} series have something new")
    _say_unasked(report.unasked)
    for fault in report.faults:
        click.echo(f"failed: {fault.error}", err=True)


def _say_unasked(unasked: Sequence[str]) -> None:
    if unasked:
        few = ", ".join(unasked[:_LISTED]) + (" …" if len(unasked) > _LISTED else "")
        click.echo(f"nobody to ask for {len(unasked)}: {few} (printed or closed, or wanting a key)", err=True)


def lines(changes: Iterable[Change]) -> Iterator[str]:
    """What was new and what was revised: a line a series, and one for all of a table of the Treasury's."""
    for name, group in groupby(changes, key=_table):
        some = list(group)
        new = sorted({period for change in some for period in change.new})
        revised = sorted({period for change in some for period in change.revised})
        parts = [f"new: {_listed(new)}"] * bool(new) + [f"revised: {_listed(revised)}"] * bool(revised)
        vintages = sum(change.vintages for change in some)
        parts += [f"{vintages} past vintages"] * bool(vintages)
        if parts:
            count = f" ({len(some)} series)" if len(some) > 1 else ""
            yield f"{name}{count}  " + "; ".join(parts)


def _table(change: Change) -> str:
    source, _, rest = change.series.partition(":")
    return f"{source}:{rest.partition(':')[0]}" if source == "tic" else change.series


def _listed(periods: Sequence[Period]) -> str:
    if len(periods) > _LISTED:
        return f"{len(periods)} periods, {periods[0]} to {periods[-1]}"
    return ", ".join(map(str, periods))
