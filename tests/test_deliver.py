"""Editions on disk: whole or not at all, whatever comes between."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reporter.deliver import write_folder
from reporter.errors import DeliveryError

OLD, NEW = {"index.html": b"old", "charts/net.svg": b"old", "data/gone.csv": b"old"}, {"index.html": b"new"}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where an edition goes, below folders that are not there yet."""
    return tmp_path / "output" / "sell-america" / "2026-11-22"


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def alone(folder: Path) -> bool:
    """Nothing stands beside it, hidden or not."""
    return list(folder.parent.iterdir()) == [folder]


def test_an_edition_replaces_the_one_that_was_there(target: Path) -> None:
    write_folder(target, OLD)
    assert held(target) == OLD
    write_folder(target, NEW)
    assert held(target) == NEW
    assert alone(target)


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file", encoding="utf-8")
    with pytest.raises(DeliveryError, match="choose another folder with --output"):
        write_folder(tmp_path / "output" / "edition", NEW)


def test_a_full_disk_leaves_what_was_there(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(target, OLD)

    def full(_: Path, payload: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), len(payload))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DeliveryError, match=f"{os.strerror(errno.ENOSPC)}.*untouched"):
        write_folder(target, NEW)
    monkeypatch.undo()
    assert held(target) == OLD
    assert alone(target)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EIO, "input/output error")])
def test_an_interrupted_swap_puts_the_old_edition_back(
    target: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    write_folder(target, OLD)
    rename = Path.rename

    def broken(self: Path, to: Path) -> Path:
        if self.name == "new":
            raise error
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", broken)
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else DeliveryError):
        write_folder(target, NEW)
    assert held(target) == OLD
    assert alone(target)


def test_builds_that_end_at_once_each_stand_whole(target: Path) -> None:
    editions = [{f"{name}.html": name.encode(), "index.html": name.encode()} for name in "abcdefgh"]
    with ThreadPoolExecutor(len(editions)) as pool:
        for _ in range(10):
            list(pool.map(lambda files: write_folder(target, files), editions))
            assert held(target) in editions
    assert alone(target)
