"""SMTP to a relay: one mail at a time to one person, RFC 5321, so that each has its own answer.

What makes it crash-exact is `Connection.deliver`: the caller's `before_dot` runs after the whole message has left and
before the final dot does. Until then the server throws away what it got; from then on it may have taken it, and only
its answer can say. So there are three ends: an answer, `NotTaken` (certainly not there) and `NoAnswer` (in doubt).

Commands are sent in one go where the server offers PIPELINING (RFC 2920). A message with a bare CR or LF is refused
before a byte of it leaves: servers that read those as line ends would find other mails in it (SMTP smuggling).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from reporter.errors import ConfigError
from reporter.mail.policy import Reply, Stage
from reporter.mail.smtp_hello import Relay, greeted
from reporter.mail.smtp_wire import why
from reporter.mail.stuffing import Stuffing

_PATH = re.compile(r"[!-;=?-~]{1,255}")  # printable ASCII without blanks and angle brackets
_CLOSING = 421
_DATA_FOLLOWS = 354


class Message(Protocol):
    """A mail to one person: the envelope, and the whole of it with CRLF line ends and no dots stuffed."""

    @property
    def envelope_from(self) -> str:
        """Where it comes back to."""

    @property
    def envelope_to(self) -> str:
        """Whose it is."""

    @property
    def data(self) -> bytes:
        """Head and body."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How far a mail came, and the reply that ended it; a 2xx to the final dot is a delivery."""

    stage: Stage
    reply: Reply


class NotTaken(Exception):
    """The connection broke before the final dot left: the server has nothing."""


class NoAnswer(Exception):
    """The final dot may have left, and no answer came."""


class Connection:
    """A session with a relay. Raise Unreachable, or ConfigError where waiting would not help."""

    def __init__(self, relay: Relay) -> None:
        self._patience = relay.patience
        self._stuffing = Stuffing()
        self.is_usable = True
        self._wire, self.offers = greeted(relay)

    def deliver(self, message: Message, before_dot: Callable[[], None]) -> Answer:
        """Hand over one mail; see the module for its three ends.

        Raise ValueError, with nothing sent, where the message or its envelope cannot be sent to anybody.
        """
        head, body = self._head(message), self._stuffing.parts(message.data)
        try:
            refused = self._open(head) or self._pour(body)
        except OSError as error:
            self.close()
            raise NotTaken(why(error)) from error
        if refused:
            return refused
        try:
            before_dot()
        except BaseException:
            self.close()  # without the dot, which is how the server learns to forget the mail
            raise
        try:
            self._wire.send(b".\r\n", self._patience.data)
        except OSError as error:  # the system has not taken the three bytes, so nobody else has
            self.close()
            raise NotTaken(why(error)) from error
        try:
            reply = self._wire.reply(self._patience.final)
        except OSError as error:
            self.close()
            raise NoAnswer(why(error)) from error
        if reply.code == _CLOSING:
            self.close()
        return Answer(Stage.FINAL, reply)

    def quit(self) -> None:
        """Say goodbye, and do not wait long for the answer."""
        if self.is_usable:
            with suppress(OSError):
                self._wire.send(b"QUIT\r\n", self._patience.connect)
                self._wire.reply(min(5, self._patience.command))
        self.close()

    def close(self) -> None:
        """End the connection as it is."""
        self.is_usable = False
        self._wire.close()

    def _open(self, head: tuple[bytes, bytes]) -> Answer | None:
        """MAIL, RCPT and DATA; what refused the mail, or None where its content may follow."""
        commands = (*head, b"DATA\r\n")
        at_once = "PIPELINING" in self.offers
        if at_once:
            self._wire.send(b"".join(commands), self._patience.command)
        refused: Answer | None = None
        for stage, command in zip((Stage.MAIL, Stage.RCPT, Stage.DATA), commands, strict=True):
            if not at_once:
                self._wire.send(command, self._patience.command)
            reply = self._wire.reply(self._patience.command)
            went = reply.code == _DATA_FOLLOWS if stage is Stage.DATA else reply.code // 100 == 2  # noqa: PLR2004
            if reply.code == _CLOSING:
                self.close()
                return refused or Answer(stage, reply)
            if stage is Stage.DATA and refused and went:
                self._nothing()
            if not went:
                refused = refused or Answer(stage, reply)
                if not at_once:
                    break
        if refused:
            self._reset()
        return refused

    def _pour(self, body: Iterable[bytes]) -> Answer | None:
        """The content, without its final dot; a server that refuses it midway says so before it closes."""
        try:
            for part in body:
                self._wire.send(part, self._patience.data)
        except OSError:
            try:
                reply = self._wire.reply(1)
            finally:
                self.close()
            return Answer(Stage.DATA, reply)
        return None

    def _nothing(self) -> None:
        """The server waits for a content though nobody is to get it: it gets an empty one, RFC 2920 3.1."""
        self._wire.send(b".\r\n", self._patience.data)
        self._wire.reply(self._patience.final)

    def _reset(self) -> None:
        """Forget the refused mail; a server that cannot is not spoken to again."""
        try:
            self._wire.send(b"RSET\r\n", self._patience.command)
            if self._wire.reply(self._patience.command).code // 100 != 2:  # noqa: PLR2004 -- 2xx
                self.close()
        except OSError:
            self.close()

    def _head(self, message: Message) -> tuple[bytes, bytes]:
        size, limit = len(message.data), self.offers.get("SIZE", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            text = f"a mail has {size:,} bytes and the server takes {int(limit):,}; hosted images make it smaller"
            raise ConfigError(text)
        extra = f" SIZE={size}" if "SIZE" in self.offers else ""
        if not message.data.isascii():
            if "8BITMIME" not in self.offers:
                text = "the message is not ASCII, and the server does not offer 8BITMIME"
                raise ValueError(text)
            extra += " BODY=8BITMIME"
        sender, recipient = _path(message.envelope_from), _path(message.envelope_to)
        return f"MAIL FROM:<{sender}>{extra}\r\n".encode("ascii"), f"RCPT TO:<{recipient}>\r\n".encode("ascii")


def _path(address: str) -> str:
    """An address as an envelope may bear it; raise ValueError, which does not quote it, where it may not."""
    if not _PATH.fullmatch(address) or "@" not in address:
        message = "the envelope's address cannot be written to: it holds blanks, brackets or signs that are not ASCII"
        raise ValueError(message)
    return address
