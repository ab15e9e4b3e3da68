"""The article, checked: the document is what the software writes, and its verdicts are those the project knows of."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from reporter.errors import ConfigError, DataError
from scripts.article_checked import check
from scripts.article_checked.__main__ import TARGET, document
from tests.support import SHARED_DATA

LONGEST = 20  # words of a short quotation


@cache
def article() -> check.Article:
    return check.load()


@cache
def verdicts() -> dict[str, tuple[bool | None, ...]]:
    return {one.quote: tuple(found.holds for found in article().found(one)) for one in article().checks}


def test_the_document_is_what_the_software_writes() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(article()), "run python -m scripts.article_checked"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("net long the USA", (True, False)),  # the annual update of June 2026 moved the level
        ("both nominally", (True, False)),
        ("share of GDP", (False, False)),  # 2024Q4 was larger as revised by the day
        ("first 11 months", (False, False)),  # it is twelve months, net of purchases abroad
        ("$8 trillion", (False, False)),
        ("almost twice", (False, False)),
        ("narrowed sharply", (True, False)),
        ("spike in yields", (None, None)),
    ],
)
def test_the_verdicts_that_the_project_is_built_around(words: str, expected: tuple[bool | None, ...]) -> None:
    (found,) = (held for quote, held in verdicts().items() if words in quote)
    assert found == expected


def test_the_figure_that_the_article_meant() -> None:
    (one,) = (one for one in article().checks if one.instead)
    assert one.instead is not None
    assert one.says is not None
    assert abs(one.instead.value - one.says) <= one.to
    assert one.expr is not None
    assert one.expr.value - one.says > Decimal("2e11")


def test_periods_are_the_articles_on_either_day() -> None:
    """No newer quarter is slipped under an older claim."""
    for one in article().checks:
        then, now = article().found(one)
        assert then.formula == now.formula
        assert [seen.period for seen in then.observations] == [seen.period for seen in now.observations]
        assert {seen.known_on <= found.day for found in (then, now) for seen in found.observations} <= {True}


def test_quotations_are_short_and_the_articles_own() -> None:
    source = SHARED_DATA.parent / "article.txt" if SHARED_DATA else None
    text = source.read_text(encoding="utf-8") if source and source.is_file() else None
    for one in article().checks:
        assert len(one.quote.split()) <= LONGEST
        if text is not None:
            assert one.quote.replace("‘", '"').replace("’", '"') in text.replace("’", '"')


def test_a_claim_on_nothing_is_refused(tmp_path: Path) -> None:
    head = 'title = "t"\npublisher = "p"\nbriefing = "sell-america"\ndays = [2026-02-06]\n[[claim]]\nquote = "q"\n'
    path = tmp_path / "claims.toml"
    path.write_text(head + 'fact = "niip.nett"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"no 'niip\.nett'"):
        check.load(path)
    path.write_text(head + 'expr = "fred:NOWHERE[2025Q3]"\n', encoding="utf-8")
    with pytest.raises(DataError, match="NOWHERE"):
        check.load(path)
