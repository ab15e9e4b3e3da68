"""Official statistics to a briefing that reads like a news article, every figure bound to its source.

The names below are the public ones; a script needs no others:

>>> import reporter
>>> snapshot = reporter.snapshot(date(2026, 11, 22), ["fred:IIPUSNETIQ"])
>>> snapshot["fred:IIPUSNETIQ"].last
2026Q2

``make`` builds an ``Order`` and writes the edition's folder, ``compose`` builds it and writes nothing, ``load``
reads a briefing. They are imported when they are first asked for, so that ``import reporter`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reporter.batch import Composed, Made, Order, compose, make
    from reporter.briefing import Briefing, load
    from reporter.build import Built
    from reporter.claims import Claim
    from reporter.config import Settings
    from reporter.errors import (
        ConfigError,
        DataError,
        DeliveryError,
        FetchError,
        ParseError,
        ProofError,
        RenderError,
        ReporterError,
        SourceError,
    )
    from reporter.facts import Fact
    from reporter.findings import Candidate, Chart, Findings
    from reporter.model.observations import Basis, Observation
    from reporter.model.periods import Frequency, Period, Window
    from reporter.model.series import Series, Snapshot
    from reporter.model.units import Kind, Measure, Unit
    from reporter.quotes import Quote
    from reporter.store.snapshot import snapshot
    from reporter.tree import Edition, Table

__all__ = [
    "Basis",
    "Briefing",
    "Built",
    "Candidate",
    "Chart",
    "Claim",
    "Composed",
    "ConfigError",
    "DataError",
    "DeliveryError",
    "Edition",
    "Fact",
    "FetchError",
    "Findings",
    "Frequency",
    "Kind",
    "Made",
    "Measure",
    "Observation",
    "Order",
    "ParseError",
    "Period",
    "ProofError",
    "Quote",
    "RenderError",
    "ReporterError",
    "Series",
    "Settings",
    "Snapshot",
    "SourceError",
    "Table",
    "Unit",
    "Window",
    "compose",
    "load",
    "make",
    "snapshot",
]

# Where each name lives. `build`, `deliver`, `pull` and `render` are stages, and stay the names of their modules.
_HOMES = {
    "reporter.batch": ("Composed", "Made", "Order", "compose", "make"),
    "reporter.briefing": ("Briefing", "load"),
    "reporter.build": ("Built",),
    "reporter.claims": ("Claim",),
    "reporter.config": ("Settings",),
    "reporter.errors": (
        "ConfigError",
        "DataError",
        "DeliveryError",
        "FetchError",
        "ParseError",
        "ProofError",
        "RenderError",
        "ReporterError",
        "SourceError",
    ),
    "reporter.facts": ("Fact",),
    "reporter.findings": ("Candidate", "Chart", "Findings"),
    "reporter.model.observations": ("Basis", "Observation"),
    "reporter.model.periods": ("Frequency", "Period", "Window"),
    "reporter.model.series": ("Series", "Snapshot"),
    "reporter.model.units": ("Kind", "Measure", "Unit"),
    "reporter.quotes": ("Quote",),
    "reporter.store.snapshot": ("snapshot",),
    "reporter.tree": ("Edition", "Table"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a name that is not above is an error to a type checker, too

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            message = f"module 'reporter' has no attribute {name!r}"
            raise AttributeError(message)
        found: object = getattr(import_module(_HOME[name]), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
