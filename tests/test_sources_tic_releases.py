"""The Treasury's latest release: files to layers, and what must stop one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reporter import catalogue, embedded, releases
from reporter.errors import ParseError, UnitMismatch
from reporter.model.observations import Layer
from reporter.model.periods import Period
from reporter.sources.base import Bases, Media, Request
from reporter.sources.tic import s1
from reporter.sources.tic_releases import FILES, Tic
from reporter.testing import World
from reporter.testing.faults import Fault, spoilt
from reporter.testing.reply import Reply
from reporter.testing.tic import file
from tests.support import PAYLOADS, SHARED_DATA

RELEASED = date(2026, 6, 18)
LOCAL = PAYLOADS / "official/tic/2026-06-18"
TOTAL = "99996"
APRIL = Period.parse("2026-04")


def real() -> Path:
    """The real files where they are at hand, else what was carried over of them."""
    return SHARED_DATA / "tic/2026-06-18" if SHARED_DATA else LOCAL


def request(table: str, *series: str) -> Request:
    return Request(f"tic:{table}", "tic", f"https://a/{FILES[table]}", (), series, Media.TSV)


def parsed(table: str, body: bytes) -> dict[str, Layer]:
    return {layer.series: layer for layer in Tic().parse(request(table), body, RELEASED)}


def test_a_file_is_asked_for_once_however_many_series_are_wanted() -> None:
    wanted = ["tic:table3:42609:for_treas_pos", "tic:table3:41408:for_treas_pos", "tic:table5:42609:pos", "tic:press:3"]
    third, fifth = Tic().requests([*wanted, "fred:GDP"], Bases(), {})
    assert third.address == (
        "https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents/slt_table3.txt"
    )
    assert (third.series, third.key, fifth.series) == (tuple(wanted[:2]), "", (wanted[2],))


@pytest.mark.parametrize("table", list(FILES))
def test_a_whole_file_gives_what_is_embedded_of_it(table: str) -> None:
    """Read live, the release of June 2026 is what was once carried over from it."""
    layers = parsed(table, (real() / FILES[table]).read_bytes())
    assert layers
    for series, layer in layers.items():
        held = [each for each in embedded.layers()[series] if each.vintage.id == layer.vintage.id]
        assert held, series
        assert held[0].unit == layer.unit
        assert {p: layer.at(p) for p in layer.periods()}.items() <= {
            p: held[0].at(p) for p in held[0].periods()
        }.items()


def test_the_identities_of_a_release_hold() -> None:
    """Table 1 equals table 3 for long-term Treasuries, classes sum to the total, table 5 is table 3 in billions."""
    first, third, fifth = (parsed(t, (real() / FILES[t]).read_bytes()) for t in ("table1", "table3", "table5"))
    for code in (TOTAL, "41408"):
        of_first, of_third = first[f"tic:table1:{code}:for_lt_treas_pos"], third[f"tic:table3:{code}:for_lt_treas_pos"]
        months = set(of_first.periods()) & set(of_third.periods())
        assert months
        assert all(of_first.at(month) == of_third.at(month) for month in months)
        classes = (first[f"tic:table1:{code}:for_lt_{kind}_pos"] for kind in ("treas", "agcy", "corp", "eqty"))
        total = first[f"tic:table1:{code}:for_lt_total_pos"]
        assert abs(sum(int(each.at(APRIL)) for each in classes) - int(total.at(APRIL))) <= 2  # each is rounded
        billions = Decimal(fifth[f"tic:table5:{code}:pos"].at(APRIL))
        assert abs(billions - Decimal(third[f"tic:table3:{code}:for_treas_pos"].at(APRIL)) / 1000) <= Decimal("0.05")


def test_short_term_net_is_the_change_in_the_short_term_position() -> None:
    third = parsed("table3", (real() / FILES["table3"]).read_bytes())
    held, net = third[f"tic:table3:{TOTAL}:for_st_treas_pos"], third[f"tic:table3:{TOTAL}:for_st_treas_net"]
    months = [m for m in net.periods() if held.at(m) and held.at(m - 1)]
    assert months
    assert all(int(held.at(m)) - int(held.at(m - 1)) == int(net.at(m)) for m in months)


@pytest.mark.parametrize("table", list(FILES))
def test_another_unit_above_the_head_stops_the_table(table: str) -> None:
    reply = spoilt(Reply((LOCAL / FILES[table]).read_bytes()), Fault.WRONG_UNIT)
    with pytest.raises(
        UnitMismatch, match=f"{FILES[table]}: says it is in (b|m)illions of dollars, the catalogue usd_"
    ):
        parsed(table, reply.body)


def test_a_file_that_says_no_unit_is_refused() -> None:
    body = (LOCAL / FILES["table3"]).read_bytes().replace(b"Millions of dollars", b"")
    with pytest.raises(ParseError, match=r"slt_table3.txt: says nowhere above its head what its unit is; it starts"):
        parsed("table3", body)


@pytest.mark.parametrize("table", ["table1", "table2", "table3", "table5"])
def test_a_head_that_moved_is_found_and_one_that_was_renamed_is_not(table: str) -> None:
    plain = Reply((LOCAL / FILES[table]).read_bytes())
    moved = parsed(table, spoilt(plain, Fault.MOVED_HEADER).body)
    assert {k: v.text for k, v in moved.items()} == {k: v.text for k, v in parsed(table, plain.body).items()}
    with pytest.raises(ParseError, match="no head"):
        parsed(table, spoilt(plain, Fault.RENAMED_HEADER).body)


def test_a_column_that_is_gone_is_missed_by_name() -> None:
    body = (LOCAL / FILES["table3"]).read_bytes().replace(b"\tfor_treas_pos", b"\tfor_treasuries_pos")
    asked = request("table3", f"tic:table3:{TOTAL}:for_treas_pos", f"tic:table3:{TOTAL}:for_st_treas_net")
    with pytest.raises(ParseError, match=r"slt_table3.txt: it has no values any more in for_treas_pos$"):
        Tic().parse(asked, body, RELEASED)


def holders_world() -> bytes:
    return file(World(embedded.layers()), RELEASED, FILES["table5"]).body


def test_a_country_new_to_the_list_of_holders_is_a_series_like_any_other() -> None:
    """Its own series, and not that of whoever left: “All Other” is not comparable, each holder is."""
    before = parsed("table5", holders_world())
    after = parsed("table5", spoilt(Reply(holders_world()), Fault.CHANGED_ROSTER).body)
    assert set(after) - set(before) == {"tic:table5:11002:pos"}
    assert set(before) - set(after) == {"tic:table5:12203:pos"}
    assert catalogue.info("tic:table5:11002:pos").title == "US Treasuries held by Germany (major holders)"


def test_a_holder_of_an_unknown_name_is_not_dropped_in_silence() -> None:
    with pytest.raises(ParseError, match=r"slt_table5.txt: a holder no area has the name of, 'Atlantis': renamed\?"):
        parsed("table5", spoilt(Reply(holders_world()), Fault.UNKNOWN_HOLDER).body)


@pytest.mark.parametrize("table", list(FILES))
def test_the_test_server_writes_what_the_source_reads(table: str) -> None:
    """From layers to a file and back: the format is one, seen from both ends."""
    world = World({key: held for key, held in embedded.layers().items() if key.startswith(f"tic:{table}:")})
    read = parsed(table, file(world, RELEASED, FILES[table]).body)
    assert read
    for series, layer in read.items():
        known = world.values(series, RELEASED)
        assert {p: layer.at(p) for p in layer.periods()}.items() <= known.items()


def test_the_frozen_files_are_stale() -> None:
    folder = SHARED_DATA or PAYLOADS / "official"
    last = max(row.month for row in s1((folder / "tic/frozen-2023/s1_globl.txt").read_bytes()))
    assert releases.is_stale(catalogue.info("tic:s1:99996:treas_net"), last, date(2026, 11, 22))
