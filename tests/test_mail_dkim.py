"""Signatures: a second reading of the RFC verifies them, and nothing signed can be changed or added to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.errors import ConfigError
from reporter.mail.dkim import relaxed_lines, signer
from reporter.mail.message import Mould, mould
from tests.letters_made import ANN, SETTINGS, TOKENS, made_dkim, made_folder, made_key


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    folder = tmp_path_factory.mktemp("edition")
    return mould(made_folder(folder), replace(SETTINGS, dkim=made_dkim(folder)), TOKENS)


@cache
def record() -> bytes:
    """What the domain name system answers for the key."""
    public = (
        load_pem_private_key(made_key(), None)
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    import base64  # noqa: PLC0415

    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def verified(data: bytes) -> bool:
    def asked(name: bytes, timeout: int = 5) -> bytes:  # noqa: ARG001 -- as dkimpy calls it
        assert name == b"sel._domainkey.example.org."
        return record()

    return bool(dkim.verify(data, dnsfunc=asked))


def test_another_implementation_verifies_it(held: Mould) -> None:
    data = held.fill(ANN).data
    assert data.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=sel; t=1795305600;")
    assert verified(data)
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 120


@settings(deadline=None, max_examples=25)
@given(name=st.text('aé "\\(),@漢', max_size=80), number=st.integers(1, 10**15))
def test_whoever_it_is_for(held: Mould, name: str, number: int) -> None:
    assert verified(held.fill(replace(ANN, name=name, id=number)).data)


def test_it_is_the_same_every_time(held: Mould) -> None:
    assert held.fill(ANN) == held.fill(ANN)


def test_it_covers_both_headers_for_leaving(held: Mould) -> None:
    head = held.fill(ANN).data.partition(b"\r\n\r\n")[0]
    covered = head.partition(b" h=")[2].partition(b";")[0].replace(b"\r\n ", b"").split(b":")
    assert {b"list-unsubscribe", b"list-unsubscribe-post"} <= set(covered)
    for name in (b"from", b"to", b"subject", b"date", b"reply-to", b"content-type", b"list-unsubscribe"):
        assert covered.count(name) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"ann@example.org", b"bob@example.org", 1),
        lambda data: data.replace(b"Subject: ", b"Subject: Re: ", 1),
        lambda data: data.replace(b"\r\n\r\n", b"\r\nFrom: x@example.net\r\n\r\n", 1),
        lambda data: data.replace(b"\r\n\r\n", b"\r\nSubject: another\r\n\r\n", 1),
        lambda data: data.replace(b"\r\n\r\n", b"\r\nReply-To: x@example.net\r\n\r\n", 1),
        lambda data: data.replace(b"https://example.org/leave/", b"https://example.net/leave/", 1),
        lambda data: data.replace(b"That is all", b"That is not all", 1),
        lambda data: data + b"And more.\r\n",
    ],
)
def test_what_is_signed_cannot_be_changed_or_added_to(held: Mould, spoil: Callable[[bytes], bytes]) -> None:
    data = held.fill(ANN).data
    assert spoil(data) != data
    assert not verified(spoil(data))


@given(st.lists(st.text("ab \t.", max_size=12), max_size=8).map(lambda rows: "".join(f"{row}\r\n" for row in rows)))
def test_a_body_in_pieces_is_canonical_as_it_is_whole(body: str) -> None:
    held = body.encode()
    halves = held.split(b"\r\n")
    middle = len(halves) // 2
    first = b"".join(row + b"\r\n" for row in halves[:middle])
    rest = held[len(first) :]
    whole = dkim.canonicalization.Relaxed.canonicalize_body(held)
    assert (relaxed_lines(first) + relaxed_lines(rest)).rstrip(b"\r\n") == whole.rstrip(b"\r\n")


def test_a_key_that_is_no_good_is_refused(tmp_path: Path) -> None:
    small = made_key(1024)
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for pem, words in ((small, "at least 2048 bits"), (other, "must hold an RSA key"), (b"x", "holds no private key")):
        with pytest.raises(ConfigError, match=words):
            signer(made_dkim(tmp_path, pem))
    held = made_dkim(tmp_path)
    assert held.key_file
    held.key_file.chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by others"):
        signer(held)


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    assert signer(SETTINGS.dkim) is None
    assert b"DKIM" not in mould(made_folder(tmp_path), SETTINGS, TOKENS).fill(ANN).data
