"""The archive on disk: every edition with its page, PDF and data, and the pages around them; whole or not at all.

An edition that the archive holds already, file by file, is not copied again: the new archive links to the old one's
files, which costs no room and leaves the old one as it is.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reporter import brand, deliver
from reporter.config import Settings
from reporter.errors import ConfigError, DataError
from reporter.resources import templates_folder
from reporter.site.pages import INDEX, Archive, pages
from reporter.site.shelf import Issue, issues

_MAIL = "mail"  # of this folder only the pictures, which mails may show from the archive
_MARK = ".reporter-site"  # tells a folder of ours from somebody's documents


@dataclass(frozen=True)
class Built:
    """What was written: the archive's own pages, the editions copied anew and those that stood there already."""

    target: Path
    pages: tuple[str, ...]
    copied: tuple[str, ...]
    kept: tuple[str, ...]
    unread: tuple[str, ...]


def build(settings: Settings, target: Path) -> Built:
    """Write the archive of all editions under the settings' output folder to `target`.

    Raise DataError where there is no edition, ConfigError where `target` is a folder of something else, DeliveryError
    where it cannot be written; what was there is then untouched.
    """
    _fit(target, settings.output)
    found, unread = issues(settings.output)
    if not found:
        more = f" ({'; '.join(unread)})" if unread else ""
        message = f"no edition with a page stands in {settings.output}{more}; build one: reporter build"
        raise DataError(message)
    archive = _archive(found, settings)
    own = (settings.templates,) if settings.templates else ()
    made = pages(archive, (*own, templates_folder()))
    copied: list[str] = []

    def fill(folder: Path) -> None:
        for name, payload in made.items():
            (folder / name).write_bytes(payload)
        (folder / _MARK).write_bytes(b"")
        copied.extend(issue.path for issue in found if _place(issue, folder / issue.path, target / issue.path))

    deliver.replace_folder(target, fill)
    kept = tuple(issue.path for issue in found if issue.path not in copied)
    return Built(target, tuple(made), tuple(copied), kept, unread)


def _archive(found: Sequence[Issue], settings: Settings) -> Archive:
    look = brand.load(settings.brand)
    title = settings.site.title or look.name or found[0].words["name"] or found[0].briefing
    url = settings.site.url.rstrip("/")
    return Archive(tuple(found), title, url, look, by_mail=bool(url and settings.mail.sender))


def _fit(target: Path, output: Path) -> None:
    """Refuse a folder that is not ours to replace, and one that the editions stand in."""
    inside = output.resolve().is_relative_to(target.resolve())
    if inside:
        message = f"{target} holds the editions themselves; choose another folder with --to"
        raise ConfigError(message)
    if target.is_dir() and any(target.iterdir()) and not (target / _MARK).is_file():
        message = f"{target} is not empty and holds no archive of ours; empty it, or choose another folder with --to"
        raise ConfigError(message)


def _place(issue: Issue, folder: Path, before: Path) -> bool:
    """Put an edition's files into `folder`, linked from `before` where they are the same; whether any is new."""
    names = sorted(_files(issue.folder))
    copied = False
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if not _linked(issue.folder / name, before / name, folder / name):
            shutil.copy2(issue.folder / name, folder / name)
            copied = True
    return copied or set(names) != set(_files(before))


def _linked(source: Path, before: Path, target: Path) -> bool:
    """Whether what stood there is the same file and could be linked; some file systems link nothing."""
    try:
        if not filecmp.cmp(source, before, shallow=True):
            return False
        os.link(before, target)
    except OSError:
        return False
    return True


def _files(folder: Path) -> Iterator[str]:
    """The files of an edition for the web, as paths within its folder."""
    for path in folder.rglob("*") if folder.is_dir() else ():
        name = path.relative_to(folder)
        public = name.parts[0] != _MAIL or path.suffix == ".png"
        if path.is_file() and public and not path.name.startswith("."):
            yield name.as_posix()


__all__ = ["INDEX", "Built", "build"]
