"""What every test stands on: a scrubbed environment, the real files where there are any, golden files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import browser as browsers
from tests import pictures
from tests.editions import built
from tests.support import GOLDEN, SHARED_DATA

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew from what tests produce")


# Tests of one case each, whose numbers are told at the end: what has to be refused, and what must raise no alarm.
_CASES = {
    "words that must fail": ("test_what_is_bound_to_nothing_fails_with_its_place",),
    "honest words that must pass": ("test_honest_words_raise_no_alarm",),
    "tampered editions that must fail": (
        "test_facts_that_do_not_agree_are_named",
        "test_other_pages_fail_both_ways",
        "test_a_page_that_says_something_else_is_found_out",
        "test_every_change_is_told_by_the_part_it_was_made_in",
        "test_a_hostile_pdf_is_a_failure_and_nothing_more",
        "test_pages_that_say_another_thing_fail",
    ),
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The counts of adversarial cases, as the proof's promise is measured by them."""
    passed = [report.nodeid.partition("::")[2].partition("[")[0] for report in terminalreporter.getreports("passed")]
    for told, tests in _CASES.items():
        if count := sum(name in tests for name in passed):
            terminalreporter.write_line(f"{told}: {count} passed")


@pytest.fixture(scope="session", autouse=True)
def scrubbed_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting, home or cache of the person at the keyboard reaches a test, nor a process that a test starts."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("REPORTER_"):
                patch.delenv(name)
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "MPLCONFIGDIR"):
            patch.setenv(name, str(home / name.lower()))
        patch.setenv("TZ", "UTC")
        patch.setenv("REPORTER_STORE", str(home / "store.sqlite"))  # its default is read when config is imported
        yield


@pytest.fixture(scope="module", autouse=True)
def nothing_stays_declared() -> Iterator[None]:
    """What a module's tests declare as series of one's own is gone with it: the catalogue is one for a process."""
    yield
    if "reporter.own" in sys.modules:
        sys.modules["reporter.own"].use(sys.modules["reporter.config"].Settings())


@pytest.fixture(scope="session")
def shared_data() -> Path | None:
    """The folder of the publishers' real files, or None."""
    return SHARED_DATA


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of that name in tests/golden; `--update-golden` writes it instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"no tests/golden/{name}: run pytest --update-golden, and read what it writes"
        assert text == path.read_text(encoding="utf-8"), f"tests/golden/{name} differs; pytest --update-golden if right"

    return compare


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; see tests/browser.py.

    One a module, not one a session: as long as Playwright runs, its loop counts as running in this thread, and a test
    elsewhere that starts a loop of its own would be refused.
    """
    with browsers.started() as started:
        yield started


@pytest.fixture(scope="session")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Mapping[date, Path]:
    """The folders of the shipped briefing's editions of two days, built once, as a reader would have them."""
    return built(tmp_path_factory.mktemp("editions"))


@pytest.fixture
def golden_picture(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare a PNG, as the eye does, with the one of that name in tests/golden/pictures; `--update-golden` writes."""

    def compare(name: str, png: bytes) -> None:
        path, got = GOLDEN / "pictures" / f"{name}.png", pictures.opened(png)
        if request.config.getoption("--update-golden") and not (path.is_file() and not pictures.faults(got, path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pictures.stored(got))
        assert path.is_file(), f"no tests/golden/pictures/{name}.png: run pytest --update-golden, and look at it"
        told = pictures.faults(got, path)
        assert not told, f"{name}.png {told}; pytest --update-golden if right"

    return compare
