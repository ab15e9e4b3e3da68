"""The public names: sorted, all there, and free until they are asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest

import reporter

LIGHT = """
import json, sys
import reporter
print(json.dumps(sorted(sys.modules)))
"""


def test_the_names_are_sorted_and_each_has_a_home() -> None:
    assert reporter.__all__ == sorted(set(reporter.__all__))
    assert set(reporter.__all__) == set(reporter._HOME)  # noqa: SLF001 -- what the names are read from
    assert set(reporter.__all__) <= set(dir(reporter))


@pytest.mark.parametrize("name", reporter.__all__)
def test_a_name_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(reporter, name)
    assert found.__name__ == name
    assert found.__module__.startswith("reporter.")
    assert found.__doc__


def test_no_public_name_hides_a_module() -> None:
    """`reporter.build` is the module, whichever is imported first."""
    from reporter import build, deliver, pull, render  # noqa: PLC0415

    assert {held.__name__ for held in (build, deliver, pull, render)} == {
        "reporter.build",
        "reporter.deliver",
        "reporter.pull",
        "reporter.render",
    }


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'figure'"):
        _ = reporter.figure  # type: ignore[attr-defined]


def test_the_import_loads_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert [name for name in loaded if name.startswith("reporter")] == ["reporter"]
    assert not {"click", "jinja2", "matplotlib", "numpy", "pandas", "weasyprint"} & set(loaded)


def test_a_snapshot_by_the_public_names() -> None:
    held = reporter.snapshot(date(2026, 11, 22), ["fred:IIPUSNETIQ"])
    assert isinstance(held, reporter.Snapshot)
    assert held["fred:IIPUSNETIQ"].last == reporter.Period.parse("2026Q2")
