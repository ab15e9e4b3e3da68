"""Pictures compared as the eye does: an edge drawn a shade otherwise passes, a label that has moved does not.

Both pictures are blurred by about a pixel, which evens out how a version of a library smooths its edges; what still
differs is gathered into regions, and the regions are named. The stored picture has few colours, for its size.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Array = npt.NDArray[np.float64]
_BLUR = 1.0  # the radius of the blur, pixels
_TOLERANCE = 26  # of 255: what a blurred pixel may differ by in any channel
_CELL = 8  # differences nearer than this belong together, pixels
_COLOURS = 64
_SEAM = 6  # between the three pictures of a difference, pixels
_THIRDS = (("top left", "top", "top right"), ("left", "middle", "right"), ("bottom left", "bottom", "bottom right"))


@dataclass(frozen=True)
class Region:
    """A rectangle that holds what differs, in pixels, and by how much it differs at most, of 255."""

    x0: int
    y0: int
    x1: int
    y1: int
    worst: int

    @property
    def area(self) -> int:
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def named(self, size: tuple[int, int]) -> str:
        """Where it is, for a reader who has the picture before him."""
        wide, tall = size
        row = min(2, (self.y0 + self.y1) * 3 // (2 * tall))
        column = min(2, (self.x0 + self.x1) * 3 // (2 * wide))
        where = f"{self.x1 - self.x0} × {self.y1 - self.y0} px at ({self.x0}, {self.y0})"
        return f"{_THIRDS[row][column]}: {where}, by up to {self.worst} of 255"


def opened(png: bytes) -> Image.Image:
    """A picture on white paper."""
    with Image.open(io.BytesIO(png)) as held:
        image = held.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def stored(image: Image.Image) -> bytes:
    """A picture as it is kept: few colours, well packed, nothing of the day."""
    out = io.BytesIO()
    few = image.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def regions(got: Image.Image, want: Image.Image) -> list[Region]:
    """Where two pictures of one size differ to the eye, the largest first."""
    apart = np.abs(_soft(got) - _soft(want)).max(axis=2)
    differs = apart > _TOLERANCE
    cells = {(int(y) // _CELL, int(x) // _CELL) for y, x in np.argwhere(differs)}
    found = []
    while cells:
        rows, columns = zip(*_together(cells), strict=True)
        inside = (
            slice(min(rows) * _CELL, (max(rows) + 1) * _CELL),
            slice(min(columns) * _CELL, (max(columns) + 1) * _CELL),
        )
        ys, xs = np.nonzero(differs[inside])
        top, left = inside[0].start, inside[1].start
        box = (int(xs.min()) + left, int(ys.min()) + top, int(xs.max()) + left + 1, int(ys.max()) + top + 1)
        found.append(Region(*box, int(apart[inside].max())))
    return sorted(found, key=lambda one: (-one.area, one.y0, one.x0))


def difference(got: Image.Image, want: Image.Image, found: list[Region]) -> Image.Image:
    """What was kept, what came, and what came with a frame round each region that differs: side by side."""
    framed = Image.blend(got, Image.new("RGB", got.size, "white"), 0.5)
    pen = ImageDraw.Draw(framed)
    for one in found:
        pen.rectangle((one.x0 - 3, one.y0 - 3, one.x1 + 2, one.y1 + 2), outline=(220, 0, 0), width=2)
    three = (want, got, framed)
    sheet = Image.new(
        "RGB", (sum(image.width for image in three) + 2 * _SEAM, max(image.height for image in three)), "grey"
    )
    left = 0
    for image in three:
        sheet.paste(image, (left, 0))
        left += image.width + _SEAM
    return sheet


def faults(got: Image.Image, path: Path, most: int = 5) -> str:
    """What sets a picture apart from the one kept at `path`, in words, or nothing; it is drawn beside that one."""
    beside = path.with_suffix(".difference.png")
    beside.unlink(missing_ok=True)
    want = opened(path.read_bytes())
    found = regions(got, want) if got.size == want.size else []
    if got.size == want.size and not found:
        return ""
    difference(got, want, found).save(beside)
    if got.size != want.size:
        return f"is {got.width} × {got.height} px and not {want.width} × {want.height}; see {beside}"
    named = "; ".join(one.named(got.size) for one in found[:most])
    return f"differs in {len(found)} region(s), {named}; see {beside}"


def _soft(image: Image.Image) -> Array:
    return np.asarray(image.filter(ImageFilter.GaussianBlur(_BLUR)), dtype=np.float64)


def _together(cells: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take from the cells one and all that touch it, or touch those."""
    group = [cells.pop()]
    for row, column in group:  # grows as it is walked
        near = {(row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)} & cells
        cells -= near
        group += near
    return group
