"""The archive: files from a folder, to be read and nothing else.

The folder that `reporter site` writes, where there is one; else the editions themselves, of each only what is meant for
readers. No path leads out of the folder, by dots or by a link, and none to what begins with a dot.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from reporter import editions

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

_LISTED = 36  # editions
_FILES = re.compile(r"index\.html|briefing\.pdf|facts\.json|card\.png|(?:charts|data)/[\w.-]+|mail/[\w.-]+\.png")


@dataclass(frozen=True, slots=True)
class Listed:
    """An edition in the list: its day, where it stands, what it says first."""

    day: date
    path: str
    headline: str


class Archive(StaticFiles):
    """The files of a folder; `only_editions` where it is the output folder itself."""

    def __init__(self, folder: Path, *, only_editions: bool = False) -> None:
        super().__init__(directory=folder, html=not only_editions, check_dir=False, follow_symlink=False)
        self._only_editions = only_editions

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or 404."""
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        if not self._is_shown(path):
            raise HTTPException(404)
        answer = await super().get_response(path, scope)
        answer.headers.setdefault("Cache-Control", "public, max-age=300")
        return answer

    def _is_shown(self, path: str) -> bool:
        parts = PurePosixPath(path).parts
        if "\0" in path or "\\" in path or any(part.startswith(".") and part != "." for part in parts):
            return False
        days = [at for at, part in enumerate(parts) if _is_day(part)]
        # <briefing>/<day>/<file>, where a briefing's name may have two parts
        return not self._only_editions or bool(days and _FILES.fullmatch("/".join(parts[days[0] + 1 :])))


def listed(output: Path) -> list[Listed]:
    """The editions in the output folder, the latest first."""
    found: list[Listed] = []
    for folder in _briefings(output):
        name = folder.relative_to(output).as_posix()
        found += [Listed(day, f"{name}/{day}", name) for day, _ in editions.folders(folder)]
    latest = sorted(found, key=lambda each: (each.day, each.path), reverse=True)[:_LISTED]
    return [Listed(each.day, each.path, _headline(output / each.path) or each.headline) for each in latest]


def _briefings(output: Path) -> list[Path]:
    """The folders that may hold editions: <output>/<briefing>, and <output>/<briefing>/<country>."""
    if not output.is_dir():
        return []
    depths = ("*", "*/*")
    return [path for depth in depths for path in output.glob(depth) if path.is_dir() and not path.name.startswith(".")]


def _headline(folder: Path) -> str:
    """What the edition's record says first; empty where it cannot be read."""
    try:
        held = json.loads((folder / editions.FACTS).read_bytes())
        return str(held["headline"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _is_day(part: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", part) is not None
