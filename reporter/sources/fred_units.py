"""What the FRED API says of a series, held against what the catalogue says.

`series?series_id=GDP` answers title, units (“Billions of Dollars”), frequency and seasonal adjustment. A
publisher that changes a unit changes every figure by a factor in silence; here it stops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reporter import catalogue
from reporter.errors import FrequencyMismatch, ParseError, UnitMismatch
from reporter.model.observations import SeriesInfo
from reporter.model.units import Adjustment, Kind, Unit
from reporter.sources.payload import json_object, quoted

_SCALES = {"": 0, "thousands of ": 3, "millions of ": 6, "billions of ": 9, "trillions of ": 12}
_DOLLARS = re.compile(r"(?P<scale>(?:thousands|millions|billions|trillions) of )?(?:u\.?s\.? )?dollars")


def check(body: bytes, entry: SeriesInfo) -> None:
    """Raise UnitMismatch or FrequencyMismatch, naming the series, where the publisher and the catalogue differ."""
    said = _said(body, entry)
    unit = unit_of(said["units"])
    own = catalogue.is_own(entry.id)  # FRED counts what the catalogue has no word for: what it cannot tell, it accepts
    if unit != entry.unit and not (own and unit is None):
        message = f"FRED says its unit is {said['units']!r}, the catalogue {entry.unit}"
        raise UnitMismatch(message, series=entry.id)
    if said["frequency_short"] != entry.frequency.value:
        message = f"FRED says it is {said['frequency']!r}, the catalogue {entry.frequency.value}"
        raise FrequencyMismatch(message, series=entry.id)
    _adjustment(said["seasonal_adjustment_short"], entry)
    if not own and not _alike(said["title"], entry):
        message = f"FRED calls it {said['title']!r}, the catalogue {entry.title!r}: another series under its id?"
        raise UnitMismatch(message, series=entry.id)


def unit_of(text: str) -> Unit | None:
    """The unit of FRED's words (“Millions of U.S. Dollars”, “Percent”, “Index Jan 2006=100”); None if unknown."""
    words = text.strip().lower()
    if dollars := _DOLLARS.fullmatch(words):
        return Unit(Kind.USD, _SCALES[dollars["scale"] or ""])
    if words.startswith("index"):
        return Unit(Kind.INDEX)
    return Unit(Kind.PERCENT) if words == "percent" else None


def _said(body: bytes, entry: SeriesInfo) -> Mapping[str, str]:
    listed = json_object(body, entry.id).get("seriess")
    wanted = {"id", "title", "units", "frequency", "frequency_short", "seasonal_adjustment_short"}
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict) or wanted - listed[0].keys():
        message = f"expected one entry with {', '.join(sorted(wanted))}, got {quoted(str(listed))}"
        raise ParseError(message, series=entry.id)
    said: Mapping[str, str] = {name: str(listed[0][name]) for name in wanted}
    if said["id"] != entry.code:
        message = f"the answer is about {said['id']!r}"
        raise ParseError(message, series=entry.id)
    return said


def _adjustment(short: str, entry: SeriesInfo) -> None:
    """`SAAR` is seasonally adjusted at an annual rate; `NA` stands where the question does not arise."""
    adjusted = short.startswith("SA")
    measure = entry.measure
    if adjusted != (measure.adjustment is Adjustment.SA) or short.endswith("AAR") != measure.annualised:
        message = f"FRED says its seasonal adjustment is {short!r}, the catalogue {measure}"
        raise UnitMismatch(message, series=entry.id)


def _alike(title: str, entry: SeriesInfo) -> bool:
    """Whether two titles share a telling word: FRED's are its own, and in another order than the catalogue's."""
    return bool(_telling(title) & _telling(entry.title))


def _telling(title: str) -> set[str]:
    few = {"with", "from", "held", "other", "than", "united", "states", "series"}
    return {word[:6] for word in re.findall(r"[a-z]{4,}", title.lower())} - {word[:6] for word in few}
