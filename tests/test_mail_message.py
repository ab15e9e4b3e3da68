"""The message: read back by the standard library, it is what was made; nobody's name makes another header of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.config import Mail, Settings
from reporter.errors import ConfigError, DeliveryError
from reporter.mail import headers, links, parts, verp
from reporter.mail.headers import UnsafeHeader
from reporter.mail.message import Mould, Recipient, mould
from reporter.render.mailed import MARKS
from tests.letters_made import ANN, MAIL, PDF, SETTINGS, TOKENS, made_folder, made_parts

KEY = "made/2026-11-22"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_folder(tmp_path_factory.mktemp("edition"))


@pytest.fixture(scope="module")
def held(folder: Path) -> Mould:
    return mould(folder, SETTINGS, TOKENS)


def changed(**mail: Any) -> Settings:  # noqa: ANN401 -- one field or another
    return replace(SETTINGS, mail=replace(MAIL, **mail))


def read(data: bytes) -> EmailMessage:
    """The message as the standard library reads it, without a defect."""
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not [defect for part in found.walk() for defect in part.defects]
    return found


def shape(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_it_is_text_html_and_pictures(held: Mould) -> None:
    message = read(held.fill(ANN).data)
    kinds = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png"]
    assert shape(message) == kinds
    leave = links.leave("https://example.org", ANN.id, TOKENS)
    told = {"reporter:unsubscribe": leave, "reporter:address": ANN.address}
    plain, html = made_parts().text, made_parts().html
    for mark, value in told.items():
        plain, html = plain.replace(mark, value), html.replace(mark, value)
    bodies = {
        part.get_content_type(): part.get_content().replace("\r\n", "\n")
        for part in message.walk()
        if part.get_content_maintype() == "text"
    }
    assert bodies["text/plain"] == plain
    assert re.sub(r'src="cid:(\w+)\.[^"]+"', r'src="\1.png"', bodies["text/html"]) == html
    assert all(mark not in plain + html for mark in MARKS)


def test_each_picture_is_the_one_that_the_html_shows(held: Mould) -> None:
    message = read(held.fill(ANN).data)
    html = next(part.get_content() for part in message.walk() if part.get_content_type() == "text/html")
    shown = re.findall(r'src="cid:([^"]+)"', html)
    pictures = {
        part["Content-ID"].strip("<>"): part for part in message.walk() if part.get_content_maintype() == "image"
    }
    assert set(shown) == set(pictures)
    for cid, part in pictures.items():
        assert part.get_content() == made_parts().images[part.get_filename() or ""]
        assert cid.startswith(f"{Path(part.get_filename() or '').stem}.")
        assert part.get_content_disposition() == "inline"


def test_with_the_pdf_it_is_mixed_and_with_hosted_pictures_none_travels(folder: Path) -> None:
    message = read(mould(folder, changed(pdf="attached", images="hosted"), TOKENS).fill(ANN).data)
    assert shape(message) == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]
    attached = [*message.iter_attachments()]
    assert [part.get_filename() for part in attached] == ["made-2026-11-22.pdf"]
    assert attached[0].get_content() == PDF
    body = message.get_body(("html",))
    assert body
    assert 'src="https://example.org/made/2026-11-22/mail/niip.png"' in body.get_content()


def test_its_headers(held: Mould) -> None:
    sent = held.fill(ANN)
    message = read(sent.data)
    leave = links.leave("https://example.org", ANN.id, TOKENS)
    assert message["From"] == "The External Account <briefing@example.org>"
    assert message["Reply-To"] == "desk@example.org"
    assert message["To"] == "Ann Lee <ann@example.org>"
    assert message["Subject"] == made_parts().subject
    assert message["Date"] == "Sun, 22 Nov 2026 00:00:00 +0000"
    assert message["Message-ID"] == sent.message_id
    assert message["List-Id"].endswith("<account.example.org>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert re.fullmatch(r"2026-11-22:made:edition:[0-9a-f]{12}", message["Feedback-ID"])
    https, mailto = re.findall("<([^>]+)>", message["List-Unsubscribe"])
    assert https == leave
    address, _, subject = mailto.removeprefix("mailto:").partition("?subject=")
    assert unquote(subject) == f"unsubscribe {leave.rpartition('/')[2]}"
    assert verp.read(address, "bounces@example.org", TOKENS) == (verp.shortened(KEY), ANN.id)
    assert (sent.envelope_from, sent.envelope_to) == (address, ANN.address)


def test_one_person_one_edition_one_message(folder: Path, held: Mould) -> None:
    again = mould(folder, SETTINGS, TOKENS)
    assert again.fill(ANN) == held.fill(ANN)
    other = held.fill(replace(ANN, id=8))
    assert other.message_id != held.fill(ANN).message_id
    dated = mould(folder, SETTINGS, TOKENS, datetime(2026, 11, 23, 6, 30, 1, 999, tzinfo=UTC)).fill(ANN)
    assert read(dated.data)["Date"] == "Mon, 23 Nov 2026 06:30:01 +0000"
    assert dated.message_id == held.fill(ANN).message_id


def sound(data: bytes) -> None:
    """What SMTP asks of a message: no bare CR or LF, no line too long, ASCII."""
    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 78


@pytest.mark.parametrize("how", [{}, {"pdf": "attached"}, {"images": "hosted"}])
def test_its_lines_are_what_smtp_asks_for(folder: Path, how: dict[str, str]) -> None:
    sound(mould(folder, changed(**how), TOKENS).fill(ANN).data)


hostile = st.text(
    st.one_of(
        st.sampled_from('\r\n\0\t<>@,;:"\\()=? éß漢\u2028\u202e\x85'),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)
encoded = hostile.map(lambda text: f"=?utf-8?q?{''.join(f'={byte:02x}' for byte in text.encode())}?=")


@settings(deadline=None, max_examples=300)
@given(name=hostile | encoded)
def test_whatever_the_name_it_makes_no_header(held: Mould, name: str) -> None:
    plain = read(held.fill(ANN).data)
    try:
        sent = held.fill(replace(ANN, name=name))
    except UnsafeHeader:
        assert not name.isprintable() or "=?" in name
        return
    sound(sent.data)
    message = read(sent.data)
    assert message.keys() == plain.keys()
    assert [address.addr_spec for address in message["To"].addresses] == [ANN.address]
    for key in set(plain.keys()) - {"To"}:
        assert message[key] == plain[key]
    assert message.get_payload(0).as_bytes() == plain.get_payload(0).as_bytes()  # type: ignore[union-attr]


@settings(deadline=None, max_examples=200)
@given(address=hostile.map(lambda text: f"{text}@example.org") | hostile)
def test_whatever_the_address_it_makes_no_header(held: Mould, address: str) -> None:
    try:
        sent = held.fill(replace(ANN, address=address))
    except UnsafeHeader:
        return
    sound(sent.data)
    message = read(sent.data)
    assert [found.addr_spec for found in message["To"].addresses] == [address]
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "name", ["Ann Lee", "O’Neill, Seán", 'Ann "the" \\ Lee', "李 小龙 " * 20 + "Li", "Lee, Ann (home)", "=?x?="]
)
def test_a_name_comes_out_as_it_went_in(held: Mould, name: str) -> None:
    data = held.fill(replace(ANN, name=name)).data
    # The old interface: the new one of Python 3.11 sets a blank between two encoded words, against RFC 2047, 6.2.
    raw = str(message_from_bytes(data)["To"])
    display, address = parseaddr(raw)
    assert (str(make_header(decode_header(display))), address) == (name, ANN.address)


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "=?utf-8?q?a=0d=0aBcc:_x?=", "a\u2028b", "\0"]
)
def test_a_line_break_is_refused_before_and_after_it_is_decoded(value: str) -> None:
    # What has to be encoded is refused before; what is encoded already, once it has been read.
    with pytest.raises(UnsafeHeader, match="To: the value holds a control character"):
        (headers.refuse_encoded if value.startswith("=?") else headers.refuse)("To", value)


def test_the_finished_block_is_held_against_its_fields() -> None:
    assert headers.block([("To", "a@b"), ("Subject", "x\r\n y")]) == b"To: a@b\r\nSubject: x\r\n y\r\n"
    for value in ("a\r\nBcc: b", "a\r\n\r\nbody", "a\r\n \r\nb", "a\nb", "a\rb", "é", " a", "a\r\n", "a" * 999):
        with pytest.raises(UnsafeHeader):
            headers.block([("To", "a@b"), ("Subject", value), ("Date", "x")])


@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")), value=st.text("aé=. <&"))
def test_what_takes_a_marks_place_is_read_where_the_mark_stood(text: str, value: str) -> None:
    mark = MARKS[0]
    made = parts.quoted(f"{text}{mark}{text}\n", [mark])
    line = parts.SOFT + mark.encode() + parts.SOFT
    # At the start of the text nothing stands before the mark.
    whole = made.replace(line, parts.SOFT + parts.filled(value) + parts.SOFT) if line in made else None
    if whole is None:
        assert not text
        return
    message = read(
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + whole
    )
    assert message.get_content().replace("\r\n", "\n") == f"{text}{value}{text}\n"


@pytest.mark.parametrize(
    ("settings_", "words"),
    [
        (Settings(), "sender is needed"),
        (Settings(mail=Mail(sender="a@example.org")), "postal_address is needed"),
        (replace(SETTINGS, site=Settings().site), "url is needed"),
    ],
)
def test_what_a_mail_must_have_is_asked_for(folder: Path, settings_: Settings, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        mould(folder, settings_, TOKENS)


@pytest.mark.parametrize("name", ["facts.json", "mail/mail.json", "mail/mail.html", "mail/mail.txt", "mail/niip.png"])
def test_a_folder_without_a_mail_is_refused(tmp_path: Path, name: str) -> None:
    made_folder(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(DeliveryError, match="build the edition anew"):
        mould(tmp_path, SETTINGS, TOKENS)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda html: html.replace("reporter:unsubscribe", "x"), "without a link to unsubscribe"),
        (lambda html: html.replace('src="niip.png"', 'src="x.png"'), "niip.png is not shown exactly once"),
        (lambda html: html + "y" * 100_000, "are more than 100,000"),
    ],
)
def test_a_mail_that_must_not_leave_is_refused(tmp_path: Path, spoil: object, words: str) -> None:
    assert callable(spoil)
    parts_ = made_parts()
    made_folder(tmp_path, SETTINGS, replace(parts_, html=spoil(parts_.html)))
    with pytest.raises(DeliveryError, match=words):
        mould(tmp_path, SETTINGS, TOKENS)


def test_a_mail_made_for_another_site_is_refused(folder: Path) -> None:
    moved = replace(SETTINGS, site=replace(SETTINGS.site, url="https://example.net"))
    with pytest.raises(DeliveryError, match="build the edition again"):
        mould(folder, moved, TOKENS)


def test_somebody_without_a_name_is_written_to(held: Mould) -> None:
    assert read(held.fill(Recipient(9, "a@example.org")).data)["To"] == "a@example.org"
