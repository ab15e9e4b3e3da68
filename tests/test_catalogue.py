"""The catalogue: every series has a measure, a publisher, a release, a free licence."""

from __future__ import annotations

from collections import Counter

import pytest

from reporter import catalogue, embedded
from reporter.catalogue import AreaKind
from reporter.errors import DataError, MissingSeries
from reporter.model.periods import Frequency
from reporter.model.units import USD_BN, USD_MN, Adjustment, Kind, Nature


@pytest.mark.parametrize(
    ("series", "nature", "frequency", "adjustment", "annualised"),
    [
        ("fred:IIPUSNETIQ", Nature.STOCK, Frequency.QUARTER, Adjustment.NSA, False),
        ("fred:IIPUSNETIA", Nature.STOCK, Frequency.YEAR, Adjustment.NSA, False),
        ("fred:IEABC", Nature.FLOW, Frequency.QUARTER, Adjustment.SA, False),
        ("fred:GDP", Nature.FLOW, Frequency.QUARTER, Adjustment.SA, True),
        ("fred:DGS10", Nature.LEVEL, Frequency.DAY, Adjustment.NSA, False),
        ("fred:DTWEXBGS", Nature.LEVEL, Frequency.DAY, Adjustment.NSA, False),
        ("tic:table1:99996:for_lt_total_pos", Nature.STOCK, Frequency.MONTH, Adjustment.NSA, False),
        ("tic:table1:99996:for_lt_total_net", Nature.FLOW, Frequency.MONTH, Adjustment.NSA, False),
        ("tic:table1:99996:for_lt_total_valchg", Nature.FLOW, Frequency.MONTH, Adjustment.NSA, False),
        ("tic:press:19:12m", Nature.FLOW, Frequency.MONTH, Adjustment.NSA, False),
    ],
)
def test_what_a_series_measures(
    series: str,
    nature: Nature,
    frequency: Frequency,
    adjustment: Adjustment,
    annualised: bool,  # noqa: FBT001
) -> None:
    measure = catalogue.info(series).measure
    assert (measure.nature, measure.frequency) == (nature, frequency)
    assert (measure.adjustment, measure.annualised) == (adjustment, annualised)


def test_a_table_s_series_is_titled_with_its_area_in_prose() -> None:
    held = catalogue.info("tic:table3:13005:for_treas_net")
    assert held.title == "Net purchases of US Treasuries by the United Kingdom"
    assert held.link.endswith("/slt_table3.txt")
    assert (held.unit, catalogue.info("tic:table5:13005:pos").unit) == (USD_MN, USD_BN)


def test_the_deficit_s_share_says_that_a_deficit_is_positive() -> None:
    assert "deficit positive" in catalogue.info("bea:ita.pct_gdp").title
    assert catalogue.info("bea:ita.pct_gdp").measure.kind is Kind.PERCENT


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("fred:IIPUSNETQ", "fred:IIPUSNETIQ"), ("tic:table1:41408:for_lt_treas_ne", "tic:table1:41408:for_lt_treas_net")],
)
def test_an_unknown_series_is_met_with_the_likeliest(wrong: str, right: str) -> None:
    with pytest.raises(MissingSeries, match=rf"did you mean .*{right}"):
        catalogue.info(wrong)


@pytest.mark.parametrize(
    "series", ["tic:table3:15202:for_treas_pos", "tic:table9:41408:pos", "tic:table5:41408:neg", "tic:table5:1:pos"]
)
def test_an_area_that_a_table_does_not_report_has_no_series_in_it(series: str) -> None:
    with pytest.raises(MissingSeries):
        catalogue.info(series)


def test_every_id_has_an_entry_that_can_be_published() -> None:
    series = list(catalogue.ids())
    assert len(series) == len(set(series))
    for name in series:
        entry = catalogue.info(name)
        assert entry.id == name
        assert entry.licence in catalogue.FREE_LICENCES
        assert entry.title
        assert entry.publisher
        assert entry.link.startswith("https://")
        assert entry.unit.kind is entry.measure.kind


def test_every_embedded_series_is_in_the_catalogue_and_free() -> None:
    for name, layers in ((name, embedded.layers()[name]) for name in embedded.layers()):
        entry = catalogue.info(name)
        assert entry.licence in catalogue.FREE_LICENCES
        for layer in layers:
            assert layer.unit.kind is entry.measure.kind, name
            assert layer.first.frequency is entry.frequency, name
            assert layer.vintage.publisher == entry.publisher, name


@pytest.mark.parametrize("series", ["fred:SP500", "fred:VIXCLS"])
def test_copyrighted_series_are_not_there(series: str) -> None:
    assert series not in embedded.layers()
    with pytest.raises(MissingSeries):
        catalogue.info(series)


def test_a_copyrighted_entry_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    traits = {
        "licence": "copyright S&P Dow Jones Indices",
        "nature": "level",
        "unit": "index",
        "frequency": "D",
        "publisher": "S&P",
        "release": "h15",
        "link": "https://example.org/{code}",
        "series": {"fred:SP500": "S&P 500"},
    }
    monkeypatch.setattr(catalogue, "_toml", lambda: {"group": {"shares": traits}, "table": {}})
    with pytest.raises(DataError, match=r"fred:SP500: its licence is 'copyright S&P"):
        catalogue._listed.__wrapped__()  # noqa: SLF001 - past its cache


def test_countries_are_the_81_of_table_1() -> None:
    assert len(catalogue.countries()) == 81
    assert catalogue.area("41408").short == "China"
    assert catalogue.area("36137").prose == "the Cayman Islands"
    assert not {"99996", "19992", "16713", "82643"} & {area.code for area in catalogue.countries()}


def test_areas_are_one_to_a_code_and_regions_are_regions() -> None:
    codes = Counter(area.code for area in catalogue.areas())
    assert max(codes.values()) == 1
    for area in catalogue.areas():
        assert not area.region or catalogue.area(area.region).kind is AreaKind.REGION
        assert area.name
        assert area.short
        assert area.prose
    with pytest.raises(MissingSeries, match="no area has the code '1'"):
        catalogue.area("1")
