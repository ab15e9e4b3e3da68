"""Series as of a day: laws that hold for any vintages, and the cases they were made for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import calc, store
from reporter.claims import Claim
from reporter.errors import MissingPeriod, MissingSeries
from reporter.expr import Read
from reporter.model.observations import Basis, Form, Layer
from reporter.model.periods import Frequency, Period, Window
from reporter.model.plots_lines import joined
from reporter.model.series import Series
from tests.made_core import BN, After, layer, series, snapshot

NET = "fred:IIPUSNETIQ"
FEBRUARY, NOVEMBER = date(2026, 2, 6), date(2026, 11, 22)


def quarter(text: str) -> Period:
    return Period.parse(text)


# --- laws ------------------------------------------------------------------------------------------------------------

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
figures = st.lists(st.none() | st.integers(-50, 50), min_size=1, max_size=8).filter(lambda v: any(x for x in v))


@st.composite
def vintages(draw: st.DrawFn) -> tuple[Layer, ...]:
    """Up to five vintages of one quarterly series, each a run of values with gaps, on days of their own."""
    known = draw(st.lists(days, min_size=1, max_size=5, unique=True))
    made = []
    for day in sorted(known):
        first = Period(Frequency.QUARTER, 4 * 2023 + draw(st.integers(0, 8)))
        text = ",".join("" if v is None else str(v) for v in draw(figures))
        made.append(layer(day, str(first), text, form=draw(st.sampled_from([Form.PATH, Form.PRINT]))))
    return tuple(made)


lags = st.integers(10, 400)


@given(vintages(), lags, days, st.integers(0, 700))
def test_what_was_known_stays_known(held: tuple[Layer, ...], lag: int, day: date, later: int) -> None:
    then, now = (series(as_of, *held, lag=lag) for as_of in (day, day + timedelta(days=later)))
    assert set(then.periods) <= set(now.periods)


@given(vintages(), lags, days)
def test_nothing_comes_from_the_future(held: tuple[Layer, ...], lag: int, as_of: date) -> None:
    calendar, known = After(lag), series(as_of, *held, lag=lag)
    for seen in known.between():
        assert seen.known_on <= as_of
        if seen.basis is Basis.PUBLISHED:
            assert seen.vintage.known_on == seen.path == seen.known_on
        else:
            assert seen.basis is Basis.BACKFILLED
            assert seen.known_on == calendar.release_date("made", seen.period)
            assert seen.vintage.known_on == seen.path > as_of


@given(vintages(), lags, days)
def test_the_last_published_wins_and_else_the_earliest_later(held: tuple[Layer, ...], lag: int, as_of: date) -> None:
    """Against the rule said anew, by looking at every vintage of every period."""
    known = series(as_of, *held, lag=lag)
    for period in {p for one in held for p in one.periods()}:
        before = [(x.vintage.known_on, x.at(period)) for x in held if x.vintage.known_on <= as_of and x.at(period)]
        after = [(x.vintage.known_on, x.at(period)) for x in held if x.vintage.known_on > as_of and x.at(period)]
        released = After(lag).release_date("made", period) <= as_of
        expected = max(before) if before else min(after) if released and after else None
        found = known.get(period)
        assert (found is None) == (expected is None)
        if found and expected:
            assert (found.vintage.known_on, found.value) == (expected[0], Decimal(expected[1]) * BN)
            assert found.basis is (Basis.PUBLISHED if before else Basis.BACKFILLED)


@given(vintages(), lags, days)
def test_a_comparison_is_plain_only_within_one_vintage(held: tuple[Layer, ...], lag: int, as_of: date) -> None:
    known = list(series(as_of, *held, lag=lag).between())
    for a in known:
        for b in known:
            together = (Read(a) - Read(b)).basis
            assert together == (Read(b) - Read(a)).basis
            assert (together is not Basis.MIXED) == (a.basis is b.basis and a.vintage == b.vintage)


@given(vintages(), lags, days)
def test_a_vintage_that_comes_after_the_day_changes_no_published_figure(
    held: tuple[Layer, ...], lag: int, as_of: date
) -> None:
    whole = series(as_of, *held, lag=lag)
    known = series(as_of, *(x for x in held if x.vintage.known_on <= as_of), lag=lag)
    assert list(known.between()) == [seen for seen in whole.between() if seen.basis is Basis.PUBLISHED]


# --- by hand ---------------------------------------------------------------------------------------------------------

FIRST, SECOND = date(2025, 6, 26), date(2025, 9, 26)


def test_revisions_of_one_path_stand_in_its_latest_vintage_and_prints_in_their_own() -> None:
    for form, together in ((Form.REVISION, Basis.PUBLISHED), (Form.PRINT, Basis.MIXED)):
        known = series(SECOND, layer(FIRST, "2024Q4", "-10,-11", form=form), layer(SECOND, "2025Q1", "-12", form=form))
        assert [seen.value for seen in known.between()] == [-10 * BN, -12 * BN]
        assert calc.change(known, quarter("2025Q1"), quarter("2024Q4")).basis is together
    changed = layer(FIRST, "2024Q4", "-10,-11"), layer(SECOND, "2025Q1", "-12")
    before = series(SECOND - timedelta(days=1), *changed)
    assert [seen.value for seen in before.between()] == [-10 * BN, -11 * BN]
    assert calc.change(before, quarter("2025Q1"), quarter("2024Q4")).basis is Basis.PUBLISHED


def test_of_two_figures_of_one_day_the_finer_is_the_figure() -> None:
    rounded, full = layer(FIRST, "2025Q1", "-24150", step="10"), layer(FIRST, "2025Q1", "-24146.5", form=Form.PRINT)
    for order in ((rounded, full), (full, rounded)):
        assert series(SECOND, *order)[quarter("2025Q1")].value == Decimal("-24146.5") * BN


def test_the_day_itself_counts() -> None:
    """known_on ≤ as_of, and the release date ≤ as_of, both inclusive."""
    held = layer(date(2026, 9, 25), "2025Q1", "5")
    assert quarter("2025Q1") in series(date(2026, 9, 25), held, lag=9999)
    assert quarter("2025Q1") not in series(date(2026, 9, 24), held, lag=9999)
    assert series(date(2025, 6, 29), held)[quarter("2025Q1")].basis is Basis.BACKFILLED  # 31 March and 90 days
    assert quarter("2025Q1") not in series(date(2025, 6, 28), held)


def test_what_is_missing_says_so() -> None:
    held = series(SECOND, layer(FIRST, "2024Q4", "-10,,-12"))
    with pytest.raises(MissingPeriod, match=r"made:NET: no value for 2025Q1 was known on 2025-09-26"):
        held[quarter("2025Q1")]
    assert not held.covers(Window(quarter("2024Q4"), quarter("2025Q2")))
    with pytest.raises(MissingPeriod):
        calc.window_sum(held, Window(quarter("2024Q4"), quarter("2025Q2")))
    with pytest.raises(MissingPeriod, match="nothing of it was known"):
        _ = series(date(2020, 1, 1), layer(FIRST, "2024Q4", "-10")).last
    with pytest.raises(MissingSeries, match="NEEDS"):
        snapshot(SECOND, held)["made:OTHER"]


def test_stale_from_the_day_a_release_is_due() -> None:
    held = layer(FIRST, "2025Q1", "5")
    assert not series(date(2025, 9, 27), held).stale  # 30 June and 90 days is 28 September
    assert series(date(2025, 9, 28), held).stale


def test_a_snapshots_id_is_of_what_it_holds() -> None:
    held, other = layer(FIRST, "2025Q1", "5"), layer(FIRST, "2025Q1", "6")
    ids = [snapshot(day, series(day, one)).id for day in (FIRST, SECOND) for one in (held, other)]
    assert len(set(ids)) == len(ids)
    assert snapshot(FIRST, series(FIRST, held)).id == ids[0]


def test_to_pandas_is_plain_floats_by_period() -> None:
    held = series(SECOND, layer(FIRST, "2024Q4", "-10,,-12.5")).to_pandas()
    assert [str(period) for period in held.index] == ["2024Q4", "2025Q2"]
    assert held["2025Q2"] == -12.5  # in the catalogue's unit
    assert held.dtype == float


# --- the embedded observations ---------------------------------------------------------------------------------------


def embedded(series_id: str, as_of: date) -> Series:
    return store.snapshot(as_of, [series_id])[series_id]


def test_the_position_on_two_days() -> None:
    then, now = embedded(NET, FEBRUARY), embedded(NET, NOVEMBER)
    assert (str(then.last), str(now.last)) == ("2025Q3", "2026Q2")
    assert then[quarter("2025Q3")].value == Decimal("-27.61") * 1000 * BN
    assert then[quarter("2025Q3")].step == 10 * BN  # a first print
    assert round(now[quarter("2025Q3")].value, -10) == Decimal("-22.04") * 1000 * BN
    assert round(now[quarter("2026Q2")].value, -9) == Decimal("-22.420") * 1000 * BN
    assert {seen.basis for seen in now.between()} == {Basis.PUBLISHED}
    assert len({seen.path for seen in now.between()}) == 1


def test_no_fall_that_never_happened() -> None:
    """2023Q4 is −17.12 in today's vintage and 2024Q1 −21.29 in its own: set side by side, a fall of $4.2tn."""
    now, then = embedded(NET, NOVEMBER), embedded(NET, FEBRUARY)
    before, after = quarter("2023Q4"), quarter("2024Q1")
    never = then[after].value - now[before].value
    assert round(never, -11) == Decimal("-4.2") * 1000 * BN
    honest = now[after].value - now[before].value
    assert abs(honest) < abs(never) / 2
    step = calc.change(then, after, before)
    assert step.basis is Basis.MIXED  # whatever it comes to, it is not told plainly
    assert step not in calc.pairwise_changes(calc.history(then))
    line = {point.period: point for point in calc.series_line("net", then, 12).points}
    assert not joined(line[before], line[after])  # and a chart does not join them


def test_the_revised_quarter_denies_the_record_in_gdp() -> None:
    """Against 2024Q4's first print (87.95%) 2025Q3 (88.79%) were a record; the revision known on the day denies it."""
    held = store.snapshot(FEBRUARY, [NET, "fred:GDP"])
    net, gdp = held[NET], held["fred:GDP"]
    shares = {period: 100 * net[period].value / gdp[period].value for period in (quarter("2024Q4"), quarter("2025Q3"))}
    assert {str(p): round(v, 2) for p, v in shares.items()} == {
        "2024Q4": Decimal("-88.99"),
        "2025Q3": Decimal("-88.79"),
    }


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER, date(2013, 1, 2), date(2019, 7, 1)])
def test_nothing_embedded_comes_from_the_future(day: date) -> None:
    for name in (NET, "fred:GDP", "tic:table3:41408:for_treas_pos", "tic:table5:41408:pos", "fred:DGS10"):
        known = embedded(name, day)
        assert all(seen.known_on <= day for seen in known.between())
        later = embedded(name, day + timedelta(days=40))
        assert set(known.periods) <= set(later.periods)


def test_a_history_wholly_backfilled_is_judged_and_marked() -> None:
    held = embedded("tic:table3:41408:for_treas_pos", FEBRUARY)
    past = calc.history(held, before=held.last)
    assert past
    made = Claim("low", "the lowest", "lowest", (calc.at(held), *past))
    assert made.basis is Basis.BACKFILLED
    assert made.holds is not None


def test_frozen_history_is_never_late() -> None:
    ended = store.snapshot(date(2026, 11, 22), ["tic:s1:99996:treas_net", "tic:table5:99996:pos"])
    assert ended["tic:s1:99996:treas_net"].info.frozen
    assert not ended["tic:s1:99996:treas_net"].stale
    assert ended["tic:table5:99996:pos"].stale
