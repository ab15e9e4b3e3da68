"""Verify a published edition from its own files: no network, no templates, no trust in whoever published it.

A file is read in a process of its own with little memory and little time: whatever it does there, it ends there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
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

FACTS, PAGE, PAPER, MAIL = "facts.json", "index.html", "briefing.pdf", "mail.json"
LARGEST = 64 * 2**20  # bytes of a file; an edition's largest has about one million
SECONDS = 60  # of the child; of processor time it has a sixth
_PDF = b"%PDF"
_FACTS_ONLY = "--facts"  # what the child is told where the facts are all that is wanted
_TOLD, _LONG = 500, 400  # faults of a part that are told, and characters of one
# What reading an object that is not of the kind it should be ends with.
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError, RecursionError)


def verify(target: Path, key: str = "") -> tuple[Verdict, ...]:
    """The verdicts on a PDF, a page, a mail (by its mail.json), or an edition's folder with all of them.

    `key` is the public key that has to have signed the PDF.

    Raise ConfigError where there is nothing to verify.
    """
    if target.is_dir():
        places = (target / PAGE, target / PAPER, target / "mail" / MAIL)
        found = [path for path in places if path.is_file()]
        if not {PAGE, PAPER}.intersection(path.name for path in found) or not (target / FACTS).is_file():
            message = f"{target}: no edition; it needs {FACTS} and {PAGE} or {PAPER}"
            raise ConfigError(message)
        # The facts beside the page have to be those attached to the PDF, whose signature so covers both.
        return tuple(_file(path, key if path.name == PAPER else "") for path in found)
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
    except (pikepdf.PdfError, ProofError, *_MALFORMED) as error:
        return worst(name, f"not a PDF that can be read: {error}")


def of_page(text: str, facts: bytes, name: str = PAGE) -> Verdict:
    """The verdict on a page and the facts beside it. A page has no manifest."""
    return Verdict(name, *_consistent(page.texts(text, name), facts), None)


def of_mail(folder: Path, facts: bytes) -> Verdict:
    """The verdict on the mail in a folder: its HTML, its text and what it is called in a list of mails."""
    from reporter.proof import mail  # noqa: PLC0415 -- most that is verified is a page or a PDF

    try:
        about = json.loads((folder / MAIL).read_bytes())
        names = ("subject", "preheader", "page", "postal_address")
        texts = ((folder / name).read_text("utf-8") for name in ("mail.html", "mail.txt"))
        held = mail.Published(*(str(about[name]) for name in names), *texts)
        record = read_record(facts)
        printed = figures.count(mail.said_in(held, record)).total
        return Verdict("mail", printed, tuple(mail.faults(held, record)), None)
    except (OSError, UnicodeDecodeError, DataError, *_MALFORMED) as error:
        return worst("mail", f"not a mail that can be read: {error}")


def of_file(path: Path, beside: Path | None) -> Verdict:
    """The verdict on a PDF or a page; to be called where memory and time are limited."""
    content, facts = path.read_bytes(), beside.read_bytes() if beside else None
    if path.name == MAIL:
        return of_mail(path.parent, facts or b"")
    if content.startswith(_PDF):
        return of_pdf(content, path.name, facts)
    return of_page(content.decode("utf-8", "replace"), facts or b"", path.name)


def facts_of(target: Path) -> bytes:
    """The facts.json of an edition: of its folder, beside its page, or attached to its PDF.

    Raise ConfigError where there is none, ProofError where a PDF cannot be read for it.
    """
    path = target / FACTS if target.is_dir() else target
    start = _start(path)
    if start != _PDF:
        held = path if start.lstrip().startswith(b"{") else path.with_name(FACTS)
        _start(held)
        return held.read_bytes()
    done = _run([_FACTS_ONLY, str(path.resolve())])
    if done is None or done.returncode or not done.stdout:
        message = f"{path}: no {FACTS} can be read from it"
        raise ProofError(message)
    return done.stdout


def _file(path: Path, key: str) -> Verdict:
    is_pdf = _start(path) == _PDF
    facts = (path.parent if path.name == MAIL else path).with_name(FACTS)
    if facts.is_file():
        _start(facts)
    elif not is_pdf:
        message = f"{path}: neither a PDF nor a page with {FACTS} beside it"
        raise ConfigError(message)
    return _signed(_in_child(path, facts if facts.is_file() else None), key)


def _start(path: Path) -> bytes:
    """How a file begins; raise ProofError where it is larger than any of an edition."""
    try:
        if path.stat().st_size > LARGEST:
            message = f"{path}: larger than any edition ({LARGEST // 2**20} MB)"
            raise ProofError(message)
        with path.open("rb") as file:
            return file.read(len(_PDF))
    except OSError as error:
        message = f"{path}: {error.strerror}; give an edition's folder, its {FACTS}, its page or its PDF"
        raise ConfigError(message) from error


def _in_child(path: Path, facts: Path | None) -> Verdict:
    """The child's answer; where it ran out of memory or time, or was killed, that is the failure."""
    done = _run([str(path.resolve()), *([str(facts.resolve())] if facts else [])])
    if done is None:
        return worst(path.name, f"reading it takes more than {SECONDS} seconds")
    try:
        return Verdict.from_json(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError):
        return worst(path.name, f"reading it takes more memory or time than any edition (ended with {done.returncode})")


def _run(arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes] | None:
    """The child, ended; None where its time was over."""
    # -P: nothing is imported from the folder that the file lies in.
    command = [sys.executable, "-P", "-m", "reporter.proof.child", *arguments]
    try:
        return subprocess.run(  # noqa: S603 -- our own module
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None


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
        return Verdict(name, figures, inconsistent, (f"it has no {manifest.MANIFEST}, which every edition has",))
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


def attached_facts(pdf: bytes) -> bytes:
    """The facts.json of a PDF, no larger than any edition's; to be called where memory and time are limited."""
    return manifest.attachment(pdf, FACTS)[:LARGEST]


def answer(verdict: Verdict) -> str:
    """A verdict as the child hands it over: no longer than anybody reads."""
    changed = None if verdict.changed is None else _few(verdict.changed)
    return json.dumps(asdict(replace(verdict, inconsistent=_few(verdict.inconsistent), changed=changed)))


def _few(faults: tuple[str, ...]) -> tuple[str, ...]:
    more = (f"and {len(faults) - _TOLD} more",) if len(faults) > _TOLD else ()
    return (*(fault[:_LONG] for fault in faults[:_TOLD]), *more)
