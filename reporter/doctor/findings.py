"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, what to do, and the line to publish or type where there is one."""

    about: str
    level: Level
    said: str
    do: str = ""
    line: str = ""

    def to_json(self) -> dict[str, str]:
        """For `--json`."""
        return {"about": self.about, "level": self.level.value, "found": self.said, "do": self.do, "line": self.line}


def good(about: str, said: str, line: str = "") -> Finding:
    """It is as it should be."""
    return Finding(about, Level.GOOD, said, "", line)


def warning(about: str, said: str, do: str, line: str = "") -> Finding:
    """It may be well, or is unwise."""
    return Finding(about, Level.WARNING, said, do, line)


def fault(about: str, said: str, do: str, line: str = "") -> Finding:
    """It must be mended."""
    return Finding(about, Level.FAULT, said, do, line)
