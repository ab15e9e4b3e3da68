"""The pages of the list: what a GET never does, what a POST does once, what nobody learns."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporter.errors import ConfigError, DeliveryError
from reporter.keys import Secret
from reporter.mail import links
from reporter.mail.optin import Letter, depart
from reporter.mail.tokens import Tokens
from reporter.web import guard
from reporter.web.limits import Limit, Limits, of_client
from reporter.web.postman import Refused
from tests.people_made import AT, SECRET, TOKENS, sendable
from tests.web_made import URL, Answer, House, house, later, open_limits, with_archive

LEAVE = f"/leave/{TOKENS.issue(links.LEAVE, '1')}"
FORM = {"content-type": "application/x-www-form-urlencoded"}
PAGES = ["/", "/subscribe", "/asked", LEAVE, f"/confirm/{TOKENS.issue(links.CONFIRM, '1.1')}", "/nothing"]


def confirm_path(letter: Letter) -> str:
    url = links.confirm(URL, letter.subscriber, letter.asked_at, TOKENS)
    assert url.startswith(URL)
    return url.removeprefix(URL)


def test_from_the_form_to_the_list_and_off_again(tmp_path: Path) -> None:
    held = house(tmp_path)
    asked = held.form("/subscribe", address=" Ann.Lee@Example.org ")
    assert (asked.status, asked.header("location")) == (303, "/asked")
    assert sendable(held.people) == []
    assert held.post() == 1
    (letter,) = held.letters
    assert letter.address == "Ann.Lee@example.org"
    path = confirm_path(letter)
    assert "Was it you?" in held.ask("GET", path).text
    assert sendable(held.people) == []
    for _ in range(2):
        assert "You are on the list" in held.form(path).text
        assert sendable(held.people) == ["Ann.Lee@example.org"]
    row = held.people.get(letter.subscriber)
    assert row
    assert (row.source, row.consented_on) == ("web form, confirmed by mail", AT.date())
    leave = links.leave(URL, letter.subscriber, TOKENS).removeprefix(URL)
    assert "Leave the list" in held.ask("GET", leave).text
    assert sendable(held.people) == ["Ann.Lee@example.org"]
    for _ in range(2):
        assert "You have left" in held.form(leave).text
        assert sendable(held.people) == []
    assert held.post() == 0


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shut_against_the_world(tmp_path: Path, path: str) -> None:
    answer = house(tmp_path, "ann@example.org").ask("GET", path)
    held = dict(answer.headers)
    assert "set-cookie" not in held
    assert held["strict-transport-security"].startswith("max-age=")
    assert held["referrer-policy"] == "no-referrer"
    assert held["x-content-type-options"] == "nosniff"
    assert held["x-frame-options"] == "DENY"
    assert held["cache-control"] == "no-store"
    policy = held["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert not re.findall(r"<script|<link|\sstyle=|\son\w+=|https?://", answer.text)
    assert "Made Publishers &lt;GmbH&gt;" in answer.text
    assert answer.text.count("<h1>") == 1


@pytest.mark.parametrize("path", [*PAGES, "/health", "/fonts/BriefSerif-Regular.woff2"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_s_look_changes_nothing(tmp_path: Path, path: str, method: str) -> None:
    held = house(tmp_path, "ann@example.org")
    held.form("/subscribe", address="bob@example.org")
    before = held.dump()
    assert held.ask(method, path).status in {200, 404}
    assert held.dump() == before


def test_one_click_leaves_in_both_encodings_of_rfc_8058(tmp_path: Path) -> None:
    held = house(tmp_path, "ann@example.org", "bob@example.org")
    encoded = held.ask("POST", LEAVE, b"List-Unsubscribe=One-Click", FORM)
    assert encoded.status == 200
    assert sendable(held.people) == ["bob@example.org"]
    parts = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    path = f"/leave/{TOKENS.issue(links.LEAVE, '2')}"
    assert held.ask("POST", path, parts, {"content-type": "multipart/form-data; boundary=x"}).status == 200
    assert sendable(held.people) == []


def bare(answer: Answer) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    return answer.status, answer.headers, answer.body


def test_the_form_answers_alike_whatever_the_address_is(tmp_path: Path) -> None:
    limits = open_limits()
    held = house(
        tmp_path,
        "active@example.org",
        "left@example.org",
        "suppressed@example.org",
        "erased@example.org",
        limits=Limits(limits.client, limits.subscribe, limits.everybody, Limit(1, 3600)),
    )
    held.people.add("pending@example.org", "", None, AT)
    held.people.remove("left@example.org", AT)
    held.people.suppress(3, "hard bounce", "", AT)
    held.people.erase("erased@example.org", AT)
    names = ["active", "left", "suppressed", "erased", "pending", "unknown", "unknown", "machine"]
    answers = [
        held.form("/subscribe", address=f"{name}@example.org", **({"website": "x"} if name == "machine" else {}))
        for name in names
    ]
    assert len({bare(answer) for answer in answers}) == 1
    held.post()
    assert sorted(letter.address.partition("@")[0] for letter in held.letters) == sorted(set(names) - {"machine"})
    assert sendable(held.people) == ["active@example.org"]


def test_the_form_takes_as_long_for_any_address(tmp_path: Path) -> None:
    limits = open_limits()
    held = house(tmp_path, "known@example.org", limits=replace(limits, address=Limit(1, 3600)))
    held = replace(held, site=replace(held.site, floor=0.25))
    for address in ("known@example.org", "unknown@example.org", "unknown@example.org"):
        started = time.monotonic()
        held.form("/subscribe", address=address)
        assert time.monotonic() - started >= 0.25


def test_all_come_back_by_confirming_and_by_nothing_else(tmp_path: Path) -> None:
    held = house(tmp_path, "left@example.org", "suppressed@example.org", "erased@example.org")
    held.people.remove("left@example.org", AT)
    held.people.suppress(2, "hard bounce", "550", AT)
    held.people.erase("erased@example.org", AT)
    later(held, hours=1)
    for name in ("left", "suppressed", "erased"):
        held.form("/subscribe", address=f"{name}@example.org")
    held.post()
    assert sendable(held.people) == []
    for letter in held.letters:
        assert held.form(confirm_path(letter)).status == 200
    assert sendable(held.people) == ["left@example.org", "suppressed@example.org", "erased@example.org"]
    assert held.people.counts()["erased"] == 0
    assert all(not row.reason and not row.detail for row in held.people.rows())


def test_a_link_to_confirm_ends_after_a_week_and_with_a_farewell(tmp_path: Path) -> None:
    held = house(tmp_path)
    held.form("/subscribe", address="ann@example.org")
    held.post()
    path = confirm_path(held.letters[0])
    later(held, days=7, seconds=1)
    stale = held.form(path)
    assert (stale.status, sendable(held.people)) == (410, [])
    later(held, days=-3)
    assert held.form(path).status == 200
    depart(held.people, "1", held.clock())
    assert held.form(path).status == 410
    assert sendable(held.people) == []


def test_a_letter_that_was_asked_for_in_between_does_not_end_the_one_before(tmp_path: Path) -> None:
    held = house(tmp_path)
    for _ in range(2):
        held.form("/subscribe", address="ann@example.org")
        held.post()
        later(held, hours=2)
    assert held.form(confirm_path(held.letters[0])).status == 200
    assert held.form(confirm_path(held.letters[1])).status == 200


@pytest.mark.parametrize(
    "token",
    [
        TOKENS.issue(links.CONFIRM, "1"),
        TOKENS.issue(links.CONFIRM, "1.1795000000"),
        TOKENS.issue("bounce", "1"),
        TOKENS.issue("", "1"),
        Tokens(Secret("another secret of more than thirty-two bytes in all")).issue(links.LEAVE, "1"),
        TOKENS.issue(links.LEAVE, "1")[:-1],
        TOKENS.issue(links.LEAVE, "1") + "A",
        TOKENS.issue(links.LEAVE, "1").replace("MQ.", "Mg."),
        "MQ.",
        ".",
        "1",
    ],
)
def test_a_token_of_another_purpose_opens_nothing(tmp_path: Path, token: str) -> None:
    held = house(tmp_path, "ann@example.org", "bob@example.org")
    before = held.dump()
    for method in ("GET", "POST"):
        assert held.ask(method, f"/leave/{token}").status == 404
    confirm = f"/confirm/{TOKENS.issue(links.LEAVE, '1')}"
    assert held.ask("POST", confirm).status == 404
    assert held.dump() == before


@pytest.mark.parametrize("address", ["", "ann", "ann@localhost", "ann@example.org\r\nBcc: x@example.org", "a b@c.org"])
def test_what_is_no_address_is_told_and_kept_out(tmp_path: Path, address: str) -> None:
    held = house(tmp_path)
    answer = held.form("/subscribe", address=address)
    assert answer.status == 422
    assert "no mail address" in answer.text
    assert held.dump() == []


def test_a_client_may_ask_so_often_and_others_go_on(tmp_path: Path) -> None:
    held = house(tmp_path, limits=Limits())
    answers = [held.form("/subscribe", address=f"a{number}@example.org") for number in range(12)]
    assert [answer.status for answer in answers] == [303] * 10 + [429] * 2
    assert answers[-1].header("retry-after") == "180"
    assert "Wait a few minutes" in answers[-1].text
    assert held.form("/subscribe", "198.51.100.1", address="b@example.org").status == 303
    assert held.ask("GET", "/subscribe").status == 200
    flood = [held.ask("GET", "/asked", client="203.0.113.9").status for _ in range(140)]
    assert flood.count(429) > 0
    assert held.ask("GET", "/asked").status == 200


def test_an_address_gets_few_mails_however_many_ask(tmp_path: Path) -> None:
    held = house(tmp_path, limits=Limits())
    for number in range(9):
        assert held.form("/subscribe", f"192.0.2.{number}", address="ANN@example.org").status == 303
        held.post()
        later(held, minutes=10)
    assert len(held.letters) == 3


def test_a_limit_forgets_the_oldest_and_counts_a_network_as_one() -> None:
    clock = [0.0]
    limit = Limit(2, 10, lambda: clock[0], most=3)
    assert [limit.take("a") for _ in range(3)] == [True, True, False]
    clock[0] = 10.0
    assert [limit.take("a") for _ in range(2)] == [True, False]
    for key in "bcdefg":
        assert limit.take(key)
    assert len(limit) == 3
    assert limit.take("a")
    assert of_client("2001:db8::1") == of_client("2001:db8::ffff:2") != of_client("2001:db8:0:1::1")
    assert of_client("192.0.2.1") != of_client("192.0.2.2")
    assert of_client("nonsense") == "nonsense"


def test_a_body_is_small_and_comes_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = house(tmp_path, "ann@example.org")
    before = held.dump()
    assert held.ask("POST", "/subscribe", b"address=" + b"x" * 9000, FORM).status == 413
    assert held.ask("POST", LEAVE, (b"x" * 1000 for _ in range(9))).status == 413
    assert held.ask("POST", "/subscribe", b"&".join(b"a=1" for _ in range(20)), FORM).status == 400
    assert held.dump() == before
    monkeypatch.setattr(guard, "_PATIENCE", -1.0)
    slow = held.ask("POST", LEAVE, b"List-Unsubscribe=One-Click")
    assert (slow.status, slow.header("connection")) == (408, "close")
    assert held.dump() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
def test_other_methods_are_refused(tmp_path: Path, method: str) -> None:
    held = house(tmp_path, "ann@example.org")
    assert {held.ask(method, path).status for path in ("/subscribe", LEAVE, "/", "/health")} == {405}


def test_nothing_is_made_of_what_a_request_claims(tmp_path: Path) -> None:
    held = house(tmp_path)
    (tmp_path / "site" / "x").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("archive")
    claims = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher", "forwarded": "host=evil.example"}
    answer = with_archive(held, tmp_path / "site").ask("GET", "/x", headers=claims)
    assert "evil" not in str(answer)
    assert answer.header("location") in {"", f"{URL}/x/"}


@pytest.mark.parametrize("prefix", ["", "/list"])
def test_a_path_before_all_may_be_taken_off_by_the_proxy_or_not(tmp_path: Path, prefix: str) -> None:
    held = house(tmp_path, url=f"{URL}/list")
    answer = held.ask("GET", f"{prefix}/subscribe")
    assert answer.status == 200
    assert 'action="/list/subscribe"' in answer.text
    assert held.form(f"{prefix}/subscribe", address="a@example.org").header("location") == "/list/asked"
    assert held.ask("GET", f"{prefix}/fonts/BriefSerif-Regular.woff2").status == 200


@pytest.fixture
def archive(tmp_path: Path) -> House:
    """A site over an output folder with an edition, and what is not for readers."""
    held = house(tmp_path)
    edition = tmp_path / "output" / "made" / "2026-11-22"
    charts = ("charts/niip.svg", "data/niip.csv", "mail/niip.png")
    for name in ("index.html", "briefing.pdf", *charts, "mail/mail.html", ".draft"):
        (edition / name).parent.mkdir(parents=True, exist_ok=True)
        (edition / name).write_text(f"this is {name}")
    (edition / "facts.json").write_text('{"headline": "A bet <on> America"}')
    (tmp_path / "output" / ".made.tmp").mkdir()
    (tmp_path / "output" / ".made.tmp" / "index.html").write_text("half an edition")
    (tmp_path / "secret.txt").write_text("secret of the machine")
    (edition / "charts" / "out.svg").symlink_to(tmp_path / "secret.txt")
    return held


def test_the_archive_shows_editions_and_no_more(archive: House) -> None:
    index = archive.ask("GET", "/")
    assert '<a href="/made/2026-11-22/index.html">A bet &lt;on&gt; America</a>' in index.text
    for name in ("index.html", "briefing.pdf", "charts/niip.svg", "data/niip.csv", "mail/niip.png", "facts.json"):
        answer = archive.ask("GET", f"/made/2026-11-22/{name}")
        assert answer.status == 200
        assert b"this is " in answer.body or name == "facts.json"
        assert "default-src 'none'" in answer.header("content-security-policy")
    assert archive.ask("POST", "/made/2026-11-22/index.html").status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/made/2026-11-22/../../../secret.txt",
        "/made/2026-11-22/charts/../../../../secret.txt",
        "/made/2026-11-22/charts/out.svg",
        "/made/2026-11-22/.draft",
        "/made/2026-11-22/mail/mail.html",
        "/made/2026-11-22/",
        "/made/2026-11-22",
        "/made",
        "/.made.tmp/index.html",
        "//etc/passwd",
        "/etc/passwd",
        "/made\\2026-11-22\\index.html",
        "/made/2026-11-22/index.html\0.svg",
        "/made/2026-11-22/charts/%2e%2e/%2e%2e/secret.txt",
        "/made/2026-11-22/charts/" + "a" * 5000,
    ],
)
def test_no_path_leads_out_of_the_archive(archive: House, path: str) -> None:
    answer = archive.ask("GET", path)
    assert answer.status == 404
    assert "secret of the machine" not in answer.text


def test_what_site_writes_is_served_in_its_place(archive: House, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    (folder / "made").mkdir(parents=True)
    (folder / "feed.xml").write_text("<feed/>")
    (folder / "link").symlink_to(tmp_path / "secret.txt")
    (folder / ".git").write_text("private")
    held = with_archive(archive, folder)
    assert "A bet &lt;on&gt; America" in held.ask("GET", "/").text
    (folder / "index.html").write_text("the public archive")
    assert held.ask("GET", "/").text == "the public archive"
    assert held.ask("GET", "/feed.xml").status == 200
    assert held.ask("GET", "/subscribe").status == 200
    assert {held.ask("GET", path).status for path in ("/link", "/.git", "/../secret.txt")} == {404}


def test_health_tells_whether_the_list_can_be_read(tmp_path: Path) -> None:
    held = house(tmp_path, "ann@example.org")
    assert (held.ask("GET", "/health").status, held.ask("GET", "/health").text) == (200, '{"status":"ok"}')
    held.people.path.write_bytes(b"no database at all, in sixteen bytes and more" * 30)
    for name in ("-wal", "-shm"):
        held.people.path.with_name(held.people.path.name + name).unlink(missing_ok=True)
    assert held.ask("GET", "/health").status == 503
    broken = held.form("/subscribe", address="bob@example.org")
    assert broken.status == 500
    assert "subscribers.sqlite" not in broken.text


def test_the_log_holds_nothing_personal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    held = house(tmp_path, "ann@example.org")
    held.form("/subscribe", client="192.0.2.77", address="bob@example.org")
    held.ask("POST", LEAVE, client="192.0.2.77")
    held.ask("GET", "/a-name/bob@example.org?address=bob@example.org", client="192.0.2.77")
    held.people.path.write_bytes(b"no database at all, in sixteen bytes and more" * 30)
    held.form("/subscribe", address="cat@example.org")
    told = [record.getMessage() for record in caplog.records if record.name == "reporter.web"]
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in told if " in " not in line] == [
        "POST /subscribe 303",
        "POST /leave 200",
        "GET /… 404",
        "POST /subscribe 500",
    ]
    everything = " ".join([*told, caplog.text])
    for personal in ("example.org", "192.0.2.77", LEAVE.rpartition("/")[2], str(tmp_path)):
        assert personal not in everything


def test_the_postman_tries_again_and_gives_up(tmp_path: Path) -> None:
    held = house(tmp_path)
    tried: list[timedelta] = []

    def broken(_: Letter) -> None:
        tried.append(held.clock() - AT)
        message = "no connection"
        raise DeliveryError(message)

    held.site.postman.post = broken
    held.form("/subscribe", address="ann@example.org")
    for _ in range(24 * 60):
        held.post()
        later(held, minutes=1)
    assert len(tried) == 10
    gaps = [after - before for before, after in pairwise(tried)]
    assert gaps == sorted(gaps)
    assert held.people.counts()["pending"] == 1


def test_mail_that_does_not_leave_shows_in_health_and_stops_nothing(tmp_path: Path) -> None:
    held = house(tmp_path)

    def broken(_: Letter) -> None:
        raise ZeroDivisionError

    held.site.postman.post = broken
    for number in range(held.site.postman.alarm):
        held.form("/subscribe", address=f"a{number}@example.org")
    assert held.ask("GET", "/health").status == 503
    assert held.post() == 0
    assert held.people.counts()["pending"] == held.site.postman.alarm


def test_a_mail_that_is_refused_for_good_stops_no_other(tmp_path: Path) -> None:
    held = house(tmp_path)
    taken: list[str] = []

    def post(letter: Letter) -> None:
        if letter.address.startswith("bad"):
            raise Refused
        taken.append(letter.address)

    held.site.postman.post = post
    for name in ("ann", "bad", "cat"):
        held.form("/subscribe", address=f"{name}@example.org")
    assert held.post() == 3
    assert taken == ["ann@example.org", "cat@example.org"]


def test_who_never_confirms_is_forgotten_after_a_month(tmp_path: Path) -> None:
    held = house(tmp_path, "ann@example.org")
    held.people.add("imported@example.org", "", None, AT)
    held.form("/subscribe", address="bob@example.org")
    held.form("/subscribe", address="ann@example.org")
    later(held, days=31)
    held.post()
    assert [row.address for row in held.people.rows()] == ["ann@example.org", "imported@example.org"]


HOSTILE = [
    "../",
    "%2e%2e/",
    "\0",
    "\r\n",
    "<script>",
    "' OR 1=1 --",
    "{{7*7}}",
    "%00",
    "\u202e",
    "A" * 600,
    "=",
    "@",
    ".",
]
pieces = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8"), max_size=12))
paths = st.builds(
    lambda start, rest: start + "".join(rest),
    st.sampled_from(
        ["/", "/subscribe", "/subscribe/", "/confirm/", "/leave/", "/made/2026-11-22/", "/fonts/", "/health", "//"]
    ),
    st.lists(pieces, max_size=3),
)
bodies = st.one_of(
    st.binary(max_size=200),
    st.lists(pieces, max_size=4).map(lambda parts: f"address={''.join(parts)}".encode()),
    st.just(b"List-Unsubscribe=One-Click"),
    st.just(b'--x\r\nContent-Disposition: form-data; name="address"; filename="a"\r\n\r\nann@example.org\r\n--x--\r\n'),
)
kinds = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "",
    ]
)
strange = st.tuples(
    st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "get", "\u00c4"]), paths, bodies, kinds
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(strange, min_size=4, max_size=4))
def test_a_thousand_hostile_requests_change_nothing_and_leak_nothing(
    hostile: House, requests: list[tuple[str, str, bytes, str]]
) -> None:
    before = hostile.dump()
    for method, path, body, kind in requests:
        answer = hostile.ask(method, path, body, {"content-type": kind, "cookie": "a=b", "range": "bytes=0-"})
        assert answer.status < 500, (method, path, body, kind)
        assert not answer.header("set-cookie")
        assert answer.header("content-security-policy").startswith("default-src 'none'")
        for leak in (
            "ann@example.org",
            SECRET.reveal(),
            "Traceback",
            "sqlite",
            str(hostile.people.path.parent),
            "secret of",
        ):
            assert leak not in str(answer.headers)
            assert leak.encode() not in answer.body
        assert b"<script>" not in answer.body
    assert hostile.dump() == before


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A site with somebody on its list."""
    return house(tmp_path_factory.mktemp("hostile"), "ann@example.org")


def test_a_sender_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reporter.commands.serve import site  # noqa: PLC0415
    from reporter.config import Settings  # noqa: PLC0415

    monkeypatch.setenv("REPORTER_SECRET", SECRET.reveal())
    with pytest.raises(ConfigError, match=r"\[mail\] sender"):
        site(Settings())
    assert tmp_path.is_dir()
