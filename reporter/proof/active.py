"""What would make a page another than its words: scripts, frames, things fetched, words that its style prints.

A page of ours runs nothing and fetches nothing, so anything of that kind was put there by somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reporter.language.numerals import has_numeral

FETCHED = "something fetched"
_DATA = {"application/json", "application/ld+json"}  # a block of data is read, not run
_FRAMES = {"applet", "embed", "frame", "frameset", "iframe", "object", "portal", "base"}
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "ping"})
_FETCHED = frozenset({"src", "poster", "background", "data"})  # asked for without anybody's doing
_DRAWN_IN, _LINKS = {"image", "use", "feimage"}, frozenset({"href", "xlink:href"})  # what a drawing brings in
_FETCHED_LINKS = {"stylesheet", "import", "preload", "modulepreload", "prefetch", "manifest"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)")
_FROM_ELSEWHERE = re.compile(r"(?:^|,\s)\s*(?!data:)\S")  # a candidate of a srcset that is not in the page
_CONTENT = re.compile(r"content\s*:((?:[^;}\"']|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')*)", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_MOST = 0x10FFFF


def is_data(attributes: Mapping[str, str]) -> bool:
    """Whether a script element is a block of data."""
    return attributes.get("type", "").strip().lower() in _DATA


def of_tag(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """What an element runs or fetches, each in a few words."""
    if tag == "script" and not is_data(attributes):
        yield "a script"
    if tag in _FRAMES:
        yield f"an element that brings in another page: <{tag}>"
    if tag == "meta" and attributes.get("http-equiv", "").strip().lower() == "refresh":
        yield "a change to another page"
    if tag == "link" and _FETCHED_LINKS.intersection(attributes.get("rel", "").lower().split()):
        yield f"{FETCHED}: {attributes.get('href', '')[:60]!r}"
    yield from (f"a script in {name}" for name in attributes if name.startswith("on") or name == "srcdoc")
    for name in _ADDRESSES.intersection(attributes):
        scheme = _scheme(attributes[name])
        if scheme in {"javascript", "vbscript"} or (scheme == "data" and name in {"href", "xlink:href"} and tag == "a"):
            yield f"a script in {name}"
        elif name in _FETCHED and scheme != "data":
            yield f"{FETCHED}: {attributes[name][:60]!r}"
    if tag in _DRAWN_IN and any(not attributes[name].startswith(("#", "data:")) for name in _LINKS & attributes.keys()):
        yield f"{FETCHED}: <{tag}>"
    if _FROM_ELSEWHERE.search(attributes.get("srcset", "")):
        yield f"{FETCHED}: {attributes['srcset'][:60]!r}"


def of_style(css: str) -> Iterator[str]:
    """What a style prints that holds a numeral, and what it fetches."""
    if re.search(r"@import|url\(\s*[\"']?(?!data:|#)[^)\s]", css, re.IGNORECASE):
        yield f"{FETCHED} by the style"
    for declared in _CONTENT.finditer(css):
        for string in _STRING.finditer(declared[1]):
            text = _ESCAPE.sub(_plain, string[1] or string[2] or "")
            if has_numeral(text):
                yield f"printed by the style: {text[:60]!r}"


def _plain(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return escape[2]
    code = int(escape[1], 16)
    return chr(code) if code <= _MOST else "\N{REPLACEMENT CHARACTER}"


def _scheme(address: str) -> str:
    """The scheme of an address as a browser reads it, which passes over white space and control characters."""
    found = _SCHEME.match("".join(char for char in address if char > " ").lower())
    return found[0] if found else ""
