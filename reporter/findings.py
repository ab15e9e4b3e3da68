"""What a section finds: facts, claims, what to draw, and which takeaways it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from reporter.claims import Claim
from reporter.errors import RenderError
from reporter.expr import Expr
from reporter.facts import Fact
from reporter.model.observations import Observation
from reporter.model.plots import Plot
from reporter.tree import ChartBlock, Table, Text, plain, walk

ChartWords = Mapping[str, str]


@dataclass(frozen=True)
class Chart:
    """A chart before its words: `plot` takes the template's words by field name and gives what to draw.

    `reads` are the observations it shows: they make its source line and its data file. `half` stands beside
    text, otherwise it spans the page.
    """

    id: str
    plot: Callable[[ChartWords], Plot]
    reads: tuple[Observation, ...]
    half: bool = False

    def drawn(self, block: ChartBlock) -> Plot:
        """What to draw with the words of its block; raise RenderError for a field that the template does not give."""
        return self.plot(_Given(block))


class _Given(dict[str, str]):
    """The words of a chart's block by field; one that is asked for and not there is the template's fault."""

    def __init__(self, block: ChartBlock) -> None:
        super().__init__((name, plain(line)) for name, line in block.words.items())
        self._block = block

    def __missing__(self, name: str) -> str:
        near = get_close_matches(name, self, 1)
        message = f"chart {self._block.key!r} has no field {name!r}" + (f"; is it {near[0]!r}?" if near else "")
        leaves = (leaf for line in self._block.words.values() for leaf in walk(line))
        place = next((leaf for leaf in leaves if isinstance(leaf, Text) and leaf.line), Text(""))
        raise RenderError(message, template=place.template, line=place.line)


@dataclass(frozen=True)
class Candidate:
    """A takeaway that a section offers, with what its rank is judged by.

    `facts` are what its sentence says, `claims` what it judges; `change` is the latest move, `past` moves of
    the same length from one vintage, `noise` the size of a usual revision of it.
    """

    key: str
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...] = ()
    change: Expr | None = None
    past: tuple[Expr, ...] = ()
    noise: Decimal | None = None


@dataclass(frozen=True)
class Findings:
    """Everything one section computed.

    `given` are nouns the section's own template and the front may name besides facts and claims: lists of
    rows, a country's name.
    """

    facts: tuple[Fact, ...] = ()
    claims: tuple[Claim, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)
