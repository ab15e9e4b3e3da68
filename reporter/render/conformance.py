"""The gate of the build: a finished PDF is held to PDF/UA-1 and PDF/A-3a by a validator that is not ours.

The validator is `page` (PyPI: page-validation), which is tested on veraPDF's corpus and asks for neither Java nor a
network. What it found is kept beside the edition as `briefing.validation.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import version

from reporter.errors import RenderError

PROFILES: Mapping[str, str] = {"PDF/UA-1": "ua1", "PDF/A-3a": "3a"}  # as the validator calls them
REPORT = "briefing.validation.json"
_VALIDATOR = "page-validation"
_TOLD = 5  # findings that an error names


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that the file breaks, and the object at fault by its number, 0 for the file as a whole."""

    rule: str
    message: str
    object: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the file does by one profile: rules tested, rules broken, and where."""

    profile: str
    conforms: bool
    rules: int
    broken: int
    findings: tuple[Finding, ...]


def validate(pdf: bytes) -> tuple[Verdict, ...]:
    """A verdict a profile; raise RenderError where the bytes are no PDF that the validator can read."""
    with ThreadPoolExecutor(len(PROFILES)) as pool:
        return tuple(pool.map(lambda name: _verdict(pdf, name), PROFILES))


def gate(pdf: bytes) -> bytes:
    """The report to keep beside the edition; raise RenderError naming what is broken unless both profiles hold."""
    verdicts = validate(pdf)
    told = [
        f"{verdict.profile}: {found.message} ({found.rule})"
        for verdict in verdicts
        if not verdict.conforms
        for found in verdict.findings or (Finding("unnamed", "does not conform", 0),)
    ]
    if told:
        more = f"; and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
        message = f"the PDF breaks what it claims to keep: {'; '.join(told[:_TOLD])}{more}"
        raise RenderError(message)
    return report(pdf, verdicts)


def report(pdf: bytes, verdicts: Sequence[Verdict]) -> bytes:
    """The verdicts as JSON, with the hash of the file they are on; the same bytes for the same file."""
    held = {
        "file": "briefing.pdf",
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "validator": {"name": _VALIDATOR, "version": version(_VALIDATOR)},
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }
    return (json.dumps(held, indent=1, ensure_ascii=False) + "\n").encode()


def _verdict(pdf: bytes, name: str) -> Verdict:
    import page  # noqa: PLC0415 -- a library of fifty megabytes that only this needs

    try:
        found = page.validate_pdf_bytes(pdf, profile=PROFILES[name])
    except page.PageError as error:
        message = f"{name}: the validator cannot read the PDF: {error}"
        raise RenderError(message) from error
    findings = (
        Finding(row.rule_id, row.message, row.object_id.object_number if row.object_id else 0) for row in found.failures
    )
    # The order a file is searched in is the validator's affair; ours is fixed.
    return Verdict(
        name,
        found.is_compliant,
        found.rules.total,
        found.rules.failed,
        tuple(sorted(findings, key=lambda row: (row.rule, row.object, row.message))),
    )
