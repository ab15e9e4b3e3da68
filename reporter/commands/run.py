"""`reporter run`: what a timer calls."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import click

from reporter.commands.common import now
from reporter.errors import DeliveryError, ProofError, StaleSeries

if TYPE_CHECKING:
    from reporter.briefing import Briefing
    from reporter.config import Settings
    from reporter.run import Note

UNITS = Path(__file__).parents[1] / "data" / "systemd"
_NAMED = 5  # late series that are named before they are counted


@click.command()
@click.argument("briefing", required=False)
@click.option("--offline", is_flag=True, help="Use only what is at hand; ask no publisher.")
@click.option("--no-send", is_flag=True, help="Build and prove, and send nothing; the next run without it does.")
@click.option(
    "--units",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write units for systemd to FOLDER, print the line for cron, and do nothing else.",
)
def run(briefing: str | None, *, offline: bool, no_send: bool, units: Path | None) -> None:
    """Pull; if something is new build, prove and send: what cron or a systemd timer calls.

    Twice in a row it does nothing the second time. It may be killed at any moment: the next run goes on from there, and
    nobody gets an edition twice. Something is new when a figure of a month or longer is; [run] apart_days keeps two
    editions apart. What a briefing names as `required` stops the sending, not the building, while it is late.

    Without a list and a sender it builds, and says that it does not send. [run] site names the folder of an archive
    that is written anew, as by `reporter site`, before anything is sent.
    """
    from reporter import briefing as briefings  # noqa: PLC0415
    from reporter import own  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415

    held = settings()
    name = briefing or held.briefing
    if units:
        _write_units(units, name)
        return
    own.use(held)
    chosen = briefings.load(name)
    with _alone(held, chosen):
        _run(chosen, name, held, offline=offline, sends=not no_send)


def _run(chosen: Briefing, name: str, held: Settings, *, offline: bool, sends: bool) -> None:
    from reporter import run as runs  # noqa: PLC0415
    from reporter.commands import pull, refresh  # noqa: PLC0415

    required = runs.required(chosen)
    note, moment = runs.read(held.output, chosen.name), now()
    if not offline:
        refresh.pull_if_due(chosen, held, moment, pull.progress(), _warn)
    today = moment.date()
    figures = runs.figures(chosen, held, today)
    if note and note.step is runs.Step.BUILT and _is_begun(held, f"{chosen.name}/{note.day}"):
        # Whoever has not got it yet gets it before anything else is made.
        _send(chosen, held, note)
        return
    if runs.is_to_be_built(note, figures, today, held.run.apart_days):
        note = _built(chosen, name, held, runs.Note(today, figures, runs.Step.BUILDING))
    if note is None or note.step is runs.Step.DONE:
        click.echo("nothing new")
        return
    if not sends:
        click.echo("built, and not sent: --no-send")
        return
    if late := refresh.lacking(chosen, held, today, required):
        more = f"; and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
        message = f"built, and not sent: {'; '.join(late[:_NAMED])}{more}. A later run sends it"
        raise StaleSeries(message)
    _send(chosen, held, note)


def _send(chosen: Briefing, held: Settings, note: Note) -> None:
    """Send what the note says, once the archive has the page that its mails lead to."""
    from reporter import run as runs  # noqa: PLC0415

    if held.run.site:
        from reporter.site import archive  # noqa: PLC0415

        for reason in archive.build(held, held.run.site).unread:
            _warn(f"not in the archive: {reason}")
    if _is_sent(held.output / chosen.name / note.day.isoformat(), held):
        runs.write(held.output, chosen.name, note.at(runs.Step.DONE))


def _is_begun(held: Settings, key: str) -> bool:
    """Whether an edition is planned, and not finished: part of its readers may have it."""
    from reporter.mail.outbox import open_ledger  # noqa: PLC0415

    if not (held.list.ledger.is_file() and held.list.people.is_file()):
        return False
    with open_ledger(held) as ledger:
        planned = ledger.edition(key)
    return planned is not None and not planned.finished_at


def _built(chosen: Briefing, name: str, held: Settings, note: Note) -> Note:
    """An edition of today, proved; the note is written before it is begun and when it stands."""
    from reporter import batch  # noqa: PLC0415
    from reporter import run as runs  # noqa: PLC0415
    from reporter.proof import verify  # noqa: PLC0415

    runs.write(held.output, chosen.name, note)
    made = batch.make(batch.Order(name, note.day, held))
    for reason in made.composed.unread:
        _warn(f"passed over an earlier edition: {reason}")
    faults = [f"{held.name}: {fault}" for held in verify.verify(made.target) for fault in held.failures]
    if faults:
        raise ProofError("\n".join(faults))
    click.echo(f"built {made.target}")
    built = note.at(runs.Step.BUILT)
    runs.write(held.output, chosen.name, built)
    return built


def _is_sent(folder: Path, held: Settings) -> bool:
    """Send an edition, or say why nothing is sent; whether nothing is left to do for it."""
    from reporter.commands.sending import go  # noqa: PLC0415
    from reporter.mail.outbox import Outbox, open_ledger  # noqa: PLC0415

    if not held.mail.sender:
        click.echo("not sent: there is no [mail] sender in reporter.toml")
        return True
    if not held.list.people.is_file():
        click.echo(f"not sent: there is no list at {held.list.people}; `reporter subscribers import` makes one")
        return True
    outbox = Outbox.of(folder, held, os.environ)
    with open_ledger(held) as ledger:
        planned = ledger.edition(outbox.key)
        if planned is None:
            planned = ledger.plan(outbox.plan(ledger))
        elif planned.finished_at:
            return True
        elif planned.paused:
            message = f"{planned.key} is paused: {planned.paused}; see to it, then `reporter send resume {planned.key}`"
            raise DeliveryError(message)
        else:
            outbox.check(planned)
        go(outbox, ledger, planned, as_json=False)
        now = ledger.edition(planned.key)
        return now is not None and now.finished_at is not None


@contextmanager
def _alone(held: Settings, chosen: Briefing) -> Iterator[None]:
    """One run of a briefing at a time; another one that is at work is left to it."""
    from reporter.mail.witness import alone  # noqa: PLC0415

    with ExitStack() as stack:
        try:
            stack.enter_context(alone(held.output / chosen.name / ".run.lock", chosen.name))
        except DeliveryError:
            click.echo("another run is at work", err=True)
            sys.exit(0)
        yield


def _write_units(folder: Path, briefing: str) -> None:
    """Units for systemd, filled in for this machine."""
    command = shutil.which("reporter") or f"{sys.executable} -m reporter"
    at_home = Path(command.split(" ")[0]).is_relative_to("/home") or command.startswith("/root/")
    words = {
        "briefing": briefing,
        "command": command,
        "folder": str(Path.cwd()),
        "home": "read-only" if at_home else "yes",  # shut off altogether, the command would not be found
        "user": "reporter",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for unit in sorted(UNITS.iterdir()):
        text = Template(unit.read_text("utf-8")).substitute(words)
        (folder / unit.name).write_text(text, "utf-8")
        click.echo(f"{folder / unit.name}")
    click.echo(
        "\nLook at them, then:\n"
        "  sudo useradd --system --home-dir /var/lib/reporter reporter\n"
        f"  sudo cp {folder}/reporter* /etc/systemd/system/ && sudo systemctl daemon-reload\n"
        "  sudo systemctl enable --now reporter.timer reporter-serve.service\n"
        "\nOr, for cron:\n"
        f"  15 * * * *  cd {Path.cwd()} && {command} run {briefing}"
    )


def _warn(line: str) -> None:
    click.echo(line, err=True)
