"""FRED's graph files: two headers, two spellings of missing, and what is not data."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.errors import FrequencyMismatch, ParseError
from reporter.model.periods import Frequency, Period
from reporter.sources.base import Bases
from reporter.sources.fred import FredGraph, fredgraph
from reporter.sources.payload import consecutive, number, text_of
from tests.support import PAYLOADS

FRED = PAYLOADS / "official" / "fred"
Q, D = Frequency.QUARTER, Frequency.DAY


def test_today_s_header_and_the_old_one() -> None:
    new = fredgraph((FRED / "2026-10-10/IIPUSNETIQ.csv").read_bytes(), "IIPUSNETIQ", Q)
    old = fredgraph((FRED / "2022-12-17/IIPUSNETIQ.csv").read_bytes(), "IIPUSNETIQ", Q)
    assert new[Period.parse("2026Q2")] == "-22420319"
    assert old[Period.parse("2022Q2")] == "-16309277"


@pytest.mark.parametrize("missing", ["", "."])
def test_a_missing_value_is_empty_never_zero(missing: str) -> None:
    read = fredgraph(f"DATE,DGS10\n2026-09-07,{missing}\n2026-09-08,4.10\n", "DGS10", D)
    assert list(read.values()) == ["", "4.10"]


def test_a_quarter_is_stamped_with_its_first_day() -> None:
    assert list(fredgraph("observation_date,GDP\n2026-04-01,32563.030\n", "GDP", Q)) == [Period.parse("2026Q2")]


def test_html_with_status_200_says_so() -> None:
    with pytest.raises(ParseError, match=r"GDP: an HTML page came with status 200.*Access Denied"):
        fredgraph(b"<!DOCTYPE html><html><title>Access Denied</title>", "GDP", Q)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "empty"),
        ("observation_date,GDPC1\n2026-04-01,1\n", "expected the header 'observation_date,GDP', got"),
        ("observation_date,GDP\n2026-04-01\n", "line 2: expected 'YYYY-MM-DD,value', got '2026-04-01'"),
        ("observation_date,GDP\n1 April,5\n", "line 2: expected 'YYYY-MM-DD,value'"),
        ("observation_date,GDP\n2026-04-01,n/a\n", "not a number at line 2: 'n/a'"),
        ("observation_date,GDP\n2026-04-01,1\n2026-05-01,2\n", "line 3: periods do not ascend"),
    ],
)
def test_anything_else_is_refused_and_quoted(body: str, told: str) -> None:
    with pytest.raises(ParseError, match=told):
        fredgraph(body, "GDP", Q)


def test_a_payload_may_be_iso_8859_1_or_carry_a_byte_order_mark() -> None:
    assert text_of("Curaçao".encode("iso-8859-1")) == text_of(b"\xef\xbb\xbf" + "Curaçao".encode()) == "Curaçao"


@pytest.mark.parametrize(
    ("cell", "value"), [("-0", "0"), ("-0.0", "0.0"), (" 1,480 ", "1480"), ("n.a.", ""), ("-0.50", "-0.50")]
)
def test_a_number_is_kept_as_written(cell: str, value: str) -> None:
    assert number(cell, where="here") == value


@given(st.dictionaries(st.integers(8000, 8200), st.sampled_from(["", "1", "-2.50"]), min_size=1))
def test_consecutive_keeps_every_value_at_its_period(values: dict[int, str]) -> None:
    by_period = {Period(Q, ordinal): value for ordinal, value in values.items()}
    if not any(values.values()):
        with pytest.raises(ValueError, match="no period has a value"):
            consecutive(by_period)
        return
    first, text = consecutive(by_period)
    read = {first + i: value for i, value in enumerate(text.split(",")) if value}
    assert read == {period: value for period, value in by_period.items() if value}
    assert text.strip(",") == text


def test_consecutive_refuses_mixed_frequencies() -> None:
    mixed = {Period.parse("2026Q1"): "1", Period.of(date(2026, 1, 1), D): "2"}
    with pytest.raises(FrequencyMismatch):
        consecutive(mixed)


def test_one_id_is_asked_for_in_one_call() -> None:
    """Several of mixed frequencies in one call are undocumented."""
    asked = FredGraph().requests(["fred:GDP", "fred:DGS10", "fred:IIPUSNETIQ", "fred:GDP"], Bases(), {})
    assert [dict(request.params)["id"] for request in asked] == ["GDP", "DGS10", "IIPUSNETIQ"]
