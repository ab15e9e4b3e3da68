"""The page in a real browser: by keyboard alone, at every width, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import Tab, opened, shifts, violations
from tests.editions import FEBRUARY, NOVEMBER

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

DAYS = [FEBRUARY, NOVEMBER]
WIDTHS = [320, 360, 390, 640, 641, 768, 991, 992, 1280, 1600]
PAGE, FONTS = 400_000, 350_000  # bytes, uncompressed


@pytest.fixture(scope="module", params=DAYS, ids=str)
def page(request: pytest.FixtureRequest, editions: Mapping[date, Path]) -> Path:
    """The page of each day's edition."""
    return editions[request.param] / "index.html"


@pytest.fixture
def tab(browser: Browser, page: Path) -> Iterator[Tab]:
    with opened(browser, page) as tab:
        yield tab


def test_the_page_asks_for_nothing_and_complains_of_nothing(tab: Tab, page: Path) -> None:
    assert [url for url in tab.requests if not url.startswith("data:font/")] == [page.as_uri()]
    assert tab.complaints == []


def test_the_page_is_light(page: Path) -> None:
    """What one loads before the first word: all but its subset fonts, and those."""
    text = page.read_text("utf-8")
    fonts = [part.partition(")")[0] for part in text.split("url(data:font/")[1:]]
    heavy = sum(map(len, fonts))
    rest = len(text.encode()) - heavy
    assert len(fonts) == 8
    assert rest < PAGE, f"{rest:,} bytes without fonts, {heavy:,} of fonts; {_largest(text)}"
    assert heavy < FONTS, f"{heavy:,} bytes of fonts, {rest:,} without"


def _largest(text: str) -> str:
    """Where the bytes are, for whoever has to find some."""
    parts = {
        "charts": sum(len(part.partition("</svg>")[0]) for part in text.split("<svg")[1:]),
        "receipts": len(text.partition('<section id="receipts"')[2].partition("</section>")[0]),
        "values in charts": sum(len(part.partition("</div>")[0]) for part in text.split('class="probes"')[1:]),
        "tables": sum(len(part.partition("</table>")[0]) for part in text.split("<table")[1:]),
    }
    return ", ".join(f"{what} {size:,}" for what, size in parts.items())


# ---------------------------------------------------------------- by keyboard
def test_a_figures_receipt_is_read_and_left_by_keyboard_alone(tab: Tab) -> None:
    """Tab to the first figure of a sentence, Enter, read what it rests on, Enter on Close, and back in the sentence."""
    _tab_to(tab, "main > section a.f")
    before = tab.page.evaluate("scrollY")
    receipt = tab.page.locator(str(_focused(tab).get_attribute("href")))
    assert not receipt.locator("dl").is_visible()
    tab.page.keyboard.press("Enter")
    assert receipt.locator("dl").is_visible()
    assert tab.page.evaluate("scrollY") == before, "the place in the text is kept"
    assert _inside(tab, receipt)
    _tab_to(tab, ".receipt:target a[href='#closed']")
    tab.page.keyboard.press("Enter")
    assert not receipt.locator("dl").is_visible()
    tab.page.go_back()
    tab.page.go_back()
    assert not receipt.locator("dl").is_visible(), "the browser's own Back closes it, too"


def test_a_receipt_leads_back_to_its_figure(tab: Tab) -> None:
    figure = tab.page.locator("main > section > p a.f[id]").last
    figure.focus()
    tab.page.keyboard.press("Enter")
    receipt = tab.page.locator(str(figure.get_attribute("href")))
    receipt.locator("p a").first.focus()
    tab.page.keyboard.press("Enter")
    assert not receipt.locator("dl").is_visible()
    assert _inside(tab, figure)


def test_the_first_stop_skips_to_the_article(tab: Tab) -> None:
    tab.page.keyboard.press("Tab")
    assert _focused(tab).get_attribute("href") == "#text"
    assert _inside(tab, _focused(tab)), "what has the focus can be seen"


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_a_charts_values_are_read_by_mouse_and_by_keyboard(browser: Browser, page: Path, width: int) -> None:
    """One stop of Tab a chart, arrow keys within; what is told stays on the screen at any width."""
    with opened(browser, page, width=width) as tab:
        groups = [group for group in tab.page.locator(".probes").all() if group.is_visible()]
        assert groups
        for group in groups:
            strips = group.locator("input")
            for strip in (strips.first, strips.nth(strips.count() // 2), strips.last):
                strip.scroll_into_view_if_needed()
                strip.hover()
                _told(strip)
            tab.page.mouse.move(0, 0)
            strips.first.focus()
            _told(strips.first)
            tab.page.keyboard.press("ArrowRight")
            _told(strips.nth(1))
            tab.page.keyboard.press("Tab")
            assert not tab.page.evaluate("s => document.activeElement.matches(s)", f"[name={_name(strips.first)}]")


def _told(strip: Locator) -> None:
    """Assert that the strip tells its values, wholly on the screen."""
    held: dict[str, Any] = strip.evaluate(
        """e => {
            const told = getComputedStyle(e, '::after'), box = e.getBoundingClientRect();
            const wide = parseFloat(told.width), left = box.left + parseFloat(told.left);
            return {content: told.content, left, right: left + wide, screen: document.documentElement.clientWidth,
                    top: box.top + parseFloat(told.top)};
        }"""
    )
    assert held["content"] not in {"none", "normal"}, "nothing is told"
    assert held["left"] >= 0, held
    assert held["right"] <= held["screen"], held


def _name(strip: Locator) -> str:
    return str(strip.get_attribute("name"))


def _focused(tab: Tab) -> Locator:
    return tab.page.locator("*:focus")


def _inside(tab: Tab, place: Locator) -> bool:
    """Whether its top left corner is on the screen."""
    box = place.bounding_box()
    size = tab.page.viewport_size
    assert box
    assert size
    return -1 <= box["y"] <= size["height"] and -1 <= box["x"] <= size["width"]


def _tab_to(tab: Tab, selector: str, most: int = 300) -> None:
    """Press Tab until what the selector names has the focus."""
    for _ in range(most):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{most} times Tab did not lead to {selector}")


# ---------------------------------------------------------------- on any screen, and on paper
def test_nothing_is_wider_than_the_screen(browser: Browser, page: Path) -> None:
    """From 320 to 1600 pixels; a table that is scrolls in its own frame, which takes the focus."""
    with opened(browser, page) as tab:
        for width in WIDTHS:
            tab.page.set_viewport_size({"width": width, "height": 900})
            wide, beyond = tab.page.evaluate(
                """() => {
                    const screen = document.documentElement.clientWidth;
                    const out = e => e.getBoundingClientRect().width && e.getBoundingClientRect().right > screen + .5;
                    const own = e => !e.closest('.scroll, .skip');
                    const beyond = [...document.querySelectorAll('body *')].filter(e => own(e) && out(e));
                    return [document.documentElement.scrollWidth, beyond.map(e => e.outerHTML.slice(0, 90))];
                }"""
            )
            assert (wide, beyond[:3]) == (width, [])
        assert all(frame.get_attribute("tabindex") == "0" for frame in tab.page.locator(".scroll").all())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_violation(browser: Browser, page: Path, width: int, dark: bool) -> None:  # noqa: FBT001
    """With every folded thing unfolded, and a receipt raised as a sheet."""
    with opened(browser, page, width=width, dark=dark) as tab:
        tab.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert violations(tab) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_violation_in_a_receipt_that_is_raised(browser: Browser, page: Path, width: int) -> None:
    with opened(browser, page, width=width) as tab:
        tab.page.locator("main > section a.f").first.click()
        assert tab.page.locator(".receipt:target dl").is_visible()
        assert violations(tab, ".receipt:target") == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1600])
def test_nothing_moves_once_it_is_seen(browser: Browser, page: Path, width: int) -> None:
    """Cumulative Layout Shift; 0.1 is what Web Vitals call good. Faces come late, at the measure of what stood in."""
    with opened(browser, page, width=width) as tab:
        total, moved = shifts(tab)
        assert total < 0.01, moved


def test_the_dark_page_is_dark_down_to_its_charts(browser: Browser, page: Path) -> None:
    with opened(browser, page, dark=True) as dark, opened(browser, page) as light:
        for selector, what in (("body", "color"), (".chart svg text", "fill"), (".chart svg path", "fill")):
            inks = [_style(tab, selector, what) for tab in (dark, light)]
            assert inks[0] != inks[1], f"{selector} has one {what} by day and by night: {inks[0]}"
        assert sum(_rgb(_style(dark, "html", "background-color"))) < 3 * 60


def test_on_paper_receipts_are_open_and_what_only_a_screen_can_do_is_gone(browser: Browser, page: Path) -> None:
    with opened(browser, page, medium="print") as tab:
        assert tab.page.locator(".receipt dl").first.is_visible()
        for gone in (".skip", ".probes", ".get", ".receipt dl + p", "details.inside"):
            assert not [one for one in tab.page.locator(gone).all()[:3] if one.is_visible()], gone
        assert _style(tab, "body", "color") == "rgb(27, 27, 27)"
        assert tab.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_no_two_things_have_one_id_and_every_place_within_exists(tab: Tab) -> None:
    twice, nowhere = tab.page.evaluate(
        """() => {
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            const links = [...document.querySelectorAll('a[href^="#"]')].map(e => e.getAttribute('href').slice(1));
            const uses = [...document.querySelectorAll('use')].map(e => e.getAttribute('xlink:href').slice(1));
            const told = [...document.querySelectorAll('[aria-labelledby]')]
                .flatMap(e => e.getAttribute('aria-labelledby').split(' '));
            return [ids.filter((id, at) => ids.indexOf(id) !== at),
                    [...links, ...uses, ...told].filter(id => !document.getElementById(id))];
        }"""
    )
    assert (twice, nowhere) == ([], [])


def test_every_chart_can_be_taken_away_with_its_source(page: Path, tab: Tab) -> None:
    figures = tab.page.locator("figure.chart").all()
    assert figures
    for figure in figures:
        sources = [line for line in figure.locator("svg").first.locator("text").all_text_contents() if "Source" in line]
        links = [str(link.get_attribute("href")) for link in figure.locator(".get a").all()]
        assert [link.rpartition(".")[2] for link in links] == ["svg", "png", "csv"]
        drawing, picture, table = (page.parent / link for link in links)
        assert sources
        assert sources[0] in drawing.read_text("utf-8")
        assert picture.read_bytes().startswith(b"\x89PNG")
        head, *rows = table.read_text("utf-8").splitlines()
        assert head.endswith(",source")
        assert all("Source: " in row for row in rows)


def _style(tab: Tab, selector: str, what: str) -> str:
    held = tab.page.locator(selector).first
    return str(held.evaluate("(e, what) => getComputedStyle(e).getPropertyValue(what)", what))


def _rgb(colour: str) -> list[int]:
    return [int(part) for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
