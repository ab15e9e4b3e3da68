"""The “Sell America” trade: whether foreigners are selling. Its other facts are those of the sections that follow."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reporter import calc
from reporter.claims import Claim
from reporter.findings import Findings
from reporter.model.periods import Window
from reporter.model.series import Snapshot

BOUGHT = "tic:table1:99996:for_lt_total_net"
NET, ASSETS, LIABILITIES = "fred:IIPUSNETIQ", "fred:IIPUSASSQ", "fred:IIPUSLIAQ"
NEEDS = (BOUGHT, NET, ASSETS, LIABILITIES)

_YEAR = 12  # months
_NOUGHT = Decimal(0)


def build(snapshot: Snapshot) -> Findings:
    """Whether foreigners bought more than they sold, and whether the two sides of the position may be set off."""
    return Findings(claims=tuple(_buying(snapshot)), given={"sides_add_up": _sides_add_up(snapshot)})


def _sides_add_up(snapshot: Snapshot) -> bool:
    """Assets less liabilities is the net position in one vintage only: sums of a later one differ from it."""
    last = snapshot[NET].last
    held = [snapshot[key] for key in (NET, ASSETS, LIABILITIES)]
    return all(last in one for one in held) and calc.coherent(calc.at(one, last) for one in held)


def _buying(snapshot: Snapshot) -> Iterator[Claim]:
    """The claim over twelve months; none before there are twelve."""
    net = snapshot[BOUGHT]
    if not net.periods or not net.covers(window := Window.ending(net.last, _YEAR)):
        return
    year = calc.window_sum(net, window)
    of = ("flows.net_purchases_12m",)
    yield Claim("introduction.buying", "bought more than they sold", "above", (year,), of, _NOUGHT)
