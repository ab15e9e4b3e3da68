"""A server on this machine that answers as a test tells it to, a step at a time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from reporter.mail.smtp_hello import Patience, Relay

CLOSE = "close"  # ends the connection without an answer
HALF = "half"  # sends no more, and goes on reading
SILENT = "silent"  # never answers
DRIP = "drip"  # a byte of an answer now and then, without end
GARBAGE = "garbage"
IMPATIENT = Patience(connect=5, command=0.4, data=5, final=0.4)

_DEFAULTS = {
    "CONNECT": "220 made",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 Ok: taken",
    "QUIT": "221 bye",
}


@dataclass
class Server:
    """`script` holds for a verb (CONNECT, EHLO, MAIL, RCPT, DATA, DOT, …) its answers in turn; then all goes well.

    An answer is a reply, a word above, or a reply after which the connection closes: "421 bye" + CLOSE.
    """

    script: Mapping[str, Sequence[str]] = field(default_factory=dict)
    offers: tuple[str, ...] = ("PIPELINING", "8BITMIME")
    is_late: bool = False  # says only after the content that nobody was to get it, RFC 2920 3.1
    tls: ssl.SSLContext | None = None
    mails: list[tuple[str, bytes]] = field(default_factory=list)  # whose, and what
    said: list[str] = field(default_factory=list)  # each command, in turn
    connections: int = 0

    def __enter__(self) -> Self:
        self._steps = {verb: list(steps) for verb, steps in self.script.items()}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._peers: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in self._peers:  # a client that was not closed must not hold the test up
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)

    def relay(self, patience: Patience = IMPATIENT) -> Relay:
        """How to reach it."""
        return Relay("127.0.0.1", self._listener.getsockname()[1], "none", helo="test", patience=patience)

    def _listen(self) -> None:
        threads: list[threading.Thread] = []
        with suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                self.connections += 1
                self._peers.append(peer)
                threads.append(threading.Thread(target=self._serve, args=(peer,), daemon=True))
                threads[-1].start()
        for thread in threads:
            thread.join(10)

    def _serve(self, peer: socket.socket) -> None:
        session = _Session(self, peer)
        with suppress(OSError):
            session.run()
        session.close()

    def step(self, verb: str) -> str:
        """The next answer to a verb."""
        with self._lock:
            steps = self._steps.get(verb, [])
            return steps.pop(0) if steps else _DEFAULTS.get(verb, "250 ok")

    def wait(self) -> None:
        """Until the test is over."""
        self._over.wait()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()


class _Ended(OSError):
    """The script ends the connection here."""


class _Session:
    def __init__(self, server: Server, peer: socket.socket) -> None:
        self._server, self._peer = server, peer
        self._file = peer.makefile("rb")
        self._recipient = ""
        self._is_refused = False

    def run(self) -> None:
        self._answer("CONNECT")
        while line := self._file.readline():
            words = line.decode("ascii", "replace").rstrip("\r\n")
            self._server.said.append(words)
            self._obey(words.split(" ")[0].upper(), words)

    def close(self) -> None:
        self._file.close()
        self._peer.close()

    def _obey(self, verb: str, words: str) -> None:
        if verb == "EHLO":
            answer = self._server.step("EHLO")
            told = [f"250-{offer}" for offer in self._server.offers]
            self._do(answer if answer != "250 ok" else "\r\n".join(["250-made", *told, "250 ok"]))
            return
        if verb == "RCPT":
            self._recipient = words[words.index("<") + 1 : words.index(">")]
        if verb == "DATA" and self._is_refused and not self._server.is_late:
            self._do("554 5.5.1 no valid recipients")
            return
        answer = self._answer(verb)
        if verb in {"MAIL", "RCPT"}:
            self._is_refused = (verb == "RCPT" and self._is_refused) or not answer.startswith("250")
        if verb == "STARTTLS" and answer.startswith("220") and self._server.tls:
            self._peer = self._server.tls.wrap_socket(self._peer, server_side=True)
            self._file = self._peer.makefile("rb")
        if verb == "DATA" and answer.startswith("354"):
            self._content()
        if verb == "QUIT":
            raise _Ended

    def _content(self) -> None:
        lines: list[bytes] = []
        while (line := self._file.readline()) != b".\r\n":
            if not line:
                raise _Ended
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = "554 5.5.1 no valid recipients" if self._is_refused else self._server.step("DOT")
        if answer.startswith("2") or answer in {CLOSE, HALF, SILENT, DRIP, GARBAGE}:
            self._server.mails.append((self._recipient, b"".join(lines)))  # taken, whatever becomes of the answer
        self._do(answer)

    def _answer(self, verb: str) -> str:
        answer = self._server.step(verb)
        self._do(answer)
        return answer

    def _do(self, answer: str) -> None:
        if answer == SILENT:
            self._server.wait()
            raise _Ended
        if answer == HALF:
            self._peer.shutdown(socket.SHUT_WR)
            while self._file.read(4096):
                pass
            raise _Ended
        if answer == DRIP:
            while not self._server.is_over:
                self._peer.sendall(b"2")
                time.sleep(0.05)
        if answer == CLOSE:
            raise _Ended
        text = "what is this\r\n" if answer == GARBAGE else answer.removesuffix(CLOSE) + "\r\n"
        self._peer.sendall(text.encode("ascii"))
        if answer.endswith(CLOSE):
            raise _Ended
