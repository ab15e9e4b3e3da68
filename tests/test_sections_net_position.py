"""The net position: the figures of two days, parts only where they belong to the whole, what moved it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from reporter import store
from reporter.findings import Findings
from reporter.model.observations import Basis
from reporter.model.plots import Bridge, Sheet
from reporter.rounding import rounded
from reporter.sections import _position_parts as parts
from reporter.sections import net_position
from tests.sections_made import FEBRUARY, NOVEMBER, built, holding, prose, series, snapshot, values

TN, BN = 12, 9


@cache
def found(as_of: date) -> Findings:
    return net_position.build(store.snapshot(as_of, net_position.NEEDS))


@pytest.mark.parametrize(
    ("as_of", "fact", "scale", "value"),
    [
        (FEBRUARY, "niip.net", TN, "-27.61"),
        (FEBRUARY, "niip.assets", TN, "41.27"),
        (FEBRUARY, "niip.liabilities", TN, "68.89"),
        (FEBRUARY, "niip.net.change_quarter", TN, "-1.45"),
        (FEBRUARY, "niip.net.change_year", TN, "-3.46"),
        (FEBRUARY, "niip.to_gdp", 0, "-88.79"),
        (FEBRUARY, "niip.transactions_quarter", BN, "-386.1"),
        (FEBRUARY, "niip.other_changes_quarter", BN, "-1070"),
        (NOVEMBER, "niip.net", TN, "-22.420"),
        (NOVEMBER, "niip.assets", TN, "46.969"),
        (NOVEMBER, "niip.liabilities", TN, "69.389"),
        (NOVEMBER, "niip.net.change_quarter", TN, "-1.151"),
        (NOVEMBER, "niip.net.change_year", TN, "-1.003"),
        (NOVEMBER, "niip.to_gdp", 0, "-68.85"),
        (NOVEMBER, "niip.transactions_quarter", BN, "-371.8"),
        (NOVEMBER, "niip.other_changes_quarter", BN, "-779.5"),
        # 356.9 + 276.7 + 256.2 + 371.8 paid for; −267.2 + 444.1 + 860.7 − 779.5 of everything else.
        (NOVEMBER, "niip.transactions_year", BN, "-1261.6"),
        (NOVEMBER, "niip.other_changes_year", BN, "258.1"),
        (NOVEMBER, "niip.assets.portfolio", TN, "21.0641"),
        (NOVEMBER, "niip.liabilities.portfolio", TN, "40.9215"),
        (NOVEMBER, "niip.portfolio.gap", TN, "-19.8574"),
        (NOVEMBER, "niip.portfolio.share", 0, "58.97"),
    ],
)
def test_figures_of_two_days(as_of: date, fact: str, scale: int, value: str) -> None:
    shown = Decimal(value)
    places = -int(shown.as_tuple().exponent)
    assert rounded(values(found(as_of))[fact].scaleb(-scale), places) == shown


@pytest.mark.parametrize("as_of", [FEBRUARY, NOVEMBER])
def test_records(as_of: date) -> None:
    assert holding(found(as_of))["niip.record"] is True
    assert holding(found(as_of))["niip.to_gdp.record"] is False


def test_parts_of_another_vintage_than_the_whole_are_left_out_and_that_is_said() -> None:
    facts = values(found(FEBRUARY))
    assert not [key for key in facts if key.startswith(("niip.assets.", "niip.liabilities.", "niip.portfolio."))]
    assert {chart.id for chart in found(FEBRUARY).charts} == {"niip"}
    said = prose(built(FEBRUARY, "net_position"))
    assert "left out of this edition" in said
    assert "do not add up to them" in said


def test_a_year_of_prints_from_several_releases_is_not_added_up() -> None:
    assert "niip.transactions_quarter" in values(found(FEBRUARY))
    assert "niip.transactions_year" not in values(found(FEBRUARY))


def test_parts_add_up_to_the_whole() -> None:
    facts = values(found(NOVEMBER))
    for side, held in parts.SIDES.items():
        total = sum(facts[f"niip.{side}.{part}"] for part in held)
        # Each part is known to $0.1bn.
        assert abs(total - facts[f"niip.{side}"]) <= len(held) * Decimal("0.1e9")


def test_what_moved_it_adds_up_to_the_change() -> None:
    facts = values(found(NOVEMBER))
    for span in ("quarter", "year"):
        explained = facts[f"niip.transactions_{span}"] + facts[f"niip.other_changes_{span}"]
        assert abs(explained - facts[f"niip.net.change_{span}"]) <= Decimal("0.4e9")


def test_causes() -> None:
    claims = holding(found(NOVEMBER))
    assert (claims["niip.quarter.borrowed"], claims["niip.quarter.against"]) == (False, False)
    assert (claims["niip.year.borrowed"], claims["niip.year.more_than_all"]) == (True, True)
    assert claims["niip.direct.even"] is True  # 15.23 against 15.61: 97.6%
    assert claims["niip.portfolio.most"] is True


def made(transactions: str, other: str, net: str = "-100,-110,-120,-130,-140", known_on: date = NOVEMBER) -> Findings:
    """Five quarters of a position and its flows, in $ billions as the text has them."""
    thousands = ",".join(f"{text}000" for text in net.split(","))
    position = series(net_position.NET, "2025Q2", thousands)
    flows = (
        series(parts.TRANSACTIONS, "2025Q3", transactions, known_on=known_on),
        series(parts.OTHER, "2025Q3", other),
    )
    return parts.movement(snapshot(position, *flows), position, position.last)


def test_more_than_all_of_a_change_by_hand() -> None:
    done = made("-20,-20,-20,-20", "10,10,10,10")
    assert values(done)["niip.transactions_year"] == Decimal("-80e9")
    assert values(done)["niip.other_changes_year"] == Decimal("40e9")
    assert holding(done)["niip.year.more_than_all"] is True
    spec = done.charts[0].plot(
        {"transactions": "T", "other": "O", "start": "", "total": "", "total_name": "", "end": ""}
    )
    assert isinstance(spec, Bridge)
    assert [step.values for step in spec.steps] == [(-20.0, 10.0)] * 4
    assert spec.total == -40.0


def test_transactions_against_the_change() -> None:
    claims = holding(made("5,5,5,5", "-15,-15,-15,-15"))
    assert claims["niip.quarter.against"] is True
    assert claims["niip.quarter.borrowed"] is False


def test_no_share_of_a_change_of_nought() -> None:
    done = made("-5,-5,-5,-5", "5,5,5,5", net="-100,-100,-100,-100,-100")
    assert "niip.transactions_year" in values(done)
    assert not [key for key in holding(done) if key.startswith("niip.year")]


def test_flows_of_another_vintage_explain_nothing() -> None:
    done = made("-20,-20,-20,-20", "10,10,10,10", known_on=date(2026, 10, 1))
    assert not done.facts
    assert not done.charts


def test_flows_that_do_not_reach_the_last_quarter_explain_nothing() -> None:
    assert not made("-20,-20,-20", "10,10,10,10").facts


def test_the_balance_sheet_has_the_largest_category_at_the_bottom() -> None:
    (chart,) = (chart for chart in found(NOVEMBER).charts if chart.id == "sheet")

    class Words(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return key

    spec = chart.plot(Words())
    assert isinstance(spec, Sheet)
    assert [part.line.name for part in spec.liabilities.layers] == ["portfolio", "direct", "other", "derivatives"]
    assert sum(part.line.values[-1] for part in spec.assets.layers) == pytest.approx(46.97, abs=0.01)


def test_prose_of_november() -> None:
    said = prose(built(NOVEMBER, "net_position"))
    assert "New borrowing was the smaller part of the quarter’s move. Transactions account for −$371.8bn." in said
    assert (
        "borrowing accounts for more than all of it: $1.26tn, of which prices and other changes gave back $258.1bn"
        in said
    )
    assert "the account is nearly even: $15.23tn is owned abroad against $15.61tn owned here" in said
    assert "left out" not in said


def test_a_mixed_change_says_so_and_only_then() -> None:
    basis = {fact.id: fact.basis for fact in (*found(FEBRUARY).facts,)}
    assert basis["niip.net.change_year"] is Basis.MIXED
    assert "come from different vintages" in prose(built(FEBRUARY, "net_position"))
    assert "come from different vintages" not in prose(built(NOVEMBER, "net_position"))
