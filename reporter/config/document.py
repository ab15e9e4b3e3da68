"""The settings, written out from their own dataclasses: a commented file to start from, and the page of the docs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from reporter.config.reader import hints
from reporter.config.tables import Settings

Given = Mapping[str, str]  # by dotted key, what stands there uncommented, as TOML
_TABLES = {
    "brand": "Whose briefing it is and what it looks like.",
    "brand.colours": 'Inks, like "#a61e3c"; what cannot be read on its ground is refused with its contrast.',
    "brand.fonts": "Typefaces of your own, TrueType or OpenType.",
    "site": "The public archive.",
    "mail": "What goes out by mail, and in whose name.",
    "smtp": "The server that takes mail. Its password: REPORTER_SMTP_PASSWORD, or REPORTER_SMTP_PASSWORD_FILE.",
    "dkim": "The signature on each mail; all three or none.",
    "list": "Who is written to, and what was sent. REPORTER_SECRET, or REPORTER_SECRET_FILE, signs the links in mails.",
    "web": "What `reporter serve` listens at. The address that links lead to is that of [site].",
    "run": "What `reporter run` does by itself.",
}
_UNSAID = "…"  # a default that is the machine's, or none


def commented(given: Given) -> str:
    """reporter.toml with every setting in it: those in `given` set, all others as comments with their defaults."""
    return "\n".join(_lines(Settings, "", given)) + "\n"


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Every setting: dotted key, what may stand there, its default, what it is for."""
    for above, each, hint in _every(Settings, ""):
        nothing = "none" if each.default is None else "in the user’s own folders"
        default = nothing if _UNSAID in _default(each) else f"`{_default(each)}`"
        yield f"{above}{each.name}", _kind(hint), default, str(each.metadata["said"])


def page() -> str:
    """The tables of docs/settings.md."""
    parts: list[str] = []
    for title, held in _grouped():
        head = f"## [{title}]\n\n{_TABLES[title]}\n" if title else "## Outside a table\n"
        lines = [f"| `{key}` | {kind} | {default} | {said} |" for key, kind, default, said in held]
        parts.append("\n".join([head, "| setting | holds | default | what it is for |", "|---|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


def _grouped() -> Iterator[tuple[str, list[tuple[str, str, str, str]]]]:
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for key, kind, default, said in rows():
        table, _, name = key.rpartition(".")
        found.setdefault(table, []).append((name, kind, default, said))
    yield from found.items()


def _lines(kind: type[Any], above: str, given: Given) -> Iterator[str]:
    """Fields first, then the tables: in TOML what follows a table's head is in it."""
    if above:
        yield from ("", f"# {_TABLES[above[:-1]]}", f"[{above[:-1]}]")
    plain = [each for each in fields(kind) if not is_dataclass(hints(kind)[each.name])]
    for each in plain:
        key = f"{above}{each.name}"
        value = f"{each.name} = {given.get(key) or _default(each)}"
        yield f"{'' if key in given else '# '}{value}".ljust(44) + f"  # {each.metadata['said']}"
    for name, hint in hints(kind).items():
        if is_dataclass(hint):
            yield from _lines(hint, f"{above}{name}.", given)  # type: ignore[arg-type]


def _every(kind: type[Any], above: str) -> Iterator[tuple[str, Field[Any], Any]]:
    for each in fields(kind):
        hint = hints(kind)[each.name]
        if is_dataclass(hint):
            yield from _every(hint, f"{above}{each.name}.")  # type: ignore[arg-type]
        else:
            yield above, each, hint


def _kind(hint: Any) -> str:  # noqa: ANN401 -- a type
    if get_origin(hint) is Literal:
        return " or ".join(f"`{option}`" for option in get_args(hint))
    if get_origin(hint) is tuple:
        return "list of texts"
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    return {str: "text", int: "whole number", bool: "true or false", Path: "path"}[kinds[0]]


def _default(each: Field[Any]) -> str:
    """As TOML; of a path outside the working folder nothing is said, for it is another on every machine."""
    value = each.default
    if value is None or (isinstance(value, Path) and value.is_absolute()):
        return f'"{_UNSAID}"'
    return json.dumps(list(value) if isinstance(value, tuple) else value, default=str, ensure_ascii=False)
