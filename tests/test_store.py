"""The store's file: written whole or not at all, never taken back, read as of any day."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from reporter import embedded
from reporter.errors import ConfigError, DataError
from reporter.model.observations import Basis, Form, Layer
from reporter.model.periods import Period
from reporter.model.series import Series, Snapshot
from reporter.model.standing import NEVER
from reporter.sqlite import statements
from reporter.store import Store, database, layers, snapshot
from reporter.store.asked import Kept, asked, kept
from reporter.store.check import check, counts
from reporter.store.database import KIND
from reporter.store.schema import MIGRATIONS, TABLES
from reporter.store.write import Pull, record
from tests.pulled import GDP, answer, layer, moment, pull, sha256
from tests.support import PAYLOADS, ROOT

D1, D2, D3 = date(2030, 3, 1), date(2030, 4, 1), date(2030, 5, 1)
QUARTERS = {"2029Q2": "100.0", "2029Q3": "101.0"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.sqlite"


def seen(path: Path, day: date, series: str = GDP) -> Series:
    with layers(Store(path), {}) as held:
        return snapshot(day, [series], held)[series]


def values(series: Series) -> dict[str, str]:
    return {str(each.period): format(each.value.scaleb(-9), "f") for each in series.between()}


def test_reading_makes_no_file(path: Path) -> None:
    with layers(Store(path)) as held:
        assert held is embedded.layers()
    assert not path.exists()
    with pytest.raises(DataError, match="reporter pull"), Store(path).reading():
        pass


def test_each_day_sees_what_was_pulled_by_it(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    (changed,) = pull(path, D2, layer({"2029Q2": "100.0", "2029Q3": "102.0", "2029Q4": "103.0"}, D2))
    assert (changed.new, changed.revised) == ((Period.parse("2029Q4"),), (Period.parse("2029Q3"),))
    assert values(seen(path, D1)) == {"2029Q2": "100.0", "2029Q3": "101.0"}
    assert values(seen(path, D2)) == {"2029Q2": "100.0", "2029Q3": "102.0", "2029Q4": "103.0"}
    assert {each.coherence for each in seen(path, D2).between()} == {
        ("path", D2)
    }  # one vintage, though kept as changes


def test_nothing_new_writes_no_observation(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    assert pull(path, D2, layer(QUARTERS, D2)) == ()
    assert counts(Store(path)) == {"pulls": 2, "answers": 2, "payloads": 1, "vintages": 1, "series": 1}


def test_a_pull_is_written_once(path: Path) -> None:
    first = pull(path, D1, layer(QUARTERS, D1), uid="same")
    assert first
    assert pull(path, D2, layer({"2029Q2": "1"}, D2), uid="same") == ()
    assert counts(Store(path))["pulls"] == 1


def test_what_the_floor_has_is_not_written_again(path: Path) -> None:
    floor = {GDP: (layer(QUARTERS, D1),)}
    assert pull(path, D2, layer(QUARTERS, D2), floor=floor) == ()
    assert counts(Store(path))["series"] == 0
    (changed,) = pull(path, D3, layer({**QUARTERS, "2029Q4": "103.0"}, D3), floor=floor)
    assert changed.new == (Period.parse("2029Q4"),)
    assert changed.revised == ()


def test_a_vintage_of_a_newer_package_between_two_pulls_mixes_with_neither(path: Path) -> None:
    """Changes kept relative to a pull must not be read upon a vintage that came in from elsewhere."""
    pull(path, D1, layer(QUARTERS, D1))
    pull(path, D3, layer({**QUARTERS, "2029Q4": "103.0"}, D3))
    between = layer({"2029Q2": "100.0", "2029Q3": "101.5"}, D2)
    with layers(Store(path), {GDP: (between,)}) as held:
        late = snapshot(D3, [GDP], held)[GDP]
        middle = snapshot(D2, [GDP], held)[GDP]
    assert values(late) == {"2029Q2": "100.0", "2029Q3": "101.0", "2029Q4": "103.0"}
    assert {each.path for each in late.between()} == {D3}
    assert {str(each.period): (str(each.path), each.basis) for each in middle.between()} == {
        "2029Q2": (str(D2), Basis.PUBLISHED),
        "2029Q3": (str(D2), Basis.PUBLISHED),
        "2029Q4": (str(D3), Basis.BACKFILLED),
    }


def test_more_digits_are_no_revision(path: Path) -> None:
    entry = layer({"2029Q2": "100"}, D1)
    rounded = Layer(GDP, entry.vintage, entry.unit, entry.first, "100", step=Decimal(10))
    (changed,) = pull(path, D2, layer({"2029Q2": "104.2"}, D2), floor={GDP: (rounded,)})
    assert (changed.new, changed.revised, changed.refined) == ((), (), 1)


def test_a_period_that_was_not_there_when_looked_for_is_not_filled_in(path: Path) -> None:
    """By rule GDP's last quarter of 2029 comes out on 25 March 2030; the publisher was late."""
    late = date(2030, 3, 28)
    pull(path, late, layer(QUARTERS, late))
    pull(path, D2, layer({**QUARTERS, "2029Q4": "103.0"}, D2))
    assert Period.parse("2029Q4") not in seen(path, late)
    assert Period.parse("2029Q4") in seen(path, D2)


def test_a_release_between_two_pulls_is_filled_in_from_the_later_one(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    pull(path, D2, layer({**QUARTERS, "2029Q4": "103.0"}, D2))
    between = seen(path, date(2030, 3, 27))[Period.parse("2029Q4")]
    assert (between.basis, between.known_on) == (Basis.BACKFILLED, date(2030, 3, 25))


def test_what_came_later_leaves_the_snapshot_of_a_day_of_a_pull_as_it_was(path: Path, tmp_path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    pull(path, D2, layer({"2029Q2": "99.0", "2029Q4": "103.0"}, D2))
    alone = tmp_path / "alone.sqlite"
    pull(alone, D1, layer(QUARTERS, D1))

    def snap(where: Path) -> Snapshot:
        with layers(Store(where), {}) as held:
            return snapshot(D1, [GDP], held)

    assert snap(path).id == snap(alone).id


def test_a_withdrawn_value_is_missing_from_its_day_on(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    pull(path, D2, layer({"2029Q2": "100.0"}, D2))
    assert values(seen(path, D1)) == QUARTERS
    assert values(seen(path, D2)) == {"2029Q2": "100.0"}


def test_two_payloads_of_one_day_keep_names_of_their_own(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    pull(path, D1, layer({**QUARTERS, "2029Q3": "105.0"}, D1))
    assert values(seen(path, D1)) == {"2029Q2": "100.0", "2029Q3": "105.0"}
    assert seen(path, D1)[Period.parse("2029Q3")].vintage.id == f"{GDP}@{D1}.2"


def test_past_vintages_fill_in_what_was_before_the_first_pull(path: Path) -> None:
    pull(path, D3, layer({"2029Q2": "100.0", "2029Q3": "102.0"}, D3))
    past = [
        layer(QUARTERS, D1, form=Form.REVISION, name="alfred:GDP"),
        layer({"2029Q3": "101.5"}, D2, form=Form.REVISION, name="alfred:GDP"),
    ]
    (changed,) = pull(path, D3, *past, uid="the past")
    assert changed.vintages == 2
    assert [values(seen(path, day))["2029Q3"] for day in (D1, D2, D3)] == ["101.0", "101.5", "102.0"]
    assert {each.path for each in seen(path, D2).between()} == {D2}


def test_the_store_forgets_nothing(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    for table in TABLES:
        with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(f"DELETE FROM {table}")  # noqa: S608 -- our own tables
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("UPDATE layer SET text = '0'")


def test_what_was_asked_is_remembered(path: Path) -> None:
    store = Store(path)
    told = answer(GDP, D1, b"body", series=[GDP])
    record(store, Pull("1", D1, moment(D1), "a test"), [told], [], {})
    record(store, Pull("2", D2, moment(D2), "a test"), [answer(GDP, D2, series=[GDP], fault="no answer")], [], {})
    with store.reading() as connection:
        before, after = asked(connection, GDP, D1), asked(connection, GDP, D2)
        assert asked(connection, "fred:IEABC", D2) == NEVER
        assert kept(connection, GDP) == Kept()  # what failed is asked for in full
    assert (before.read_on, before.fault) == (D1, "")
    assert (after.read_on, after.tried_on, after.fault) == (D1, D2, "no answer")


def test_a_fault_in_the_middle_of_a_pull_leaves_nothing_of_it(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    before = dump(path)
    broken = Layer(GDP, layer(QUARTERS, D2).vintage, layer(QUARTERS, D2).unit, Period.parse("2029Q2"), "1,not a number")
    with pytest.raises(ArithmeticError):
        pull(path, D2, layer({"2029-10": "1"}, D2, series="fred:BOPGSTB"), broken)
    assert dump(path) == before


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


KILLED = """
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tests.pulled import layer, pull
day = date(2030, 1, 1)
for at in range(10_000):
    values = {f"{1950 + q // 4}Q{q % 4 + 1}": f"{q}.{at}" for q in range(300)}
    pull(Path(sys.argv[1]), day + timedelta(at), *(layer(values, day + timedelta(at), series=s) for s in sys.argv[2:]))
    print(at, flush=True)
"""
PAIR = ("fred:GDP", "fred:FDHBFIN")  # both come with every pull


def child(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path), *PAIR], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_a_store_is_whole(path: Path, seed: int) -> None:
    with child(path) as process:
        assert process.stdout
        process.stdout.readline()  # the first pull is in
        time.sleep(random.Random(seed).uniform(0, 0.3))  # noqa: S311 -- a moment, not a secret
        process.send_signal(signal.SIGKILL)
        said = [int(line) for line in process.stdout.read().split()]
    assert check(Store(path)) == ()
    with Store(path).reading() as connection:
        (pulls,) = connection.execute("SELECT count(*) FROM pull").fetchone()
        per_series = [
            n for (n,) in connection.execute("SELECT count(*) FROM layer GROUP BY series ORDER BY series").fetchall()
        ]
    assert pulls >= max(said, default=0) + 1  # what was told of stays
    assert per_series == [pulls, pulls]  # no pull is there by half
    assert pull(path, date(2031, 1, 1), layer(QUARTERS, date(2031, 1, 1)))


def test_two_pulls_at_once_leave_both(path: Path) -> None:
    script = KILLED.replace("10_000", "12")
    days = ("date(2030, 1, 1)", "date(2032, 1, 1)")
    processes = [
        subprocess.Popen([sys.executable, "-c", script.replace(days[0], day), str(path), *PAIR], cwd=ROOT, stdout=-3)
        for day in days
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert counts(Store(path))["pulls"] == 24
    assert check(Store(path)) == ()
    assert values(seen(path, date(2030, 1, 12)))["1950Q2"] == "1.11"
    assert values(seen(path, date(2032, 1, 12)))["1950Q2"] == "1.11"


def recorded(version: int) -> Path:
    return PAYLOADS / "store" / f"version-{version}.sql"


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_store_of_every_released_version_is_read_and_written(path: Path, version: int) -> None:
    """`tests/payloads/store` holds a store as each version made it; a version without one is not released."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(recorded(version).read_text(encoding="utf-8"))
        raw.execute(f"PRAGMA application_id = {0x52505452}")
        raw.execute(f"PRAGMA user_version = {version}")
    assert check(Store(path)) == ()
    assert values(seen(path, D1)) == QUARTERS
    assert values(seen(path, D2)) == {"2029Q2": "100.0", "2029Q3": "102.0", "2029Q4": "103.0"}
    pull(path, D3, layer({"2029Q2": "100.0", "2029Q3": "102.0", "2029Q4": "104.0"}, D3))
    assert values(seen(path, D3))["2029Q4"] == "104.0"


def test_the_recorded_store_is_what_its_version_makes(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    pull(path, D2, layer({"2029Q2": "100.0", "2029Q3": "102.0", "2029Q4": "103.0"}, D2))
    text = "\n".join(dump(path)) + "\n"
    assert text == recorded(len(MIGRATIONS)).read_text(encoding="utf-8")


def test_a_migration_is_made_whole_or_not_at_all(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    before = dump(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        script = "ALTER TABLE pull ADD COLUMN note TEXT;\nINSERT INTO nowhere VALUES (1);\n"
        with pytest.raises(sqlite3.OperationalError):
            KIND.bring_up(raw, path, (*MIGRATIONS, script))
        assert raw.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert dump(path) == before


def test_a_migration_keeps_what_there_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    more = (*MIGRATIONS, "ALTER TABLE pull ADD COLUMN note TEXT NOT NULL DEFAULT '';\n")
    monkeypatch.setattr(database, "MIGRATIONS", more)
    assert values(seen(path, D1)) == QUARTERS
    with Store(path).reading() as connection:
        assert connection.execute("SELECT note FROM pull").fetchall() == [("",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (len(more),)


def spoil_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")


def not_ours(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE films (title TEXT)")


def not_sqlite(path: Path) -> None:
    path.write_bytes(b"a letter to the editor, rather long: " * 200)


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (spoil_version, ConfigError, "newer"),
        (not_ours, ConfigError, "not a store of reporter"),
        (not_sqlite, DataError, "not a whole store"),
    ],
)
def test_a_file_that_is_no_store_of_ours_is_named(
    path: Path, spoil: Callable[[Path], None], error: type[Exception], said: str
) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    spoil(path)
    with pytest.raises(error, match=said), Store(path).reading():
        pass


def test_check_finds_what_is_wrong(path: Path) -> None:
    pull(path, D1, layer(QUARTERS, D1))
    assert check(Store(path)) == ()
    with closing(sqlite3.connect(path)) as raw:
        for table in ("payload", "layer"):
            raw.execute(f"DROP TRIGGER {table}_update")
        raw.execute("UPDATE payload SET body = x'00', size = 1")
        raw.execute("UPDATE layer SET text = '100.0,many', whole = 0")
        raw.commit()
    said = check(Store(path))
    assert [word for word in ("unpacked", "not whole", "not numbers") if not any(word in each for each in said)] == []


def test_statements_split_a_script_without_tearing_a_trigger() -> None:
    script = "CREATE TABLE a (b);\nCREATE TRIGGER t BEFORE UPDATE ON a BEGIN SELECT RAISE(ABORT, 'no; never'); END;\n"
    assert len(list(statements(script))) == 2


def test_many_vintages_of_a_series_are_added_at_once(path: Path) -> None:
    """As ALFRED's of a daily series are: each holds what changed, and is kept as that."""
    days = [D1 + timedelta(at) for at in range(400)]
    chain = [layer({"2029Q3": str(at)}, day, form=Form.REVISION, name="alfred:GDP") for at, day in enumerate(days)]
    (changed,) = pull(path, days[-1] + timedelta(1), *chain)
    assert changed.vintages == 400
    assert values(seen(path, days[123])) == {"2029Q3": "123"}
    assert sha256(b"") != chain[0].vintage.sha256
