"""The list: who may be written to, what comes in and out as a table, what an erasure leaves."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.cli import reporter
from reporter.errors import ConfigError, DataError
from reporter.keys import Secret
from reporter.mail import people_file
from reporter.mail.addresses import BadEntry, clean_name, normalised
from reporter.mail.people import Consent, People, State, Subscriber
from reporter.mail.people_csv import COLUMNS, export, export_to, take_in
from reporter.mail.tokens import Tokens
from tests.people_made import AT, CONSENT, SECRET, imported, made, sendable

TRIGGERS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def states(held: People) -> dict[str, str]:
    return {row.address: row.state.value for row in held.rows()}


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        (" Ann.Lee+news@EXAMPLE.org ", "Ann.Lee+news@example.org"),
        ("ann@bücher.example.org", "ann@xn--bcher-kva.example.org"),
        ("o'hara@example.org", "o'hara@example.org"),
    ],
)
def test_an_address_is_kept_as_it_goes_onto_the_wire(given_text: str, kept: str) -> None:
    assert normalised(given_text) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "ann",
        "@example.org",
        "ann@",
        "ann@localhost",
        "ann@[192.0.2.1]",
        '"ann lee"@example.org',
        "ann..lee@example.org",
        "ann@example.org\nBcc: bob@example.org",
        "ann@example.org, bob@example.org",
        "ann\r@example.org",
        "änn@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.org",
        "ann@exam ple.org",
        "<ann@example.org>",
        "ann@example..org",
        "ann@-example.org",
        "",
    ],
)
def test_what_is_no_plain_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadEntry) as caught:
        normalised(text)
    assert not text or text not in str(caught.value)


@given(st.one_of(st.emails(), st.from_regex(r"[a-z.+'=-]{1,8}@[a-zA-Z0-9.-]{1,12}\.(org|com)", fullmatch=True)))
def test_an_address_is_taken_exactly_where_the_library_takes_it(text: str) -> None:
    try:
        told = validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        told = None
    try:
        found = normalised(text)
    except BadEntry:
        found = None
    assert found == told


@pytest.mark.parametrize(
    "name",
    [
        "Ann\nBcc: bob@example.org",
        "Ann\rLee",
        "Ann\0",
        "Ann\u2028Lee",
        "=?utf-8?q?Ann=0D=0ABcc=3A_bob?=",
        "=?utf-8?b?Cg==?=",
        "=?nonsense?q?x?=",
        "\u202eeeL nnA",
        "x" * 201,
    ],
)
def test_a_name_that_could_break_out_of_a_header_is_refused(name: str) -> None:
    with pytest.raises(BadEntry):
        clean_name(name)


def test_a_name_is_a_line_of_anybodys_letters() -> None:
    for name in ("Zoë O’Hara", "李小龍", "می‌خواهم", "<b>Ann</b> & Söhne", "=?not a word", "A=?B"):
        assert clean_name(f"  {name} ") == name


def test_only_the_active_may_be_written_to(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org", "bob@example.org", "cat@example.org")
    held.add("dan@example.org", "Dan", None, AT)
    held.remove("ann@example.org", AT)
    cat = held.find("cat@example.org")
    assert cat
    held.suppress(cat.id, "hard bounce", "550 no such user", AT)
    assert sendable(held) == ["bob@example.org"]
    suppressed = held.get(cat.id)
    assert suppressed
    assert (suppressed.state, suppressed.reason, suppressed.detail) == ("suppressed", "hard bounce", "550 no such user")
    assert held.counts() == {"pending": 1, "active": 1, "left": 1, "suppressed": 1, "erased": 0}


def test_an_address_is_one_whatever_its_case(tmp_path: Path) -> None:
    held = made(tmp_path, "Ann@Example.org")
    again = held.add("ANN@example.ORG", "Ann", CONSENT, AT + timedelta(days=1))
    assert (again.id, again.since, again.name) == (1, AT, "Ann")
    assert sendable(held) == ["Ann@example.org"]


def test_nobody_who_left_or_is_suppressed_comes_back_by_a_command(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org", "bob@example.org")
    held.remove("ann@example.org", AT)
    held.suppress(2, "complaint", "", AT)
    for address in ("ann@example.org", "bob@example.org"):
        with pytest.raises(DataError, match="only they can come back"):
            held.add(address, "", CONSENT, AT)
    report = imported(held, "address\nANN@example.org\nbob@example.org\n")
    assert (report.kept_out, dict(report.added), sendable(held)) == (2, {}, [])
    held.suppress(1, "hard bounce", "", AT)  # a late bounce makes no other reason of a farewell
    assert states(held) == {"ann@example.org": "left", "bob@example.org": "suppressed"}


def test_consent_is_stated_or_people_are_pending(tmp_path: Path) -> None:
    held = made(tmp_path)
    text = "address,source,consented_on\nann@example.org,,\nbob@example.org,web form,2026-01-05\n"
    report = imported(held, text, None)
    assert dict(report.added) == {"active": 1, "pending": 1}
    assert sendable(held) == ["bob@example.org"]
    again = imported(held, text)
    assert (again.activated, again.known) == (1, 1)
    ann, bob = held.rows()
    assert (ann.source, ann.consented_on) == (CONSENT.source, CONSENT.on)
    assert (bob.source, str(bob.consented_on)) == ("web form", "2026-01-05")


def test_a_list_of_those_who_left_elsewhere_stops_them_here(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org")
    report = imported(held, "email;state\nann@example.org;left\nbob@example.org;suppressed\n")
    assert (report.stopped, dict(report.added)) == (1, {"suppressed": 1})
    assert [(row.state, row.reason) for row in held.rows()] == [("left", "imported so"), ("suppressed", "imported so")]


def test_bad_rows_are_told_by_line_and_the_others_come_in(tmp_path: Path) -> None:
    text = (
        "Name,E-Mail,Shoe\r\n"
        "Ann,ann@example.org,38\r\n"
        "Bob,bob@example,44\r\n"
        '"Cat\nBcc: x@example.org",cat@example.org,1\r\n'
        "\r\n"
        "Dan,dan@example.org\r\n"
        "Dan,DAN@example.org\r\n"
        "Eve\r\n"
    )
    held = made(tmp_path)
    report = imported(held, text)
    assert [line for line, _ in report.faults] == [3, 5, 9]
    assert (report.read, report.bad, report.twice, report.unused) == (6, 3, 1, ("Shoe",))
    assert sendable(held) == ["ann@example.org", "dan@example.org"]
    assert "example" not in " ".join(fault for _, fault in report.faults)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name\nAnn\n", "no column is called address"),
        ("", "no column is called address"),
        ('address,name\nann@example.org,"Ann\n' + "x" * 200_000, "quotation mark"),
    ],
)
def test_a_table_that_is_none_changes_nothing(tmp_path: Path, text: str, told: str) -> None:
    held = made(tmp_path, "zoe@example.org")
    with pytest.raises(DataError, match=told):
        imported(held, text)
    assert sendable(held) == ["zoe@example.org"]


@pytest.mark.parametrize(
    "row",
    [
        "ann@example.org,web,",
        "ann@example.org,,2026-01-01",
        "ann@example.org,web,2026-13-01",
        "ann@example.org,web,2026-11-23",
    ],
)
def test_half_a_consent_and_one_of_tomorrow_are_none(tmp_path: Path, row: str) -> None:
    report = imported(made(tmp_path), f"address,source,consented_on\n{row}\n", None)
    assert (report.bad, report.added.total()) == (1, 0)


def test_a_file_in_another_encoding_is_told_by_row(tmp_path: Path) -> None:
    held = made(tmp_path)
    raw = "\ufeffaddress,name\nann@example.org,Zoë\n".encode() + "bob@example.org,Zoë\n".encode("latin-1")
    lines = io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", errors="surrogateescape", newline="")
    report = take_in(held, lines, CONSENT, AT)
    assert report.faults == [(3, "the row is not UTF-8")]
    assert [row.name for row in held.rows()] == ["Zoë"]


def test_a_dry_run_tells_the_same_and_changes_nothing(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org")
    text = "address,state\nann@example.org,left\nbob@example.org,\nbad,\n"
    told = imported(held, text, dry_run=True)
    assert states(held) == {"ann@example.org": "active"}
    assert imported(held, text).to_json() == told.to_json()


texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(TRIGGERS + "'\";,=?")), max_size=12)


def people(draw: st.DrawFn) -> list[dict[str, str]]:
    rows = []
    for number in range(draw(st.integers(0, 5))):
        state = draw(st.sampled_from(list(State)))
        consented = state is State.ACTIVE or (state is not State.PENDING and draw(st.booleans()))
        stopped = state in {State.LEFT, State.SUPPRESSED}
        rows.append(
            {
                "address": normalised(
                    draw(st.sampled_from(["=a", "'=b", "+c", "-d", "''+e", "f"])) + f"{number}@x.org"
                ),
                "name": draw(texts),
                "state": state.value,
                "source": (" ".join(draw(texts).split()) or "web") if consented else "",
                "consented_on": "2026-05-02" if consented else "",
                "reason": (" ".join(draw(texts).split()) or "bounce") if stopped else "",
                "detail": " ".join(draw(texts).split()) if stopped else "",
            }
        )
    return rows


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_exported_comes_back_as_it_was(data: st.DataObject) -> None:
    rows = []
    for row in data.draw(st.composite(people)()):
        try:
            rows.append({**row, "name": clean_name(row["name"])})
        except BadEntry:
            rows.append({**row, "name": "'=Ann"})
    with tempfile.TemporaryDirectory() as folder:
        first, second = People(Path(folder) / "one.sqlite"), People(Path(folder) / "two.sqlite")
        with first.writing() as connection:
            connection.executemany(
                "INSERT INTO subscriber (address, name, state, since, source, consented_on, reason, detail) VALUES"
                " (:address, :name, :state, '2026-11-01T00:00:00+00:00', :source, :consented_on, :reason, :detail)",
                rows,
            )
        text = io.StringIO(newline="")
        assert export(first.rows(), text) == len(rows)
        report = imported(second, text.getvalue(), None)
        assert (report.bad, report.twice) == (0, 0)
        assert list(second.rows()) == list(first.rows())


@given(texts)
def test_no_cell_that_leaves_begins_a_formula(cell: str) -> None:
    held = [row_of(cell)]
    text = io.StringIO(newline="")
    export(iter(held), text)
    for cells in csv.reader(io.StringIO(text.getvalue(), newline="")):
        assert not any(found.startswith(tuple(TRIGGERS)) for found in cells)
    # Opened with another separator, a line is still cells in quotation marks.
    assert all(line.startswith('"') for line in text.getvalue().split("\r\n")[:2])


def row_of(name: str) -> Subscriber:
    return Subscriber(1, "=ann@example.org", name, State.ACTIVE, AT, "web", CONSENT.on)


def test_an_export_is_its_owner_s_alone_and_whole_or_not_there(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org")
    path = tmp_path / "list.csv"
    path.write_text("older")
    assert export_to(held.rows(), path) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def breaks() -> Iterator[object]:
        yield from held.rows()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        export_to(breaks(), path)  # type: ignore[arg-type]
    assert path.read_text().count("ann@example.org") == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["list.csv", "people"]


def on_disk(held: People) -> bytes:
    return b"".join(path.read_bytes() for path in held.path.parent.iterdir())


def test_an_erasure_leaves_nothing_on_disk_but_keeps_imports_out(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org")
    held.add("erika.mustermann@example.org", "Erika Mustermann", Consent("the Erika desk", CONSENT.on), AT)
    held.suppress(2, "hard bounce", "550 <erika.mustermann@example.org>", AT)
    assert b"rika" in on_disk(held)
    assert held.erase("Erika.Mustermann@example.org", AT)
    left = on_disk(held)
    assert b"rika" not in left.replace(b"\0", b"")
    assert b"usterman" not in left
    assert b"ann@example.org" in left
    report = imported(held, "address\nERIKA.mustermann@example.org\nbob@example.org\n")
    assert (report.kept_out, dict(report.added)) == (1, {"active": 1})
    with pytest.raises(DataError, match="was erased"):
        held.add("erika.mustermann@example.org", "", CONSENT, AT)
    assert held.counts()["erased"] == 1
    (bob,) = (row for row in held.rows() if row.address.startswith("bob"))
    assert bob.id == 3, "the number of somebody erased was given again"


def test_an_erasure_may_forget_everything(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org", tokens=None)
    assert held.erase("ann@example.org", AT, forget=True)
    held.add("ann@example.org", "", CONSENT, AT)
    assert held.counts()["erased"] == 0


def test_who_was_erased_is_known_by_the_secret_alone(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org")
    held.erase("ann@example.org", AT)
    with pytest.raises(ConfigError, match="REPORTER_SECRET_FILE"):
        People(held.path).add("bob@example.org", "", CONSENT, AT)
    other = Tokens(Secret("another secret of more than thirty-two bytes in all"))
    with pytest.raises(ConfigError, match="another secret"):
        People(held.path, other).add("bob@example.org", "", CONSENT, AT)
    assert not list(held.rows())


def test_an_erasure_is_all_or_nothing_without_a_secret(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org", tokens=None)
    with pytest.raises(ConfigError):
        held.erase("ann@example.org", AT)
    assert sendable(held) == ["ann@example.org"]


def test_the_file_is_its_owner_s_alone_and_none_of_another_kind(tmp_path: Path) -> None:
    held = made(tmp_path, "ann@example.org")
    assert {stat.S_IMODE(path.stat().st_mode) for path in held.path.parent.iterdir()} == {0o600}
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(ConfigError, match="not a list of reporter"):
        made_at(other)
    with held.writing() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="newer than this reporter"):
        held.counts()
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all, in sixteen bytes and more" * 30)
    with pytest.raises(DataError, match="not a whole list"):
        made_at(broken)
    with pytest.raises(DataError, match="there is no list"):
        People(tmp_path / "none.sqlite").counts()


def made_at(path: Path) -> None:
    People(path).add("ann@example.org", "", CONSENT, AT)


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = made(tmp_path, "ann@example.org")
    monkeypatch.setattr(people_file, "MIGRATIONS", (*people_file.MIGRATIONS, "CREATE TABLE more (x);\nNONSENSE;\n"))
    with pytest.raises(ConfigError):
        held.counts()
    monkeypatch.undo()
    assert sendable(held) == ["ann@example.org"]
    monkeypatch.setattr(people_file, "MIGRATIONS", (*people_file.MIGRATIONS, "CREATE TABLE more (x);\n"))
    with held.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert sendable(held) == ["ann@example.org"]


def run(folder: Path, *words: str, code: int = 0, stdin: str | None = None) -> str:
    done = CliRunner().invoke(
        reporter,
        ["subscribers", *words, "--list", str(folder / "list.sqlite")],
        env={"REPORTER_SECRET": SECRET.reveal()},
        input=stdin,
    )
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_the_commands_from_import_to_erasure(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("address,name\nann@example.org,Ann\nbob@example.org,=1+1\nbad\n")
    told = run(tmp_path, "import", str(table), "--source", "fair", "--consented-on", "2026-05-02", code=1)
    assert "3 rows; added 2 active" in told
    assert "line 4: there is no @ in the address" in told
    run(tmp_path, "add", "cat@example.org", "--name", "Cat")
    assert "cat@example.org is active" in run(tmp_path, "add", "cat@example.org", "--source", "phone")
    assert "left (told the operator)" in run(tmp_path, "remove", "ann@example.org")
    listed = run(tmp_path, "list")
    assert "ann@example.org  Ann  left" in listed
    assert "2 active, 1 left" in listed
    rows = json.loads(run(tmp_path, "list", "--state", "active", "--json"))
    assert [(row["address"], row["name"]) for row in rows] == [("bob@example.org", "=1+1"), ("cat@example.org", "Cat")]
    out = run(tmp_path, "export", "-")
    assert next(csv.reader(io.StringIO(out))) == [*COLUMNS]
    assert '"bob@example.org","\'=1+1"' in out
    assert json.loads(run(tmp_path, "import", "-", "--json", stdin=out))["known"] == 2
    assert "an HMAC keeps" in run(tmp_path, "erase", "bob@example.org")
    assert "bob" not in run(tmp_path, "list")
    assert json.loads(run(tmp_path, "list", "--address", "zoe@example.org", "--json")) == []


def test_a_half_stated_consent_is_refused_on_the_command_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        reporter, ["subscribers", "import", "-", "--source", "fair", "--list", str(tmp_path / "l")], input="address\n"
    )
    assert isinstance(done.exception, ConfigError)


MEASURE = """
import resource, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from reporter.mail.people import Consent, People
from reporter.mail.people_csv import take_in
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], encoding="utf-8", newline="") as lines:
    report = take_in(People(Path(sys.argv[2])), lines, Consent("x", date(2026, 1, 1)), datetime.now(UTC))
print(report.added["active"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """Ten times the rows, no more memory than a page cache: in processes of their own."""
    grown = []
    for count in (20_000, 200_000):
        table = tmp_path / f"{count}.csv"
        with table.open("w") as out:
            out.write("address,name\n")
            out.writelines(f"reader.{n}@example{n % 97}.org,Reader {n}\n" for n in range(count))
        command = [sys.executable, "-c", MEASURE, str(table), str(tmp_path / f"{count}.sqlite")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        added, kilobytes = map(int, done.stdout.split())
        assert added == count
        grown.append(kilobytes)
    assert grown[1] < grown[0] + 40_000
