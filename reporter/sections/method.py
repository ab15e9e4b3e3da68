"""Sources and method: words only."""

from __future__ import annotations

from reporter.findings import Findings
from reporter.model.series import Snapshot

NEEDS: tuple[str, ...] = ()


def build(_: Snapshot) -> Findings:
    """Nothing is computed: what the section says of sources, the edition knows."""
    return Findings()
