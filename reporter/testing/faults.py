"""What can go wrong on the way or at the publisher's, on request."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from reporter.testing.reply import Reply, as_json


class Fault(StrEnum):
    """How an answer is spoilt."""

    TOO_MANY = "429"  # with Retry-After: 1
    LOCKED = "429 without Retry-After"
    UNAVAILABLE = "503"
    DROPPED = "the connection ends before a word"
    SLOW = "drips a byte at a time"
    SILENT = "says nothing for a while"
    TRUNCATED = "less than Content-Length says"
    CUT_CHUNK = "a chunked body without its end"
    CUT_CLOSED = "half of it, and nothing said how long it is"
    CUT_GZIP = "half of a gzip stream, with the length of that half"
    BOMB = "a gzip body of a gigabyte"
    EMPTY = "nothing, with 200"
    HTML = "a page, with 200"
    ELSEWHERE = "a redirect to another host"
    PLAIN = "a redirect to plain http on another port"
    CIRCLE = "a redirect to itself"
    WRONG_UNIT = "another unit or scale"
    MOVED_HEADER = "more lines above the head"
    RENAMED_HEADER = "a head of other names"
    CHANGED_ROSTER = "another country in the list of holders"
    UNKNOWN_HOLDER = "a holder of a name nobody knows"
    BEA_ERROR = "BEAAPI.Error, with 200"
    BEA_ERRORS = "BEAAPI.Results.Error as a list, with 200"
    BEA_LIST = "Results as a list of one"
    BEA_BARE = "Data directly under BEAAPI"


PAGE = b"<!DOCTYPE html>\n<html><head><title>Access Denied</title></head><body>Reference #18.2f</body></html>\n"
_TOLD = {"APIErrorCode": "201", "APIErrorDescription": "Error retrieving data."}
_GIGABYTE_IN_MB = 1000
_SCALES = {"Millions": "Billions", "Billions": "Millions", "millions": "billions", "billions": "millions"}


def spoilt(reply: Reply, fault: Fault) -> Reply:
    """The answer with a fault in what it says; unchanged where the fault is one of the way it travels."""
    if fault in _INSTEAD:
        return _INSTEAD[fault]
    if fault in _BEA:
        return _bea(reply, fault)
    change = _CHANGES.get(fault)
    return replace(reply, body=change(reply.body)) if change else reply


def bomb() -> bytes:
    """A gigabyte of noughts in a few bytes: members of a megabyte, over and over."""
    return gzip.compress(bytes(1_000_000), 9, mtime=0) * _GIGABYTE_IN_MB


def _other_unit(body: bytes) -> bytes:
    text = body.decode("iso-8859-1")
    if '"UNIT_MULT"' in text:
        text = text.replace('"UNIT_MULT": "6"', '"UNIT_MULT": "9"')
    elif " of Dollars" in text or " of dollars" in text:
        text = re.sub("([MmBb]illions)(?= of [Dd]ollars)", lambda m: _SCALES[m[0]], text)
    else:
        text = re.sub(r"(?m)^(\d{4}-\d\d-\d\d,)(-?)([\d.]+)$", lambda m: f"{m[1]}{m[2]}{float(m[3]) / 1000:.6f}", text)
    return text.encode("iso-8859-1")


def _other_head(body: bytes) -> bytes:
    for old, new in ((b"country\tcountry_code", b"area\tarea_code"), (b"Country\t", b"Holder\t")):
        if old in body:
            return body.replace(old, new)
    return body.replace(b"observation_date", b"period", 1).replace(b'"observations"', b'"data"', 1)


def _bea(reply: Reply, fault: Fault) -> Reply:
    answer = json.loads(reply.body.decode("iso-8859-1"))["BEAAPI"]
    results = answer.pop("Results", {})
    match fault:
        case Fault.BEA_ERROR:
            answer["Error"] = _TOLD
        case Fault.BEA_ERRORS:
            answer["Results"] = {"Error": [_TOLD]}
        case Fault.BEA_LIST:
            answer["Results"] = [results]
        case _:
            answer |= results
    return as_json({"BEAAPI": answer}, encoding="iso-8859-1")


_LIMITED = as_json({"error_code": 429, "error_message": "Too Many Requests.  Exceeded Rate Limit"}, 429)
_INSTEAD: Mapping[Fault, Reply] = {
    Fault.HTML: Reply(PAGE, "text/html"),
    Fault.EMPTY: Reply(b"", "text/plain"),
    Fault.TOO_MANY: _LIMITED,
    Fault.LOCKED: _LIMITED,
    Fault.UNAVAILABLE: Reply(PAGE.replace(b"Access Denied", b"Service Unavailable"), "text/html", 503),
}
_BEA = frozenset({Fault.BEA_ERROR, Fault.BEA_ERRORS, Fault.BEA_LIST, Fault.BEA_BARE})
_CHANGES: Mapping[Fault, Callable[[bytes], bytes]] = {
    Fault.WRONG_UNIT: _other_unit,
    Fault.MOVED_HEADER: lambda body: b"A note on this release\t\t\r\n\t\t\r\n" * 3 + body,
    Fault.RENAMED_HEADER: _other_head,
    Fault.CHANGED_ROSTER: lambda body: re.sub(rb"(?m)^Norway\t", b"Germany\t", body),
    Fault.UNKNOWN_HOLDER: lambda body: re.sub(rb"(?m)^Norway\t", b"Atlantis\t", body),
}
