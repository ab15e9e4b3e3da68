"""An edition as the archive lists it, read from the `facts.json` it published: words as printed, nothing computed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reporter.editions import FACTS, folders
from reporter.errors import DataError
from reporter.language.wording import in_words
from reporter.model.periods import Frequency, Period

PAGE, PDF, CARD = "index.html", "briefing.pdf", "card.png"
_FRONT = ("name", "tagline", "headline", "standfirst", "description")
_DEEPEST = 16  # words within words


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition on the shelf: where it stands, its day, its front as printed, and the key of its first chart."""

    folder: Path
    briefing: str
    as_of: date
    words: Mapping[str, str]
    chart: str

    @property
    def path(self) -> str:
        """Its folder in the archive."""
        return f"{self.briefing}/{self.as_of.isoformat()}"

    @property
    def day(self) -> Period:
        """Its day, to be said in words."""
        return Period.of(self.as_of, Frequency.DAY)

    @property
    def urn(self) -> str:
        """A name that stays, wherever the archive moves: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5."""
        return uuid5(NAMESPACE_URL, f"reporter:{self.path}").urn

    @property
    def has_pdf(self) -> bool:
        """Whether it was built as a PDF, too."""
        return (self.folder / PDF).is_file()

    @property
    def has_card(self) -> bool:
        """Whether it has a picture for those who share it."""
        return (self.folder / CARD).is_file()

    def printed(self) -> tuple[str, ...]:
        """Every text of it that the archive may print again."""
        return (*self.words.values(), in_words(self.day), self.as_of.isoformat(), str(self.as_of.year))


def issues(output: Path) -> tuple[tuple[Issue, ...], tuple[str, ...]]:
    """Every edition under `output` that has a page, the latest first; and which were passed over, with the reason."""
    found: list[Issue] = []
    unread: list[str] = []
    for place in sorted(output.iterdir()) if output.is_dir() else ():
        for _, folder in folders(place):
            try:
                found.append(read(folder))
            except DataError as error:
                unread.append(str(error))
    return tuple(sorted(found, key=lambda issue: (-issue.as_of.toordinal(), issue.briefing))), tuple(unread)


def read(folder: Path) -> Issue:
    """The edition in a folder; raise DataError where it cannot be listed."""
    path = folder / FACTS
    try:
        held = json.loads(path.read_bytes())
        said = {row["where"]: _plain(row["line"]) for row in held["text"] if row["where"].startswith("front.")}
        words = {name: said.get(f"front.{name}", "") for name in _FRONT}
        chart = next((row["chart"] for row in held["charts"]), "")
        issue = Issue(folder, str(held["briefing"]), date.fromisoformat(held["as_of"]), words, str(chart))
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        message = f"{path}: not a record of an edition that can be listed: {type(error).__name__} {error}"
        raise DataError(message) from error
    if not (folder / PAGE).is_file():
        message = f"{folder}: has no {PAGE}; build it again with --format html"
        raise DataError(message)
    if issue.path != f"{folder.parent.name}/{folder.name}":
        message = f"{folder}: holds the edition {issue.path}; an edition stands in the folder of its own name and day"
        raise DataError(message)
    if not issue.words["headline"]:
        message = f"{path}: was written before an edition's words were kept; build it again"
        raise DataError(message)
    return issue


def _plain(line: Iterable[Any]) -> str:
    """The words of a line as `transcript.write` keeps it."""
    return "".join(_pieces(line, _DEEPEST))


def _pieces(line: Iterable[Any], deep: int) -> Iterator[str]:
    if not deep:
        message = "spans are nested too deep"
        raise ValueError(message)
    for piece in line:
        if isinstance(piece, str):
            yield piece
        elif "words" in piece:
            yield from _pieces(piece["words"], deep - 1)
        else:
            yield str(next(piece[key] for key in ("text", "name", "quoted") if key in piece))
