"""What a store keeps of a series: a chain of changes, and the vintages it makes when read.

The first row of a chain is *whole*, each later one holds only what its payload changed. Changes are relative to
one another, so read together they are one path kept as its revisions (`Form.REVISION`): what stood on a day is the
chain folded up to it. A payload that is a *window* on a series, the last thirteen months, says nothing of the
months it has dropped: it is kept in full as a path of its own (`Form.PATH`).

Cells are values by the ordinal of their period, as written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Frequency, Period
from reporter.model.units import Unit

WITHDRAWN = "."
Cells = dict[int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One vintage's change to one series; see `schema` for `whole` and `text`. The form is the vintage's."""

    series: str
    vintage: Vintage
    whole: bool
    unit: Unit
    step: Decimal | None
    first: Period
    text: str

    @property
    def known_on(self) -> date:
        """The day its values were known."""
        return self.vintage.known_on

    @property
    def cells(self) -> Cells:
        """Its values, withdrawn ones included."""
        return cells(self.first, self.text)


def cells(first: Period, text: str) -> Cells:
    """The values of a text by ordinal."""
    return {at: value for at, value in enumerate(text.split(","), first.ordinal) if value}


def run(frequency: Frequency, held: Mapping[int, str]) -> tuple[Period, str]:
    """First period and text of some cells; raise ValueError where there are none."""
    low, high = min(held), max(held)
    return Period(frequency, low), ",".join(held.get(at, "") for at in range(low, high + 1))


def fold(rows: Iterable[Row]) -> Cells:
    """What stood after the last of the rows."""
    stood: Cells = {}
    for row in rows:
        stood = row.cells if row.whole else stood | row.cells
    return {at: value for at, value in stood.items() if value != WITHDRAWN}


def same(a: str, b: str) -> bool:
    """Whether two values, as written, are one number."""
    return a == b or (bool(a and b) and WITHDRAWN not in {a, b} and Decimal(a) == Decimal(b))


def windowed(series: str) -> bool:
    """Whether its files drop old periods with time; everybody else's hold the whole series or withdraw a value.

    Table 5 of the Treasury lists thirteen months, and tables 1 to 3 start in 2020 for now.
    """
    return series.startswith("tic:")


def insertion(chain: Sequence[Row], layer: Layer, reads: Iterable[date] = ()) -> tuple[Row, ...]:
    """What to add to a chain, oldest row first, so that `layer`, a whole payload, is what stood on its day.

    Nothing where it brings nothing. `reads` are days on which the whole series was read, and nothing needed writing.
    Two rows where the next day that is known would read otherwise upon the new one: the second restates it.
    """
    day = layer.vintage.known_on
    added = _addition([row for row in chain if row.known_on <= day], layer)
    if added is None:
        return ()
    after = min((each for each in (*(row.known_on for row in chain), *reads) if each > day), default=None)
    restated = _restated(chain, added, after) if after else None
    return (added, restated) if restated else (added,)


def revisions(chain: Sequence[Row], layers: Sequence[Layer], reads: Collection[date] = ()) -> tuple[Row, ...]:
    """What to add to a chain for vintages that hold only what changed (`Form.REVISION`), oldest first.

    The first of them is whole: a publisher's window opens with all that stood.
    """
    first, last = layers[0].vintage.known_on, layers[-1].vintage.known_on
    days = {*(row.known_on for row in chain), *reads}
    after = min((day for day in days if day > last), default=None)
    before = [row for row in chain if row.known_on < first]
    anew = not before or after is None or any(row.whole for row in chain if row.known_on == after)
    if anew and not any(first <= day <= last for day in days):
        opening = insertion(before, layers[0])
        return (*opening, *(_row(x, Form.REVISION, cells(x.first, x.text)) for x in layers[1:]))
    return _woven(chain, layers, reads)


def _woven(chain: Sequence[Row], layers: Sequence[Layer], reads: Collection[date]) -> tuple[Row, ...]:
    """The same where days of both alternate: each vintage is made whole and put in its place."""
    stood: Cells = {}
    added: list[Row] = []
    for layer in layers:
        stood |= cells(layer.first, layer.text)
        first, text = run(layer.first.frequency, stood)
        known = sorted((*chain, *added), key=lambda row: row.known_on)
        added += insertion(known, replace(layer, first=first, text=text), reads)
    return tuple(added)


def _addition(chain: Sequence[Row], layer: Layer) -> Row | None:
    now = cells(layer.first, layer.text)
    stood = fold(chain)
    if not chain:
        return _row(layer, Form.REVISION, now, whole=True)
    trimmed = windowed(layer.series)
    gone = {at: WITHDRAWN for at in stood if at not in now and not (trimmed and at < layer.first.ordinal)}
    changed = {at: value for at, value in now.items() if not same(value, stood.get(at, ""))} | gone
    if (layer.unit, layer.step) != (chain[-1].unit, chain[-1].step):
        return _row(layer, Form.REVISION, now | gone, whole=True)
    if not changed:
        return None
    if trimmed and layer.first.ordinal > min(stood, default=layer.first.ordinal):
        return _row(layer, Form.PATH, now | gone)
    if any(row.vintage.form is Form.PATH for row in _since_whole(chain)):
        return _row(layer, Form.REVISION, now | gone, whole=True)
    return _row(layer, Form.REVISION, changed)


def _since_whole(chain: Sequence[Row]) -> Sequence[Row]:
    start = max((at for at, row in enumerate(chain) if row.whole), default=0)
    return chain[start:]


def _restated(chain: Sequence[Row], added: Row, after: date) -> Row | None:
    """What is to be said on the day `after` so that it reads on as before, where `added` has moved its ground."""
    known = [row for row in chain if row.known_on <= after]
    upon = sorted((*known, added), key=lambda row: row.known_on)
    stood, stands = fold(known), fold(upon)
    moved = {at: stood.get(at, WITHDRAWN) for at in stood | stands if stood.get(at) != stands.get(at)}
    if not known or not moved:
        return None
    vintage = known[-1].vintage
    if known[-1].known_on < after:  # read again that day, and nothing was new
        name = f"{vintage.id.partition('@')[0]}@{after}"
        vintage = replace(vintage, id=name, known_on=after, form=Form.REVISION)
    first, text = run(added.first.frequency, moved)
    return replace(known[-1], vintage=vintage, whole=False, first=first, text=text)


def _row(layer: Layer, form: Form, held: Cells, *, whole: bool = False) -> Row:
    first, text = run(layer.first.frequency, held)
    return Row(layer.series, replace(layer.vintage, form=form), whole, layer.unit, layer.step, first, text)


def by_day(chain: Iterable[Row]) -> tuple[Row, ...]:
    """A row a day: what came later in it counts."""
    return tuple(_together(list(rows)) for _, rows in groupby(chain, key=lambda row: row.known_on))


def _together(rows: Sequence[Row]) -> Row:
    start = max((at for at, row in enumerate(rows) if row.whole), default=0)
    if start == len(rows) - 1:
        return rows[-1]
    held: Cells = {}
    for row in rows[start:]:
        held |= row.cells
    first, text = run(rows[-1].first.frequency, held)
    return replace(rows[-1], whole=rows[start].whole, first=first, text=text)


def in_full(chain: Sequence[Row]) -> tuple[Row, ...]:
    """The chain with each row restating all that stood on its day, for use among vintages of another origin."""
    made = []
    for at, row in enumerate(chain):
        if row.vintage.form is Form.PATH or row.whole:
            made.append(row)
            continue
        gone = {place: value for place, value in row.cells.items() if value == WITHDRAWN}
        first, text = run(row.first.frequency, fold(chain[: at + 1]) | gone)
        made.append(replace(row, whole=True, first=first, text=text))
    return tuple(made)


def to_layer(row: Row) -> Layer | None:
    """The layer a row makes; None where it only withdraws values."""
    held = {at: value for at, value in row.cells.items() if value != WITHDRAWN}
    if not held:
        return None
    if len(held) == len(row.cells):
        return Layer(row.series, row.vintage, row.unit, row.first, row.text, row.step)
    first, text = run(row.first.frequency, held)
    return Layer(row.series, row.vintage, row.unit, first, text, row.step)


def withdrawn(chain: Iterable[Row], day: date) -> frozenset[Period]:
    """The periods that had a value before and had been withdrawn by `day`."""
    stood: Cells = {}
    frequency = Frequency.DAY
    for row in chain:
        if row.known_on <= day:
            frequency = row.first.frequency
            stood |= row.cells
    return frozenset(Period(frequency, at) for at, value in stood.items() if value == WITHDRAWN)
