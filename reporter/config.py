"""Settings: `reporter.toml` in the working folder, and the environment, which wins.

::

    briefing = "sell-america"    # what `reporter build` builds when none is named
    output = "output"            # where editions go                       REPORTER_OUTPUT
    templates = "my-templates"   # a folder of overriding templates        REPORTER_TEMPLATES
    cache = "…"                  # where drawn charts are kept             REPORTER_CACHE
    paper = "A4"                 # or "Letter"                             REPORTER_PAPER
    store = "…"                  # the file that keeps what was pulled     REPORTER_STORE
    fred_url = "…"               # where publishers answer; a mirror       REPORTER_FRED_URL
    alfred_url = "…"             # or a test server may stand in           REPORTER_ALFRED_URL
    fred_api_url = "…"           #                                         REPORTER_FRED_API_URL
    bea_url = "…"                #                                         REPORTER_BEA_URL
    tic_url = "…"                #                                         REPORTER_TIC_URL
    signing_key_file = "…"       # the key that signs what a PDF is made of REPORTER_SIGNING_KEY_FILE

Keys are never in it: see `reporter.keys`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_data_path

from reporter.errors import ConfigError
from reporter.sources.base import Bases, is_allowed

FILE = "reporter.toml"
Paper = Literal["A4", "Letter"]
PAPERS = ("A4", "Letter")
_BASES = Bases()


@dataclass(frozen=True)
class Settings:
    """Where things are and what is built by default."""

    briefing: str = "sell-america"
    output: Path = Path("output")
    templates: Path | None = None
    cache: Path = user_cache_path("reporter") / "charts"
    paper: Paper = "A4"
    store: Path = user_data_path("reporter") / "store.sqlite"
    signing_key_file: Path | None = None
    fred_url: str = _BASES.fred
    alfred_url: str = _BASES.alfred
    fred_api_url: str = _BASES.fred_api
    bea_url: str = _BASES.bea
    tic_url: str = _BASES.tic

    @property
    def bases(self) -> Bases:
        """Where each publisher answers."""
        return Bases(self.fred_url, self.alfred_url, self.fred_api_url, self.bea_url, self.tic_url)


def load(folder: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of a working folder; raise ConfigError with every mistake at once."""
    path = folder / FILE
    held = _read(path) if path.is_file() else {}
    asked = {**held, **_asked(environment)}
    faults = list(_faults(path, held, asked))
    if faults:
        raise ConfigError("\n".join(faults))
    settings: dict[str, Any] = dict(asked)
    for key in ("output", "templates", "cache", "store", "signing_key_file"):
        if key in settings:
            settings[key] = folder / Path(settings[key]).expanduser()
    return Settings(**settings)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not TOML: {error}"
        raise ConfigError(message) from error


def _asked(environment: Mapping[str, str]) -> dict[str, str]:
    names = (field.name for field in fields(Settings))
    return {name: value for name in names if (value := environment.get(f"REPORTER_{name.upper()}"))}


def _faults(path: Path, held: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[str]:
    known = [field.name for field in fields(Settings)]
    for key, value in held.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            yield f"{path}: unknown setting {key!r}; {hint}"
        elif not isinstance(value, str):
            yield f"{path}: {key} must be a text in quotation marks, not {value!r}"
    if asked.get("paper", "A4") not in PAPERS:
        yield f"paper must be one of {', '.join(PAPERS)}, not {asked['paper']!r}"
    folder = asked.get("templates")
    if isinstance(folder, str) and not (path.parent / Path(folder).expanduser()).is_dir():
        yield f"templates: there is no folder {folder!r}; make it, or mend {FILE} or REPORTER_TEMPLATES"
    for key, url in asked.items():
        if key.endswith("_url") and isinstance(url, str) and not is_allowed(url):
            yield f"{key} must start with https:// (or http:// on this machine), not {url!r}"
