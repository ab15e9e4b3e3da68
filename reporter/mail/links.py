"""The addresses that a mail leads to, and what each of them proves. `reporter.web` answers there.

All stand under [site] url. A token holds a subscriber's number, never an address.
"""

from __future__ import annotations

from reporter.mail.tokens import Tokens

LEAVE, CONFIRM = "leave", "confirm"  # purposes of tokens
BY_MAIL = "unsubscribe"  # the subject of a mail that asks to leave; the token of the link follows it


def leave(site_url: str, subscriber: int, tokens: Tokens) -> str:
    """Where a reader leaves: GET shows a button, POST does it, with one click (RFC 8058) or by the button."""
    return f"{site_url.rstrip('/')}/leave/{tokens.issue(LEAVE, str(subscriber))}"


def confirm(site_url: str, subscriber: int, asked_at: int, tokens: Tokens) -> str:
    """Where somebody confirms what was asked for in their name at that moment (seconds since 1970)."""
    return f"{site_url.rstrip('/')}/confirm/{tokens.issue(CONFIRM, f'{subscriber}.{asked_at}')}"


def edition(site_url: str, briefing: str, day: str) -> str:
    """Where an edition stands in the archive."""
    return f"{site_url.rstrip('/')}/{briefing}/{day}/index.html"
