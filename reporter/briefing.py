"""A briefing: one TOML that names its sections in order. Reading one is the only I/O here.

::

    template = "briefings/sell-america.md.j2"       # headline, standfirst, description
    sections = ["net_position", "holders"]          # reporter/sections/<name>.py + templates/sections/<name>.md.j2
    [[coverage]]                                    # the as-of card
    label = "Positions"
    series = "fred:IIPUSNETIQ"

    parameters = ["country"]                        # what a command line fills in: --country Japan
    required = ["bea", "fred:IIPUSNETIQ"]           # sources and series without whose latest figures no mail goes out

A section is looked for beside the briefing first (`sections/<name>.py`), then in the package; so are its
templates (`templates/`).

A section's module has `NEEDS` and `build(snapshot)`. One that depends on the briefing's parameters has
`choices(parameter)`, `needs(parameters)` and `build_for(snapshot, parameters)` instead; one that reads what the others
found, and what an earlier day or edition did, has `compare(snapshot, found, earlier)`.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from reporter.compare import Earlier
from reporter.errors import ConfigError
from reporter.findings import Findings
from reporter.model.series import Snapshot

SHIPPED = Path(__file__).parent / "briefings"
_TELLING = 4  # letters from which a word of a name tells: "of" and "and" do not
_KEYS = {"template", "sections", "coverage", "title", "parameters", "required"}

Parameters = Mapping[str, str]


@dataclass(frozen=True)
class SectionSource:
    """A section's name, what it needs, what computes it and the template that says it.

    It has a `build`, or a `compare` that is called after all others with what they found; where that answers
    None, the edition goes without the section.
    """

    name: str
    needs: tuple[str, ...]
    build: Callable[[Snapshot], Findings] | None
    compare: Callable[[Snapshot, Findings, Earlier], Findings | None] | None = None

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
    """A publication: its sections in order and the folder it was read from.

    `name` is also the folder of its editions; one with parameters carries them (`holder-profile/japan`).
    """

    name: str
    title: str
    template: str
    sections: tuple[SectionSource, ...]
    coverage: tuple[CoverageSource, ...]
    folder: Path
    parameters: Parameters = field(default_factory=dict)
    required: tuple[str, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """Every series id and pattern its sections ask for."""
        asked = {need for section in self.sections for need in section.needs}
        return frozenset(asked | {line.series for line in self.coverage})


def shipped() -> tuple[str, ...]:
    """The names of the briefings that come with the package."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def load(name: str, parameters: Parameters | None = None) -> Briefing:
    """A shipped briefing by name, or the TOML file of that path; raise ConfigError with what to mend.

    `parameters` fills in those the briefing declares; case does not matter.
    """
    path = _path(name)
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not TOML: {error}"
        raise ConfigError(message) from error
    _check(path, held)
    modules = {section: _module(section, path.parent) for section in held["sections"]}
    given = _chosen(name, held.get("parameters", []), modules, parameters or {})
    slugs = (re.sub(r"[^a-z0-9]+", "-", value.casefold()).strip("-") for value in given.values())
    return Briefing(
        "/".join((path.stem, *slugs)),
        held.get("title", path.stem),
        held["template"],
        tuple(_section(section, module, given) for section, module in modules.items()),
        tuple(CoverageSource(line["label"], line["series"]) for line in held.get("coverage", ())),
        path.parent,
        given,
        tuple(held.get("required", ())),
    )


def example(name: str) -> Briefing:
    """A briefing with the first choice for each of its parameters: what a list of briefings shows."""
    held = tomllib.loads(_path(name).read_text("utf-8"))
    return load(name, {parameter: choices(name, parameter)[0] for parameter in held.get("parameters", ())})


def choices(name: str, parameter: str) -> tuple[str, ...]:
    """Every value a parameter of a briefing may take, for a run over all of them."""
    path = _path(name)
    held = tomllib.loads(path.read_text("utf-8"))
    _check(path, held)
    return _choices({section: _module(section, path.parent) for section in held["sections"]}, parameter)


def _path(name: str) -> Path:
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    if not path.is_file():
        near = get_close_matches(name, shipped(), 1)
        hint = (
            f"did you mean {near[0]}?" if near else f"there are: {', '.join(shipped())}; or give a path to a TOML file"
        )
        message = f"no briefing {name!r}; {hint}"
        raise ConfigError(message)
    return path


def _check(path: Path, held: Mapping[str, Any]) -> None:
    """Every fault of a briefing's file at once."""
    faults = [f"unknown key {key!r}{_meant(key)}" for key in held if key not in _KEYS]
    sections = held.get("sections")
    if not isinstance(sections, list) or not sections or not all(isinstance(name, str) for name in sections):
        faults.append("`sections` must be a list of section names")
    else:
        faults += [f"section {name!r} stands twice" for name in dict.fromkeys(sections) if sections.count(name) > 1]
    if not isinstance(held.get("template"), str):
        faults.append("`template` must name the front template")
    if not isinstance(held.get("title", ""), str):
        faults.append("`title` must be words")
    if not isinstance(asked := held.get("required", []), list) or not all(isinstance(each, str) for each in asked):
        faults.append("`required` must be a list of sources, series and patterns")
    coverage = held.get("coverage", [])
    if not isinstance(coverage, list) or not all(map(_is_coverage, coverage)):
        faults.append("`coverage` needs a label and a series in each of its tables")
    if faults:
        raise ConfigError(f"{path}: " + "; ".join(faults))


def _is_coverage(line: object) -> bool:
    return isinstance(line, dict) and all(isinstance(line.get(key), str) for key in ("label", "series"))


def _chosen(name: str, declared: Sequence[str], modules: Mapping[str, ModuleType], given: Parameters) -> dict[str, str]:
    """The parameters by name, each as its choices spell it; raise ConfigError with every fault."""
    faults = [f"it has no parameter {key!r}" for key in given if key not in declared]
    faults += [f"say which: --{key} NAME" for key in declared if not given.get(key)]
    chosen: dict[str, str] = {}
    for key in declared:
        spelled = {choice.casefold(): choice for choice in _choices(modules, key)}
        asked = given.get(key, "").strip().casefold()
        if asked in spelled:
            chosen[key] = spelled[asked]
        elif asked:
            near = _near(asked, spelled)
            hint = f"did you mean {' or '.join(spelled[held] for held in near)}?" if near else "`all` builds every one"
            faults.append(f"no {key} {given[key]!r}; {hint}")
    if faults:
        raise ConfigError(f"briefing {name!r}: " + "; ".join(faults))
    return chosen


def _near(asked: str, spelled: Iterable[str]) -> list[str]:
    """Choices that share a whole word with what was asked (“mainland china”), else those spelled alike."""
    words = {word for word in re.findall(r"\w+", asked) if len(word) >= _TELLING}
    held = tuple(spelled)
    return [choice for choice in held if words & {*re.findall(r"\w+", choice)}][:3] or get_close_matches(asked, held, 3)


def _choices(modules: Mapping[str, ModuleType], parameter: str) -> tuple[str, ...]:
    held = (module.choices(parameter) for module in modules.values() if hasattr(module, "choices"))
    return tuple(dict.fromkeys(choice for some in held for choice in some))


def _meant(key: str) -> str:
    near = get_close_matches(key, _KEYS, 1)
    return f", did you mean {near[0]!r}?" if near else ""


def _module(name: str, folder: Path) -> ModuleType:
    own = folder / "sections" / f"{name}.py"
    return _module_at(own) if own.is_file() else _packaged(name)


def _section(name: str, module: ModuleType, parameters: Parameters) -> SectionSource:
    """A section by the parts its module has; raise ConfigError where it has too few."""
    needs = module.needs(parameters) if hasattr(module, "needs") else getattr(module, "NEEDS", None)
    build_for = getattr(module, "build_for", None)
    build = partial(build_for, parameters=parameters) if build_for else getattr(module, "build", None)
    compare = getattr(module, "compare", None)
    missing = ["NEEDS"] * (needs is None) + ["build"] * (build is None and compare is None)
    if missing:
        message = f"section {name!r} ({module.__file__}) has no {' and no '.join(missing)}"
        raise ConfigError(message)
    return SectionSource(name, tuple(needs or ()), build, None if build else compare)


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
