"""What links and return addresses prove: their own subject, under their own purpose, with our secret."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.errors import ConfigError
from reporter.keys import Secret
from reporter.mail import verp
from reporter.mail.tokens import Tokens, find, load
from tests.people_made import SECRET, TOKENS

OTHER = Tokens(Secret("another secret of more than thirty-two bytes in all"))
BASE = "Bounces@Example.org"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_token_proves_its_subject_for_its_purpose_only(purpose: str, other: str, subject: str) -> None:
    token = TOKENS.issue(purpose, subject)
    assert TOKENS.check(purpose, token) == subject
    assert OTHER.check(purpose, token) is None
    if other != purpose:
        assert TOKENS.check(other, token) is None
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    assert TOKENS.check("leave", text) is None


@given(st.integers(0, 200), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=\n"))
def test_a_token_has_one_spelling(at: int, sign: str) -> None:
    token = TOKENS.issue("leave", "1234")
    at %= len(token)
    changed = token[:at] + sign + token[at + 1 :]
    assert (TOKENS.check("leave", changed) == "1234") is (changed == token)
    assert TOKENS.check("leave", token + sign) is None
    assert TOKENS.check("leave", token + "=") is None


def test_purpose_and_subject_do_not_run_together() -> None:
    assert TOKENS.digest("leave1", "2") != TOKENS.digest("leave", "12")


def test_a_secret_is_long_and_shows_nowhere(tmp_path: Path) -> None:
    assert find({}) is None
    with pytest.raises(ConfigError, match="REPORTER_SECRET"):
        load({})
    with pytest.raises(ConfigError, match="32 bytes"):
        load({"REPORTER_SECRET": "short"})
    path = tmp_path / "secret"
    path.write_text(SECRET.reveal() + "\n")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        find({"REPORTER_SECRET_FILE": str(path)})
    path.chmod(0o600)
    assert load({"REPORTER_SECRET_FILE": str(path)}).issue("a", "b") == TOKENS.issue("a", "b")
    assert SECRET.reveal() not in f"{TOKENS!r} {vars(TOKENS)}"
    with pytest.raises(TypeError):
        pickle.dumps(TOKENS)


@given(st.text(min_size=1, max_size=80), st.integers(1, 10**9))
def test_a_return_address_tells_whose_mail_came_back(key: str, number: int) -> None:
    made = verp.address(BASE, key, number, TOKENS)
    assert len(made.rpartition("@")[0]) <= 64
    for spelled in (made, made.upper(), f" {made}\n"):
        returned = verp.read(spelled, BASE, TOKENS)
        assert returned
        assert returned.subscriber == number
        assert verp.named(returned, ["another", key]) == key
        assert verp.named(returned, ["another"]) is None
    assert verp.read(made, BASE, OTHER) is None
    assert verp.read(made, "bounces@example.com", TOKENS) is None
    assert verp.read(made, "bounce@example.org", TOKENS) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "bounces@example.org",
        "bounces+@example.org",
        "bounces+a.1.b@example.org",
        "x+aaaaaaaaaa.1.bbbb@example.org",
    ],
)
def test_what_we_did_not_make_says_nothing(text: str) -> None:
    assert verp.read(text, BASE, TOKENS) is None


def test_somebody_else_s_number_breaks_the_signature() -> None:
    made = verp.address(BASE, "sell-america/2026-11-22", 17, TOKENS)
    assert verp.read(made.replace(".17.", ".18."), BASE, TOKENS) is None


def test_a_base_that_is_too_long_is_told() -> None:
    with pytest.raises(ConfigError, match="bounce_address"):
        verp.address("what-came-back-from-everywhere@example.org", "x", 10**6, TOKENS)
