"""The process in which a PDF or a page from anywhere is read.

`python -m reporter.proof.child FILE [FACTS]` proves it; with `--facts FILE` it hands over the facts of a PDF.
"""

from __future__ import annotations

import sys
from pathlib import Path

MEMORY = 1 << 30  # bytes of address space; reading an edition takes a third
PROCESSOR = 10  # seconds; reading an edition takes one


def limit() -> None:
    """Give this process little: where the system has no such limits (Windows), time is all that bounds it."""
    try:
        import resource  # noqa: PLC0415 -- not on Windows
    except ImportError:
        return
    for name, most in (("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", PROCESSOR), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (wanted, wanted))
        except (OSError, ValueError):  # macOS knows RLIMIT_AS and refuses it
            continue


def main() -> None:
    """Read, prove, answer."""
    limit()
    from reporter.proof import verify  # noqa: PLC0415 -- under the limits, too

    if sys.argv[1] == "--facts":
        sys.stdout.buffer.write(verify.attached_facts(Path(sys.argv[2]).read_bytes()))
        return
    path, *beside = (Path(name) for name in sys.argv[1:])
    sys.stdout.write(verify.answer(verify.of_file(path, beside[0] if beside else None)))


if __name__ == "__main__":
    main()
