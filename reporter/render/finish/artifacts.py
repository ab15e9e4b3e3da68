"""Content that no tag holds is an artifact: running heads and feet, and a table's head where a page repeats it.

WeasyPrint marks what stands in the margins as text and gives it elements that hang in no tree.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pikepdf import Name, Pdf

from reporter.render.finish.tree import PX, content, height_of, parents

# As pydyf writes it. Strings are hexadecimal there, so that no text can look like an operator.
_MARKED = re.compile(rb"/[A-Za-z0-9]+\s*<<\s*/MCID\s+(\d+)\s*>>\s*BDC")
# The place of the text that follows, in CSS pixels from the top.
_PLACED = re.compile(rb"([-\d.]+)\s+Tm\b")


def untagged_to_artifacts(pdf: Pdf) -> None:
    """Mark as pagination artifacts the marked content of each page that the structure tree does not hold."""
    root = pdf.Root.get(Name.StructTreeRoot)
    if root is None:
        return
    tagged = set(content(root))
    entries = parents(pdf)
    for page in pdf.pages:
        held = page.obj.Contents.read_bytes()
        found = {int(match[1]) for match in _MARKED.finditer(held)}
        loose = {number for number in found if (page.obj.objgen, number) not in tagged}
        if not loose:
            continue
        page.obj.Contents.write(_rewritten(held, loose, height_of(page.obj)))
        owners = entries[int(page.obj.StructParents)]
        for number in loose:
            owners[number] = None
        while len(owners) and owners[-1] is None:
            del owners[-1]


def _rewritten(stream: bytes, loose: set[int], height: Decimal) -> bytes:
    def marked(match: re.Match[bytes]) -> bytes:
        if int(match[1]) not in loose:
            return match[0]
        return b"/Artifact\n<</Type /Pagination /Subtype /%s>>\nBDC" % _side(stream, match.end(), height)

    return _MARKED.sub(marked, stream)


def _side(stream: bytes, after: int, height: Decimal) -> bytes:
    """Header or footer, by the half of the page the text stands in (ISO 32000-1, table 330)."""
    placed = _PLACED.search(stream, after)
    return b"Footer" if placed and Decimal(placed[1].decode()) * PX > height / 2 else b"Header"
