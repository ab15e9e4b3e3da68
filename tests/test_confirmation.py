"""The mail that asks whether it was you: one recipient, nothing of anybody else's, signed where a key is set."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reporter import brand, resources
from reporter.config import Brand, Dkim, Mail
from reporter.errors import ConfigError, RenderError
from reporter.mail import links
from reporter.mail.confirmation import written
from reporter.mail.optin import Letter
from reporter.web.forms import Pages
from tests.people_made import TOKENS
from tests.web_made import URL, settings

LETTER = Letter(17, "ann@example.org", 1795327200)


def text(held: Pages) -> str:
    return held.text("confirmation.txt.j2", url=links.confirm(URL, LETTER.subscriber, LETTER.asked_at, TOKENS))


def pages() -> Pages:
    return Pages((resources.templates_folder(),), brand.load(settings().brand), settings())


def test_the_mail_says_who_asks_and_where_to_press() -> None:
    made = written(LETTER, text(pages()), settings(), TOKENS)
    assert (made.envelope_from, made.envelope_to) == ("briefing@example.org", "ann@example.org")
    mail = message_from_bytes(made.data, policy=policy.default)
    assert mail["From"] == "The Briefing <briefing@example.org>"
    assert mail["To"] == "ann@example.org"
    assert mail["Subject"].startswith("Was it you?")
    assert mail["Date"] == "Sun, 22 Nov 2026 06:00:00 +0000"
    body = str(mail.get_content())
    assert links.confirm(URL, 17, 1795327200, TOKENS) in body
    assert "Made Street 1, 10115 Berlin" in body
    assert "Made Publishers <GmbH>" in body
    assert "ann" not in body
    assert made.data.isascii()
    assert b"\n" not in made.data.replace(b"\r\n", b"")
    assert max(map(len, made.data.split(b"\r\n"))) <= 78
    assert written(LETTER, text(pages()), settings(), TOKENS) == made


def test_a_brand_of_any_letters_breaks_nothing() -> None:
    own = replace(settings(), brand=Brand(name="Zürcher “Brief” & Söhne"), mail=Mail(sender="Zoë <z@example.org>"))
    held = Pages((resources.templates_folder(),), brand.load(own.brand), own)
    mail = message_from_bytes(written(LETTER, text(held), own, TOKENS).data, policy=policy.default)
    assert mail["Subject"] == "Was it you? Zürcher “Brief” & Söhne"
    assert "Zürcher “Brief” & Söhne" in str(mail.get_content())


def test_it_is_signed_where_a_key_is_set(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "dkim.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    path.chmod(0o600)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    signed = replace(settings(), dkim=Dkim("example.org", "made", path))
    made = written(LETTER, text(pages()), signed, TOKENS)
    assert dkim.verify(made.data, dnsfunc=lambda *_, **__: record)
    assert not dkim.verify(made.data.replace(b"confirm", b"CONFIRM"), dnsfunc=lambda *_, **__: record)


def test_without_a_sender_or_words_there_is_no_mail() -> None:
    with pytest.raises(ConfigError, match="sender"):
        written(LETTER, "a\nb", replace(settings(), mail=Mail()), TOKENS)
    with pytest.raises(RenderError, match="first line is the subject"):
        written(LETTER, "only a subject\n", settings(), TOKENS)
