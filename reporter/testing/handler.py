"""One connection: validators, compression, and the faults of the way an answer travels."""

from __future__ import annotations

import gzip
import hashlib
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from reporter.testing.faults import Fault, bomb
from reporter.testing.reply import Asked, Query, Reply

_DRIP = 0.1  # seconds between bytes
_SILENCE = 2.0
_TARGETS = {Fault.ELSEWHERE: "http://example.invalid/moved", Fault.PLAIN: "http://127.0.0.1:9/moved"}


class Publishers(Protocol):
    """Who answers: the server."""

    def take(self, asked: Asked, line: str) -> Fault | None:
        """Note what came; the fault that is for it, if any."""
        ...

    def answer(self, path: str, query: Query, fault: Fault | None) -> Reply:
        """What is said."""
        ...


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    publishers: Publishers
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The one method there is."""
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        asked = Asked(time.monotonic(), parts.path, query, dict(self.headers.items()))
        fault = self.publishers.take(asked, self.path)
        reply = self.publishers.answer(parts.path, query, fault)
        with suppress(OSError):  # whoever asked may have had enough
            self._send(reply, fault)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Nothing."""

    def _send(self, reply: Reply, fault: Fault | None) -> None:
        match fault:
            case Fault.DROPPED:
                self.close_connection = True
            case Fault.ELSEWHERE | Fault.PLAIN | Fault.CIRCLE:
                self._head(302, {"Location": _TARGETS.get(fault, self.path), "Content-Length": "0"})
            case Fault.TRUNCATED:
                self._whole(reply, {"Content-Length": str(len(reply.body))}, reply.body[: len(reply.body) // 2])
            case Fault.CUT_CHUNK:
                chunk = reply.body[: len(reply.body) // 2]
                self._whole(reply, {"Transfer-Encoding": "chunked"}, b"%x\r\n%b\r\n" % (len(chunk), chunk))
            case Fault.CUT_CLOSED:
                self._whole(reply, {}, reply.body[: len(reply.body) // 2])
            case Fault.CUT_GZIP:
                self._compressed(reply, gzip.compress(reply.body, mtime=0)[:-20])
            case Fault.BOMB:
                self._compressed(reply, bomb())
            case Fault.SLOW:
                self._drip(reply)
            case _:
                self._honest(reply, fault)

    def _honest(self, reply: Reply, fault: Fault | None) -> None:
        """As a well-kept server does: a validator with every answer, gzip for who takes it."""
        if fault is Fault.SILENT:
            time.sleep(_SILENCE)
        tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        if reply.status == 200 and self.headers.get("If-None-Match") == tag:  # noqa: PLR2004
            self._head(304, {"ETag": tag})
            return
        headers = {"Content-Type": reply.media}
        if reply.status == 200:  # noqa: PLR2004
            headers |= {"ETag": tag}
        if fault is Fault.TOO_MANY:
            headers |= {"Retry-After": "1"}
        body = reply.body
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            headers |= {"Content-Encoding": "gzip"}
            body = gzip.compress(body, mtime=0)
        self._head(reply.status, headers | {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _whole(self, reply: Reply, headers: dict[str, str], sent: bytes) -> None:
        """Bytes as given, then the end of the connection."""
        self._head(reply.status, {"Content-Type": reply.media, "Connection": "close", **headers})
        self.wfile.write(sent)
        self.close_connection = True

    def _compressed(self, reply: Reply, body: bytes) -> None:
        self._whole(reply, {"Content-Encoding": "gzip", "Content-Length": str(len(body))}, body)

    def _drip(self, reply: Reply) -> None:
        self._head(reply.status, {"Content-Type": reply.media, "Content-Length": str(len(reply.body))})
        for at in range(len(reply.body)):
            self.wfile.write(reply.body[at : at + 1])
            self.wfile.flush()
            time.sleep(_DRIP)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
