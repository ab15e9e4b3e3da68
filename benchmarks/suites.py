"""The registry of suites. To add one: a module with `run(Options) -> Iterator[Table]`, and its line here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from benchmarks.table import Table


@dataclass(frozen=True)
class Options:
    """How often each case is run, and the edition that is built."""

    runs: int = 5
    briefing: str = "sell-america"
    as_of: str = "2026-11-22"


class Suite(Protocol):
    """What a suite's module offers."""

    def run(self, options: Options) -> Iterator[Table]:
        """Measure, and answer tables as they are ready."""


SUITES: Mapping[str, str] = {
    "build": "whole processes: a build in its cases, and the obvious way",
    "stages": "one process: a cold build by its stages",
    "proof": "its share of a build, verify as a process, the adversarial cases",
    "figures": "pulls from a local server, reading the Treasury's tables, a snapshot of many vintages",
    "mail": "ours beside a client in C and the obvious way; the ledger; a million readers (needs Postfix's smtp-sink)",
}


def load(name: str) -> Suite:
    """A suite by name."""
    suite: Suite = import_module(f"benchmarks.{name}")
    return suite
