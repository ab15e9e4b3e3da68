"""The briefing's typefaces: cut once from the variable fonts of the `fontpkg-*` packages, under names of our own.

Why cut at all: matplotlib (FreeType) draws a variable font's default instance, whatever the weight asked for;
Source Sans 3's default is ExtraLight. Why rename: the Source families' licence reserves the name "Source", and a
web font with the name of an installed font lets WeasyPrint write wrong glyphs.

A folder of cut fonts holds each face as `.ttf` (print, charts) and `.woff2` (web), and the licences. A wheel
carries one (`reporter/_fonts`, made by `hatch_build.py`); a checkout keeps one in its environment.

This file imports nothing of the package at the top: the build hook loads it before the package is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

WHEEL_FOLDER = Path(__file__).with_name("_fonts")
LICENCES = {
    "OFL-Newsreader.txt": "fontpkg_newsreader",
    "OFL-SourceSans3.txt": "fontpkg_source_sans_3",
    "OFL-SourceSerif4.txt": "fontpkg_source_serif_4",
}

LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C))
PUNCTUATION = (
    *range(0x2007, 0x200C),  # figure, punctuation, thin, hair, zero-width space
    *range(0x2010, 0x2016),  # hyphens and dashes
    *range(0x2018, 0x201F),  # quotation marks
    *(0x2020, 0x2021, 0x2022, 0x2026, 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2122),
)
SIGNS = (
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2197),  # arrows
    *(0x2212, 0x2248, 0x2260, 0x2264, 0x2265),  # minus and relations
    *(0x25B2, 0x25BC, 0x25CB, 0x25CF),  # triangles, circles
)
FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "liga", "rvrn", "tnum", "pnum", "lnum")

# Newsreader has no thin spaces and no family a no-break hyphen: a headline would borrow them from another face.
BLANKS_PER_EM = {0x2009: 0.2, 0x202F: 0.2, 0x200B: 0.0}
COPIES = {0x2011: 0x2010}

# OpenType's style bits, https://learn.microsoft.com/typography/opentype/spec/os2#fsselection
_ITALIC, _BOLD, _REGULAR, _USE_TYPO_METRICS = 0x01, 0x20, 0x40, 0x80
_KEPT_NAMES = (0, 5, 7, 13, 14)  # copyright, version, trademark, licence and its link: the OFL asks for them


@dataclass(frozen=True, slots=True)
class Face:
    """One static instance: `axes` are the coordinates at which the variable `file` of `package` is cut."""

    family: str
    style: str
    weight: int
    package: str
    file: str
    axes: Mapping[str, float] = field(hash=False)
    italic: bool = False

    @property
    def name(self) -> str:
        """The PostScript name, and the file's without its suffix."""
        return f"{self.family.replace(' ', '')}-{self.style}"


def _display(style: str, weight: int) -> Face:
    axes = {"opsz": 48, "wght": weight}
    return Face("Brief Display", style, weight, "fontpkg_newsreader", "Newsreader[opsz,wght].ttf", axes)


def _serif(style: str, weight: int, *, italic: bool = False) -> Face:
    file = f"SourceSerif4{'-Italic' if italic else ''}[opsz,wght].ttf"
    axes = {"opsz": 12, "wght": weight}
    return Face("Brief Serif", style, weight, "fontpkg_source_serif_4", file, axes, italic)


def _sans(style: str, weight: int) -> Face:
    return Face("Reporter Sans", style, weight, "fontpkg_source_sans_3", "SourceSans3[wght].ttf", {"wght": weight})


FACES = (
    _display("Medium", 500),
    _display("Semibold", 600),
    _serif("Regular", 400),
    _serif("Italic", 400, italic=True),
    _serif("Semibold", 600),
    _sans("Regular", 400),
    _sans("SemiBold", 600),
    _sans("Bold", 700),
)


_chosen: ContextVar[Path | None] = ContextVar("_chosen", default=None)


@contextmanager
def using(place: Path | None) -> Iterator[None]:
    """Within, `folder` is this one, a brand's own, for all that measures, draws or embeds text; or the house's."""
    before = _chosen.set(place)
    try:
        yield
    finally:
        _chosen.reset(before)


def folder() -> Path:
    """The folder of cut fonts that text is set in."""
    return _chosen.get() or house_folder()


def house_folder() -> Path:
    """The wheel's, else the environment's, cut now if it is not there; raise ConfigError where it cannot be."""
    if WHEEL_FOLDER.is_dir():
        return WHEEL_FOLDER
    place = environment_folder()
    return place if place.is_dir() else cut_into(place)


def environment_folder() -> Path:
    """Where a checkout keeps its cut fonts: in its virtual environment, else in the user's cache.

    Each recipe has a folder of its own.
    """
    shared = Path(sys.prefix, "share")
    ours = sys.prefix != sys.base_prefix and os.access(shared if shared.is_dir() else sys.prefix, os.W_OK)
    return (shared / "reporter" if ours else _user_cache()) / f"fonts-{_recipe()}"


def cut_into(place: Path) -> Path:
    """Cut all faces into `place`, whole or not at all; when two processes do so at once, the first one's stay."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".fonts-", dir=place.parent))
    try:
        cut(draft)
        draft.chmod(0o755)  # mkdtemp's 0700 would shut other users out
        draft.rename(place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def cut(out: Path) -> None:
    """Write every face and the licences into the folder `out`. Equal inputs give equal bytes.

    Takes some seconds. Raise ConfigError when a font package is not installed.
    """
    out.mkdir(parents=True, exist_ok=True)
    for face in FACES:
        source = _package(face.package) / "files" / face.file
        write(named(completed(subsetted(source, face.axes)), face), out / face.name)
    for file, package in LICENCES.items():
        shutil.copyfile(_package(package) / "LICENSE", out / file)


def _user_cache() -> Path:
    import platformdirs  # noqa: PLC0415 - 10 ms that only this path needs

    return platformdirs.user_cache_path("reporter")


@cache
def _recipe() -> str:
    """A short hash of this file: cut again after the recipe changes, and only then."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        from reporter.errors import ConfigError  # noqa: PLC0415 - see the module's docstring

        distribution = name.replace("_", "-")
        message = f"no fonts: neither cut ones in {WHEEL_FOLDER} nor {distribution} to cut them from (pip install "
        message += f"{distribution}, or run make in the checkout)"
        raise ConfigError(message)
    return Path(found.origin).parent


def subsetted(source: Path, axes: Mapping[str, float]) -> Any:  # noqa: ANN401 - fontTools is untyped
    """A font's glyphs for our languages; of a variable one at a place on its axes, or as near as they reach.

    Subset first: instancing costs per glyph, and all of Source Serif takes 5 s a face, this much 2.
    """
    from fontTools import subset, ttLib  # noqa: PLC0415 - half a second that a reader of cut fonts does not need
    from fontTools.varLib import instancer  # noqa: PLC0415

    font = ttLib.TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=list(FEATURES), name_IDs=["*"], notdef_outline=True, hinting=False)
    options.drop_tables += ["FFTM"]  # a font editor's own, which the subsetter would complain of
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=(*LATIN, *PUNCTUATION, *SIGNS))
    subsetter.subset(font)
    if "fvar" not in font:
        return font
    at = {x.axisTag: min(max(axes.get(x.axisTag, x.defaultValue), x.minValue), x.maxValue) for x in font["fvar"].axes}
    return instancer.instantiateVariableFont(font, at, inplace=True)


def completed(font: Any) -> Any:  # noqa: ANN401 - fontTools is untyped
    """Add the blanks and copies that the family lacks."""
    have = font.getBestCmap()
    em = font["head"].unitsPerEm
    for code, share in BLANKS_PER_EM.items():
        if code not in have or have[code] == have[0x20]:  # a glyph that is the space's would be read as one
            _add_blank(font, f"uni{code:04X}", round(share * em))
            _map(font, code, f"uni{code:04X}")
    for code, like in COPIES.items():
        if code not in have:
            _map(font, code, have[like] if like in have else have[0x2D])  # a hyphen, else a hyphen-minus
    return font


def _add_blank(font: Any, name: str, advance: int) -> None:  # noqa: ANN401 - fontTools is untyped
    from fontTools.ttLib.tables._g_l_y_f import Glyph  # noqa: PLC0415

    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = Glyph()
    font["hmtx"][name] = (advance, 0)


def _map(font: Any, code: int, glyph: str) -> None:  # noqa: ANN401 - fontTools is untyped
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = glyph


def named(font: Any, face: Face) -> Any:  # noqa: ANN401 - fontTools is untyped
    """Give the font our names, weight and style; otherwise three cuts of one file register as one."""
    table = font["name"]
    kept = {i: text for i in _KEPT_NAMES if (text := table.getDebugName(i))}
    table.names = []
    for number, text in sorted({**kept, **_names(face)}.items()):
        table.setName(text, number, 3, 1, 0x409)  # Windows, Unicode, US English: the one every reader takes
    bold = face.weight == 700 and not face.italic  # noqa: PLR2004 - CSS and OpenType call 700 bold
    style = _BOLD * bold | _ITALIC * face.italic or _REGULAR
    font["OS/2"].fsSelection = style | (font["OS/2"].fsSelection & _USE_TYPO_METRICS)
    font["OS/2"].usWeightClass = face.weight
    font["head"].macStyle = bold | face.italic << 1
    if "STAT" in font:
        del font["STAT"]  # it describes axes that are gone
    return font


def _names(face: Face) -> dict[int, str]:
    """The naming table's entries, https://learn.microsoft.com/typography/opentype/spec/name#name-ids."""
    full = f"{face.family} {face.style}"
    linked = face.style in {"Regular", "Italic", "Bold"}  # the styles that a family of the old model may hold
    return {
        1: face.family if linked else full,
        2: face.style if linked else "Regular",
        3: face.name,
        4: full,
        6: face.name,
        16: face.family,
        17: face.style,
    }


def write(font: Any, stem: Path) -> None:  # noqa: ANN401 - fontTools is untyped
    """Save a font as `.ttf` and `.woff2`."""
    font.save(stem.with_suffix(".ttf"))
    font.flavor = "woff2"
    font.save(stem.with_suffix(".woff2"))
    font.close()


def main(arguments: Iterable[str] = ()) -> None:
    """`python -m reporter.fonts [FOLDER]`: cut into FOLDER, or into the environment's if it is not there."""
    target = next(iter(arguments), None)
    place = Path(target) if target else environment_folder()
    if target:
        cut(place)
    elif not place.is_dir():
        cut_into(place)
    sys.stdout.write(f"{place}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
