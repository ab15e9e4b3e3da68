"""The point-in-time store: what was pulled, kept for good, and what is at hand seen from a day.

`Store` is a file; `layers` reads it above what ships with the package; `snapshot` is what a briefing is built from.
"""

from reporter.store.database import Store
from reporter.store.held import Held, layers
from reporter.store.snapshot import snapshot

__all__ = ["Held", "Store", "layers", "snapshot"]
