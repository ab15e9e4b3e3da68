"""Files in the file, as PDF/A-3 wants them: dated, typed, described, and related to the document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

_TYPES = {".csv": "text/csv", ".json": "application/json", ".txt": "text/plain", ".xml": "application/xml"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to travel in the PDF. `description` is a line on what it holds.

    `relationship` says what it is to the document (ISO 19005-3, annex E): what it was made of, or more about it.
    """

    name: str
    content: bytes
    description: str
    relationship: Literal["Data", "Supplement"] = "Data"

    @property
    def media_type(self) -> str:
        """By the name's ending; of an unknown one, plain bytes."""
        return _TYPES.get(PurePosixPath(self.name).suffix, "application/octet-stream")


def attach(pdf: Pdf, files: Iterable[Attachment]) -> None:
    """Embed files and associate them with the document (`/AF`, ISO 19005-3, 6.8), beside those it has.

    They are dated as the document is. Raise ValueError where two share a name.
    """
    names = pdf.Root.get(Name.Names) or Dictionary()
    held = names.get(Name.EmbeddedFiles) or Dictionary(Names=Array())
    rows = list(held.Names)
    specifications = {str(key): spec for key, spec in zip(rows[::2], rows[1::2], strict=True)}
    for file in files:
        if file.name in specifications:
            message = f"two attachments are named {file.name!r}"
            raise ValueError(message)
        specifications[file.name] = _specification(pdf, file)
    if not specifications:
        return
    # A name tree is sorted by its keys.
    entries = sorted((str(String(name)).encode(), name, spec) for name, spec in specifications.items())
    names.EmbeddedFiles = Dictionary(Names=Array([part for _, name, spec in entries for part in (String(name), spec)]))
    pdf.Root.Names = names
    pdf.Root.AF = Array([spec for _, _, spec in entries])


def _specification(pdf: Pdf, file: Attachment) -> Dictionary:
    stamp = pdf.docinfo.CreationDate
    digest = hashlib.md5(file.content, usedforsecurity=False).digest()
    stream = Stream(
        pdf,
        file.content,
        Type=Name.EmbeddedFile,
        Subtype=Name("/" + file.media_type),
        Params=Dictionary(Size=len(file.content), CreationDate=stamp, ModDate=stamp, CheckSum=String(digest)),
    )
    made = Dictionary(
        Type=Name.Filespec,
        F=String(file.name),
        UF=String(file.name),
        Desc=String(file.description),
        AFRelationship=Name("/" + file.relationship),
        EF=Dictionary(F=stream, UF=stream),
    )
    return pdf.make_indirect(made)
