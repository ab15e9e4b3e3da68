"""The one HTTP client: keys, politeness, retries, limits. Nothing else in the package talks to publishers."""

from __future__ import annotations

from reporter.http.client import Client, Response, Validators
from reporter.http.pace import FRED, Pace, Pacer
from reporter.http.retry import Patience

__all__ = ["FRED", "Client", "Pace", "Pacer", "Patience", "Response", "Validators"]
