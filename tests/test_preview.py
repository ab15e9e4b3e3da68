"""The preview: what is served, to whom, and that a changed file is seen in a browser without anybody's doing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from reporter.errors import ConfigError
from reporter.site.preview import EVENTS, Stage, rebuild, served, watch
from tests.browser import opened
from tests.support import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
SECONDS = 120  # a build on a busy machine


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    place = tmp_path / "tree" / "made" / "2026-11-22"
    place.mkdir(parents=True)
    (place / "index.html").write_text("<body><p>Words</p></body>", encoding="utf-8")
    (place / "niip.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not for the web", encoding="utf-8")
    return Stage(tmp_path / "tree", "/made/2026-11-22/index.html", turn=1)


def ask(url: str, path: str, host: str = "") -> tuple[HTTPResponse, bytes]:
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_a_page_is_served_with_the_script_that_waits_and_the_file_has_none(stage: Stage) -> None:
    with served(stage, 0) as url:
        answer, body = ask(url, stage.home)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert b'<script>new EventSource("/_events?since=1")' in body
        assert body.endswith(b"</script></body>")
        assert ask(url, "/made/2026-11-22/niip.svg")[1] == b"<svg/>"
        assert ask(url, "/")[0].headers["Location"] == stage.home
    assert "script" not in (stage.root / stage.home[1:]).read_text("utf-8")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/made/../../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/no"]
)
def test_nothing_beyond_the_tree_is_served(stage: Stage, path: str) -> None:
    with served(stage, 0) as url:
        answer, body = ask(url, path)
        assert (answer.status, b"secret" in body or b"root" in body) == (404, False)


def test_who_asks_by_a_foreign_name_is_refused(stage: Stage) -> None:
    with served(stage, 0) as url:
        assert ask(url, stage.home, host="evil.example:8000")[0].status == 403
        assert ask(url, stage.home, host=f"localhost:{urlsplit(url).port}")[0].status == 200


def test_a_fault_is_shown_in_place_of_the_page_and_gone_when_mended(stage: Stage) -> None:
    with served(stage, 0) as url:
        stage.shown("sections/net.md.j2:4: <b>unknown</b>")
        answer, body = ask(url, stage.home)
        assert answer.status == 500
        assert b"sections/net.md.j2:4: &lt;b&gt;unknown" in body
        assert b"since=2" in body
        stage.shown("")
        assert ask(url, stage.home)[0].status == 200


def test_who_waits_is_told_of_the_next_build_and_who_missed_one_at_once(stage: Stage) -> None:
    with served(stage, 0) as url:
        later = threading.Timer(0.2, stage.shown, [""])
        later.start()
        answer, body = ask(url, f"{EVENTS}?since=1")
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert body.endswith(b"data: 2\n\n")
        assert ask(url, f"{EVENTS}?since=1")[1] == b"data: 2\n\n"
        later.join()


def test_a_port_that_is_taken_is_named(stage: Stage) -> None:
    with served(stage, 0) as url:
        again = served(stage, urlsplit(url).port or 0)
        with pytest.raises(ConfigError, match="--port"):
            again.__enter__()


def test_a_build_that_fails_tells_its_reason(stage: Stage, tmp_path: Path) -> None:
    fault = rebuild(stage, [["build", "no-such-briefing", "--offline"]], tmp_path)
    assert "no-such-briefing" in fault
    assert not fault.startswith("reporter:")
    assert (stage.turn, stage.fault) == (2, fault)
    assert rebuild(stage, [["--version"]], tmp_path) == ""
    assert (stage.turn, stage.fault) == (3, "")


@pytest.mark.parametrize("deep", [True, False])
def test_a_changed_file_is_noticed(tmp_path: Path, deep: bool) -> None:  # noqa: FBT001
    place = tmp_path / "below" if deep else tmp_path
    place.mkdir(exist_ok=True)
    changed, stop = threading.Event(), threading.Event()
    watch([tmp_path] if deep else [], [] if deep else [tmp_path], changed.set, stop)
    try:
        for number in range(SECONDS * 5):  # the watch may not stand yet
            (place / "words.md.j2").write_text(str(number), encoding="utf-8")
            if changed.wait(0.2):
                break
        assert changed.is_set()
    finally:
        stop.set()


@contextmanager
def previewed(folder: Path, *words: str) -> Iterator[str]:
    """`reporter preview` in a folder: its address."""
    asked = [sys.executable, "-m", "reporter", "preview", *words, "--port", "0"]
    with subprocess.Popen(asked, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def test_what_is_written_is_seen_and_what_is_wrong_is_said(browser: Browser, tmp_path: Path) -> None:
    """A template changed, broken and mended, in a browser that nobody touches."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "tests" / "briefings", project)
    words = project / "templates" / "briefings" / "made.md.j2"
    written = words.read_text("utf-8")
    with previewed(project, "made.toml", "--as-of", "2026-11-22") as url, opened(browser, url) as tab:
        tab.page.locator("p.name").wait_for(timeout=SECONDS * 1000)
        tab.page.evaluate("window.mine = true")
        words.write_text(written.replace("The Made Account", "The Mended Account"), encoding="utf-8")
        tab.page.get_by_text("The Mended Account").first.wait_for(timeout=SECONDS * 1000)
        words.write_text(written.replace("title", "title: {{ nobody }}\ntitle", 1) + "{{ nobody }}", encoding="utf-8")
        tab.page.get_by_role("heading", name="The edition was not built").wait_for(timeout=SECONDS * 1000)
        said = tab.page.locator("pre").inner_text()
        assert "briefings/made.md.j2:" in said
        assert "nobody" in said
        words.write_text(written, encoding="utf-8")
        tab.page.locator("p.name").wait_for(timeout=SECONDS * 1000)
        assert tab.page.evaluate("window.mine") is None, "the page is a new one"
