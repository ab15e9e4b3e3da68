"""Traps of the Treasury's tables that only a whole edition can fall into."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from reporter import briefing, store
from reporter.build import build
from reporter.model.observations import Observation
from reporter.resources import templates_folder

ALL_COUNTRIES, GRAND_TOTAL = "69995", "99996"
EDITIONS = [
    ("sell-america", {}, date(2026, 2, 6)),
    ("sell-america", {}, date(2026, 11, 22)),
    ("holder-profile", {"country": "Belgium"}, date(2026, 11, 22)),
]


def observed(name: str, parameters: dict[str, str], day: date) -> Iterator[Observation]:
    chosen = briefing.load(name, parameters)
    edition = build(chosen, store.snapshot(day, chosen.needs), [templates_folder()]).edition
    yield from edition.observations().values()


@pytest.mark.parametrize(("name", "parameters", "day"), EDITIONS)
def test_shares_and_totals_are_of_the_grand_total(name: str, parameters: dict[str, str], day: date) -> None:
    """“All Countries” leaves out international organisations and gives other shares."""
    areas = {seen.series.id.split(":")[2] for seen in observed(name, parameters, day) if seen.series.id[:4] == "tic:"}
    assert GRAND_TOTAL in areas
    assert ALL_COUNTRIES not in areas


@pytest.mark.parametrize(("name", "parameters", "day"), EDITIONS)
def test_nothing_rests_on_a_file_that_is_frozen_but_as_history(
    name: str, parameters: dict[str, str], day: date
) -> None:
    """`s1_globl` and the history of the holders end: no figure of today may be read from them."""
    frozen = [seen for seen in observed(name, parameters, day) if seen.series.frozen]
    assert all(seen.period.end.year < day.year for seen in frozen)
