"""`reporter bounces`: mails that came back, complaints, and the wish to leave."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reporter.commands.common import as_json, now, say_json
from reporter.errors import ConfigError

if TYPE_CHECKING:
    from reporter.config import Settings
    from reporter.mail.bounces import Bounce
    from reporter.mail.ledger import Ledger
    from reporter.mail.people import People

_WORDS = {
    "hard": "cannot be delivered: suppressed",
    "soft": "could not be delivered this time",
    "complaint": "reported as unwanted: suppressed",
    "leaving": "asked to leave: taken off the list",
    "unrelated": "neither bounces nor complaints",
    "strange": "not to a return address of ours",
    "unreadable": "not readable",
}


@click.command()
@click.argument("place", metavar="FILE|MAILDIR|-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what each is, and change nothing.")
@as_json
def bounces(place: Path, *, dry_run: bool, as_json: bool) -> None:
    """Read mails that came back to [mail] bounce_address, and write to dead mailboxes no more.

    From a file (one message, or an mbox), the new messages of a Maildir, which are then marked as seen, or standard
    input, so that a mail server can pipe them in. A mailbox that does not exist is suppressed, and so is who
    reports a mail as unwanted; a full mailbox is only noted. Who leaves by mail, as some mail programs' buttons do it,
    is taken off the list. Whose mail it was is taken from the signed return address
    that it came to, never from its text.
    """
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.mail import tokens  # noqa: PLC0415
    from reporter.mail.bounces import judged  # noqa: PLC0415
    from reporter.mail.people import People  # noqa: PLC0415

    held = settings()
    base, secret = held.mail.bounce_address, tokens.load(os.environ)
    if not base:
        fault = "no mail comes back: set [mail] bounce_address in reporter.toml to the mailbox that takes it"
        raise ConfigError(fault)
    counts: Counter[str] = Counter()
    people = People(held.list.people, secret)
    with _ledger(held) as ledger:
        for message in _messages(place, keep=dry_run):
            bounce = judged(message, base, secret)
            counts[bounce.kind.value] += 1
            if not dry_run:
                _note(bounce, ledger, people)
    if as_json:
        say_json({kind: counts[kind] for kind in _WORDS})
        return
    for kind, words in _WORDS.items():
        if counts[kind]:
            click.echo(f"{counts[kind]:,} {words}")
    if not counts:
        click.echo("nothing new")


def _messages(place: Path, *, keep: bool) -> Iterator[Message]:
    from reporter.mail.bounces import messages, one  # noqa: PLC0415

    if str(place) == "-":
        yield one(sys.stdin.buffer)
    else:
        yield from messages(place, keep=keep)


def _ledger(held: Settings) -> Ledger | nullcontext[None]:
    """The ledger; none where nothing was ever sent."""
    from reporter.mail.ledger import Ledger  # noqa: PLC0415

    if not held.list.ledger.is_file():
        return nullcontext()
    return Ledger(held.list.ledger, witness=held.list.witness)


def _note(bounce: Bounce, ledger: Ledger | None, people: People) -> None:
    """Write it into the ledger, and to the list where the person is to be left alone."""
    from reporter.mail import optin, verp  # noqa: PLC0415
    from reporter.mail.bounces import Kind  # noqa: PLC0415

    returned, at = bounce.returned, now()
    if returned is None or bounce.kind is Kind.UNRELATED:
        return
    if bounce.kind is Kind.LEAVING:
        optin.depart(people, str(returned.subscriber), at)
        return
    key = verp.named(returned, (edition.key for edition in ledger.editions())) if ledger else None
    if ledger and key and bounce.kind is Kind.COMPLAINT:
        ledger.complained(key, returned.subscriber, detail=bounce.detail, at=at)
    elif ledger and key:
        ledger.bounced(key, returned.subscriber, hard=bounce.kind is Kind.HARD, detail=bounce.detail, at=at)
    if bounce.kind is not Kind.SOFT:
        reason = "complaint" if bounce.kind is Kind.COMPLAINT else "hard bounce"
        people.suppress(returned.subscriber, reason, bounce.detail, at)
