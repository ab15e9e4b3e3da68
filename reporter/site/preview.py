"""An edition as it is being written: served to this machine alone, built anew and shown again when a file changes.

Each build is a process of its own, so that what is changed in settings, templates and sections counts alike, and what
fails there ends there: the browser then shows what went wrong, with file and line, until it is mended. The script that
waits for news is put into what is served here, never into a file.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from reporter.errors import ConfigError
from reporter.render import templates
from reporter.resources import templates_folder

HOST = "127.0.0.1"
EVENTS = "/_events"
_FAULT = "site/fault.html.j2"
_BUILD_SECONDS, _BEAT_SECONDS = 300, 10
_QUIET_MS = 150  # how long nothing may have changed before it is built: an editor writes a file in several steps
_SCRIPT = '<script>new EventSource("{events}?since={turn}").onmessage = () => location.reload()</script>'
Command = Sequence[str]


@dataclass
class Stage:
    """What is shown: the tree of files below `root`, or the fault of the last build. `turn` counts builds."""

    root: Path
    home: str  # the path of the page to begin with
    turn: int = 0  # until the first build has ended
    fault: str = ""
    news: threading.Condition = field(default_factory=threading.Condition)

    def shown(self, fault: str) -> None:
        """A build has ended; tell everybody who waits."""
        with self.news:
            self.turn, self.fault = self.turn + 1, fault
            self.news.notify_all()

    def wait(self, since: int, seconds: float) -> int:
        """The turn as soon as it is another than `since`, or after some seconds as it is."""
        with self.news:
            self.news.wait_for(lambda: self.turn != since, seconds)
            return self.turn


def rebuild(stage: Stage, commands: Iterable[Command], folder: Path) -> str:
    """Run the commands of a build in `folder` one after the other; show what came of it. The fault, empty if none."""
    fault = next((said for command in commands if (said := _run(command, folder))), "")
    stage.shown(fault)
    return fault


def _run(command: Command, folder: Path) -> str:
    """What a `reporter` command complained of when it failed, or the empty string."""
    asked = [sys.executable, "-m", "reporter", *command]
    try:
        done = subprocess.run(  # noqa: S603 -- ourselves
            asked, cwd=folder, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"the build took longer than {_BUILD_SECONDS} seconds and was ended"
    if done.returncode == 0:
        return ""
    return done.stderr.strip().removeprefix("reporter: ") or f"the build ended with exit code {done.returncode}"


def watch(deep: Sequence[Path], flat: Sequence[Path], changed: Callable[[], None], stop: threading.Event) -> None:
    """Call `changed` whenever a file is changed in the `deep` folders and what is below them, or in the `flat` ones.

    Returns at once; ends when `stop` is set.
    """
    from watchfiles import watch as changes  # noqa: PLC0415 -- only for a preview

    def look(folders: Sequence[Path], *, recursive: bool) -> None:
        for _ in changes(*folders, stop_event=stop, debounce=_QUIET_MS, step=_QUIET_MS, recursive=recursive):
            changed()

    for folders, recursive in ((deep, True), (flat, False)):
        if folders:
            threading.Thread(target=look, args=(folders,), kwargs={"recursive": recursive}, daemon=True).start()


@contextmanager
def served(stage: Stage, port: int) -> Iterator[str]:
    """Serve the stage to this machine on `port`, 0 for any that is free; answers the address.

    Raise ConfigError where the port is taken.
    """
    try:
        server = ThreadingHTTPServer((HOST, port), type("Handler", (_Handler,), {"stage": stage}))
    except OSError as error:
        message = f"port {port} cannot be listened on: {error.strerror}; choose another with --port"
        raise ConfigError(message) from error
    server.daemon_threads = True
    server.block_on_close = False  # a browser that waits for news would be waited for
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers GET from the stage's tree; HTML with the script that waits for news."""

    stage: Stage

    def do_GET(self) -> None:
        """Events, the fault where there is one, or a file."""
        address = urlsplit(self.path)
        if not self._is_own_host():
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", b"This preview is for this machine alone.\n")
        elif address.path == EVENTS:
            self._tell(int(parse_qs(address.query).get("since", ["0"])[0]))
        elif self.stage.fault or not self.stage.turn:
            status = HTTPStatus.INTERNAL_SERVER_ERROR if self.stage.fault else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer(status, "text/html; charset=utf-8", self._woken(self._fault()))
        elif address.path == "/" and self.stage.home:
            self._moved(self.stage.home)
        else:
            self._file(unquote(address.path))

    def log_message(self, *_: object) -> None:
        """Say nothing: what is asked for is no news."""

    def _is_own_host(self) -> bool:
        """Whether it was asked for by a name of this machine, not by one that somebody made to point here."""
        name, _, _ = self.headers.get("Host", "").rpartition(":")
        return name in {HOST, "localhost"}

    def _tell(self, since: int) -> None:
        """Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        try:
            while (turn := self.stage.wait(since, _BEAT_SECONDS)) == since:
                self.wfile.write(b": still here\n\n")
                self.wfile.flush()
            self.wfile.write(f"data: {turn}\n\n".encode())
        except OSError:
            return  # the page is closed, or shows another

    def _fault(self) -> bytes:
        held = templates.environment((templates_folder(),))
        return held.get_template(_FAULT).render(fault=self.stage.fault).encode()

    def _file(self, path: str) -> None:
        place = self.stage.root / path.lstrip("/")
        place = place / "index.html" if place.is_dir() else place
        if ".." in Path(path).parts or not place.is_file():
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"Nothing stands here.\n")
            return
        kind = guess_type(place.name)[0] or "application/octet-stream"
        body = place.read_bytes()
        if kind == "text/html":
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", self._woken(body))
        else:
            self._answer(HTTPStatus.OK, kind, body)

    def _woken(self, page: bytes) -> bytes:
        """The page with the script that shows it again when there is news."""
        script = _SCRIPT.format(events=EVENTS, turn=self.stage.turn).encode()
        head, end, tail = page.rpartition(b"</body>")
        return head + script + end + tail if end else page + script

    def _moved(self, to: str) -> None:
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
