"""Typefaces of one's own: cut as the house's are, under the house's names, into a folder that stands in for its own.

A role is given as a file or a folder of TrueType or OpenType fonts. For each of the role's cuts the nearest is taken: a
variable font at its weight, else the static one whose weight is next to it. Names are the house's, so that stylesheets,
charts and the arithmetic of the pages take them as they are. A font that forbids embedding is refused, and one that
lacks a sign a briefing cannot do without is, by the sign.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reporter import config, fonts
from reporter.errors import ConfigError

ROLES: Mapping[str, str] = {"display": "Brief Display", "text": "Brief Serif", "sans": "Reporter Sans"}
SUFFIXES = {".ttf", ".otf"}
# What every briefing prints: letters, figures, quotation marks, dashes, signs. Blanks are made where they are lacking.
NEEDED = (*range(0x21, 0x7F), *map(ord, "–—‘’“”…·×−†‡≥≤≠≈"))
_MADE_UP = {"display": set("†‡≥≤≠≈…·×"), "text": set("≥≤≠≈"), "sans": set("≠≈")}  # of no use in that role
_FORBIDS_EMBEDDING = 0x0002  # OS/2 fsType, https://learn.microsoft.com/typography/opentype/spec/os2#fstype
_CURVE_ERROR = 1.0  # units per em that a cubic outline may be off as a quadratic one


@dataclass(frozen=True, slots=True)
class Cut:
    """A font file as it may be cut: the weights it has, and whether it slants."""

    path: Path
    least: int
    most: int
    italic: bool

    def distance(self, face: fonts.Face) -> tuple[bool, int]:
        """How far it is from a face: whether the slant is another, and by how much the weight."""
        return self.italic != face.italic, max(self.least - face.weight, face.weight - self.most, 0)


def folder(held: config.Fonts, cache_folder: Path) -> Path | None:
    """The folder of cut fonts for these settings, cut now if it is not there; None where they are the house's.

    Raise ConfigError with every mistake at once.
    """
    roles = {role: path for role in ROLES if (path := getattr(held, role))}
    if not roles:
        return None
    files = {role: tuple(_files(role, path)) for role, path in roles.items()}
    place = cache_folder / "fonts" / _fingerprint(files)
    return place if place.is_dir() else _cut_into(place, files)


def _files(role: str, path: Path) -> Iterator[Path]:
    found = [path] if path.is_file() else sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    if not found or not all(p.suffix.lower() in SUFFIXES for p in found):
        message = f"brand.fonts.{role}: {path} holds no .ttf or .otf file"
        raise ConfigError(message)
    yield from found


def _fingerprint(files: Mapping[str, tuple[Path, ...]]) -> str:
    """Of the files, of this recipe and of the house's: cut again after any of them changes."""
    digest = hashlib.sha256(Path(__file__).read_bytes() + Path(fonts.__file__).read_bytes())
    for role, some in files.items():
        for path in some:
            digest.update(f"\0{role}\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _cut_into(place: Path, files: Mapping[str, tuple[Path, ...]]) -> Path:
    """Whole or not at all; when two processes do so at once, the first one's stay."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".fonts-", dir=place.parent))
    try:
        _fill(draft, files)
        draft.chmod(0o755)
        draft.rename(place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def _fill(draft: Path, files: Mapping[str, tuple[Path, ...]]) -> None:
    faults: list[str] = []
    house = fonts.house_folder()
    for face in fonts.FACES:
        role = next(role for role, family in ROLES.items() if family == face.family)
        if role not in files:
            for suffix in (".ttf", ".woff2"):
                shutil.copyfile(house / f"{face.name}{suffix}", draft / f"{face.name}{suffix}")
            continue
        try:
            _cut(face, role, files[role], draft)
        except ConfigError as error:
            faults += [str(error)] * (str(error) not in faults)
    if faults:
        raise ConfigError("\n".join(f"brand.fonts.{fault}" for fault in faults))


def _cut(face: fonts.Face, role: str, files: Iterable[Path], draft: Path) -> None:
    chosen = min((_measured(path, role) for path in files), key=lambda one: (*one.distance(face), one.path.name))
    made = fonts.subsetted(chosen.path, {**face.axes, "wght": face.weight})
    _assert_whole(made, chosen.path, role)
    fonts.write(fonts.named(fonts.completed(_quadratic(made)), face), draft / face.name)


@cache
def _measured(path: Path, role: str) -> Cut:
    """A file's weights and slant; raise ConfigError where it cannot be read or may not be embedded."""
    from fontTools import ttLib  # noqa: PLC0415 -- half a second that only a cut needs

    try:
        with ttLib.TTFont(path) as font:
            table, axes = font["OS/2"], {x.axisTag: x for x in font["fvar"].axes} if "fvar" in font else {}
            variable_postscript = "CFF2" in font
    except (ttLib.TTLibError, KeyError, OSError) as error:
        message = f"{role}: {path} is no font that can be read: {error}"
        raise ConfigError(message) from error
    if table.fsType & _FORBIDS_EMBEDDING:
        message = f"{role}: {path} forbids embedding (OS/2 fsType {table.fsType}); ask its maker for a licence to embed"
        raise ConfigError(message)
    if variable_postscript:
        message = f"{role}: {path} is a variable OpenType font with PostScript outlines; give its static fonts"
        raise ConfigError(message)
    italic = bool(table.fsSelection & 0x01)
    if "wght" in axes:
        return Cut(path, round(axes["wght"].minValue), round(axes["wght"].maxValue), italic)
    return Cut(path, table.usWeightClass, table.usWeightClass, italic)


def _assert_whole(font: Any, path: Path, role: str) -> None:  # noqa: ANN401 -- fontTools is untyped
    have = font.getBestCmap() or {}
    lacking = [code for code in sorted(NEEDED) if code not in have and chr(code) not in _MADE_UP[role]]
    if lacking:
        named = [f"{chr(code)} ({unicodedata.name(chr(code))}, U+{code:04X})" for code in lacking[:4]]
        more = f" and {len(lacking) - 4} more" if len(lacking) > 4 else ""  # noqa: PLR2004 -- as many as are named
        message = f"{role}: {path} has no glyph for {', '.join(named)}{more}"
        raise ConfigError(message)


def _quadratic(font: Any) -> Any:  # noqa: ANN401 -- fontTools is untyped
    """PostScript outlines as TrueType ones: everything that reads our fonts takes those."""
    if "CFF " not in font:
        return font
    from fontTools.pens.cu2quPen import Cu2QuPen  # noqa: PLC0415
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415
    from fontTools.ttLib import newTable  # noqa: PLC0415

    shapes, order, glyphs = font.getGlyphSet(), font.getGlyphOrder(), {}
    for name in order:
        pen = TTGlyphPen(shapes)
        shapes[name].draw(Cu2QuPen(pen, _CURVE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    for name, shape in glyphs.items():
        shape.recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(shape, "xMin", 0))
    _as_truetype(font)
    return font


def _as_truetype(font: Any) -> None:  # noqa: ANN401 -- fontTools is untyped
    """Tables that say which outlines there are, https://learn.microsoft.com/typography/opentype/spec/maxp."""
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    nought = "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions"
    for name in (*nought.split(), "maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours"):
        setattr(maxp, name, 0)
    maxp.maxZones, maxp.maxComponentElements, maxp.maxComponentDepth = 1, 0, 0
    font["post"].formatType = 2.0
    font["post"].extraNames, font["post"].mapping = [], {}
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
