"""The Treasury's files and their traps."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.errors import ParseError
from reporter.model.periods import Period
from reporter.sources.payload import consecutive
from reporter.sources.tic import s1, slt
from reporter.sources.tic_holders import Holding, mfhhis, table5
from tests.support import PAYLOADS

TIC = PAYLOADS / "official" / "tic"
JUNE = TIC / "2026-06-18"
BLOCKED = b"  <html><head><title>Just a moment...</title></head></html>"


def payload(name: str) -> str:
    return (JUNE / name).read_bytes().decode("ascii")


def test_table_1_is_keyed_by_code_and_machine_name() -> None:
    series = slt(payload("slt_table1.txt"), "slt_table1").series()
    april = Period.parse("2026-04")
    assert series["99996", "for_lt_total_pos"][april] == "37722986"
    assert series["41408", "for_lt_treas_net"][april] == "5519"


def test_not_available_is_no_value() -> None:
    series = slt(payload("slt_table1.txt"), "slt_table1").series()
    january = Period.parse("2023-01")
    assert january in series["41408", "for_lt_total_pos"]
    assert january not in series["41408", "for_lt_total_net"]


def test_the_header_is_found_wherever_it_stands() -> None:
    body = payload("slt_table3.txt")
    later = "A new line of explanation\t\t\r\n" * 5 + body
    assert slt(later, "slt_table3") == slt(body, "slt_table3")


def test_minus_zero_is_zero() -> None:
    body = "country\tcountry_code\tdate\tfor_st_treas_net\r\nAustria\t10189\t2026-04\t-0\r\n"
    assert slt(body, "slt_table3").rows[0].values == ("0",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("country\tcountry_code\tdate", "Country\tCode\tDate"), "no header row 'country, country_code, date"),
        (("\t41408\t2026-04\t", "\t41408\t2026-03\t"), "41408 2026-03 stands twice"),
        (("\t41408\t2026-04\t", "\t41408\tApr-26\t"), "expected area, code, month and 7 values"),
        (("\t41408\t2026-04\t", "\t41408\t2026-04\t1\t"), "expected area, code, month and 7 values"),
        (("\t652316\t", "\t(D)\t"), r"not a number at line \d+: '\(D\)'"),
    ],
)
def test_a_table_that_changed_shape_is_refused(change: tuple[str, str], told: str) -> None:
    body = payload("slt_table3.txt")
    assert change[0] in body
    with pytest.raises(ParseError, match=told):
        slt(body.replace(*change), "slt_table3")


def test_html_with_status_200_says_so() -> None:
    for read in (lambda b: slt(b, "slt_table1"), table5, mfhhis, lambda b: list(s1(b))):
        with pytest.raises(ParseError, match="HTML page came with status 200"):
            read(BLOCKED)


def test_table_5_is_wide_and_ends_at_the_notes() -> None:
    held = table5(payload("slt_table5.txt"))
    assert Holding("China, Mainland", Period.parse("2026-04"), "651.1") in held
    assert held[-1].holder == "Of Which: Foreign Official T-Bonds & Notes"


def test_table_5_refuses_a_short_row_and_a_missing_head() -> None:
    with pytest.raises(ParseError, match="expected 3 values"):
        table5(payload("slt_table5.txt").replace("China, Mainland\t651.1\t", "China, Mainland\t"))
    with pytest.raises(ParseError, match="no head"):
        table5("Country\tApr 2026\r\nJapan\t1209.9\r\n")


def by_holder(name: str, month: str, *, superseded: bool = False) -> list[Holding]:
    when = Period.parse(month)
    return [
        held
        for held in mfhhis(payload("mfhhis01.txt"))
        if (held.holder, held.month, held.superseded) == (name, when, superseded)
    ]


def test_a_break_month_is_printed_twice_and_the_left_column_is_the_newer() -> None:
    (new,), (old,) = by_holder("Japan", "2011-06"), by_holder("Japan", "2011-06", superseded=True)
    assert (new.value, old.value) == ("881.5", "911.1")
    (new,), (old,) = by_holder("Grand Total", "2000-03"), by_holder("Grand Total", "2000-03", superseded=True)
    assert (new.value, old.value) == ("1085.0", "1252.1")  # a year of eleven columns


def test_quotes_indents_and_footnote_marks_are_not_part_of_a_name() -> None:
    assert by_holder("China, Mainland", "2025-11")[0].value == "683.9"
    assert by_holder("For. Official", "2025-12")[0].value == "3877.6"
    assert by_holder("For. Official", "2011-12")[0].value == "3620.6"  # indented in this block
    (oil,), (belgium,) = by_holder("Oil Exporters", "2011-01"), by_holder("Belgium", "2002-07")
    assert (oil.value, oil.note, belgium.value, belgium.note) == ("215.5", "3", "11.6", "5")


def test_what_was_not_collected_is_no_holding() -> None:
    assert not by_holder("Luxembourg", "2002-05")
    assert by_holder("Luxembourg", "2002-06")


def test_notes_after_the_last_block_are_not_holders() -> None:
    names = {held.holder for held in mfhhis(payload("mfhhis01.txt"))}
    assert not any(name.startswith(("Department", "5/18", "2/", "(")) for name in names)


def test_the_history_refuses_a_foreign_head_and_a_foreign_cell() -> None:
    with pytest.raises(ParseError, match="expected a month above a year"):
        mfhhis("\tDec\tNov\r\nCountry\t2025\tNov\r\n")
    with pytest.raises(ParseError, match="not a number at line 12"):
        mfhhis(payload("mfhhis01.txt").replace("1185.5", "1185.5*"))
    with pytest.raises(ParseError, match="no block"):
        mfhhis("nothing of the sort\r\n")


def test_the_old_survey_has_gross_flows_of_one_area() -> None:
    rows = list(s1((TIC / "frozen-2023/s1_globl.txt").read_bytes()))
    assert {row.code for row in rows} == {"99996"}
    assert str(max(row.month for row in rows)) == "2023-01"
    january = max(rows, key=lambda row: row.month)
    assert (january.purchases[0], january.sales[0]) == ("2013010", "1962067")  # quoted thousands


def test_the_old_survey_refuses_a_file_without_its_head() -> None:
    with pytest.raises(ParseError, match=r"no head '\[1\]"):
        list(s1("Grand Total\t99996\t2023-01\t1\r\n"))
    head = "\t\t\t" + "\t".join(f"[{i}]" for i in range(1, 13))
    with pytest.raises(ParseError, match="line 2: expected area, code, month and twelve values"):
        list(s1(f"{head}\r\nGrand Total\t99996\t2023-01\t1\r\n"))


CELLS = st.sampled_from(["n.a.", "0", "-0", "7", "-12", "1,480", " 5 "])
ROWS = st.dictionaries(
    st.tuples(st.sampled_from(["10189", "99996"]), st.integers(0, 14)), st.tuples(CELLS, CELLS), min_size=1
)


@given(ROWS, st.randoms())
def test_whole_columns_are_what_cell_by_cell_gives(
    rows: dict[tuple[str, int], tuple[str, str]], chance: Random
) -> None:
    """Months may be missing, and rows stand in any order."""
    start = Period.parse("2024-01")
    lines = [f"Area\t{code}\t{start + at}\t{a}\t{b}" for (code, at), (a, b) in rows.items()]
    chance.shuffle(lines)
    table = slt("\r\n".join(["country\tcountry_code\tdate\tx_pos\tx_net", *lines]), "slt_table1")
    runs = {(code, column): (first, text) for code, column, first, text in table.runs()}
    assert runs == {key: consecutive(values) for key, values in table.series().items()}
    assert sum(text.count(",") + 1 - text.split(",").count("") for _, text in runs.values()) == sum(
        cell != "n.a." for cells in rows.values() for cell in cells
    )
