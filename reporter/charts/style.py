"""The house style in points and colours. No import but the language's own: stylesheets read it too."""

from __future__ import annotations

from typing import Final

FAMILY: Final = "Reporter Sans"  # static cuts of Source Sans 3; its licence reserves the name "Source"
REGULAR, SEMI, BOLD = 400, 600, 700

PAPER, INK, QUIET = "#FFFFFF", "#1B1B1B", "#595959"
RULE, FAINT, TINT = "#D6D6D6", "#C8C8C8", "#E6ECF1"
NAVY, CLARET, BLUE, OCHRE, GREY = "#0B3050", "#A61E3C", "#2F76B0", "#C98412", "#8C8C8C"

# A backfilled stretch: the same hue, lighter. Lines keep 3:1 on paper; the fills lean on their labels.
FADED: Final = {
    NAVY: "#7A8FA2",
    CLARET: "#CB7487",
    BLUE: "#6797C2",
    OCHRE: "#DFB56C",
    GREY: "#B9B9B9",
    INK: "#8A8A89",
}

# The names a page's stylesheet gives these colours (`--c-navy` …), so that an inlined chart follows dark mode.
PALETTE: Final = {
    "paper": PAPER,
    "ink": INK,
    "quiet": QUIET,
    "rule": RULE,
    "faint": FAINT,
    "tint": TINT,
    "navy": NAVY,
    "claret": CLARET,
    "blue": BLUE,
    "ochre": OCHRE,
    "grey": GREY,
    "navy-faded": FADED[NAVY],
    "claret-faded": FADED[CLARET],
    "blue-faded": FADED[BLUE],
    "ochre-faded": FADED[OCHRE],
    "grey-faded": FADED[GREY],
    "ink-faded": FADED[INK],
}

HEAD, HEAD_HALF, UNIT, LABEL, SMALL = 10.5, 9.5, 7.5, 7.0, 6.5  # text sizes at print size, points
HAIR, AXIS, LINE, HEAVY = 0.5, 0.8, 1.3, 1.8  # strokes, points
LEAD = 8.0  # from one row of a label to the next, points
TITLE = 18.5  # from the top of a panel to its plot: eleven points part its title from the top tick's label
FOOT = 13.0  # what the time axis takes below a panel, points
CAP = 0.33  # half the cap height, in ems: centres a baseline on a mark
ASCENT, DESCENT = 0.68, 0.05  # what a line of figures and capitals covers above and below its baseline, ems
MM = 72 / 25.4

# Colours that pass 4.5:1 on paper; a label in any other is set in ink.
READABLE: Final = frozenset({INK, QUIET, NAVY, CLARET, BLUE})


def faded(color: str, *, backfilled: bool) -> str:
    """The colour, lighter where the value was backfilled."""
    return FADED.get(color, color) if backfilled else color


def text_color(color: str) -> str:
    """The colour if text in it can be read on paper, else ink."""
    return color if color in READABLE else INK
