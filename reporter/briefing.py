"""A briefing: one TOML that names its sections in order. Reading one is the only I/O here.

::

    template = "briefings/sell-america.md.j2"       # headline, standfirst, description
    sections = ["net_position", "holders"]          # reporter/sections/<name>.py + templates/sections/<name>.md.j2
    [[coverage]]                                    # the as-of card
    label = "Positions"
    series = "fred:IIPUSNETIQ"

A section is looked for beside the briefing first (`sections/<name>.py`), then in the package; so are its
templates (`templates/`).
"""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from reporter.errors import ConfigError
from reporter.findings import Findings
from reporter.model.series import Snapshot

SHIPPED = Path(__file__).parent / "briefings"
_KEYS = {"template", "sections", "coverage", "title"}


@dataclass(frozen=True)
class SectionSource:
    """A section's name, what it needs, what computes it and the template that says it."""

    name: str
    needs: tuple[str, ...]
    build: Callable[[Snapshot], Findings]

    @property
    def template(self) -> str:
        """Path in the template folders."""
        return f"sections/{self.name}.md.j2"


@dataclass(frozen=True)
class CoverageSource:
    """A line of the as-of card: a label, and the series whose last period it shows."""

    label: str
    series: str


@dataclass(frozen=True)
class Briefing:
    """A publication: its sections in order and the folder it was read from."""

    name: str
    title: str
    template: str
    sections: tuple[SectionSource, ...]
    coverage: tuple[CoverageSource, ...]
    folder: Path

    @property
    def needs(self) -> frozenset[str]:
        """Every series id and pattern its sections ask for."""
        asked = {need for section in self.sections for need in section.needs}
        return frozenset(asked | {line.series for line in self.coverage})


def shipped() -> tuple[str, ...]:
    """The names of the briefings that come with the package."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def load(name: str) -> Briefing:
    """A shipped briefing by name, or the TOML file of that path; raise ConfigError with what to mend."""
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    if not path.is_file():
        near = get_close_matches(name, shipped(), 1)
        hint = (
            f"did you mean {near[0]}?" if near else f"there are: {', '.join(shipped())}; or give a path to a TOML file"
        )
        message = f"no briefing {name!r}; {hint}"
        raise ConfigError(message)
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not TOML: {error}"
        raise ConfigError(message) from error
    return _briefing(path, held)


def _briefing(path: Path, held: Mapping[str, Any]) -> Briefing:
    faults = [f"unknown key {key!r}{_meant(key)}" for key in held if key not in _KEYS]
    if not isinstance(held.get("sections"), list) or not held["sections"]:
        faults.append("`sections` must be a list of section names")
    if not isinstance(held.get("template"), str):
        faults.append("`template` must name the front template")
    if faults:
        raise ConfigError(f"{path}: " + "; ".join(faults))
    coverage = tuple(CoverageSource(line["label"], line["series"]) for line in held.get("coverage", ()))
    sections = tuple(_section(name, path.parent) for name in held["sections"])
    return Briefing(path.stem, held.get("title", path.stem), held["template"], sections, coverage, path.parent)


def _meant(key: str) -> str:
    near = get_close_matches(key, _KEYS, 1)
    return f", did you mean {near[0]!r}?" if near else ""


def _section(name: str, folder: Path) -> SectionSource:
    own = folder / "sections" / f"{name}.py"
    module = _module_at(own) if own.is_file() else _packaged(name)
    for part in ("NEEDS", "build"):
        if not hasattr(module, part):
            message = f"section {name!r} ({module.__file__}) has no {part}"
            raise ConfigError(message)
    return SectionSource(name, tuple(module.NEEDS), module.build)


def _packaged(name: str) -> ModuleType:
    if not name.isidentifier():
        message = f"not a section name: {name!r}"
        raise ConfigError(message)
    try:
        return import_module(f"reporter.sections.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"reporter.sections.{name}":
            raise
        held = sorted(p.stem for p in (Path(__file__).parent / "sections").glob("[!_]*.py"))
        near = get_close_matches(name, held, 1)
        message = f"no section {name!r}; " + (f"did you mean {near[0]}?" if near else f"there are: {', '.join(held)}")
        raise ConfigError(message) from None


def _module_at(path: Path) -> ModuleType:
    """A module from a file of the briefing's own folder; two briefings may have sections of one name."""
    name = f"reporter_section_{abs(hash(str(path.resolve()))):x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        message = f"{path}: cannot be read as a Python module"
        raise ConfigError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
