"""Where a command finds things: settings, the store, and the series that its arguments name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from reporter import briefing, catalogue, config, own
from reporter.config import Settings
from reporter.errors import ConfigError

SOURCES = ("fred", "bea", "tic")


def settings(store: Path | None = None) -> Settings:
    """The settings of the working folder; `store`, from the command line, wins."""
    held = config.load(Path.cwd(), os.environ)
    own.use(held)
    return replace(held, store=store) if store else held


def needs(targets: Iterable[str], default: str) -> frozenset[str]:
    """The series ids and patterns that targets stand for: briefings, series, sources; without any the `default` one's.

    Raise ConfigError where a target is none of them.
    """
    found: set[str] = set()
    for target in tuple(targets) or (default,):
        found |= _needs(target)
    return frozenset(found)


def _needs(target: str) -> frozenset[str]:
    if target in SOURCES:
        return frozenset({f"{target}:*"})
    if ":" in target:
        if not any(mark in target for mark in "*?["):
            catalogue.info(target)
        return frozenset({target})
    if target in briefing.shipped() or target.endswith(".toml"):
        return briefing.example(target).needs
    near = get_close_matches(target, (*SOURCES, *briefing.shipped()), 3)
    hint = f"did you mean {' or '.join(near)}?" if near else "see `reporter list`"
    message = f"{target!r} is no briefing, no series and no source ({', '.join(SOURCES)}); {hint}"
    raise ConfigError(message)


def expanded(wanted: Iterable[str], held: Mapping[str, object]) -> tuple[str, ...]:
    """The series of some needs: of a pattern those at hand and those of the catalogue."""
    from reporter.pull.plan import expand  # noqa: PLC0415 -- pulling imports the HTTP client

    return expand(sorted(wanted), held)
