"""What the page needs to know of a chart: its picture and its size. Who drew it is not asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reporter.render.probes import Probe


class Drawing(Protocol):
    """A finished picture: an SVG whose ids no other picture of the page uses, and its size at print."""

    @property
    def svg(self) -> str:
        """The whole `<svg>` element; its text is escaped."""

    @property
    def width_mm(self) -> float:
        """Its width in millimetres."""

    @property
    def height_mm(self) -> float:
        """Its height in millimetres."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart in the cut for paper and wide screens, and in the one for phones where there is one.

    `probes` tell the values of the wide cut.
    """

    wide: Drawing
    narrow: Drawing | None = None
    probes: tuple[Probe, ...] = ()
