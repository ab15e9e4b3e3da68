"""The page in a real browser: by keyboard alone, at every width, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import Tab, opened
from tests.editions import FEBRUARY, NOVEMBER

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DAYS = [FEBRUARY, NOVEMBER]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_page_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, editions: Mapping[date, Path], day: date
) -> None:
    page = editions[day] / "index.html"
    with opened(browser, page) as tab:
        assert [url for url in tab.requests if not url.startswith("data:font/")] == [page.as_uri()]
        assert tab.complaints == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_figures_receipt_is_read_and_left_by_keyboard_alone(
    browser: Browser, editions: Mapping[date, Path], day: date
) -> None:
    """Tab to the first figure of a sentence, Enter, read what it rests on, Enter on Close, and back in the sentence."""
    with opened(browser, editions[day] / "index.html") as tab:
        figure = tab.page.locator("main > section a.f").first
        _tab_to(tab, "main > section a.f")
        receipt = tab.page.locator(str(figure.get_attribute("href")))
        assert not receipt.locator("dl").is_visible()
        tab.page.keyboard.press("Enter")
        assert receipt.locator("dl").is_visible()
        _tab_to(tab, ".receipt:target a.close")
        tab.page.keyboard.press("Enter")
        assert not receipt.locator("dl").is_visible()
        _tab_to(tab, "main > section a.f")


def _tab_to(tab: Tab, selector: str, most: int = 300) -> None:
    """Press Tab until what the selector names has the focus."""
    for _ in range(most):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{most} times Tab did not lead to {selector}")
