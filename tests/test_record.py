"""facts.json: what is written is what its schema says, and is read back whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import briefing, record, store, transcript
from reporter.build import Built, build
from reporter.claims import TESTS
from reporter.errors import DataError
from reporter.expr import OPERATIONS
from reporter.model.observations import Basis, Form
from reporter.model.periods import Frequency, Period, Window
from reporter.model.units import Adjustment, Kind, Nature
from reporter.resources import templates_folder
from tests.support import ROOT

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "facts.schema.json").read_text(encoding="utf-8"))
MADE = ROOT / "tests" / "briefings" / "made.toml"
DAYS = [date(2026, 2, 6), date(2026, 11, 22)]


@cache
def built(name: str, day: date) -> Built:
    chosen = briefing.load(name)
    folders = [chosen.folder / "templates", templates_folder()]
    return build(chosen, store.snapshot(day, chosen.needs), folders)


def payload(name: str, day: date) -> bytes:
    made = built(name, day)
    return record.write(made.edition, [score.to_json() for score in made.scores])


def _name(param: tuple[str, date]) -> str:
    return f"{Path(param[0]).stem}-{param[1]}"


@pytest.fixture(params=[(name, day) for name in ("sell-america", str(MADE)) for day in DAYS], ids=_name)
def edition(request: pytest.FixtureRequest) -> tuple[Built, bytes]:
    name, day = request.param
    return built(name, day), payload(name, day)


# --- written ---------------------------------------------------------------------------------------------------------


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_what_is_written_is_what_the_schema_says(edition: tuple[Built, bytes]) -> None:
    faults = jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(edition[1]))
    assert [f"{fault.json_path}: {fault.message[:200]}" for fault in faults] == []


def documented(node: object, path: str = "$") -> list[str]:
    """Where a property of the schema lacks a description."""
    if isinstance(node, list):
        return [found for i, item in enumerate(node) for found in documented(item, f"{path}[{i}]")]
    if not isinstance(node, dict):
        return []
    bare = [
        f"{path}.{name}"
        for name, held in (node.get("properties") or {}).items()
        if not held.get("description") and "$ref" not in held
    ]
    return bare + [found for key, held in node.items() for found in documented(held, f"{path}.{key}")]


def test_every_field_is_documented_and_nothing_else_may_stand() -> None:
    assert documented(SCHEMA) == []
    rows = [SCHEMA, *(d for d in SCHEMA["$defs"].values() if d.get("type") == "object")]
    assert all(row["additionalProperties"] is False for row in rows)
    assert all(held.get("description") for name, held in SCHEMA["$defs"].items())


def test_the_schema_names_what_the_code_has() -> None:
    defs = SCHEMA["$defs"]
    assert defs["expression"]["oneOf"][1]["properties"]["op"]["enum"] == list(OPERATIONS)
    assert defs["basis"]["enum"] == [basis.value for basis in Basis]
    assert defs["kind"]["enum"] == [kind.value for kind in Kind]
    assert set(defs["frequency"]["enum"]) == {frequency.value for frequency in Frequency}
    assert set(defs["series"]["properties"]["nature"]["enum"]) == {nature.value for nature in Nature}
    assert set(defs["series"]["properties"]["adjustment"]["enum"]) == {a.value for a in Adjustment}
    assert set(defs["vintage"]["properties"]["form"]["enum"]) == {form.value for form in Form}
    validator = jsonschema.Draft202012Validator(defs["claim"]["properties"]["test"])
    assert all(validator.is_valid(test) for test in TESTS)
    assert SCHEMA["properties"]["schema"]["const"] == record.SCHEMA_VERSION


def test_everything_referred_to_is_there(edition: tuple[Built, bytes]) -> None:
    held = json.loads(edition[1])
    observations = {row["id"]: row for row in held["observations"]}
    assert len(observations) == len(held["observations"])
    assert list(observations) == sorted(observations)
    assert {row["series"] for row in observations.values()} == set(held["series"])
    assert {row["vintage"] for row in observations.values()} == set(held["vintages"])
    assert all(row["known_on"] <= held["as_of"] for row in observations.values())
    facts = {row["id"] for row in held["facts"]}
    assert all(set(row["facts"]) <= facts for row in held["claims"])


def test_the_same_edition_makes_the_same_bytes() -> None:
    assert payload(str(MADE), DAYS[0]) == payload(str(MADE), DAYS[0])


# --- read back -------------------------------------------------------------------------------------------------------


def test_every_value_is_reproduced_bit_for_bit(edition: tuple[Built, bytes]) -> None:
    made, written = edition
    again, rows = record.read_record(written), json.loads(written)
    assert [fact.to_json() for fact in again.facts.values()] == rows["facts"]
    assert [claim.to_json() for claim in again.claims.values()] == rows["claims"]
    for name, fact in made.edition.facts.items():
        assert float(again.facts[name].value).hex() == float(fact.value).hex()
        assert again.facts[name].step == fact.step
    assert (again.briefing, again.as_of, again.snapshot_id) == (
        made.edition.briefing,
        made.edition.as_of,
        made.edition.snapshot_id,
    )


def test_observations_are_read_back_whole(edition: tuple[Built, bytes]) -> None:
    made, written = edition
    again = record.read_record(written)
    seen = {o.id: o for fact in again.facts.values() for o in fact.expr.observations()}
    held = made.edition.observations()
    assert seen
    assert all(one == held[key] for key, one in seen.items())


spans = st.builds(
    lambda frequency, day, count: (
        Window.ending(Period.of(day, frequency), count) if count else Period.of(day, frequency)
    ),
    st.sampled_from(list(Frequency)),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.integers(0, 20),
)


@given(spans)
def test_spans_are_read_back(span: Period | Window) -> None:
    assert transcript.span(str(span)) == span


# --- what is no record -----------------------------------------------------------------------------------------------


def spoilt(change: Callable[[dict[str, Any]], object]) -> bytes:
    held: dict[str, Any] = json.loads(payload(str(MADE), DAYS[1]))
    change(held)
    return json.dumps(held).encode()


def deep(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"obs": "x"}
    for _ in range(depth):
        tree = {"op": "neg", "args": [tree]}
    return tree


NO_RECORDS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no JSON": lambda: b"{",
    "no UTF-8": lambda: b"\xff\xfe{}",
    "a list": lambda: b"[]",
    "a number": lambda: b"3",
    "brackets without end": lambda: b"[" * 100_000,
    "another version": lambda: spoilt(lambda held: held.update(schema=2)),
    "a table missing": lambda: spoilt(lambda held: held.pop("observations")),
    "a list for a table": lambda: spoilt(lambda held: held.update(series=[])),
    "an unknown vintage": lambda: spoilt(lambda held: held.update(vintages={})),
    "not a number": lambda: spoilt(lambda held: held["observations"][0].update(value=float("nan"))),
    "infinity": lambda: spoilt(lambda held: held["observations"][0].update(step=float("inf"))),
    "a word for a number": lambda: spoilt(lambda held: held["observations"][0].update(value="3")),
    "a date that is none": lambda: spoilt(lambda held: held.update(as_of="2026-02-30")),
    "an unknown operation": lambda: spoilt(lambda held: held["facts"][0].update(expr={"op": "eval", "args": ["1"]})),
    "a tree too deep": lambda: spoilt(lambda held: held["facts"][0].update(expr=deep(100))),
    "an unknown test": lambda: spoilt(lambda held: held["claims"][0].update(test="best")),
    "an unknown kind": lambda: spoilt(lambda held: next(iter(held["series"].values())).update(kind="gold")),
}


@pytest.mark.parametrize("make", NO_RECORDS.values(), ids=NO_RECORDS)
def test_what_is_no_record_is_an_error_of_the_data(make: Callable[[], bytes]) -> None:
    with pytest.raises(DataError):
        record.read_record(make(), "old/facts.json")


def test_a_record_of_another_version_says_whose_it_is() -> None:
    with pytest.raises(DataError, match=r"old/facts\.json: schema 2 is not 1"):
        record.read_record(spoilt(lambda held: held.update(schema=2)), "old/facts.json")


def test_a_changed_observation_changes_the_fact() -> None:
    """A value in `facts` is not taken on trust: it is computed anew from the observations."""

    def forge(held: dict[str, Any]) -> None:
        for row in held["observations"]:
            row["value"] *= 2

    forged = record.read_record(spoilt(forge))
    honest = record.read_record(payload(str(MADE), DAYS[1]))
    assert forged.facts["output.level"].value == 2 * honest.facts["output.level"].value
    assert forged.published["output.level"]["value"] == Decimal(str(honest.published["output.level"]["value"]))
