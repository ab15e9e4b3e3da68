"""A small edition, published once, and the ways to spoil it: what the tests of the proof stand on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from reporter import briefing, publish, store
from reporter.build import build
from reporter.proof import manifest, verify
from reporter.proof.verdict import Verdict
from reporter.resources import templates_folder

DAY = date(2026, 11, 22)
Facts = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """An edition's files, and what is asked of its proof."""

    files: Mapping[str, bytes]

    @property
    def pdf(self) -> bytes:
        return self.files["briefing.pdf"]

    @property
    def page(self) -> str:
        return self.files["index.html"].decode()

    @property
    def facts(self) -> Facts:
        held: Facts = json.loads(self.files["facts.json"])
        return held

    def spoilt_facts(self, spoil: Callable[[Facts], object]) -> bytes:
        """Its facts.json with something changed."""
        held = self.facts
        spoil(held)
        return json.dumps(held, ensure_ascii=False).encode()

    def spoilt_pdf(self, spoil: Callable[[pikepdf.Pdf], object], *, resealed: bool = False) -> bytes:
        """Its PDF with something changed; `resealed` as a forger would, with a manifest that fits."""
        out = BytesIO()
        with pikepdf.open(BytesIO(self.pdf)) as document:
            spoil(document)
            if resealed:
                del document.attachments[manifest.MANIFEST]
            document.save(out)
        return manifest.sealed(out.getvalue()) if resealed else out.getvalue()

    def forged(self, spoil: Callable[[Facts], object]) -> Verdict:
        """The verdict on the PDF with other facts attached, resealed."""
        facts = self.spoilt_facts(spoil)
        return verify.of_pdf(self.spoilt_pdf(lambda document: attach(document, facts), resealed=True))


def attach(document: pikepdf.Pdf, facts: bytes) -> None:
    """Put another facts.json in the place of the one attached."""
    document.attachments["facts.json"] = pikepdf.AttachedFileSpec(
        document, facts, filename="facts.json", description="", creation_date="", mod_date="", mime_type="text/json"
    )


def drawn_over(document: pikepdf.Pdf) -> None:
    """A white patch on the first page."""
    document.pages[0].contents_add(b"1 1 1 rg 0 0 300 300 re f")


@cache
def published(country: str = "Japan", key: Path | None = None) -> Published:
    """The page of a country: seven hundred lines of facts, a few pages."""
    chosen = briefing.load("holder-profile", {"country": country})
    made = build(chosen, store.snapshot(DAY, chosen.needs), [templates_folder()])
    return Published(publish.files(made, [templates_folder()], signing_key=key))
