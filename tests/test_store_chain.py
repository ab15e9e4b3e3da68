"""The laws of a chain: whatever is written, in whatever order, each day reads as what was published on it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reporter.model.observations import Form, Layer
from reporter.model.periods import Frequency, Period
from reporter.store.chain import Row, by_day, cells, fold, in_full, insertion, revisions, run, to_layer, withdrawn
from tests.pulled import GDP, layer

START = date(2030, 1, 1)
HOLDER = "tic:table5:42609:pos"

# A payload: values of a few quarters, some of them missing; at least one is there.
payloads = st.dictionaries(st.integers(0, 6), st.sampled_from(["1.0", "2", "3.5", "-4"]), min_size=1)


def a_layer(held: dict[int, str], day: int, series: str = GDP) -> Layer:
    frequency = Frequency.MONTH if series == HOLDER else Frequency.QUARTER
    origin = Period(frequency, 12 * 2029 if series == HOLDER else 4 * 2029).ordinal
    values = {str(Period(frequency, origin + at)): value for at, value in held.items()}
    return layer(values, START + timedelta(day), series=series)


def written(layers: list[Layer]) -> list[Row]:
    chain: list[Row] = []
    reads: list[date] = []
    for each in layers:
        chain = sorted((*chain, *insertion(chain, each, reads)), key=lambda row: row.known_on)
        reads.append(each.vintage.known_on)
    return chain


def stood(chain: list[Row], day: int) -> dict[int, str]:
    return fold(row for row in chain if row.known_on <= START + timedelta(day))


@given(st.lists(payloads, min_size=1, max_size=6).flatmap(lambda held: st.permutations(list(enumerate(held)))))
def test_each_day_reads_as_its_payload_in_whatever_order_they_were_written(
    held: list[tuple[int, dict[int, str]]],
) -> None:
    layers = [a_layer(values, day) for day, values in held]
    chain = written(layers)
    for (day, _), each in zip(held, layers, strict=True):
        assert stood(chain, day) == cells(each.first, each.text)


@given(st.lists(payloads, min_size=1, max_size=5))
def test_what_is_restated_in_full_reads_the_same(held: list[dict[int, str]]) -> None:
    chain = written([a_layer(values, day) for day, values in enumerate(held)])
    full = list(in_full(by_day(chain)))
    for day in range(len(held)):
        assert stood(full, day) == stood(chain, day)


@given(st.lists(payloads, min_size=2, max_size=5))
def test_the_last_payload_of_a_day_counts(held: list[dict[int, str]]) -> None:
    chain = written([a_layer(values, 0) for values in held])
    (only,) = by_day(chain)
    last = a_layer(held[-1], 0)
    assert {at: v for at, v in only.cells.items() if v != "."} == cells(last.first, last.text)


@given(st.lists(payloads, min_size=1, max_size=6), st.integers(0, 5))
def test_revisions_read_as_the_paths_they_came_from(held: list[dict[int, str]], pulled_on: int) -> None:
    """Revisions only ever add and change; they arrive after the series was pulled whole on some day."""
    paths: list[dict[int, str]] = []
    for values in held:
        paths.append({**(paths[-1] if paths else {}), **values})
    pulled_on = min(pulled_on, len(paths) - 1)
    chain = written([a_layer(paths[pulled_on], pulled_on)])
    deltas = [Layer(x.series, x.vintage, x.unit, x.first, x.text) for x in map(a_layer, held, range(len(held)))]
    chain = sorted((*chain, *revisions(chain, deltas)), key=lambda row: row.known_on)
    for day, path in enumerate(paths):
        whole = a_layer(path, day)
        assert stood(chain, day) == cells(whole.first, whole.text)


def test_nothing_new_adds_nothing() -> None:
    first = a_layer({0: "1.0", 1: "2"}, 0)
    chain = written([first])
    assert not insertion(chain, a_layer({0: "1.00", 1: "2"}, 1))  # the same number, written otherwise


def test_only_what_changed_is_kept() -> None:
    chain = written([a_layer({0: "1.0", 1: "2", 2: "3.5"}, 0), a_layer({0: "1.0", 1: "-4", 2: "3.5", 3: "1.0"}, 1)])
    assert [row.whole for row in chain] == [True, False]
    assert chain[1].text == "-4,,1.0"
    assert chain[1].vintage.form is Form.REVISION


def test_a_withdrawn_value_is_gone_from_its_day_on() -> None:
    chain = written([a_layer({0: "1.0", 1: "2"}, 0), a_layer({0: "1.0"}, 3), a_layer({0: "1.0", 1: "2"}, 5)])
    quarter = Period(Frequency.QUARTER, 4 * 2029 + 1)
    gone = [withdrawn(chain, START + timedelta(day)) for day in (0, 2, 3, 4, 5)]
    assert gone == [frozenset(), frozenset(), {quarter}, {quarter}, frozenset()]
    assert to_layer(chain[1]) is None  # it holds no value


def test_a_window_says_nothing_of_the_months_it_has_dropped() -> None:
    chain = written([a_layer({0: "1.0", 1: "2"}, 0, HOLDER), a_layer({1: "2", 2: "3.5"}, 30, HOLDER)])
    assert chain[1].vintage.form is Form.PATH
    assert chain[1].text == "2,3.5"  # in full: one coherent vintage
    assert list(stood(chain, 30).values()) == ["1.0", "2", "3.5"]
    assert not withdrawn(chain, START + timedelta(30))


def test_a_change_of_unit_starts_anew() -> None:
    before = a_layer({0: "1.0"}, 0)
    after = a_layer({0: "1.0"}, 1)
    chain = written([before, Layer(after.series, after.vintage, after.unit.parse("usd_mn"), after.first, after.text)])
    assert [row.whole for row in chain] == [True, True]


@given(st.dictionaries(st.integers(0, 40), st.sampled_from(["1", "2.5"]), min_size=1))
def test_cells_and_run_are_inverse(held: dict[int, str]) -> None:
    assert cells(*run(Frequency.MONTH, held)) == held
