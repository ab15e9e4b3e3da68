"""Keys: where they may come from, and that they show nowhere."""

from __future__ import annotations

import pickle
import sys
import traceback
from pathlib import Path

import pytest

from reporter.errors import ConfigError
from reporter.keys import NO_KEYS, Keys, Secret, load
from reporter.testing import BEA_KEY, FRED_KEY

EITHER = [("FRED", FRED_KEY), ("BEA", BEA_KEY)]


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(("name", "key"), EITHER)
def test_a_key_comes_from_the_environment_or_a_file_of_one_s_own(name: str, key: str, tmp_path: Path) -> None:
    given = load({f"REPORTER_{name}_KEY": f" {key}\n"})
    filed = load({f"REPORTER_{name}_KEY_FILE": str(key_file(tmp_path, key + "\n"))})
    assert given[name.lower()].reveal() == filed[name.lower()].reveal() == key
    assert not load({}).held


@pytest.mark.skipif(sys.platform == "win32", reason="access lists, not bits")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    path = key_file(tmp_path, FRED_KEY, mode)
    with pytest.raises(ConfigError, match=r"REPORTER_FRED_KEY_FILE: .*key can be read by others: run chmod 600 on it"):
        load({"REPORTER_FRED_KEY_FILE": str(path)})


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "nowhere", "is not there"), (tmp_path, "is not a file")):
        with pytest.raises(ConfigError, match=told):
            load({"REPORTER_BEA_KEY_FILE": str(path)})
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    binary.chmod(0o600)
    with pytest.raises(ConfigError, match="cannot be read as a key"):
        load({"REPORTER_BEA_KEY_FILE": str(binary)})


def test_every_mistake_is_told_at_once_and_none_tells_a_key(tmp_path: Path) -> None:
    wrong = "notakeybutstillsecret"
    environment = {"REPORTER_FRED_KEY": wrong, "REPORTER_BEA_KEY": BEA_KEY, "REPORTER_BEA_KEY_FILE": str(tmp_path)}
    with pytest.raises(ConfigError) as caught:
        load(environment)
    told = "".join(traceback.format_exception(caught.value))
    assert "a FRED key is 32 small letters and digits; this is not one" in told
    assert "REPORTER_BEA_KEY and REPORTER_BEA_KEY_FILE are both set; unset one" in told
    assert wrong not in told
    assert BEA_KEY not in told


def test_a_key_that_is_not_set_says_where_to_set_it() -> None:
    with pytest.raises(ConfigError, match="set REPORTER_BEA_KEY, or REPORTER_BEA_KEY_FILE to its file"):
        NO_KEYS["bea"]


def test_a_secret_shows_in_nothing_that_prints_or_stores() -> None:
    secret = Secret(FRED_KEY)
    keys = Keys({"fred": secret})
    assert FRED_KEY not in f"{secret}{secret!r}{keys}{keys!r}"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(secret, protocol)


def test_keys_are_taken_out_in_any_case_and_spelling() -> None:
    keys = Keys({"bea": Secret(BEA_KEY), "fred": Secret("a+b/c")})
    assert keys.redact(f"UserID={BEA_KEY.lower()}&api_key=a%2Bb%2Fc&x=A+B/C") == "UserID=[key]&api_key=[key]&x=[key]"
    assert keys.redact_bytes(b"\xe7" + BEA_KEY.encode()) == b"\xe7[key]"
    assert NO_KEYS.redact(BEA_KEY) == BEA_KEY
