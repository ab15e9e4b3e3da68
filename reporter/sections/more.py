"""More from: the last editions, and whether what they led with still stands.

Facts `more.<day>.printed` and, where the figure has been revised since, `more.<day>.restated`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reporter.compare import SHELF, Earlier, Shelved, is_own, kept, restated, taken_back
from reporter.facts import Fact, Said
from reporter.findings import Findings
from reporter.model.periods import Frequency, Period
from reporter.model.series import Snapshot
from reporter.tree import NameLeaf

NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """An earlier edition as listed: `now` where its leading figure reads otherwise today.

    `withdrawn` are the words of a judgement on that figure that its revision took back.
    """

    day: Period
    headline: NameLeaf
    label: NameLeaf | None
    printed: Said | None
    now: Said | None
    withdrawn: NameLeaf | None

    def facts(self) -> tuple[Fact, ...]:
        """What it prints."""
        return tuple(said.fact for said in (self.printed, self.now) if said)


def compare(snapshot: Snapshot, _: Findings, earlier: Earlier) -> Findings | None:
    """A card for each edition on the shelf; None where it is empty."""
    cards = [_card(snapshot, held) for held in earlier.shelf]
    facts = tuple(fact for card in cards for fact in card.facts())
    return Findings(facts=facts, given={"cards": cards}) if cards else None


def _card(snapshot: Snapshot, held: Shelved) -> Card:
    lead = held.lead
    name = f"{SHELF}.{held.as_of}"
    printed = lead and Said(replace(lead.fact, id=f"{name}.printed", expr=kept(lead.fact.expr, snapshot)), lead.style)
    return Card(
        Period.of(held.as_of, Frequency.DAY),
        NameLeaf(held.headline, held.href),
        NameLeaf(lead.fact.label) if lead else None,
        printed,
        _now(snapshot, lead, f"{name}.restated") if lead else None,
        _withdrawn(snapshot, held),
    )


def _now(snapshot: Snapshot, lead: Said, name: str) -> Said | None:
    """The figure as it would be printed today; None where that is the same, or is not known any more."""
    again = restated(lead.fact.expr, snapshot)
    said = again and Said(replace(lead.fact, id=name, expr=again, stale=False), lead.style)
    return said if said and said.text != lead.text else None


def _withdrawn(snapshot: Snapshot, held: Shelved) -> NameLeaf | None:
    lead = held.lead.fact.id if held.lead else ""
    own = [claim for key, claim in sorted(held.claims.items()) if lead in claim.facts and not is_own(key)]
    judged = [claim for claim in own if claim.holds]
    return next((NameLeaf(claim.words) for claim in judged if taken_back(claim, snapshot)), None)
