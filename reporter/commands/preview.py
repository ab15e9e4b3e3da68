"""`reporter preview`: an edition in the browser while its templates are being written."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from reporter.commands.common import as_of

_OWN = ("templates", "sections", "data", "briefings")  # folders of a project, beside its reporter.toml


@click.command()
@click.argument("briefing", required=False)
@as_of
@click.option("--country", metavar="NAME", help="The country of a holder-profile.")
@click.option("--site", "archive", is_flag=True, help="Show the archive of all editions, with this one in it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
def preview(briefing: str | None, as_of: date, country: str | None, port: int, *, archive: bool) -> None:
    """Show an edition in the browser, and again whenever a template, a section or a setting changes.

    It is built from the figures at hand, as a page without its PDF, and kept nowhere. While a build fails the browser
    says why, with file and line. Only this machine is served; Ctrl-C ends it.
    """
    from reporter import briefing as briefings  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.site import preview as stage  # noqa: PLC0415

    here, held = Path.cwd(), settings()
    name = briefing or held.briefing
    chosen = briefings.load(name, {"country": country} if country else {})
    with tempfile.TemporaryDirectory(prefix="reporter-preview-") as folder:
        output = Path(folder) / "output"
        _lend(held.output, output, chosen.name, as_of)
        target = Path(folder) / "site"
        build = ["build", name, "--offline", "--as-of", as_of.isoformat(), "--format", "html", "--output", str(output)]
        commands = [[*build, *(["--country", country] if country else [])]]
        if archive:
            commands.append(["site", "--output", str(output), "--to", str(target)])
        page = f"/{chosen.name}/{as_of}/index.html"
        shown = stage.Stage(target, "") if archive else stage.Stage(output, page)
        changed, stop = threading.Event(), threading.Event()
        changed.set()
        deep = [held.templates] if held.templates else []
        deep += [path for path in _folders(here, chosen.folder) if path not in deep]
        stage.watch(deep, [here], changed.set, stop)
        try:
            with stage.served(shown, port) as url:
                click.echo(url)
                while changed.wait():
                    changed.clear()
                    fault = stage.rebuild(shown, commands, here)
                    click.echo(fault or "built", err=bool(fault))
        except KeyboardInterrupt:
            click.echo()
        finally:
            stop.set()


def _folders(here: Path, beside: Path) -> Iterator[Path]:
    """Where what an edition is made of may lie: the package's templates and sections, and the project's own."""
    from reporter.resources import templates_folder  # noqa: PLC0415

    yield templates_folder()
    yield Path(__file__).parents[1] / "sections"
    places = dict.fromkeys(root / name for root in (here, beside) for name in _OWN)
    yield from (place for place in places if place.is_dir())


def _lend(output: Path, to: Path, briefing: str, day: date) -> None:
    """Make the editions at hand known below `to`, but for the one that is being written: they are compared with."""
    for place in output.iterdir() if output.is_dir() else ():
        for edition in place.iterdir() if place.is_dir() and not place.name.startswith(".") else ():
            if edition.is_dir() and (place.name, edition.name) != (briefing, day.isoformat()):
                (to / place.name).mkdir(parents=True, exist_ok=True)
                (to / place.name / edition.name).symlink_to(edition.resolve(), target_is_directory=True)
