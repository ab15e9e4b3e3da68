"""Earlier editions under the output folder: read back, to be compared with and listed.

An edition of the briefing `name` stands in `<output>/<name>/<as-of date>/`; what is read of it is its
`facts.json`.
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reporter import store
from reporter.briefing import Briefing
from reporter.build import gather
from reporter.compare import Earlier, Shelved
from reporter.errors import ConfigError, DataError
from reporter.model.observations import Layer
from reporter.record import Record, read_record

FACTS = "facts.json"
AtHand = Mapping[str, tuple[Layer, ...]]
SHELF = 3  # editions that “More from” lists


@dataclass(frozen=True, slots=True)
class Found:
    """What an edition is compared with, None where nothing is known of an earlier day.

    `unread` says which editions in the folder could not be read, and why; they are passed over.
    """

    earlier: Earlier | None
    unread: tuple[str, ...] = ()


def find(
    briefing: Briefing, as_of: date, output: Path, since: str | None = None, layers: AtHand | None = None
) -> Found:
    """What the edition of `as_of` is compared with.

    `since` is a date (the figures as they were known then) or the path of an edition (its folder, or its
    `facts.json`); by default the last edition before `as_of` under `output`, else the day a month earlier. `layers`
    are what is at hand, as `store.snapshot` takes them.
    Raise ConfigError where `since` names nothing earlier.
    """
    dated = [(day, path) for day, path in folders(output / briefing.name) if day < as_of]
    read: list[tuple[Earlier, Shelved]] = []
    unread: list[str] = []
    for day, path in reversed(dated):
        if len(read) == SHELF:
            break
        try:
            read.append(_edition(briefing, path / FACTS, f"../{day}/index.html"))
        except DataError as error:
            unread.append(str(error))
    if since is not None:
        chosen: Earlier | None = _since(briefing, as_of, since, layers)
    elif read:
        chosen = read[0][0]
    else:
        chosen = _known(briefing, month_before(as_of), layers)
    return Found(chosen and replace(chosen, shelf=tuple(shelved for _, shelved in read)), tuple(unread))


def folders(place: Path) -> Iterator[tuple[date, Path]]:
    """The editions in a briefing's folder by their day, the oldest first."""
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        day = _date(path.name)
        if day and (path / FACTS).is_file():
            yield day, path


def on_day(briefing: Briefing, day: date, layers: AtHand | None = None) -> Earlier:
    """The facts of the briefing's own sections as they were known on a day, whether or not an edition came out."""
    snapshot = store.snapshot(day, briefing.needs, layers)
    found = gather(briefing, snapshot)
    facts, claims = ({held.id: held for held in nouns} for nouns in (found.facts, found.claims))
    return Earlier(snapshot.id, day, facts, claims)  # type: ignore[arg-type]


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _known(briefing: Briefing, day: date, layers: AtHand | None) -> Earlier | None:
    """None where the briefing could not have been made that day: not all of its series were known."""
    try:
        return on_day(briefing, day, layers)
    except DataError:
        return None


def _since(briefing: Briefing, as_of: date, since: str, layers: AtHand | None) -> Earlier:
    day = _date(since)
    if day is None:
        path = Path(since)
        chosen, _ = _edition(briefing, path / FACTS if path.is_dir() else path)
    elif day < as_of:
        chosen = on_day(briefing, day, layers)
    else:
        message = f"--since {since} is not before {as_of}"
        raise ConfigError(message)
    if chosen.as_of >= as_of:
        message = f"--since {since}: that edition is of {chosen.as_of}, not before {as_of}"
        raise ConfigError(message)
    return chosen


def _edition(briefing: Briefing, path: Path, href: str = "") -> tuple[Earlier, Shelved]:
    try:
        payload = path.read_bytes()
    except OSError as error:
        message = f"{path}: {error.strerror}; give a date (2026-02-06), an edition's folder or its {FACTS}"
        raise ConfigError(message) from error
    record = read_record(payload, str(path))
    if record.briefing != briefing.name:
        message = f"{path}: an edition of {record.briefing!r}, not of {briefing.name!r}"
        raise DataError(message)
    digest = hashlib.sha256(payload).hexdigest()[:16]
    printed = frozenset(figure.fact.id for figure in record.printed)
    said = record.said
    # What no sentence said was not published. An edition made before its words were kept is taken at its claims.
    claims = {key: claim for key, claim in record.claims.items() if not record.text or key in said}
    return Earlier(digest, record.as_of, record.facts, claims, printed), _shelved(record, href)


def _shelved(record: Record, href: str) -> Shelved:
    lead = record.printed[0] if record.printed else None
    return Shelved(record.as_of, record.headline, lead, record.claims, href)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
