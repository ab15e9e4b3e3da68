"""The texts of a mail: its HTML as a mail program shows it, and its plain text with tables read by their rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from reporter.proof import page
from reporter.proof.active import FETCHED
from reporter.proof.output import Output
from reporter.render.mail import MailParts

_RULE = re.compile(r"-+(?:  -+)+")
_CONDITIONAL = re.compile(r"<!--\[if[^\]]*\]>|<!\[endif\]-->")  # what Outlook reads, and no other program


def of_html(parts: MailParts, name: str = "mail/mail.html") -> Output:
    """What the HTML part says, with subject and preheader; what is meant for Outlook alone is read, too."""
    held = page.texts(_CONDITIONAL.sub("", parts.html), name)
    ours = tuple(thing for thing in held.active if not thing.startswith(FETCHED))  # pictures stand outside of a mail
    return replace(held, named=(*held.named, ("subject", parts.subject)), numbered=False, active=ours)


def of_text(parts: MailParts, links: Collection[str], name: str = "mail/mail.txt") -> Output:
    """What the plain text says but for these addresses, which have a numeral in the day of the edition."""
    lines = (" ".join("" if word in links else word for word in row.split(" ")) for row in parts.text.split("\n"))
    return Output(name, ("\n".join(_heads_joined([*lines])),), drawn=(), numbered=False)


def _heads_joined(lines: Sequence[str]) -> Iterator[str]:
    """The lines with each table's heads on one: above a rule of dashes they are broken to the columns it shows."""
    held: list[str] = []
    for line in lines:
        if _RULE.fullmatch(line):
            yield " ".join(_columns(held, [found.span() for found in re.finditer("-+", line)]))
            held = []
        elif line.strip():
            held.append(line)
        else:
            yield from (*held, "")
            held = []
    yield from held


def _columns(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The words of each column from top to bottom; what stands outside of every column keeps its place at the end."""
    for first, last in spans:
        yield " ".join(word for line in lines if (word := line[first:last].strip()))
    for line in lines:
        outside = list(line)
        for first, last in spans:
            outside[first:last] = " " * len(outside[first:last])
        yield "".join(outside).strip()
