"""A build pulls first what is due, goes on where nobody answers, and refuses what is stale if it is told to."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reporter import briefing, config, embedded
from reporter.commands.pull import progress
from reporter.commands.refresh import assert_fresh, pull_if_due
from reporter.config import Settings
from reporter.errors import StaleSeries
from reporter.store import Store, layers
from reporter.testing import Server, World

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TODAY = date(2026, 10, 22)  # table 5 has been due since the 18th
TOML = """
template = "briefings/sell-america.md.j2"
sections = ["method"]
[[coverage]]
label = "Positions"
series = "fred:IIPUSNETIQ"
[[coverage]]
label = "Holders"
series = "tic:table5:99996:pos"
"""


@pytest.fixture
def chosen(tmp_path: Path) -> briefing.Briefing:
    path = tmp_path / "small.toml"
    path.write_text(TOML, encoding="utf-8")
    return briefing.load(str(path))


@pytest.fixture
def server() -> Iterator[Server]:
    held = embedded.layers()
    wanted = ("fred:IIPUSNETIQ", *(key for key in held if key.startswith("tic:table5:")))
    with Server(World({key: held[key] for key in wanted}), TODAY) as running:
        yield running


def settings(folder: Path, urls: dict[str, str]) -> Settings:
    places = {"REPORTER_STORE": str(folder / "store.sqlite"), "REPORTER_CACHE": str(folder / "cache")}
    return config.load(folder, {**{k: v for k, v in urls.items() if k.endswith("_URL")}, **places})


def refresh(chosen: briefing.Briefing, held: Settings, day: date = TODAY) -> list[str]:
    said: list[str] = []
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    pull_if_due(chosen, held, moment, progress(quiet=True), said.append)
    return said


def test_only_what_is_due_is_asked_for_and_only_once_a_day(
    server: Server, chosen: briefing.Briefing, tmp_path: Path
) -> None:
    held = settings(tmp_path, server.environment)
    assert refresh(chosen, held) == []
    assert [asked.path for asked in server.asked] == ["/tic/slt_table5.txt"]  # the position is fresh until December
    assert refresh(chosen, held) == []
    assert len(server.asked) == 1
    assert refresh(chosen, held, date(2026, 10, 23)) == []
    assert len(server.asked) == 2


def test_an_edition_of_a_day_when_all_is_fresh_asks_nobody(
    server: Server, chosen: briefing.Briefing, tmp_path: Path
) -> None:
    assert refresh(chosen, settings(tmp_path, server.environment), date(2026, 10, 12)) == []
    assert server.asked == []


@pytest.fixture
def wall() -> Iterator[dict[str, str]]:
    """Addresses that take a connection and never say a word, as a firewall makes of every publisher."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield {f"REPORTER_{name}_URL": url for name in ("FRED", "ALFRED", "FRED_API", "BEA", "TIC")}


def test_without_a_network_it_is_said_within_five_seconds(
    wall: dict[str, str], chosen: briefing.Briefing, tmp_path: Path
) -> None:
    start = time.monotonic()
    (said,) = refresh(chosen, settings(tmp_path, wall))
    assert time.monotonic() - start < 5
    assert said.startswith("tic could not be pulled")
    with layers(Store(tmp_path / "store.sqlite")) as held:
        assert "tic:table5:99996:pos" in held  # what ships with the package is still there


def test_a_store_that_cannot_be_written_is_said_and_does_not_stop_the_build(
    server: Server, chosen: briefing.Briefing, tmp_path: Path
) -> None:
    held = settings(tmp_path, server.environment)
    (tmp_path / "store.sqlite").mkdir()
    (said,) = refresh(chosen, held)
    assert said.startswith("nothing could be pulled")


def test_strict_refuses_what_is_stale_and_names_it(chosen: briefing.Briefing, tmp_path: Path) -> None:
    held = settings(tmp_path, {})
    assert_fresh(chosen, held, date(2026, 10, 12))
    with pytest.raises(StaleSeries, match=r"table5:99996:pos ends with 2026-07.*2026-10-18.*--strict"):
        assert_fresh(chosen, held, TODAY)


def test_strict_looks_at_every_series_of_the_sections_and_at_no_frozen_one(tmp_path: Path) -> None:
    path = tmp_path / "whole.toml"
    path.write_text('template = "briefings/sell-america.md.j2"\nsections = ["holders"]\n', encoding="utf-8")
    whole = briefing.load(str(path))
    assert any(need.startswith("tic:mfhhis:") for need in whole.needs)
    assert_fresh(whole, settings(tmp_path, {}), date(2026, 6, 19))  # the history ended with December
    with pytest.raises(StaleSeries) as refused:
        assert_fresh(whole, settings(tmp_path, {}), TODAY)
    said = str(refused.value)
    assert "tic:table3:" in said
    assert "fred:DGS10 ends with" in said
    assert "mfhhis" not in said


def test_nobody_is_asked_for_frozen_history(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    old = TOML.replace("tic:table5:99996:pos", "tic:s1:99996:treas_net")
    path.write_text(old, encoding="utf-8")
    assert refresh(briefing.load(str(path)), settings(tmp_path, server.environment)) == []
    assert server.asked == []
