"""What is kept secret: from the environment or a file that only its owner can read, never from reporter.toml.

`REPORTER_FRED_KEY`, `REPORTER_BEA_KEY` (the user's own keys for FRED and BEA), `REPORTER_SMTP_PASSWORD` and
`REPORTER_SECRET` (which the links in mails are made with), or each with `_FILE` behind it and the path of a file that
holds it. reporter.toml is made to be shared. A key shows in no representation, and `Keys.redact` takes it out of
whatever else might carry it.
"""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from reporter.errors import ConfigError

NAMES = ("fred", "bea")
REDACTED = "[key]"
SHORTEST_SECRET = 32  # bytes
# What the publishers give out: FRED 32 small letters and digits, BEA a UUID of 36.
_SHAPES = {"fred": re.compile(r"[0-9a-z]{32}"), "bea": re.compile(r"[0-9A-Za-z-]{36}")}
_SIZES = {"fred": "32 small letters and digits", "bea": "36 letters, digits and hyphens"}


class Secret:
    """A text that has to be asked for by name; everything else shows asterisks."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        message = "a secret is not pickled"
        raise TypeError(message)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys at hand, by publisher."""

    held: Mapping[str, Secret]

    def __contains__(self, name: str) -> bool:
        return name in self.held

    def __getitem__(self, name: str) -> Secret:
        """The key; raise ConfigError with where to set it."""
        try:
            return self.held[name]
        except KeyError:
            message = (
                f"a key is needed: set REPORTER_{name.upper()}_KEY, or REPORTER_{name.upper()}_KEY_FILE to its file"
            )
            raise ConfigError(message) from None

    def redact(self, text: str) -> str:
        """The text without any key, whatever its case: BEA echoes requests in capitals."""
        return _replaced(self._pattern(), text)

    def redact_bytes(self, body: bytes) -> bytes:
        """The same for a payload."""
        pattern = self._pattern()
        if pattern is None:
            return body
        return re.sub(pattern.pattern.encode("ascii"), REDACTED.encode("ascii"), body, flags=re.IGNORECASE)

    def _pattern(self) -> re.Pattern[str] | None:
        spelled = {form for secret in self.held.values() for form in (secret.reveal(), quote(secret.reveal(), safe=""))}
        return re.compile("|".join(map(re.escape, sorted(spelled))), re.IGNORECASE) if spelled else None


NO_KEYS = Keys({})


def load(environment: Mapping[str, str]) -> Keys:
    """The keys of the environment and the files it names; raise ConfigError with every mistake at once.

    No message holds a key, or a part of one.
    """
    found: dict[str, Secret] = {}
    faults: list[str] = []
    for name in NAMES:
        try:
            text = _text(f"REPORTER_{name.upper()}_KEY", environment)
        except ConfigError as error:
            faults.append(str(error))
            continue
        if text and not _SHAPES[name].fullmatch(text):
            faults.append(f"REPORTER_{name.upper()}_KEY: a {name.upper()} key is {_SIZES[name]}; this is not one")
        elif text:
            found[name] = Secret(text)
    if faults:
        raise ConfigError("\n".join(faults))
    return Keys(found)


def smtp_password(environment: Mapping[str, str]) -> Secret | None:
    """The password of the server that takes mail, or None; raise ConfigError where what is named cannot be read."""
    text = _text("REPORTER_SMTP_PASSWORD", environment)
    return Secret(text) if text else None


def list_secret(environment: Mapping[str, str]) -> Secret:
    """What the links in mails are made with; raise ConfigError where there is none, or too short a one."""
    text = _text("REPORTER_SECRET", environment)
    if len(text.encode()) < SHORTEST_SECRET:
        found = f"it has {len(text.encode())} bytes" if text else "none is set"
        message = (
            f"REPORTER_SECRET or REPORTER_SECRET_FILE: a secret of at least {SHORTEST_SECRET} bytes is needed, and "
        )
        message += f"{found}; make one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`"
        raise ConfigError(message)
    return Secret(text)


def _text(variable: str, environment: Mapping[str, str]) -> str:
    """What a variable holds, or the file that the variable with `_FILE` behind it names; empty where neither is set."""
    given, file = environment.get(variable, "").strip(), environment.get(f"{variable}_FILE", "")
    if given and file:
        message = f"{variable} and {variable}_FILE are both set; unset one"
        raise ConfigError(message)
    return given or (_read(Path(file).expanduser(), f"{variable}_FILE") if file else "")


def _read(path: Path, variable: str) -> str:
    for fault in unsafe(path):
        message = f"{variable}: {path} {fault}"
        raise ConfigError(message)
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        message = f"{variable}: {path} cannot be read as a key"
    raise ConfigError(message)


def unsafe(path: Path) -> Iterator[str]:
    """Why a file is not fit to hold a secret. Windows has no such bits; there its own access lists decide."""
    try:
        found = path.stat()
    except OSError:
        yield "is not there"
        return
    if not stat.S_ISREG(found.st_mode):
        yield "is not a file"
    elif sys.platform != "win32" and found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield "can be read by others: run chmod 600 on it"


def _replaced(pattern: re.Pattern[str] | None, text: str) -> str:
    return pattern.sub(REDACTED, text) if pattern else text
