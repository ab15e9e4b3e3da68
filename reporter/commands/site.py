"""`reporter site`: the archive of all editions, ready to be put on any web server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from reporter.commands.common import as_json, say_json


@click.command()
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder of editions.  [output]")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="Folder of the archive; it is replaced as a whole.",
)
@as_json
def site(output: Path | None, target: Path, *, as_json: bool) -> None:
    """Build the archive of all editions: a front page, each edition with PDF and data, a feed.

    Plain files for any web server: nothing in them runs, fetches or counts readers. Editions that stand there already
    are not copied again, and the archive is replaced whole or not at all. Build editions with `reporter build`; with
    `url` under `[site]` in reporter.toml the links of feed and map are absolute and a sitemap.xml is written.
    """
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.site import archive  # noqa: PLC0415

    held = settings()
    made = archive.build(replace(held, output=output) if output else held, target)
    for reason in made.unread:
        click.echo(f"passed over: {reason}", err=True)
    if as_json:
        say_json(
            {
                "site": str(made.target),
                "url": held.site.url,
                "pages": list(made.pages),
                "copied": list(made.copied),
                "kept": list(made.kept),
                "unread": list(made.unread),
            }
        )
        return
    count = len(made.copied) + len(made.kept)
    click.echo(f"{made.target}: {count} edition{'s' if count != 1 else ''}, {len(made.copied)} new or changed")
    if not held.site.url:
        click.echo("no sitemap.xml, and relative links in the feed: give the address as `url` under [site]", err=True)
