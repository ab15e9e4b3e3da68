"""Any shipped template can be overridden alone, and an error in one's own names one's own file and line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from reporter import batch, resources
from reporter.config import Settings
from reporter.errors import ProofError, RenderError
from reporter.render.html import page, sheet
from reporter.render.mail import mail
from reporter.resources import located, templates_folder
from reporter.tree import Edition
from tests.made import made_drawings, made_edition, made_pictures

SHIPPED = templates_folder()
SECTIONS = sorted(path.name for path in (SHIPPED / "sections").iterdir())
PAGE = ("chart_tools.html.j2", "nodes.html.j2", "page.html.j2", "print.css", "receipts.html.j2", "web.css")
MAIL = ("email-head.css", "email.css", "email.html.j2", "email.txt.j2", "email_colours.j2")
PROFILE = {"holder_profile.md.j2", "profile_method.md.j2", "holder-profile.md.j2"}


@cache
def edition() -> Edition:
    return made_edition()


def spoilt(own: Path, name: str, more: str) -> tuple[Path, int]:
    """The shipped template with a line more at its end, alone in a folder; the line's number."""
    path = own / name
    path.parent.mkdir(parents=True)
    text = (SHIPPED / name).read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\n{more}\n", encoding="utf-8")
    return path, len(text.splitlines()) + 1


def rendered(own: Path, name: str) -> None:
    folders = [own, SHIPPED]
    with located(folders):
        if name in MAIL:
            mail(edition(), made_pictures(edition()), folders)
        elif name == "letter.css":
            sheet(edition(), made_drawings(edition()), folders, "Letter")
        else:
            page(edition(), made_drawings(edition()), folders)


@pytest.mark.parametrize("more", ["{{ nothing.there }}", "{% nothing %}"], ids=["undefined", "no tag"])
@pytest.mark.parametrize("name", [*PAGE, *MAIL, "letter.css"])
def test_a_frame_of_ones_own_is_taken_and_named(name: str, more: str, tmp_path: Path) -> None:
    path, line = spoilt(tmp_path, f"base/{name}", more)
    with pytest.raises(RenderError) as caught:
        rendered(tmp_path, name)
    assert str(caught.value).startswith(f"{path}:{line}: ")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an earlier edition in it: of others speaks `more`, and only where there are any."""
    output = tmp_path_factory.mktemp("output")
    settings = Settings(output=output, store=output / "store.sqlite")
    batch.make(batch.Order("sell-america", date(2026, 10, 22), settings, formats=()))
    return output


@pytest.mark.parametrize("more", ["{{ nothing.there }}", "There were 3 of them."])
@pytest.mark.parametrize("name", [*(f"sections/{name}" for name in SECTIONS), "base/words.md.j2"])
def test_words_of_ones_own_are_taken_and_named(name: str, more: str, published: Path, tmp_path: Path) -> None:
    path, line = spoilt(tmp_path, name, more)
    country = name.rpartition("/")[2] in PROFILE
    settings = Settings(templates=tmp_path, output=published, store=published / "store.sqlite")
    order = batch.Order(
        "holder-profile" if country else "sell-america",
        date(2026, 11, 22),
        settings,
        {"country": "Japan"} if country else {},
        since="2026-10-22",
    )
    if name == "base/words.md.j2" and "3" in more:
        batch.compose(order)  # what stands outside its macros is printed nowhere
        return
    with pytest.raises((RenderError, ProofError)) as caught:
        batch.compose(order)
    assert str(caught.value).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize("name", ["sell-america", "holder-profile"])
def test_a_front_of_ones_own_is_taken_and_named(name: str, tmp_path: Path) -> None:
    path, line = spoilt(tmp_path, f"briefings/{name}.md.j2", "{{ nothing.there }}")
    settings = Settings(templates=tmp_path, output=tmp_path / "output", store=tmp_path / "store.sqlite")
    order = batch.Order(name, date(2026, 11, 22), settings, {"country": "Japan"} if name == "holder-profile" else {})
    with pytest.raises(RenderError) as caught:
        batch.compose(order)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert batch.compose(replace(order, settings=replace(settings, templates=None))).built.edition.sections


def test_a_shipped_file_is_named_as_it_is_known() -> None:
    error = RenderError("no", template="base/page.html.j2", line=3)
    with pytest.raises(RenderError, match=r"^base/page\.html\.j2:3: no$"), located([resources.templates_folder()]):
        raise error
