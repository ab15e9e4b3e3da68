"""An edition whose sender is killed twenty times: nobody is lost in silence, nobody gets it twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from reporter.mail.status import Status, is_accounted
from tests.mail_made import House
from tests.smtp_sender import KEY, UNFINISHED
from tests.support import ROOT

READERS = 5000
CONNECTIONS = 8
KILLS = 20


@contextmanager
def sink(folder: Path, kills: list[int]) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.smtp_sink", str(folder), *map(str, kills)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def sender(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.smtp_sender", str(folder), str(port), str(CONNECTIONS)]
    return subprocess.Popen(command, cwd=ROOT)


def accepted(house: House) -> Counter[int]:
    """How often the server took a mail for each subscriber."""
    lines = (house.folder / "accepted").read_text().splitlines()
    return Counter(int(line.removeprefix("reader").partition("@")[0]) for line in lines)


def standing(house: House) -> dict[int, Status]:
    with house.ledger() as ledger:
        edition = ledger.edition(KEY)
        assert edition
        counts = ledger.counts(edition)
        assert is_accounted(counts, READERS), counts
        assert edition.finished_at
        return {row.subscriber: status for status in counts for row in ledger.rows(edition, status)}


@pytest.mark.parametrize("seed", [1])
def test_killed_twenty_times_nobody_is_lost_in_silence_and_nobody_gets_it_twice(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path, READERS)
    kills = sorted(Random(seed).sample(range(1, READERS - CONNECTIONS * KILLS), KILLS))  # noqa: S311 -- to be repeated
    began = time.monotonic()
    codes: list[int] = []
    with sink(tmp_path, kills) as port:
        while not codes or codes[-1] != 0:
            codes.append(sender(tmp_path, port).wait(timeout=120))
            assert codes[-1] in {0, -signal.SIGKILL}, codes
    taken, states = accepted(house), standing(house)
    doubled = sum(number - 1 for number in taken.values())
    lost = [key for key, status in states.items() if not taken[key] and status is not Status.IN_DOUBT]
    doubts = [key for key, status in states.items() if status is Status.IN_DOUBT]
    killed = codes.count(-signal.SIGKILL)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{READERS:,} readers, {CONNECTIONS} connections, {killed} kills in {time.monotonic() - began:.0f} s:"
            f" {len(lost)} lost in silence, {doubled} doubled, {len(doubts) / KILLS:.1f} in doubt a kill\n"
        )
    assert killed == KILLS
    assert doubled == 0
    assert not lost
    assert sorted(states) == list(range(1, READERS + 1))
    assert KILLS <= len(doubts) <= CONNECTIONS * KILLS  # the sink kills before it answers: one at least


def test_sigterm_finishes_what_is_under_way_and_the_next_run_the_rest(tmp_path: Path) -> None:
    house = House(tmp_path, 2000)
    with sink(tmp_path, []) as port:
        process = sender(tmp_path, port)
        while not (tmp_path / "accepted").exists() or (tmp_path / "accepted").stat().st_size < 4000:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == UNFINISHED
        with house.ledger() as ledger:
            edition = ledger.edition(KEY)
            assert edition
            counts = ledger.counts(edition)
        assert set(counts) == {Status.SENT, Status.PLANNED}
        assert counts[Status.SENT] == accepted(house).total()
        assert sender(tmp_path, port).wait(timeout=60) == 0
    assert set(accepted(house).values()) == {1}
    assert accepted(house).total() == 2000
