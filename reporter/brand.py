"""Whose briefing it is, as every renderer takes it: names, imprint, logo, inks. Read once from the settings."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from reporter import config, palette, typefaces
from reporter.errors import ConfigError

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST = 200_000  # bytes of a logo: it is in every page and every mail
# What an SVG may not hold: what runs, what is fetched, and text, which would be set in whatever fonts there are.
_REFUSED = {"script", "foreignObject", "image", "iframe", "text", "tspan", "textPath", "animate", "set"}
_FETCHING = ("url(http", "url('http", 'url("http', "@import", "javascript:")


@dataclass(frozen=True)
class Logo:
    """A picture of the name; `ratio` is its width by its height."""

    body: bytes
    kind: Literal["image/svg+xml", "image/png"]
    ratio: float

    @property
    def url(self) -> str:
        """The picture in its own address."""
        return f"data:{self.kind};base64,{b64encode(self.body).decode('ascii')}"

    @property
    def suffix(self) -> str:
        """Of its file."""
        return ".svg" if self.kind == "image/svg+xml" else ".png"


@dataclass(frozen=True)
class Look:
    """What a briefing looks like and whose it is; all empty, it is the house's."""

    name: str = ""
    tagline: str = ""
    footer: str = ""
    legal: tuple[str, ...] = ()
    logo: Logo | None = None
    logo_dark: Logo | None = None
    light: Mapping[str, str] = field(default_factory=lambda: palette.LIGHT)
    dark: Mapping[str, str] = field(default_factory=lambda: palette.DARK)
    fonts: Path | None = None  # a folder of cut fonts in the place of the house's

    @cached_property
    def inks(self) -> tuple[tuple[str, str], ...]:
        """The house's light inks that are replaced, each with what replaces it: for pictures drawn in the house's."""
        pairs = ((colour, self.light[name]) for name, colour in palette.LIGHT.items() if name not in {"paper", "tint"})
        return tuple(dict.fromkeys((old, new) for old, new in pairs if old != new))

    @property
    def words(self) -> Iterator[tuple[str, str]]:
        """What it prints in the publisher's own words, by its place in the imprint."""
        held = (("name", self.name), ("tagline", self.tagline), ("footer", self.footer))
        yield from ((place, text) for place, text in held if text)
        yield from (("legal", line) for line in self.legal)


HOUSE = Look()


def load(held: config.Brand, cache_folder: Path | None = None) -> Look:
    """The look of the settings; raise ConfigError with every mistake in its files at once.

    Fonts of one's own are cut into `cache_folder` (by default the settings' own), unless they are there.
    """
    faults: list[str] = []
    return _checked(
        Look(
            held.name,
            held.tagline,
            held.footer,
            held.legal,
            _logo("brand.logo", held.logo, faults),
            _logo("brand.logo_dark", held.logo_dark, faults),
            palette.inks(held.colours.light, palette.LIGHT),
            palette.inks(held.colours.dark, palette.DARK),
            _fonts(held.fonts, cache_folder or config.Settings().cache, faults),
        ),
        [*faults, *_unnamed(held)],
    )


def _checked(look: Look, faults: list[str]) -> Look:
    if faults:
        raise ConfigError("\n".join(f"{config.FILE}: {fault}" for fault in faults))
    return look


def _fonts(held: config.Fonts, cache_folder: Path, faults: list[str]) -> Path | None:
    try:
        return typefaces.folder(held, cache_folder)
    except ConfigError as error:
        faults += str(error).splitlines()
    return None


def _unnamed(held: config.Brand) -> Iterator[str]:
    if (held.logo or held.logo_dark) and not held.name:
        yield "brand.name must be there too: it is what a logo says where it is not seen"
    if held.logo_dark and not held.logo:
        yield "brand.logo must be there too: brand.logo_dark stands in its place in dark mode"


def _logo(key: str, path: Path | None, faults: list[str]) -> Logo | None:
    if path is None:
        return None
    try:
        body = path.read_bytes()
        if len(body) > _MOST:
            faults.append(f"{key}: {path} has {len(body):,} bytes; {_MOST:,} are the most, for it is in every mail")
            return None
        return _png(body) if body.startswith(_PNG) else _svg(body)
    except (OSError, ValueError) as error:
        faults.append(f"{key}: {path} {error}")
    return None


def _png(body: bytes) -> Logo:
    """PNG, whose first chunk holds width and height: https://www.w3.org/TR/png-3/#11IHDR."""
    if len(body) < 24 or body[12:16] != b"IHDR":  # noqa: PLR2004 -- signature, length, type, width, height
        message = "is cut off after its signature"
        raise ValueError(message)
    wide, high = struct.unpack(">II", body[16:24])
    return Logo(body, "image/png", _ratio(wide, high))


def _svg(body: bytes) -> Logo:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        message = "has a document type; save it as a plain SVG"
        raise ValueError(message)
    try:
        root = ET.fromstring(body)  # noqa: S314 -- no entities, see above; the file is the user's own
    except ET.ParseError as error:
        message = f"is neither a PNG nor an SVG that can be read: {error}"
        raise ValueError(message) from error
    for element in root.iter():
        _assert_quiet(element)
    return Logo(body, "image/svg+xml", _proportion(root))


def _assert_quiet(element: ET.Element) -> None:
    """Raise ValueError where an element runs, fetches or sets text."""
    tag = str(element.tag).rpartition("}")[2]
    if tag in _REFUSED:
        how = "; turn text into paths" if tag in {"text", "tspan", "textPath"} else ""
        message = f"holds <{tag}>, which no logo here may{how}"
        raise ValueError(message)
    if any(sign in (element.text or "").replace(" ", "").lower() for sign in _FETCHING):
        message = f"holds <{tag}> that fetches something"
        raise ValueError(message)
    for name, value in element.attrib.items():
        local, bare = name.rpartition("}")[2].lower(), value.replace(" ", "").lower()
        outward = local == "href" and not bare.startswith("#")
        if outward or local.startswith("on") or any(sign in bare for sign in _FETCHING):
            message = f"holds {local}={value!r:.40}, which runs or fetches something"
            raise ValueError(message)


def _proportion(root: ET.Element) -> float:
    """Width by height, from the view box or the size."""
    try:
        if "viewBox" in root.attrib:
            _, _, wide, high = (float(part) for part in root.attrib["viewBox"].replace(",", " ").split())
        else:
            wide, high = (float(root.attrib[name].removesuffix("px")) for name in ("width", "height"))
    except (KeyError, ValueError):
        message = "has no viewBox, so its proportions are unknown"
        raise ValueError(message) from None
    return _ratio(wide, high)


def _ratio(wide: float, high: float) -> float:
    if wide <= 0 or high <= 0:
        message = "has no extent"
        raise ValueError(message)
    return wide / high
