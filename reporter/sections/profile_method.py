"""Sources and method of a country's page: words only."""

from __future__ import annotations

from reporter.findings import Findings
from reporter.model.series import Snapshot

NEEDS: tuple[str, ...] = ()


def build(_: Snapshot) -> Findings:
    """Nothing is computed."""
    return Findings()
