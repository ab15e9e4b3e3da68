"""An erratum as a folder: what is sent to those who got an edition with a claim that no longer holds.

It stands beside its edition's briefing, in `<output>/<briefing>/errata/<day of the edition>-<today>/`: the mail, the
corrections as data, and the edition's own `facts.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from reporter import brand, deliver
from reporter.config import Settings
from reporter.errors import DeliveryError
from reporter.proof.errata import Erratum
from reporter.record import Record
from reporter.render.correction import Correction, correction
from reporter.render.mailed import letterhead

FILE = "errata.json"
_FACTS = "facts.json"


@dataclass(frozen=True)
class Corrected:
    """What an erratum's folder says of itself: its key, the edition it corrects by key, and the day it was made."""

    key: str
    corrects: str
    day: date

    @property
    def moment(self) -> datetime:
        """What its mails are dated with."""
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)


@dataclass(frozen=True)
class Finding:
    """An edition's folder and record, and what in it no longer holds as of a day."""

    folder: Path
    record: Record
    errata: Sequence[Erratum]
    today: date


def key_of(record: Record, today: date) -> str:
    """What the ledger calls the erratum, and where its folder stands under the output folder."""
    return f"{record.briefing}/errata/{record.as_of}-{today}"


def write(found: Finding, settings: Settings, folders: Sequence[Path]) -> Path:
    """Write the erratum's folder; where it stands. `folders` are those of templates."""
    record = found.record
    key = key_of(record, found.today)
    held = letterhead(settings, record.briefing, record.as_of, brand.load(settings.brand))
    name = str(_about(found.folder)["name"])
    lines = [one.line for one in found.errata]
    made = correction(Correction(name, record.as_of, found.today, lines), folders, held)
    told = {
        "name": name,
        "subject": made.subject,
        "preheader": "",
        "page": held.page,
        "postal_address": held.postal_address,
        "images": [],
    }
    said = {
        "key": key,
        "corrects": f"{record.briefing}/{record.as_of}",
        "day": found.today.isoformat(),
        "errata": [one.to_json() for one in found.errata],
    }
    files = {
        _FACTS: (found.folder / _FACTS).read_bytes(),
        FILE: _json(said),
        "mail/mail.json": _json(told),
        "mail/mail.html": made.html.encode(),
        "mail/mail.txt": made.text.encode(),
    }
    deliver.write_folder(settings.output / key, files)
    return settings.output / key


def read(folder: Path) -> Corrected | None:
    """What the folder corrects; None where it is an edition's."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        held: Mapping[str, Any] = json.loads(path.read_bytes())
        return Corrected(str(held["key"]), str(held["corrects"]), date.fromisoformat(held["day"]))
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path}: not what `reporter send --erratum` writes: {error}"
        raise DeliveryError(message) from error


def _about(folder: Path) -> Mapping[str, Any]:
    path = folder / "mail" / "mail.json"
    try:
        held: Mapping[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read, so the edition went to nobody by mail: {error}"
        raise DeliveryError(message) from error
    return held


def _json(held: Mapping[str, object]) -> bytes:
    return (json.dumps(held, ensure_ascii=False, indent=1) + "\n").encode()
