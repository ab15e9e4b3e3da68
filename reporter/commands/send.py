"""`reporter send`: an edition to those who asked for it; and what became of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, say_json, today
from reporter.commands.sending import go, report, say, states, summary
from reporter.errors import DeliveryError

if TYPE_CHECKING:
    from reporter.config import Settings
    from reporter.mail.ledger import Edition, Ledger
    from reporter.mail.outbox import Outbox


class EditionOrCommand(click.Group):
    """A group whose first word may be an edition: what is no command's name is handed to the command `edition`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name before its arguments where it was left out."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["edition", *args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's way
        """Both ways."""
        return ["EDITION [OPTIONS]... | COMMAND [ARGS]..."]


edition_argument = click.argument("edition", metavar="EDITION")


@click.group(cls=EditionOrCommand)
def send() -> None:
    """Send an edition by mail; nobody gets it twice, and nobody is left out in silence.

    EDITION is a folder that `reporter build` made, or its briefing and day: sell-america/2026-11-22. It is planned,
    which freezes who gets it; the counts and the exact mail are shown; and after a yes it is sent. Where it was
    interrupted, `resume` goes on. See `reporter send edition --help` for its options.
    """


@send.command()
@edition_argument
@click.option("--to", "address", metavar="ADDRESS", help="Send one test copy there and nothing else.")
@click.option("--dry-run", is_flag=True, help="Show how many it would go to, write the exact mail to a file, and end.")
@click.option("--mail", type=click.Path(path_type=Path, dir_okay=False), help="That file.  [EDITION's name + .eml]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--erratum", is_flag=True, help="Tell those who got EDITION what in it no longer holds, by a mail of its own."
)
@as_json
def edition(  # noqa: PLR0913 -- one parameter an option
    edition: str, address: str | None, mail: Path | None, *, dry_run: bool, yes: bool, erratum: bool, as_json: bool
) -> None:
    """Prove EDITION, plan it, show it, ask, and send it.

    What leaves is what was proved: page and PDF have to pass `reporter verify`, and a digest of all files and of the
    mail itself is kept. It is not sent where it is older than [mail] max_age_days.

    With --erratum, its claims are judged again as by `reporter errata`. Where any has flipped, a correction is written
    to a folder of its own, and sent to whom EDITION was sent, or may have been.
    """
    named = _correction(edition) if erratum else edition
    if named is None:
        click.echo(f"all that {edition} said still holds: there is nothing to correct")
        return
    outbox = _outbox(named)
    if address:
        _test_copy(outbox, address, as_json=as_json)
        return
    from reporter.mail.outbox import open_ledger  # noqa: PLC0415

    with open_ledger(outbox.settings) as ledger:
        planned = ledger.edition(outbox.key)
        if planned and not dry_run:
            more = f"resume {outbox.key}` goes on with it"
            if planned.finished_at:
                more = f"status {outbox.key}` tells how it went: nobody gets it twice"
            message = f"{outbox.key} is planned already; `reporter send {more}"
            raise DeliveryError(message)
        plan = outbox.plan(ledger)
        path = mail or Path(outbox.key.replace("/", ".") + ".eml")
        path.write_bytes(outbox.sample().data)
        shown = {
            "edition": outbox.key,
            "readers": ledger.audience(plan.corrects),
            "domains": {} if erratum else dict(ledger.domains()),
            "mail": str(path),
            "bytes": path.stat().st_size,
            "states": states(ledger, planned) if planned else {},
        }
        if dry_run:
            say(shown, as_json=as_json)
            return
        if not as_json:
            say(shown, as_json=False)
        if not yes:
            click.confirm(f"Send it to {shown['readers']:,} readers?", abort=True, err=True)
        go(outbox, ledger, ledger.plan(plan), as_json=as_json)


@send.command()
@edition_argument
@as_json
def resume(edition: str, *, as_json: bool) -> None:
    """Go on with EDITION where it was interrupted or paused, or where deferred mails are due.

    Refuses where anything that was approved has changed since, and where the ledger is an older copy of itself.
    """
    outbox = _outbox(edition)
    with _known(outbox.settings, outbox.key, people=True) as (ledger, planned):
        if planned.finished_at:
            report(ledger, planned, as_json=as_json)
            return
        outbox.check(planned)
        go(outbox, ledger, planned, as_json=as_json)


@send.command()
@click.argument("edition", metavar="EDITION", required=False)
@as_json
def status(edition: str | None, *, as_json: bool) -> None:
    """Show how many mails of EDITION are in each state, who is in doubt, and why mails were not taken.

    Without EDITION: all that were ever planned.
    """
    from reporter.commands.session import settings  # noqa: PLC0415

    held = settings()
    if edition:
        with _known(held, _key(edition, held)) as (ledger, planned):
            report(ledger, planned, as_json=as_json)
        return
    from reporter.mail.outbox import open_ledger  # noqa: PLC0415

    with open_ledger(held, people=False) as ledger:
        rows = [{"edition": one.key, **summary(one), "states": states(ledger, one)} for one in ledger.editions()]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        counts = ", ".join(f"{number:,} {name}" for name, number in row["states"].items())
        click.echo(f"{row['edition']}  {row['standing']}: {counts}")
    if not rows:
        click.echo("nothing was ever planned")


@send.command()
@edition_argument
@click.option("--reason", default="by the operator", show_default=True, help="Shown by `status`.")
def pause(edition: str, reason: str) -> None:
    """Have the sender of EDITION finish what is under way, and stop; `resume` goes on."""
    from reporter.commands.session import settings  # noqa: PLC0415

    held = settings()
    with _known(held, _key(edition, held)) as (ledger, planned):
        ledger.pause(planned, reason)
    click.echo(f"{planned.key} is paused; `reporter send resume {planned.key}` goes on")


@send.command()
@edition_argument
@click.option("--resend", "how", flag_value="resend", help="Send to those in doubt again: some may get it twice.")
@click.option("--assume-sent", "how", flag_value="assume", help="Take it that they got it: some may not have.")
@click.option("--expire", "how", flag_value="expire", help="Close it: whoever has not got it, will not.")
@click.option("--restored", "how", flag_value="restored", help="After a restored backup: put the unsent in doubt.")
@click.option("--subscriber", type=click.IntRange(1), help="Of those in doubt, only this one, by number.")
@as_json
def resolve(edition: str, how: str | None, subscriber: int | None, *, as_json: bool) -> None:
    """Decide for those in doubt: who may or may not have got EDITION when the sender died or no answer came.

    Nothing is sent by this; `resume` does.
    """
    from reporter.commands.session import settings  # noqa: PLC0415

    if how is None:
        message = "say how: --resend, --assume-sent, --expire or --restored"
        raise click.UsageError(message)
    if subscriber and how not in {"resend", "assume"}:
        message = "--subscriber goes with --resend and --assume-sent"
        raise click.UsageError(message)
    held = settings()
    if how == "restored":
        _plan_forgotten(edition, held)
    with _known(held, _key(edition, held)) as (ledger, planned):
        if how in {"resend", "assume"}:
            number = ledger.resolve(planned, resend=how == "resend", subscriber=subscriber)
        else:
            number = ledger.expire(planned) if how == "expire" else ledger.restored(planned)
        if not as_json:
            click.echo(f"{number:,} decided")
        report(ledger, planned, as_json=as_json)


def _plan_forgotten(edition: str, held: Settings) -> None:
    """An edition that the restored ledger does not know is planned, so that its readers can be put in doubt."""
    from reporter.mail.outbox import open_ledger  # noqa: PLC0415

    with open_ledger(held) as ledger:
        if ledger.edition(_key(edition, held)) is None:
            ledger.plan(_outbox(edition).plan(ledger), forgotten=True)


def _correction(edition: str) -> str | None:
    """The folder of the correction of an edition, written as of today; None where all it said still holds."""
    from reporter import store  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.mail import erratum  # noqa: PLC0415
    from reporter.mail.outbox import FACTS, folder_of  # noqa: PLC0415
    from reporter.proof.errata import errata  # noqa: PLC0415
    from reporter.record import read_record  # noqa: PLC0415
    from reporter.resources import templates_folder  # noqa: PLC0415

    held = settings()
    folder = folder_of(edition, held.output)
    record = read_record((folder / FACTS).read_bytes(), str(folder / FACTS))
    folders = (*((held.templates,) if held.templates else ()), templates_folder())
    with store.layers(store.Store(held.store)) as at_hand:
        found = tuple(errata(record, today(), at_hand, folders))
    if not found:
        return None
    return str(erratum.write(erratum.Finding(folder, record, found, today()), held, folders))


def _outbox(edition: str) -> Outbox:
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.mail.outbox import Outbox, folder_of  # noqa: PLC0415

    held = settings()
    return Outbox.of(folder_of(edition, held.output), held, os.environ)


def _key(edition: str, held: Settings) -> str:
    """A key as it stands, or that of the folder."""
    from reporter.mail import erratum  # noqa: PLC0415
    from reporter.mail.outbox import FACTS, folder_of  # noqa: PLC0415
    from reporter.record import read_record  # noqa: PLC0415

    path = Path(edition)
    if not path.is_dir():
        return edition
    folder = folder_of(edition, held.output)
    if corrected := erratum.read(folder):
        return corrected.key
    record = read_record((folder / FACTS).read_bytes(), str(folder / FACTS))
    return f"{record.briefing}/{record.as_of}"


@contextmanager
def _known(held: Settings, key: str, *, people: bool = False) -> Iterator[tuple[Ledger, Edition]]:
    """The ledger, with the list where asked for, and a planned edition; raise DeliveryError where there is none."""
    from reporter.mail.outbox import open_ledger  # noqa: PLC0415

    with open_ledger(held, people=people) as ledger:
        planned = ledger.edition(key)
        if planned is None:
            message = f"{key} was never planned; `reporter send {key}` does it, `reporter send status` lists what was"
            raise DeliveryError(message)
        yield ledger, planned


def _test_copy(outbox: Outbox, address: str, *, as_json: bool) -> None:
    from reporter.mail.addresses import normalised  # noqa: PLC0415

    answer = outbox.test_copy(normalised(address))
    taken = answer.reply.code // 100 == 2  # noqa: PLR2004 -- 2xx
    if as_json:
        say_json({"edition": outbox.key, "taken": taken, "code": answer.reply.code, "reply": answer.reply.text})
    elif taken:
        click.echo(f"a test copy is with the server: {answer.reply}")
    if not taken:
        message = f"the server answered {answer.stage.value} with {answer.reply}"
        raise DeliveryError(message)
