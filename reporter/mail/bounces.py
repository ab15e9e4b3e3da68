"""What comes back: mails that could not be delivered, complaints, and the wish to leave.

A mail counts only where it came to a return address that we made (see `verp`): whom it concerns is read from there and
never from its text, which anybody may write. `flufl.bounce` tells whether it is a bounce at all, whatever server wrote
it; the status of RFC 3464, where there is one, tells a dead mailbox from a full one. A complaint is a report by
RFC 5965.
"""

from __future__ import annotations

import logging
import mailbox
import re
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from flufl.bounce import all_failures

from reporter.errors import ConfigError
from reporter.mail import links, verp
from reporter.mail.tokens import Tokens
from reporter.mail.verp import Returned

# Where servers write the envelope's recipient, and where a report quotes the sender of the mail it is about.
_OURS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_QUOTED = ("Original-Mail-From", "Return-Path", "X-Original-From")
_ADDRESS = re.compile(r"[^\s<>()\"',:;]+@[^\s<>()\"',:;]+")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463 by class.subject.detail: full, too big, and refused by policy say nothing against the mailbox.
_PASSING = re.compile(r"4\..*|5\.2\.2|5\.2\.3|5\.3\..*|5\.4\..*|5\.6\..*|5\.7\..*")
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs each detector, and what breaks one
_LONGEST = 2_000_000  # bytes of a message that are read
_LONGEST_DETAIL = 200  # characters


class Kind(StrEnum):
    """What a message that came back is."""

    HARD = "hard"  # no such mailbox: never write to it again
    SOFT = "soft"  # for now, or for a reason that is not the mailbox's
    COMPLAINT = "complaint"  # the reader reported the mail as unwanted
    LEAVING = "leaving"  # the mail that List-Unsubscribe writes for a reader, RFC 2369
    UNRELATED = "unrelated"  # an out-of-office note, say
    STRANGE = "strange"  # not to an address that we made: nothing can be believed of it
    UNREADABLE = "unreadable"  # breaks the reader


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message that came back: whose mail it is about, unless `kind` tells that this is not known."""

    kind: Kind
    returned: Returned | None = None
    detail: str = ""


def judged(message: Message, base: str, tokens: Tokens) -> Bounce:
    """What a message is, and about whose mail."""
    try:
        returned = _returned(message, base, tokens)
        if returned is None:
            return Bounce(Kind.STRANGE)
        if _is_complaint(message):
            return Bounce(Kind.COMPLAINT, returned, "reported as unwanted")
        if _is_leaving(message, returned, tokens):
            return Bounce(Kind.LEAVING, returned)
        passing, lasting = all_failures(message)
    except Exception:  # noqa: BLE001 -- hostile mail, and seventeen detectors that are not ours
        return Bounce(Kind.UNREADABLE)
    if not passing and not lasting:
        return Bounce(Kind.UNRELATED, returned)
    status, diagnostic = _told(message)
    is_hard = bool(lasting) and not _PASSING.fullmatch(status)
    detail = " ".join(f"{status} {diagnostic}".split())[:_LONGEST_DETAIL]
    return Bounce(Kind.HARD if is_hard else Kind.SOFT, returned, detail)


def messages(path: Path, *, keep: bool = False) -> Iterator[Message]:
    """The messages of a file (one, or an mbox), or a Maildir's new ones, then marked as seen unless `keep`."""
    if not path.exists():
        fault = f"{path} is not there; name a message, an mbox or a Maildir"
        raise ConfigError(fault)
    if path.is_dir():
        yield from _of_maildir(path, keep=keep)
    else:
        with path.open("rb") as file:
            starts_mbox = file.read(5) == b"From "
        if starts_mbox:
            with closing(mailbox.mbox(path, create=False)) as held:
                yield from held
        else:
            with path.open("rb") as file:
                yield one(file)


def one(file: BinaryIO) -> Message:
    """The message in an open file."""
    return message_from_bytes(file.read(_LONGEST))


def _of_maildir(path: Path, *, keep: bool) -> Iterator[Message]:
    if not all((path / name).is_dir() for name in ("new", "cur")):
        fault = f"{path} is not a Maildir: it has no folders new and cur"
        raise ConfigError(fault)
    held = mailbox.Maildir(path, create=False)
    for key in sorted(held.keys()):
        with suppress(KeyError):  # somebody has taken it away
            found = held[key]
            if "S" in found.get_flags():
                continue
            yield found
            if not keep:
                found.set_subdir("cur")
                found.add_flag("S")
                held[key] = found


def _returned(message: Message, base: str, tokens: Tokens) -> Returned | None:
    """Whose mail it is about: by the address it came to or, in a report of a complaint, by the mail's own sender."""
    parts = list(message.walk()) if message.get_content_type() == "multipart/report" else [message]
    held = [str(text) for name in _OURS for text in message.get_all(name, [])]
    held += [str(text) for part in parts for text in _quoted(part)]
    addresses = (address for text in held for address in _ADDRESS.findall(text))
    return next((found for address in addresses if (found := verp.read(address, base, tokens))), None)


def _quoted(part: Message) -> Iterator[str]:
    """The senders that a part of a report names; fields of a report may stand in its text."""
    for name in _QUOTED:
        yield from part.get_all(name, [])
        if part.get_content_type() == "message/feedback-report" and not part.is_multipart():
            yield from re.findall(rf"(?im)^{name}:[ \t]*(\S+)", str(part.get_payload()))


def _is_complaint(message: Message) -> bool:
    is_report = str(message.get_param("report-type", "")).lower() == "feedback-report"
    if message.get_content_type() != "multipart/report" or not is_report:
        return False
    texts = (part.as_string() for part in message.walk() if part.get_content_type() == "message/feedback-report")
    return not any(re.search(r"(?im)^Feedback-Type:[ \t]*not-spam", text) for text in texts)


def _is_leaving(message: Message, returned: Returned, tokens: Tokens) -> bool:
    """Whether it asks to leave, with the token of the very person whose address it came to.

    A mail that quotes ours has it in its text, one that answers ours not even there: only the whole subject counts.
    """
    verb, _, token = " ".join(str(message.get("Subject", "")).split()).partition(" ")
    return verb.lower() == links.BY_MAIL and tokens.check(links.LEAVE, token) == str(returned.subscriber)


def _told(message: Message) -> tuple[str, str]:
    """Status and diagnosis of a report by RFC 3464, empty where there is none.

    The diagnosis often repeats the address: only its first words are kept, without any.
    """
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in part.walk():
                found = _STATUS.search(str(fields.get("Status", "")))
                if found:
                    said = str(fields.get("Diagnostic-Code", ""))
                    return ".".join(found.groups()), re.sub(r"<?\S+@\S+>?:?", "", said)
    return "", ""
