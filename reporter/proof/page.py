"""The texts of a web page, read as a browser would show them: no regular expression on markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from reporter.proof import active
from reporter.proof.output import Output

_SKIPPED = {"style", "script", "template"}
_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 header hr "
    "html li main nav ol p section summary table tbody td tfoot th thead time tr ul br".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_SPOKEN = ("alt", "title", "aria-label", "aria-description", "placeholder", "value", "data-name", "data-day")
_RECEIPTS = "receipts"  # the id of their section


@dataclass
class _Reader(HTMLParser):
    """Gathers texts by what they are; `stack` holds the open elements with the kind of their text."""

    text: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    style: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)  # blocks of JSON, as they stand
    receipts: bool = False  # whether their section has begun; there is one
    stack: list[tuple[str, str]] = field(default_factory=lambda: [("", "text")])

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in held:
            self.named.append((held.get("name") or held.get("property", ""), held["content"]))
        self.active += active.of_tag(tag, held)
        kind = self._kind(tag, held)
        if kind != "receipt":
            self.named += [(name, held[name]) for name in _SPOKEN if name in held and name != "alt"]
            self.alts += [held["alt"]] if "alt" in held else []
        if tag in _BLOCKS or held.get("role") == "note":  # a note parts the words it is set in
            self._add(" ")
        if tag not in _VOID:
            self.stack.append((tag, kind))
            if tag == "script" and active.is_data(held):
                self.data.append("")
            if kind in {"drawn", "alt", "repeated", "title"}:
                self._open(kind)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.stack) - 1, 0, -1):
            if self.stack[at][0] == tag:
                del self.stack[at:]
                break
        if tag in _BLOCKS:
            self._add(" ")

    def handle_data(self, data: str) -> None:
        if self.stack[-1][0] == "style":
            self.style.append(data)
        if self.stack[-1][0] == "script" and self.data:
            self.data[-1] += data
        self._add(data)

    def _kind(self, tag: str, held: dict[str, str]) -> str:
        outer = self.stack[-1][1]
        classes = held.get("class", "").split()
        if tag in _SKIPPED or outer in {"skip", "receipt", "repeated"}:
            return "skip" if tag in _SKIPPED else outer
        if tag == "section" and held.get("id") == _RECEIPTS and not self.receipts:
            self.receipts = True
            return "receipt"
        if tag == "details" and "inside" in classes:
            return "repeated"
        if tag == "title" and outer == "text":
            return "title"
        if tag == "svg" or outer == "drawing":
            return {"text": "drawn", "title": "alt", "desc": "alt"}.get(tag, "drawing")
        return outer

    def _open(self, kind: str) -> None:
        if kind == "title":
            self.named.append(("title", ""))
        else:
            {"drawn": self.drawn, "alt": self.alts, "repeated": self.repeated}[kind].append("")

    def _add(self, data: str) -> None:
        match self.stack[-1][1]:
            case "text":
                self.text.append(data)
            case "receipt":
                self.slips.append(data)
            case "drawn":
                self.drawn[-1] += data
            case "alt":
                self.alts[-1] += data
            case "repeated":
                self.repeated[-1] += data
            case "title":
                self.named[-1] = ("title", self.named[-1][1] + data)


def texts(page: str, name: str = "index.html") -> Output:
    """What the page says, its receipts apart."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return Output(
        name,
        ("".join(reader.text),),
        drawn=tuple(reader.drawn),
        alts=tuple(reader.alts),
        named=(*reader.named, *(told for block in reader.data for told in said(block))),
        repeated=tuple(reader.repeated),
        slips="".join(reader.slips),
        active=(*reader.active, *active.of_style("".join(reader.style))),
    )


def said(block: str) -> Iterator[tuple[str, str]]:
    """Every value of a block of data by its key; what is no JSON is told as it stands, and so are its keys."""
    try:
        yield from _values("data", json.loads(block, parse_float=str, parse_int=str, parse_constant=str))
    except (ValueError, RecursionError):
        yield "data", block


def _values(key: str, held: object) -> Iterator[tuple[str, str]]:
    if isinstance(held, dict):
        for name, value in held.items():
            yield "data", name
            yield from _values(name, value)
    elif isinstance(held, list):
        for value in held:
            yield from _values(key, value)
    elif held is not None and not isinstance(held, bool):
        yield key, str(held)
