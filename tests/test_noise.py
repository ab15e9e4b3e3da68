"""The size of a usual first revision, from a series' own vintages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reporter import calc, noise, releases
from reporter.briefing import load
from reporter.build import build
from reporter.model.observations import Form, Layer
from reporter.model.periods import Frequency, Period, Window
from reporter.model.series import Series, Snapshot
from reporter.resources import templates_folder
from reporter.store import snapshot
from tests.pulled import layer

NIIP = "fred:IIPUSNETIQ"
LINE = "tic:press:3"
BN = Decimal(10**9)


def quarter(at: int) -> Period:
    return Period(Frequency.QUARTER, 4 * 2031 + at)


def series(vintages: list[Layer], as_of: date = date(2039, 1, 1), key: str = "fred:GDP") -> Series:
    return snapshot(as_of, [key], {key: tuple(vintages)})[key]


def printed(sizes: list[str], form: Form) -> list[Layer]:
    """Each quarter comes out at 100 on its day, and is made 100 and its size by the next release."""
    made = []
    for at, _ in enumerate([*sizes, ""]):
        day = releases.release_date("gdp", quarter(at))
        values = {str(quarter(at)): "100"}
        if at and (sizes[at - 1] != "0" or form is not Form.REVISION):
            values[str(quarter(at - 1))] = str(100 + Decimal(sizes[at - 1]))
        if form is Form.PATH:
            values |= {str(quarter(back)): str(100 + Decimal(sizes[back])) for back in range(at)}
        made.append(layer(values, day, form=form))
    return made


SIZES = ["1", "-3", "0", "2", "-8", "5", "2"]


@pytest.mark.parametrize("form", list(Form))
def test_it_is_the_median_whatever_the_vintages_hold(form: Form) -> None:
    held = series(printed(SIZES, form))
    assert [size / BN for _, size in noise.first_revisions(held)] == [Decimal(size) for size in SIZES]
    assert noise.usual_revision(held) == 2 * BN


def test_a_few_revisions_are_not_enough_to_say() -> None:
    assert noise.usual_revision(series(printed(SIZES[:5], Form.PATH))) is None


def test_a_revision_that_was_not_known_yet_does_not_count() -> None:
    vintages = printed(SIZES, Form.PATH)
    early = series(vintages, vintages[3].vintage.known_on)
    assert len(list(noise.first_revisions(early))) == 3


def test_what_two_vintages_years_apart_differ_by_is_no_first_revision() -> None:
    first, *_, last = printed(SIZES, Form.PATH)
    assert list(noise.first_revisions(series([first, last]))) == []


def test_a_release_that_leaves_a_period_out_has_not_confirmed_it() -> None:
    alone = [
        layer({str(quarter(at)): "100"}, releases.release_date("gdp", quarter(at)), form=Form.PRINT) for at in (0, 1)
    ]
    assert list(noise.first_revisions(series(alone))) == []
    kept = [
        layer({str(quarter(at)): "100"}, releases.release_date("gdp", quarter(at)), form=Form.REVISION) for at in (0, 1)
    ]
    assert [size for _, size in noise.first_revisions(series(kept))] == [0]


def test_purchases_are_measured_since_the_survey_changed() -> None:
    """The break of February 2023: what had been revised before says nothing of now."""
    before, now = (snapshot(day, [LINE])[LINE] for day in (date(2022, 12, 31), date(2026, 10, 10)))
    assert min(period for period, _ in noise.first_revisions(now)) == Period.parse("2023-02")
    assert len(list(noise.first_revisions(before))) > 150
    small, large = noise.usual_revision(before), noise.usual_revision(now)
    assert small is not None
    assert large is not None
    assert large > 5 * small


def test_positions_are_measured_since_direct_investment_stands_at_market_value() -> None:
    held = snapshot(date(2026, 10, 10), [NIIP])[NIIP]
    assert Period.parse("2013Q2") in {period for each in held.layers for period in each.periods()}
    assert min(period for period, _ in noise.first_revisions(held)) == Period.parse("2014Q2")


def test_a_change_is_moved_by_what_its_latest_figure_usually_is() -> None:
    held = series(printed(SIZES, Form.PATH))
    whole = Snapshot(held.as_of, {held.info.id: held})
    assert noise.of(calc.change(held, held.last, held.last - 1), whole) == 2 * BN
    assert noise.of(calc.window_sum(held, Window.ending(held.last, 4)), whole) == 2 * BN


def test_without_vintages_nothing_is_known() -> None:
    held = series(printed(SIZES, Form.PATH)[-1:])
    whole = Snapshot(held.as_of, {held.info.id: held})
    assert noise.of(calc.change(held, held.last, held.last - 1), whole) is None


def test_a_takeaway_is_weighed_by_it() -> None:
    briefing = load("sell-america")
    seen = snapshot(date(2026, 10, 10), briefing.needs)
    scores = {score.candidate.key: score for score in build(briefing, seen, [templates_folder()]).scores}
    weighed = scores["niip.quarter"]
    assert weighed.candidate.noise is not None
    assert weighed.candidate.noise > 10 * BN
    assert 0 < dict(weighed.parts)["sure"] < 1
