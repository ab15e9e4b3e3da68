"""Where a mail comes back to: an address of its own for each person and edition (VERP).

`bounces+<edition>.<number>.<signature>@example.org` of the base `bounces@example.org`: the edition as ten letters of
its key's hash, the subscriber's number, and the first 80 bits of an HMAC, since anybody may send a mail that says
somebody's address is dead. In small letters of base32: some servers change the case. The `+` is what servers keep for
such parts of a mailbox (`recipient_delimiter` in Postfix).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from reporter.errors import ConfigError
from reporter.mail.tokens import Tokens

_PURPOSE = "bounce"
_EDITION, _SIGNED = 6, 10  # bytes
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_OWN = re.compile(r"([a-z2-7]{10})\.([1-9][0-9]{0,17})\.([a-z2-7]{16})")


class Returned(NamedTuple):
    """Whose mail came back: the edition by the hash of its key, see `named`, and the subscriber's number."""

    edition: str
    subscriber: int


def address(base: str, edition_key: str, subscriber_id: int, tokens: Tokens) -> str:
    """The return address of one mail; raise ConfigError where the base is too long to add to."""
    local, _, domain = base.rpartition("@")
    subject = f"{shortened(edition_key)}.{subscriber_id}"
    found = f"{local}+{subject}.{_signature(subject, tokens)}"
    if len(found) > _LONGEST_LOCAL:
        message = (
            f"[mail] bounce_address: what stands before the @ in {base} is too long to carry whose mail comes back"
        )
        raise ConfigError(message)
    return f"{found}@{domain}"


def read(returned: str, base: str, tokens: Tokens) -> Returned | None:
    """What a return address says; None where it is not one of ours."""
    local, _, domain = returned.strip().lower().rpartition("@")
    own, _, own_domain = base.lower().rpartition("@")
    held = _OWN.fullmatch(local.removeprefix(f"{own}+"))
    if domain != own_domain or not local.startswith(f"{own}+") or held is None:
        return None
    edition, number, signature = held.groups()
    if not hmac.compare_digest(signature, _signature(f"{edition}.{number}", tokens)):
        return None
    return Returned(edition, int(number))


@lru_cache(maxsize=64)
def shortened(edition_key: str) -> str:
    """An edition's key as ten letters."""
    return _letters(hashlib.sha256(edition_key.encode()).digest()[:_EDITION])


def named(returned: Returned, keys: Iterable[str]) -> str | None:
    """Which of some editions' keys it was."""
    return next((key for key in keys if shortened(key) == returned.edition), None)


def _signature(subject: str, tokens: Tokens) -> str:
    return _letters(tokens.digest(_PURPOSE, subject)[:_SIGNED])


def _letters(held: bytes) -> str:
    return base64.b32encode(held).rstrip(b"=").decode("ascii").lower()
