"""What a PDF is made of, hashed part by part: pages, fonts, pictures, attachments, and all the rest of its objects.

A page's hash covers its content and everything it draws with; so a glyph's outline, an image, a link or a page's
place cannot change without one of the hashes. Streams are hashed as they decode: another compression is no change.
The manifest is an attachment of the PDF itself, and so the one part, with its signature, that is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reporter.errors import ProofError

if TYPE_CHECKING:
    from pikepdf import Page, Pdf

VERSION = 2
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig.json"
_OWN = {MANIFEST, SIGNATURE}
_DEEPEST = 200
# Names of the parent lead back up; what is attached to the document is hashed apart, for the manifest is among it.
_NOT_FOLLOWED = {"/Parent", "/P", "/EmbeddedFiles"}
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_Hashes = dict[str, str]


def measure(pdf: Pdf) -> dict[str, Any]:
    """The manifest of an open PDF; raise ProofError where it is nested beyond reason."""
    digest = _Digest({page.obj.objgen: f"page {number}" for number, page in enumerate(pdf.pages, 1)})
    pages = [digest.of_page(page.obj) for page in pdf.pages]
    root = pdf.Root
    rest = {str(key): value for key, value in root.items() if key not in {"/Pages", "/Names", "/AF"}}
    names = {f"/Names{key}": value for key, value in root.get("/Names", {}).items() if key not in _NOT_FOLLOWED}
    return {
        "version": VERSION,
        "pages": pages,
        "fonts": _parts(_fonts(pdf), digest),
        "pictures": _parts(_pictures(pdf), digest),
        "attachments": {name: sha256(held).hexdigest() for name, held in sorted(attachments(pdf).items())},
        "attaching": digest.of_all(_attached(pdf)),
        "document": digest.of_all({**rest, **names}),
        "metadata": sha256(_metadata(pdf)).hexdigest(),
    }


def attachments(pdf: Pdf, *, own: bool = False) -> Mapping[str, bytes]:
    """The attached files by name; the manifest and its signature only when asked for.

    Read from the tree itself: pikepdf's `attachments` mends a tree that holds two of one name, and so hides one.
    """
    found: dict[str, bytes] = {}
    for name, spec in _embedded(pdf):
        if (name in _OWN) is own and name not in found:
            held = spec["/EF"]
            found[name] = (held["/UF"] if "/UF" in held else held["/F"]).read_bytes()
    return found


def attachment(pdf: bytes, name: str) -> bytes:
    """One attached file; raise ProofError where the PDF cannot be read or has none of that name."""
    import pikepdf  # noqa: PLC0415

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            return attachments(document)[name]
    except (pikepdf.PdfError, KeyError) as error:
        message = f"no {name} is attached to it"
        raise ProofError(message) from error


def sealed(pdf: bytes, sign: Callable[[bytes], bytes] | None = None) -> bytes:
    """The PDF with its manifest attached, and with what `sign` makes of it; the same bytes for the same input."""
    import pikepdf  # noqa: PLC0415 -- only a PDF needs it

    from reporter.render.finish import Attachment, attach, saved  # noqa: PLC0415

    with pikepdf.open(BytesIO(pdf)) as document:
        attach(document, ())  # as they are listed once the manifest is there
        held = encoded(measure(document))
        files = [(MANIFEST, held, "What this document is made of, hashed part by part")]
        if sign:
            files.append((SIGNATURE, sign(held), "The manifest, signed"))
        attach(document, [Attachment(*file, "Supplement") for file in files])
        return saved(document)


def encoded(manifest: Mapping[str, Any]) -> bytes:
    """As attached: one part a line."""
    return (json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def differences(stored: bytes, found: Mapping[str, Any]) -> Iterator[str]:
    """Every part that is not as the manifest has it."""
    try:
        told = json.loads(stored)
        if told["version"] != VERSION:
            yield f"the manifest is of version {told['version']!r:.20}, not {VERSION}"
            return
        yield from _pages(told["pages"], found["pages"])
        for kind in ("fonts", "pictures", "attachments"):
            yield from _compared(kind.removesuffix("s"), told[kind], found[kind])
        if told["attaching"] != found["attaching"] and told["attachments"] == found["attachments"]:
            yield "files are attached in another way, or under other names"
        yield from (f"the {part} is another" for part in ("document", "metadata") if told[part] != found[part])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        yield "the manifest is none"


def _pages(told: list[str], found: list[str]) -> Iterator[str]:
    if len(told) != len(found):
        yield f"{len(found)} pages instead of {len(told)}"
    for number, (was, is_now) in enumerate(zip(told, found, strict=False), 1):
        if was != is_now:
            yield f"page {number} is another" + (f": that was page {told.index(is_now) + 1}" if is_now in told else "")


def _compared(kind: str, told: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*told, *found}):
        if name not in found:
            yield f"{kind} {name} is missing"
        elif name not in told:
            yield f"{kind} {name} was added"
        elif told[name] != found[name]:
            yield f"{kind} {name} is another"


def _attached(pdf: Pdf) -> dict[str, Any]:
    """How files are attached: every entry of their tree, two of one name included, and of the list beside it.

    Of the manifest and its signature, which are made from this, the first of each is left out.
    """
    own = dict[tuple[int, int], str]()
    found: dict[str, Any] = {}
    for at, (name, spec) in enumerate(_embedded(pdf)):
        if name in _OWN and name not in own.values():
            own[spec.objgen] = name
        else:
            found[f"/EmbeddedFiles {at - len(own):05} {name}"] = spec
    beside = [spec for spec in pdf.Root.get("/AF", ()) if spec.objgen not in own]
    return found | {f"/AF {at:05}": spec for at, spec in enumerate(beside)}


def _embedded(pdf: Pdf) -> Iterator[tuple[str, Any]]:
    names: Any = pdf.Root.get("/Names", {})
    return _entries(names.get("/EmbeddedFiles"), _DEEPEST)


def _entries(tree: Any, deep: int) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Names and values of a name tree in its order; raise ProofError where it is nested beyond reason."""
    if not deep:
        message = "the PDF's objects are nested beyond reason"
        raise ProofError(message)
    if tree is not None:
        rows = list(tree.get("/Names", ()))
        yield from ((str(name), value) for name, value in zip(rows[::2], rows[1::2], strict=False))
        for kid in tree.get("/Kids", ()):
            yield from _entries(kid, deep - 1)


def _metadata(pdf: Pdf) -> bytes:
    """Title, author and their like, and the XMP packet."""
    held = json.dumps({key: str(value) for key, value in pdf.docinfo.items()}, sort_keys=True)
    return held.encode() + (pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b"")


def _parts(held: Iterator[tuple[str, Any]], digest: _Digest) -> _Hashes:
    """A hash a name; parts of one name (subsets of a face) are hashed together."""
    made: dict[str, list[str]] = {}
    for name, part in held:
        made.setdefault(name, []).append(digest.of(part))
    return {name: sha256("".join(sorted(hashes)).encode()).hexdigest() for name, hashes in sorted(made.items())}


def _fonts(pdf: Pdf) -> Iterator[tuple[str, Any]]:
    """Every font program by the name of its face: its outlines are what the reader sees."""
    for held in pdf.objects:
        if getattr(held, "_type_name", "") == "dictionary" and held.get("/Type") == "/FontDescriptor":
            name = str(held.get("/FontName", "/unnamed")).removeprefix("/")
            yield from ((name, held[key]) for key in _FONT_FILES if key in held)


def _pictures(pdf: Pdf) -> Iterator[tuple[str, Any]]:
    """Every picture: image or drawing, named by the page that first shows it and its place there."""
    seen: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, 1):
        for name, held in sorted(_drawings(page)):
            if held.objgen not in seen:
                seen.add(held.objgen)
                yield f"page {number}: {str(name).removeprefix('/')}", held


def _drawings(page: Page) -> Iterator[tuple[str, Any]]:
    resources = page.obj.get("/Resources")
    held = resources.get("/XObject") if resources is not None else None
    yield from held.items() if held is not None else ()


@dataclass
class _Digest:
    """Hashes objects with all they refer to. An object that is met again counts as its number of first meeting."""

    _met: dict[tuple[int, int], str]  # pages, to begin with: what points to one is not what stands on it
    _open: dict[tuple[int, int], int] = field(default_factory=dict)

    def of(self, held: Any, deep: int = _DEEPEST) -> str:  # noqa: ANN401 -- any object of a PDF
        """The hash of one object."""
        if not deep:
            message = "the PDF's objects are nested beyond reason"
            raise ProofError(message)
        number = getattr(held, "objgen", (0, 0)) if getattr(held, "is_indirect", False) else (0, 0)
        if number == (0, 0):
            return self._hash(held, deep)
        if number in self._met:
            return self._met[number]
        if number in self._open:
            return f"up {len(self._open) - self._open[number]}"  # a circle: how far back it leads
        self._open[number] = len(self._open)
        made = self._hash(held, deep)
        del self._open[number]
        self._met[number] = made
        return made

    def of_page(self, held: Any) -> str:  # noqa: ANN401
        """The hash of what stands on a page."""
        return self._hash(held, _DEEPEST)

    def of_all(self, held: Mapping[str, Any]) -> str:
        """The hash of several objects by name."""
        return sha256("".join(f"{key} {self.of(value)}\n" for key, value in sorted(held.items())).encode()).hexdigest()

    def _hash(self, held: Any, deep: int) -> str:  # noqa: ANN401
        kind = getattr(held, "_type_name", "")
        if kind in {"dictionary", "stream"}:
            parts = [f"{key} {self.of(held[key], deep - 1)}" for key in sorted(held.keys()) if self._counts(key, kind)]
            body = sha256(_decoded(held)).hexdigest() if kind == "stream" else ""
            text = f"{kind} {' '.join(parts)} {body}"
        elif kind == "array":
            text = f"array {' '.join(self.of(part, deep - 1) for part in held)}"
        elif kind == "string":
            text = f"string {bytes(held).hex()}"
        else:
            return f"{kind or type(held).__name__}:{held!s}"  # names and numbers: short, and many
        return sha256(text.encode()).hexdigest()

    def _counts(self, key: str, kind: str) -> bool:
        return key not in _NOT_FOLLOWED and not (kind == "stream" and key in {"/Length", "/Filter", "/DecodeParms"})


def _decoded(stream: Any) -> bytes:  # noqa: ANN401
    """A stream's content; as it is stored where it is an image that is never unpacked (JPEG)."""
    import pikepdf  # noqa: PLC0415

    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes())
