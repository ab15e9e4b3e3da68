"""BEA's API: rows as strings, the request echoed with its key, errors with status 200."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from reporter import catalogue
from reporter.sources.bea import IIP_COMPONENTS, ITA_INDICATORS
from reporter.testing.reply import Query, Reply, as_json
from reporter.testing.world import World

_SERIES = {code: key for held in (IIP_COMPONENTS, ITA_INDICATORS) for key, code in held.items()}
_MILLION = 6


def answer(world: World, today: date, query: Query, key: str) -> Reply:
    """The answer to GetData; one row is an object, as BEA has it."""
    echo = {"RequestParam": [{"ParameterName": n.upper(), "ParameterValue": v.upper()} for n, v in query.items()]}
    if query.get("UserID") != key:
        told = {"APIErrorCode": "3", "APIErrorDescription": "The BEA API UserID provided in the request is not valid."}
        return as_json({"BEAAPI": {"Request": echo, "Error": told}})
    component = query.get("Component") or query.get("Indicator", "")
    series = _SERIES.get(component, "")
    values = world.values(series, today) if series in world.layers else {}
    if not values:
        told = {"APIErrorCode": "101", "APIErrorDescription": "No data exists for the supplied parameters."}
        return as_json({"BEAAPI": {"Request": echo, "Results": {"Error": told}}})
    scale = catalogue.info(series).unit.scale - _MILLION
    data = [_row(query, component, str(period), _cell(value, scale)) for period, value in values.items()]
    results = {"Statistic": "International Investment Position: Curaçao", "Data": data[0] if len(data) == 1 else data}
    body = as_json({"BEAAPI": {"Request": echo, "Results": results}}, encoding="iso-8859-1").body
    return Reply(body, "application/json;charset=utf-8")  # which it is not


def _row(query: Query, component: str, period: str, cell: str) -> dict[str, Any]:
    about = {
        name: query[name] for name in ("TypeOfInvestment", "Component", "Indicator", "AreaOrCountry") if name in query
    }
    return {
        **about,
        "Frequency": query["Frequency"],
        "Year": period[:4],
        "TimeSeriesId": component,
        "TimeSeriesDescription": "US net international investment position",
        "TimePeriod": period,
        "CL_UNIT": "USD",
        "UNIT_MULT": "6",
        "DataValue": cell,
        "NoteRef": "",
    }


def _cell(value: str, scale: int) -> str:
    """With thousands parted by commas."""
    return f"{Decimal(value).scaleb(scale):,.0f}"
