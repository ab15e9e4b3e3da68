"""What changed since an earlier day or edition: news, revisions apart from it, and claims that lapsed.

Reads what the other sections found and what was known, or printed, then. Its facts are `since.<fact>.…`:
`before` and `news` within today's vintages; `printed`, `restated` and `revision` across them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reporter import calc, revisions
from reporter import compare as comparing
from reporter.compare import PREFIX, Change, Earlier, Lapsed, Moved
from reporter.expr import Apply, Expr, Read
from reporter.facts import Fact, Said
from reporter.findings import Candidate, Findings
from reporter.language.numerals import numbers_in
from reporter.language.wording import in_words, short
from reporter.model.periods import Frequency, Period, Window
from reporter.model.series import Snapshot
from reporter.rounding import Style
from reporter.tree import Cell, NameLeaf, PeriodLeaf, Row, Table

NEEDS: tuple[str, ...] = ()

MOST, MOST_LAPSED = 6, 3
TELLING = 5  # percent of the printed figure, from which a revision may be a takeaway
_SIGNED = Style(sign="signed")
# A change of a change says little: for news only levels, sums and shares are told.
_TOLD = frozenset({"", "sum", "mean", "percent", "ratio", "annualise"})


@dataclass(frozen=True, slots=True)
class Reason:
    """An attributed cause in the nouns a template prints."""

    publisher: NameLeaf
    day: Period
    short: NameLeaf
    text: NameLeaf


@dataclass(frozen=True)
class Noted:
    """A move as the section prints it; `cause` is what the publisher says of a revision."""

    label: NameLeaf
    printed: Fact
    before: Fact
    now: Fact
    change: Fact | None
    cause: Reason | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A day, and the groups of releases whose next period is to come out on it."""

    day: Period
    releases: tuple[str, ...]


def compare(snapshot: Snapshot, found: Findings, earlier: Earlier) -> Findings:
    """Facts `since.*`, the tables of news and of revisions, and what is next due."""
    facts = {fact.id: fact for fact in found.facts}
    order = {key: place for place, key in enumerate(facts)}
    moved = comparing.moves(earlier, facts, snapshot)
    news = [_news(move) for move in _chosen(moved, Change.NEWS, order)]
    revised = [_revision(move) for move in _chosen([m for m in moved if _shows(m)], Change.REVISION, order)]
    ended = _ended(comparing.lapsed(earlier, {claim.id: claim for claim in found.claims}, snapshot))
    candidates = tuple(_candidates(revised, snapshot))
    return Findings(
        facts=tuple(_facts(news, revised)),
        claims=tuple(lapse.now for lapse in ended),
        tables=(
            Table("since_news", tuple(map(_news_row, news)), minor=frozenset({1, 2}), worded=frozenset({1, 3})),
            Table("since_revised", tuple(map(_revised_row, revised)), minor=frozenset({5}), worded=frozenset({1, 5})),
        ),
        candidates=candidates,
        given={
            "earlier_day": Period.of(earlier.as_of, Frequency.DAY),
            "earlier_is_edition": earlier.is_edition,
            "news": news,
            "gaps": any(noted.change is None for noted in news),
            "revised": revised,
            "takeaway": next((noted for noted in revised[:1] if candidates), None),
            "causes": list(dict.fromkeys(noted.cause for noted in revised if noted.cause)),
            "lapsed": [_lapse(lapse, earlier) for lapse in ended],
            "due": [held for held in _due(snapshot) if held.day.start > snapshot.as_of],
            "late": [held for held in _due(snapshot) if held.day.start <= snapshot.as_of],
        },
    )


def _chosen(moved: Sequence[Moved], kind: Change, order: Mapping[str, int]) -> list[Moved]:
    """What the section tells, the largest first: of each family of facts those its section names first.

    Families take turns, so that no section crowds out the others; headline figures alone where any moved.
    """
    told = [move for move in moved if move.kind is kind and _can_be_told(move)]
    queue = sorted([move for move in told if _is_headline(move.id)] or told, key=lambda move: order[move.id])
    once = {(_series(move), _root(move)): move for move in reversed(queue)}
    turns: dict[str, int] = Counter()
    turn: dict[str, tuple[int, int]] = {}
    for move in sorted(once.values(), key=lambda move: order[move.id]):
        family = move.id.partition(".")[0]
        turn[move.id] = turns[family], order[move.id]
        turns[family] += 1
    kept = sorted(turn, key=turn.__getitem__)[:MOST]
    return [move for move in told if move.id in kept]


def _ended(lapsed: Iterable[Lapsed]) -> list[Lapsed]:
    """Judgements of headline figures that no longer hold, the first of each figure."""
    once: dict[str, Lapsed] = {}
    for lapse in lapsed:
        about = next(filter(_is_headline, lapse.then.facts), None)
        if about:
            once.setdefault(about, lapse)
    return list(once.values())[:MOST_LAPSED]


def _can_be_told(move: Moved) -> bool:
    return bool(_label(move.now)) and (move.kind is Change.REVISION or _root(move) in _TOLD)


def _shows(move: Moved) -> bool:
    """Whether the two values read otherwise as printed: a table that sets like against like tells nothing."""
    return move.printed.text != move.now.text


def _is_headline(fact: str) -> bool:
    """A name of two parts is a section's figure (`niip.net`); longer ones are what is said of it."""
    return fact.count(".") == 1


def _root(move: Moved) -> str:
    return move.now.expr.op if isinstance(move.now.expr, Apply) else ""


def _series(move: Moved) -> frozenset[str]:
    return frozenset(seen.series.id for seen in move.now.expr.observations())


def _label(fact: Fact) -> str:
    """What it is, in words that count nothing; else the series' title; else nothing."""
    titles = {seen.series.title for seen in fact.expr.observations()}
    choices = (fact.label, *(titles if len(titles) == 1 else ()))
    return next((words for words in choices if not any(numbers_in(words))), "")


def _news(move: Moved) -> Noted:
    before = _renamed(move.before, "before")
    return Noted(NameLeaf(_label(move.now)), move.printed, before, move.now, _change(move, "news"))


def _revision(move: Moved) -> Noted:
    printed, now = _renamed(move.printed, "printed"), _renamed(move.now, "restated")
    why = _cause(printed.expr, now.expr)
    return Noted(NameLeaf(_label(now)), printed, printed, now, _change(move, "revision"), _reason(why) if why else None)


def _renamed(fact: Fact, part: str) -> Fact:
    return replace(fact, id=f"{PREFIX}.{fact.id}.{part}")


def _change(move: Moved, part: str) -> Fact | None:
    if move.change is None:
        return None
    label = f"{move.now.label}: change" if part == "news" else f"{move.now.label}: revision"
    return Fact(f"{PREFIX}.{move.id}.{part}", label, move.change, move.now.span, move.now.stale)


def _cause(was: Expr, now: Expr) -> revisions.Cause | None:
    """What the publisher says of the observations that are others now."""
    then = {(seen.series.id, seen.period): seen.vintage.known_on for seen in was.observations()}
    days: dict[str, tuple[date, date]] = {}
    for seen in now.observations():
        if (before := then.get((seen.series.id, seen.period))) and before < seen.vintage.known_on:
            days[seen.series.id] = before, seen.vintage.known_on
    causes = (revisions.cause(series, *between) for series, between in days.items())
    return next((cause for cause in causes if cause), None)


def _facts(news: Iterable[Noted], revised: Iterable[Noted]) -> Iterator[Fact]:
    for noted in news:
        yield from (fact for fact in (noted.before, noted.change) if fact)
    for noted in revised:
        yield from (fact for fact in (noted.printed, noted.now, noted.change) if fact)


def _news_row(noted: Noted) -> Row:
    then, now = _when(noted.before), _when(noted.now)
    values = Cell(Said(noted.before)), Cell(Said(noted.now), emphasis=True)
    return Row(noted.label.text, (then, values[0], now, values[1], _changed(noted)))


def _revised_row(noted: Noted) -> Row:
    values = Cell(Said(noted.printed), struck=True), Cell(Said(noted.now), emphasis=True)
    why = Cell(leaf=noted.cause.short) if noted.cause else Cell()
    return Row(noted.label.text, (_when(noted.printed), *values, _changed(noted), why))


def _when(fact: Fact) -> Cell:
    # A sum over a window and the last of its quarters are two figures: their periods must not read alike.
    words = in_words(fact.span) if isinstance(fact.span, Window) else short(fact.span)
    return Cell(leaf=PeriodLeaf(words, fact.span))


def _changed(noted: Noted) -> Cell:
    return Cell(Said(noted.change, _SIGNED)) if noted.change else Cell()


def _candidates(revised: list[Noted], snapshot: Snapshot) -> Iterator[Candidate]:
    """The largest revision may be a takeaway where it tells: it spans vintages, so it is never the first.

    How unusual it is, the moves of its own series from one period to the next say, in today's vintage.
    """
    for noted in revised[:1]:
        if noted.change and 100 * abs(noted.change.value) >= TELLING * abs(noted.printed.value):
            told, past = (noted.now, noted.printed, noted.change), _past(noted.now.expr, snapshot)
            yield Candidate(f"{PREFIX}.revised", told, (), noted.change.expr, past)


def _past(expr: Expr, snapshot: Snapshot) -> tuple[Expr, ...]:
    """The moves of the series that a figure is read from; none of a figure that is computed."""
    if not isinstance(expr, Read):
        return ()
    series = snapshot[expr.observation.series.id]
    return calc.pairwise_changes([calc.at(series, period) for period in series.periods])


def _reason(cause: revisions.Cause) -> Reason:
    day = Period.of(cause.known_on, Frequency.DAY)
    return Reason(NameLeaf(cause.publisher), day, NameLeaf(cause.short, cause.link), NameLeaf(cause.text))


def _lapse(lapse: Lapsed, earlier: Earlier) -> dict[str, object]:
    about = next((earlier.facts[key] for key in lapse.then.facts if key in earlier.facts), None)
    return {
        "claim": lapse.now,
        "words": NameLeaf(lapse.then.words),
        "about": NameLeaf(about.label) if about else None,
        "period": about.span if about else None,
        "revised": lapse.kind is Change.REVISION,
    }


def _due(snapshot: Snapshot) -> list[Due]:
    """The next release of each group that is not daily, by its furthest series, the soonest first."""
    days: dict[str, date] = {}
    for series in snapshot.series.values():
        group = series.info.release
        if series.info.frequency is not Frequency.DAY and series.periods:
            days[group] = max(series.due, days.get(group, date.min))
    return [
        Due(Period.of(day, Frequency.DAY), tuple(sorted(group for group, its in days.items() if its == day)))
        for day in sorted(set(days.values()))
    ]
