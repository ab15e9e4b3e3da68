"""The conclusion: words only, on the claims of the sections before it. It says nothing they do not bear out."""

from __future__ import annotations

from reporter.findings import Findings
from reporter.model.series import Snapshot

NEEDS: tuple[str, ...] = ()


def build(_: Snapshot) -> Findings:
    """Nothing is computed: every judgement in it is another section's claim."""
    return Findings()
