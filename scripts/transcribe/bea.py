"""The Bureau of Economic Analysis: releases as printed, and the current account's revisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path

from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.model.units import USD_BN, USD_MN, USD_TN
from scripts.transcribe.common import BEA, Origin, bea_origin, fixed, layer, rows, vintage

_POSITION = "https://www.bea.gov/data/intl-trade-investment/international-investment-position"
_ACCOUNT = "https://www.bea.gov/data/intl-trade-investment/international-transactions"
_ALFRED = "https://alfred.stlouisfed.org/series?seid=IEABC"
_ALFRED_READ = "github.com/bet14/ML_prediction_project, data/raw/macro/USA_current_account.csv at 0a1ec77d"
_CHANGES_KNOWN_ON = date(2026, 10, 10)  # the table has no date of its own; MANIFEST.md gives it
_LEVELS = {"fred:IIPUSASSQ": "assets_tn", "fred:IIPUSLIAQ": "liab_tn"}
_SPLIT = {
    "bea:iip.transactions": "net_transactions_bn",
    "bea:iip.other_changes": "net_other_changes_bn",
    "bea:iip.price": "price_bn",
    "bea:iip.fx": "fx_bn",
}
_CHANGES = {
    "bea:iip.position": "position_bn",
    "bea:iip.change": "change_bn",
    "bea:iip.transactions": "transactions_bn",
    "bea:iip.other_changes": "other_changes_bn",
}
_TRILLION_IN_BN = 1000


def layers(folder: Path) -> Iterator[Layer]:
    """Everything of BEA's that does not come as a FRED file."""
    yield from _positions(folder / "bea" / "iip_releases.csv")
    yield from _changes(folder / "bea" / "iip_change_in_position.csv")
    yield from _current_account(folder / "bea" / "ita_releases.csv")
    yield from _revisions(folder / "bea" / "ita_alfred_vintages.csv")


def _positions(path: Path) -> Iterator[Layer]:
    """A release's position with the previous quarter as then revised, and the split of the change."""
    for row in rows(path):
        held = _print(path, "bea:iip", row, _POSITION)
        quarter = Period.parse(row["ref_quarter"])
        net = {Period.parse(row["prev_quarter"]): row["prev_net_tn"], quarter: row["net_tn"]}
        if any(net.values()):
            yield layer("fred:IIPUSNETIQ", held, net, USD_TN)
        for series, column in _LEVELS.items():
            if row[column]:
                yield layer(series, held, {quarter: row[column]}, USD_TN)
        for series, column in _SPLIT.items():
            if row[column]:
                yield layer(series, held, {quarter: row[column]}, step=_known_to(row[column]))


def _known_to(billions: str) -> str:
    """Amounts of a trillion and more were printed as `$1.25 trillion`: to ten billion, not to one."""
    rounded = "." not in billions and abs(int(billions)) >= _TRILLION_IN_BN
    return "10" if rounded else ""


def _changes(path: Path) -> Iterator[Layer]:
    """Change in the position over the last quarters, one path; the table prints a tenth of a billion."""
    table = rows(path)
    held = vintage(path, "bea:iip.change", _CHANGES_KNOWN_ON, Form.PATH, Origin(BEA, _POSITION))
    for series, column in _CHANGES.items():
        yield layer(series, held, {Period.parse(row["quarter"]): fixed(row[column], 1) for row in table})


def _current_account(path: Path) -> Iterator[Layer]:
    """A release's balance with the previous quarter as then revised, and its share of GDP."""
    for row in rows(path):
        held = _print(path, "bea:ita", row, _ACCOUNT)
        quarter = Period.parse(row["ref_quarter"])
        balance = {Period.parse(row["prev_quarter"]): row["prev_ca_bn_revised"], quarter: row["ca_bn"]}
        yield layer("fred:IEABC", held, balance, USD_BN)
        if row["pct_gdp"]:
            yield layer("bea:ita.pct_gdp", held, {quarter: row["pct_gdp"]})


def _revisions(path: Path) -> Iterator[Layer]:
    """What changed in the current account's path on each day it did."""
    for day, changed in groupby(rows(path), key=lambda row: row["release_date"]):
        known_on = date.fromisoformat(day)
        held = vintage(path, "alfred:IEABC", known_on, Form.REVISION, Origin(BEA, _ALFRED, _ALFRED_READ))
        values = {Period.parse(row["ref_quarter"]): row["ca_mn"] for row in changed}
        yield layer("fred:IEABC", held, values, USD_MN)


def _print(path: Path, name: str, row: Mapping[str, str], page: str) -> Vintage:
    origin = bea_origin(row["source_url"], page)
    return vintage(path, name, date.fromisoformat(row["release_date"]), Form.PRINT, origin)
