"""A socket that speaks SMTP's lines: sends, and reads replies by a deadline.

A reply is waited for as a whole, not from one byte to the next: a server that drips cannot hold a connection for ever.
"""

from __future__ import annotations

import re
import socket
import ssl
import time

from reporter.mail.policy import Reply

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)  # RFC 5321 4.2
_LARGEST = 65536  # bytes of a line; RFC 5321 allows 512
_MOST_LINES = 256
_CHUNK = 65536


class NotSmtp(OSError):
    """What came is no reply of SMTP."""


class Wire:
    """One connection, in the clear or by TLS. Its methods raise OSError where it is broken, TimeoutError among them."""

    def __init__(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the final dot goes alone, and at once
        self._socket: socket.socket = plain
        self._held = b""

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Go on by TLS, with a certificate of `host`; raise ssl.SSLCertVerificationError where it is not."""
        if self._held:
            message = "the server sent more than its reply before TLS: somebody may sit in between"
            raise NotSmtp(message)
        self._socket = context.wrap_socket(self._socket, server_hostname=host)

    def send(self, content: bytes, seconds: float) -> None:
        """Send all of it."""
        self._socket.settimeout(seconds)
        self._socket.sendall(content)

    def reply(self, seconds: float) -> Reply:
        """The next reply."""
        return self.lines(seconds)[0]

    def lines(self, seconds: float) -> tuple[Reply, list[str]]:
        """The next reply, and the text of each of its lines."""
        deadline = time.monotonic() + seconds
        texts: list[str] = []
        while len(texts) < _MOST_LINES:
            found = _LINE.fullmatch(self._line(deadline))
            if found is None:
                break
            texts.append((found[3] or b"").decode("ascii", "replace").strip())
            if found[2] != b"-":
                return Reply(int(found[1]), " ".join(texts)), texts
        message = "the server answered with what is no reply of SMTP"
        raise NotSmtp(message)

    def _line(self, deadline: float) -> bytes:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > _LARGEST:
                message = "the server answered with a line without end"
                raise NotSmtp(message)
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            more = self._socket.recv(_CHUNK)
            if not more:
                message = "the server has closed the connection"
                raise ConnectionResetError(message)
            self._held += more
        line, self._held = self._held[:end], self._held[end + 1 :]
        return line.rstrip(b"\r")

    def close(self) -> None:
        """Let go of it, whatever state it is in."""
        self._socket.close()


def why(error: OSError) -> str:
    """A fault of the network in words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return error.strerror or str(error) or type(error).__name__
