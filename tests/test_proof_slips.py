"""Amounts on receipts: the values of the edition at any rounding a receipt prints them in, and no other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.expr import Read
from reporter.model.units import Kind
from reporter.proof.slips import Slips
from reporter.rounding import Style, written
from tests.made_core import fact, seen


def slips(*values: str) -> Slips:
    """Of facts of so many billion dollars."""
    return Slips([fact(f"f{number}", Read(seen(value))) for number, value in enumerate(values)], ())


@pytest.mark.parametrize("token", ["−$128bn", "$130bn", "−$130bn", "$128.3bn", "$0.13tn", "$128,340mn", "$100bn"])
def test_a_value_may_be_rounded_as_coarsely_as_it_was_published(token: str) -> None:
    assert slips("-128.34").bear(token)


@pytest.mark.parametrize(
    "token", ["$129bn", "$140bn", "$120bn", "$128.4bn", "$130.0bn", "$13bn", "$128,300mn.5", "13%"]
)
def test_another_amount_is_none_of_ours(token: str) -> None:
    assert slips("-128.34").bear(token) is (token == "$128,300mn.5")  # noqa: S105 -- no amount at all, so not judged


@given(
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99_999), places=2),
    st.sampled_from(["0.01", "0.1", "1", "10", "100"]),
)
def test_whatever_is_written_of_a_value_is_borne(value: Decimal, step: str) -> None:
    """At every precision that a publisher's figures have, in billions."""
    text = written(value.scaleb(9), Kind.USD, Decimal(step).scaleb(9), Style(places=2))
    assert slips(str(value)).bear(text)
