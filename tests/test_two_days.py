"""Two days must be right: 6 February 2026, the day of the model article, and 22 November 2026.

Facts and claims only, from the embedded observations; how they are worded is the templates'.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from reporter import store
from reporter.claims import Claim
from reporter.facts import Fact
from reporter.findings import Candidate
from reporter.model.observations import Basis
from reporter.rounding import rounded
from reporter.sections import holders, net_position
from reporter.takeaways import rank

FEBRUARY, NOVEMBER = date(2026, 2, 6), date(2026, 11, 22)
TN, BN, PERCENT = 12, 9, 0
PUBLISHED, BACKFILLED, MIXED = Basis.PUBLISHED, Basis.BACKFILLED, Basis.MIXED


@cache
def found(day: date) -> tuple[dict[str, Fact], dict[str, Claim], tuple[tuple[str, Candidate], ...]]:
    """Facts, claims and candidates of the two sections on a day."""
    snapshot = store.snapshot(day, (*net_position.NEEDS, *holders.NEEDS))
    made = {module.__name__: module.build(snapshot) for module in (net_position, holders)}
    facts = {fact.id: fact for held in made.values() for fact in held.facts}
    claims = {claim.id: claim for held in made.values() for claim in held.claims}
    return facts, claims, tuple((name, c) for name, held in made.items() for c in held.candidates)


# fact, day, value as printed, its scale, basis, period or window
FACTS = [
    ("niip.net", FEBRUARY, "-27.61", TN, PUBLISHED, "2025Q3"),
    ("niip.assets", FEBRUARY, "41.27", TN, PUBLISHED, "2025Q3"),
    ("niip.liabilities", FEBRUARY, "68.89", TN, PUBLISHED, "2025Q3"),
    ("niip.net.change_quarter", FEBRUARY, "-1.45", TN, PUBLISHED, "2025Q3"),
    ("niip.net.change_year", FEBRUARY, "-3.46", TN, MIXED, "2024Q4…2025Q3"),
    ("niip.to_gdp", FEBRUARY, "-88.79", PERCENT, PUBLISHED, "2025Q3"),
    ("holders.china", FEBRUARY, "683.9", BN, BACKFILLED, "2025-11"),
    ("holders.china.net_purchases_year", FEBRUARY, "-115.0", BN, BACKFILLED, "2024-12…2025-11"),
    ("niip.net", NOVEMBER, "-22.420", TN, PUBLISHED, "2026Q2"),
    ("niip.assets", NOVEMBER, "46.969", TN, PUBLISHED, "2026Q2"),
    ("niip.liabilities", NOVEMBER, "69.389", TN, PUBLISHED, "2026Q2"),
    ("niip.net.change_quarter", NOVEMBER, "-1.151", TN, PUBLISHED, "2026Q2"),
    ("niip.net.change_year", NOVEMBER, "-1.003", TN, PUBLISHED, "2025Q3…2026Q2"),
    ("niip.to_gdp", NOVEMBER, "-68.85", PERCENT, PUBLISHED, "2026Q2"),
    ("holders.china", NOVEMBER, "618.0", BN, PUBLISHED, "2026-07"),
    ("holders.china.net_purchases_year", NOVEMBER, "-116.5", BN, PUBLISHED, "2025-05…2026-04"),
]


@pytest.mark.parametrize(("name", "day", "value", "scale", "basis", "span"), FACTS)
def test_a_fact_to_the_digits_shown(  # noqa: PLR0913, PLR0917 -- a row of the table
    name: str, day: date, value: str, scale: int, basis: Basis, span: str
) -> None:
    fact = found(day)[0][name]
    shown = Decimal(value)
    places = -int(shown.as_tuple().exponent)
    assert rounded(fact.value.scaleb(-scale), places) == shown
    assert fact.step <= Decimal(1).scaleb(scale - places)  # and every digit shown is borne
    assert (fact.basis, str(fact.span)) == (basis, span)


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_a_record_in_dollars_and_not_in_gdp(day: date) -> None:
    _, claims, _ = found(day)
    assert claims["niip.record"].holds is True
    assert claims["niip.to_gdp.record"].holds is False


@pytest.mark.parametrize(("day", "peak"), [(FEBRUARY, "-88.99"), (NOVEMBER, "-73.93")])
def test_the_record_in_gdp_was_the_end_of_2024(day: date, peak: str) -> None:
    fact = found(day)[0]["niip.to_gdp.peak"]
    assert str(fact.span) == "2024Q4"
    assert rounded(fact.value, 2) == Decimal(peak)


def test_gdp_as_known_at_the_time() -> None:
    (gdp,) = {s for s in found(FEBRUARY)[0]["niip.to_gdp"].expr.observations() if s.series.id == "fred:GDP"}
    assert gdp.known_on == date(2026, 1, 3)


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_the_change_of_a_quarter_is_of_one_release(day: date) -> None:
    held = tuple(found(day)[0]["niip.net.change_quarter"].expr.observations())
    assert len(held) == 2
    assert len({seen.coherence for seen in held}) == 1


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_assets_less_liabilities_are_the_position(day: date) -> None:
    facts, _, _ = found(day)
    net, assets, liabilities = (facts[f"niip.{name}"] for name in ("net", "assets", "liabilities"))
    slack = net.step + assets.step + liabilities.step  # each rounded by itself
    assert abs(assets.value - liabilities.value - net.value) <= slack


def test_the_mixed_year_is_never_first() -> None:
    _, _, candidates = found(FEBRUARY)
    first = rank(candidates)[0]
    assert first.outcome == "place 1"
    assert not first.caveats
    assert Basis.MIXED not in {fact.basis for fact in first.candidate.facts}


@pytest.mark.parametrize("day", [FEBRUARY, NOVEMBER])
def test_nothing_a_fact_rests_on_comes_from_the_future(day: date) -> None:
    facts, claims, _ = found(day)
    held = [s for fact in facts.values() for s in fact.expr.observations()]
    held += [s for claim in claims.values() for s in claim.observations()]
    assert held
    assert all(seen.known_on <= day for seen in held)
    assert all(seen.vintage.known_on <= day for seen in held if seen.basis is Basis.PUBLISHED)


def test_what_the_revision_did_to_the_quarter_of_the_article() -> None:
    """2025Q3 was −$27.61tn in its first print and is −$22.04tn since June 2026."""
    now = store.snapshot(NOVEMBER, [net_position.NET])[net_position.NET]
    then = store.snapshot(FEBRUARY, [net_position.NET])[net_position.NET]
    values = [rounded(held[then.last].value.scaleb(-TN), 2) for held in (then, now)]
    assert values == [Decimal("-27.61"), Decimal("-22.04")]
