"""Speaking SMTP: with a server by other hands, by TLS that is verified, with a login, and never fooled."""

from __future__ import annotations

import ipaddress
import ssl
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.errors import ConfigError
from reporter.keys import Secret
from reporter.mail.policy import Reply, Stage
from reporter.mail.smtp import Answer, Connection, NoAnswer, NotTaken
from reporter.mail.smtp_hello import Patience, Relay, Unreachable
from tests.smtp_sender import Letter
from tests.smtp_server import CLOSE, SILENT, Server

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TAKEN = Answer(Stage.FINAL, Reply(250, "2.0.0 Ok: taken"))
LETTER = Letter("reader@example.org", b"Subject: Made\r\n\r\nWords.\r\n")


OPENED: list[Connection] = []


def connect(relay: Relay) -> Connection:
    """A connection that is closed when the test is over."""
    OPENED.append(Connection(relay))
    return OPENED[-1]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def nothing() -> None:
    """Before the dot."""


class Handler:
    """Keeps what aiosmtpd hands over."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 2.0.0 Ok: taken"


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def other(handler: Handler, unused: int) -> Iterator[Relay]:
    controller = Controller(handler, hostname="127.0.0.1", port=unused)
    controller.start()
    yield Relay("127.0.0.1", unused, "none", helo="test")
    controller.stop()


@pytest.fixture
def unused() -> int:
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


TEXT = st.text(st.characters(codec="ascii", exclude_characters="\r\n"), max_size=20)


@pytest.mark.parametrize("ending", [b"", b"\r\n"])
def test_another_server_gets_exactly_what_was_made(other: Relay, handler: Handler, ending: bytes) -> None:
    lines = [b"Subject: Made", b"", b".", b"..", b".a", b"a.", b"", b".", b"x" * 998, b".end"]
    data = b"\r\n".join(lines) + ending
    connection = connect(other)
    for _ in range(3):
        assert connection.deliver(Letter("reader@example.org", data), nothing) == TAKEN
    connection.quit()
    whole = data if data.endswith(b"\r\n") else data + b"\r\n"
    assert handler.mails == [("bounces@example.org", ["reader@example.org"], whole)] * 3


def test_any_lines_arrive_at_another_server_as_they_are(other: Relay, handler: Handler) -> None:
    connection = connect(other)

    @settings(max_examples=30, deadline=None)
    @given(lines=st.lists(TEXT | st.just("."), min_size=1, max_size=8))
    def arrive(lines: list[str]) -> None:
        data = ("\r\n".join(["Subject: x", "", *lines]) + "\r\n").encode("ascii")
        assert connection.deliver(Letter("reader@example.org", data), nothing) == TAKEN
        assert handler.mails[-1][2] == data

    arrive()
    connection.quit()


def test_the_note_is_taken_after_the_content_and_before_the_dot() -> None:
    with Server() as server:
        connection = connect(server.relay())
        seen: list[int] = []
        connection.deliver(LETTER, lambda: seen.append(len(server.mails)))
        assert seen == [0]
        assert len(server.mails) == 1


def test_a_note_that_cannot_be_taken_keeps_the_dot_back() -> None:
    def broken() -> None:
        raise OSError

    with Server() as server:
        connection = connect(server.relay())
        with pytest.raises(OSError):  # noqa: PT011 -- the very one
            connection.deliver(LETTER, broken)
        assert not connection.is_usable
    assert server.mails == []


def test_the_three_ends() -> None:
    with Server({"DATA": [CLOSE], "DOT": [SILENT]}) as server:
        relay = server.relay()
        with pytest.raises(NotTaken):
            connect(relay).deliver(LETTER, nothing)
        with pytest.raises(NoAnswer, match="no answer in time"):
            connect(relay).deliver(LETTER, nothing)
        assert connect(relay).deliver(LETTER, nothing) == TAKEN


def test_commands_go_in_one_go_where_that_is_offered_and_not_where_it_is_not() -> None:
    with Server({"RCPT": ["550 no"]}, ()) as server:
        connect(server.relay()).deliver(LETTER, nothing)
        assert [command.split(" ")[0] for command in server.said] == ["EHLO", "MAIL", "RCPT", "RSET"]
    with Server({"RCPT": ["550 no"]}) as server:
        connect(server.relay()).deliver(LETTER, nothing)
        assert [command.split(" ")[0] for command in server.said] == ["EHLO", "MAIL", "RCPT", "DATA", "RSET"]


def test_eight_bits_go_only_where_they_are_offered() -> None:
    letter = Letter("reader@example.org", "Subject: x\r\n\r\nbüro\r\n".encode())
    with Server() as server:
        assert connect(server.relay()).deliver(letter, nothing) == TAKEN
        assert server.said[1].endswith(" BODY=8BITMIME")
    with Server(offers=()) as server, pytest.raises(ValueError, match="8BITMIME"):
        connect(server.relay()).deliver(letter, nothing)


@pytest.mark.parametrize(
    "address", ["", "a", "a b@x.org", "a@x.org>", "<a@x.org", "a@x.org\r\nDATA", "ä@x.org", "a\0@x"]
)
def test_no_address_gets_out_of_its_brackets(address: str) -> None:
    with Server() as server:
        connection = connect(server.relay())
        for letter in (Letter(address, LETTER.data), Letter("a@example.org", LETTER.data, address)):
            with pytest.raises(ValueError, match="cannot be written to"):
                connection.deliver(letter, nothing)
    assert server.said == ["EHLO test"]


class Certified:
    """An authority of its own, a certificate for 127.0.0.1, and contexts of both sides."""

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made")])
        now = datetime.now(UTC)
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate = folder / "certificate.pem"
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        private = folder / "key.pem"
        plain = serialization.NoEncryption()
        private.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
        )
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(self.certificate, private)
        self.client = ssl.create_default_context(cafile=self.certificate)


def by_tls(server: Server, **more: object) -> Relay:
    held = server.relay(Patience(connect=5, command=5, data=5, final=5))
    fields = {"security": "starttls", **more}
    return Relay(held.host, held.port, helo="test", patience=held.patience, **fields)  # type: ignore[arg-type]


def test_mail_goes_by_tls_after_starttls_and_ehlo_is_said_again(tmp_path: Path) -> None:
    certified = Certified(tmp_path)
    with Server(offers=("STARTTLS", "PIPELINING"), tls=certified.server) as server:
        connection = connect(by_tls(server, context=certified.client))
        assert connection.deliver(LETTER, nothing) == TAKEN
        connection.quit()
    assert server.said[:3] == ["EHLO test", "STARTTLS", "EHLO test"]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9"])
def test_a_certificate_that_does_not_hold_ends_it_before_any_mail(tmp_path: Path, address: str) -> None:
    """By default nobody vouches for it; with its authority known, its name is another."""
    certified = Certified(tmp_path, address)
    context = certified.client if address != "127.0.0.1" else None
    with Server(offers=("STARTTLS",), tls=certified.server) as server:
        with pytest.raises(ConfigError, match="certificate does not hold"):
            connect(by_tls(server, context=context, user="me", password=Secret("word")))
        assert server.said == ["EHLO test", "STARTTLS"]


def test_without_starttls_nothing_is_said_but_hello() -> None:
    with Server() as server:
        with pytest.raises(ConfigError, match="does not offer STARTTLS"):
            connect(by_tls(server, user="me", password=Secret("word")))
        assert server.said == ["EHLO test"]


def test_what_is_slipped_in_before_tls_ends_it(tmp_path: Path) -> None:
    certified = Certified(tmp_path)
    script = {"STARTTLS": ["220 go ahead\r\n250 injected"]}
    with (
        Server(script, ("STARTTLS",), tls=certified.server) as server,
        pytest.raises(Unreachable, match="more than its reply before TLS"),
    ):
        connect(by_tls(server, context=certified.client))


def test_a_login_by_plain() -> None:
    with Server(offers=("AUTH LOGIN PLAIN",)) as server:
        connect(by_tls(server, security="none", user="me", password=Secret("wörd")))
    method, word = server.said[1].removeprefix("AUTH ").split(" ")
    assert (method, b64decode(word).decode()) == ("PLAIN", "\0me\0wörd")


def test_a_login_by_login() -> None:
    script = {"AUTH": ["334 VXNlcm5hbWU6"], "bWU=": ["334 UGFzc3dvcmQ6"], "d29yZA==": ["235 2.7.0 welcome"]}
    with Server({name.upper(): steps for name, steps in script.items()}, ("AUTH LOGIN",)) as server:
        connect(by_tls(server, security="none", user="me", password=Secret("word")))
    assert server.said[1:] == ["AUTH LOGIN", "bWU=", "d29yZA=="]


@pytest.mark.parametrize(
    ("reply", "kind"), [("535 5.7.8 no such word", ConfigError), ("454 4.7.0 not just now", Unreachable)]
)
def test_a_refused_login_says_so_and_never_the_password(reply: str, kind: type[Exception]) -> None:
    relay_offers = ("AUTH PLAIN",)
    with Server({"AUTH": [reply]}, relay_offers) as server, pytest.raises(kind, match=reply[4:9]) as caught:
        connect(by_tls(server, security="none", user="me", password=Secret("sesame")))
    assert "sesame" not in f"{caught.value!r}{caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("password", "said"), [(None, "REPORTER_SMTP_PASSWORD_FILE"), (Secret("word"), "offers no login")]
)
def test_a_login_that_cannot_be_says_what_to_mend(password: Secret | None, said: str) -> None:
    with Server() as server, pytest.raises(ConfigError, match=said):
        connect(by_tls(server, security="none", user="me", password=password))


def test_where_nobody_listens_it_says_where(unused: int) -> None:
    with pytest.raises(Unreachable, match=f"127.0.0.1:{unused} does not answer"):
        connect(Relay("127.0.0.1", unused, "none"))
