"""The template engine: Jinja for choices, Markdown for shape, leaves for everything that counts.

`finalize` turns a fact, a period or a name into a leaf and refuses whatever else holds a numeric character;
autoescape is off because nothing here is HTML yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, Template

from reporter.claims import Claim
from reporter.errors import ProofError, RenderError
from reporter.language.faults import placed
from reporter.language.fields import CHART, TABLE, check, parted, refuse_near_misses
from reporter.language.filters import FILTERS
from reporter.language.handles import Ledger, Unknown, as_claim, as_fact, is_fact
from reporter.language.leaves import Close, Leaves, Open
from reporter.language.markdown import Reader
from reporter.language.numerals import has_numeral, numbers_in
from reporter.language.quotations import Quotation
from reporter.language.tags import Environment, Tags
from reporter.language.wording import in_words
from reporter.model.periods import Period, Window
from reporter.tree import (
    Block,
    ChartBlock,
    CountLeaf,
    FactLeaf,
    Line,
    NameLeaf,
    PeriodLeaf,
    Table,
    TableBlock,
    Text,
    plain,
)


@dataclass(frozen=True)
class Written:
    """What one template wrote: its blocks, and the field blocks it put aside, by tag and key."""

    blocks: tuple[Block, ...]
    aside: Mapping[tuple[str, str], Mapping[str, Line]]


@dataclass
class Engine:
    """Renders templates to trees for one edition; keeps which claims were said."""

    folders: Sequence[Path]
    ledger: Ledger
    tables: Mapping[str, Table] = field(default_factory=dict)
    charts: frozenset[str] = frozenset()
    cite: Callable[[str], Sequence[object]] = lambda _: ()
    said: dict[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._leaves = Leaves()
        self._aside: dict[tuple[str, str], Mapping[str, Line]] = {}
        self._template = ""
        self._env = Environment(
            loader=FileSystemLoader([str(folder) for folder in self.folders]),
            undefined=Unknown,
            finalize=self._finalize,
            autoescape=False,  # what is rendered is Markdown; HTML is escaped where it is made
        )
        self._env.globals["_leaves"] = self._leaves
        self._env.add_extension(Tags)
        self._env.filters.update(FILTERS)
        self._env.globals.update(
            _judge=self._judge,
            _denied=self._denied,
            _open_claim=self._open_claim,
            _open_denied=lambda value: self._leaves.token(Open("denied", as_claim(value))),
            _open_note=lambda: self._leaves.token(Open("note")),
            _close=lambda: self._leaves.token(Close()),
            _fields=self._fields,
            sources=self.cite,
            late=(),
        )

    def write(self, template: str, extra: Mapping[str, Any] | None = None) -> Written:
        """Render one template to its tree; raise RenderError or ProofError with template and line."""
        return self._write(template, lambda: self._env.get_template(template), extra)

    def write_source(self, name: str, source: str, extra: Mapping[str, Any] | None = None) -> Written:
        """The same for a text that stands in no folder of templates; `name` is what an error calls it."""

        def compiled() -> Template:
            # The ending is the mark by which a fault is placed in a template.
            code = self._env.compile(source, name, f"{name}.j2")
            return Template.from_code(self._env, code, self._env.make_globals(None))

        return self._write(name, compiled, extra)

    def _write(self, name: str, load: Callable[[], Template], extra: Mapping[str, Any] | None) -> Written:
        self._aside, self._template = {}, name
        with placed(name, self.folders):
            text = load().render({**self.ledger.roots(), **(extra or {})})
            blocks = Reader(self._leaves, name).blocks(text)
        return Written(blocks, self._aside)

    def _finalize(self, value: object) -> str:
        """A leaf's character, or words without a numeral; ProofError for the rest."""
        if is_fact(value):
            return self._leaves.token(FactLeaf(as_fact(value)))
        if isinstance(value, Period | Window):
            return self._leaves.token(PeriodLeaf(in_words(value), value))
        if isinstance(value, PeriodLeaf | CountLeaf | NameLeaf | ChartBlock | TableBlock):
            return self._leaves.token(value)
        if isinstance(value, Quotation):
            return self._leaves.token(value.block())
        if isinstance(value, Unknown):
            return str(value)  # raises, with its own words
        if isinstance(value, str) and not has_numeral(value):
            return value
        printable = "facts, periods, counts, names and quotations"
        message = f"only {printable} may be printed, not {type(value).__name__} {f'{value}'[:40]!r}"
        raise ProofError(message)

    def _judge(self, value: object, has_otherwise: bool) -> bool:  # noqa: FBT001 -- called by the tag
        claim = as_claim(value)
        if claim.holds is False and not has_otherwise:
            message = f"the words say {claim.id!r} ({claim.words}), which does not hold: it is {claim.direction}"
            raise ProofError(message)
        return claim.holds is True

    def _denied(self, value: object) -> bool:
        return as_claim(value).holds is False

    def _open_claim(self, value: object) -> str:
        claim = as_claim(value)
        self.said[claim.id] = claim
        return self._leaves.token(Open("claim", claim))

    def _fields(self, tag: str, key: str, caller: Callable[[], str]) -> str:
        """A block of `name: words` lines: a node where it stands, or put aside for the page."""
        words = {name: Reader(self._leaves, self._template).line(text) for name, text in parted(caller())}
        if tag == "chart":
            self._known(key, self.charts, "chart")
            refuse_near_misses(tag, key, set(words) - {*CHART}, set(CHART) - {*words})
            return self._leaves.token(ChartBlock(key, words)) + "\n"
        if tag == "table":
            self._known(key, self.tables, "table")
            absent = {*TABLE} - {*words}
            words.pop("columns", None)
            table = self._labelled(self.tables[key], words)
            unsaid = {row.label for row in self.tables[key].rows} & {row.label for row in table.rows}
            refuse_near_misses(tag, key, set(words) - {*TABLE}, absent | unsaid)
            return self._leaves.token(TableBlock(table, words, self._columns(caller()))) + "\n"
        check(tag, key, words)
        self._aside[tag, key] = words
        return ""

    def _labelled(self, table: Table, words: dict[str, Line]) -> Table:
        """Row labels that name a field are that field's words; all of them are free of numbers."""
        rows = [replace(row, label=plain(words.pop(row.label, (Text(row.label),)))) for row in table.rows]
        for label in (row.label for row in rows):
            for number in numbers_in(label):
                message = f"a number that is bound to nothing: {number!r} in the row {label!r} of table {table.id!r}"
                raise ProofError(message)
        return replace(table, rows=tuple(rows))

    def _columns(self, body: str) -> tuple[Line, ...]:
        """A table's heads: `columns: Holder | July | …`."""
        heads = dict(parted(body)).get("columns", "")
        return tuple(Reader(self._leaves, self._template).line(head) for head in heads.split("|"))

    def _known(self, key: str, held: Mapping[str, object] | frozenset[str], noun: str) -> None:
        if key not in held:
            message = f"no section makes the {noun} {key!r}; there are: {', '.join(sorted(held)) or 'none'}"
            raise RenderError(message)
