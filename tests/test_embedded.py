"""The embedded observations: their format, where they come from, and the identities they must satisfy."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import catalogue, embedded
from reporter.catalogue import AreaKind
from reporter.embedded import HEAD, dumps, load, loads, pack
from reporter.errors import DataError, MissingSeries
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Frequency, Period
from reporter.model.units import PERCENT, USD_BN, USD_MN, USD_TN
from tests.support import PAYLOADS, ROOT

PACKAGE = ROOT / "reporter" / "data"
OFFICIAL = PAYLOADS / "official"
NEWEST = date(2026, 10, 10)


def transcribed(folder: Path, to: Path) -> Path:
    command = [sys.executable, "-m", "scripts.transcribe", str(folder), "--to", str(to)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return to


def one(series: str, form: Form = Form.PATH, known_on: date | None = None) -> Layer:
    """The newest layer of a form, or that of a day."""
    layers = [layer for layer in embedded.layers()[series] if layer.vintage.form is form]
    return next(layer for layer in reversed(layers) if known_on in (None, layer.vintage.known_on))


def values(layer: Layer) -> dict[Period, Decimal]:
    """Values in the unit written."""
    return {period: Decimal(layer.at(period)) for period in layer.periods()}


# The format


fields = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
vintages = st.builds(
    Vintage,
    id=fields,
    known_on=st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    form=st.sampled_from(Form),
    publisher=fields,
    link=fields,
    sha256=st.sampled_from(["", "ab" * 32]),
    transcribed_via=st.one_of(st.just(""), fields),
)
number = st.decimals(-(10**9), 10**9, places=3).map(lambda d: format(abs(d) if d == 0 else d, "f"))
periods = st.builds(Period.of, st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.sampled_from([*Frequency]))


@st.composite
def some_layers(draw: st.DrawFn) -> list[Layer]:
    held = draw(st.lists(vintages, min_size=1, max_size=4, unique_by=lambda v: v.id))
    layers = st.builds(
        Layer,
        series=fields,
        vintage=st.sampled_from(held),
        unit=st.sampled_from([USD_MN, USD_BN, USD_TN, PERCENT]),
        first=periods,
        text=st.lists(st.one_of(st.just(""), number), min_size=1, max_size=6).map(",".join),
        step=st.sampled_from([None, Decimal(100), Decimal("0.1")]),
    )
    return draw(st.lists(layers, max_size=8, unique_by=lambda x: (x.series, x.vintage.id)))


@given(some_layers())
def test_what_is_written_is_read_back(layers: list[Layer]) -> None:
    read = loads(dumps(layers))
    assert sorted(read) == sorted({layer.series for layer in layers})
    found = [layer for series in read for layer in read[series]]
    key = lambda layer: (layer.series, layer.vintage.id)  # noqa: E731
    assert sorted(found, key=key) == sorted(layers, key=key)
    assert all(
        a.vintage.known_on <= b.vintage.known_on for s in read for a, b in zip(read[s], read[s][1:], strict=False)
    )


@given(some_layers(), st.randoms(use_true_random=False))
def test_the_same_layers_make_the_same_bytes(layers: list[Layer], random: object) -> None:
    shuffled = list(layers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pack(dumps(shuffled)) == pack(dumps(layers))


VINTAGE = "V\tv\t2026-01-15\tpath\tPublisher\thttps://example.org\t\t"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["# something else"], "line 1: expected '# reporter observations 1'"),
        ([HEAD, "", VINTAGE], "line 2: expected a record V or S, got ''"),
        ([HEAD, VINTAGE, "X\tfred:GDP"], "line 3: expected a record V or S"),
        ([HEAD, VINTAGE + "\tmore"], "line 2: a vintage has 8 fields, this line 9"),
        ([HEAD, VINTAGE.replace("2026-01-15", "January")], "line 2: Invalid isoformat string"),
        ([HEAD, VINTAGE.replace("path", "road")], "line 2: 'road' is not a valid Form"),
        ([HEAD, VINTAGE, "S\ta:b\tw\tusd_mn\t\t2026Q1\t1"], "line 3: vintage 'w' has no record"),
        ([HEAD, VINTAGE, "S\ta:b\tv\tusd_mn\t2026Q1\t1"], "line 3: a series has 7 fields, this line 6"),
        ([HEAD, VINTAGE, "S\ta:b\tv\teur_mn\t\t2026Q1\t1"], "line 3: not a unit: 'eur_mn'"),
        ([HEAD, VINTAGE, "S\ta:b\tv\tusd_mn\ta lot\t2026Q1\t1"], "line 3: not a step: 'a lot'"),
        ([HEAD, VINTAGE, "S\ta:b\tv\tusd_mn\t\tspring\t1"], "line 3: not a period: 'spring'"),
        ([HEAD, VINTAGE, "S\ta:b\tv\tusd_mn\t\t2026Q1\t1,.,2"], "line 3: values are not numbers"),
        ([HEAD, VINTAGE, "S\ta:b\tv\tusd_mn\t\t2026Q1\t1,2-3"], "line 3: values are not numbers"),
    ],
)
def test_a_malformed_file_names_the_line(lines: list[str], told: str) -> None:
    with pytest.raises(DataError, match=told):
        loads("\n".join(lines) + "\n", "some.tsv.gz")["a:b"]


def test_a_file_that_is_not_gzip_is_refused(tmp_path: Path) -> None:
    for name, payload in {"plain": b"text", "cut": pack(HEAD)[:-9], "latin": gzip.compress(b"\xe7\xff")}.items():
        (tmp_path / name).write_bytes(payload)
        with pytest.raises(DataError, match=f"{name} is not a gzip file of UTF-8 text"):
            load(tmp_path / name)


def test_fields_may_not_hold_tabs_nor_vintages_share_an_id() -> None:
    held = Vintage("v", NEWEST, Form.PATH, "Publisher", "https://example.org")
    layer = Layer("a:b", held, USD_MN, Period.parse("2026Q1"), "1")
    with pytest.raises(ValueError, match="a field holds a tab"):
        dumps([Layer("a\tb", held, USD_MN, layer.first, "1")])
    twin = Vintage("v", date(2026, 1, 1), Form.PATH, "Publisher", "https://example.org")
    with pytest.raises(ValueError, match="two vintages share an id"):
        dumps([layer, Layer("a:c", twin, USD_MN, layer.first, "1")])


def test_a_series_that_is_not_there_is_missing_by_name() -> None:
    assert "fred:NONE" not in embedded.layers()
    with pytest.raises(MissingSeries, match="fred:NONE: no vintage in observations"):
        embedded.layers().layers_of("fred:NONE")


# Where they come from


def test_the_transcription_is_reproducible(tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    first.mkdir()
    again.mkdir()
    for name in ("observations.tsv.gz", "release_dates.tsv"):
        one_, two = (transcribed(OFFICIAL, to) / name for to in (first, again))
        assert one_.read_bytes() == two.read_bytes()


def test_the_transcription_of_small_payloads(tmp_path: Path) -> None:
    read = load(transcribed(OFFICIAL, tmp_path) / "observations.tsv.gz")

    def text(series: str, vintage: str) -> str:
        return next(f"{x.unit} {x.first} {x.text}" for x in read[series] if x.vintage.id == vintage)

    assert text("fred:IIPUSNETIQ", "bea:iip@2024-12-27") == "usd_tn 2024Q2 -22.55,-23.60"
    assert text("fred:IIPUSNETIQ", "bea:iip@2017-06-28") == "usd_tn 2016Q4 -8.3184"  # no first print to be had
    assert not [x for x in read["fred:IIPUSNETIQ"] if x.vintage.id == "bea:iip@2014-06-30"]
    assert text("fred:IEABC", "alfred:IEABC@2026-01-14") == "usd_mn 2025Q2 -249217,-226402"
    assert text("fred:DGS10", "fred:DGS10@2026-10-10").startswith("percent 2026-09-18 5.01,,,4.96")
    assert text("bea:iip.other_changes", "bea:iip.change@2026-10-10").startswith("usd_bn 2023Q3 63.0")
    assert text("tic:press:3:12m", "tic:press@2022-05-16") == "usd_bn 2022-03 523.5"  # the bad column is dropped
    assert text("tic:press:21", "tic:press@2025-07-17").endswith(",259.4")  # the table, not the slip in the text
    assert text("tic:s1:99996:eqty_net", "tic:s1_globl@2023-03-15") == "usd_mn 2022-11 42907,54980,-27521"
    assert text("tic:table5:other:pos", "tic:slt_table5@2026-09-16") == "usd_bn 2026-05 1859.6,1850.3,1842.4"
    assert [layer.step for layer in read["fred:IIPUSASSQ"]] == [None, None, None, Decimal(100)]
    assert [layer.step for layer in read["bea:iip.price"]] == [Decimal(10)]  # printed as −$1.43 trillion


def test_belgium_was_belgium_and_luxembourg_until_may_2002(tmp_path: Path) -> None:
    read = load(transcribed(OFFICIAL, tmp_path) / "observations.tsv.gz")
    (belgium,), (both,) = read["tic:mfhhis:10251:pos"], read["tic:mfhhis:belgium_luxembourg:pos"]
    may, june = Period.parse("2002-05"), Period.parse("2002-06")
    assert (belgium.at(may), belgium.at(june), both.at(may), both.at(june)) == ("", "11.3", "21.7", "")
    (old,) = read["tic:mfhhis:10251:pos_old"]
    assert {str(period) for period in old.periods()} == {"2011-06"}


def test_the_committed_file_is_canonical_and_what_the_official_files_make(
    tmp_path: Path, shared_data: Path | None
) -> None:
    committed = gzip.decompress((PACKAGE / "observations.tsv.gz").read_bytes()).decode("utf-8")
    held = loads(committed)
    assert dumps(layer for series in held for layer in held[series]) == committed
    assert len(held) == 3449
    if shared_data:
        made = transcribed(shared_data, tmp_path)
        assert gzip.decompress((made / "observations.tsv.gz").read_bytes()).decode("utf-8") == committed
        dates = (PACKAGE / "release_dates.tsv").read_text(encoding="utf-8")
        assert (made / "release_dates.tsv").read_text(encoding="utf-8") == dates


def test_every_vintage_says_where_it_comes_from() -> None:
    vintages_ = embedded.layers().vintages.values()
    assert {v.publisher for v in vintages_} == {
        "Bureau of Economic Analysis",
        "Board of Governors of the Federal Reserve System",
        "US Department of the Treasury",
    }
    official = ("bea.gov/", "stlouisfed.org/", "treasury.gov/")
    for vintage in vintages_:
        assert vintage.link.startswith("https://")
        assert any(host in vintage.link for host in official), vintage.link
        assert len(vintage.sha256) == 64
    assert next(v for v in vintages_ if v.id == "bea:iip@2026-02-03").transcribed_via.endswith("(BEA reprint)")


def test_the_file_stays_small() -> None:
    assert (PACKAGE / "observations.tsv.gz").stat().st_size < 1_200_000


# The identities of the official figures


def test_the_net_position_is_assets_less_liabilities() -> None:
    net, assets, owed = (values(one(f"fred:IIPUS{x}Q")) for x in ("NETI", "ASS", "LIA"))
    assert len(net) == 82
    for period, value in net.items():
        assert abs(value - (assets[period] - owed[period])) <= 101  # 0.1 bn, and what is exact rounds


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        ("IIPUSASSQ", "IIPDIREAMVQ IIPPORTAQ IIPFINAAGQ IIPOTHEAQ IIPRESEQ"),
        ("IIPUSLIAQ", "IIPDIRELMVQ IIPPORTLQ IIPFINALGQ IIPOTHELQ"),
        ("IEAADI", "IEAADIE IEAADIDI"),
        ("IEAIDI", "IEAIDIE IEAIDIDI"),
    ],
)
def test_categories_add_up_within_rounding(total: str, parts: str) -> None:
    split = [values(one(f"fred:{part}")) for part in parts.split()]
    for period, value in values(one(f"fred:{total}")).items():
        if all(period in part for part in split):
            assert abs(value - sum(part[period] for part in split)) <= 300, period


def test_table_5_is_table_3_rounded() -> None:
    areas = [a for a in catalogue.areas() if {"table3", "table5"} <= set(a.tables)]
    compared = 0
    for area in areas:
        series = f"tic:table5:{area.code}:pos"
        held = [x for x in embedded.layers()[series] if x.vintage.known_on == date(2026, 6, 18)]
        for layer in held:
            whole = values(one(f"tic:table3:{area.code}:for_treas_pos"))
            for month, value in values(layer).items():
                assert abs(value - whole[month] / 1000) <= Decimal("0.05"), (area, month)
                compared += 1
    assert compared > 250


def test_table_1_is_table_3_for_long_term_treasuries() -> None:
    for area in catalogue.areas():
        if {"table1", "table3"} <= set(area.tables):
            for column in ("pos", "net", "valchg"):
                names = [f"tic:{table}:{area.code}:for_lt_treas_{column}" for table in ("table1", "table3")]
                if all(name in embedded.layers() for name in names):
                    first, third = (one(name) for name in names)
                    assert (first.first, first.text) == (third.first, third.text), names


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        ("table1:{}:for_lt_total_pos", "for_lt_treas_pos for_lt_agcy_pos for_lt_corp_pos for_lt_eqty_pos"),
        ("table1:{}:for_lt_total_net", "for_lt_treas_net for_lt_agcy_net for_lt_corp_net for_lt_eqty_net"),
        ("table2:{}:us_lt_total_pos", "us_lt_govt_bond_pos us_lt_corp_bond_pos us_lt_eqty_pos"),
        ("table3:{}:for_treas_pos", "for_lt_treas_pos for_st_treas_pos"),
    ],
)
@pytest.mark.parametrize("code", ["99996", "19992", "41408", "42609", "13005"])
def test_asset_classes_sum_to_the_total(total: str, parts: str, code: str) -> None:
    name = f"tic:{total.format(code)}"
    split = [values(one(f"{name.rpartition(':')[0]}:{part}")) for part in parts.split()]
    held = values(one(name))
    assert len(held) >= 39
    for month, value in held.items():
        assert abs(value - sum(part[month] for part in split)) <= len(split), month  # each rounds to a million


@pytest.mark.parametrize("column", ["for_lt_total_pos", "for_lt_total_net", "for_lt_eqty_pos"])
def test_countries_and_organisations_are_the_grand_total(column: str) -> None:
    every, organisations, total = (values(one(f"tic:table1:{code}:{column}")) for code in ("69995", "79995", "99996"))
    for month, value in total.items():
        assert abs(value - every[month] - organisations[month]) <= 1


def test_regions_and_canada_are_not_quite_all_countries() -> None:
    """The tables hold a country nobody could name: “the rest” is the total less a region, never a sum."""
    regions = [area.code for area in catalogue.areas() if area.kind is AreaKind.REGION] + ["29998"]
    split = [values(one(f"tic:table1:{code}:for_lt_total_pos")) for code in regions]
    for month, value in values(one("tic:table1:69995:for_lt_total_pos")).items():
        assert 0 < value - sum(part[month] for part in split) < value / 500, month


def test_the_change_in_short_term_holdings_is_the_net() -> None:
    net, held = (values(one(f"tic:table3:99996:for_st_treas_{x}")) for x in ("net", "pos"))
    for month, value in net.items():
        if month - 1 in held:
            assert value == held[month] - held[month - 1], month


def test_the_press_table_keeps_its_identities() -> None:
    """Lines 3 = 4 + 9, 19 = 3 + 16, 21 = 19 + 20 of each release, within the rounding of their terms."""

    def line(number_: int) -> dict[tuple[date, Period], Decimal]:
        layers = embedded.layers()[f"tic:press:{number_}"]
        return {(x.vintage.known_on, p): v for x in layers for p, v in values(x).items()}

    for whole, parts in ((3, (4, 9)), (19, (3, 16)), (21, (19, 20))):
        total, split = line(whole), [line(part) for part in parts]
        both = [key for key in total if all(key in part for part in split)]
        assert len(both) > 700
        wrong = [key for key in both if abs(total[key] - sum(part[key] for part in split)) > Decimal("0.2")]
        assert not wrong


def test_what_the_two_days_of_the_first_edition_rest_on() -> None:
    quarter = Period.parse("2025Q3")
    assert one("fred:IIPUSNETIQ", Form.PRINT, date(2026, 2, 3)).at(quarter) == "-27.61"
    assert one("fred:IIPUSNETIQ", Form.PATH, NEWEST).at(quarter) == "-22041007"
    assert one("fred:GDP", Form.PATH, date(2026, 1, 3)).at(quarter) == "31095.089"
    assert one("tic:table5:41408:pos", Form.PATH, date(2026, 9, 16)).at(Period.parse("2026-07")) == "618.0"
