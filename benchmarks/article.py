"""An edition as plain data for the obvious way: its words, with the figures in them, its tables and its receipts.

`python -m benchmarks.article BRIEFING AS_OF FOLDER` writes `article.json` and, in `data/`, what each chart shows
and every observation as CSV. Nothing here is measured.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from reporter import batch, config, publish
from reporter.render.receipt import FactReceipt
from reporter.render.receipts import groups
from reporter.tree import (
    Block,
    ChartBlock,
    Container,
    Edition,
    FactLeaf,
    Heading,
    Items,
    Line,
    Paragraph,
    QuoteBlock,
    TableBlock,
    plain,
    walk,
)


def article(edition: Edition) -> dict[str, Any]:
    """Everything the edition prints. A run is `[text, receipt id or ""]`, a line a list of runs."""
    return {
        "headline": plain(edition.front["headline"]),
        "standfirst": _runs(edition.front["standfirst"]),
        "takeaways": [[plain(held.lead), _runs(held.sentence)] for held in edition.takeaways],
        "sections": [
            {"id": held.id, "title": plain(held.title), "blocks": list(_blocks(held.blocks))}
            for held in edition.sections
        ],
        "receipts": list(_receipts(edition)),
    }


def _blocks(blocks: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        match block:
            case Paragraph(children):
                yield {"kind": "p", "runs": _runs(children)}
            case Heading(_, children):
                yield {"kind": "h3", "runs": _runs(children)}
            case Items(rows):
                yield {"kind": "ul", "rows": [_runs(row) for row in rows]}
            case Container(_, inner):
                yield from _blocks(inner)
            case ChartBlock(key, words):
                yield {"kind": "chart", "key": key, "title": plain(words.get("headline", ()))}
            case QuoteBlock(_, words, by, later):
                yield from ({"kind": "p", "runs": _runs(line)} for line in (words, by, later) if line)
            case TableBlock(table, words, columns):
                cells = [[[(row.label, "")], *(_runs(cell.line) for cell in row.cells)] for row in table.rows]
                heads = [plain(line) for line in columns]
                yield {"kind": "table", "title": plain(words.get("caption", ())), "heads": heads, "rows": cells}


def _runs(line: Line) -> list[tuple[str, str]]:
    """A line's figures and the words between them; emphasis and judgements are words."""
    runs: list[tuple[str, str]] = []
    for node in walk(line):
        if isinstance(node, FactLeaf):
            runs.append((node.text, f"r-{node.said.fact.id}"))
        elif not getattr(node, "children", ()):
            runs.append((plain((node,)), ""))
    return runs


def _receipts(edition: Edition) -> Iterator[dict[str, Any]]:
    """One a figure: what it is, how it was computed, and from which observations, by id."""
    for group in groups(edition):
        for receipt in group.receipts:
            if isinstance(receipt, FactReceipt):
                fact = receipt.fact
                observations = sorted({seen.id for seen in fact.expr.observations()})
                home = group.section.id if group.section else "top"
                row = {"id": f"r-{fact.id}", "home": home, "text": receipt.printed[0], "label": fact.label}
                yield {**row, "formula": fact.expr.formula(), "observations": observations}


def _main(name: str, as_of: str, folder: Path) -> None:
    order = batch.Order(name, date.fromisoformat(as_of), config.load(Path.cwd(), os.environ))
    composed = batch.compose(order)
    files = publish.files(composed.built, composed.folders, formats=(), cache=order.settings.cache)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        if path.startswith("data/"):
            (folder / path).write_bytes(content)
    text = json.dumps(article(composed.built.edition), ensure_ascii=False)
    (folder / "article.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
