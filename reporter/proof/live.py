"""What an edition rests on, read again from its sources as of the vintage it was read from.

FRED's archive gives a series as it stood on any day, so each of its values is either what stands there or is
contradicted. The Treasury and BEA serve the latest figures only: what they have is compared, and a value they print
otherwise today may have been revised since. It is told, and is no failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from reporter.errors import ReporterError
from reporter.keys import Keys
from reporter.model.observations import Layer, Observation
from reporter.pull.ask import Client, Fetched, Progress, ask
from reporter.pull.plan import Errand, Plan
from reporter.record import Record
from reporter.sources.alfred import AlfredGraph
from reporter.sources.base import Bases, Known, Source
from reporter.sources.bea import Bea
from reporter.sources.tic_releases import Tic


class Found(StrEnum):
    """What came of one observation."""

    SAME = "same"  # the source has it as of the stored vintage
    OTHER = "other"  # … and says otherwise
    SAME_TODAY = "same today"  # the source, which keeps no vintages, has it still
    OTHER_TODAY = "other today"  # … has another figure today
    UNREAD = "unread"  # the source did not answer, or not in its shape
    UNASKED = "unasked"  # nobody can be asked for it


@dataclass(frozen=True)
class Reread:
    """One observation with what its source says, in the base unit; None where it has no figure or was not read."""

    stored: Observation
    found: Found
    value: Decimal | None = None

    @property
    def told(self) -> str:
        """In a line: which figure, what is stored, and what the source has."""
        stored, vintage = self.stored, self.stored.vintage
        now = "no figure" if self.value is None else f"{self.value:f}"
        as_of = f"as of {vintage.known_on}" if self.found is Found.OTHER else "today"
        return f"{stored.series.id} {stored.period}: {stored.value:f} is stored, its source has {now} {as_of}"


@dataclass(frozen=True)
class Live:
    """All that was read again, and what went wrong on the way."""

    reread: tuple[Reread, ...]
    faults: tuple[ReporterError, ...]

    def of(self, found: Found) -> tuple[Reread, ...]:
        """The observations of which that came."""
        return tuple(each for each in self.reread if each.found is found)

    @property
    def exit_code(self) -> int:
        """That of the worst fault of a source."""
        return max((fault.exit_code for fault in self.faults), default=0)

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        counts = {str(found).replace(" ", "_"): len(self.of(found)) for found in Found}
        return {
            **counts,
            "contradicted": [each.told for each in self.of(Found.OTHER)],
            "changed": [each.told for each in self.of(Found.OTHER_TODAY)],
            "unasked_series": sorted({each.stored.series.id for each in self.of(Found.UNASKED)}),
            "faults": [str(fault) for fault in self.faults],
        }


def observations(record: Record) -> tuple[Observation, ...]:
    """Everything an edition's facts and claims rest on, each once."""
    every = (seen for fact in record.facts.values() for seen in fact.expr.observations())
    claimed = (seen for claim in record.claims.values() for seen in claim.observations())
    found = {seen.id: seen for seen in (*every, *claimed)}
    return tuple(found[key] for key in sorted(found))


def plan(seen: Sequence[Observation], keys: Keys, bases: Bases) -> Plan:
    """What to ask: FRED's archive for the days of the stored vintages, the others for their latest."""
    days: dict[str, set[date]] = {}
    for each in seen:
        days.setdefault(each.series.id, set()).add(each.vintage.known_on)
    known = {key: Known(wanted=tuple(sorted(held))) for key, held in days.items()}
    latest: tuple[Source, ...] = (Tic(), Bea()) if "bea" in keys else (Tic(),)
    errands = [Errand(source, source.requests(tuple(days), bases, {})) for source in latest]
    archive = AlfredGraph()
    errands.append(Errand(archive, archive.requests(tuple(days), bases, known), current=False))
    asked = {key for errand in errands for request in errand.requests for key in request.series}
    return Plan(tuple(e for e in errands if e.requests), tuple(key for key in days if key not in asked), known)


def reread(seen: Sequence[Observation], asked: Plan, client: Client, today: date, progress: Progress) -> Live:
    """Ask every source of a plan for these observations, and hold what comes against what is stored."""
    return compared(seen, ask(asked, client, today, {}, progress), asked.unasked)


def compared(seen: Iterable[Observation], fetched: Sequence[Fetched], unasked: Iterable[str]) -> Live:
    """Each observation against the layer of its vintage, or of today where the source keeps none."""
    archived = {(layer.series, layer.vintage.known_on): layer for x in fetched if not x.current for layer in x.layers}
    latest = {layer.series: layer for x in fetched if x.current for layer in x.layers}
    failed = {key for each in fetched if each.error for key in each.request.series}
    nobody = frozenset(unasked)

    def one(stored: Observation) -> Reread:
        series = stored.series.id
        if series in nobody:
            return Reread(stored, Found.UNASKED)
        is_kept = series.startswith("fred:")
        layer = archived.get((series, stored.vintage.known_on)) if is_kept else latest.get(series)
        if layer is None and series in failed:
            return Reread(stored, Found.UNREAD)
        found = _figure(layer, stored) if layer else None
        same, other = (Found.SAME, Found.OTHER) if is_kept else (Found.SAME_TODAY, Found.OTHER_TODAY)
        if found is None:
            return Reread(stored, other)
        value, step = found
        return Reread(stored, same if _agree(stored, value, step) else other, value)

    faults = {str(each.error): each.error for each in fetched if each.error}
    return Live(tuple(map(one, seen)), tuple(faults.values()))


def _figure(layer: Layer, stored: Observation) -> tuple[Decimal, Decimal] | None:
    """The value of the period and one in its last digit, in the base unit."""
    text = layer.at(stored.period)
    if not text:
        return None
    value = Decimal(text)
    return value.scaleb(layer.unit.scale), Decimal(1).scaleb(int(value.as_tuple().exponent) + layer.unit.scale)


def _agree(stored: Observation, value: Decimal, step: Decimal) -> bool:
    """Whether they are one figure: a release rounds what a file has in full, so the coarser of the two steps counts."""
    coarser = max(stored.step, step)
    return stored.value == value or (stored.step != step and abs(stored.value - value) * 2 <= coarser)
