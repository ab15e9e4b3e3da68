"""Signatures on a manifest: Ed25519 (RFC 8032). A key is made by `openssl genpkey -algorithm ed25519`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from reporter.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALGORITHM = "Ed25519"
_KEY_BYTES = 32


def signer(path: Path) -> Callable[[bytes], bytes]:
    """What signs with the private key in a file; raise ConfigError where there is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- only to sign
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        message = f"REPORTER_SIGNING_KEY_FILE: {path}: no private key that can be read: {error}"
        raise ConfigError(message) from error
    if not isinstance(key, Ed25519PrivateKey):
        message = f"REPORTER_SIGNING_KEY_FILE: {path}: not an {ALGORITHM} key; make one with `openssl genpkey`"
        raise ConfigError(message)
    public = key.public_key().public_bytes_raw().hex()

    def sign(manifest: bytes) -> bytes:
        held = {"algorithm": ALGORITHM, "key": public, "signature": key.sign(manifest).hex()}
        return (json.dumps(held, indent=1) + "\n").encode()

    return sign


def signed_by(manifest: bytes, signature: bytes) -> str:
    """The public key, in hexadecimal, whose signature the manifest bears; empty where it bears none."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        held = json.loads(signature)
        if held["algorithm"] != ALGORITHM:
            return ""
        key: Ed25519PublicKey = Ed25519PublicKey.from_public_bytes(bytes.fromhex(held["key"]))
        key.verify(bytes.fromhex(held["signature"]), manifest)
    except (InvalidSignature, KeyError, TypeError, ValueError, RecursionError):
        return ""
    return key.public_bytes_raw().hex()


def trusted(text: str) -> str:
    """A public key given as hexadecimal digits or as a PEM file, in hexadecimal; raise ConfigError where it is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        if len(text) == 2 * _KEY_BYTES:
            return bytes.fromhex(text).hex()
        key = load_pem_public_key(Path(text).read_bytes())
    except (OSError, ValueError) as error:
        message = f"--key {text}: no public key that can be read: {error}"
        raise ConfigError(message) from error
    if not isinstance(key, Ed25519PublicKey):
        message = f"--key {text}: not an {ALGORITHM} key"
        raise ConfigError(message)
    return key.public_bytes_raw().hex()
