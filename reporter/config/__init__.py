"""Settings: `reporter.toml` in the working folder, and the environment, which wins.

`tables` is every setting with its default and what it is for; `reader` reads any such table and tells every mistake at
once; `load` puts the two together. The environment overrides what stands outside a table: `REPORTER_OUTPUT` is
`output`. Paths are seen from the file's folder.

Keys, passwords and secrets are never in it: see `reporter.keys`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reporter.config import reader
from reporter.config.tables import (
    PAPERS,
    Brand,
    Colours,
    Dkim,
    Fonts,
    List,
    Mail,
    Paper,
    Run,
    Settings,
    Site,
    Smtp,
    Web,
)
from reporter.errors import ConfigError

FILE = "reporter.toml"
SERIES = "series.toml"

__all__ = [
    "FILE",
    "PAPERS",
    "SERIES",
    "Brand",
    "Colours",
    "Dkim",
    "Fonts",
    "List",
    "Mail",
    "Paper",
    "Run",
    "Settings",
    "Site",
    "Smtp",
    "Web",
    "load",
]


def load(folder: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of a working folder; raise ConfigError with every mistake at once."""
    path = folder / FILE
    held = _read(path) if path.is_file() else {}
    place = reader.Place(folder, str(path))
    if (folder / SERIES).is_file():
        held.setdefault("series", SERIES)
    return reader.read(Settings, held, place, reader.variables(Settings, environment))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not TOML: {error}"
        raise ConfigError(message) from error
