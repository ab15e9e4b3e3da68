"""The mail in a real browser: as wide as what it is shown in, by day and by night, with pictures and without.

After a change of the look: `pytest tests/test_mail_browser.py --update-golden`, and open what it wrote.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from reporter.charts import Cut, output
from reporter.facts import Said
from reporter.mail import links
from reporter.mail.message import mould
from reporter.model import plots
from reporter.model.periods import Period
from reporter.render.mail import mail
from reporter.resources import templates_folder
from reporter.tree import Cell, PeriodLeaf, Row, Table, TableBlock, Text
from tests import browser as browsers
from tests.charts_made import WORDS, charts
from tests.letters_made import ANN, SETTINGS, TOKENS, made_folder
from tests.made import made_edition, made_pictures
from tests.test_render_mail import OURS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SPECS = {name: spec for name, spec, _ in charts()}
WIDTHS = (320, 390, 600, 800)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made edition's mail with charts drawn for it, as a build writes it."""
    drawn = {
        key: output.picture(
            SPECS[name], plots.Words(key, WORDS.headline, WORDS.unit, WORDS.source, WORDS.alt), Cut.MAIL
        )
        for key, name in (("niip", "net-position"), ("china", "holder-and-yield"))
    }
    parts = mail(made_edition(), drawn, [templates_folder()], OURS)
    folder = tmp_path_factory.mktemp("mail")
    for name, body in {"mail.html": parts.html.encode(), **parts.images}.items():
        (folder / name).write_bytes(body)
    return folder / "mail.html"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_stands_out_to_the_side_and_nothing_is_fetched(browser: Browser, page: Path, width: int) -> None:
    with browsers.opened(browser, page, width=width) as tab:
        assert tab.page.evaluate("document.documentElement.scrollWidth") == width
        column = tab.page.locator(".col").bounding_box()
        assert column
        assert column["width"] == min(width, 600)
        assert not tab.strangers
        assert not tab.complaints


def test_a_phone_leaves_out_the_dates_of_a_wide_table_and_has_room_for_the_rest(
    browser: Browser, tmp_path: Path
) -> None:
    edition = made_edition()
    (at, section), *_ = [(at, held) for at, held in enumerate(edition.sections) if held.id == "holders"]
    blocks = tuple(_wide(block) if isinstance(block, TableBlock) else block for block in section.blocks)
    sections = (*edition.sections[:at], replace(section, blocks=blocks), *edition.sections[at + 1 :])
    wide = tmp_path / "mail.html"
    parts = mail(replace(edition, sections=sections), made_pictures(edition), [templates_folder()], OURS)
    wide.write_text(parts.html, encoding="utf-8")
    for width, seen in ((320, 4), (390, 4), (600, 6)):
        with browsers.opened(browser, wide, width=width, images=False) as tab:
            assert tab.page.evaluate("document.documentElement.scrollWidth") == width
            heads = tab.page.locator(".num thead th")
            assert sum(heads.nth(at).is_visible() for at in range(6)) == seen


def _wide(block: TableBlock) -> TableBlock:
    """A row of a name, two dates and three figures with their units."""
    cell = next(block.table.facts())
    figure, day = Cell(Said(cell)), Cell(leaf=PeriodLeaf("Nov 2025", Period.parse("2025-11")))
    rows = (Row("Net international investment position", (day, figure, day, figure, figure)),)
    heads = tuple((Text(word),) for word in ("Figure", "Period then", "Then", "Period now", "Now", "Change"))
    return replace(block, table=Table("wide", rows, worded=frozenset({1, 3})), columns=heads)


@pytest.mark.parametrize("dark", [False, True])
def test_a_screen_reader_finds_its_way(browser: Browser, page: Path, dark: bool) -> None:  # noqa: FBT001
    """Axe finds nothing but that there is no landmark: a mail program has its own around every mail."""
    with browsers.opened(browser, page, width=600, dark=dark) as tab:
        found = browsers.violations(tab)
    assert {one.partition(":")[0] for one in found} <= {"landmark-one-main", "region"}, found


def test_a_list_of_mails_shows_the_preheader_and_a_reader_does_not(browser: Browser, page: Path) -> None:
    with browsers.opened(browser, page, width=600) as tab:
        first = tab.page.locator("body > div").first
        assert not first.is_visible()
        assert (first.text_content() or "").startswith("What America owes & owns, month by month")


def test_with_pictures_off_their_sentences_are_read(browser: Browser, page: Path) -> None:
    with browsers.opened(browser, page, width=600, images=False) as tab:
        sizes = tab.page.eval_on_selector_all("img", "all => all.map(one => [one.naturalWidth, one.offsetHeight])")
        assert len(sizes) == 2
        for natural, shown in sizes:
            assert natural == 0
            assert 20 < shown < 200  # a line or a few of words, and no empty frame


def test_by_night_the_paper_is_dark_and_charts_keep_theirs(browser: Browser, page: Path) -> None:
    with browsers.opened(browser, page, width=600, dark=True) as tab:
        ground = "one => getComputedStyle(one).backgroundColor"
        ink = "one => getComputedStyle(one).color"
        assert tab.page.eval_on_selector(".col", ground) == "rgb(22, 24, 27)"
        assert tab.page.eval_on_selector(".pic", ground) == "rgb(255, 255, 255)"
        inks = tab.page.eval_on_selector_all("p, h1, h2, h3, li, td, th", f"all => [...new Set(all.map({ink}))]")
        assert not [found for found in inks if max(map(int, found[4:-1].split(", "))) < 140]


def test_the_message_shows_the_pictures_that_it_carries(browser: Browser, tmp_path: Path) -> None:
    """As a mail program does it: each Content-ID is one of the parts."""
    data = mould(made_folder(tmp_path / "edition"), SETTINGS, TOKENS).fill(ANN).data
    message = message_from_bytes(data, policy=policy.default)
    html = next(part.get_content() for part in message.walk() if part.get_content_type() == "text/html")
    for part in message.walk():
        if part.get_content_maintype() == "image":
            name = part.get_filename() or ""
            (tmp_path / name).write_bytes(part.get_content())
            html = html.replace(f"cid:{part['Content-ID'].strip('<>')}", name)
    shown = tmp_path / "shown.html"
    shown.write_text(html, encoding="utf-8")
    with browsers.opened(browser, shown, width=600) as tab:
        assert tab.page.eval_on_selector_all("img", "all => all.map(one => one.naturalWidth)") == [1, 1]
        assert tab.page.locator("a", has_text="Unsubscribe").first.get_attribute("href") == links.leave(
            SETTINGS.site.url, ANN.id, TOKENS
        )
        assert not tab.complaints


@pytest.mark.parametrize(
    ("name", "width", "dark", "images"),
    [
        ("mail-600", 600, False, True),
        ("mail-390-dark", 390, True, True),
        ("mail-600-images-off", 600, False, False),
    ],
)
def test_it_looks_as_it_did(  # noqa: PLR0913, PLR0917 -- what a reader's screen may be
    browser: Browser,
    page: Path,
    golden_picture: Callable[[str, bytes], None],
    name: str,
    width: int,
    dark: bool,  # noqa: FBT001
    images: bool,  # noqa: FBT001
) -> None:
    with browsers.opened(browser, page, width=width, dark=dark, images=images) as tab:
        shot = tab.page.screenshot(full_page=True)
    out = io.BytesIO()
    with Image.open(io.BytesIO(shot)) as held:  # at half its size: enough to see what has moved
        held.convert("RGB").resize((held.width // 2, held.height // 2), Image.Resampling.BOX).save(out, "PNG")
    golden_picture(name, out.getvalue())
