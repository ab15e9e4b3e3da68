"""Errata: what published editions said that today's figures of the same periods do not bear out.

An edition is read back from its `facts.json`. Each claim whose words it printed, and that held on its day, is judged
again on today's vintages of the periods it was judged on; one that no longer holds is an erratum. That newer periods
have moved on is none: what was said of then was so. The correction is a sentence of the template
`base/erratum.md.j2`, its figures and dates leaves like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from reporter import editions, store
from reporter.briefing import Briefing
from reporter.claims import Claim
from reporter.compare import Lapsed, differs, is_own, is_torn, kept, restated, taken_back
from reporter.errors import DataError
from reporter.facts import Fact
from reporter.language.engine import Engine
from reporter.language.handles import Ledger
from reporter.language.numerals import has_numeral
from reporter.model.periods import Frequency, Period
from reporter.model.series import Snapshot
from reporter.record import Record, read_record
from reporter.tree import Line, NameLeaf, Paragraph, plain

TEMPLATE = "base/erratum.md.j2"


@dataclass(frozen=True)
class Erratum:
    """A printed claim that no longer holds: its edition, the words as printed, and its correction."""

    day: date
    claim: Claim
    now: Claim
    words: str
    line: Line

    @property
    def correction(self) -> str:
        """The sentence, without markup."""
        return plain(self.line)

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "edition": self.day.isoformat(),
            "claim": self.claim.id,
            "words": self.words,
            "correction": self.correction,
            "then": self.claim.to_json(),
            "now": self.now.to_json(),
        }


@dataclass(frozen=True)
class Ledgered:
    """One edition of the ledger: its day, and its errata, none where all it said still holds."""

    day: date
    errata: tuple[Erratum, ...]


def ledger(
    briefing: Briefing, output: Path, as_of: date, layers: editions.AtHand, folders: Sequence[Path]
) -> tuple[tuple[Ledgered, ...], tuple[str, ...]]:
    """Every edition of the briefing under `output` made by `as_of`; and why some could not be read."""
    read: list[Ledgered] = []
    unread: list[str] = []
    for day, path in editions.folders(output / briefing.name):
        if day > as_of:
            continue
        file = path / editions.FACTS
        try:
            record = read_record(file.read_bytes(), str(file))
            read.append(Ledgered(day, tuple(errata(record, as_of, layers, folders))))
        except DataError as error:
            unread.append(str(error))
    return tuple(read), tuple(unread)


def errata(record: Record, as_of: date, layers: editions.AtHand, folders: Sequence[Path]) -> Iterator[Erratum]:
    """The claims of one edition that a revision took back, in the order in which they were printed."""
    needs = {seen.series.id for claim in record.claims.values() for seen in claim.observations()}
    needs |= {seen.series.id for fact in record.facts.values() for seen in fact.expr.observations()}
    today = store.snapshot(as_of, needs & layers.keys(), layers)
    for claim, words in record.said.items():
        then = record.claims[claim]
        ended = taken_back(then, today) if then.holds and not is_own(claim) else None
        if ended:
            line = _correction(_nouns(record, ended, words, today), ended.now, folders)
            yield Erratum(record.as_of, ended.then, ended.now, words, line)


def _correction(nouns: Mapping[str, Any], now: Claim, folders: Sequence[Path]) -> Line:
    """The template's sentence."""
    facts = {noun.id: noun for noun in nouns.values() if isinstance(noun, Fact)}
    written = Engine(folders, Ledger(facts, {now.id: now})).write(TEMPLATE, {**nouns, "claim": now})
    return next((block.children for block in written.blocks if isinstance(block, Paragraph)), ())


def _nouns(record: Record, ended: Lapsed, words: str, today: Snapshot) -> Mapping[str, Any]:
    """What the sentence may name: days, the words, and the figure they speak of, as printed and as counted today."""
    day = Frequency.DAY
    nouns = {"day": Period.of(record.as_of, day), "today": Period.of(today.as_of, day), "words": NameLeaf(words)}
    fact = next((record.facts[key] for key in ended.then.facts if key in record.facts), None)
    if fact is None:
        return nouns
    nouns |= {"about": NameLeaf(fact.label), "period": fact.span}
    again = restated(fact.expr, today)
    if again is None or is_torn(fact.basis, again.basis) or not differs(fact.expr, again):
        return nouns
    restated_fact = replace(fact, id="restated", expr=again, stale=False)
    # Words that hold a figure have said it already.
    printed = {} if has_numeral(words) else {"printed": replace(fact, id="printed", expr=kept(fact.expr, today))}
    return {**nouns, **printed, "restated": restated_fact}
