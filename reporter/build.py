"""Briefing and snapshot to edition: gather the findings, say them, rank the takeaways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TypeVar

from reporter import figures, late, noise
from reporter.briefing import Briefing, SectionSource
from reporter.claims import Claim
from reporter.compare import Earlier
from reporter.errors import DataError, RenderError
from reporter.facts import Fact
from reporter.findings import Candidate, Chart, Findings
from reporter.language import commentary as remarks
from reporter.language.commentary import Commentary
from reporter.language.engine import Engine, Written
from reporter.language.handles import Ledger
from reporter.language.quotations import at_hand
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


def build(  # noqa: PLR0913, PLR0917 -- all that an edition is made of
    briefing: Briefing,
    snapshot: Snapshot,
    folders: Sequence[Path],
    earlier: Earlier | None = None,
    asked: late.Ask = late.nobody,
    commentary: Commentary | None = None,
) -> Built:
    """The edition of `briefing` on the snapshot's day, said by the templates in `folders` (first one wins).

    `earlier` is what it is compared with; without it, sections that compare are left out. `asked` tells how the
    publishers answered last, so that the edition says what it lacks and why. `commentary` is said at the end of the
    sections it speaks to.
    """
    snapshot = replace(snapshot, inputs=(*snapshot.inputs, *(one.id for one in (earlier, commentary) if one)))
    found = _found(briefing, snapshot, earlier)
    whole = _together(held for _, held in found)
    coverage = tuple(_coverage(briefing, snapshot, asked))
    lacks = {section.name: late.of_facts(held.facts, snapshot, asked) for section, held in found}
    in_vain = late.fingerprint(chain.from_iterable(lacks.values()), ((line.state, line.asked) for line in coverage))
    snapshot = replace(snapshot, inputs=(*snapshot.inputs, *in_vain))
    facts = {fact.id: fact for fact in whole.facts}
    charts = {chart.id: chart for chart in whole.charts}
    tables = {table.id: table for table in whole.tables}
    ledger = Ledger(facts, {claim.id: claim for claim in whole.claims})
    cited = {key: chart.reads for key, chart in charts.items()}
    cited |= {key: tuple(s for f in table.facts() for s in f.expr.observations()) for key, table in tables.items()}
    engine = Engine(folders, ledger, tables, frozenset(charts), lambda key: citations(cited[key]))
    words: dict[str, object] = {
        "as_of": Period.of(snapshot.as_of, Frequency.DAY),
        "snapshot": NameLeaf(snapshot.id),
        "briefing": NameLeaf(briefing.title),
        "quotes": at_hand(snapshot.as_of),
    }
    written = [
        (section.name, engine.write(section.template, {**words, "late": lacks[section.name], **held.given}))
        for section, held in found
    ]
    if commentary:
        written = list(_commented(written, commentary, engine, {**words, **whole.given}))
    scores = _rank(((section.name, held) for section, held in found), written, snapshot)
    everything = tuple(seen for fact in facts.values() for seen in fact.expr.observations())
    takeaways = tuple(_takeaways(scores, written))
    words |= {"publishers": citations(everything), "caveats": {caveat for score in scores for caveat in score.caveats}}
    front = engine.write(briefing.template, {**words, **whole.given, "figures": figures.PLACES})
    edition = Edition(
        briefing=briefing.name,
        as_of=snapshot.as_of,
        snapshot_id=snapshot.id,
        front=_front(front, led=bool(takeaways)),
        takeaways=takeaways,
        sections=tuple(_section(name, held) for name, held in written),
        coverage=coverage,
        facts=facts,
        claims=dict(ledger.claims),
        # An earlier edition may rest on series that this one no longer asks for.
        series={s.series.id: s.series for s in everything} | {key: s.info for key, s in snapshot.series.items()},
    )
    return Built(figures.counted(edition), charts, scores)


def gather(briefing: Briefing, snapshot: Snapshot) -> Findings:
    """Everything the briefing's own sections find, unsaid: what an edition of that day would have rested on."""
    return _together(held for _, held in _found(briefing, snapshot, None))


def _found(briefing: Briefing, snapshot: Snapshot, earlier: Earlier | None) -> list[tuple[SectionSource, Findings]]:
    """Each section's findings in the briefing's order; those that compare are asked last."""
    made = {section: section.build(snapshot) for section in briefing.sections if section.build}
    whole = _together(made.values())
    if earlier:
        compared = ((s, s.compare(snapshot, whole, earlier)) for s in briefing.sections if s.compare)
        made |= {section: held for section, held in compared if held}
    return [(section, made[section]) for section in briefing.sections if section in made]


def _together(found: Iterable[Findings]) -> Findings:
    """All findings as one; raise DataError where two sections make a noun of one name."""
    held = tuple(found)
    return Findings(
        _unique("fact", (fact for one in held for fact in one.facts)),
        _unique("claim", (claim for one in held for claim in one.claims)),
        _unique("chart", (chart for one in held for chart in one.charts)),
        _unique("table", (table for one in held for table in one.tables)),
        tuple(candidate for one in held for candidate in one.candidates),
        {name: noun for one in held for name, noun in one.given.items()},
    )


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


def _unique(noun: str, held: Iterable[Named]) -> tuple[Named, ...]:
    made: dict[str, Named] = {}
    for item in held:
        if item.id in made:
            message = f"two sections make the {noun} {item.id!r}"
            raise DataError(message)
        made[item.id] = item
    return tuple(made.values())


def _rank(
    found: Iterable[tuple[str, Findings]], written: Sequence[tuple[str, Written]], snapshot: Snapshot
) -> tuple[Score, ...]:
    """Only what a template says can be printed, so only that is ranked."""
    said = {key for _, held in written for tag, key in held.aside if tag == "takeaway"}
    offered: list[tuple[str, Candidate]] = [(name, c) for name, held in found for c in held.candidates]
    unknown = said - {candidate.key for _, candidate in offered}
    if unknown:
        message = f"takeaways that no section offers: {', '.join(sorted(unknown))}"
        raise RenderError(message)
    return rank((name, _measured(candidate, snapshot)) for name, candidate in offered if candidate.key in said)


def _measured(candidate: Candidate, snapshot: Snapshot) -> Candidate:
    """With the noise of its change, from the vintages at hand, where its section gave none."""
    if candidate.change is None or candidate.noise is not None:
        return candidate
    return replace(candidate, noise=noise.of(candidate.change, snapshot))


def _takeaways(scores: Iterable[Score], written: Sequence[tuple[str, Written]]) -> Iterator[TakeawayLine]:
    words = {key: fields for _, held in written for (tag, key), fields in held.aside.items() if tag == "takeaway"}
    for score in scores:
        if score.outcome.startswith("place"):
            fields = words[score.candidate.key]
            yield TakeawayLine(score.candidate.key, fields.get("lead", ()), fields.get("sentence", ()))


def _front(written: Written, *, led: bool) -> Front:
    """What stands above the sections; why nothing leads stands there only where nothing does."""
    words = written.aside.get(("front", ""), {})
    return Front({name: line for name, line in words.items() if not (led and name == "no_takeaways")})


def _commented(
    written: Sequence[tuple[str, Written]], held: Commentary, engine: Engine, words: Mapping[str, object]
) -> Iterator[tuple[str, Written]]:
    """The sections, each with what the analyst says of it at its end."""
    held.assert_sections(_slug(name) for name, _ in written)
    for name, section in written:
        if (slug := _slug(name)) in held.texts:
            more = remarks.write(held, slug, engine, words)
            yield name, replace(section, blocks=(*section.blocks, more))
        else:
            yield name, section


def _slug(name: str) -> str:
    """A section's id in the page."""
    return name.replace("_", "-")


def _section(name: str, written: Written) -> SectionTree:
    """A section with its title; a template without a `section` block is a fault that names it."""
    fields = written.aside.get(("section", ""))
    if not fields or "title" not in fields:
        message = "has no {% section %} block with a title"
        raise RenderError(message, template=f"sections/{name}.md.j2")
    return SectionTree(_slug(name), fields["title"], fields.get("short", fields["title"]), written.blocks)


def _coverage(briefing: Briefing, snapshot: Snapshot, asked: late.Ask) -> Iterator[Coverage]:
    """A line a group of series; one of which nothing was known yet is left out."""
    for line in briefing.coverage:
        series = snapshot[line.series]
        if series.periods:
            yield Coverage(line.label, series.last, *late.of_series(series, asked))
