"""The “Sell America” trade: whether foreigners are selling. Its other facts are those of the sections that follow."""

from __future__ import annotations

from decimal import Decimal

from reporter import calc
from reporter.claims import Claim
from reporter.findings import Findings
from reporter.model.periods import Window
from reporter.model.series import Snapshot

BOUGHT = "tic:table1:99996:for_lt_total_net"
NEEDS = (BOUGHT,)

_YEAR = 12  # months
_NOUGHT = Decimal(0)


def build(snapshot: Snapshot) -> Findings:
    """The claim that foreigners bought more than they sold over twelve months; none before there are twelve."""
    net = snapshot[BOUGHT]
    if not net.periods or not net.covers(window := Window.ending(net.last, _YEAR)):
        return Findings()
    year = calc.window_sum(net, window)
    of = ("flows.net_purchases_12m",)
    return Findings(claims=(Claim("introduction.buying", "bought more than they sold", "above", (year,), of, _NOUGHT),))
