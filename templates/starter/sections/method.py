"""Where the figures come from: words alone."""

from reporter.findings import Findings

NEEDS = ()


def build(snapshot):
    """Nothing to compute."""
    return Findings()
