"""A message as it goes over the wire: its line ends looked at, its dots stuffed (RFC 5321 4.5.2).

The mails of an edition end alike: behind the last personal mark come the pictures, nine tenths of the whole. `Stuffing`
looks at such an end once, and afterwards only compares it, which costs a twentieth.
"""

from __future__ import annotations

_WORTH_IT = 4096  # bytes of an end that is kept


def stuffed(data: bytes) -> bytes:
    """A message as it goes over the wire, without the final dot: RFC 5321 4.5.2.

    Raise ValueError where it holds a CR or LF alone.
    """
    ends = data.count(b"\r\n")
    if data.count(b"\n") != ends or data.count(b"\r") != ends:
        message = "the message holds a bare CR or LF"
        raise ValueError(message)
    if b"\n." in data:
        data = data.replace(b"\n.", b"\n..")
    if data.startswith(b"."):
        data = b"." + data
    return data if data.endswith(b"\r\n") else data + b"\r\n"


class Stuffing:
    """What `stuffed` answers with, in parts, for one message after another."""

    def __init__(self) -> None:
        self._last = b""
        self._tail = b""
        self._stuffed_tail = b""

    def parts(self, data: bytes) -> tuple[bytes, ...]:
        """The message in parts that are to be sent in turn; raise ValueError as `stuffed` does."""
        if self._tail and data.endswith(self._tail):
            head = data[: -len(self._tail)]
            if head.endswith(b"\r\n"):  # or the end would not begin a line here
                return stuffed(head), self._stuffed_tail
        whole = stuffed(data)
        if not self._tail:
            self._learn(data)
        return (whole,)

    def _learn(self, data: bytes) -> None:
        """The end that this message has in common with the last one, from the start of a line on."""
        start = len(data) - _in_common(data, self._last)
        line = data.find(b"\r\n", start) + 2
        if line > 1 and len(data) - line >= _WORTH_IT:
            self._tail = data[line:]
            self._stuffed_tail = stuffed(self._tail)
        self._last = b"" if self._tail else data


def _in_common(one: bytes, other: bytes) -> int:
    """How many bytes at their ends are the same."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[-middle:] == other[-middle:]:
            least = middle
        else:
            most = middle - 1
    return least
