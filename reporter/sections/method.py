"""Sources and method: words, and how the words of past editions fared."""

from __future__ import annotations

from collections.abc import Mapping

from reporter import backtested
from reporter.backtested import Result
from reporter.findings import Findings
from reporter.model.periods import Frequency, Period
from reporter.model.series import Snapshot
from reporter.tree import NameLeaf

NEEDS: tuple[str, ...] = ()

ENOUGH = 24  # trials from which a share says something


def build(snapshot: Snapshot) -> Findings:
    """No fact; given is `backtest`, the stored result as far as it could be known on the day."""
    result = backtested.stored().known(snapshot.as_of)
    return Findings(given={"backtest": _counts(result)} if len(result.counted) >= ENOUGH else {})


def _counts(result: Result) -> Mapping[str, object]:
    """The counts as leaves, each from the stored rows; the periods are the first and the last edition's."""
    first, last = (Period.of(result.trials[at].day, Frequency.DAY) for at in (0, -1))
    counts = {"editions": len(result.trials), "counted": len(result.counted)}
    counts |= {"held": result.held, "revised": result.revised}
    return {
        **{name: NameLeaf(f"{count:,}") for name, count in counts.items()},
        "first": first,
        "last": last,
        "version": NameLeaf(result.version),
    }
