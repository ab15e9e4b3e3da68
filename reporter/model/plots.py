"""What a chart shows, not how: frozen values in display units, labels already formatted, words already written.

A chart never formats a datum: every printed value arrives as a `Label` made from a fact, every word from a
template. Only the ticks of its axes are its own. Stocks stand at the end of their period, flows in its middle.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reporter.model.periods import Period, Window
from reporter.model.plots_lines import Label, Line, Part, Point, Record, Trace, Words

__all__ = [
    "Account",
    "Break",
    "Bridge",
    "HolderAndYield",
    "Label",
    "Line",
    "Mover",
    "Movers",
    "NetPosition",
    "Part",
    "Plot",
    "Point",
    "Purchases",
    "Record",
    "Region",
    "Regions",
    "Sheet",
    "Side",
    "Small",
    "SmallMultiples",
    "Step",
    "Stretch",
    "Trace",
    "Trend",
    "Words",
    "Yields",
]

_PARTS_MOST = 5  # a stack may have
_KINDS_MOST = 3  # a change may be split into


def _as_many(where: str, kinds: tuple[str, ...], *columns: tuple[object, ...]) -> None:
    """Raise ValueError unless there is a value for each kind, and no more than three kinds: there are three inks."""
    if len(kinds) > _KINDS_MOST or any(len(column) != len(kinds) for column in columns):
        message = f"{where}: {len(kinds)} kinds (at most {_KINDS_MOST}), but {[len(c) for c in columns]} values"
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A tinted span of time and what each panel of two changed by over it; an empty label prints nothing."""

    window: Window
    upper: Label = field(default_factory=lambda: Label(""))
    lower: Label = field(default_factory=lambda: Label(""))


@dataclass(frozen=True, slots=True)
class Break:
    """A series break before `period`: a dashed rule, nothing joined or summed across it, a word on either side."""

    period: Period
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class NetPosition:
    """A level ($ trillion) over its share of GDP (%): two panels, one time axis, the record ringed in each."""

    level: Trace
    share: Trace


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a balance sheet: its categories from the bottom up ($ trillion), and the label of their sum."""

    title: str
    layers: tuple[Part, ...]
    total: Label


@dataclass(frozen=True, slots=True)
class Sheet:
    """Assets and liabilities as stacked areas on one scale; a category keeps its colour by its line's name."""

    assets: Side
    liabilities: Side


@dataclass(frozen=True, slots=True)
class Step:
    """The changes of one period, one a kind, in the order of `Bridge.kinds` ($ billion), with their labels."""

    period: Period
    values: tuple[float, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A waterfall from one position to the next, measured from the first; `total` is drawn as given, not summed."""

    kinds: tuple[str, ...]
    start: Label
    steps: tuple[Step, ...]
    total: float
    total_label: Label
    total_name: str
    end: Label

    def __post_init__(self) -> None:
        for step in self.steps:
            _as_many(str(step.period), self.kinds, step.values, step.labels)


@dataclass(frozen=True, slots=True)
class HolderAndYield:
    """A holder's holdings ($ billion) over a yield (%): two panels, two scales, one time axis."""

    holdings: Trace
    yields: Trace
    stretch: Stretch | None = None
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Yields:
    """The dollar's index over a yield (%)."""

    dollar: Trace
    yields: Trace
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure, one panel."""

    trace: Trace
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Mover:
    """A holder then and now, its change split in the order of `Movers.kinds` ($ billion), the label of the change."""

    name: str
    then: float
    now: float
    parts: tuple[float, ...]
    total: Label


@dataclass(frozen=True, slots=True)
class Movers:
    """Who bought and who sold, the biggest rise first: holdings then and now, and what the change is made of."""

    rows: tuple[Mover, ...]
    holdings: str
    then: str
    now: str
    change: str
    kinds: tuple[str, ...]
    total: str

    def __post_init__(self) -> None:
        for row in self.rows:
            _as_many(row.name, self.kinds, row.parts)


@dataclass(frozen=True, slots=True)
class Small:
    """One panel of many; the labels are of its first and its last value."""

    title: str
    line: Line
    first: Label
    last: Label


@dataclass(frozen=True, slots=True)
class SmallMultiples:
    """Several lines on one scale, a panel each, all the others in grey behind."""

    panels: tuple[Small, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A class of securities: what the region and the rest hold ($ trillion), and the region's share."""

    name: str
    ours: float
    rest: float
    ours_label: Label
    rest_label: Label
    share: Label


@dataclass(frozen=True, slots=True)
class Regions:
    """A bar a class: the region, then the rest of the world; `share` heads the column of shares."""

    ours: str
    rest: str
    share: str
    rows: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Flows by quarter that add up to a balance ($ billion), over the sum of four quarters; slumps are tinted."""

    title: str
    parts: tuple[Part, ...]
    balance: Part
    year: Trace
    slumps: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        if len(self.parts) > _PARTS_MOST:
            message = f"{len(self.parts)} parts, at most {_PARTS_MOST} can be told apart"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Purchases:
    """Monthly flows by class, a panel each on one scale ($ billion), over their sum of twelve months.

    `year.earlier` is the sum before the break; `gap` says why none follows for a year.
    """

    classes: tuple[Part, ...]
    year: Trace
    broken: Break | None = None
    gap: str = ""


Plot = (
    NetPosition
    | Sheet
    | Bridge
    | HolderAndYield
    | Yields
    | Trend
    | Movers
    | SmallMultiples
    | Regions
    | Account
    | Purchases
)
