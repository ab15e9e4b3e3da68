"""`reporter init`: a project to start from."""

from __future__ import annotations

from pathlib import Path

import click

from reporter.commands.common import as_json, say_json
from reporter.errors import ConfigError

_RENAMED = {"gitignore": ".gitignore"}  # a dotted name would be left out of many an archive


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@as_json
def init(folder: Path, *, as_json: bool) -> None:
    """Write a project into DIR that builds at once, offline: a briefing with a section and a CSV file of its own.

    Every file says in comments what may be changed. The figures are made up, and say so. A folder that holds any of
    these files already is left as it is.
    """
    from reporter import deliver  # noqa: PLC0415

    files = _files()
    if there := sorted(name for name in files if (folder / name).exists()):
        message = f"{folder} holds {', '.join(there[:5])} already, and nothing is overwritten; choose another folder"
        raise ConfigError(message)
    deliver.add_files(folder, files)
    if as_json:
        say_json({"folder": str(folder), "files": sorted(files)})
        return
    click.echo(f"{folder}: {', '.join(sorted(files))}")
    click.echo("Next:")
    for line, why in (
        (f"cd {folder}", ""),
        ("reporter build --offline", "build it; the page is output/mine/<date>/index.html"),
        ("reporter explain orders.level", "where a figure comes from"),
    ):
        click.echo(f"  $ {line}".ljust(38) + (f"# {why}" if why else ""))
    click.echo("Then put your own figures into data/orders.csv, your own words into templates/, and your name into")
    click.echo("reporter.toml. docs/tutorial.md goes through all of it.")


def _files() -> dict[str, bytes]:
    """The starter's files by their path in the project, and a reporter.toml with every setting in it."""
    from reporter import resources  # noqa: PLC0415
    from reporter.config import FILE, document  # noqa: PLC0415

    root = resources.templates_folder() / "starter"
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if _is_kept(path)}
    given = {"briefing": '"mine.toml"', "templates": '"templates"'}
    head = "# Every setting, each with its default; take the # away from those that you change.\n\n"
    settings = (head + document.commented(given)).encode()
    return {_RENAMED.get(name, name): body for name, body in found.items()} | {FILE: settings}


def _is_kept(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"
