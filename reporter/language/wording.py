"""Dates, windows and small counts in words."""

from __future__ import annotations

from reporter.model.periods import Frequency, Period, Span, Window

MONTHS = tuple("January February March April May June July August September October November December".split(" "))
_ORDINAL = tuple("zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(" "))
_CARDINAL = tuple("no one two three four five six seven eight nine ten eleven twelve".split(" "))
_LENGTHS = {Frequency.MONTH: "months", Frequency.QUARTER: "quarters", Frequency.YEAR: "years", Frequency.DAY: "days"}


def cardinal(count: int) -> str:
    """`two`; figures from thirteen on."""
    return _CARDINAL[count] if 0 <= count < len(_CARDINAL) else f"{count:,}"


def ordinal(count: int) -> str:
    """`second`; figures with their ending from thirteen on."""
    if 0 <= count < len(_ORDINAL):
        return _ORDINAL[count]
    ending = "th" if count % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def in_words(span: Span, *, year: bool = True) -> str:
    """`second quarter of 2026`, `July 2026`, `5 February 2026`, `12 months to April 2026`."""
    if isinstance(span, Window):
        count = cardinal(len(span)) if len(span) < 10 else f"{len(span)}"  # noqa: PLR2004 -- the house spells out to nine
        return f"{count} {_LENGTHS[span.last.frequency]} to {month_of(span.last, year=year)}"
    tail = f" {span.year}" if year else ""
    match span.frequency:
        case Frequency.QUARTER:
            return f"{_ORDINAL[span.number]} quarter" + (f" of {span.year}" if year else "")
        case Frequency.MONTH:
            return MONTHS[span.number - 1] + tail
        case Frequency.DAY:
            return f"{span.start.day} {MONTHS[span.start.month - 1]}{tail}"
        case Frequency.YEAR:
            return str(span.year)


def month_of(span: Span, *, year: bool = True) -> str:
    """The month a period or window ends in: `June 2026`."""
    end = (span.last if isinstance(span, Window) else span).end
    return MONTHS[end.month - 1] + (f" {end.year}" if year else "")


def short(span: Span) -> str:
    """`2026 Q2`, `Jul 2026`, `5 Feb 2026`."""
    last: Period = span.last if isinstance(span, Window) else span
    match last.frequency:
        case Frequency.QUARTER:
            return f"{last.year} Q{last.number}"
        case Frequency.MONTH:
            return f"{MONTHS[last.number - 1][:3]} {last.year}"
        case Frequency.DAY:
            return f"{last.start.day} {MONTHS[last.start.month - 1][:3]} {last.year}"
        case Frequency.YEAR:
            return str(last.year)
