"""The archive: every edition listed and kept, whole or not at all, the same bytes each time."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from reporter import record
from reporter.cli import reporter
from reporter.config import Settings, Site
from reporter.errors import ConfigError, DataError, ProofError, RenderError
from reporter.proof import page as proof
from reporter.render.html import page
from reporter.resources import templates_folder
from reporter.site import archive as site
from reporter.transcript import ChartText
from tests.browser import opened, shifts, violations
from tests.made import made_drawings, made_edition

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ATOM = "{http://www.w3.org/2005/Atom}"
URL = "https://briefing.example.org/archive"
DAYS = (date(2025, 12, 19), date(2026, 10, 23), date(2026, 11, 22))


def shelve(output: Path, day: date, briefing: str = "made") -> Path:
    """A made edition in its folder, with a page, its facts, a chart in two cuts and a mail."""
    edition = replace(made_edition(), as_of=day, briefing=briefing)
    drawings = made_drawings(edition)
    folder = output / briefing / day.isoformat()
    (folder / "charts").mkdir(parents=True)
    (folder / "mail").mkdir()
    texts = [ChartText("niip", "head", "The stake")]
    (folder / "facts.json").write_bytes(record.write(edition, drawn=texts))
    (folder / "index.html").write_text(page(edition, drawings, [templates_folder()]), encoding="utf-8")
    (folder / "charts" / "niip.svg").write_text(drawings["niip"].wide.svg, encoding="utf-8")
    (folder / "mail" / "mail.html").write_text("to subscribers only", encoding="utf-8")
    (folder / "mail" / "niip.png").write_bytes(b"\x89PNG")
    (folder / "briefing.pdf").write_bytes(b"%PDF-1.7")
    return folder


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made editions of three days, and one of another briefing."""
    output = tmp_path_factory.mktemp("shelf")
    for day in DAYS:
        shelve(output, day)
    shelve(output, DAYS[2], "another")
    return output


@pytest.fixture
def settings(shelf: Path, tmp_path: Path) -> Settings:
    shutil.copytree(shelf / "made", tmp_path / "output" / "made")
    return Settings(output=tmp_path / "output")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "site"


def at(settings: Settings, url: str) -> Settings:
    return replace(settings, site=Site(url=url))


def held(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_front_page_lists_every_edition_by_year_the_latest_first(settings: Settings, target: Path) -> None:
    made = site.build(settings, target)
    text = (target / "index.html").read_text("utf-8")
    links = re.findall(r'href="(made/[\d-]+/index\.html)"', text)
    assert links[:2] == [f"made/{DAYS[2]}/index.html"] * 2, "headline and button of the latest"
    assert links[2:] == [f"made/{day}/index.html" for day in reversed(DAYS)]
    assert re.findall(r"<h3[^>]*>(\d+)</h3>", text) == ["2026", "2025"]
    assert "Net foreign claims on the United States" in text
    assert "<svg" in text
    assert made.copied == tuple(f"made/{day}" for day in reversed(DAYS))
    assert made.kept == made.unread == ()


def test_an_edition_stands_there_with_all_but_its_mail_of_which_the_pictures(settings: Settings, target: Path) -> None:
    site.build(settings, target)
    made = held(target / "made" / str(DAYS[0]))
    source = held(settings.output / "made" / str(DAYS[0]))
    assert source.pop("mail/mail.html")
    assert made == source


def test_the_same_editions_make_the_same_bytes(settings: Settings, target: Path, tmp_path: Path) -> None:
    site.build(settings, target)
    site.build(settings, tmp_path / "again")
    assert held(target) == held(tmp_path / "again")


def test_an_edition_that_stands_there_is_not_copied_again(settings: Settings, target: Path) -> None:
    site.build(settings, target)
    pages = {day: target / "made" / str(day) / "index.html" for day in DAYS}
    before = {day: path.stat().st_ino for day, path in pages.items()}
    changed = settings.output / "made" / str(DAYS[1]) / "index.html"
    changed.write_text(changed.read_text("utf-8") + "<!-- mended -->", encoding="utf-8")
    made = site.build(settings, target)
    assert (made.copied, made.kept) == ((f"made/{DAYS[1]}",), (f"made/{DAYS[2]}", f"made/{DAYS[0]}"))
    same = {day for day, path in pages.items() if path.stat().st_ino == before[day]}
    assert same == {DAYS[0], DAYS[2]}
    assert pages[DAYS[1]].read_bytes() == changed.read_bytes()


def test_an_edition_that_lost_a_file_loses_it_in_the_archive(settings: Settings, target: Path) -> None:
    site.build(settings, target)
    (settings.output / "made" / str(DAYS[2]) / "briefing.pdf").unlink()
    assert site.build(settings, target).copied == (f"made/{DAYS[2]}",)
    assert not (target / "made" / str(DAYS[2]) / "briefing.pdf").exists()
    assert "briefing.pdf" not in (target / "index.html").read_text("utf-8")


def test_where_files_cannot_be_linked_they_are_copied(
    settings: Settings, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.build(settings, target)
    before = held(target)

    def refused(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refused)
    assert len(site.build(settings, target).copied) == len(DAYS)
    assert held(target) == before


# ---------------------------------------------------------------- addresses
def test_addresses_are_absolute_only_where_the_archive_is_published(settings: Settings, target: Path) -> None:
    site.build(settings, target)
    alone = held(target)
    assert "sitemap.xml" not in alone
    assert b"http://localhost" not in alone["feed.xml"]
    assert {link.attrib["href"] for link in ET.fromstring(alone["feed.xml"]).iter(f"{ATOM}link")} >= {"feed.xml"}  # noqa: S314 -- our own
    site.build(at(settings, f"{URL}/"), target)
    published = held(target)
    feed = ET.fromstring(published["feed.xml"])  # noqa: S314 -- our own
    assert all(link.attrib["href"].startswith(f"{URL}/") for link in feed.iter(f"{ATOM}link"))
    places = re.findall(rb"<loc>(.*?)</loc>", published["sitemap.xml"])
    assert places[0].decode() == f"{URL}/"
    assert len(places) == 1 + len(DAYS)
    assert f"Sitemap: {URL}/sitemap.xml".encode() in published["robots.txt"]
    assert f'<link rel="canonical" href="{URL}/">'.encode() in published["index.html"]
    assert f'href="{URL}/"'.encode() in published["404.html"]


def test_the_front_page_leads_to_the_list_where_there_is_one(settings: Settings, target: Path) -> None:
    def front(held: Settings) -> str:
        site.build(held, target)
        return (target / "index.html").read_text("utf-8")

    published = at(settings, URL)
    sender = replace(published.mail, sender="The Desk <desk@example.org>")
    assert f'href="{URL}/subscribe"' in front(replace(published, mail=sender))
    assert "subscribe" not in front(published)
    assert "subscribe" not in front(replace(settings, mail=sender))


def test_a_front_page_that_is_shared_shows_the_latest_card(settings: Settings, target: Path) -> None:
    """Where it has one and an address: a picture is asked for by its whole address or not at all."""
    site.build(at(settings, URL), target)
    assert "og:image" not in (target / "index.html").read_text("utf-8")
    (settings.output / "made" / str(DAYS[2]) / "card.png").write_bytes(b"\x89PNG")
    site.build(settings, target)
    assert "og:image" not in (target / "index.html").read_text("utf-8")
    site.build(at(settings, URL), target)
    image = f'<meta property="og:image" content="{URL}/made/{DAYS[2]}/card.png">'
    assert image in (target / "index.html").read_text("utf-8")
    assert (target / "made" / str(DAYS[2]) / "card.png").is_file()


def test_the_feed_is_atom_and_its_names_stay(settings: Settings, target: Path) -> None:
    """https://www.rfc-editor.org/rfc/rfc4287: what a feed and each of its entries must have, each once."""
    site.build(settings, target)
    feed = ET.fromstring((target / "feed.xml").read_bytes())  # noqa: S314 -- our own
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(DAYS)
    for one in (feed, *entries):
        for must in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{must}")) == 1, must
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.findtext(f"{ATOM}updated", ""))
        assert one.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    names = [one.findtext(f"{ATOM}id") for one in (feed, *entries)]
    assert len(set(names)) == len(names)
    assert feed.findtext(f"{ATOM}updated") == f"{DAYS[2]}T00:00:00Z"
    site.build(at(settings, URL), target)
    moved = ET.fromstring((target / "feed.xml").read_bytes())  # noqa: S314 -- our own
    assert [one.text for one in moved.iter(f"{ATOM}id")] == names


def test_two_briefings_say_which_is_which(settings: Settings, shelf: Path, target: Path) -> None:
    shutil.copytree(shelf / "another", settings.output / "another")
    site.build(settings, target)
    text = (target / "index.html").read_text("utf-8")
    assert text.count("· The External Account") == 1 + 1 + len(DAYS)
    assert "another/2026-11-22/index.html" in text


# ---------------------------------------------------------------- what is refused
def test_what_cannot_be_listed_is_passed_over_and_named(settings: Settings, target: Path) -> None:
    (settings.output / "made" / str(DAYS[1]) / "facts.json").write_text("{}", encoding="utf-8")
    (settings.output / "made" / str(DAYS[0]) / "index.html").unlink()
    made = site.build(settings, target)
    assert made.copied == (f"made/{DAYS[2]}",)
    assert [str(DAYS[0]) in made.unread[0], str(DAYS[1]) in made.unread[1]] == [True, True]
    assert "--format html" in made.unread[0]


def test_no_edition_is_an_error_that_says_what_to_do(tmp_path: Path, target: Path) -> None:
    with pytest.raises(DataError, match="reporter build"):
        site.build(Settings(output=tmp_path / "nothing"), target)
    assert not target.exists()


def test_somebody_elses_folder_is_not_replaced(settings: Settings, target: Path) -> None:
    target.mkdir()
    (target / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ConfigError, match="holds no archive of ours"):
        site.build(settings, target)
    assert held(target) == {"thesis.txt": b"years of work"}


@pytest.mark.parametrize("above", ["output", "."])
def test_the_editions_own_folder_is_not_replaced(settings: Settings, tmp_path: Path, above: str) -> None:
    with pytest.raises(ConfigError, match="holds the editions themselves"):
        site.build(settings, tmp_path / above)
    assert (settings.output / "made" / str(DAYS[0]) / "facts.json").is_file()


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("{{ nobody }}", RenderError, "nobody"),
        ("<p>Read by 12,000 people</p>", ProofError, "bound to nothing: '12,000'"),
        ("<script>track()</script>", ProofError, "a script"),
        ('<img src="https://tracker.example/pixel.gif" alt="">', ProofError, "fetched"),
    ],
)
def test_a_page_at_fault_leaves_the_old_archive(  # noqa: PLR0913, PLR0917 -- a row of the table
    settings: Settings, target: Path, tmp_path: Path, text: str, error: type[Exception], says: str
) -> None:
    site.build(settings, target)
    before = held(target)
    (tmp_path / "own" / "site").mkdir(parents=True)
    (tmp_path / "own" / "site" / "index.html.j2").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=says):
        site.build(replace(settings, templates=tmp_path / "own"), target)
    assert held(target) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".site")]


def test_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(settings.output.parent)
    done = CliRunner().invoke(reporter, ["site", "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert (told["site"], told["kept"], len(told["copied"])) == ("site", [], len(DAYS))
    done = CliRunner().invoke(reporter, ["site", "--to", "site"], catch_exceptions=False)
    assert done.stdout == "site: 3 editions, 0 new or changed\n"


# ---------------------------------------------------------------- in a browser
@pytest.fixture(scope="module")
def archive(editions: Mapping[date, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the shipped briefing's two editions."""
    target = tmp_path_factory.mktemp("archive") / "site"
    site.build(Settings(output=next(iter(editions.values())).parents[1]), target)
    return target


def test_every_link_of_the_archive_leads_somewhere(archive: Path) -> None:
    """Of the front page and of each edition: to a file, and to a place in it."""
    pages = [archive / "index.html", *archive.rglob("sell-america/*/index.html")]
    for one in pages:
        text = one.read_text("utf-8")
        places = set(re.findall(r' id="([^"]+)"', text))
        for href in set(re.findall(r'<a [^>]*href="([^"]+)"', text)):
            address, place = urldefrag(unquote(href))
            if not address.startswith("https:"):
                assert not address or (one.parent / address).is_file(), f"{one}: {href}"
                assert address or place in places, f"{one}: {href}"


@pytest.mark.parametrize("name", ["index.html", "404.html"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_pass_axe_and_fit_every_screen(browser: Browser, archive: Path, name: str, dark: bool) -> None:  # noqa: FBT001
    with opened(browser, archive / name, dark=dark) as tab:
        assert violations(tab) == []
        for width in (320, 390, 768, 1280, 1600):
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert tab.page.evaluate("document.documentElement.scrollWidth") == width
        assert [url for url in tab.requests if not url.startswith(("data:", "file:"))] == []
        assert tab.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_front_page_does_not_move(browser: Browser, archive: Path, width: int) -> None:
    with opened(browser, archive / "index.html", width=width) as tab:
        total, moved = shifts(tab)
        assert total < 0.01, moved


def test_from_the_front_page_to_a_receipt_and_to_an_earlier_edition(browser: Browser, archive: Path) -> None:
    with opened(browser, archive / "index.html") as tab:
        tab.page.locator("h1 a").click()
        tab.page.locator("main > section a.f").first.click()
        assert tab.page.locator(".receipt:target dl").is_visible()
        tab.page.locator("#more a").first.click()
        assert "2026-02-06" in tab.page.url
        assert tab.page.locator("h1").is_visible()


def test_the_front_page_says_only_what_was_published(archive: Path) -> None:
    """Its words are the editions' own: nothing is said twice in different ways."""
    text = " ".join(proof.texts((archive / "index.html").read_text("utf-8")).pages)
    told = json.loads((archive / "sell-america" / "2026-11-22" / "facts.json").read_text("utf-8"))
    assert told["headline"] in re.sub(r"\s+", " ", text)
