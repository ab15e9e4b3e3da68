"""The server itself: uvicorn on a socket of ours, with limits, and told of the proxies before it."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import uvicorn

from reporter.errors import ConfigError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_TOGETHER = 200  # connections; more are answered with 503
_IDLE, _GRACE = 5, 10  # seconds a connection is kept for more, and that work has to end
_HEAD = 16384  # bytes of a request's head


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there; raise ConfigError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, port))
        held.listen(_TOGETHER)  # who asks before all is loaded waits, and is answered
    except OSError as error:
        held.close()
        message = f"cannot listen at {host}:{port}: {error.strerror}; choose others with --host and --port"
        raise ConfigError(message) from error
    return held


def serve(app: ASGIApp, listening: socket.socket, proxies: Sequence[str], ready: Callable[[int], None]) -> None:
    """Answer until a signal to end; `ready` is told the port."""
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app,
        access_log=False,  # it would hold addresses of clients, and tokens
        log_config=None,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        limit_concurrency=_TOGETHER,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=_HEAD,
    )
    ready(listening.getsockname()[1])
    uvicorn.Server(config).run(sockets=[listening])
