"""What the parts of the transcription share: files, their hashes, layers, links."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from reporter import catalogue
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.model.units import Unit
from reporter.sources.payload import consecutive

BEA = "Bureau of Economic Analysis"
TREASURY = "US Department of the Treasury"
_URL = re.compile(r"https?://[^\s;()]+")
_LISTS = {"", "/", "/taxonomy/term/516"}
_PUBLIC_HOSTS = {"www.bea.gov", "apps.bea.gov", "bea.gov"}


class Origin(NamedTuple):
    """The publisher, its page, and where the figure was read when that is another."""

    publisher: str
    page: str
    via: str = ""


def sha256(path: Path) -> str:
    """Hash of a source file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows(path: Path) -> list[dict[str, str]]:
    """A transcribed table, a dict a row."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def vintage(path: Path, name: str, known_on: date, form: Form, origin: Origin) -> Vintage:
    """The vintage that a source file, or a release in it, makes."""
    return Vintage(f"{name}@{known_on}", known_on, form, origin.publisher, origin.page, sha256(path), origin.via)


def layer(series: str, held: Vintage, values: Mapping[Period, str], unit: Unit | None = None, step: str = "") -> Layer:
    """A layer in the catalogue's unit unless another is given; `step` where the figures are coarser than written."""
    first, text = consecutive(values)
    known_to = Decimal(step) if step else None
    return Layer(series, held, unit or catalogue.info(series).unit, first, text, known_to)


def fixed(text: str, places: int) -> str:
    """The figure with the decimals its publisher prints; some copies lost trailing zeros. Empty stays empty.

    Raise ValueError where that would drop a digit that says something.
    """
    if not text:
        return text
    whole = format(Decimal(text), f".{places}f")
    if Decimal(whole) != Decimal(text):
        message = f"{text} has more than {places} decimals"
        raise ValueError(message)
    return whole


def _is_page(url: str) -> bool:
    """Whether it names one page of BEA's, not a list that moves on."""
    parts = urlsplit(url)
    return parts.netloc.endswith("bea.gov") and parts.path not in _LISTS


def bea_origin(cited: str, page: str) -> Origin:
    """The BEA page among the addresses cited, else `page`; whatever else was cited is where it was read.

    Addresses on inner hosts of BEA (`www-fd`, `dev`) are given on the public one, and kept as cited beside it.
    """
    inner = [url for url in _URL.findall(cited) if _is_page(url)]
    if not inner:
        return Origin(BEA, page, cited)
    parts = urlsplit(inner[0])
    public = parts.netloc in _PUBLIC_HOSTS
    path = parts.path.removeprefix("/index.php")
    page = urlunsplit(("https", parts.netloc if public else "www.bea.gov", path, parts.query, ""))
    rest = cited.replace(inner[0], "", 1) if public else cited
    return Origin(BEA, page, "; ".join(part.strip() for part in rest.split(";") if part.strip()))
