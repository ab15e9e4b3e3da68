"""The list as a reader meets it: a real server, a real mail, a real browser; and behind a proxy."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import urllib3
from aiosmtpd.controller import Controller

from reporter.mail import links
from reporter.mail.people import People
from tests.browser import opened
from tests.people_made import SECRET, TOKENS, sendable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1"])


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Inbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 -- aiosmtpd's
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    def waited(self, count: int) -> EmailMessage:
        """The latest, once there are so many."""
        until = time.monotonic() + 20
        while len(self.mails) < count:
            assert time.monotonic() < until, "no mail came"
            time.sleep(0.05)
        return self.mails[-1]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A mail server on this machine."""
    held = Inbox()
    controller = Controller(held, "127.0.0.1", held.port)
    controller.start()
    try:
        yield held
    finally:
        controller.stop()


@dataclass(frozen=True)
class Served:
    """A running `reporter serve`."""

    url: str
    people: People
    log: Path


@contextmanager
def served(folder: Path, port: int, more: str = "") -> Iterator[Served]:
    """`reporter serve` in a process of its own, its mail to a port."""
    people = folder / "subscribers.sqlite"
    (folder / "reporter.toml").write_text(
        f'[mail]\nsender = "The Briefing <briefing@example.org>"\npostal_address = "Made Street 1, Berlin"\n'
        f'[list]\npeople = "{people}"\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n{more}'
    )
    log = folder / "log"
    environment = {**os.environ, "REPORTER_SECRET": SECRET.reveal()}
    command = [sys.executable, "-m", "reporter", "serve", "--port", "0"]
    with log.open("w") as err, subprocess.Popen(command, cwd=folder, env=environment, stderr=err) as process:
        try:
            yield Served(_said(log, process), People(people, TOKENS), log)
        finally:
            process.terminate()
            assert process.wait(15) in {0, -signal.SIGTERM}, log.read_text()


def _said(log: Path, process: subprocess.Popen[bytes]) -> str:
    """The address it says it serves, once it answers there."""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"serving (http\S+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.05)
    pytest.fail(f"it does not serve: {log.read_text()}")


def test_a_reader_subscribes_confirms_and_leaves(tmp_path: Path, inbox: Inbox, browser: Browser) -> None:
    with served(tmp_path, inbox.port) as site:
        with opened(browser, f"{site.url}/subscribe", width=320) as tab:
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
            tab.page.get_by_label("Your mail address").fill("ann.lee@example.org")
            tab.page.get_by_role("button", name="Subscribe").click()
            assert tab.page.get_by_role("heading").inner_text() == "Look in your inbox"
            mail = inbox.waited(1)
            assert inbox.recipients == ["ann.lee@example.org"]
            assert mail["To"] == "ann.lee@example.org"
            assert mail["Auto-Submitted"] == "auto-generated"
            text = str(mail.get_content())
            (link,) = re.findall(r"http\S+", text)
            assert "ann.lee" not in link
            tab.page.goto(link)
            assert sendable(site.people) == []
            tab.page.get_by_role("button").click()
            assert tab.page.get_by_role("heading").inner_text() == "You are on the list"
            assert sendable(site.people) == ["ann.lee@example.org"]
            assert tab.page.context.cookies() == []
            assert tab.complaints == []
            assert {url.split("/")[2] for url in tab.strangers} == {site.url.split("/")[2]}
        leave = links.leave(site.url, 1, TOKENS)
        with opened(browser, leave, dark=True) as tab:
            assert sendable(site.people) == ["ann.lee@example.org"]
            assert tab.page.get_by_role("button", name="Leave the list").is_visible()
        clicked = urllib3.PoolManager().request("POST", leave, fields={"List-Unsubscribe": "One-Click"})
        assert clicked.status == 200
        assert sendable(site.people) == []
    log = site.log.read_text()
    assert "POST /leave 200" in log
    assert "example.org" not in log
    assert leave.rpartition("/")[2] not in log
    assert "127.0.0.1" not in log.replace(f"serving {site.url}", "")


def test_the_mails_and_pages_work_by_keyboard(tmp_path: Path, inbox: Inbox, browser: Browser) -> None:
    with served(tmp_path, inbox.port) as site, opened(browser, f"{site.url}/subscribe") as tab:
        keys = tab.page.keyboard
        for _ in range(2):
            keys.press("Tab")
        keys.type("not an address")
        keys.press("Enter")
        assert tab.page.url.endswith("/subscribe")
        keys.press("Control+a")
        keys.type("ann@example.org")
        keys.press("Enter")
        tab.page.wait_for_url("**/asked")
        inbox.waited(1)


def test_behind_a_proxy_the_clients_are_counted_and_not_the_proxy(tmp_path: Path, inbox: Inbox) -> None:
    more = '[web]\nproxies = ["127.0.0.1"]\n[site]\nurl = "https://briefing.example.org/list"\n'
    with served(tmp_path, inbox.port, more) as site:
        assert site.url == "https://briefing.example.org/list"
        port = _port(site.log)
        pool = urllib3.HTTPConnectionPool("127.0.0.1", port)

        def ask(client: str, number: int) -> int:
            headers = {**FORM, "X-Forwarded-For": client, "X-Forwarded-Proto": "https", "Host": "briefing.example.org"}
            body = {"address": f"a{number}@example.org"}
            return pool.request("POST", "/subscribe", body=urlencode(body), headers=headers, redirect=False).status

        assert [ask("198.51.100.1", number) for number in range(11)] == [303] * 10 + [429]
        assert ask("198.51.100.2", 12) == 303
        text = str(inbox.waited(1).get_content())
        assert "https://briefing.example.org/list/confirm/" in text


def _port(log: Path) -> int:
    found = re.search(r"at port (\d+)", log.read_text())
    assert found
    return int(found[1])
