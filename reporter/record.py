"""`facts.json`: an edition's facts, claims and observations, and how to read them back.

The shape is documented in `docs/facts.schema.json`. Values are JSON numbers in the base unit of their kind
(dollars, percent, plain ratios). An observation's number is exact; a fact's is the nearest double, and
re-evaluating its stored expression gives that very double again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reporter import transcript
from reporter.claims import Claim, read_claim
from reporter.errors import DataError
from reporter.expr import read
from reporter.facts import Fact, Said
from reporter.model.observations import Basis, Form, Observation, SeriesInfo, Vintage
from reporter.model.periods import Frequency, Period
from reporter.model.units import Adjustment, Kind, Measure, Nature, Unit
from reporter.transcript import ChartText, Passage
from reporter.tree import Edition, Judged, plain, walk

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Record:
    """An edition's facts and claims, read back: expressions whole, claims to be judged afresh."""

    briefing: str
    as_of: date
    snapshot_id: str
    headline: str
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    published: Mapping[str, Mapping[str, Any]]  # the rows as stored, by id: what was printed that day
    printed: tuple[Said, ...] = ()  # every figure before its readers, in reading order, repeats included
    text: tuple[Passage, ...] = ()  # every line of words, in the order of the tree
    drawn: tuple[ChartText, ...] = ()  # every text on the charts, in each of their cuts

    @property
    def said(self) -> Mapping[str, str]:
        """The claims whose words it printed, each with the words it first printed for it."""
        held: dict[str, str] = {}
        for passage in self.text:
            for leaf in walk(passage.line):
                if isinstance(leaf, Judged):
                    held.setdefault(leaf.claim.id, plain(leaf.children).strip(" ,.;:"))
        return held


def write(edition: Edition, takeaways: Sequence[Mapping[str, object]] = (), drawn: Iterable[ChartText] = ()) -> bytes:
    """The edition as `facts.json`: sorted, indented, UTF-8, ending in a line break."""
    observations = edition.observations()
    used = sorted({seen.series.id for seen in observations.values()})
    held = {
        "schema": SCHEMA_VERSION,
        "briefing": edition.briefing,
        "as_of": edition.as_of.isoformat(),
        "snapshot": edition.snapshot_id,
        "headline": plain(edition.front["headline"]),
        "series": {key: _series(edition.series[key]) for key in used},
        "vintages": _vintages(observations.values()),
        "observations": [_observation(seen) for seen in observations.values()],
        "facts": [fact.to_json() for fact in edition.facts.values()],
        "claims": [claim.to_json() for claim in edition.claims.values()],
        "printed": [transcript.said_row(said) for said in edition.said()],
        "text": transcript.write(tuple(transcript.passages(edition))),
        "charts": [asdict(text) for text in drawn],
        "takeaways": list(takeaways),
    }
    # One row a line: the file is read by people, too, and compared by `diff`.
    text = ",\n".join(f" {json.dumps(key)}: {_rows(value)}" for key, value in held.items())
    return f"{{\n{text}\n}}\n".encode()


def read_record(payload: bytes, origin: str = "facts.json") -> Record:
    """Rebuild what `write` wrote; raise DataError naming `origin` where it is not that."""
    try:
        held = json.loads(payload, parse_float=Decimal, parse_int=Decimal)
        if held["schema"] != SCHEMA_VERSION:
            message = f"{origin}: schema {held['schema']} is not {SCHEMA_VERSION}; it was written by another version"
            raise DataError(message)
        return _record(held)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        message = f"{origin}: not a record of an edition: {type(error).__name__} {error}"
        raise DataError(message) from error


def _rows(value: object) -> str:
    if isinstance(value, list):
        return "[\n  " + ",\n  ".join(map(_row, value)) + "\n ]" if value else "[]"
    if isinstance(value, dict):
        return "{\n  " + ",\n  ".join(f"{json.dumps(k)}: {_row(v)}" for k, v in value.items()) + "\n }"
    return _row(value)


def _row(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _series(info: SeriesInfo) -> dict[str, Any]:
    measure = info.measure
    return {
        "title": info.title,
        "kind": measure.kind.value,
        "nature": measure.nature.value,
        "frequency": measure.frequency.value,
        "adjustment": measure.adjustment.value,
        "annualised": measure.annualised,
        "publisher": info.publisher,
        "release": info.release,
        "link": info.link,
        "licence": info.licence,
        "unit": str(info.unit),
    }


def _vintages(observations: Iterable[Observation]) -> dict[str, Any]:
    held = {seen.vintage.id: seen.vintage for seen in observations}
    return {
        key: {
            "known_on": vintage.known_on.isoformat(),
            "form": vintage.form.value,
            "publisher": vintage.publisher,
            "link": vintage.link,
            "sha256": vintage.sha256,
            "transcribed_via": vintage.transcribed_via,
        }
        for key, vintage in sorted(held.items())
    }


def _observation(seen: Observation) -> dict[str, Any]:
    return {
        "id": seen.id,
        "series": seen.series.id,
        "period": str(seen.period),
        "value": _number(seen.value),
        "step": _number(seen.step),
        "known_on": seen.known_on.isoformat(),
        "vintage": seen.vintage.id,
        "path": seen.path.isoformat(),
        "basis": seen.basis.value,
    }


def _number(value: Decimal) -> int | float:
    """A decimal as a JSON number that reads back as the same decimal."""
    return int(value) if value == value.to_integral_value() else float(value)


def _record(held: Mapping[str, Any]) -> Record:
    series = {key: _info(key, row) for key, row in held["series"].items()}
    vintages = {key: _vintage(key, row) for key, row in held["vintages"].items()}
    observations = {row["id"]: _seen(row, series, vintages) for row in held["observations"]}
    facts = {row["id"]: _fact(row, observations) for row in held["facts"]}
    claims = {row["id"]: read_claim(row, observations) for row in held["claims"]}
    rows = {row["id"]: row for row in (*held["facts"], *held["claims"])}
    day = date.fromisoformat(held["as_of"])
    printed = tuple(Said(facts[row["fact"]], transcript.style(row)) for row in held["printed"] if row["fact"] in facts)
    # Editions made before their words were kept have figures only.
    text = transcript.read(held.get("text", ()), facts, claims)
    drawn = tuple(ChartText(row["chart"], row["kind"], row["text"], row["fact"]) for row in held.get("charts", ()))
    whole = (held["briefing"], day, held["snapshot"], held["headline"])
    return Record(*whole, facts, claims, rows, printed, text, drawn)


def _fact(row: Mapping[str, Any], observations: Mapping[str, Observation]) -> Fact:
    expr = read(row["expr"], observations)
    return Fact(row["id"], row["label"], expr, transcript.span(row["period"]), row["stale"])


def _info(key: str, row: Mapping[str, Any]) -> SeriesInfo:
    measure = Measure(
        Kind(row["kind"]),
        Nature(row["nature"]),
        Frequency(row["frequency"]),
        Adjustment(row["adjustment"]),
        row["annualised"],
    )
    unit = Unit.parse(row["unit"])
    return SeriesInfo(key, row["title"], measure, unit, row["publisher"], row["release"], row["link"], row["licence"])


def _vintage(key: str, row: Mapping[str, Any]) -> Vintage:
    day = date.fromisoformat(row["known_on"])
    return Vintage(key, day, Form(row["form"]), row["publisher"], row["link"], row["sha256"], row["transcribed_via"])


def _seen(row: Mapping[str, Any], series: Mapping[str, SeriesInfo], vintages: Mapping[str, Vintage]) -> Observation:
    return Observation(
        series[row["series"]],
        Period.parse(row["period"]),
        _finite(row["value"]),
        _finite(row["step"]),
        date.fromisoformat(row["known_on"]),
        vintages[row["vintage"]],
        date.fromisoformat(row["path"]),
        Basis(row["basis"]),
    )


def _finite(number: object) -> Decimal:
    """A stored number; raise ValueError on JSON's strays, NaN and Infinity, and on what is no number."""
    if not isinstance(number, Decimal) or not number.is_finite():
        message = f"not a number: {number!r}"
        raise ValueError(message)
    return number
