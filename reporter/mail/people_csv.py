"""The list as a table of text: in and out, row by row, however many there are.

Spreadsheets run a cell that begins with one of `=+-@`, a tab or a line break as a formula. Such a cell leaves with an
apostrophe before it, and every cell in quotation marks, so that no other separator opens one; on the way in that one
apostrophe is taken off again. What leaves comes back as it was.
"""

from __future__ import annotations

import csv
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from reporter.errors import ConfigError, DataError
from reporter.mail import people
from reporter.mail.addresses import BadEntry, clean_name, normalised
from reporter.mail.people import Consent, People, State, Subscriber

COLUMNS = ("address", "name", "state", "since", "source", "consented_on", "reason", "detail")
_ALSO = {"email": "address", "e-mail": "address", "email address": "address", "mail": "address", "full name": "name"}
_ALSO |= {"status": "state"}
_BATCH = 20_000  # rows a step: a few megabytes
_CACHE = 64_000  # kibibytes: the index of a million addresses, met in any order
_TOLD = 20  # bad rows that a report repeats
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the full-width ones are read as the others
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # what a byte that is none reads as
_STATES = frozenset(State)
_STOPPED = {State.LEFT, State.SUPPRESSED}
_MAKE = """
CREATE TEMP TABLE batch (address TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT, state TEXT, since TEXT, source TEXT,
                         consented_on TEXT, reason TEXT, detail TEXT)
"""
_MEET = "SELECT b.state, s.state, count(*) FROM batch b LEFT JOIN subscriber s USING (address) GROUP BY 1, 2"
# Nobody who has left or is suppressed is touched; who is active only stops; who is pending takes what is stated.
_TAKE = f"""
INSERT INTO subscriber ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM batch WHERE true ORDER BY batch.rowid
ON CONFLICT (address) DO UPDATE SET
    name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END,
    (state, since, source, consented_on, reason, detail) = (
        SELECT excluded.state, excluded.since, excluded.source, excluded.consented_on, excluded.reason, excluded.detail
        WHERE excluded.state IN ('left', 'suppressed') OR subscriber.state = 'pending'
        UNION ALL SELECT state, since, source, consented_on, reason, detail LIMIT 1)
WHERE state IN ('pending', 'active')
"""  # noqa: S608 -- our own columns


class Row(NamedTuple):
    """A row as the table takes it, in the order of COLUMNS."""

    address: str
    name: str
    state: str
    since: str
    source: str
    consented_on: str
    reason: str
    detail: str


@dataclass
class Report:
    """What became of the rows of a table. `kept_out` had left, are suppressed or were erased: they stay so."""

    read: int = 0
    added: Counter[str] = field(default_factory=Counter)
    activated: int = 0
    stopped: int = 0
    known: int = 0
    kept_out: int = 0
    twice: int = 0
    bad: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    unused: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """For `--json`; `faults` are the line numbers and reasons of the first bad rows."""
        return {
            "read": self.read,
            "added": dict(sorted(self.added.items())),
            "activated": self.activated,
            "stopped": self.stopped,
            "known": self.known,
            "kept_out": self.kept_out,
            "twice": self.twice,
            "bad": self.bad,
            "faults": [{"line": line, "fault": fault} for line, fault in self.faults],
            "unused_columns": list(self.unused),
        }

    def refuse(self, line: int, fault: str) -> None:
        """Count a bad row; the first ones are kept."""
        self.bad += 1
        if len(self.faults) < _TOLD:
            self.faults.append((line, fault))


def take_in(held: People, lines: TextIO, consent: Consent | None, at: datetime, *, dry_run: bool = False) -> Report:
    """Put a table's people on the list, all that are good or, where the table cannot be read to its end, none.

    `consent` is that of the rows which state none of their own. Raise DataError where it is no such table.
    """
    report = Report()
    rows = _rows(lines, consent, at, report)
    with held.writing() as connection:
        connection.execute("SAVEPOINT before")
        connection.execute("PRAGMA temp_store = MEMORY")  # nothing personal in a temporary file
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        connection.execute(_MAKE)
        while batch := list(islice(rows, _BATCH)):
            _merge(held, connection, batch, report)
        connection.execute("ROLLBACK TO before" if dry_run else "RELEASE before")
    return report


def _merge(held: People, connection: sqlite3.Connection, batch: list[Row], report: Report) -> None:
    if people.has_erased(connection):
        digest = held.digests(connection)
        known = "SELECT 1 FROM erased WHERE hash = ?"
        kept = [row for row in batch if not connection.execute(known, (digest(row.address),)).fetchone()]
        report.kept_out += len(batch) - len(kept)
        batch = kept
    marks = ", ".join("?" * len(COLUMNS))
    connection.executemany(f"INSERT OR IGNORE INTO batch VALUES ({marks})", batch)  # noqa: S608 -- our own marks
    met = 0
    for new, old, count in connection.execute(_MEET):
        met += count
        _count(report, State(new), State(old) if old else None, count)
    report.twice += len(batch) - met
    connection.execute(_TAKE)
    connection.execute("DELETE FROM batch")


def _count(report: Report, new: State, old: State | None, count: int) -> None:
    if old is None:
        report.added[new.value] += count
    elif old in _STOPPED:
        report.kept_out += count
    elif new in _STOPPED:
        report.stopped += count
    elif old is State.PENDING and new is State.ACTIVE:
        report.activated += count
    else:
        report.known += count


def _rows(lines: TextIO, consent: Consent | None, at: datetime, report: Report) -> Iterator[Row]:
    """The good rows; the bad ones are told in the report."""
    reader = csv.reader(lines, delimiter=_delimiter(head := lines.readline()))
    heads = next(csv.reader([head], delimiter=_delimiter(head)), [])
    places = _places(heads)
    report.unused = tuple(name for name in heads if _column(name) not in COLUMNS)
    try:
        for cells in reader:
            if not any(cells):
                continue
            report.read += 1
            try:
                yield _row({name: _armed(cells[at]) for name, at in places.items() if at < len(cells)}, consent, at)
            except BadEntry as error:
                report.refuse(reader.line_num + 1, str(error))
    except csv.Error as error:
        message = f"line {reader.line_num + 1}: {error}; is a quotation mark not closed? Nothing was imported"
        raise DataError(message) from error


def _delimiter(head: str) -> str:
    """What parts the columns: spreadsheets write a semicolon where the comma is a decimal's."""
    return max(",;\t", key=head.count)


def _column(head: str) -> str:
    name = head.strip().casefold()
    return _ALSO.get(name, name)


def _places(heads: list[str]) -> dict[str, int]:
    places = {_column(head): at for at, head in reversed(list(enumerate(heads)))}
    if "address" not in places:
        message = f"no column is called address; the first line names the columns, of {', '.join(COLUMNS)}"
        raise DataError(message)
    return {name: at for name, at in places.items() if name in COLUMNS}


def _row(cells: Mapping[str, str], consent: Consent | None, at: datetime) -> Row:
    """A person of a row's cells; raise BadEntry with what is wrong in it."""
    if any(not cell.isascii() and _NOT_UTF8.search(cell) for cell in cells.values()):
        message = "the row is not UTF-8"
        raise BadEntry(message)
    said = cells.get("state", "").strip().casefold()
    if said and said not in _STATES:
        message = f"the state is none of {', '.join(State)}"
        raise BadEntry(message)
    given = _consent(cells, at.date()) or consent
    state = State(said) if said and said != State.ACTIVE else State.ACTIVE if given else State.PENDING
    if state is State.PENDING:
        given = None
    reason = detail = ""
    if state in _STOPPED:
        reason, detail = (" ".join(cells.get(name, "").split()) for name in ("reason", "detail"))
    return Row(
        normalised(cells.get("address", "")),
        clean_name(cells.get("name", "")),
        state,
        _since(cells, at),
        given.source if given else "",
        given.on.isoformat() if given else "",
        reason or ("imported so" if state in _STOPPED else ""),
        detail,
    )


def _consent(cells: Mapping[str, str], today: date) -> Consent | None:
    source, on = " ".join(cells.get("source", "").split()), cells.get("consented_on", "").strip()
    if not source and not on:
        return None
    if not source or not on:
        message = "a consent is stated by both its source and its day (consented_on)"
        raise BadEntry(message)
    return consent_of(source, on, today)


def consent_of(source: str, on: str, today: date) -> Consent:
    """A consent as it is stated; raise BadEntry where its day is none, or still to come."""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        day = date.max
    if day > today:
        message = "the day of consent is no day up to today; write it as 2026-11-22"
        raise BadEntry(message)
    return Consent(source, day)


def _since(cells: Mapping[str, str], at: datetime) -> str:
    text = cells.get("since", "").strip()
    if not text:
        return people.stamp(at)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = "since is no moment; write it as 2026-11-22T06:00:00+00:00"
        raise BadEntry(message) from None
    return people.stamp(found if found.tzinfo else found.replace(tzinfo=at.tzinfo))


def export(rows: Iterable[Subscriber], target: TextIO) -> int:
    """Write people as a table; how many."""
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        held = row.to_json()
        writer.writerow([_defused(str(held[name] or "")) for name in COLUMNS])
        count += 1
    return count


def export_to(rows: Iterable[Subscriber], path: Path) -> int:
    """The same to a file that only its owner can read, whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(
            os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as target:
            count = export(rows, target)
        beside.replace(path)
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise ConfigError(message) from error
    finally:
        beside.unlink(missing_ok=True)
    return count


def _defused(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _armed(cell: str) -> str:
    """A cell as it was before it was defused."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
