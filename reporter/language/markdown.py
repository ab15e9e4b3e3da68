"""Rendered Markdown to the tree: the one place where words and leaves part.

The dialect is small on purpose: paragraphs, headings, lists, emphasis and containers (`::: rail`). No HTML,
no links with hand-written addresses, no tables by hand: those are leaves and nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin

from reporter.claims import Claim
from reporter.errors import ProofError, RenderError
from reporter.language.leaves import Close, Leaves, Open, is_private
from reporter.language.numerals import names, numbers_in
from reporter.language.vocabulary import faults, unbound, without_borne
from reporter.tree import (
    Block,
    ChartBlock,
    Container,
    Heading,
    Inline,
    Items,
    Judged,
    Line,
    NameLeaf,
    Paragraph,
    QuoteBlock,
    Styled,
    TableBlock,
    Text,
)

if TYPE_CHECKING:
    from markdown_it.token import Token

CONTAINERS = ("rail", "beside", "commentary", "quote", "measured", "aside", "small")
_STYLES = {"strong_open": "strong", "em_open": "em"}


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False}).enable(["heading", "list", "emphasis", "newline", "escape"])
    for name in CONTAINERS:
        parser.use(container_plugin, name, validate=_says(name))
    return parser


def _says(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- the plugin's own loose signature
    return lambda params, *_: "".join(c for c in params if not is_private(c)).strip() == name


_PARSER = _parser()


@dataclass(frozen=True, slots=True)
class _Denied:
    """What stands under a claim's `otherwise`: it is no node of its own, its words remember the claim."""

    claim: Claim


@dataclass
class _Level:
    """An inline span being gathered."""

    close: str
    made: object
    children: list[Inline] = field(default_factory=list)


@dataclass
class Reader:
    """Turns rendered Markdown into nodes, and refuses numbers that are not leaves."""

    leaves: Leaves
    template: str

    def __post_init__(self) -> None:
        self._place = (self.template, 0)  # the last one passed
        self._rest = ""  # of the words being read

    def blocks(self, text: str) -> tuple[Block, ...]:
        """The text's blocks in order."""
        tokens = _PARSER.parse(text)
        self._refuse_open(tokens, text.split("\n"))
        return tuple(self._blocks(iter(tokens), ""))

    def line(self, text: str) -> Line:
        """A single run of words."""
        (token,) = _PARSER.parseInline(text.strip())
        return self._inline(token.children or [])

    def _refuse_open(self, tokens: Sequence[Token], lines: Sequence[str]) -> None:
        """Raise RenderError for a container without its closing `:::`: it would take in the rest of the page."""
        fences = {number for number, line in enumerate(lines) if line.lstrip().startswith(":::")}
        for i, token in enumerate(tokens):
            if token.type.startswith("container_") and token.nesting == 1 and token.map:
                end = token.map[1]  # the line of the closing fence, which closes one, or the end of what it stands in
                if end not in fences:
                    name = token.type.removeprefix("container_").removesuffix("_open")
                    message = f"::: {name} is left open: end it with ::: on its own line; around others go more colons"
                    inside = next((later.children or [] for later in tokens[i:] if later.type == "inline"), [])
                    raise self._at_next(RenderError(message), inside)
                fences.remove(end)

    def _blocks(self, tokens: Iterator[Token], until: str) -> Iterator[Block]:
        for token in tokens:
            if token.type == until:
                return
            yield from self._block(token, tokens)

    def _block(self, token: Token, tokens: Iterator[Token]) -> Iterator[Block]:
        if token.type == "paragraph_open":
            inline = next(tokens)
            yield from self._paragraph(inline)
            next(tokens)
        elif token.type == "heading_open":
            yield Heading(int(token.tag[1]), self._inline(next(tokens).children or []))
            next(tokens)
        elif token.type == "bullet_list_open":
            yield Items(tuple(self._rows(tokens)))
        elif token.type == "ordered_list_open":
            item = next(tokens)
            message = f"a number that is bound to nothing: '{item.info}{item.markup}'; lists are written with dashes"
            raise self._at_next(ProofError(message), next((t.children or [] for t in tokens if t.type == "inline"), []))
        elif token.type.startswith("container_"):
            name = token.type.removeprefix("container_").removesuffix("_open")
            yield Container(name, tuple(self._blocks(tokens, f"container_{name}_close")))
        else:
            message = f"Markdown of kind {token.type} has no place in a briefing"
            raise self._at_next(RenderError(message), [])

    def _paragraph(self, inline: Token) -> Iterator[Block]:
        """A paragraph; charts, tables and quotations named in a row stand alone."""
        pieces = [self.leaves.block(line) for line in inline.content.split("\n")]
        if all(isinstance(piece, ChartBlock | TableBlock | QuoteBlock) for piece in pieces):
            yield from (piece for piece in pieces if piece)
        elif any(line.startswith(":::") for line in inline.content.split("\n")):
            message = f"no such container, or one that is not open: ::: may be followed by {', '.join(CONTAINERS)}"
            raise self._at_next(RenderError(message), inline.children or [])
        elif children := self._inline(inline.children or []):
            yield Paragraph(children)

    def _rows(self, tokens: Iterator[Token]) -> Iterator[Line]:
        for token in tokens:
            if token.type == "bullet_list_close":
                return
            if token.type == "inline":
                yield self._inline(token.children or [])

    def _inline(self, tokens: Sequence[Token]) -> Line:
        ahead = iter([*tokens])
        try:
            line = self._gathered(ahead)
            _refuse_split(line)
            _refuse_unborne(line)
        except (ProofError, RenderError) as error:
            raise error if error.line else self._at_next(error, [*ahead]) from None
        return line

    def _at_next(self, error: ProofError | RenderError, ahead: Iterable[Token]) -> ProofError | RenderError:
        """The error at the next place there is, or at the last."""
        chars = self._rest + "".join(token.content for token in ahead)
        found = (self.leaves.place_of(char) for char in chars if is_private(char))
        template, line = next((place for place in found if place), self._place)
        return type(error)(error.message, template=template, line=line)

    def _gathered(self, tokens: Iterable[Token]) -> Line:
        levels = [_Level("", None)]
        for token in tokens:
            if token.type in {"text", "text_special"}:
                self._words(token.content, levels)
            elif token.type == "softbreak":
                levels[-1].children.append(Text(" "))
            elif token.type in _STYLES:
                levels.append(_Level(token.type.replace("open", "close"), _STYLES[token.type]))
            elif token.type == levels[-1].close:
                self._end(levels)
            else:
                message = "spans overlap: a claim or note must end inside the emphasis it began in"
                raise RenderError(message)
        if len(levels) > 1:
            message = "a claim or note is left open at the end of its paragraph"
            raise RenderError(message)
        return _tidy(levels[0].children)

    def _words(self, text: str, levels: list[_Level]) -> None:
        """Words, leaves and ends of spans; words take the place that follows them."""
        held = ""
        for i, char in enumerate(text, 1):
            if not is_private(char):
                held += char
            elif place := self.leaves.place_of(char):
                self._say(held, levels, *place)
                held, self._place = "", place
            else:
                self._say(held, levels)
                held, self._rest = "", text[i:]
                self._leaf(char, levels)
        self._say(held, levels)
        self._rest = ""

    def _leaf(self, char: str, levels: list[_Level]) -> None:
        match self.leaves.leaf(char):
            case Open("denied", claim):
                levels.append(_Level("close", _Denied(claim) if claim else "note"))
            case Open(_, claim):
                levels.append(_Level("close", claim or "note"))
            case Close():
                if levels[-1].close != "close":
                    message = "spans overlap: a claim or note must end inside the emphasis it began in"
                    raise RenderError(message)
                self._end(levels)
            case ChartBlock() | TableBlock() | QuoteBlock():
                message = "a chart, table or quotation stands on a line of its own, not among words"
                raise RenderError(message)
            case None:
                message = "a private-use character that is no leaf"
                raise ProofError(message)
            case leaf:
                levels[-1].children.append(leaf)

    def _end(self, levels: list[_Level]) -> None:
        done = levels.pop()
        children = _tidy(done.children, done.made if isinstance(done.made, Claim) else None)
        if isinstance(done.made, _Denied):
            levels[-1].children += _under(children, done.made.claim)
        elif isinstance(done.made, str):
            levels[-1].children.append(Styled(done.made, children))
        else:
            levels[-1].children.append(Judged(done.made, children))  # type: ignore[arg-type]

    def _say(self, words: str, levels: list[_Level], template: str = "", line: int = 0) -> None:
        if words:
            levels[-1].children.append(Text(words, template or self.template, line))


def _under(line: Line, claim: Claim) -> Line:
    """The line with its words marked as said where the claim does not hold."""
    return tuple(
        replace(node, denied=(claim, *node.denied))
        if isinstance(node, Text)
        else replace(node, children=_under(node.children, claim))
        if isinstance(node, Judged | Styled)
        else node
        for node in line
    )


def _refuse_unborne(line: Line) -> None:
    """Raise ProofError for a measurable word that its claims do not bear."""
    for fault in faults(line):
        message = f"the word {fault.word!r} {fault.reason}"
        raise ProofError(message, template=fault.template, line=fault.line)


def _refuse_split(line: Line) -> None:
    """Raise ProofError for a number word put together of differently styled pieces."""
    for number in unbound(line):
        message = f"a number that is bound to nothing: {number!r}"
        raise ProofError(message)


def _tidy(children: Sequence[Inline], claim: Claim | None = None) -> Line:
    """Neighbouring words joined, names with numerals told from words, numbers refused that `claim` does not bear."""
    return tuple(piece for run in _runs(children, claim) for piece in run)


def _runs(children: Sequence[Inline], claim: Claim | None) -> Iterator[Iterable[Inline]]:
    for denied, run in groupby(children, lambda node: node.denied if isinstance(node, Text) else None):
        nodes = list(run)
        yield nodes if denied is None else _joined([node for node in nodes if isinstance(node, Text)], claim)


def _joined(texts: Sequence[Text], claim: Claim | None) -> Iterator[Inline]:
    """One run of words as names and text; raise ProofError at the line of a number."""
    whole, at = "".join(text.text for text in texts), 0
    for number in numbers_in(without_borne(whole, claim)):
        inside = (text for text in texts if number in numbers_in(text.text))
        place = next(inside, next((text for text in texts if number in text.text), texts[0]))
        message = f"a number that is bound to nothing: {number!r} in {place.text.strip()[:60]!r}"
        raise ProofError(message, template=place.template, line=place.line)
    place = next((text for text in texts if text.line), texts[0])
    for found in names().finditer(whole):
        if found.start() > at:
            yield Text(whole[at : found.start()], place.template, place.line, place.denied)
        yield NameLeaf(found[0])
        at = found.end()
    if at < len(whole):
        yield Text(whole[at:], place.template, place.line, place.denied)
