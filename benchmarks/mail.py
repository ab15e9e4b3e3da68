"""Mail: ours beside a client in C (Postfix's smtp-source) and the obvious way, to Postfix's smtp-sink; the ledger.

Mails of 60 and 600 KB, over 1 and 8 connections, unsigned and signed. smtp-source repeats one text and signs nothing.
The sink runs on the same cores, as all else that is busy does.
"""

from __future__ import annotations

import itertools
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.measure import peak_of_this_process
from benchmarks.suites import Options
from benchmarks.table import Row, Table
from reporter.errors import ConfigError

_NEEDED = ("smtp-sink", "smtp-source")
_MAILS = {"C": {60: 3000, 600: 600}, "ours": {60: 3000, 600: 600}, "naive": {60: 160, 600: 80}}
_MILLION = 1_000_000
_STEPS = 20_000


def run(options: Options) -> Iterator[Table]:
    """Throughput, what the ledger costs a mail, and a million readers."""
    if missing := [name for name in _NEEDED if not _program(name)]:
        message = f"{' and '.join(missing)} of Postfix are needed: run scripts/system-libraries bench"
        raise ConfigError(message)
    yield _throughput(options)
    yield _ledger(options)
    yield _million()


def _program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


def _throughput(options: Options) -> Table:
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name, _sink() as port:
        key = _key(Path(name))
        cases = itertools.product((60, 600), (1, 8), ("-", key))
        rows = tuple(_case(port, *case, options) for case in cases)
    heads = ("mail", "C client /s", "ours /s", "naive /s", "ours ÷ C", "ours ÷ naive")
    note = "Aims: 9 times the naive way signed; half of the C client at 600 KB unsigned. Naive: no ledger, no retries."
    return Table(
        f"Mails a second to smtp-sink on this machine: medians of {options.runs} runs", heads, tuple(rows), note
    )


def _case(port: int, kilobytes: int, connections: int, key: str, options: Options) -> Row:
    """The three ways take turns, so that a busy minute meets them all."""
    taken: dict[str, list[float]] = {"C": [], "ours": [], "naive": []}
    for _ in range(options.runs):
        for way, rates in taken.items():
            number = _MAILS[way][kilobytes]
            seconds = (
                _in_c(port, kilobytes, connections, number)
                if way == "C"
                else _in_python(way, port, kilobytes, connections, number, key)
            )
            rates.append(number / seconds)
    c, ours, naive = (statistics.median(rates) for rates in taken.values())
    words = (
        f"{kilobytes} KB, {connections} connection{'s' if connections > 1 else ''}, {'un' if key == '-' else ''}signed"
    )
    return words, f"{c:.0f}", f"{ours:.0f}", f"{naive:.1f}", f"{ours / c:.2f}", f"{ours / naive:.1f}"


def _in_c(port: int, kilobytes: int, connections: int, number: int) -> float:
    size, count = str(kilobytes * 1000), str(number)
    envelope = ("-f", "a@example.org", "-t", "b@example.org", f"127.0.0.1:{port}")
    command = (_program("smtp-source"), "-d", "-l", size, "-m", count, "-s", str(connections), *envelope)
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 -- Postfix's own
    return time.perf_counter() - begun


def _in_python(way: str, port: int, kilobytes: int, connections: int, number: int, key: str) -> float:  # noqa: PLR0913, PLR0917 -- its words
    words = (way, str(port), str(kilobytes), str(connections), str(number), key)
    command = (sys.executable, "-m", "benchmarks.mail_sending", *words)
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)  # noqa: S603 -- ours


@contextmanager
def _sink() -> Iterator[int]:
    """Postfix's sink, on a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    as_nobody = ("-u", "nobody") if os.geteuid() == 0 else ()
    command = (_program("smtp-sink"), *as_nobody, "-h", "sink", f"127.0.0.1:{port}", "100")
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603 -- Postfix's own
        try:
            _answering(port)
            yield port
        finally:
            process.kill()


def _answering(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = "smtp-sink does not answer"
    raise RuntimeError(message)


def _key(folder: Path) -> str:
    path = folder / "key.pem"
    held = rsa.generate_private_key(65537, 2048)
    path.write_bytes(held.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    return str(path)


def _ledger(options: Options) -> Table:
    """Claim (thirty-two at a time), DATA_SENT and SENT, each a commit of its own, without a wire."""
    taken = {"process": [_steps("process") for _ in range(options.runs)], "power": [_steps("power", 500)]}
    rows = [
        (f"outlives the {name}", *(f"{statistics.median(each):.1f}" for each in zip(*some, strict=True)))
        for name, some in taken.items()
    ]
    heads = ("ledger", "µs a mail", "of it processor")
    return Table("The ledger's cost a mail", heads, tuple(rows), "The aim is 25 µs where the process is outlived.")


def _steps(durability: str, number: int = _STEPS) -> tuple[float, float]:
    from benchmarks.mail_sending import DAY, people  # noqa: PLC0415
    from reporter.mail.ledger import Ledger, Plan  # noqa: PLC0415
    from reporter.mail.policy import Reply  # noqa: PLC0415

    reply = Reply(250, "2.0.0 Ok: queued as 4ABCDEF123")
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        folder = Path(name)
        listed = people(folder / "people.sqlite", number)
        how = {"witness": folder / "witness", "durability": durability}
        with Ledger(folder / "ledger.sqlite", people=listed, **how) as ledger:  # type: ignore[arg-type]
            planned = ledger.plan(Plan("made/x", DAY, "approved"))
            with ledger.hold(planned) as hold:
                begun, busy = time.perf_counter(), time.process_time()
                while claims := hold.claim(32):
                    for claim in claims:
                        hold.data_sent(claim.subscriber)
                        hold.sent(claim.subscriber, reply)
                took, busy = time.perf_counter() - begun, time.process_time() - busy
    return 1e6 * took / number, 1e6 * busy / number


def _million() -> Table:
    """Imported from CSV by the command line, and planned by a process that only does that."""
    with tempfile.TemporaryDirectory(prefix="reporter-bench-") as name:
        folder = Path(name)
        lines = (f"reader{at}@example{at % 50}.org,Reader {at}\n" for at in range(_MILLION))
        with (folder / "list.csv").open("w") as file:
            file.write("address,name\n")
            file.writelines(lines)
        (folder / "reporter.toml").write_text('[list]\npeople = "p.sqlite"\nledger = "l.sqlite"\nwitness = "w"\n')
        words = ("subscribers", "import", "list.csv", "--source", "made", "--consented-on", "2026-01-01")
        imported = _apart((sys.executable, "-m", "reporter", *words), folder)
        planning = (sys.executable, "-m", "benchmarks.mail", str(folder))
        planned = _apart(planning, Path.cwd())
    rows = (("imported from CSV, a process", *imported), ("planned", *planned))
    heads = ("a million readers", "wall s", "processor s", "peak MB")
    return Table("A million readers", heads, rows, "Planning is measured inside its process; the aim is 3 s.")


def _apart(command: tuple[str, ...], folder: Path) -> tuple[str, str, str]:
    """What a process says of itself where it says it, else what the system does."""
    from benchmarks.measure import spawned  # noqa: PLC0415

    if command[2] == "benchmarks.mail":
        said = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout.split()  # noqa: S603
        return said[0], said[1], said[2]
    held = spawned(command, folder, {})
    return f"{held.wall:.1f}", f"{held.user + held.system:.1f}", f"{held.peak:.0f}"


def _plan(folder: Path) -> None:
    """Plan for the list in a folder, and say seconds, processor seconds and peak memory."""
    from benchmarks.mail_sending import DAY  # noqa: PLC0415
    from reporter.mail.ledger import Ledger, Plan  # noqa: PLC0415

    with Ledger(folder / "l.sqlite", people=folder / "p.sqlite", witness=folder / "w") as ledger:
        begun = time.perf_counter()
        number = ledger.plan(Plan("made/x", DAY, "approved")).planned
        took = time.perf_counter() - begun
    if number != _MILLION:
        raise SystemExit(str(number))
    used = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(f"{took:.2f} {used.ru_utime + used.ru_stime:.2f} {peak_of_this_process():.0f}\n")


if __name__ == "__main__":
    _plan(Path(sys.argv[1]))
