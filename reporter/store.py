"""The point-in-time store: what is at hand, seen from a day.

For now its floor is all of it: the observations that ship with the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase

from reporter import catalogue, embedded, releases
from reporter.errors import MissingSeries
from reporter.model.observations import Layer
from reporter.model.series import Calendar, Series, Snapshot


def snapshot(
    as_of: date,
    needs: Iterable[str],
    layers: Mapping[str, tuple[Layer, ...]] | None = None,
    calendar: Calendar = releases,
) -> Snapshot:
    """Every series in `needs` as known on `as_of`.

    A need is a series id or a pattern (`tic:table3:*:for_treas_pos`). Raise MissingSeries where an id, or a
    whole pattern, is not at hand.
    """
    held = embedded.layers() if layers is None else layers
    ids = sorted({found for need in needs for found in _matching(need, held)})
    return Snapshot(as_of, {key: Series(catalogue.info(key), as_of, held[key], calendar) for key in ids})


def _matching(need: str, held: Mapping[str, tuple[Layer, ...]]) -> Iterator[str]:
    if not any(mark in need for mark in "*?["):
        if need not in held:
            message = "no observations of it are at hand"
            raise MissingSeries(message, series=need)
        yield need
        return
    found = [key for key in held if fnmatchcase(key, need)]
    if not found:
        message = "no series at hand matches it"
        raise MissingSeries(message, series=need)
    yield from found
