"""A sender as a process of its own, to be killed: `python -m tests.smtp_sender FOLDER PORT CONNECTIONS`.

It writes its number to `pid` in FOLDER, plans the made edition where it is not yet, and sends it with small mails.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from reporter.mail.ledger_hold import Claim
from reporter.mail.sender import Sender, Setup
from reporter.mail.smtp import Connection
from reporter.mail.smtp_hello import Relay
from tests.mail_made import House, planned

KEY = "made/2026-11-22"
UNFINISHED = 3  # the exit code of a sender that was asked to stop


@dataclass(frozen=True)
class Letter:
    """A small mail."""

    envelope_to: str
    data: bytes
    envelope_from: str = "bounces@example.org"


def letter(claim: Claim) -> Letter:
    """A mail of a few lines for somebody."""
    head = f"From: a@example.org\r\nTo: {claim.address}\r\nSubject: Made\r\n\r\n"
    return Letter(claim.address, head.encode() + b"Words.\r\n" * 20)


def main(folder: Path, port: int, connections: int) -> int:
    (folder / "pid").write_text(str(os.getpid()))
    relay = Relay("127.0.0.1", port, "none", helo="test")
    with House(folder).ledger() as ledger:
        edition = ledger.edition(KEY) or planned(ledger, KEY)
        with ledger.hold(edition) as hold:
            setup = Setup(letter, lambda: Connection(relay), lambda *_: None, connections, retries=())
            sender = Sender(hold, setup)
            signal.signal(signal.SIGTERM, lambda *_: sender.stop())
            return 0 if sender.run() else UNFINISHED


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
