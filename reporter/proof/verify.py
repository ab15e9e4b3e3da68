"""Verify a published edition from its own files: no network, no templates, no trust in whoever published it.

A PDF is opened in a process of its own with little memory and little time: whatever it does there, it ends there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from reporter import figures
from reporter.errors import ConfigError, DataError, ProofError
from reporter.proof import check, evaluate, manifest, page, paper, signing
from reporter.proof.output import Output
from reporter.proof.verdict import Verdict, worst
from reporter.record import read_record

if TYPE_CHECKING:
    from pikepdf import Pdf

FACTS, PAGE, PAPER = "facts.json", "index.html", "briefing.pdf"
LARGEST = 64 * 2**20  # bytes of a file; an edition's largest has about one million
SECONDS = 60  # of the child; of processor time it has a third
_ANSWER = 2**20  # characters of a verdict that are read


def verify(target: Path, key: str = "") -> tuple[Verdict, ...]:
    """The verdicts on a PDF, a page, or an edition's folder; `key` is the public key that has to have signed.

    Raise ConfigError where there is nothing to verify.
    """
    if target.is_dir():
        found = [path for path in (target / PAGE, target / PAPER) if path.is_file()]
        if not found or not (target / FACTS).is_file():
            message = f"{target}: no edition; it needs {FACTS} and {PAGE} or {PAPER}"
            raise ConfigError(message)
        return tuple(_file(path, key) for path in found)
    return (_file(target, key),)


def of_pdf(pdf: bytes, name: str = PAPER, beside: bytes | None = None) -> Verdict:
    """The verdict on a PDF, with the facts attached to it; `beside` are those of its folder, which must be the same.

    To be called where memory and time are limited: see `reporter.proof.child`.
    """
    import pikepdf  # noqa: PLC0415

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            if len(document.pages) > paper.MOST_PAGES:
                return worst(name, f"{len(document.pages)} pages are more than the {paper.MOST_PAGES} it may have")
            return _of_document(document, pdf, name, beside)
    except (pikepdf.PdfError, ProofError) as error:
        return worst(name, f"not a PDF that can be read: {error}")


def of_page(text: str, facts: bytes, name: str = PAGE) -> Verdict:
    """The verdict on a page and the facts beside it. A page has no manifest."""
    return Verdict(name, *_consistent(page.texts(text, name), facts), None)


def _file(path: Path, key: str) -> Verdict:
    content = _content(path)
    facts = path.with_name(FACTS)
    if content.startswith(b"%PDF"):
        return _signed(_in_child(path, facts if facts.is_file() else None), key)
    if not facts.is_file():
        message = f"{path}: neither a PDF nor a page with {FACTS} beside it"
        raise ConfigError(message)
    return of_page(content.decode("utf-8", "replace"), _content(facts), path.name)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            message = f"{path}: larger than any edition ({LARGEST // 2**20} MB)"
            raise ProofError(message)
        return path.read_bytes()
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise ConfigError(message) from error


def _in_child(path: Path, facts: Path | None) -> Verdict:
    """The child's answer; where it ran out of memory or time, or was killed, that is the failure."""
    beside = [str(facts.resolve())] if facts else []
    # -P: nothing is imported from the folder that the file lies in.
    command = [sys.executable, "-P", "-m", "reporter.proof.child", str(path.resolve()), *beside]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 -- our own module
    except subprocess.TimeoutExpired:
        return worst(path.name, f"reading it takes more than {SECONDS} seconds")
    try:
        return Verdict.from_json(json.loads(done.stdout[:_ANSWER]))
    except (ValueError, KeyError, TypeError):
        return worst(path.name, f"reading it takes more memory or time than any edition (ended with {done.returncode})")


def _signed(verdict: Verdict, key: str) -> Verdict:
    if key and verdict.signed != key and not verdict.unsigned:
        why = f"by {verdict.signed}, not by {key}" if verdict.signed else "by nobody"
        return replace(verdict, unsigned=why)
    return verdict


def _of_document(document: Pdf, pdf: bytes, name: str, beside: bytes | None) -> Verdict:
    attached = manifest.attachments(document)
    own = manifest.attachments(document, own=True)
    if FACTS not in attached:
        return worst(name, f"{FACTS} is not attached")
    figures, inconsistent = _consistent(paper.texts(pdf, name), attached[FACTS])
    if beside is not None and beside != attached[FACTS]:
        inconsistent = (*inconsistent, f"the {FACTS} beside it is not the one attached to it")
    stored, signature = own.get(manifest.MANIFEST), own.get(manifest.SIGNATURE)
    if stored is None:
        return Verdict(name, figures, inconsistent, None)
    changed = tuple(manifest.differences(stored, manifest.measure(document)))
    signed = signing.signed_by(stored, signature) if signature else ""
    return Verdict(name, figures, inconsistent, changed, signed, _why(signed, signature))


def _why(signed: str, signature: bytes | None) -> str:
    return "the signature is not one of this manifest" if signature and not signed else ""


def _consistent(output: Output, facts: bytes) -> tuple[int, tuple[str, ...]]:
    """How many figures the text holds, and each place where text, facts and observations differ."""
    try:
        record = read_record(facts)
        if not record.text:
            return 0, (f"{FACTS} does not hold the edition's words; it was written by an earlier version",)
        made = check.Made(record.text, record.drawn, record.facts)
        return figures.count(record.text).total, (*evaluate.faults(record), *check.faults(output, made))
    except DataError as error:
        return 0, (str(error),)


def answer(verdict: Verdict) -> str:
    """A verdict as the child hands it over."""
    return json.dumps(asdict(verdict))
