"""The observations that ship with the package, and the text format they are kept in.

UTF-8, one record a line, fields parted by tabs, gzip around it::

    # reporter observations 1
    V <vintage> <known_on> <path|revision|print> <publisher> <link> <sha256 of the source file> <transcribed via>
    S <series> <vintage> <unit> <step or empty> <first period> <value,value,…>

Values are those of consecutive periods (days are calendar days), empty where
there is none, written as published. The order of records does not matter to a reader; the writer sorts them,
so that the same layers make the same bytes. Opening indexes lines only; a layer is built when it is asked for.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from pathlib import Path

from reporter.errors import DataError, MissingSeries
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.model.units import Unit

HEAD = "# reporter observations 1"
_VINTAGE_FIELDS = 8
_SERIES_FIELDS = 7
_NUMBER = r"(?:-?\d++(?:\.\d++)?+)?+"  # possessive: nothing to go back to, and twice as fast
_VALUES = re.compile(f"{_NUMBER}(?:,{_NUMBER})*+")


class Observations(Mapping[str, tuple[Layer, ...]]):
    """Layers by series id, oldest vintage first.

    As of any mapping, asking for a series that is not there raises KeyError; `layers_of` raises MissingSeries.
    """

    def __init__(self, text: str, origin: str) -> None:
        """Index `text`; raise DataError, naming `origin` and the line, where it is not in the format."""
        self._lines = text.split("\n")
        self._origin = origin
        self._vintages: dict[str, Vintage] = {}
        self._places: dict[str, list[int]] = {}
        self._built: dict[str, tuple[Layer, ...]] = {}
        if self._lines[0] != HEAD:
            raise self._fault(0, f"expected {HEAD!r}, got {self._lines[0][:60]!r}")
        self._index()

    def _index(self) -> None:
        """One pass over twenty thousand lines: a series' lines stand together, so its id is read once a run."""
        places, lines = self._places, self._lines
        start, run = "\n", [0]  # no line starts so
        for at in range(1, len(lines)):
            line = lines[at]
            if line.startswith(start):
                run.append(at)
            elif line.startswith("S\t"):
                end = line.find("\t", 2)
                start, run = line[: end + 1] or "\n", places.setdefault(line[2:end], [])
                run.append(at)
            elif line.startswith("V\t"):
                vintage = self._vintage(at)
                self._vintages[vintage.id] = vintage
            elif line or at != len(lines) - 1:
                raise self._fault(at, f"expected a record V or S, got {line[:60]!r}")

    def __getitem__(self, series: str) -> tuple[Layer, ...]:
        if series not in self._built:
            layers = [self._layer(at) for at in self._places[series]]
            self._built[series] = tuple(sorted(layers, key=lambda layer: layer.vintage.known_on))
        return self._built[series]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, series: object) -> bool:
        return series in self._places

    def layers_of(self, series: str) -> tuple[Layer, ...]:
        """The series' layers; raise MissingSeries when there are none."""
        if series not in self._places:
            message = f"no vintage in {self._origin}"
            raise MissingSeries(message, series=series)
        return self[series]

    @property
    def vintages(self) -> Mapping[str, Vintage]:
        """Every vintage by its id."""
        return self._vintages

    def _vintage(self, at: int) -> Vintage:
        fields = self._lines[at].split("\t")
        if len(fields) != _VINTAGE_FIELDS:
            raise self._fault(at, f"a vintage has {_VINTAGE_FIELDS} fields, this line {len(fields)}")
        _, name, known_on, form, publisher, link, sha256, via = fields
        try:
            return Vintage(name, date.fromisoformat(known_on), Form(form), publisher, link, sha256, via)
        except ValueError as error:
            raise self._fault(at, str(error)) from None

    def _layer(self, at: int) -> Layer:
        fields = self._lines[at].split("\t")
        if len(fields) != _SERIES_FIELDS:
            raise self._fault(at, f"a series has {_SERIES_FIELDS} fields, this line {len(fields)}")
        _, series, vintage, unit, step, first, text = fields
        if vintage not in self._vintages:
            raise self._fault(at, f"vintage {vintage!r} has no record")
        if not _VALUES.fullmatch(text):
            raise self._fault(at, "values are not numbers parted by commas")
        try:
            known_to = Decimal(step) if step else None
            return Layer(series, self._vintages[vintage], Unit.parse(unit), Period.parse(first), text, known_to)
        except InvalidOperation:
            raise self._fault(at, f"not a step: {step!r}") from None
        except ValueError as error:
            raise self._fault(at, str(error)) from None

    def _fault(self, at: int, what: str) -> DataError:
        return DataError(f"{self._origin}, line {at + 1}: {what}")


def loads(text: str, origin: str = "observations") -> Observations:
    """Read the format; `origin` is what an error calls it."""
    return Observations(text, origin)


def dumps(layers: Iterable[Layer]) -> str:
    """Write the format, vintages and series sorted; raise ValueError on a field that holds a tab or a line end."""
    held = sorted(layers, key=_order)
    vintages = sorted({layer.vintage for layer in held}, key=lambda v: (v.known_on, v.id))
    if len({vintage.id for vintage in vintages}) != len(vintages):
        message = "two vintages share an id"
        raise ValueError(message)
    rows = [_vintage_fields(vintage) for vintage in vintages] + [_series_fields(layer) for layer in held]
    lines = [HEAD]
    for row in rows:
        if any(c in field for field in row for c in "\t\n\r"):
            message = f"a field holds a tab or a line end: {row}"
            raise ValueError(message)
        lines.append("\t".join(row))
    return "\n".join(lines) + "\n"


def _order(layer: Layer) -> tuple[str, date, str, Period]:
    return layer.series, layer.vintage.known_on, layer.vintage.id, layer.first


def _vintage_fields(v: Vintage) -> tuple[str, ...]:
    return ("V", v.id, v.known_on.isoformat(), v.form.value, v.publisher, v.link, v.sha256, v.transcribed_via)


def _series_fields(layer: Layer) -> tuple[str, ...]:
    step = "" if layer.step is None else format(layer.step, "f")
    return ("S", layer.series, layer.vintage.id, str(layer.unit), step, str(layer.first), layer.text)


def pack(text: str) -> bytes:
    """Compress without a time stamp, so that the same text makes the same bytes."""
    return gzip.compress(text.encode("utf-8"), 9, mtime=0)


def load(path: Path) -> Observations:
    """Open a file of the format; raise DataError when it cannot be read as one."""
    return _unpack(path.read_bytes(), path.name)


@cache
def layers() -> Observations:
    """The package's own observations, opened once a process."""
    held = resources.files("reporter").joinpath("data/observations.tsv.gz")
    return _unpack(held.read_bytes(), "observations.tsv.gz")


def _unpack(payload: bytes, origin: str) -> Observations:
    try:
        text = gzip.decompress(payload).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        message = f"{origin} is not a gzip file of UTF-8 text: {error}"
        raise DataError(message) from None
    return loads(text, origin)
