"""The tags of a briefing's templates, and the marks that keep every word's place.

``{% say claim %}…{% otherwise %}…{% endsay %}``
    the words, bound to the claim; the other words where it does not hold; nothing where it is undecided.
``{% chart "id" %}``, ``{% table "id" %}``, ``{% front %}``, ``{% section "id" %}``, ``{% takeaway "id" %}``
    a block of `name: words` lines.
``{% note %}…{% endnote %}``
    a note, set where the medium sets notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reporter.errors import ProofError, RenderError
from reporter.language.leaves import Leaves, is_private

if TYPE_CHECKING:
    from jinja2.parser import Parser

_TAGS_ONLY = re.compile(r"^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*|\{#(?:(?!#\}).)*#\}[ \t]*)+)\n", re.MULTILINE)
_FIELD_TAGS = ("chart", "table", "front", "section", "takeaway")


# What a template that extends another may hold beside its blocks: nothing of it is printed.
_UNPRINTED = (nodes.Extends, nodes.Block, nodes.Import, nodes.FromImport, nodes.Macro, nodes.Assign, nodes.AssignBlock)


class Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, but words outside a block of an extending template, which it drops, are a fault."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if any(isinstance(node, nodes.Extends) for node in tree.body):
            for node in tree.body:
                if not isinstance(node, _UNPRINTED) and not _is_blank(node):
                    message = "this stands outside a block of a template that extends another: it would not be printed"
                    raise RenderError(message, template=name or "", line=_first_line(node))
        return tree


def _is_blank(node: nodes.Node) -> bool:
    texts = node.nodes if isinstance(node, nodes.Output) else [node]
    return all(isinstance(text, nodes.TemplateData) and not text.data.strip() for text in texts)


def _first_line(node: nodes.Node) -> int:
    """Jinja places an output where its blank lines begin; its first words stand further down."""
    first = node.nodes[0] if isinstance(node, nodes.Output) else node
    if isinstance(first, nodes.TemplateData):
        return first.lineno + len(first.data) - len(first.data.lstrip("\n"))
    return node.lineno


class Tags(Extension):
    """Parses the tags; what they do is the engine's, reached through the environment's globals."""

    tags = frozenset({"say", "note", *_FIELD_TAGS})  # type: ignore[assignment]

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 -- Jinja's
        """Drop the line of nothing but tags. The break goes into a comment, so that line numbers hold.

        Jinja's `trim_blocks` would drop the break after every tag, and with it the end of a paragraph that
        ends in one.
        """
        return _TAGS_ONLY.sub(lambda found: f"{found[1]}{{#\n#}}", source)

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """One tag, from its name to its end."""
        token = next(parser.stream)
        if token.value == "say":
            return self._say(parser, token.lineno)
        if token.value == "note":
            body = parser.parse_statements(("name:endnote",), drop_needle=True)
            return [self._put("_open_note", token.lineno), *body, self._put("_close", token.lineno)]
        return self._fields(parser, token)

    def _say(self, parser: Parser, line: int) -> nodes.Node:
        claim = parser.parse_expression()
        body = parser.parse_statements(("name:otherwise", "name:endsay"))
        other: list[nodes.Node] = []
        if has_other := next(parser.stream).value == "otherwise":
            other = parser.parse_statements(("name:endsay",), drop_needle=True)
        said = [self._put("_open_claim", line, claim), *body, self._put("_close", line)]
        if not all(isinstance(node, nodes.Output) and _is_blank(node) for node in other):
            other = [self._put("_open_denied", line, claim), *other, self._put("_close", line)]
        judged = self._call("_judge", line, claim, nodes.Const(has_other))
        denied = nodes.If(self._call("_denied", line, claim), other, [], [], lineno=line)
        return nodes.If(judged, said, [], [denied], lineno=line)

    def _fields(self, parser: Parser, token: Token) -> nodes.Node:
        args: list[nodes.Expr] = [nodes.Const(token.value)]
        args.append(nodes.Const("") if parser.stream.current.test("block_end") else parser.parse_expression())
        body = parser.parse_statements((f"name:end{token.value}",), drop_needle=True)
        call = self._call("_fields", token.lineno, *args)
        return nodes.CallBlock(call, [], [], body, lineno=token.lineno)

    def _put(self, name: str, line: int, *args: nodes.Expr) -> nodes.Output:
        return nodes.Output([self._call(name, line, *args)], lineno=line)

    def _call(self, name: str, line: int, *args: nodes.Expr) -> nodes.Call:
        return nodes.Call(nodes.Name(name, "load"), list(args), [], None, None, lineno=line)

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Mark every line's end with its place, so that an error can name template and line."""
        leaves = self.environment.globals.get("_leaves")
        if not isinstance(leaves, Leaves):
            return stream
        return _marked(stream, lambda line: leaves.place(stream.name or "template", line))


def _marked(stream: TokenStream, place: Callable[[int], str]) -> Iterator[Token]:
    after_output, line = False, 1
    for token in stream:
        line = token.lineno
        stray = next(filter(is_private, token.value), "") if token.type in {"data", "string"} else ""
        if stray:
            message = "a template may not hold private-use characters"
            at = line + token.value.partition(stray)[0].count("\n")
            raise ProofError(message, template=stream.name or "", line=at)
        if token.type != "data":
            after_output = token.type == "variable_end"
            yield token
            continue
        yield Token(token.lineno, "data", _mark_lines(token, place, after_output=after_output))
        after_output = False
    if after_output:  # a template that ends in an expression: its words have a place, too
        yield Token(line, "data", place(line))


def _mark_lines(token: Token, place: Callable[[int], str], *, after_output: bool) -> str:
    """A mark before each line break that ends words. Blank lines stay blank: they part paragraphs."""
    pieces, line = [], token.lineno
    *ended, rest = token.value.split("\n")
    for i, piece in enumerate(ended):
        fence = piece.lstrip().startswith(":::")  # a container's fence must end its line
        marked = not fence and (piece.strip() or (i == 0 and after_output))
        pieces.append(piece + (place(line) if marked else "") + "\n")
        line += 1
    if rest.strip() and not rest.lstrip().startswith(":::"):
        rest += place(line)  # words before a tag or at the end: their place, too
    return "".join(pieces) + rest
