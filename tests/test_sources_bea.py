"""BEA's answers: one thing in many shapes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from reporter.errors import FetchError, ParseError, ReporterError, UnitMismatch
from reporter.model.periods import Period
from reporter.model.units import USD_MN
from reporter.sources.base import Bases, Media
from reporter.sources.bea import Bea, rows

DAY = date(2026, 9, 24)
POSITION, BALANCE = Bea().requests(["bea:iip.position", "bea:ita.balance", "bea:ita.pct_gdp"], Bases(), {})


def row(period: str = "2026Q2", value: str = "-22,420,319", **changes: str) -> dict[str, str]:
    """As IIP has them."""
    return {
        "TypeOfInvestment": "Net",
        "Component": "Pos",
        "Frequency": "QNSA",
        "Year": period[:4],
        "TimeSeriesId": "1",
        "TimeSeriesDescription": "U.S. net international investment position; Curaçao",
        "TimePeriod": period,
        "CL_UNIT": "USD",
        "UNIT_MULT": "6",
        "DataValue": value,
        "NoteRef": "1",
        **changes,
    }


def body(answer: dict[str, Any]) -> bytes:
    return json.dumps({"BEAAPI": answer}, ensure_ascii=False).encode("iso-8859-1")


def results(*data: dict[str, str]) -> bytes:
    return body({"Results": {"Data": list(data)}})


def test_what_is_asked_for() -> None:
    assert POSITION.address == (
        "https://apps.bea.gov/api/data/?method=GetData&ResultFormat=JSON&DataSetName=IIP"
        "&TypeOfInvestment=Net&Component=Pos&Frequency=QNSA&Year=ALL"
    )
    asked = dict(BALANCE.params)
    assert (asked["DataSetName"], asked["Indicator"], asked["Frequency"]) == ("ITA", "BalCurrAcct", "QSA")
    assert asked["AreaOrCountry"] == "AllCountries"  # one indicator: all of both cannot be combined
    assert (POSITION.key, POSITION.expects) == ("bea", Media.JSON)
    assert "UserID" not in POSITION.address


@pytest.mark.parametrize(
    "shape",
    [
        lambda data: {"Results": {"Data": data}},
        lambda data: {"Results": [{"Data": data}]},
        lambda data: {"Data": data},
        lambda data: {"Results": {"Data": data[0]}},
        lambda data: {"Results": [{"Data": data[0]}]},
        lambda data: {"Data": data[0]},
    ],
    ids=["object", "list of one", "absent", "object, one row", "list, one row", "absent, one row"],
)
def test_results_and_data_come_in_shapes(shape: Callable[[list[dict[str, str]]], dict[str, Any]]) -> None:
    (layer,) = Bea().parse(POSITION, body(shape([row()])), DAY)
    assert (layer.first, layer.text, layer.unit) == (Period.parse("2026Q2"), "-22420319", USD_MN)
    assert layer.vintage.known_on == DAY


def test_marks_are_no_values_and_a_trifle_is_nought() -> None:
    cells = ["(D)", "1,234", "(NA)", "(*)", "-0", "-5"]
    data = [row(f"202{4 + at // 4}Q{at % 4 + 1}", cell) for at, cell in enumerate(cells)]
    (layer,) = Bea().parse(POSITION, results(*data), DAY)
    assert (layer.first, layer.text) == (Period.parse("2024Q2"), "1234,,0,0,-5")


def test_bytes_are_iso_8859_1_whatever_the_header_says() -> None:
    raw = results(row())
    assert b"Cura\xe7ao" in raw
    assert rows(raw, "bea:iip.position")[0]["TimeSeriesDescription"].endswith("Curaçao")
    assert rows(b"\xef\xbb\xbf" + raw, "bea:iip.position")[0]["TimePeriod"] == "2026Q2"


@pytest.mark.parametrize(
    "shape",
    [
        lambda error: {"Error": error},
        lambda error: {"Error": [error]},
        lambda error: {"Results": {"Error": error}},
        lambda error: {"Results": {"Error": [error]}},
        lambda error: {"Results": [{"Error": error}]},
        lambda error: {"Results": {"Error": error, "Data": []}},
    ],
)
def test_an_error_comes_with_status_200_in_shapes(shape: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    error = {
        "APIErrorCode": "201",
        "APIErrorDescription": "Error retrieving data.",
        "ErrorDetail": {"Description": "Why."},
    }
    with pytest.raises(FetchError, match=r"bea:iip.position: BEA declined, error 201: 'Error retrieving data. Why.'"):
        Bea().parse(POSITION, body(shape(error)), DAY)


def test_errors_say_what_to_do() -> None:
    wrong = {"Error": {"APIErrorCode": "3", "APIErrorDescription": "The BEA API UserID provided is not valid."}}
    with pytest.raises(FetchError, match="check REPORTER_BEA_KEY"):
        rows(body(wrong), "bea:iip.position")
    many = {"Error": {"APIErrorCode": "429", "APIErrorDescription": "Too many errors."}}
    with pytest.raises(FetchError, match="30 errors a minute lock the key out for an hour"):
        rows(body(many), "bea:iip.position")
    with pytest.raises(FetchError, match=r"error \(no code\): 'maintenance'"):
        rows(body({"Error": "maintenance"}), "bea:iip.position")


@pytest.mark.parametrize(
    ("raw", "told", "error"),
    [
        (b" \n", "the answer is empty", ParseError),
        (b"<!DOCTYPE html><title>Maintenance</title>", "an HTML page came with status 200.*Maintenance", ParseError),
        (b'{"BEAAPI": {"Results": {"Da', "expected a JSON object, got", ParseError),
        (b"[]", "expected a JSON object", ParseError),
        (b'{"BEAAPI": {"Results": {"Data": []}}}', "expected BEAAPI, Results, Data", ParseError),
        (b'{"BEAAPI": []}', "expected BEAAPI, Results, Data", ParseError),
        (results(row(CL_UNIT="PCT")), "2026Q2 is in PCT times ten to the 6", UnitMismatch),
        (results(row(UNIT_MULT="9")), "2026Q2 is in USD times ten to the 9", UnitMismatch),
        (results(row(Component="ChgPos")), "expected a row of .*'Component': 'Pos'", ParseError),
        (results(row("2026")), "expected a row of", ParseError),
        (results({"TimePeriod": "2026Q2"}), "expected a row of", ParseError),
        (results(row(), row()), "2026Q2 stands twice", ParseError),
        (results(row(value="1.2.3")), "not a number at 2026Q2", ParseError),
        (results(row(value="(NA)")), "no period has a value", ParseError),
    ],
)
def test_anything_else_is_refused_by_name(raw: bytes, told: str, error: type[ReporterError]) -> None:
    with pytest.raises(error, match=f"bea:iip.position: {told}"):
        Bea().parse(POSITION, raw, DAY)
