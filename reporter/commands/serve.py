"""`reporter serve`: the pages a list needs, and the archive."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.errors import ConfigError

if TYPE_CHECKING:
    from reporter.config import Settings
    from reporter.web.app import Site

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@click.command()
@click.option("--host", help="The address to listen at.  [[web] host: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 is any that is free.  [[web] port: 8080]")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="The folder that `reporter site` writes; where it is not there, the editions themselves are shown.",
)
def serve(host: str | None, port: int | None, archive: Path) -> None:
    """Answer the pages that a list needs: subscribe, confirm, leave, the archive.

    It listens on this machine only; a web server before it does TLS and passes requests on. [site] url is the public
    address, which the links in mails lead to, and [web] proxies names the web server, so that limits count clients and
    not the server. Mails that ask for a confirmation leave by [smtp], in the name of [mail] sender.

    Nothing is changed by a GET, there is no cookie and no login, and the log holds nothing personal. /health is for a
    monitor. Ctrl-C, or a signal to end, lets what is under way finish.
    """
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.web import server  # noqa: PLC0415
    from reporter.web.app import application  # noqa: PLC0415

    held = settings()
    host = host or held.web.host
    listening = server.bound(host, held.web.port if port is None else port)
    with listening:
        held = _published(held, host, listening.getsockname()[1])
        app = application(site(held, archive))
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
        logging.getLogger("reporter.web").setLevel(logging.INFO)
        server.serve(
            app, listening, held.web.proxies, lambda at: click.echo(f"serving {held.site.url} at port {at}", err=True)
        )


def _published(held: Settings, host: str, port: int) -> Settings:
    """The settings with the address that links lead to; raise ConfigError where none is set and one is needed."""
    if held.site.url:
        return held
    if host not in _LOOPBACK:
        message = "links in mails need the public address: set [site] url in reporter.toml"
        raise ConfigError(message)
    at = f"[{host}]" if ":" in host else host
    return replace(held, site=replace(held.site, url=f"http://{at}:{port}"))


def site(held: Settings, archive: Path | None = None) -> Site:
    """What is served, by the settings; raise ConfigError where something it needs is not set."""
    from reporter import brand, keys, resources  # noqa: PLC0415
    from reporter.mail import tokens  # noqa: PLC0415
    from reporter.mail.people import People  # noqa: PLC0415
    from reporter.mail.smtp_hello import Patience, Relay  # noqa: PLC0415
    from reporter.web.app import Site  # noqa: PLC0415
    from reporter.web.forms import Pages  # noqa: PLC0415
    from reporter.web.post import RelayPost  # noqa: PLC0415
    from reporter.web.postman import Postman  # noqa: PLC0415

    if not held.mail.sender:
        message = "confirmations need a sender: set [mail] sender in reporter.toml"
        raise ConfigError(message)
    secret, smtp = tokens.load(os.environ), held.smtp
    own = [held.templates] if held.templates else []
    pages = Pages((*own, resources.templates_folder()), brand.load(held.brand), held)
    relay = Relay(
        smtp.host,
        smtp.port,
        smtp.security,
        smtp.user,
        keys.smtp_password(os.environ),
        smtp.helo,
        Patience(connect=10, command=30, data=30, final=60),
    )
    people = People(held.list.people, secret)
    return Site(people, secret, pages, Postman(people, RelayPost(relay, pages, secret)), held.output, archive)
