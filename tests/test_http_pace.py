"""At most two requests a second to a publisher: over threads and over processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reporter.http import Pace, Pacer
from reporter.http.pace import PACES
from tests.support import ROOT

HOSTS = {"a.example": Pace("example", 0.1), "b.example": Pace("example", 0.1), "other": Pace("other", 0.1)}


class Clock:
    """A day's time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def pacer(file: Path, clock: Clock) -> Pacer:
    return Pacer(file, HOSTS, clock=clock.time, sleep=clock.sleep)


def test_slots_are_apart_for_all_hosts_of_a_publisher(tmp_path: Path) -> None:
    clock = Clock()
    paced = pacer(tmp_path / "deep" / "slots.db", clock)
    moments = []
    for host in ("a.example", "b.example", "a.example", "other", "unknown.example"):
        paced.wait(host)
        moments.append(round(clock.now - 1_000_000, 3))
    assert moments == [0, 0.1, 0.2, 0.2, 0.2]


def test_time_gone_by_is_not_waited_for_nor_saved_up(tmp_path: Path) -> None:
    clock = Clock()
    paced = pacer(tmp_path / "slots.db", clock)
    paced.wait("a.example")
    clock.now += 10
    before = clock.now
    paced.wait("a.example")
    assert clock.now == before
    paced.wait("a.example")
    assert round(clock.now - before, 3) == 0.1


def test_a_clock_set_back_does_not_hold_up_for_hours(tmp_path: Path) -> None:
    clock = Clock()
    paced = pacer(tmp_path / "slots.db", clock)
    paced.wait("a.example")
    clock.now -= 7200
    before = clock.now
    paced.wait("a.example")
    assert clock.now == before


def test_all_of_fred_shares_one_pace_of_less_than_two_a_second() -> None:
    fred = {PACES[f"{name}.stlouisfed.org"] for name in ("fred", "alfred", "api")}
    assert len(fred) == 1
    assert fred.pop().seconds > 0.5


def apart(moments: Sequence[float], seconds: float) -> bool:
    ordered = sorted(moments)
    return all(later - before >= seconds * 0.999 for before, later in pairwise(ordered))


@given(st.lists(st.floats(0, 0.3), min_size=2, max_size=12))
def test_no_two_slots_are_ever_closer(gaps: list[float]) -> None:
    import tempfile  # noqa: PLC0415 -- a fixture's folder would be shared by all examples

    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        paced = pacer(Path(folder) / "slots.db", clock)
        moments = []
        for gap in gaps:
            clock.now += gap
            paced.wait("a.example")
            moments.append(clock.now)
        assert apart(moments, 0.1)


def test_threads_share_the_pace(tmp_path: Path) -> None:
    paced = Pacer(tmp_path / "slots.db", HOSTS)
    moments: list[float] = []

    def go() -> None:
        for _ in range(3):
            paced.wait("a.example")
            moments.append(time.time())

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(moments) == 9
    assert max(moments) - min(moments) >= 0.8 * 0.95  # eight gaps of a tenth


def test_processes_share_the_pace_and_one_that_is_killed_does_not_hold_it(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import os, sys, time
        from pathlib import Path
        from reporter.http import Pace, Pacer
        paced = Pacer(Path({str(tmp_path / "slots.db")!r}), {{"h": Pace("p", 0.1)}})
        for _ in range(4):
            paced.wait("h")
            print(time.time(), flush=True)
        """
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ)
        )
        for _ in range(3)
    ]
    victim, *others = running
    assert victim.stdout
    first = float(victim.stdout.readline())
    victim.kill()
    victim.communicate()
    moments = [first, *(float(line) for process in others for line in process.communicate()[0].split())]
    assert len(moments) == 9
    assert max(moments) - min(moments) >= 0.8 * 0.95
    assert all(process.returncode == 0 for process in others)
