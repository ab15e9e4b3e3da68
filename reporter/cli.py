"""The command line: parses, calls, prints. Work is imported where it is done, so that `--help` is quick."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reporter.errors import ReporterError

if TYPE_CHECKING:
    from reporter.build import Built
    from reporter.config import Settings


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


def _today() -> date:
    return datetime.now().astimezone().date()


as_of = click.option("--as-of", type=Day(), default=_today, help="The day the figures are seen from.  [default: today]")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
briefing_option = click.option("--briefing", help="The briefing whose facts are meant.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="reporter-briefing", prog_name="reporter")
def reporter() -> None:
    r"""Official statistics to a briefing in the style of a news article.

    Every figure and every judging word is bound to data: `reporter explain niip.net` shows to which.

    \b
    Exit codes: 0 done · 2 configuration or usage · 3 network · 4 a payload changed shape
                5 data · 6 template · 7 something printed would not be so · 8 not delivered
    """


@reporter.command()
@click.argument("briefing", required=False)
@as_of
@click.option("--offline", is_flag=True, help="Use only what is at hand; ask no publisher.")
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(["html", "pdf"]), help="What to write; repeatable.  [both]"
)
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for editions.  [output]")
@as_json
def build(  # noqa: PLR0913, PLR0917 -- one parameter an option
    briefing: str | None,
    as_of: date,
    offline: bool,  # noqa: FBT001 -- click's way
    formats: Sequence[str],
    output: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Build a briefing's edition: a page, a PDF, its facts, charts and data.

    BRIEFING is a name from `reporter list` or the path of a TOML file. The edition is written whole or not at
    all, to OUTPUT/<briefing>/<as-of>/: index.html, briefing.pdf, facts.json, charts/, data/.
    """
    from reporter import deliver, publish  # noqa: PLC0415

    settings, folders, built = _built(briefing, as_of)
    wanted = formats or publish.FORMATS
    files = publish.files(built, folders, formats=wanted, cache=settings.cache, paper=settings.paper)
    target = (output or settings.output) / built.edition.briefing / as_of.isoformat()
    deliver.write_folder(target, files)
    _report(built, target, sorted(files), as_json=as_json, offline=offline)


@reporter.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """Show the briefings, their sections and the series they rest on."""
    from reporter import briefing, catalogue, embedded  # noqa: PLC0415

    held = embedded.layers()
    briefings = {name: briefing.load(name) for name in briefing.shipped()}
    if as_json:
        rows = {name: [section.name for section in b.sections] for name, b in briefings.items()}
        _say_json({"briefings": rows, "series": sorted(held)})
        return
    for name, b in briefings.items():
        click.echo(f"{name}  {b.title}")
        for section in b.sections:
            click.echo(f"  {section.name}")
            for need in section.needs:
                click.echo(f"    {need}" + (f"  {catalogue.info(need).title}" if need in held else ""))
    click.echo(f"{len(held):,} series are at hand; `reporter list --json` names them all")


@reporter.command()
@click.argument("fact")
@as_of
@briefing_option
@as_json
def explain(fact: str, as_of: date, briefing: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Show where FACT comes from: value, unit, expression, observations, vintages, basis.

    FACT is the id of a fact (niip.net), of a claim (niip.record) or of a takeaway; `takeaways` shows how they
    ranked, with the losers.
    """
    from reporter import explain as explained  # noqa: PLC0415

    _, _, built = _built(briefing, as_of)
    row = explained.find(built, fact)
    if as_json:
        _say_json(row)
    else:
        click.echo("\n".join(explained.lines(row)))


def _built(name: str | None, as_of: date) -> tuple[Settings, list[Path], Built]:
    """The settings, the template folders in order, and the edition as of the day."""
    from reporter import briefing, config, resources, store  # noqa: PLC0415
    from reporter.build import build as make  # noqa: PLC0415

    settings = config.load(Path.cwd(), os.environ)
    chosen = briefing.load(name or settings.briefing)
    own = [settings.templates] if settings.templates else []
    beside = [chosen.folder / "templates"] if (chosen.folder / "templates").is_dir() else []
    folders = [*own, *beside, resources.templates_folder()]
    return settings, folders, make(chosen, store.snapshot(as_of, chosen.needs), folders)


def _report(built: Built, target: Path, names: Sequence[str], *, as_json: bool, offline: bool) -> None:
    from reporter.tree import plain  # noqa: PLC0415

    edition = built.edition
    late = [line.label for line in edition.coverage if line.stale]
    if as_json:
        _say_json(
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
    click.echo(f"{target}: {', '.join(name for name in names if '/' not in name)}, charts/, data/")
    if late:
        click.echo(f"late: {', '.join(late)}", err=True)


def _say_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def main() -> None:
    """Run the command line; turn what went wrong into a line on stderr and an exit code."""
    try:
        reporter()
    except ReporterError as error:
        click.echo(f"reporter: {error}", err=True)
        sys.exit(error.exit_code)
