"""Editions to disk: whole or not at all."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from reporter.errors import DeliveryError

_ATTEMPTS = 20  # at a swap, while others swap the same folder


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` (path within the folder: bytes) in place of `target`, or raise DeliveryError and change nothing."""
    replace_folder(target, lambda folder: _fill(folder, files))


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Put what `fill` writes into a new folder in place of `target`, or raise DeliveryError and change nothing.

    The folder is written aside and renamed. What was there is kept until the new one stands.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        message = f"cannot write {target}: {error.strerror}; choose another folder with --output"
        raise DeliveryError(message) from error
    try:
        (aside / "new").mkdir()
        fill(aside / "new")
        _swap(target, aside)
    except OSError as error:
        message = f"{target} was not written: {error.strerror}; what was there before is untouched"
        raise DeliveryError(message) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def add_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a folder beside what is there; raise DeliveryError at one that cannot be or stands there."""
    for name, payload in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                out.write(payload)
        except OSError as error:
            message = f"cannot write {path}: {error.strerror}"
            raise DeliveryError(message) from error


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, payload in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(payload)


def _swap(target: Path, aside: Path) -> None:
    """The new folder takes the target's name; should that fail, or be interrupted, the old one takes it back.

    Where two builds end at once, the other's edition may stand before ours does: it is then the one replaced.
    """
    for attempt in range(_ATTEMPTS):
        old = aside / f"old-{attempt}"
        try:
            with suppress(FileNotFoundError):
                target.rename(old)
            (aside / "new").rename(target)
        except BaseException as error:
            if old.exists():
                with suppress(OSError):  # another edition stands there by now
                    old.rename(target)
            if not _is_taken(error) or attempt + 1 == _ATTEMPTS:
                raise
        else:
            return


def _is_taken(error: BaseException) -> bool:
    """Whether a folder of that name has come between."""
    return isinstance(error, OSError) and error.errno in {errno.ENOTEMPTY, errno.EEXIST}
