"""A pull against a server that answers as the publishers do, on days of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from reporter import config, embedded, freshness, schedule
from reporter.commands import pull as pull_command
from reporter.config import Settings
from reporter.errors import DataError, FetchError, ParseError, UnitMismatch
from reporter.http import Patience
from reporter.keys import NO_KEYS, Keys, Secret
from reporter.model.observations import Basis
from reporter.model.periods import Period
from reporter.model.series import Snapshot
from reporter.model.standing import State
from reporter.pull import Report
from reporter.pull.plan import expand
from reporter.pull.session import planned, pull
from reporter.store import Store, layers, snapshot
from reporter.store.asked import asked
from reporter.store.check import check, counts
from reporter.store.held import calendar_of
from reporter.testing import BEA_KEY, FRED_KEY, Fault, Server, World
from tests.support import ROOT

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SHORT = Patience(attempts=2, base=0.01)
KEYS = Keys({"fred": Secret(FRED_KEY), "bea": Secret(BEA_KEY)})
GDP, NIIP, ACCOUNT = "fred:GDP", "fred:IIPUSNETIQ", "fred:IEABC"
HOLDERS = "tic:table5:99996:pos"
SERIES = (GDP, NIIP, "fred:DTWEXBGS", HOLDERS, "tic:table5:42609:pos", "tic:table3:42609:for_treas_pos")
# Between them come new vintages of the position (24 June, 24 September), of table 5, and of everything of FRED's.
DAYS = (date(2026, 6, 20), date(2026, 7, 31), date(2026, 9, 26), date(2026, 10, 12))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    held = embedded.layers()
    wanted = (GDP, NIIP, ACCOUNT, "fred:DTWEXBGS", "bea:iip.position")
    tables = [key for key in held if key.startswith(("tic:table5:", "tic:table3:"))]
    return World({key: held[key] for key in (*wanted, *tables)})


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with Server(world, DAYS[-1]) as running:
        yield running


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> Settings:
    return at(server, tmp_path / "store.sqlite")


def at(server: Server, path: Path) -> Settings:
    places = {"REPORTER_STORE": str(path), "REPORTER_CACHE": str(path.parent / "cache")}
    keyless = {name: value for name, value in server.environment.items() if not name.endswith("_KEY")}
    return config.load(path.parent, {**keyless, **places})


def pulled(
    settings: Settings, day: date, series: Sequence[str] = SERIES, keys: Keys = NO_KEYS, *, vintages: bool = False
) -> Report:
    plan = planned(series, settings, keys, noon(day), vintages=vintages)
    return pull(plan, settings, keys, noon(day), lambda _done, _of, _about: None, patience=SHORT)


def seen(settings: Settings, day: date, series: Sequence[str] = SERIES) -> Snapshot:
    """What is at hand as of a day: what was pulled, above what ships with the package."""
    with layers(Store(settings.store)) as held:
        return snapshot(day, series, held)


def told(snap: Snapshot) -> dict[str, list[tuple[str, str, Basis, date, date]]]:
    return {
        key: [(str(o.period), str(o.value), o.basis, o.known_on, o.path) for o in series.between()]
        for key, series in snap.series.items()
    }


def test_a_second_pull_finds_nothing_new_and_is_sent_nothing(server: Server, settings: Settings) -> None:
    first = pulled(settings, DAYS[-1])
    assert first.exit_code == 0
    assert first.asked == 5  # three series of FRED's, two tables
    second = pulled(settings, DAYS[-1])
    assert (second.asked, second.unchanged, second.changes) == (5, 5, ())
    assert all(held.headers.get("If-None-Match") for held in server.asked[-5:])
    assert check(Store(settings.store)) == ()


def test_as_of_a_day_a_store_equals_what_a_pull_on_that_day_gave(server: Server, tmp_path: Path) -> None:
    """Values, days, basis and coherence; even the snapshot's id: what was pulled later leaves no trace."""
    grown = at(server, tmp_path / "grown.sqlite")
    whole = tuple(key for key in SERIES if key.startswith("fred:"))
    gave = {}
    for number, day in enumerate(DAYS):
        server.today = day
        assert pulled(grown, day).exit_code == 0
        gave[day] = (told(seen(grown, day)), seen(grown, day).id)  # before anything later is pulled
        fresh = at(server, tmp_path / f"fresh-{number}.sqlite")
        pulled(fresh, day, whole)
        rows = [told(seen(one, day, whole)) for one in (grown, fresh)]
        strip = [{key: [row[:3] for row in some] for key, some in each.items()} for each in rows]
        assert strip[0] == strip[1]
    for day in DAYS:
        assert (told(seen(grown, day)), seen(grown, day).id) == gave[day]
    assert len({seen(grown, day).id for day in DAYS}) == len(DAYS)


def test_each_days_values_are_coherent(server: Server, settings: Settings) -> None:
    for day in DAYS:
        server.today = day
        pulled(settings, day)
    for series in (NIIP, "fred:DTWEXBGS"):
        for day in DAYS:
            held = list(seen(settings, day, [series])[series].between())
            assert {o.basis for o in held} == {Basis.PUBLISHED}
            assert len({o.coherence for o in held}) == 1


def test_what_was_new_and_what_was_revised_is_reported(server: Server, settings: Settings) -> None:
    later = date(2027, 1, 5)
    held = embedded.layers()[GDP][-1]
    *before, last = held.values
    vintage = replace(held.vintage, id=f"{GDP}@{later}", known_on=later)
    made = replace(held, vintage=vintage, text=",".join([*before, str(Decimal(last) + 1), "33000.0"]))
    server.world = World({GDP: (held, made)})
    pulled(settings, DAYS[-1], [GDP])
    server.today = later
    (change,) = pulled(settings, later, [GDP]).changes
    assert [str(period) for period in change.new] == ["2026Q3"]
    assert [str(period) for period in change.revised] == ["2026Q2"]
    assert list(pull_command.lines([change])) == [f"{GDP}  new: 2026Q3; revised: 2026Q2"]


def test_a_failing_source_stops_no_other_and_sets_the_exit_code(server: Server, settings: Settings) -> None:
    server.fail(Fault.HTML, "fredgraph", times=9)
    server.fail(Fault.RENAMED_HEADER, "slt_table3")
    report = pulled(settings, DAYS[-1])
    assert report.exit_code == ParseError.exit_code
    assert {fault.source for fault in report.faults} == {"fred", "tic"}
    assert {change.series.split(":")[1] for change in report.changes} <= {"table5"}
    assert check(Store(settings.store)) == ()
    with Store(settings.store).reading() as connection, layers(Store(settings.store)) as held:
        standings = freshness.of_needs([NIIP, HOLDERS], held, connection, date(2026, 12, 20))
    assert standings[NIIP][0].asked.fault
    assert standings[HOLDERS][0].asked.read_on == DAYS[-1]


def test_what_failed_to_be_read_is_sent_in_full_the_next_time(server: Server, settings: Settings) -> None:
    server.fail(Fault.RENAMED_HEADER, "slt_table3")
    pulled(settings, DAYS[-1])
    report = pulled(settings, DAYS[-1])
    assert report.exit_code == 0
    assert not server.asked[-1].headers.get("If-None-Match") or report.unchanged == 4


def test_a_changed_scale_stops_that_series_and_is_not_written(server: Server, settings: Settings) -> None:
    server.fail(Fault.WRONG_UNIT, "id=GDP")
    report = pulled(settings, DAYS[-1], [GDP, NIIP])
    (fault,) = report.faults
    assert isinstance(fault.error, UnitMismatch)
    assert fault.about == GDP
    with Store(settings.store).reading() as connection:
        assert connection.execute("SELECT count(*) FROM layer WHERE series = ?", (GDP,)).fetchone() == (0,)
    assert pulled(settings, DAYS[-1], [GDP, NIIP]).exit_code == 0


def test_units_are_held_against_the_catalogue_where_there_is_a_key(server: Server, settings: Settings) -> None:
    server.fail(Fault.WRONG_UNIT, "series?series_id=GDP")
    report = pulled(settings, DAYS[-1], [GDP], KEYS)
    assert report.exit_code == UnitMismatch.exit_code
    assert report.changes == ()


@pytest.mark.parametrize("keys", [NO_KEYS, KEYS], ids=["without a key", "with a key"])
def test_past_vintages_fill_in_what_was_known_before_the_first_pull(
    server: Server, settings: Settings, keys: Keys
) -> None:
    report = pulled(settings, DAYS[-1], [ACCOUNT], keys, vintages=True)
    assert report.exit_code == 0
    assert sum(change.vintages for change in report.changes) > 10
    before = seen(settings, date(2026, 3, 26), [ACCOUNT])[ACCOUNT]
    want = server.world.values(ACCOUNT, date(2026, 3, 26))
    held = {o.period: o.value for o in before.between() if o.period in want and o.basis is Basis.PUBLISHED}
    assert held
    assert all(abs(value - int(float(want[period])) * 10**6) < 10**6 for period, value in held.items())
    again = pulled(settings, DAYS[-1], [ACCOUNT], keys, vintages=True)
    assert again.changes == ()


def test_no_key_is_kept_or_told(server: Server, settings: Settings) -> None:
    server.fail(Fault.BEA_ERROR, "ChgPos")
    report = pulled(settings, DAYS[-1], [GDP, "bea:iip.position"], KEYS, vintages=True)
    kept = b"".join(path.read_bytes() for path in settings.store.parent.rglob("*") if path.is_file())
    with Store(settings.store).reading() as connection:
        kept += "\n".join(map(str, connection.execute("SELECT * FROM answer").fetchall())).encode()
        for (sha256,) in connection.execute("SELECT sha256 FROM payload").fetchall():
            from reporter.store.write import payload  # noqa: PLC0415

            kept += payload(connection, sha256) or b""
    for key in (FRED_KEY, BEA_KEY):
        assert key.encode() not in kept
        assert key not in str(report)


def test_an_unchanged_answer_does_not_hide_a_missing_release(settings: Settings) -> None:
    """The publisher, or a cache before it, goes on answering 304; by the calendar a period is missing."""
    late = date(2027, 1, 20)
    pulled(settings, DAYS[-1], [NIIP])
    assert state(settings, NIIP, DAYS[-1]) is State.FRESH
    assert pulled(settings, late, [NIIP]).unchanged == 1
    assert state(settings, NIIP, late) is State.STALE


def test_due_is_what_nobody_has_asked_for_yet(server: Server, settings: Settings) -> None:
    out = date(2026, 12, 18)  # the day the third quarter comes out
    pulled(settings, DAYS[-1], [NIIP])
    assert state(settings, NIIP, out) is State.DUE
    pulled(settings, out, [NIIP])
    assert state(settings, NIIP, out) is State.DUE  # asked in the morning: it comes out in the course of the day
    server.fail(Fault.UNAVAILABLE, times=9)
    assert pulled(settings, date(2026, 12, 19), [NIIP]).exit_code == FetchError.exit_code
    assert state(settings, NIIP, date(2026, 12, 19)) is State.UNREACHABLE


def test_the_files_frozen_in_2023_are_stale_from_the_start(settings: Settings) -> None:
    assert state(settings, "tic:s1:99996:treas_net", date(2023, 4, 1)) is State.FRESH
    assert state(settings, "tic:s1:99996:treas_net", date(2026, 11, 22)) is State.STALE


def state(settings: Settings, series: str, day: date) -> State:
    store = Store(settings.store)
    with layers(store) as held:
        if not store.exists():
            return freshness.of_needs([series], held, None, day)[series][0].state
        with store.reading() as connection:
            return freshness.of_needs([series], held, connection, day)[series][0].state


def test_a_series_nobody_serves_is_named(settings: Settings) -> None:
    plan = planned(["tic:press:3", "bea:iip.position"], settings, NO_KEYS, noon(DAYS[0]))
    assert plan.unasked == ("tic:press:3", "bea:iip.position")
    assert plan.requests == ()


def test_patterns_reach_what_the_catalogue_has_and_nothing_pulled_yet() -> None:
    assert "tic:table1:42609:for_lt_eqty_pos" in expand(["tic:table1:*_pos"], [])
    with pytest.raises(DataError, match="no series"):
        expand(["tic:table9:*"], [])


# As a user runs it.


def run(server: Server, folder: Path, *words: str, keys: bool = False) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reporter", *words]
    return subprocess.run(
        command, check=False, env=environment(server, folder, keys=keys), cwd=folder, text=True, capture_output=True
    )


def environment(server: Server, folder: Path, *, keys: bool = False) -> dict[str, str]:
    held = {name: value for name, value in server.environment.items() if keys or not name.endswith("_KEY")}
    places = {"REPORTER_STORE": str(folder / "store.sqlite"), "REPORTER_CACHE": str(folder / "cache")}
    return {**os.environ, **held, **places, "PYTHONPATH": str(ROOT)}


def test_pull_status_and_check_as_a_user_runs_them(server: Server, tmp_path: Path) -> None:
    planned = run(server, tmp_path, "pull", GDP, HOLDERS, "--dry-run")
    assert planned.returncode == 0
    assert "fredgraph.csv?id=GDP" in planned.stdout
    assert server.asked == []
    done = run(server, tmp_path, "pull", GDP, HOLDERS)
    assert done.returncode == 0, done.stderr
    assert "asked 2" in done.stdout
    shown = run(server, tmp_path, "status", GDP)
    assert GDP in shown.stdout
    assert "2026Q2" in shown.stdout
    checked = run(server, tmp_path, "store", "check")
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "whole")
    assert run(server, tmp_path, "store", "export", "held.gz").returncode == 0
    assert "0 pulls added" in run(server, tmp_path, "store", "import", "held.gz").stdout


def test_a_failure_is_told_on_stderr_with_its_exit_code(server: Server, tmp_path: Path) -> None:
    server.fail(Fault.HTML, "slt_table5")
    done = run(server, tmp_path, "pull", GDP, HOLDERS, "--json", keys=True)
    assert done.returncode == FetchError.exit_code
    assert '"exit_code"' in done.stdout
    assert not any(key in done.stdout + done.stderr for key in (FRED_KEY, BEA_KEY))


@pytest.mark.parametrize("seed", range(2))
def test_ctrl_c_leaves_the_store_as_it_was(server: Server, tmp_path: Path, seed: int) -> None:
    assert run(server, tmp_path, "pull", GDP).returncode == 0
    store = Store(tmp_path / "store.sqlite")
    before = counts(store)
    server.fail(Fault.SILENT, "IIPUSNETIQ", times=9)
    command = [sys.executable, "-m", "reporter", "pull", NIIP, HOLDERS]
    child = subprocess.Popen(
        command, env=environment(server, tmp_path), cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 20
    while not any("IIPUSNETIQ" in str(held.query) for held in server.asked) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.1 * seed)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=20)
    assert child.returncode == 1
    assert "Aborted" in said
    assert counts(store) == before
    assert check(store) == ()


def test_what_was_dropped_because_another_answer_failed_is_fetched_anew(server: Server, settings: Settings) -> None:
    """FRED answered for the figures, and not for the unit they are in: nothing was kept, nothing may be skipped."""
    series = "fred:IIPUSASSQ"
    server.world = World({series: embedded.layers()[series]})
    server.fail(Fault.WRONG_UNIT, "series?series_id=")
    assert pulled(settings, DAYS[-1], [series], KEYS).exit_code == UnitMismatch.exit_code
    with Store(settings.store).reading() as connection:
        told = asked(connection, series, DAYS[-1])
        assert (told.read_on, told.tried_on) == (None, DAYS[-1])
        assert told.fault
    assert pulled(settings, DAYS[-1], [series], KEYS).unchanged == 0
    with Store(settings.store).reading() as connection:
        assert asked(connection, series, DAYS[-1]).read_on == DAYS[-1]


def test_todays_figures_are_kept_where_only_the_past_failed(server: Server, settings: Settings) -> None:
    server.fail(Fault.HTML, "alfredgraph", times=99)
    report = pulled(settings, DAYS[-1], [ACCOUNT], vintages=True)
    assert report.exit_code
    assert [change.series for change in report.changes] == [ACCOUNT]


def test_with_a_key_the_publishers_own_days_come_with_a_pull_and_stand_before_the_rule(
    server: Server, settings: Settings
) -> None:
    third = date(2026, 9, 25)  # three days later than the rule has it
    held_layers = embedded.layers()[GDP]
    vintage = replace(held_layers[-1].vintage, id=f"{GDP}@{third}", known_on=third)
    server.world = World({GDP: (*held_layers[:-1], replace(held_layers[-1], vintage=vintage))})
    assert pulled(settings, DAYS[-1], [GDP], KEYS).exit_code == 0
    asked_for = [held.path for held in server.asked]
    assert sum(path.endswith("release/dates") for path in asked_for) == 1
    period = Period.parse("2026Q2")
    with layers(Store(settings.store)) as held:
        today, before = calendar_of(held, DAYS[-1]), calendar_of(held, DAYS[0])
        assert (before.days, before.id) == ({}, "")  # an edition of an earlier day does not know them
        assert today.release_date("gdp", period) == third
        assert today.is_scheduled("gdp", period)
        seen = snapshot(DAYS[-1], [GDP], held)
        assert seen.inputs == (today.id,)
        assert seen[GDP].calendar.is_scheduled("gdp", period)
        assert schedule.ahead({GDP: period - 1}, DAYS[0], 200, today)[0].day == third


def test_a_calendar_that_cannot_be_had_costs_no_figure(server: Server, settings: Settings) -> None:
    server.fail(Fault.HTML, "release/dates", times=9)
    report = pulled(settings, DAYS[-1], [NIIP, GDP], KEYS)
    assert [fault.about for fault in report.faults] == ["fred_api:release:53"]
    with Store(settings.store).reading() as connection:
        assert asked(connection, GDP, DAYS[-1]).read_on == DAYS[-1]
