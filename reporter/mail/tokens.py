"""What a link in a mail proves: a subject, under a purpose, signed with the operator's secret.

`<subject>.<signature>` in the alphabet of URLs: the subject in base64, the signature the first 128 bits of an
HMAC-SHA256 under a key of the purpose's own, so that a link to confirm is of no use for leaving. Tokens hold numbers,
never an address.

The secret is `REPORTER_SECRET`, or the text of the file that `REPORTER_SECRET_FILE` names and only its owner can read.
A new secret makes every link in mails already sent worthless, and forgets who was erased: keep it, and keep a copy.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from functools import lru_cache

from reporter import keys
from reporter.keys import Secret

VARIABLE = "REPORTER_SECRET"
_SIGNED = 16  # bytes of a token's signature
_LONGEST = 512  # characters of a token worth looking at


class Tokens:
    """Issues and checks tokens; shows its secret in nothing."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        self._key = lru_cache(maxsize=64)(self._derived)

    def issue(self, purpose: str, subject: str) -> str:
        """The token of a subject: always the same one."""
        return f"{_text(subject.encode())}.{_text(self.digest(purpose, subject)[:_SIGNED])}"

    def check(self, purpose: str, token: str) -> str | None:
        """The subject of a token of this purpose; None for all else, in a time that tells nothing of the secret."""
        subject, dot, signature = token.partition(".")
        if not dot or len(token) > _LONGEST:
            return None
        try:
            told, given = _bytes(subject).decode(), _bytes(signature)
        except (binascii.Error, ValueError):
            return None
        sound = hmac.compare_digest(given, self.digest(purpose, told)[:_SIGNED])
        # One spelling a token: base64 leaves bits of the last letter open.
        return told if sound and hmac.compare_digest(token, self.issue(purpose, told)) else None

    def digest(self, purpose: str, subject: str) -> bytes:
        """HMAC-SHA256 of a subject under the purpose's key, 32 bytes."""
        return hmac.digest(self._key(purpose), subject.encode(), "sha256")

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self._secret.reveal().encode(), b"reporter token 1\0" + purpose.encode(), "sha256")

    def __repr__(self) -> str:
        return "Tokens(***)"


def load(environment: Mapping[str, str]) -> Tokens:
    """The tokens under the operator's secret; raise ConfigError where it is missing, short or can be read by others."""
    return Tokens(keys.list_secret(environment))


def find(environment: Mapping[str, str]) -> Tokens | None:
    """The same, None where no secret is set."""
    is_set = any(environment.get(name) for name in (VARIABLE, f"{VARIABLE}_FILE"))
    return load(environment) if is_set else None


def _text(held: bytes) -> str:
    return base64.urlsafe_b64encode(held).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
