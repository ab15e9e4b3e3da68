"""What the documents tell people to type exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from tests.support import ROOT

DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
CONSOLE = re.compile(r"^```(?:console|sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def commands() -> Iterator[tuple[str, list[str]]]:
    """Document and words of each `$ ` line in a console block; a pipe or a comment ends it."""
    for document in DOCUMENTS:
        for block in CONSOLE.findall(document.read_text(encoding="utf-8")):
            for line in re.findall(r"^\$ (.+?)(?: [|&].*)?$", block.replace("\\\n", " "), re.MULTILINE):
                yield document.name, shlex.split(line, comments=True)


COMMANDS = list(commands())


def shown(program: str) -> list[list[str]]:
    return [words[1:] for _, words in COMMANDS if words[0] == program]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def command_line() -> click.Group:
    from reporter import cli  # noqa: PLC0415 - a broken command line should fail its tests, not this file

    return cli.reporter


def test_the_readme_shows_how_to_start() -> None:
    assert ["briefing"] in shown("make")
    assert ["test"] in shown("make")
    assert shown("reporter")


def test_each_program_shown_is_one_these_tests_know() -> None:
    assert {words[0] for _, words in COMMANDS} <= {
        "make",
        "reporter",
        "python",
        "pip",
        "git",
        "cd",
        "export",
        "openssl",
        "qpdf",
        "pdftotext",
    }


@pytest.mark.parametrize("words", shown("make"), ids=" ".join)
def test_a_make_target_shown_exists(words: list[str]) -> None:
    assert {word for word in words if "=" not in word} <= targets()


@pytest.mark.parametrize("words", shown("python"), ids=" ".join)
def test_a_module_shown_can_be_run(words: list[str]) -> None:
    if words[:1] == ["-m"] and words[1].startswith("reporter"):
        assert callable(import_module(words[1]).main)
    else:
        assert words[:2] in (["-m", "scripts.transcribe"], ["-m", "benchmarks"])
        assert list((ROOT / words[1].replace(".", "/")).glob("__main__.py"))


@pytest.mark.parametrize("words", shown("reporter"), ids=" ".join)
def test_a_command_shown_parses(words: list[str]) -> None:
    """Click reads it, options and all, without running it."""
    group = command_line()
    name, command, rest = group.resolve_command(click.Context(group), list(words))
    assert command is not None
    if "--help" not in rest:
        command.make_context(name, rest)


def test_every_command_is_shown_in_a_document() -> None:
    mentioned = {words[0] for words in shown("reporter") if words}
    assert set(command_line().commands) <= mentioned


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_make_targets_say_what_they_do() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets() == set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
