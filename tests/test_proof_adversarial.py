"""Cases that ship as data: words that must fail a build, honest ones that must not. A run ends with the counts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from reporter.claims import Claim
from reporter.errors import ProofError
from reporter.language import vocabulary
from reporter.model.units import Kind, Nature
from reporter.tree import Row, Table
from tests.made_core import Desk, claim, fact, history, measure
from tests.made_core import plain as leaf
from tests.support import ROOT

FOLDER = ROOT / "tests" / "adversarial"
SHARE = measure(Nature.LEVEL, kind=Kind.PERCENT)
BN = 10**9

NET = leaf("-22420000000000")
UP, DOWN = leaf(f"{5 * BN}"), leaf(f"{-3 * BN}")
DEBT = history("-21000000000000", "-22420000000000")
PART, JUMP = leaf("61", of=SHARE), leaf("7.5", of=SHARE)
FACTS = {
    name: fact(f"made.{name}", expr)
    for name, expr in {
        "net": NET, "up": UP, "down": DOWN, "debt": DEBT[1] - DEBT[0], "share": PART, "jump": JUMP,
    }.items()
}  # fmt: skip
CLAIMS: dict[str, Claim] = {
    "record": claim("made.record", "lowest", (NET, *history("-2", "-1"))),
    "past": claim("made.past", "lowest", (leaf("-1"), *history("-2", "-3"))),
    "narrowing": claim("made.narrowing", "narrowing", history("-3", "-2", "-1")),
    "once": claim("made.once", "narrowing", history("-1", "-2", "-1")),
    "rank": claim("made.rank", "ranked", (leaf("4"), leaf("9"), leaf("1"))),
    "surge": claim("made.surge", "above", (JUMP,), "5"),
    "above_two": claim("made.above_two", "above", (JUMP,), "2"),
    "most": claim("made.most", "above", (PART,), "50"),
    "near": claim("made.near", "almost", (leaf("95"), leaf("100")), "10"),
    "loosely": claim("made.loosely", "almost", (leaf("80"), leaf("100")), "30"),
    "twice": claim("made.twice", "almost", (leaf("195"), leaf("100") + leaf("100")), "10"),
}


def cases(name: str) -> list[tuple[str, str]]:
    held = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    return [
        (kind, case) for kind, rows in held.items() for case in (case.replace("\\n", "\n") for case in rows["cases"])
    ]


FAIL, PASS = cases("must_fail.toml"), cases("must_pass.toml")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    table = Table("made", (Row("Row", ()),))
    by_id = {held.id: held for held in FACTS.values()}
    return Desk(tmp_path, by_id, {held.id: held for held in CLAIMS.values()}, {"made": table}, frozenset({"made"}))


@pytest.mark.parametrize(("kind", "case"), FAIL)
def test_what_is_bound_to_nothing_fails_with_its_place(desk: Desk, kind: str, case: str) -> None:
    with pytest.raises(ProofError) as caught:
        desk.write(f"\n{case}\n")
    assert caught.value.template == "sections/tried.md.j2", kind
    assert caught.value.line >= 2, kind


@pytest.mark.parametrize(("kind", "case"), PASS)
def test_honest_words_raise_no_alarm(desk: Desk, kind: str, case: str) -> None:
    assert desk.write(f"\n{case}\n").blocks, kind


@pytest.mark.parametrize("held", [FAIL, PASS], ids=["must-fail", "must-pass"])
def test_there_are_enough_of_each_kind(held: list[tuple[str, str]]) -> None:
    kinds = {kind: sum(1 for other, _ in held if other == kind) for kind, _ in held}
    assert len(kinds) >= 12
    assert min(kinds.values()) >= 5
    assert len(set(held)) == len(held)


def test_a_fault_names_the_word_and_the_data(desk: Desk) -> None:
    with pytest.raises(ProofError) as caught:
        desk.write("So it is.\n\n{% say made.down.fell %}It rose{% endsay %}.\n")
    message = str(caught.value)
    assert message.startswith("sections/tried.md.j2:3: the word 'rose' is not what the data bear")
    assert "made.down.fell (test fall) holds: fall, 1; NET[2026Q2] = −$3.0bn" in message
    assert "it needs a test `rise`" in message


def test_the_vocabulary_is_whole() -> None:
    held = vocabulary.phrases()
    assert len(held) >= 25
    assert len({phrase.name for phrase in held}) == len(held)
    forms = [form.casefold() for phrase in held for form in phrase.forms]
    assert len(set(forms)) == len(forms)
    known = {"highest", "lowest", "within range", "above", "below", "equal", "rise", "fall", "none"}
    known |= {"narrowing", "widening", "almost", "ranked"}
    assert all(phrase.findings <= known and phrase.turned <= known and phrase.needs for phrase in held)
