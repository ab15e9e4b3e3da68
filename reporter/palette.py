"""The inks of page, paper, mail and charts: the house's, and the house's with some of one's own.

An ink is named as the stylesheets name it: `claret` is the accent of the text, `c-navy` a chart's first ink. Contrast
is WCAG 2's, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

Inks = Mapping[str, str]

LIGHT: Inks = {
    "paper": "#ffffff",
    "ink": "#1b1b1b",
    "quiet": "#595959",
    "tint": "#f6f2e9",
    "claret": "#a61e3c",
    "c-navy": "#0b3050",
    "c-claret": "#a61e3c",
    "c-blue": "#2f76b0",
    "c-ochre": "#c98412",
    "c-navy-faded": "#7a8fa2",
    "c-claret-faded": "#cb7487",
    "c-blue-faded": "#6797c2",
    "c-ochre-faded": "#dfb56c",
}
DARK: Inks = {
    "paper": "#16181b",
    "ink": "#e9e5dc",
    "quiet": "#aaa69c",
    "tint": "#1f2226",
    "claret": "#f2859b",
    "c-navy": "#8fb8dc",
    "c-claret": "#f0708a",
    "c-blue": "#5794c9",
    "c-ochre": "#d99a35",
    "c-navy-faded": "#5a7186",
    "c-claret-faded": "#95506a",
    "c-blue-faded": "#41617f",
    "c-ochre-faded": "#84632f",
}
# What a setting of one's own stands for.
NAMES: Mapping[str, tuple[str, ...]] = {
    "paper": ("paper",),
    "ink": ("ink",),
    "tint": ("tint",),
    "accent": ("claret", "c-claret"),
    "first": ("c-navy",),
    "second": ("c-blue",),
    "third": ("c-ochre",),
}
TEXT, GRAPHIC = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
_READ = {"ink": TEXT, "quiet": TEXT, "accent": TEXT, "first": TEXT, "second": TEXT, "third": GRAPHIC}
_ON_TINT = ("ink", "quiet", "accent")
_PALER = 0.45  # how far a backfilled stretch goes towards the paper
_STEP = 0.04
PRINT = "#ffffff"


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, ground: str, share: float) -> str:
    """The colour with that share of the ground in it."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def lightened(colour: str, grounds: Iterable[str]) -> str:
    """The colour, as much lighter as it must be to be read on dark grounds."""
    held, share, made = tuple(grounds), 0.0, colour
    while share < 1 and any(contrast(made, ground) < TEXT for ground in held):
        share += _STEP
        made = mixed(colour, "#ffffff", min(share, 1))
    return made


def inks(own: Mapping[str, str], house: Inks) -> Inks:
    """The house's inks with one's own (setting: colour) in their places, and their paler kin made from them."""
    given = {name: own[setting] for setting, names in NAMES.items() if own.get(setting) for name in names}
    made = {**house, **given}
    paler = {f"{name}-faded": mixed(colour, made["paper"], _PALER) for name, colour in given.items()}
    return {**made, **{name: colour for name, colour in paler.items() if name in house}}


def dark_of(light: Mapping[str, str], dark: Mapping[str, str]) -> Mapping[str, str]:
    """One's own dark inks: accent and chart inks that are set for light only are lightened."""
    grounds = [dark.get(name) or DARK[name] for name in ("paper", "tint")]
    derived = {
        name: lightened(light[name], grounds)
        for name in ("accent", "first", "second", "third")
        if light.get(name) and not dark.get(name)
    }
    return {**dark, **derived}


def faults(own: Mapping[str, str], house: Inks, suffix: str = "") -> Iterator[str]:
    """Each setting that cannot be read on what it stands on, with its ratio; `suffix` is that of the settings' names.

    On paper proper nothing is tinted, so light inks are measured against white as well.
    """
    made = inks(own, house)
    grounds = {**({PRINT: "white paper"} if not suffix else {}), made["paper"]: "paper"}
    for setting, least in _READ.items():
        colour = made[NAMES.get(setting, (setting,))[0]]
        stands_on = {**grounds, **({made["tint"]: "tint"} if setting in _ON_TINT else {})}
        for ground, name in stands_on.items():
            changed = [s for s in (setting, name) if own.get(s)]
            if changed and (ratio := contrast(colour, ground)) < least:
                what = f"{setting} {colour} on {name} {ground}"
                yield f"{changed[0]}{suffix} leaves {what} a contrast of {ratio:.2f}:1; {least}:1 is the least"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- IEC 61966-2-1
