"""What stands beside the page: the validator's verdict, and each chart as SVG, PNG and CSV with its source line."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Mapping
from io import BytesIO

import pikepdf
import pytest

from reporter.render import conformance
from tests.proof_made import published


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return published().files


def charts(files: Mapping[str, bytes]) -> set[str]:
    names = (name for name in files if name.endswith(".svg") and not name.endswith("-narrow.svg"))
    return {name.removeprefix("charts/").removesuffix(".svg") for name in names}


def test_the_verdict_is_on_the_very_file_that_is_published(files: Mapping[str, bytes]) -> None:
    told = json.loads(files[conformance.REPORT])
    assert told["sha256"] == hashlib.sha256(files["briefing.pdf"]).hexdigest()
    assert {verdict["profile"]: verdict["conforms"] for verdict in told["verdicts"]} == {
        "PDF/UA-1": True,
        "PDF/A-3a": True,
    }
    assert told["verdicts"] == json.loads(conformance.gate(files["briefing.pdf"]))["verdicts"]


def test_there_is_a_card_for_those_who_share_the_page(files: Mapping[str, bytes]) -> None:
    card = files["card.png"]
    assert card.startswith(b"\x89PNG")
    assert tuple(int.from_bytes(card[at : at + 4], "big") for at in (16, 20)) == (1200, 630)


def test_every_chart_is_there_in_three_forms(files: Mapping[str, bytes]) -> None:
    keys = charts(files)
    assert keys
    assert {f"charts/{key}.png" for key in keys} == {name for name in files if re.fullmatch(r"charts/.+\.png", name)}
    assert {f"data/{key}.csv" for key in keys} | {"data/observations.csv"} == {n for n in files if n.endswith(".csv")}


def test_a_chart_and_its_figures_name_the_same_source(files: Mapping[str, bytes]) -> None:
    for key in charts(files):
        rows = list(csv.DictReader(files[f"data/{key}.csv"].decode().splitlines()))
        (source,) = {row["source"] for row in rows}
        assert source.startswith("Source")
        drawn = files[f"charts/{key}.svg"].decode()
        assert all(word in drawn for word in source.replace("&", "&amp;").split())
        assert all(row["publisher"] and row["link"].startswith("https://") for row in rows)


def test_the_figures_of_every_chart_travel_in_the_pdf(files: Mapping[str, bytes]) -> None:
    with pikepdf.open(BytesIO(files["briefing.pdf"])) as held:
        attached = {name: file.get_file().read_bytes() for name, file in held.attachments.items()}
        said = {name: file.description for name, file in held.attachments.items()}
    for key in charts(files):
        assert attached[f"{key}.csv"] == files[f"data/{key}.csv"]
        assert len(said[f"{key}.csv"]) > len(f"{key}.csv: ")
    assert attached["facts.json"] == files["facts.json"]
