"""The Bureau of Economic Analysis' API, for which a free key is needed: positions and transactions.

Answers are JSON in ISO 8859-1. `BEAAPI.Results` is an object, a list of one, or absent with `Data` directly under
`BEAAPI`; a single row comes as an object instead of a list. Rows carry their unit: `CL_UNIT` (“USD”) times ten to the
`UNIT_MULT`. Errors come with status 200, as `Error` under `BEAAPI` or under `Results`, an object or a list. The
answer echoes the request, key included: the client takes it out before anyone sees the body. Limits: 100 requests,
100 MB and 30 errors a minute; then 429 and an hour's lock-out.
https://apps.bea.gov/api/_pdf/bea_web_service_api_user_guide.pdf
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reporter import catalogue
from reporter.errors import FetchError, ParseError, UnitMismatch
from reporter.model.observations import Form, Layer, SeriesInfo
from reporter.model.periods import Period
from reporter.model.units import USD_MN
from reporter.sources.base import Bases, Known, Media, Request, Single, layer, of_source, vintage
from reporter.sources.payload import number, quoted

_FREQUENCIES = {"Q": "QNSA", "A": "A"}
_IDENTIFYING = ("TypeOfInvestment", "Component", "Indicator", "AreaOrCountry")
_SUPPRESSED = frozenset({"(D)", "(NA)", "(N)", "n.a.", "n.s."})  # not to be told, not to be had, not applicable
_BELOW_HALF = "(*)"  # not zero, but less than half of the unit either way: what rounds to nought
_WRONG_KEY = frozenset({"1", "2", "3", "4"})  # codes of a UserID that is missing, unknown or not active

# Of the US net international investment position. Nie: changes in volume and valuation not included elsewhere.
IIP_COMPONENTS = {
    "bea:iip.position": "Pos",
    "bea:iip.change": "ChgPos",
    "bea:iip.transactions": "ChgPosTrans",
    "bea:iip.price": "ChgPosPrice",
    "bea:iip.fx": "ChgPosXRate",
    "bea:iip.volume": "ChgPosNie",
    "bea:iip.other_changes": "ChgPosOth",
}
ITA_INDICATORS = {
    "bea:ita.balance": "BalCurrAcct",
    "bea:ita.goods": "BalGds",
    "bea:ita.services": "BalServ",
    "bea:ita.primary_income": "BalPrimInc",
    "bea:ita.secondary_income": "BalSecInc",
}


@dataclass(frozen=True, slots=True)
class Bea(Single):
    """One path a series: the position with its changes (IIP), the current account's balances (ITA)."""

    name: str = "bea"

    def requests(self, series_ids: Sequence[str], bases: Bases, known: Mapping[str, Known]) -> tuple[Request, ...]:
        """One a series, all years: an annual update reaches back for years. Nothing for what BEA only prints."""
        del known
        asked = of_source(series_ids, "bea")
        return tuple(
            Request(key, self.name, bases.bea, _params(key), (key,), Media.JSON, "bea")
            for key in asked
            if key in IIP_COMPONENTS or key in ITA_INDICATORS
        )

    def parse(self, request: Request, body: bytes, known_on: date) -> tuple[Layer, ...]:
        """One whole path, in the unit the rows carry."""
        entry = catalogue.info(request.series[0])
        values: dict[Period, str] = {}
        for row in rows(body, entry.id):
            period, value = _read(row, dict(request.params), entry)
            if period in values:
                message = f"{period} stands twice"
                raise ParseError(message, series=entry.id)
            values[period] = value
        made = layer(entry.id, vintage(entry, entry.id, known_on, Form.PATH, body), values, USD_MN)
        if made is None:
            message = f"no period has a value: {quoted(_text(body, entry.id))}"
            raise ParseError(message, series=entry.id)
        return (made,)


def _params(key: str) -> tuple[tuple[str, str], ...]:
    frequency = catalogue.info(key).frequency.value
    if key in IIP_COMPONENTS:
        about = (("TypeOfInvestment", "Net"), ("Component", IIP_COMPONENTS[key]))
        dataset, often = "IIP", _FREQUENCIES[frequency]
    else:
        about = (("Indicator", ITA_INDICATORS[key]), ("AreaOrCountry", "AllCountries"))
        dataset, often = "ITA", {"Q": "QSA", "A": "A"}[frequency]
    shape = (("method", "GetData"), ("ResultFormat", "JSON"), ("DataSetName", dataset))
    return (*shape, *about, ("Frequency", often), ("Year", "ALL"))


def rows(body: bytes, series: str) -> list[dict[str, Any]]:
    """The rows of an answer of any shape; raise FetchError where it is an error, ParseError where it is neither."""
    answer = _object(body, series).get("BEAAPI")
    results = answer.get("Results", answer) if isinstance(answer, dict) else None
    if isinstance(results, list) and len(results) == 1:
        results = results[0]
    for place in (answer, results):
        if isinstance(place, dict) and "Error" in place:
            raise _declined(place["Error"], series)
    data = results.get("Data") if isinstance(results, dict) else None
    listed = [data] if isinstance(data, dict) else data
    if not isinstance(listed, list) or not listed or not all(isinstance(row, dict) for row in listed):
        message = f"expected BEAAPI, Results, Data; got {quoted(_text(body, series))}"
        raise ParseError(message, series=series)
    return listed


def _object(body: bytes, series: str) -> dict[str, Any]:
    try:
        held = json.loads(_text(body, series))
    except ValueError:
        held = None
    if not isinstance(held, dict):
        message = f"expected a JSON object, got {quoted(_text(body, series))}"
        raise ParseError(message, series=series)
    return held


def _text(body: bytes, series: str) -> str:
    """BEA's bytes are ISO 8859-1 whatever the header says; an empty answer and a page are told apart."""
    text = body.removeprefix(b"\xef\xbb\xbf").decode("iso-8859-1")
    if not text.strip():
        message = "the answer is empty; BEA does so when it is overloaded: try later"
        raise ParseError(message, series=series)
    if text.lstrip().startswith("<"):
        message = f"an HTML page came with status 200 where data were due (blocked?): {quoted(text)}"
        raise ParseError(message, series=series)
    return text


def _declined(error: Any, series: str) -> FetchError:  # noqa: ANN401 -- what JSON holds
    """BEA's word on why, with what to do about it."""
    first = error[0] if isinstance(error, list) and error else error
    told = first if isinstance(first, dict) else {"APIErrorDescription": str(first)}
    code, why = str(told.get("APIErrorCode", "")), str(told.get("APIErrorDescription", ""))
    detail = told.get("ErrorDetail")
    if isinstance(detail, dict):
        why = f"{why} {detail.get('Description', '')}".strip()
    act = "check REPORTER_BEA_KEY" if code in _WRONG_KEY else "30 errors a minute lock the key out for an hour: wait"
    return FetchError(f"BEA declined, error {code or '(no code)'}: {quoted(why)}; {act}", series=series)


def _read(row: Mapping[str, Any], asked: Mapping[str, str], entry: SeriesInfo) -> tuple[Period, str]:
    """A row's period and value.

    Raise UnitMismatch where it is not in millions of dollars, ParseError where it is of another series.
    """
    wanted = {name: asked[name] for name in _IDENTIFYING if name in asked}
    other = {name: row.get(name) for name, value in wanted.items() if str(row.get(name)).lower() != value.lower()}
    try:
        period, cell = Period.parse(str(row["TimePeriod"])), str(row["DataValue"]).strip()
        unit = (str(row["CL_UNIT"]), str(row["UNIT_MULT"]))
    except (KeyError, ValueError):
        other = {"row": str(dict(row))}
        period, cell, unit = Period.of(date.min, entry.frequency), "", ("", "")
    if other or period.frequency is not entry.frequency:
        message = f"expected a row of {wanted}, got {quoted(str(dict(row)))}"
        raise ParseError(message, series=entry.id)
    if unit != ("USD", "6"):
        message = f"{period} is in {unit[0]} times ten to the {unit[1]}, not in millions of dollars"
        raise UnitMismatch(message, series=entry.id)
    if cell == _BELOW_HALF:
        return period, "0"
    return period, "" if cell in _SUPPRESSED else number(cell, where=str(period), series=entry.id)
