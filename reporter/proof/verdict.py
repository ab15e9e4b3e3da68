"""What a proof found, in three parts that do not vouch for one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """A document's proof.

    *Consistent*: text, facts and observations say the same; `inconsistent` names where not. *Intact*: nothing was
    changed since the manifest was made; `changed` names what was, None where there is no manifest. *Signed*:
    `signed` is the public key whose signature the manifest bears, empty where none does; `unsigned` says why that
    is a failure. `figures` counts the figures that were held against their facts.
    """

    name: str
    figures: int
    inconsistent: tuple[str, ...]
    changed: tuple[str, ...] | None
    signed: str = ""
    unsigned: str = ""

    @property
    def failures(self) -> tuple[str, ...]:
        """Each failure in a line, with the part it belongs to."""
        return (
            *(f"not consistent: {fault}" for fault in self.inconsistent),
            *(f"not intact: {fault}" for fault in self.changed or ()),
            *((f"not signed: {self.unsigned}",) if self.unsigned else ()),
        )

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        return {
            "name": self.name,
            "figures": self.figures,
            "consistent": not self.inconsistent,
            "intact": None if self.changed is None else not self.changed,
            "signed": self.signed or None,
            "failures": list(self.failures),
        }

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Verdict:
        """Read the fields back that `fields` wrote."""
        changed = held["changed"]
        return cls(
            str(held["name"]),
            int(held["figures"]),
            tuple(map(str, held["inconsistent"])),
            None if changed is None else tuple(map(str, changed)),
            str(held["signed"]),
            str(held["unsigned"]),
        )


def worst(name: str, reason: str) -> Verdict:
    """Of a document that could not be read at all."""
    return Verdict(name, 0, (reason,), None)
