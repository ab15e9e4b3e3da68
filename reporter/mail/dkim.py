"""DKIM signatures (RFC 6376): RSA-2048 and SHA-256 over relaxed headers and a relaxed body.

The body of an edition is the same for everybody but for a few marks, so it is made canonical once, in pieces, and a
signature costs a hash and one RSA operation. Every header that a reader goes by is named once more than it stands
there, so that nobody can add a second one below the signature. Ed25519 (RFC 8463) is not offered: large receivers
verify RSA only.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from reporter.config import Dkim
from reporter.errors import ConfigError
from reporter.keys import unsafe

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SMALLEST_KEY = 2048  # bits: receivers refuse less than 1024, and advise this
# What a reader, a filter or an unsubscribe button goes by: signed, and signed as not being there twice.
SIGNED = (
    *("from", "reply-to", "to", "subject", "date", "message-id"),
    *("mime-version", "content-type", "list-id", "list-unsubscribe", "list-unsubscribe-post"),
)
_BLANKS = re.compile(rb"[ \t]+")
_FOLD = 72  # characters of the signature in a line


def relaxed_header(name: str, value: str) -> bytes:
    """A header in canonical form, with its line end: RFC 6376, 3.4.2."""
    unfolded = value.replace("\r\n", "")
    return f"{name.lower()}:{' '.join(unfolded.split())}\r\n".encode("ascii")


def relaxed_lines(body: bytes) -> bytes:
    """Whole lines of a body in canonical form: RFC 6376, 3.4.4, but for the blank lines at a body's end."""
    if b"  " not in body and b" \r\n" not in body and b"\t" not in body:
        return body
    return _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for a domain with the key that its selector names in the domain name system."""

    domain: str
    selector: str
    _key: RSAPrivateKey

    def sign(self, headers: Sequence[tuple[str, str]], body_hash: bytes, moment: int) -> bytes:
        """The header to put first, with its line end.

        `headers` in the order they stand in, each name once; `body_hash` is the SHA-256 of the canonical body, `moment`
        in seconds since 1970.
        """
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 -- a tenth of a second
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

        there = {name.lower(): relaxed_header(name, value) for name, value in headers}
        told = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t={moment};\r\n"
            f" h={_named(tuple(there))};\r\n bh={base64.b64encode(body_hash).decode('ascii')};\r\n b="
        )
        signed = b"".join(there[name] for name in SIGNED if name in there)
        signed += relaxed_header("DKIM-Signature", told).removesuffix(b"\r\n")
        signature = base64.b64encode(self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode("ascii")
        rows = "\r\n ".join(signature[at : at + _FOLD] for at in range(0, len(signature), _FOLD))
        return f"DKIM-Signature: {told}{rows}\r\n".encode("ascii")


@lru_cache(maxsize=8)
def _named(there: tuple[str, ...]) -> str:
    """What is signed, in lines: each header that is there once more than it is."""
    rows = [""]
    for name in (f"{name}:{name}" if name in there else name for name in SIGNED):
        if len(rows[-1]) + len(name) > _FOLD:
            rows.append("")
        rows[-1] += f"{name}:"
    return "\r\n ".join(rows).removesuffix(":")


def signer(held: Dkim) -> Signer | None:
    """The signer that the settings ask for, or None; raise ConfigError where its key is no good."""
    if held.key_file is None:
        return None
    return Signer(held.domain, held.selector, _key(held.key_file))


def published(held: Dkim) -> tuple[bytes, int]:
    """The public half of the key as DER, and its bits; raise as `signer` does."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    if held.key_file is None:
        message = "[dkim] key_file is not set"
        raise ConfigError(message)
    key = _key(held.key_file)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), key.key_size


def _key(path: Path) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    for fault in unsafe(path):
        message = f"[dkim] key_file: {path} {fault}"
        raise ConfigError(message)
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        message = f"[dkim] key_file: {path} holds no private key in PEM without a password"
        raise ConfigError(message) from None
    if not isinstance(found, RSAPrivateKey) or found.key_size < SMALLEST_KEY:
        message = f"[dkim] key_file: {path} must hold an RSA key of at least {SMALLEST_KEY} bits; make one with "
        message += f"`openssl genrsa {SMALLEST_KEY}`"
        raise ConfigError(message)
    return found
