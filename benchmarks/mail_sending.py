"""One way to send so many mails, in a process of its own, for the suite: WAY PORT KB CONNECTIONS NUMBER KEY.

WAY is `ours` (claim, fill, sign, each step in the ledger, SMTP) or `naive` (`smtplib`, each message built anew by
`email`, signed by `dkimpy`, no ledger). KEY is a private key's file, or `-` for unsigned mails. It prints the seconds
that sending took: start, planning and the mould are not in them.
"""

from __future__ import annotations

import json
import random
import smtplib
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from reporter.config import Dkim, Mail, Settings, Site
from reporter.keys import Secret
from reporter.mail.ledger import Ledger, Plan
from reporter.mail.ledger_hold import Claim
from reporter.mail.message import Recipient, mould
from reporter.mail.sender import Sender, Setup
from reporter.mail.smtp import Connection
from reporter.mail.smtp_hello import Relay
from reporter.mail.tokens import Tokens
from reporter.render.mailed import ADDRESS, UNSUBSCRIBE, letterhead

DAY = date.today()  # noqa: DTZ011 -- the ledger sends nothing old
SETTINGS = Settings(
    site=Site(url="https://example.org"),
    mail=Mail("Made <a@example.org>", postal_address="1 Street", bounce_address="b@example.org"),
)
_PICTURES = 4
_WORDS = "The net debt stood at a level that had not been seen since the record began. "


def edition(folder: Path, size: int) -> dict[str, bytes]:
    """An edition's folder whose mail has about `size` bytes: a text, HTML, and four pictures; the pictures."""
    words = _WORDS * 120
    picture = random.Random(1).randbytes(max(0, size - 3 * len(words)) * 3 // 4 // _PICTURES)  # noqa: S311
    names = [f"chart-{at}.png" for at in range(_PICTURES)]
    shown = "".join(f'<p>{words}</p><img src="{name}" alt="A chart">' for name in names[:1])
    shown += "".join(f'<img src="{name}" alt="A chart">' for name in names[1:])
    html = f'<html lang="en"><body>{shown}<a href="{UNSUBSCRIBE}">Leave</a> {ADDRESS}</body></html>'
    page = letterhead(SETTINGS, "made", DAY).page
    about = {"name": "Made", "subject": "Made", "preheader": "", "page": page, "postal_address": "1 Street"}
    (folder / "mail").mkdir(parents=True)
    (folder / "facts.json").write_text(json.dumps({"briefing": "made", "as_of": DAY.isoformat()}))
    (folder / "mail" / "mail.json").write_text(json.dumps({**about, "images": names}))
    (folder / "mail" / "mail.html").write_text(html)
    (folder / "mail" / "mail.txt").write_text(f"{words}\n{UNSUBSCRIBE}\n{ADDRESS}\n")
    for name in names:
        (folder / "mail" / name).write_bytes(picture)
    return dict.fromkeys(names, picture)


def people(path: Path, number: int) -> Path:
    """A list of so many, with the view that the ledger asks for."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, address TEXT, name TEXT)")
        connection.execute("CREATE VIEW sendable AS SELECT id, address, name FROM person")
        rows = ((at, f"reader{at}@example{at % 50}.org", f"Reader {at}") for at in range(1, number + 1))
        connection.executemany("INSERT INTO person VALUES (?, ?, ?)", rows)
    return path


@dataclass(frozen=True)
class Job:
    """Where to, how large (bytes), over how many connections, how many mails, and the key to sign with."""

    port: int
    size: int
    connections: int
    number: int
    key: Path | None


def ours(folder: Path, job: Job) -> float:
    """What `reporter send` does once an edition is approved."""
    edition(folder / "edition", job.size)
    dkim = Dkim("example.org", "sel", job.key) if job.key else Dkim()
    made = mould(folder / "edition", replace(SETTINGS, dkim=dkim), Tokens(Secret("x" * 40)))
    relay = Relay("127.0.0.1", job.port, "none", helo="bench")
    listed = people(folder / "people.sqlite", job.number)
    with Ledger(folder / "ledger.sqlite", people=listed, witness=folder / "witness") as ledger:
        planned = ledger.plan(Plan(made.edition, DAY, "approved"))

        def fill(claim: Claim) -> object:
            return made.fill(Recipient(claim.subscriber, claim.address, claim.name))

        with ledger.hold(planned) as hold:
            setup = Setup(fill, lambda: Connection(relay), lambda *_: None, job.connections, per_connection=10**9)  # type: ignore[arg-type]
            begun = time.perf_counter()
            finished = Sender(hold, setup).run()
            took = time.perf_counter() - begun
        if not finished:
            raise SystemExit(str(ledger.counts(planned)))
    return took


def naive(folder: Path, job: Job) -> float:
    """A loop over readers, on as many job.connections, each kept open; none of it is written down."""
    pictures = edition(folder / "edition", job.size)
    text = (folder / "edition" / "mail" / "mail.txt").read_text()
    html = (folder / "edition" / "mail" / "mail.html").read_text()
    private = job.key.read_bytes() if job.key else b""

    def one(at: int) -> bytes:
        import dkim  # noqa: PLC0415 -- only where mails are signed

        message = EmailMessage()
        message["From"], message["To"] = "Made <a@example.org>", f"Reader {at} <reader{at}@example.org>"
        message["Subject"], message["Message-ID"] = "Made", f"<{at}@example.org>"
        message["List-Unsubscribe"] = f"<https://example.org/leave/{at}>"
        message.set_content(text.replace(UNSUBSCRIBE, f"https://example.org/leave/{at}"))
        message.add_alternative(html.replace(UNSUBSCRIBE, f"https://example.org/leave/{at}"), subtype="html")
        related = message.get_payload()[1]  # type: ignore[index]
        for name, picture in pictures.items():
            related.add_related(picture, "image", "png", cid=f"<{name}>")  # type: ignore[union-attr]
        data = message.as_bytes().replace(b"\n", b"\r\n")
        if private:
            headers = [b"from", b"to", b"subject", b"message-id", b"list-unsubscribe"]
            data = dkim.sign(data, b"sel", b"example.org", private, include_headers=headers) + data
        return data

    def some(first: int) -> None:
        with smtplib.SMTP("127.0.0.1", job.port, local_hostname="bench") as server:
            for at in range(first, job.number, job.connections):
                server.sendmail("a@example.org", f"reader{at}@example.org", one(at))

    threads = [threading.Thread(target=some, args=(at,)) for at in range(job.connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def _main(way: str, *words: str) -> None:
    port, kilobytes, connections, number = map(int, words[:4])
    job = Job(port, kilobytes * 1000, connections, number, None if words[4] == "-" else Path(words[4]))
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        sys.stdout.write(f"{({'ours': ours, 'naive': naive}[way])(Path(name), job)}\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
