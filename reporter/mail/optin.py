"""Double opt-in: what somebody asked for by the form, and what they confirmed.

Asking writes a row, whether or not the address is known, and a letter that is to be sent: in the file, so that no crash
loses it. Nothing else is ever sent before the letter's link has been confirmed. A letter goes out at least once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reporter.mail.addresses import normalised
from reporter.mail.people import People, State, found, leave, stamp

VALID = timedelta(days=7)  # how long a link to confirm is good for
_UNCONFIRMED = timedelta(days=30)  # how long somebody who never confirmed is kept
_FIRST, _TRIES = 60, 10  # seconds before a letter is tried again, doubling; how often
SOURCE = "web form, confirmed by mail"


@dataclass(frozen=True, slots=True)
class Letter:
    """A confirmation to be asked for; `asked_at` in seconds since 1970."""

    subscriber: int
    address: str
    asked_at: int
    tries: int = 0


def ask(people: People, address: str, at: datetime) -> None:
    """Note that somebody, whoever that is, wants this address on the list; raise BadEntry where it is none."""
    moment = int(at.timestamp())
    with people.writing() as connection:
        connection.execute(
            "INSERT INTO subscriber (address, name, state, since, source, consented_on, reason, detail, asked_at)"
            " VALUES (?, '', 'pending', ?, '', '', '', '', ?)"
            " ON CONFLICT (address) DO UPDATE SET asked_at = excluded.asked_at",
            (key := normalised(address), stamp(at), moment),
        )
        connection.execute(
            "INSERT INTO letter (subscriber, due, tries) SELECT id, ?, 0 FROM subscriber WHERE address = ?"
            " ON CONFLICT DO NOTHING",
            (moment, key),
        )


def confirm(people: People, subject: str, at: datetime) -> bool:
    """Put on the list who confirms; whether the link was still good. Twice is as once.

    `subject` is that of the link: a number and when it was asked for. One from before they left says nothing.
    """
    number, asked_at = map(int, subject.split("."))
    asked = datetime.fromtimestamp(asked_at, UTC)
    with people.writing() as connection:
        row = found(connection, "id = ?", number)
        if row is None or not at - VALID <= asked <= at + timedelta(minutes=5):
            return False
        if row.state is State.ACTIVE:
            return True
        if row.state is not State.PENDING and asked <= row.since:
            return False
        connection.execute(
            "UPDATE subscriber SET state = 'active', since = ?, source = ?, consented_on = ?, reason = '', detail = ''"
            " WHERE id = ?",
            (stamp(at), SOURCE, at.astimezone(UTC).date().isoformat(), number),
        )
        connection.execute("DELETE FROM letter WHERE subscriber = ?", (number,))
        people.unerase(connection, row.address)
    return True


def depart(people: People, subject: str, at: datetime) -> None:
    """Take off the list who leaves by their link. Twice is as once, and who was erased has left."""
    with people.writing() as connection:
        leave(connection, int(subject), at, "by their own link")


def due(people: People, at: datetime, limit: int = 20) -> list[Letter]:
    """Letters that are to be sent now."""
    query = (
        "SELECT subscriber, address, asked_at, tries FROM letter JOIN subscriber ON id = subscriber"
        " WHERE due <= ? ORDER BY due LIMIT ?"
    )
    with people.reading() as connection:
        return [Letter(*row) for row in connection.execute(query, (int(at.timestamp()), limit))]


def sent(people: People, letter: Letter) -> None:
    """A letter is out, or will never be."""
    with people.writing() as connection:
        connection.execute("DELETE FROM letter WHERE subscriber = ?", (letter.subscriber,))


def later(people: People, letter: Letter, at: datetime) -> None:
    """A letter could not be sent just now: again in a while, or never after the last try."""
    tries = letter.tries + 1
    if tries >= _TRIES:
        sent(people, letter)
        return
    with people.writing() as connection:
        connection.execute(
            "UPDATE letter SET due = ?, tries = ? WHERE subscriber = ?",
            (int(at.timestamp()) + _FIRST * 2**letter.tries, tries, letter.subscriber),
        )


def forget_unconfirmed(people: People, at: datetime) -> int:
    """Delete who asked by the form and has not confirmed for a month; how many."""
    limit = int((at - _UNCONFIRMED).timestamp())
    with people.writing() as connection:
        query = "DELETE FROM subscriber WHERE state = 'pending' AND asked_at BETWEEN 1 AND ?"
        return connection.execute(query, (limit,)).rowcount
