"""Pages in a real browser: Chromium of the system, without a window, driven by Playwright over a pipe.

`opened` is what a test wants: a tab that notes what its page asks for and complains of.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import geteuid
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_OWN = ("about:", "blob:", "data:", "file:")  # addresses that leave the machine nothing to answer


@dataclass
class Tab:
    """A page with what it asked for by address and what it complained of, in the order of happening."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def strangers(self) -> list[str]:
        """The requests that left for anywhere but a file of this machine."""
        return [url for url in self.requests if not url.startswith(_OWN)]

    def listen(self) -> None:
        """Note what happens from now on."""
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", lambda asked: self.complaints.append(f"failed: {asked.url}"))

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")


def chromium() -> str:
    """The path of the system's Chromium; a test that wants it fails where there is none."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"none of {', '.join(_NAMES)} is on the path; scripts/system-libraries test installs one", False)  # noqa: FBT003
    return found


@contextmanager
def started() -> Iterator[Browser]:
    """A browser, closed at the end with the process that drives it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    flags = [*_QUIET, *(["--no-sandbox"] if geteuid() == 0 else [])]  # root is refused a sandbox
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(  # noqa: PLR0913 -- what a reader's screen may be
    browser: Browser,
    target: Path | str,
    *,
    width: int = 1280,
    height: int = 900,
    dark: bool = False,
    medium: Literal["screen", "print"] = "screen",
    images: bool = True,
) -> Iterator[Tab]:
    """A tab with the file or address in it, in a profile of its own; `width` and `height` in CSS pixels.

    Without `images` no picture is loaded, as in a careful reader's mail.
    """
    url = target.resolve().as_uri() if isinstance(target, Path) else target
    with browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    ) as context:
        if not images:
            context.route("**/*", lambda route: route.abort() if _is_image(route.request) else route.continue_())
        page = context.new_page()
        page.emulate_media(media=medium)
        tab = Tab(page)
        tab.listen()
        page.goto(url)
        page.evaluate("document.fonts.ready")  # a face that comes late would move what is measured
        yield tab


def violations(tab: Tab, within: str = "html") -> list[str]:
    """What axe-core finds wrong with the page or a part of it, a line each: rule, its help, and where."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    found = Axe().run(tab.page, context=within).response["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]


def shifts(tab: Tab, wait: int = 600) -> tuple[float, list[str]]:
    """How much the page has moved unasked since it was opened (CLS, no unit), and what; looks on for `wait` ms."""
    held = tab.page.evaluate(
        """wait => new Promise(done => {
            const seen = [];
            const watch = new PerformanceObserver(list => seen.push(...list.getEntries()));
            watch.observe({type: 'layout-shift', buffered: true});
            const name = source => (source.node?.outerHTML ?? source.node?.textContent ?? '').slice(0, 80);
            setTimeout(() => done([seen.reduce((sum, one) => sum + one.value, 0),
                                   seen.flatMap(one => one.sources.map(name))]), wait);
        })""",
        wait,
    )
    return float(held[0]), [str(one) for one in held[1]]


def _is_image(request: Request) -> bool:
    return bool(request.resource_type == "image")
