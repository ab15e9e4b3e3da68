"""Where a printed thing comes from, as rows for a script and as lines for a reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from reporter.build import Built
from reporter.claims import Claim
from reporter.errors import ConfigError
from reporter.facts import Fact
from reporter.model.observations import Observation

RANKING = "takeaways"
_SHOWN = 24  # observations of a long history that are printed for a reader; JSON has them all


def find(built: Built, name: str) -> dict[str, Any]:
    """What `name` is: a fact, a claim, a takeaway or the whole ranking; raise ConfigError with near names."""
    edition = built.edition
    scores = {score.candidate.key: score for score in built.scores}
    if name == RANKING:
        return {"takeaways": [score.to_json() for score in built.scores]}
    row: dict[str, Any] = {}
    if name in edition.facts:
        row = _fact(edition.facts[name])
    elif name in edition.claims:
        row = _claim(edition.claims[name])
    if name in scores:
        row |= {"takeaway": scores[name].to_json()}
    if not row:
        held = [*edition.facts, *edition.claims, *scores]
        near = get_close_matches(name, held, 4, 0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "facts.json lists them all"
        message = f"this briefing has no fact, claim or takeaway {name!r}; {hint}"
        raise ConfigError(message)
    return row


def lines(row: Mapping[str, Any]) -> Iterator[str]:
    """The row as a reader would have it."""
    if "takeaways" in row:
        yield from (line for score in row["takeaways"] for line in _score(score))
        return
    for key in ("label", "words", "text", "value", "unit", "period", "holds", "direction", "count", "threshold"):
        if row.get(key) is not None:
            yield f"{key:<11}{row[key]}"
    for key in ("basis", "precision", "formula"):
        if key in row:
            yield f"{key:<11}{row[key]}"
    if row.get("stale"):
        yield f"{'stale':<11}a later figure should be out and is not at hand"
    yield from _observed(row.get("observations", ()))
    if "takeaway" in row:
        yield from _score(row["takeaway"])


def _fact(fact: Fact) -> dict[str, Any]:
    return fact.to_json() | {"observations": _rows(fact.expr.observations())}


def _claim(claim: Claim) -> dict[str, Any]:
    return claim.to_json() | {"observations": _rows(claim.observations())}


def _rows(observations: Iterable[Observation]) -> list[dict[str, Any]]:
    held = {seen.id: seen for seen in observations}
    return [
        {
            "series": seen.series.id,
            "title": seen.series.title,
            "period": str(seen.period),
            "value": float(seen.value),
            "known_on": seen.known_on.isoformat(),
            "vintage": seen.vintage.known_on.isoformat(),
            "basis": seen.basis.value,
            "publisher": seen.series.publisher,
            "link": seen.vintage.link,
            "sha256": seen.vintage.sha256,
        }
        for seen in held.values()
    ]


def _observed(rows: list[dict[str, Any]] | tuple[()]) -> Iterator[str]:
    if not rows:
        return
    yield f"{'from':<11}{len(rows)} observation{'s' * (len(rows) != 1)}"
    for row in rows[-_SHOWN:]:
        late = "" if row["basis"] == "published" else f", {row['basis']} from the vintage of {row['vintage']}"
        yield f"  {row['series']} {row['period']}  {row['value']:,}  known on {row['known_on']}{late}"
        yield f"    {', '.join(part for part in (row['publisher'], row['link']) if part)}"
    if len(rows) > _SHOWN:
        yield f"  … and {len(rows) - _SHOWN} earlier; --json shows them all"


def _score(score: Mapping[str, Any]) -> Iterator[str]:
    parts = " · ".join(f"{name} {part:.2f}" for name, part in score["parts"].items())
    caveats = f"  ({', '.join(score['caveats'])})" if score["caveats"] else ""
    yield f"{score['outcome']:<28}{score['score']:.2f}  {score['key']}{caveats}"
    yield f"{'':<28}{parts}"
