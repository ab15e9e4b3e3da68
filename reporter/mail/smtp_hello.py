"""Getting through to a relay: greeting, EHLO, TLS, login.

TLS is verified; off this machine it is required, and so comes before any password: the settings refuse anything else.
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal

from reporter.errors import ConfigError, DeliveryError
from reporter.keys import Secret
from reporter.mail.policy import Reply
from reporter.mail.smtp_wire import NotSmtp, Wire, why

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait, RFC 5321 4.5.3.2; after the final dot ten minutes, or a busy server's mails come twice."""

    connect: float = 30
    command: float = 300
    data: float = 180
    final: float = 600


@dataclass(frozen=True)
class Relay:
    """A server that takes mail, and how to speak to it."""

    host: str
    port: int = 25
    security: Security = "starttls"
    user: str = ""
    password: Secret | None = None
    helo: str = ""
    patience: Patience = field(default_factory=Patience)
    context: ssl.SSLContext | None = None  # for a test's own certificate; by default the system's authorities


class Unreachable(DeliveryError):
    """There is no connection to the relay just now."""


def greeted(relay: Relay) -> tuple[Wire, dict[str, str]]:
    """A connection that is ready for mail, and what the server offers: name and parameters.

    Raise Unreachable, or ConfigError where waiting would not help.
    """
    try:
        plain = socket.create_connection((relay.host, relay.port), relay.patience.connect)
    except OSError as error:
        message = f"{relay.host}:{relay.port} does not answer: {why(error)}"
        raise Unreachable(message) from error
    hello = _Hello(relay, Wire(plain))
    try:
        hello.greet()
    except OSError as error:
        hello.wire.close()
        message = f"{relay.host}:{relay.port}: {why(error)}"
        raise Unreachable(message) from error
    except BaseException:
        hello.wire.close()
        raise
    return hello.wire, hello.offers


@dataclass
class _Hello:
    relay: Relay
    wire: Wire
    offers: dict[str, str] = field(default_factory=dict)

    def greet(self) -> None:
        relay = self.relay
        if relay.security == "tls":
            self._secure()
        self._expect(self.wire.reply(relay.patience.command), "its greeting")
        self._hello()
        if relay.security == "starttls":
            if "STARTTLS" not in self.offers:
                message = f"{relay.host}:{relay.port} does not offer STARTTLS; mend [smtp] security, host or port"
                raise ConfigError(message)
            self._expect(self._command("STARTTLS"), "STARTTLS")
            self._secure()
            self._hello()
        if relay.user:
            self._login(relay.user)

    def _secure(self) -> None:
        try:
            self.wire.secure(self.relay.context or ssl.create_default_context(), self.relay.host)
        except ssl.SSLCertVerificationError as error:
            message = f"{self.relay.host}: its certificate does not hold: {error.verify_message}; nothing was sent"
            raise ConfigError(message) from error

    def _hello(self) -> None:
        self.wire.send(f"EHLO {self.relay.helo or _own_name()}\r\n".encode("ascii"), self.relay.patience.command)
        reply, lines = self.wire.lines(self.relay.patience.command)
        self._expect(reply, "EHLO")
        words = (line.upper().replace("=", " ", 1).split(None, 1) for line in lines[1:] if line)
        self.offers = {held[0]: held[1] if len(held) > 1 else "" for held in words}

    def _login(self, user: str) -> None:
        """AUTH PLAIN or LOGIN (RFC 4954, 4616); never in the clear off this machine, which the settings see to."""
        if self.relay.password is None:
            message = "[smtp] user is set and no password: set REPORTER_SMTP_PASSWORD_FILE to the path of its file"
            raise ConfigError(message)
        password = self.relay.password.reveal()
        offered = self.offers.get("AUTH", "").split()
        if "PLAIN" in offered:
            reply = self._command("AUTH PLAIN " + _base64(f"\0{user}\0{password}"))
        elif "LOGIN" in offered:
            reply = self._command("AUTH LOGIN")
            for word in (user, password):
                reply = self._command(_base64(word)) if reply.code == 334 else reply  # noqa: PLR2004 -- RFC 4954 4
        else:
            message = f"{self.relay.host} offers no login by PLAIN or LOGIN; mend [smtp] user, host or port"
            raise ConfigError(message)
        if reply.code // 100 == 5:  # noqa: PLR2004 -- for good
            message = f"{self.relay.host} refuses the login of [smtp] user: {reply.redacted()}"
            raise ConfigError(message)
        self._expect(reply, "the login")

    def _command(self, line: str) -> Reply:
        self.wire.send(f"{line}\r\n".encode(), self.relay.patience.command)
        return self.wire.reply(self.relay.patience.command)

    def _expect(self, reply: Reply, what: str) -> None:
        if reply.code // 100 != 2:  # noqa: PLR2004 -- 2xx
            message = f"answered {what} with {reply.redacted()}"
            raise NotSmtp(message)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _own_name() -> str:
    """What this machine calls itself, or its address where that is no name, RFC 5321 4.1.3."""
    name = socket.getfqdn()
    return name if "." in name and re.fullmatch(r"[A-Za-z0-9.-]+", name) else "[127.0.0.1]"
