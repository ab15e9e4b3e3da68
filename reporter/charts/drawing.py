"""What is asked of the charts and what they hand back: plain values that can be stored and sent between processes."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal

from reporter.model.plots import Plot, Words

Inks = tuple[tuple[str, str], ...]  # the house's that are replaced, each with what replaces it
TextKind = Literal["head", "unit", "source", "label", "tick", "word"]


class Cut(StrEnum):
    """How wide a chart is drawn; page size is print size, so it is never scaled."""

    FULL = "full"  # 170 mm, both columns
    HALF = "half"  # 82 mm, beside text
    NARROW = "narrow"  # 86 mm, for phones; may be taller
    MAIL = "mail"  # 96 mm, for the one column of a mail, where it is a picture
    CARD = "card"  # 140 mm, for those who share an edition, where it is a picture twice as wide as tall

    @property
    def width_mm(self) -> float:
        """Its width in millimetres."""
        return {"full": 170.0, "half": 82.0, "narrow": 86.0, "mail": 96.0, "card": 140.0}[self.value]


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the chart, whole, in the order drawn; `fact` names the fact a label prints."""

    kind: TextKind
    text: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Where one row of text stands, in points from the top left: what its ink covers, not its line."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: Box, pad: float = 0.0) -> bool:
        """Whether the two come nearer than `pad`, or cover common ground by more than a hair if it is negative."""
        return (
            self.x0 - pad < other.x1
            and other.x0 - pad < self.x1
            and self.y0 - pad < other.y1
            and other.y0 - pad < self.y1
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a datum was drawn, in points from the top left; a bar also has the `base` it starts from.

    `period` is that of the datum as `str(Period)`, empty where its place does not stand for time.
    """

    name: str
    x: float
    y: float
    value: float
    base: float | None = None
    period: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished chart: its SVG, its size, every text on it and where each text and datum stands."""

    svg: str
    width_mm: float
    height_mm: float
    texts: tuple[Text, ...]
    boxes: tuple[Box, ...]
    marks: tuple[Mark, ...]

    def to_json(self) -> str:
        """For the cache and the pipe."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Drawing:
        """Read `to_json` back; raise ValueError, KeyError or TypeError where the text is something else."""
        raw = json.loads(text)
        return cls(
            svg=str(raw["svg"]),
            width_mm=float(raw["width_mm"]),
            height_mm=float(raw["height_mm"]),
            texts=tuple(Text(**t) for t in raw["texts"]),
            boxes=tuple(Box(**b) for b in raw["boxes"]),
            marks=tuple(Mark(**m) for m in raw["marks"]),
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as pixels, for a mail: the PNG, its size in device pixels, and every text on it."""

    png: bytes
    width: int
    height: int
    texts: tuple[Text, ...]

    def to_json(self) -> str:
        """For the cache and the pipe."""
        return json.dumps(asdict(self) | {"png": b64encode(self.png).decode("ascii")}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Picture:
        """Read `to_json` back; raise ValueError, KeyError or TypeError where the text is something else."""
        raw = json.loads(text)
        texts = tuple(Text(**t) for t in raw["texts"])
        return cls(b64decode(raw["png"], validate=True), int(raw["width"]), int(raw["height"]), texts)


@dataclass(frozen=True, slots=True)
class Job:
    """One chart to draw in one cut."""

    spec: Plot
    words: Words
    cut: Cut = Cut.FULL
    inks: Inks = ()  # of a picture; a drawing is in the house's, and recoloured where it is shown

    @property
    def name(self) -> str:
        """The chart's key, with `-narrow`, `-mail` or `-card` for the cuts of those names: unique in an edition."""
        return f"{self.words.key}-{self.cut}" if self.cut in {Cut.NARROW, Cut.MAIL, Cut.CARD} else self.words.key
