"""A store carried elsewhere, and taken into another one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reporter.errors import DataError
from reporter.model.observations import Form
from reporter.store import Store
from reporter.store.check import check, counts
from reporter.store.transfer import export, take_in
from tests.pulled import layer, pull
from tests.test_store import D1, D2, D3, QUARTERS, dump, seen, values

LATER = {"2029Q2": "100.0", "2029Q3": "102.0", "2029Q4": "103.0"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "store.sqlite"
    pull(made, D1, layer(QUARTERS, D1))
    pull(made, D2, layer(LATER, D2))
    return made


def test_with_its_payloads_a_store_comes_back_to_the_byte(path: Path, tmp_path: Path) -> None:
    export(Store(path), tmp_path / "held.gz", payloads=True)
    assert take_in(Store(tmp_path / "other.sqlite"), tmp_path / "held.gz") == 2
    assert dump(tmp_path / "other.sqlite") == dump(path)


def test_payloads_that_came_through_fred_stay_at_home(path: Path, tmp_path: Path) -> None:
    export(Store(path), tmp_path / "held.gz")
    with gzip.open(tmp_path / "held.gz", "rt", encoding="utf-8") as lines:
        bodies = [row["body"] for table, row in map(json.loads, list(lines)[1:]) if table == "payload"]
    assert bodies == [None, None]
    other = Store(tmp_path / "other.sqlite")
    take_in(other, tmp_path / "held.gz")
    assert check(other) == ()
    assert counts(other) == {**counts(Store(path)), "payloads": 0}
    assert values(seen(other.path, D1)) == QUARTERS


def test_the_same_store_makes_the_same_bytes(path: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(Store(path), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_both_have_is_taken_in_once(path: Path, tmp_path: Path) -> None:
    export(Store(path), tmp_path / "held.gz")
    before = dump(path)
    assert take_in(Store(path), tmp_path / "held.gz") == 0
    assert dump(path) == before


def test_another_store_is_woven_in_by_its_days(path: Path, tmp_path: Path) -> None:
    """Each day reads as it was pulled, whichever of the two stores it was pulled to."""
    other, between = tmp_path / "other.sqlite", date(2030, 3, 20)
    pull(other, date(2030, 2, 1), layer({"2029Q2": "99.0"}, date(2030, 2, 1)))
    pull(other, between, layer({"2029Q2": "100.0", "2029Q3": "101.7"}, between))
    pull(other, D3, layer({**LATER, "2029Q4": "103.5"}, D3, form=Form.PATH))
    export(Store(other), tmp_path / "held.gz")
    assert take_in(Store(path), tmp_path / "held.gz") == 3
    assert check(Store(path)) == ()
    assert values(seen(path, D1)) == QUARTERS
    assert values(seen(path, between)) == {"2029Q2": "100.0", "2029Q3": "101.7"}
    assert values(seen(path, D2)) == LATER
    assert values(seen(path, D3)) == {**LATER, "2029Q4": "103.5"}


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def other_table(body: bytes) -> bytes:
    return gzip.compress(gzip.decompress(body).replace(b'["layer"', b'["sqlite_master"'))


def torn_reference(body: bytes) -> bytes:
    lines = gzip.decompress(body).splitlines(keepends=True)
    return gzip.compress(b"".join(line for line in lines if not line.startswith(b'["answer"')))


def a_letter(_: bytes) -> bytes:
    return b"Sir, the figures of last month"


def nothing(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("spoil", [cut, other_table, torn_reference, a_letter, nothing])
def test_another_file_is_refused_and_nothing_written(
    path: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    export(Store(path), tmp_path / "held.gz")
    (tmp_path / "held.gz").write_bytes(spoil((tmp_path / "held.gz").read_bytes()))
    other = Store(tmp_path / "other.sqlite")
    with pytest.raises(DataError, match="export of a store"):
        take_in(other, tmp_path / "held.gz")
    assert not other.exists() or counts(other)["pulls"] == 0
