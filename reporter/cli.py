"""The command line: parses, calls, prints. Work is imported where it is done, so that `--help` is quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands import (
    backtest,
    bounces,
    calendar,
    common,
    diff,
    doctor,
    errata,
    init,
    preview,
    pull,
    run,
    send,
    serve,
    site,
    status,
    store,
    subscribers,
    verify,
    vocabulary,
)
from reporter.commands.common import as_json, as_of, say_json
from reporter.errors import ConfigError, ReporterError

if TYPE_CHECKING:
    from reporter.batch import Order, Outcome
    from reporter.build import Built

ALL = "all"  # the country that stands for each of them


since_option = click.option(
    "--since", metavar="DATE|EDITION", help="What to compare with: a date, an edition's folder or its facts.json."
)
country_option = click.option("--country", metavar="NAME", help="The country of a holder-profile; `all` builds each.")
briefing_option = click.option("--briefing", help="The briefing whose facts are meant.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="reporter-briefing", prog_name="reporter")
def reporter() -> None:
    """Official statistics to a briefing in the style of a news article.

    Every figure and every judging word is bound to data: `reporter explain niip.net` shows to which.

    \b
    Exit codes: 0 done · 1 interrupted, or some of many failed · 2 configuration or usage · 3 network
                4 a payload changed shape · 5 data · 6 template · 7 something printed would not be so
                8 not delivered
    """  # noqa: D301 -- click's sign for a block that keeps its lines


@reporter.command()
@click.argument("briefing", required=False)
@as_of
@click.option("--offline", is_flag=True, help="Use only what is at hand; ask no publisher.")
@click.option("--strict", is_flag=True, help="Refuse where a release is out that is not at hand.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "pdf", "mail"]),
    help="What to write; repeatable.  [all]",
)
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for editions.  [output]")
@since_option
@country_option
@click.option(
    "--commentary",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of an analyst's text, its figures bound like any other.",
)
@click.option("--jobs", type=click.IntRange(1), help="How many editions to build at a time.  [one a core]")
@as_json
def build(  # noqa: PLR0913, PLR0917 -- one parameter an option
    briefing: str | None,
    as_of: date,
    offline: bool,  # noqa: FBT001 -- click's way
    strict: bool,  # noqa: FBT001
    formats: Sequence[str],
    output: Path | None,
    since: str | None,
    country: str | None,
    commentary: Path | None,
    jobs: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Build a briefing's edition: a page, a PDF, a mail, its facts, charts and data.

    BRIEFING is a name from `reporter list` or the path of a TOML file. The edition is written whole or not at
    all, to OUTPUT/<briefing>/<as-of>/: index.html, briefing.pdf, facts.json, mail/, charts/, data/. It says what
    has changed since an earlier day or edition: by default the last one in OUTPUT, else the day a month earlier.

    An edition of today is built on today's figures: where a release is out they are pulled first, and where nobody
    answers that is said within seconds and the figures at hand are used.
    """
    from reporter import batch  # noqa: PLC0415

    order = _order(briefing, as_of, country, since, output)
    order = replace(order, formats=tuple(formats) or order.formats, commentary=commentary)
    _refresh(order, offline=offline, strict=strict)
    if country == ALL:
        _build_all(order, jobs or os.cpu_count() or 1, as_json=as_json)
        return
    made = batch.make(order)
    _passed_over(made.composed.unread)
    _report(made.composed.built, made.target, made.files, as_json=as_json, offline=offline)


@reporter.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """Show the briefings, their sections and the series they rest on."""
    from reporter import briefing, catalogue, config, own  # noqa: PLC0415

    own.use(config.load(Path.cwd(), os.environ))
    held = own.floor()
    briefings = {name: briefing.example(name) for name in briefing.shipped()}
    if as_json:
        rows = {name: [section.name for section in b.sections] for name, b in briefings.items()}
        say_json({"briefings": rows, "series": sorted(held)})
        return
    for name, b in briefings.items():
        asked = "".join(f" --{parameter} NAME" for parameter in b.parameters)
        click.echo(f"{name}{asked}  {b.title}")
        for section in b.sections:
            click.echo(f"  {section.name}")
            for need in section.needs:
                click.echo(f"    {need}" + (f"  {catalogue.info(need).title}" if need in held else ""))
    click.echo(f"{len(held):,} series are at hand; `reporter list --json` names them all")


@reporter.command()
@click.argument("fact")
@as_of
@briefing_option
@since_option
@country_option
@as_json
def explain(  # noqa: PLR0913, PLR0917 -- one parameter an option
    fact: str,
    as_of: date,
    briefing: str | None,
    since: str | None,
    country: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show where FACT comes from: value, unit, expression, observations, vintages, basis.

    FACT is the id of a fact (niip.net), of a claim (niip.record) or of a takeaway; `takeaways` shows how they
    ranked, with the losers.
    """
    from reporter import batch  # noqa: PLC0415
    from reporter import explain as explained  # noqa: PLC0415

    composed = batch.compose(_order(briefing, as_of, country, since))
    _passed_over(composed.unread)
    row = explained.find(composed.built, fact)
    if as_json:
        say_json(row)
    else:
        click.echo("\n".join(explained.lines(row)))


def _order(name: str | None, as_of: date, country: str | None, since: str | None, output: Path | None = None) -> Order:
    """What is to be made, by the settings of the working folder."""
    from reporter import batch, config, own  # noqa: PLC0415

    settings = config.load(Path.cwd(), os.environ)
    own.use(settings)
    if output:
        settings = replace(settings, output=output)
    parameters = {"country": country} if country else {}
    return batch.Order(name or settings.briefing, as_of, settings, parameters, since)


def _refresh(order: Order, *, offline: bool, strict: bool) -> None:
    """Pull what is due, unless the edition is of another day; refuse, if asked to, what is not fresh then."""
    from reporter import briefing  # noqa: PLC0415
    from reporter.commands import refresh  # noqa: PLC0415

    name, parameters = order.briefing, order.parameters
    chosen = briefing.example(name) if parameters.get("country") == ALL else briefing.load(name, parameters)
    moment = common.now()
    if not offline and order.as_of == moment.date():
        refresh.pull_if_due(chosen, order.settings, moment, pull.progress(), _warn)
    if strict:
        refresh.assert_fresh(chosen, order.settings, order.as_of)


def _build_all(order: Order, jobs: int, *, as_json: bool) -> None:
    """An edition for every country, in parallel; ends with exit code 1 where any failed."""
    from reporter import batch, briefing  # noqa: PLC0415

    orders = [
        replace(order, parameters={"country": country}) for country in briefing.choices(order.briefing, "country")
    ]
    if not orders:
        message = f"briefing {order.briefing!r} has no countries to choose from"
        raise ConfigError(message)
    outcomes: list[Outcome] = []
    with click.progressbar(length=len(orders), label="Building", file=sys.stderr) as bar:
        for outcome in batch.run(orders, jobs):
            outcomes.append(outcome)
            bar.update(1)
    failed = sorted((held.order.parameters["country"], held.fault) for held in outcomes if held.fault)
    if as_json:
        folders = sorted(held.target for held in outcomes if held.target)
        say_json({"built": folders, "failed": dict(failed)})
    else:
        click.echo(f"{len(outcomes) - len(failed)} of {len(orders)} editions stand in {order.settings.output}")
    for country, fault in failed:
        click.echo(f"failed: {country}: {fault}", err=True)
    if failed:
        sys.exit(1)


def _warn(line: str) -> None:
    click.echo(line, err=True)


def _passed_over(unread: Sequence[str]) -> None:
    for reason in unread:
        _warn(f"passed over an earlier edition: {reason}")


def _report(built: Built, target: Path, names: Sequence[str], *, as_json: bool, offline: bool) -> None:
    from reporter.tree import plain  # noqa: PLC0415

    edition = built.edition
    late = [line.label for line in edition.coverage if line.stale]
    if as_json:
        say_json(
            {
                "briefing": edition.briefing,
                "as_of": edition.as_of.isoformat(),
                "snapshot": edition.snapshot_id,
                "headline": plain(edition.front["headline"]),
                "folder": str(target),
                "files": list(names),
                "facts": len(edition.facts),
                "claims": len(edition.claims),
                "late": late,
                "offline": offline,
                "takeaways": [score.to_json() for score in built.scores],
            }
        )
        return
    click.echo(plain(edition.front["headline"]))
    folders = sorted({f"{name.partition('/')[0]}/" for name in names if "/" in name})
    click.echo(f"{target}: {', '.join([*(name for name in names if '/' not in name), *folders])}")
    if late:
        click.echo(f"late: {', '.join(late)}", err=True)


for command in (
    init.init,
    pull.pull,
    status.status,
    calendar.calendar,
    store.store,
    subscribers.subscribers,
    send.send,
    bounces.bounces,
    serve.serve,
    doctor.doctor,
    run.run,
    verify.verify,
    diff.diff,
    vocabulary.vocabulary,
    errata.errata,
    backtest.backtest,
    site.site,
    preview.preview,
):
    reporter.add_command(command)


def main() -> None:
    """Run the command line; turn what went wrong into a line on stderr and an exit code."""
    try:
        reporter()
    except ReporterError as error:
        click.echo(f"reporter: {error}", err=True)
        sys.exit(error.exit_code)
