"""Pages of a made edition and a chart of each kind, as they have been looked at and found good.

After a change of the look: `pytest tests/test_golden.py --update-golden`, and open what it wrote.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from typing import Literal

import pytest

from reporter.charts import Cut, Drawing, draw, png
from reporter.model import plots
from reporter.render.drawn import Drawn
from reporter.render.pdf import pdf
from reporter.resources import templates_folder
from tests.charts_made import WORDS, charts
from tests.made import made_edition
from tests.support import GOLDEN

DPI = 60
MADE = {name: (plot, cut) for name, plot, cut in charts()}
Picture = Callable[[str, bytes], None]


@cache
def printed(paper: Literal["A4", "Letter"]) -> bytes:
    """The made edition with charts drawn for it."""
    drawings = {
        key: Drawn(_drawing(key, name)) for key, name in (("niip", "net-position"), ("china", "holder-and-yield"))
    }
    return pdf(made_edition(), drawings, [templates_folder()], paper=paper)


def _drawing(key: str, name: str) -> Drawing:
    plot, cut = MADE[name]
    words = plots.Words(key, WORDS.headline, WORDS.unit, WORDS.source, WORDS.alt)
    return draw(plot, words, cut)


def page(document: bytes, number: int) -> bytes:
    """A page as Poppler paints it."""
    command = ["pdftoppm", "-png", "-r", str(DPI), "-f", str(number), "-l", str(number), "-"]
    return subprocess.run(command, input=document, capture_output=True, check=True).stdout


@pytest.mark.parametrize(("paper", "number"), [("A4", 1), ("A4", 2), ("A4", 3), ("Letter", 1)])
def test_pages(paper: Literal["A4", "Letter"], number: int, golden_picture: Picture) -> None:
    golden_picture(f"page-{paper.lower()}-{number}", page(printed(paper), number))


@pytest.mark.parametrize("name", MADE)
def test_charts(name: str, golden_picture: Picture) -> None:
    plot, cut = MADE[name]
    golden_picture(f"chart-{name}", png(plot, WORDS, cut, scale=1))


@pytest.mark.parametrize("name", ["net-position", "sheet", "movers", "purchases"])
def test_charts_as_a_phone_shows_them(name: str, golden_picture: Picture) -> None:
    golden_picture(f"chart-{name}-narrow", png(MADE[name][0], WORDS, Cut.NARROW, scale=1))


def test_what_is_kept_is_small() -> None:
    held = [one for one in (GOLDEN / "pictures").glob("*.png") if ".difference" not in one.name]
    assert len(held) >= len(MADE)
    assert sum(one.stat().st_size for one in held) < 1_200_000
