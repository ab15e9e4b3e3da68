"""One reader for every table of settings: the dataclass says what may stand in it.

A field's type is str, int, bool, date, Path, one of these or None, a Literal of texts, tuple[str, ...] or another such
dataclass. All mistakes are told at once, each with the file, the dotted key and what is expected there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from reporter.config.checks import Check
from reporter.errors import ConfigError

T = TypeVar("T")
_WORDS: dict[object, str] = {
    str: "a text in quotation marks",
    int: "a whole number",
    bool: "true or false",
    Path: "a path in quotation marks",
    date: "a day, without quotation marks: 2026-11-22",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands: paths are seen from `folder`, mistakes are told with `file` and the dotted key.

    `known` is every dotted key of the file, for what stands in the wrong table.
    """

    folder: Path
    file: str
    key: str = ""
    known: tuple[str, ...] = ()

    def dotted(self, name: str) -> str:
        """A field's key, as from the top of the file."""
        return f"{self.key}.{name}" if self.key else name


def setting(default: T, said: str, check: Check | None = None) -> T:
    """A field with its default, what it is for, and what its value must be beyond its type."""
    return field(default=default, metadata={"said": said, "check": check})


def read(kind: type[T], held: Mapping[str, Any], place: Place, environment: Mapping[str, str] | None = None) -> T:
    """The table, from what the file holds and what the environment (field: text) says instead.

    Raise ConfigError with every mistake at once.
    """
    faults: list[str] = []
    made = _table(kind, held, replace(place, known=tuple(dotted(kind))), environment or {}, faults)
    if faults:
        raise ConfigError("\n".join(faults))
    return cast("T", made)


def variables(kind: type[Any], environment: Mapping[str, str]) -> dict[str, str]:
    """What the environment says of the fields that are no tables, by field: REPORTER_OUTPUT is `output`."""
    names = (name for name, hint in hints(kind).items() if not is_dataclass(hint))
    return {name: value for name in names if (value := environment.get(variable(name)))}


def variable(name: str) -> str:
    """The variable that overrides a field."""
    return f"REPORTER_{name.upper()}"


def hints(kind: type[Any]) -> dict[str, Any]:
    """The fields of a table and their types, in order."""
    held = get_type_hints(kind, localns={})
    return {each.name: held[each.name] for each in fields(kind)}


def said(kind: type[Any], name: str) -> str:
    """What a field is for."""
    return next(str(each.metadata["said"]) for each in fields(kind) if each.name == name)


def dotted(kind: type[Any], above: str = "") -> Iterator[str]:
    """Every key of a table and of those in it, in order: paper, brand.name."""
    for name, hint in hints(kind).items():
        if is_dataclass(hint):
            yield from dotted(cast("type[Any]", hint), f"{above}{name}.")
        else:
            yield above + name


def _table(
    kind: type[Any], held: Mapping[str, Any], place: Place, environment: Mapping[str, str], faults: list[str]
) -> object:
    """The table; what is wrong in it is told in `faults` and stands at its default."""
    before = len(faults)
    faults += (f"{place.file}: {fault}" for fault in _unknown(kind, held, place))
    given: dict[str, Any] = {}
    for each in fields(kind):
        hint, name = hints(kind)[each.name], each.name
        if is_dataclass(hint) and isinstance(held.get(name), dict):
            inner = replace(place, key=place.dotted(name))
            given[name] = _table(cast("type[Any]", hint), held[name], inner, {}, faults)
        elif name in environment or name in held:
            where = variable(name) if name in environment else f"{place.file}: {place.dotted(name)}"
            value = _typed(hint, environment[name]) if name in environment else held[name]
            try:
                given[name] = _checked(each, _value(hint, value, place))
            except ValueError as error:
                faults.append(f"{where} {error}, not {_shown(value)}")
    made = kind(**given)
    if len(faults) == before and hasattr(made, "faults"):
        faults += (f"{place.file}: {place.dotted(fault)}" for fault in made.faults())
    return made


def _value(hint: Any, value: object, place: Place) -> object:  # noqa: ANN401 -- a type, which may be a union
    """What stands in the file as what the field holds; raise ValueError with what is expected."""
    if is_dataclass(hint):
        message = "must be a table of its own"
        raise ValueError(message)
    options = [kind for kind in get_args(hint) if kind is not NoneType]
    if get_origin(hint) is Literal:
        if value not in options:
            message = f"must be {' or '.join(map(_shown, options))}"
            raise ValueError(message)
        return value
    if get_origin(hint) is tuple:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            message = "must be a list of texts in quotation marks"
            raise ValueError(message)
        return tuple(value)
    kind = options[0] if options else hint
    if type(value) is not (str if kind is Path else kind) or (kind is Path and not value):
        message = f"must be {_WORDS[kind]}"
        raise ValueError(message)
    return place.folder / Path(str(value)).expanduser() if kind is Path else value


def _checked(each: Field[Any], value: object) -> object:
    check: Check | None = each.metadata.get("check")
    if wrong := check(value) if check else "":
        raise ValueError(wrong)
    return value


def _typed(hint: Any, text: str) -> object:  # noqa: ANN401 -- as above
    """A variable's text as the file would hold it."""
    if hint is int and text.isdecimal():
        return int(text)
    return {"true": True, "false": False}.get(text, text) if hint is bool else text


def _shown(value: object) -> str:
    """A value as the file would hold it."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _unknown(kind: type[Any], held: Mapping[str, Any], place: Place) -> Iterator[str]:
    """What stands in the file and is no setting, with what may have been meant, here or in another table."""
    for name in held:
        if name in hints(kind):
            continue
        here = [place.dotted(near) for near in get_close_matches(name, hints(kind), 1)]
        there = [key for key in place.known if key.rpartition(".")[2] == name]
        near = " or ".join(here or there)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(hints(kind))}"
        yield f"{place.dotted(name)} is no setting; {hint}"
