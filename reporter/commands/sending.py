"""What `reporter send` does and shows: sends under signals and a bar, and tells what became of an edition."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from reporter.commands.common import say_json

if TYPE_CHECKING:
    from reporter.mail.ledger import Edition, Ledger
    from reporter.mail.outbox import Outbox
    from reporter.mail.sender import Sender

_INTERRUPTED = 1
_DOUBTS_SHOWN = 20


def go(outbox: Outbox, ledger: Ledger, planned: Edition, *, as_json: bool) -> None:
    """Send, and say how it went; exit code 1 where it was told to stop."""
    from reporter.mail.status import OPEN  # noqa: PLC0415

    left = sum(ledger.counts(planned).get(status, 0) for status in OPEN)
    again = outbox.settings.mail.doubt == "resend"
    with (
        ledger.hold(planned, at_least_once=again) as hold,
        click.progressbar(length=left, label="Sending", file=sys.stderr) as bar,
    ):
        sender = outbox.sender(hold, lambda _: bar.update(1))
        with _drained_by_signals(sender):
            sender.run()
    report(ledger, planned, as_json=as_json)
    if sender.is_stopped:
        click.echo(f"stopped; `reporter send resume {planned.key}` goes on", err=True)
        sys.exit(_INTERRUPTED)


@contextmanager
def _drained_by_signals(sender: Sender) -> Iterator[None]:
    """The first SIGTERM or SIGINT finishes what is under way; a second one is the system's own affair."""
    held = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def drain(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        click.echo("\nfinishing what is under way; once more ends at once", err=True)
        sender.stop()

    for number in held:
        signal.signal(number, drain)
    try:
        yield
    finally:
        for number, before in held.items():
            signal.signal(number, before)


def states(ledger: Ledger, planned: Edition) -> dict[str, int]:
    """How many mails are in each state, by its name in words."""
    from reporter.mail.status import told  # noqa: PLC0415

    return {told(status): number for status, number in sorted(ledger.counts(planned).items())}


def summary(planned: Edition) -> dict[str, Any]:
    """What an edition is, how many it was planned for, and how it stands."""
    standing = f"paused: {planned.paused}" if planned.paused else "finished" if planned.finished_at else "open"
    return {"kind": planned.kind, "planned": planned.planned, "standing": standing}


def report(ledger: Ledger, planned: Edition, *, as_json: bool) -> None:
    """Counts a state; who is in doubt, and why; why mails were refused or put off; when the next are due."""
    from reporter.mail.status import Status, told  # noqa: PLC0415

    now = ledger.edition(planned.key) or planned
    explained = (Status.DEFERRED, Status.REJECTED, Status.SKIPPED, Status.EXPIRED, Status.IN_DOUBT)
    doubts = ledger.rows(now, Status.IN_DOUBT)
    due = ledger.next_due(now)
    shown = {
        "edition": now.key,
        **summary(now),
        "states": states(ledger, now),
        "reasons": {
            told(status): [{"code": code, "reply": reply, "mails": number} for code, reply, number in rows]
            for status in explained
            if (rows := ledger.reasons(now, status))
        },
        "in_doubt": [{"subscriber": row.subscriber, "since": _moment(row.at), "why": row.reply} for row in doubts],
        "next_due": None if due is None else _moment(due),
    }
    say(shown, as_json=as_json)


def say(shown: Mapping[str, Any], *, as_json: bool) -> None:
    """As JSON, or in lines: a name and what it is."""
    if as_json:
        say_json(shown)
        return
    click.echo("\n".join(_lines(shown)))


def _lines(shown: Mapping[str, Any]) -> Iterator[str]:
    for name, value in shown.items():
        words = name.replace("_", " ")
        match value:
            case int():
                yield f"{words}: {value:,}"
            case None | []:
                continue
            case dict() as held:
                yield f"{words}:"
                yield from (f"  {line}" for line in _lines(held))
            case [*rows]:
                yield f"{words}:"
                yield from (f"  {_row(row)}" for row in rows[:_DOUBTS_SHOWN])
                if len(rows) > _DOUBTS_SHOWN:
                    yield f"  and {len(rows) - _DOUBTS_SHOWN:,} more; --json has all"
            case _:
                yield f"{words}: {value}"


def _row(row: Mapping[str, Any]) -> str:
    if "mails" in row:
        return f"{row['mails']:,} by {row['code'] or ''} {row['reply']}".replace("  ", " ")
    return f"subscriber {row['subscriber']} since {row['since']}: {row['why']}"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
