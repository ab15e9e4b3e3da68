"""`reporter verify --live`: what an edition rests on is read again from its sources, as of the stored vintage."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from reporter import embedded, store
from reporter.cli import reporter
from reporter.errors import ProofError
from reporter.http import Client, Pacer
from reporter.keys import Keys, Secret
from reporter.model.observations import Form, Observation
from reporter.model.periods import Period
from reporter.proof import live
from reporter.proof.live import Found, Live
from reporter.testing import BEA_KEY, Fault, Server, World
from tests.proof_made import published

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

DAY = date(2026, 11, 22)
FEBRUARY = date(2026, 2, 6)
NET, CAUSES = "fred:IIPUSNETIQ", "bea:iip.transactions"
TREASURIES, PRINTED = "tic:table3:42609:for_treas_pos", "tic:s1:99996:treas_net"
SERIES = (NET, CAUSES, TREASURIES, PRINTED)
KEYS = Keys({"bea": Secret(BEA_KEY)})


def seen(day: date, *series: str) -> list[Observation]:
    """The last four observations of each series, as known on a day."""
    held = store.snapshot(day, series)
    return [held[key][period] for key in series for period in held[key].periods[-4:]]


@pytest.fixture(scope="module")
def world() -> World:
    whole = embedded.layers()
    tables = [key for key in whole if key.startswith(("tic:table3:42609", "tic:table5:", "tic:table1:42609", "fred:"))]
    return World({key: whole[key] for key in (*tables, *SERIES)})


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with Server(world, DAY) as running:
        yield running


def read_again(server: Server, folder: Path, some: list[Observation], keys: Keys = KEYS) -> Live:
    plan = live.plan(some, keys, server.bases)
    with Client(keys, Pacer(folder / "slots.sqlite"), sleep=lambda _: None) as client:
        return live.reread(some, plan, client, DAY, lambda *_: None)


def found(reread: Live) -> dict[str, set[Found]]:
    held: dict[str, set[Found]] = {}
    for each in reread.reread:
        held.setdefault(each.stored.series.id, set()).add(each.found)
    return held


def test_each_source_is_asked_for_what_it_can_tell(server: Server, tmp_path: Path) -> None:
    reread = read_again(server, tmp_path, seen(DAY, *SERIES))
    assert found(reread) == {
        NET: {Found.SAME},
        CAUSES: {Found.SAME_TODAY},
        TREASURIES: {Found.SAME_TODAY},
        PRINTED: {Found.UNASKED},
    }
    assert reread.exit_code == 0


def test_the_archive_is_asked_as_of_the_stored_vintage_and_not_of_today(server: Server, tmp_path: Path) -> None:
    """2025Q3 was −27.61 trillion in February and is −22.04 now: in February's edition the former is right."""
    some = seen(FEBRUARY, NET)
    reread = read_again(server, tmp_path, some)
    assert found(reread) == {NET: {Found.SAME}}
    days = {each.vintage.known_on for each in some}
    asked = [repr(one) for one in server.asked if "alfredgraph" in repr(one)]
    assert asked
    assert all(any(str(day) in line for line in asked) for day in days)


def test_a_release_that_rounds_what_the_archive_has_in_full_agrees(server: Server, tmp_path: Path) -> None:
    (stored,) = [each for each in seen(DAY, NET) if each.period == Period.parse("2026Q2")]
    rounded = replace(stored, value=round(stored.value, -10), step=Decimal(10**10))
    assert rounded.value != stored.value
    assert found(read_again(server, tmp_path, [rounded])) == {NET: {Found.SAME}}
    beyond = replace(rounded, value=rounded.value + 10**10)
    assert found(read_again(server, tmp_path, [beyond])) == {NET: {Found.OTHER}}


def test_a_figure_the_archive_does_not_have_is_contradicted(server: Server, tmp_path: Path) -> None:
    stored = seen(DAY, NET)[-1]
    other = replace(stored, value=stored.value + stored.step)
    later = replace(stored, period=stored.period + 1)
    earlier = replace(stored, vintage=replace(stored.vintage, known_on=date(2001, 1, 1), form=Form.PATH))
    reread = read_again(server, tmp_path, [other, later, earlier])
    assert found(reread) == {NET: {Found.OTHER}}
    assert "is stored, its source has no figure as of 2026-10-10" in reread.reread[1].told
    assert len(reread.to_json()["contradicted"]) == 3


def test_what_a_source_without_vintages_has_otherwise_is_told_and_is_no_failure(server: Server, tmp_path: Path) -> None:
    stored = replace(seen(DAY, TREASURIES)[-1], value=Decimal(1))
    reread = read_again(server, tmp_path, [stored])
    assert found(reread) == {TREASURIES: {Found.OTHER_TODAY}}
    assert reread.to_json()["changed"][0].startswith(f"{TREASURIES} {stored.period}: 1 is stored, its source has ")
    assert reread.exit_code == 0


def test_without_a_key_bea_is_not_asked(server: Server, tmp_path: Path) -> None:
    assert found(read_again(server, tmp_path, seen(DAY, CAUSES), Keys({}))) == {CAUSES: {Found.UNASKED}}


@pytest.mark.parametrize(("fault", "code"), [(Fault.HTML, 3), (Fault.UNAVAILABLE, 3), (Fault.RENAMED_HEADER, 4)])
def test_a_source_that_fails_contradicts_nothing(server: Server, tmp_path: Path, fault: Fault, code: int) -> None:
    server.fail(fault, "alfredgraph", 99)
    reread = read_again(server, tmp_path, seen(DAY, NET, TREASURIES))
    assert found(reread) == {NET: {Found.UNREAD}, TREASURIES: {Found.SAME_TODAY}}
    assert reread.exit_code == code
    assert len(reread.faults) == 1


def test_the_command_reads_again_and_names_what_is_contradicted(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = published()
    for name in ("facts.json", "index.html", "briefing.pdf"):
        (tmp_path / name).write_bytes(made.files[name])
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTER_CACHE", str(tmp_path / "cache"))
    done = CliRunner().invoke(reporter, ["verify", "briefing.pdf", "--live", "--json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)
    assert row["live"]["same_today"] > 100
    assert row["live"]["other"] == row["live"]["unread"] == 0
    assert not any(secret in done.output for secret in (BEA_KEY, os.environ["REPORTER_FRED_KEY"]))

    told = CliRunner().invoke(reporter, ["verify", ".", "--live"])
    assert f"read again: {sum(row['live'][str(f).replace(' ', '_')] for f in Found):,} observations" in told.output


def test_a_contradicted_edition_fails_the_command(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reporter.commands import verify as command  # noqa: PLC0415 -- the module, not the command of its name

    stored = seen(DAY, NET)[-1]
    told = read_again(server, tmp_path, [replace(stored, value=stored.value + stored.step)])
    monkeypatch.setattr(command, "_reread", lambda *_, **__: told)
    (tmp_path / "briefing.pdf").write_bytes(published().pdf)
    done = CliRunner().invoke(reporter, ["verify", str(tmp_path / "briefing.pdf"), "--live"])
    assert isinstance(done.exception, ProofError)
    assert str(done.exception).startswith(f"not what its source says: {NET} 2026Q2: ")
