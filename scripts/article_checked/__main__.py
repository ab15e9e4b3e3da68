"""Write docs/article-checked.md: the model article's claims, each with verdict and receipt on two days."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from reporter.language.wording import in_words
from reporter.model.observations import Basis, Observation
from reporter.model.periods import Frequency, Period
from scripts.article_checked.check import Article, Check, Found, load

TARGET = Path(__file__).parents[2] / "docs" / "article-checked.md"
VERDICTS = {True: "holds", False: "does not hold", None: "cannot be decided"}
_FEW = 4  # observations that are listed one by one


def main() -> None:
    """Write the document, say where."""
    TARGET.write_text(document(load()), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")


def document(article: Article) -> str:
    """The document as Markdown."""
    found = [(check, article.found(check)) for check in article.checks]
    lines = [*_head(article, [held for _, held in found])]
    for check, held in found:
        lines += [*_entry(check, held)]
    return "\n".join(lines) + "\n"


def _head(article: Article, found: list[tuple[Found, ...]]) -> Iterator[str]:
    yield "# The article, checked"
    yield ""
    yield (
        f"The article this product is modelled on, “{article.title}” ({article.publisher}), makes {len(found)} claims "
        "that official statistics can be asked about. Here they are in short quotations, each held against the figures "
        "known when it came out, and against those known since, always for the periods it spoke of."
    )
    yield ""
    yield (
        "Written by the software (`python -m scripts.article_checked`) from the claims in "
        "`scripts/article_checked/claims.toml`: a figure is a fact of the briefing or an expression over observations, "
        "a judgement is one of its claims. A test checks that this file is what the software writes."
    )
    yield ""
    yield "| figures known on | " + " | ".join(VERDICTS.values()) + " |"
    yield "|---" * 4 + "|"
    for at, day in enumerate(article.days):
        verdicts = [held[at].holds for held in found]
        counts = " | ".join(str(verdicts.count(verdict)) for verdict in VERDICTS)
        yield f"| {in_words(Period.of(day, Frequency.DAY))} | {counts} |"


def _entry(check: Check, found: Iterable[Found]) -> Iterator[str]:
    yield f"\n## “{check.quote}”"
    yield ""
    if check.label:
        yield f"Measured by: {check.label}."
    if check.note:
        yield check.note
    if check.label or check.note:
        yield ""
    for held in found:
        yield from _day(check, held)


def _day(check: Check, found: Found) -> Iterator[str]:
    figure = f": {found.figure}" if found.figure else ""
    yield f"- **{in_words(Period.of(found.day, Frequency.DAY))}: {VERDICTS[found.holds]}**{figure}"
    if found.formula:
        yield f"  - `{found.formula}`"
    if found.detail:
        yield f"  - {found.detail}"
    if found.instead and found.holds is False:
        yield f"  - fits instead: {found.instead}, {check.instead_is}"
    yield from (f"  - {line}" for line in _receipt(found.observations))


def _receipt(observations: Iterable[Observation]) -> Iterator[str]:
    """The observations; a long history by its ends."""
    held = sorted(
        {seen.id: seen for seen in observations}.values(), key=lambda seen: (seen.series.id, seen.period.start)
    )
    for _, run in groupby(held, lambda seen: seen.series.id):
        some = list(run)
        if len(some) <= _FEW:
            yield from map(_one, some)
        else:
            yield _many(some)


def _one(seen: Observation) -> str:
    value = f"{seen.value.scaleb(-seen.series.unit.scale):,f}".replace("-", "−")
    return f"{seen.series.id} {seen.period}: {value} {seen.series.unit}, {_known([seen])}"


def _many(some: list[Observation]) -> str:
    first, last = some[0], some[-1]
    return f"{last.series.id} {first.period} to {last.period}, {len(some)} observations, {_known(some)}"


def _known(some: list[Observation]) -> str:
    days = sorted({seen.vintage.known_on for seen in some})
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    late = ", backfilled" if any(seen.basis is Basis.BACKFILLED for seen in some) else ""
    newest = max(some, key=lambda seen: seen.vintage.known_on)
    return f"vintage {span}{late} ([{newest.series.publisher}]({newest.vintage.link}))"


if __name__ == "__main__":
    main()
