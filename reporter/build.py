"""Briefing and snapshot to edition: gather the findings, say them, rank the takeaways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from reporter.briefing import Briefing
from reporter.claims import Claim
from reporter.errors import DataError, RenderError
from reporter.facts import Fact
from reporter.findings import Candidate, Chart, Findings
from reporter.language.engine import Engine, Written
from reporter.language.handles import Ledger
from reporter.model.observations import Observation
from reporter.model.periods import Frequency, Period
from reporter.model.series import Snapshot
from reporter.takeaways import Score, rank
from reporter.tree import Coverage, Edition, Front, NameLeaf, SectionTree, Table, TakeawayLine

Named = TypeVar("Named", Fact, Claim, Chart, Table)


@dataclass(frozen=True)
class Built:
    """An edition, the charts it shows, and how its takeaways were ranked."""

    edition: Edition
    charts: Mapping[str, Chart]
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A publisher, and the days of the first and last of its vintages that something rests on."""

    publisher: NameLeaf
    first: Period
    last: Period
    backfilled: bool


def build(briefing: Briefing, snapshot: Snapshot, folders: Sequence[Path]) -> Built:
    """The edition of `briefing` on the snapshot's day, said by the templates in `folders` (first one wins)."""
    found = [(section, section.build(snapshot)) for section in briefing.sections]
    findings = [held for _, held in found]
    facts = _unique("fact", (fact for held in findings for fact in held.facts))
    claims = _unique("claim", (claim for held in findings for claim in held.claims))
    charts = _unique("chart", (chart for held in findings for chart in held.charts))
    tables = _unique("table", (table for held in findings for table in held.tables))
    ledger = Ledger(facts, claims)
    cited = {key: chart.reads for key, chart in charts.items()}
    cited |= {key: tuple(s for f in table.facts() for s in f.expr.observations()) for key, table in tables.items()}
    engine = Engine(folders, ledger, tables, frozenset(charts), lambda key: citations(cited[key]))
    words = {"as_of": Period.of(snapshot.as_of, Frequency.DAY), "snapshot": NameLeaf(snapshot.id)}
    written = [(section.name, engine.write(section.template, words)) for section, _ in found]
    scores = _rank(((section.name, held) for section, held in found), written)
    everything = tuple(seen for fact in facts.values() for seen in fact.expr.observations())
    front = engine.write(briefing.template, {**words, "publishers": citations(everything)})
    edition = Edition(
        briefing=briefing.name,
        as_of=snapshot.as_of,
        snapshot_id=snapshot.id,
        front=Front(front.aside.get(("front", ""), {})),
        takeaways=tuple(_takeaways(scores, written)),
        sections=tuple(_section(name, held) for name, held in written),
        coverage=tuple(_coverage(briefing, snapshot)),
        facts=facts,
        claims=dict(ledger.claims),
        series={key: held.info for key, held in snapshot.series.items()},
    )
    return Built(edition, charts, scores)


def citations(observations: Iterable[Observation]) -> tuple[Citation, ...]:
    """The publishers of some observations in order of appearance, each with the span of its vintages."""
    days: dict[str, list[tuple[date, bool]]] = {}
    for seen in observations:
        late = seen.vintage.known_on > seen.known_on
        days.setdefault(seen.series.publisher, []).append((seen.vintage.known_on, late))
    return tuple(_citation(publisher, held) for publisher, held in days.items())


def _citation(publisher: str, held: Sequence[tuple[date, bool]]) -> Citation:
    first, last = min(day for day, _ in held), max(day for day, _ in held)
    day = Frequency.DAY
    return Citation(NameLeaf(publisher), Period.of(first, day), Period.of(last, day), any(late for _, late in held))


def _unique(noun: str, held: Iterable[Named]) -> dict[str, Named]:
    made: dict[str, Named] = {}
    for item in held:
        key = item.id
        if key in made:
            message = f"two sections make the {noun} {key!r}"
            raise DataError(message)
        made[key] = item
    return made


def _rank(found: Iterable[tuple[str, Findings]], written: Sequence[tuple[str, Written]]) -> tuple[Score, ...]:
    """Only what a template says can be printed, so only that is ranked."""
    said = {key for _, held in written for tag, key in held.aside if tag == "takeaway"}
    offered: list[tuple[str, Candidate]] = [(name, c) for name, held in found for c in held.candidates]
    unknown = said - {candidate.key for _, candidate in offered}
    if unknown:
        message = f"takeaways that no section offers: {', '.join(sorted(unknown))}"
        raise RenderError(message)
    return rank((name, candidate) for name, candidate in offered if candidate.key in said)


def _takeaways(scores: Iterable[Score], written: Sequence[tuple[str, Written]]) -> Iterator[TakeawayLine]:
    words = {key: fields for _, held in written for (tag, key), fields in held.aside.items() if tag == "takeaway"}
    for score in scores:
        if score.outcome.startswith("place"):
            fields = words[score.candidate.key]
            yield TakeawayLine(score.candidate.key, fields.get("lead", ()), fields.get("sentence", ()))


def _section(name: str, written: Written) -> SectionTree:
    """A section with its title; a template without a `section` block is a fault that names it."""
    fields = written.aside.get(("section", ""))
    if not fields or "title" not in fields:
        message = "has no {% section %} block with a title"
        raise RenderError(message, template=f"sections/{name}.md.j2")
    return SectionTree(name.replace("_", "-"), fields["title"], fields.get("short", fields["title"]), written.blocks)


def _coverage(briefing: Briefing, snapshot: Snapshot) -> Iterator[Coverage]:
    for line in briefing.coverage:
        series = snapshot[line.series]
        yield Coverage(line.label, series.last, series.stale)
