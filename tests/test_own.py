"""Series of one's own: declared in series.toml, kept in a CSV or pulled from FRED, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reporter import catalogue, own
from reporter.cli import reporter
from reporter.config import load
from reporter.errors import ConfigError, FrequencyMismatch, UnitMismatch
from reporter.model.observations import Basis, Form, Layer, SeriesInfo, Vintage
from reporter.model.periods import Frequency, Period
from reporter.model.units import Adjustment, Kind, Measure, Nature, Unit
from reporter.sources import fred_units
from reporter.store.snapshot import snapshot
from reporter.testing import Server, World

CSV = "period,value,known_on\n2026-08,40.1,2026-09-08\n2026-09,42.7,2026-10-08\n2026-08,40.5,2026-10-20\n"
ORDERS = """
["csv:orders"]
title = "Orders"
unit = "usd_mn"
nature = "flow"
publisher = "Quay Research"
licence = "own"
file = "orders.csv"
"""
JOBLESS = """
["fred:UNRATE"]
title = "Unemployment rate"
unit = "percent"
adjustment = "SA"
publisher = "Bureau of Labor Statistics"
licence = "public domain"
lag = 7
"""


@pytest.fixture(autouse=True)
def nothing_declared() -> Iterator[None]:
    """What a test declares is gone with it."""
    yield
    own.use(load(Path("nowhere"), {}))


def declared(folder: Path, text: str = ORDERS, csv: str = CSV) -> own.Own:
    (folder / "orders.csv").write_text(csv, encoding="utf-8")
    (folder / "series.toml").write_text(text, encoding="utf-8")
    own.use(load(folder, {}))
    return own.load(folder / "series.toml")


def faults(folder: Path, text: str = ORDERS, csv: str = CSV) -> str:
    with pytest.raises(ConfigError) as caught:
        declared(folder, text, csv)
    return str(caught.value)


def test_a_file_is_a_series_with_a_vintage_a_day_and_its_hash_as_receipt(tmp_path: Path) -> None:
    held = declared(tmp_path)
    entry = held.entries["csv:orders"]
    assert (entry.measure, entry.unit) == (Measure(Kind.USD, Nature.FLOW, Frequency.MONTH), Unit(Kind.USD, 6))
    layers = held.layers["csv:orders"]
    assert [(layer.vintage.known_on, layer.text) for layer in layers] == [
        (date(2026, 9, 8), "40.1"),
        (date(2026, 10, 8), "40.1,42.7"),
        (date(2026, 10, 20), "40.5,42.7"),
    ]
    digest = hashlib.sha256((tmp_path / "orders.csv").read_bytes()).hexdigest()
    assert {layer.vintage.sha256 for layer in layers} == {digest}


def test_each_day_sees_what_the_file_says_was_known(tmp_path: Path) -> None:
    declared(tmp_path)
    august, september = Period.parse("2026-08"), Period.parse("2026-09")
    before = snapshot(date(2026, 10, 19), ["csv:orders"])["csv:orders"]
    after = snapshot(date(2026, 10, 20), ["csv:orders"])["csv:orders"]
    assert [int(seen[august].value) for seen in (before, after)] == [40_100_000, 40_500_000]
    assert after[august].basis is Basis.PUBLISHED
    first = snapshot(date(2026, 9, 30), ["csv:orders"])["csv:orders"]
    assert september not in first  # nothing is filled in from a day that had not come
    assert not after.stale


def test_without_a_column_the_day_stands_in_the_declaration(tmp_path: Path) -> None:
    held = declared(tmp_path, f"{ORDERS}known_on = 2026-11-02\n", "period,value\n2026-09,42.7\n2026-10,\n")
    (layer,) = held.layers["csv:orders"]
    assert (layer.vintage.known_on, layer.text) == (date(2026, 11, 2), "42.7")


def test_a_lag_makes_it_late(tmp_path: Path) -> None:
    declared(tmp_path, f"{ORDERS}lag = 8\n")
    assert not snapshot(date(2026, 11, 7), ["csv:orders"])["csv:orders"].stale
    assert snapshot(date(2026, 11, 8), ["csv:orders"])["csv:orders"].stale  # October is due on the eighth day


@pytest.mark.parametrize(
    ("csv", "told"),
    [
        ("date,value\n", "line 1: the head must be period,value or period,value,known_on"),
        ("period,value\n2026-09,42.7\n", "say once when its figures were known"),
        ("period,value,known_on\n2026-09,42.7\n", "line 2: a cell is missing"),
        ("period,value,known_on\n2026Q3,42.7,2026-10-08\n", "line 2: expected a period of frequency M"),
        ("period,value,known_on\n2026-09,many,2026-10-08\n", "not a number at"),
        ("period,value,known_on\nSep 26,42.7,2026-10-08\n", "not a period: 'Sep 26'"),
        ("period,value,known_on\n2026-09,42.7,yesterday\n", "line 2: Invalid isoformat"),
        ("period,value,known_on\n2026-09,1,2026-10-08\n2026-09,2,2026-10-08\n", "line 3: 2026-09 stands twice"),
        ("period,value,known_on\n2026-09,,2026-10-08\n", "no period has a value"),
        ('period,value,known_on\n2026-09,"1,000",2026-10-08\n', "line 2"),
    ],
)
def test_a_file_that_is_not_right_is_told_with_its_line(csv: str, told: str, tmp_path: Path) -> None:
    found = faults(tmp_path, csv=csv)
    assert told in found
    assert "orders.csv" in found


def test_every_mistake_of_a_declaration_is_told_at_once(tmp_path: Path) -> None:
    text = """
["csv:orders"]
titel = "Orders"
unit = "euro"
nature = "flux"
licence = "copyrighted: citation required"
file = "orders.csv"
["fred:UNRATE"]
file = "orders.csv"
title = "x"
unit = "percent"
publisher = "y"
licence = "own"
["bea:thing"]
["fred:GDP"]
["fred:SP500"]
"""
    found = faults(tmp_path, text)
    for told in (
        "csv:orders.titel is no setting; did you mean csv:orders.title?",
        "csv:orders.unit must be one of usd, usd_th",
        'csv:orders.nature must be "stock" or "flow" or "level", not "flux"',
        "csv:orders.licence must let an edition print and carry it",
        "fred:UNRATE.file must not: FRED holds it",
        'bea:thing is no series of one’s own; write ["fred:ID"] or ["csv:name"]',
        "fred:GDP is in the catalogue already",
        "fred:SP500 is copyrighted, whatever its entry says",
    ):
        assert told in found


def test_what_is_missing_is_told_with_what_it_is_for(tmp_path: Path) -> None:
    found = faults(tmp_path, '["csv:orders"]\nfile = "orders.csv"')
    assert "csv:orders.title must be there: what it is called" in found
    assert "csv:orders.publisher must be there: whose figures they are" in found


# ---------------------------------------------------------------- FRED
def jobless() -> tuple[SeriesInfo, Layer]:
    """Values made for the test."""
    measure = Measure(Kind.PERCENT, Nature.LEVEL, Frequency.MONTH, Adjustment.SA)
    entry = SeriesInfo("fred:UNRATE", "Unemployment rate", measure, Unit(Kind.PERCENT), "BLS", "x+7", "")
    vintage = Vintage("made", date(2026, 10, 2), Form.PATH, "BLS", "")
    return entry, Layer("fred:UNRATE", vintage, entry.unit, Period.parse("2026-07"), "4.2,4.3,4.4")


def run(folder: Path, *words: str, **environment: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(reporter, words, env=environment)


@pytest.mark.enable_socket
@pytest.mark.parametrize("keyed", [False, True], ids=["open pages", "with a key"])
def test_a_series_of_freds_is_pulled_by_its_id(tmp_path: Path, *, keyed: bool) -> None:
    declared(tmp_path, JOBLESS)
    _, layer = jobless()
    with Server(World({"fred:UNRATE": (layer,)}), date(2026, 11, 22)) as server:
        env = {k: v for k, v in server.environment.items() if keyed or not k.endswith("_KEY")}
        env["REPORTER_STORE"] = str(tmp_path / "store.sqlite")
        done = run(tmp_path, "pull", "fred:UNRATE", **env)
    assert done.exit_code == 0, done.output
    assert "fred:UNRATE  new: 2026-07, 2026-08, 2026-09" in done.output
    listed = json.loads(run(tmp_path, "status", "fred:UNRATE", "--json", **env).stdout)
    assert "Unemployment rate" in json.dumps(listed)


def test_what_fred_says_is_held_against_the_declaration_as_far_as_there_is_a_word_for_it(tmp_path: Path) -> None:
    declared(tmp_path, JOBLESS + JOBLESS.replace("UNRATE", "PAYEMS").replace('"percent"', '"count_th"'))

    def said(code: str, units: str, frequency: str = "M") -> bytes:
        row = {"id": code, "title": "Whatever", "units": units, "frequency": "Monthly", "frequency_short": frequency}
        return json.dumps({"seriess": [row | {"seasonal_adjustment_short": "SA"}]}).encode()

    fred_units.check(said("UNRATE", "Percent"), catalogue.info("fred:UNRATE"))
    fred_units.check(said("PAYEMS", "Thousands of Persons"), catalogue.info("fred:PAYEMS"))
    with pytest.raises(UnitMismatch):
        fred_units.check(said("UNRATE", "Billions of Dollars"), catalogue.info("fred:UNRATE"))
    with pytest.raises(FrequencyMismatch):
        fred_units.check(said("UNRATE", "Percent", "Q"), catalogue.info("fred:UNRATE"))


def test_a_file_is_nobodys_to_pull(tmp_path: Path) -> None:
    declared(tmp_path)
    done = run(tmp_path, "pull", "csv:orders", "--dry-run", "--json", REPORTER_STORE=str(tmp_path / "store.sqlite"))
    assert json.loads(done.stdout) == {"requests": [], "unasked": []}
