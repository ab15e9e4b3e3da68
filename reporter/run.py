"""What a run has to do, and the note it keeps of how far it came.

::

    (nothing new) ─▶ done
    something new ─▶ BUILDING ─▶ BUILT ─▶ DONE
                        │           └ a crash, no relay, a required source that is late: sent by a later run
                        └ a crash: built by the next run

The note lies beside the editions and is written before each step, so that a run which ends at any moment is taken up
where it was. What is new is told by the figures themselves: those of a month or longer, for a market's daily ones are
new every day.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from reporter import store
from reporter.briefing import Briefing
from reporter.config import Settings
from reporter.errors import ConfigError, DataError, DeliveryError
from reporter.model.periods import Frequency

FILE = ".run.json"


class Step(StrEnum):
    """How far an edition came."""

    BUILDING = "building"  # it may stand in its folder, or not
    BUILT = "built"  # it stands, and has been proved; it may have been sent in part
    DONE = "done"  # nothing is left to do


@dataclass(frozen=True, slots=True)
class Note:
    """The last edition a run has made: its day, the mark of the figures it was made of, and how far it came."""

    day: date
    figures: str
    step: Step

    def at(self, step: Step) -> Note:
        """The same edition, a step further."""
        return replace(self, step=step)


def read(output: Path, briefing: str) -> Note | None:
    """The note of a briefing's last run; raise DataError where it cannot be read."""
    path = output / briefing / FILE
    if not path.is_file():
        return None
    try:
        held = json.loads(path.read_text("utf-8"))
        return Note(date.fromisoformat(held["day"]), str(held["figures"]), Step(held["step"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path}: cannot be read: {error}; delete it once the last edition is known to be sent"
        raise DataError(message) from error


def write(output: Path, briefing: str, note: Note) -> None:
    """Keep the note, whole or not at all; raise DeliveryError where that cannot be."""
    path = output / briefing / FILE
    beside = path.with_name(f"{FILE}.part")
    text = json.dumps({"day": note.day.isoformat(), "figures": note.figures, "step": note.step.value}) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; nothing was built or sent"
        raise DeliveryError(message) from error


def figures(briefing: Briefing, held: Settings, day: date) -> str:
    """A mark of every figure of a month or longer that the briefing could print on a day."""
    digest = hashlib.sha256()
    with store.layers(store.Store(held.store)) as layers:
        seen = store.snapshot(day, briefing.needs, layers)
        for name in sorted(seen.series):
            series = seen.series[name]
            if series.info.frequency is not Frequency.DAY:
                digest.update(f"\n{name}".encode())
                for observation in series.between():
                    digest.update(f"\t{observation.period}={observation.value}".encode())
    return digest.hexdigest()[:32]


def is_to_be_built(note: Note | None, figures: str, today: date, apart_days: int) -> bool:
    """Whether an edition is to be made: something is new, and the last one was not made just now; or one was begun."""
    if note is None or note.step is Step.BUILDING:
        return True
    is_early = note.step is Step.DONE and today - note.day < timedelta(days=apart_days)
    return note.figures != figures and not is_early


def required(briefing: Briefing) -> frozenset[str]:
    """The needs that the briefing will not be sent without; raise ConfigError where one names none of them."""
    found: set[str] = set()
    for asked in briefing.required:
        pattern = asked if ":" in asked else f"{asked}:*"
        some = {need for need in briefing.needs if need == asked or fnmatchcase(need, pattern)}
        if not some:
            message = f"briefing {briefing.name!r}: `required` names {asked!r}, on which none of its sections rests"
            raise ConfigError(message)
        found |= some
    return frozenset(found)
