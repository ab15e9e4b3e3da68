"""A key in the settings signs what `reporter build` writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reporter.cli import reporter
from reporter.errors import ProofError
from tests.support import ROOT

MADE = str(ROOT / "tests" / "briefings" / "made.toml")
DAY = "2026-11-22"


def run(*words: str) -> Result:
    return CliRunner().invoke(reporter, words)


@pytest.fixture(scope="module")
def keys() -> tuple[Ed25519PrivateKey, Ed25519PrivateKey]:
    return Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


@pytest.fixture(scope="module")
def edition(keys: tuple[Ed25519PrivateKey, Ed25519PrivateKey], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built in a folder whose reporter.toml names the first key."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "signing.pem").write_bytes(keys[0].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "signing.pem").chmod(0o600)
    (folder / "reporter.toml").write_text('signing_key_file = "signing.pem"\noutput = "output"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = run("build", MADE, "--as-of", DAY, "--offline", "--format", "pdf")
    assert done.exit_code == 0, done.output
    return folder / "output" / "made" / DAY


def test_the_key_that_is_set_has_signed(edition: Path, keys: tuple[Ed25519PrivateKey, Ed25519PrivateKey]) -> None:
    done = run("verify", str(edition / "briefing.pdf"), "--key", public(keys[0]), "--json")
    assert done.exit_code == 0, done.output
    (verdict,) = json.loads(done.stdout)
    assert verdict["signed"] == public(keys[0])


def test_no_other_key_has(edition: Path, keys: tuple[Ed25519PrivateKey, Ed25519PrivateKey]) -> None:
    done = run("verify", str(edition / "briefing.pdf"), "--key", public(keys[1]))
    assert isinstance(done.exception, ProofError)
