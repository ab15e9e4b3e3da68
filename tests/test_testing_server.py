"""The test server has the publishers' habits, and every source reads from it what its world knows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from reporter import catalogue, embedded
from reporter.config import load
from reporter.errors import ConfigError, FetchError, ParseError, ReporterError, UnitMismatch
from reporter.http import Client, Pacer
from reporter.keys import Keys, Secret
from reporter.keys import load as load_keys
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Frequency, Period
from reporter.sources.alfred import AlfredGraph
from reporter.sources.base import Bases, Known, Media, Request, Source
from reporter.sources.bea import Bea
from reporter.sources.fred import FredGraph
from reporter.sources.fred_api import FredApi, FredVintages, release_dates, release_request
from reporter.sources.guard import assert_continues
from reporter.sources.realtime import chain
from reporter.sources.tic_releases import Tic
from reporter.testing import BEA_KEY, FRED_KEY, Fault, Server, World
from tests.support import ROOT

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEYS = Keys({"fred": Secret(FRED_KEY), "bea": Secret(BEA_KEY)})
SERIES = ("fred:GDP", "fred:IEABC", "bea:iip.position", "bea:iip.transactions")
JANUARY, OCTOBER = date(2026, 1, 3), date(2026, 10, 10)


def world() -> World:
    whole = embedded.layers()
    tables = [key for key in whole if key.startswith(("tic:table5:", "tic:table3:99996", "tic:table3:42609"))]
    return World({key: whole[key] for key in (*SERIES, *tables)})


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(world(), OCTOBER) as running:
        yield running


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Client(KEYS, Pacer(tmp_path / "slots.db"), sleep=lambda _: None) as running:
        yield running


def pull(source: Source, client: Client, server: Server, series: list[str], **known: Known) -> list[Layer]:
    """Ask, follow, parse: what a pull does with one source."""
    held = {key.replace("__", ":"): value for key, value in known.items()}
    waiting = list(source.requests(series, server.bases, held))
    found: list[Layer] = []
    while waiting:
        request = waiting.pop(0)
        body = client.fetch(request).body
        found += source.parse(request, body, server.today)
        waiting += source.follow(request, body, held)
    return found


def values(layer: Layer) -> dict[Period, str]:
    return {period: layer.at(period) for period in layer.periods()}


@pytest.mark.parametrize("source", [FredGraph(), FredApi()], ids=lambda source: str(source.name))
@pytest.mark.parametrize("today", [JANUARY, OCTOBER])
def test_figures_of_a_day_are_those_known_on_it(server: Server, client: Client, source: Source, today: date) -> None:
    server.today = today
    layers = pull(source, client, server, list(SERIES))
    assert {layer.series for layer in layers} == {"fred:GDP", "fred:IEABC"}
    for layer in layers:
        assert values(layer) == server.world.values(layer.series, today)
        assert layer.vintage.known_on == today


def test_answers_change_with_the_server_s_date(server: Server, client: Client) -> None:
    """2025Q3 of GDP was revised between the two days."""
    (october,) = pull(FredGraph(), client, server, ["fred:GDP"])
    server.today = JANUARY
    (january,) = pull(FredGraph(), client, server, ["fred:GDP"])
    assert max(january.periods()) == Period.parse("2025Q3")
    assert max(october.periods()) == Period.parse("2026Q2")


def test_past_vintages_without_a_key(server: Server, client: Client) -> None:
    known = Known(wanted=(JANUARY, OCTOBER))
    january, october = pull(AlfredGraph(), client, server, ["fred:GDP"], fred__GDP=known)
    assert (january.vintage.known_on, october.vintage.known_on) == (JANUARY, OCTOBER)
    assert values(january) == server.world.values("fred:GDP", JANUARY)
    assert values(october) == server.world.values("fred:GDP", OCTOBER)


def test_one_id_with_several_days_answers_the_first_only(server: Server, client: Client) -> None:
    (asked,) = AlfredGraph().requests(["fred:GDP"], server.bases, {"fred:GDP": Known(wanted=(JANUARY, OCTOBER))})
    once = replace(asked, params=tuple((name, "GDP" if name == "id" else value) for name, value in asked.params))
    body = client.fetch(once).body
    assert body.startswith(b"observation_date,GDP_20260103\n")
    with pytest.raises(ParseError, match="asked for the vintages 2026-01-03, 2026-10-10, got 2026-01-03"):
        AlfredGraph().parse(once, body, OCTOBER)


def test_every_vintage_with_a_key_rebuilds_each_day(server: Server, client: Client) -> None:
    """In windows of three vintages, so that there are many seams."""
    layers = chain(pull(FredVintages(most=3), client, server, ["fred:IEABC"]))
    days = server.world.vintages("fred:IEABC", OCTOBER)
    assert len(server.asked) == 1 + -(-len(days) // 3)
    assert len(layers) > 3
    standing: dict[Period, str] = {}
    for layer in layers:
        assert layer.vintage.known_on in days
        standing |= values(layer)
        assert standing == server.world.values("fred:IEABC", layer.vintage.known_on)


def many_vintages() -> World:
    """A daily series that has a new value every day for six years."""
    entry, first = catalogue.info("fred:DGS10"), Period(Frequency.DAY, date(2020, 1, 1).toordinal())
    layers = []
    for at in range(2300):
        day = first.start + timedelta(days=at + 1)
        vintage = Vintage(f"fred:DGS10@{day}", day, Form.REVISION, entry.publisher, entry.link)
        layers.append(Layer(entry.id, vintage, entry.unit, first + at, f"{at / 1000:.2f}"))
    return World({entry.id: tuple(layers)})


def test_more_than_2000_vintages_are_a_400_unless_asked_for_in_windows(client: Client) -> None:
    series = "fred:DGS10"
    with Server(many_vintages(), OCTOBER) as server:
        (first,) = FredVintages().requests([series], server.bases, {})
        listed = client.fetch(first).body
        two = FredVintages().follow(first, listed, {})
        assert len(two) == 2
        (one,) = FredVintages(most=5000).follow(first, listed, {})
        with pytest.raises(FetchError, match=r"fred:DGS10: .*answers 400: .*exceeds the maximum number of vintage"):
            client.fetch(one)


def test_vintage_date_is_ignored_in_silence(server: Server, client: Client) -> None:
    (_, asked, _) = FredApi().requests(["fred:GDP"], server.bases, {})
    past = replace(asked, params=(*asked.params, ("vintage_date", str(JANUARY))))
    assert client.fetch(past).body == client.fetch(asked).body


def test_an_unknown_series_is_told_by_name(server: Server, client: Client) -> None:
    params = (("series_id", "NO"), ("file_type", "json"))
    url = f"{server.bases.fred_api}/series"
    request = Request("x", "fred_api", url, params, ("fred:NO",), Media.JSON, "fred")
    with pytest.raises(FetchError, match=r"fred:NO: .*answers 404: .*The series does not exist"):
        client.fetch(request)


def test_the_calendar_of_a_release_goes_beyond_today(server: Server, client: Client) -> None:
    server.today = JANUARY
    days = release_dates(client.fetch(release_request(53, server.bases)).body, 53)
    assert OCTOBER in days


def test_bea_and_the_treasury(server: Server, client: Client) -> None:
    for layer in pull(Bea(), client, server, ["bea:iip.position", "bea:iip.transactions"]):
        known = server.world.values(layer.series, OCTOBER)
        assert {p: float(v) for p, v in values(layer).items()} == {p: round(float(v) * 1000) for p, v in known.items()}
    tables = pull(Tic(), client, server, ["tic:table3:42609:for_treas_pos", "tic:table5:42609:pos"])
    assert {"tic:table3:42609:for_treas_pos", "tic:table5:41408:pos"} <= {layer.series for layer in tables}


BEA_SHAPES = [Fault.BEA_LIST, Fault.BEA_BARE]


@pytest.mark.parametrize("fault", BEA_SHAPES)
def test_bea_in_its_other_shapes(server: Server, client: Client, fault: Fault) -> None:
    plain = pull(Bea(), client, server, ["bea:iip.position"])
    server.fail(fault, "/bea/")
    (shaped,) = pull(Bea(), client, server, ["bea:iip.position"])
    assert values(shaped) == values(plain[0])


@pytest.mark.parametrize(
    ("source", "series", "fault", "error", "told"),
    [
        (FredApi(), "fred:GDP", Fault.WRONG_UNIT, UnitMismatch, "FRED says its unit is 'Millions of Dollars'"),
        (Bea(), "bea:iip.position", Fault.WRONG_UNIT, UnitMismatch, "is in USD times ten to the 9"),
        (Tic(), "tic:table5:42609:pos", Fault.WRONG_UNIT, UnitMismatch, "says it is in millions of dollars"),
        (
            Tic(),
            "tic:table3:42609:for_treas_pos",
            Fault.RENAMED_HEADER,
            ParseError,
            "no header row .*; the file starts",
        ),
        (Tic(), "tic:table5:42609:pos", Fault.UNKNOWN_HOLDER, ParseError, "'Atlantis'"),
        (FredGraph(), "fred:GDP", Fault.RENAMED_HEADER, ParseError, "expected the header .*, got 'period,GDP'"),
        (FredApi(), "fred:GDP", Fault.RENAMED_HEADER, ParseError, "expected one entry|expected observations"),
        (Bea(), "bea:iip.position", Fault.BEA_ERROR, FetchError, "BEA declined, error 201: 'Error retrieving data.'"),
        (Bea(), "bea:iip.position", Fault.BEA_ERRORS, FetchError, "BEA declined, error 201: 'Error retrieving data.'"),
    ],
)
def test_a_fault_stops_its_series_by_name(  # noqa: PLR0913, PLR0917 -- one a column
    server: Server,
    client: Client,
    source: Source,
    series: str,
    fault: Fault,
    error: type[ReporterError],
    told: str,
) -> None:
    server.fail(fault, times=9)
    with pytest.raises(error, match=told):
        pull(source, client, server, [series])
    server.mend()
    assert pull(source, client, server, [series])


def test_a_graph_file_in_another_scale_is_caught_by_what_is_at_hand(server: Server, client: Client) -> None:
    """Its unit is not in it; its history is."""
    held = pull(FredGraph(), client, server, ["fred:GDP"])
    server.fail(Fault.WRONG_UNIT, "GDP")
    (came,) = pull(FredGraph(), client, server, ["fred:GDP"])
    with pytest.raises(UnitMismatch, match=r"fred:GDP: its values are about 0\.001 times those at hand"):
        assert_continues(held, came)


def test_recorded_files_go_before_made_ones(client: Client) -> None:
    old, new = b"as of June\r\n", b"as of September\r\n"
    recorded = {"slt_table3.txt": {date(2026, 6, 18): old, date(2026, 9, 16): new}}
    with Server(World({}, recorded), date(2026, 8, 1)) as server:
        (request,) = Tic().requests(["tic:table3:42609:for_treas_pos"], server.bases, {})
        assert client.fetch(request).body == old
        server.today = OCTOBER
        assert client.fetch(request).body == new


def test_a_process_finds_the_server_by_its_environment(server: Server, tmp_path: Path) -> None:
    assert load(tmp_path, server.environment).bases == server.bases
    assert load(tmp_path, {}).bases == Bases()
    assert load_keys(server.environment)["bea"].reveal() == BEA_KEY


@pytest.mark.parametrize("url", ["http://fred.stlouisfed.org", "ftp://a", "fred.stlouisfed.org"])
def test_a_base_that_is_not_https_is_a_mistake_of_configuration(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="REPORTER_FRED_URL must start with https://"):
        load(tmp_path, {"REPORTER_FRED_URL": url})


def test_bodies_are_json_as_fred_writes_it(server: Server, client: Client) -> None:
    about = json.loads(client.fetch(FredApi().requests(["fred:GDP"], server.bases, {})[1]).body)
    assert {
        "realtime_start",
        "realtime_end",
        "units",
        "output_type",
        "count",
        "offset",
        "limit",
        "observations",
    } <= set(about)
    assert set(about["observations"][0]) == {"realtime_start", "realtime_end", "date", "value"}


def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    """As a user would: the environment it writes is what `reporter` reads."""
    command = [sys.executable, "-m", "reporter.testing", "--date", str(JANUARY), "--fault", "html", "--match", "BOP"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        lines = [process.stdout.readline().removeprefix("export ").rstrip("\n") for _ in range(7)]
        environment = dict(line.split("=", 1) for line in lines)
        bases = load(tmp_path, environment).bases
        gdp, trade = FredGraph().requests(["fred:GDP", "fred:BOPGSTB"], bases, {})
        with Client(load_keys(environment), Pacer(tmp_path / "slots.db")) as client:
            assert client.fetch(gdp).body.endswith(b"2025-07-01,31095.089\n")
            with pytest.raises(FetchError, match="an HTML page came with status 200"):
                client.fetch(trade)
        process.terminate()
        assert process.wait(timeout=30) == 0
