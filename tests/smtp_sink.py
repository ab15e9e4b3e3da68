"""A server that takes every mail and writes down for whom, before it says so: `python -m tests.smtp_sink FOLDER [N …]`.

It prints its port. In FOLDER it appends a line a mail to `accepted`. With numbers it kills, with SIGKILL, the process
whose number stands in `pid`, once so many mails are accepted: after the line is written and before the answer is sent,
which is the worst moment there is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

_HELLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Record:
    """What was accepted, on disk as far as the system goes; and who is to die of it."""

    def __init__(self, folder: Path, kills: list[int]) -> None:
        self._folder = folder
        self._file = os.open(folder / "accepted", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._number = 0
        self._kills = set(kills)

    def accept(self, recipient: bytes) -> None:
        os.write(self._file, recipient + b"\n")
        self._number += 1
        if self._number in self._kills:
            os.kill(int((self._folder / "pid").read_text()), signal.SIGKILL)


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._held = b""
        self._recipient = b""
        self._is_data = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._held += data
        while self._content() if self._is_data else self._command():
            pass

    def _content(self) -> bool:
        """A mail's end: one whose connection ends before it is thrown away, as every server does."""
        body, dot, rest = self._held.partition(b"\r\n.\r\n")
        if not dot:
            return False
        assert body
        self._held, self._is_data = rest, False
        self._record.accept(self._recipient)
        self._say(b"250 2.0.0 Ok: taken\r\n")
        return True

    def _command(self) -> bool:
        line, end, rest = self._held.partition(b"\r\n")
        if not end:
            return False
        self._held = rest
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line[line.index(b"<") + 1 : line.index(b">")]
        self._is_data = verb == b"DATA"
        replies = {b"EHLO": _HELLO, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
        self._say(replies.get(verb, b"250 ok\r\n"))
        return True

    def _say(self, reply: bytes) -> None:
        assert self._transport
        self._transport.write(reply)


async def serve(folder: Path, kills: list[int]) -> None:
    record = Record(folder, kills)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(record), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]))
