"""Quotations as templates name them (`{{ quotes.deutsche_bank_europe }}`): printed whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from reporter import quotes
from reporter.language.wording import in_words
from reporter.model.periods import Frequency, Period
from reporter.quotes import Later, Manner, Quote
from reporter.tree import Line, NameLeaf, PeriodLeaf, QuoteBlock, QuotedLeaf, Text


class Quotation:
    """A quotation in a template. It has no parts to print, so that none is ever printed without its source."""

    __slots__ = ("_quote",)

    def __init__(self, quote: Quote) -> None:
        self._quote = quote

    def __str__(self) -> str:
        return f"quotes.{self._quote.id}"

    def block(self) -> QuoteBlock:
        """The words, whose they are, and what became of them."""
        quote = self._quote
        return QuoteBlock(quote, _words(quote), _by(quote), _later(quote.later) if quote.later else ())


def at_hand(day: date) -> Mapping[str, Quotation]:
    """Every quotation made by `day`, by id: what templates know as `quotes`."""
    return {key: Quotation(quote) for key, quote in quotes.known(day).items()}


def _words(quote: Quote) -> Line:
    said = QuotedLeaf(quote.text)
    return (Text("“"), said, Text("”")) if quote.manner is Manner.VERBATIM else (said,)


def _by(quote: Quote) -> Line:
    source = NameLeaf(f"{quote.who}, {quote.organisation}, {quote.where}", quote.link)
    passed_on = (Text(", "), NameLeaf(quote.via)) if quote.via else ()
    return (source, Text(", "), _day(quote.said_on), *passed_on)


def _later(later: Later) -> Line:
    return (_day(later.on), Text(": "), QuotedLeaf(later.text, later.link))


def _day(day: date) -> PeriodLeaf:
    period = Period.of(day, Frequency.DAY)
    return PeriodLeaf(in_words(period), period)
