"""An analyst's own text beside a section: the same grammar as a template's, in a file of its own.

::

    ---
    author: Jane Doe, Chief Economist
    section: net-position
    ---
    The debt of {{ niip.net | owed }} is a bet on the issuer.

or, for more than one section, a heading each: `# net-position`. Paragraphs only; a figure is a fact, a judging word a
claim, and what is bound to nothing is refused with its line and the facts that have that value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from reporter.errors import ConfigError, ProofError, RenderError
from reporter.language.engine import Engine
from reporter.language.nearest import advice
from reporter.tree import Container, NameLeaf, Paragraph, Styled, Text

CONTAINER = "commentary"
_FENCE = "---"
_KEYS = ("author", "section")


@dataclass(frozen=True)
class Commentary:
    """A file of commentary: what it is called, who wrote it, and its text by section.

    A text has the file's lines, those of other sections blank, so that a line of it is a line of the file.
    """

    name: str
    author: str
    texts: Mapping[str, str]

    @property
    def id(self) -> str:
        """Hash of all it says: it is one of the edition's inputs."""
        whole = "\0".join((self.author, *(f"{section}\0{text}" for section, text in sorted(self.texts.items()))))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    def assert_sections(self, known: Iterable[str]) -> None:
        """Raise ConfigError where it speaks to a section that the edition does not have."""
        held = tuple(known)
        for section in self.texts:
            if section not in held:
                near = get_close_matches(section, held, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(held)}"
                message = f"{self.name}: this edition has no section {section!r}; {hint}"
                raise ConfigError(message)


def parse(text: str, name: str) -> Commentary:
    """Read a file of commentary; raise ConfigError with what to mend and where."""
    lines = text.split("\n")
    fields, start = _front(lines, name)
    if not fields.get("author"):
        message = f"{name}: says nowhere who wrote it; begin with {_FENCE}, `author: Name, Title`, {_FENCE}"
        raise ConfigError(message)
    texts: dict[str, list[str]] = {}
    section = fields.get("section", "")
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("# "):
            section = line[2:].strip()
        elif line.strip():
            if not section:
                message = f"{name}:{number}: belongs to no section; write `# net-position` above it"
                raise ConfigError(message)
            texts.setdefault(section, [""] * len(lines))[number - 1] = line
    if not texts:
        message = f"{name}: says nothing"
        raise ConfigError(message)
    return Commentary(name, fields["author"], {key: "\n".join(held) for key, held in texts.items()})


def write(held: Commentary, section: str, engine: Engine, words: Mapping[str, Any]) -> Container:
    """The commentary on one section, its author at the end.

    Raise ProofError where a figure is bound to nothing, with its line and the facts that have that value; RenderError
    for anything but paragraphs.
    """
    source = held.texts[section]
    try:
        written = engine.write_source(held.name, source, words)
    except ProofError as error:
        raise _advised(error, source, engine) from error
    if written.aside or not all(isinstance(block, Paragraph) for block in written.blocks):
        message = "commentary is paragraphs; charts, tables, lists and takeaways are the section's own"
        raise RenderError(message, template=held.name)
    by = Paragraph((Text("By "), Styled("strong", (NameLeaf(held.author),))))
    return Container(CONTAINER, (*written.blocks, by))


def _advised(error: ProofError, source: str, engine: Engine) -> ProofError:
    lines = source.split("\n")
    line = lines[error.line - 1] if 0 < error.line <= len(lines) else ""
    hint = advice(line, engine.ledger.facts)
    message = f"{error.message}; {hint}" if hint else error.message
    return ProofError(message, template=error.template, line=error.line)


def _front(lines: list[str], name: str) -> tuple[dict[str, str], int]:
    """The front matter's fields, and how many lines it takes."""
    if lines[0].strip() != _FENCE:
        return {}, 0
    fields: dict[str, str] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == _FENCE:
            return fields, number
        key, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or key.strip() not in _KEYS:
            message = f"{name}:{number}: front matter knows {' and '.join(_KEYS)}, not {line.strip()!r}"
            raise ConfigError(message)
        fields[key.strip()] = value.strip()
    message = f"{name}: its front matter does not end; close it with {_FENCE}"
    raise ConfigError(message)
