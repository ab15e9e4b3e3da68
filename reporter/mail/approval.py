"""What was proved and approved is what leaves, or nothing.

An edition's approval is a digest of every file in its folder, of the verdicts on them, and of a mail made from them for
somebody who does not exist, which every setting that shapes a mail shapes too. It is written into the ledger with the
plan. Whoever goes on with the edition has to come to the same digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from reporter.errors import ConfigError, DeliveryError, ProofError
from reporter.proof.verify import verify

NOBODY = (0, "reader@example.org", "A Reader")  # number, address and name of the one the sample is made for


def approve(folder: Path, sample: bytes, proved: Path | None = None) -> str:
    """The digest of an edition that passes its proof; `sample` is the mail to NOBODY.

    `proved` is what has to pass it where that is another folder: of an erratum, the edition it corrects.

    Raise ProofError where the proof fails, or where no PDF is there to say that nothing was changed.
    """
    try:
        verdicts = verify(proved or folder)
    except ConfigError as error:
        raise DeliveryError(str(error)) from error
    failures = [f"{verdict.name}: {fault}" for verdict in verdicts for fault in verdict.failures]
    if not any(verdict.changed == () for verdict in verdicts):
        failures.append("no PDF with a manifest is there to say that nothing was changed; build the edition with it")
    if failures:
        message = f"{folder} does not pass its proof, so it is not sent:\n" + "\n".join(failures)
        raise ProofError(message)
    digest = hashlib.sha256(json.dumps([verdict.to_json() for verdict in verdicts]).encode())
    for part in (*_files(folder), sample):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def check(folder: Path, sample: bytes, approved: str, proved: Path | None = None) -> None:
    """Raise DeliveryError where the edition, or a setting that shapes its mails, is not what was approved."""
    try:
        found = approve(folder, sample, proved)
    except ProofError as error:
        raise DeliveryError(str(error)) from error
    if found != approved:
        message = (
            f"{folder} or a setting that shapes its mails has changed since the edition was approved; nothing is sent."
            " Put back what it was: what has left and what is to leave must be the same"
        )
        raise DeliveryError(message)


def _files(folder: Path) -> Iterator[bytes]:
    """Names and contents, in order."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield path.relative_to(folder).as_posix().encode()
        yield path.read_bytes()
