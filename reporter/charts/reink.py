"""A figure drawn in the house's inks, in somebody else's: the pictures that no stylesheet can recolour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from reporter.charts.drawing import Inks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PROPERTIES = (  # of each kind of artist that `frame` makes
    (Text, ("color",)),
    (Line2D, ("color", "markerfacecolor", "markeredgecolor")),
    (Patch, ("facecolor", "edgecolor")),
)


def reink(figure: Figure, inks: Inks) -> None:
    """Give every artist the ink that replaces its own."""
    pairs = dict(inks)
    if not pairs:
        return
    for artist in figure.get_children():
        for kind, names in _PROPERTIES:
            if isinstance(artist, kind):
                _reink(artist, names, pairs)


def _reink(artist: Any, names: tuple[str, ...], pairs: dict[str, str]) -> None:  # noqa: ANN401 -- of three kinds
    for name in names:
        colour = getattr(artist, f"get_{name}")()
        if not isinstance(colour, str | tuple) or colour in {"none", "auto"} or not colour[-1]:
            continue  # none at all, or as good as none: its opacity is nought
        held = to_hex(colour)
        if held in pairs:
            getattr(artist, f"set_{name}")(pairs[held])
