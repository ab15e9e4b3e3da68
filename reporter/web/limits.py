"""How often something may be done, by whom: in memory that does not grow with who asks.

The generic cell rate algorithm: a key holds one number, the time at which it would have used up what it was given. The
keys that were heard of longest ago are forgotten first.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from threading import Lock

_MOST = 50_000  # keys: a few megabytes
_SHARED = 64  # bits of an IPv6 address that its network is told by; the rest is the client's to choose


@dataclass
class Limit:
    """`burst` times at once, and once more every `seconds`."""

    burst: int
    seconds: float
    now: Callable[[], float] = time.monotonic
    most: int = _MOST
    _until: OrderedDict[Hashable, float] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, key: Hashable = None) -> bool:
        """Whether it may be done now; only then it is counted."""
        with self._lock:
            now = self.now()
            until = max(self._until.get(key, now), now)
            if until - now > (self.burst - 1) * self.seconds:
                return False
            self._until[key] = until + self.seconds
            self._until.move_to_end(key)
            while len(self._until) > self.most:
                self._until.popitem(last=False)
            return True

    def __len__(self) -> int:
        return len(self._until)


@dataclass(frozen=True)
class Limits:
    """What a server allows: `client` any request, `subscribe` asking by the form, of one client and of all together.

    `address` is silent: who asks too often in one name gets the same answer, and no mail is sent.
    """

    client: Limit = field(default_factory=lambda: Limit(120, 0.1))
    subscribe: Limit = field(default_factory=lambda: Limit(10, 180))
    everybody: Limit = field(default_factory=lambda: Limit(300, 2))
    address: Limit = field(default_factory=lambda: Limit(3, 8 * 3600))


def of_client(host: str) -> str:
    """Who asks, as far as a limit goes."""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    return str(int(found) >> _SHARED) if isinstance(found, IPv6Address) else str(found)
