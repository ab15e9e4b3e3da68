"""The comparison of pictures: what passes, what does not, and what is said and drawn of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from reporter import fonts
from tests import pictures

SIZE = (420, 300)


def drawn(word: str = "−$22.4tn", x: float = 60, y: float = 40, *, size: tuple[int, int] = SIZE) -> Image.Image:
    """A line, and a label that stands on a pixel or between two: drawn large, and brought down."""
    large = Image.new("RGB", (size[0] * 8, size[1] * 8), "white")
    pen = ImageDraw.Draw(large)
    pen.line((160, 2000, 3200, 1200), fill="#0B3050", width=12)
    face = ImageFont.truetype(str(fonts.folder() / "ReporterSans-Regular.ttf"), 80)
    pen.text((x * 8, y * 8), word, font=face, fill="#1B1B1B")
    return large.resize(size, Image.Resampling.BOX)


def noisy(image: Image.Image) -> Image.Image:
    shade = np.random.default_rng(1).integers(-6, 7, (SIZE[1], SIZE[0], 1))
    return Image.fromarray(np.clip(np.asarray(image, dtype=int) + shade, 0, 255).astype(np.uint8))


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("other", [drawn(), drawn(x=60.125), drawn(y=40.125), noisy(drawn())])
def test_an_edge_smoothed_otherwise_passes(other: Image.Image) -> None:
    assert not pictures.regions(other, drawn())


def test_what_is_kept_in_few_colours_passes() -> None:
    assert not pictures.regions(drawn(), pictures.opened(pictures.stored(drawn())))


@pytest.mark.parametrize("x", [59.0, 61.0, 62.0, 80.0])
def test_a_label_that_has_moved_does_not(x: float) -> None:
    assert pictures.regions(drawn(x=x), drawn())


@pytest.mark.parametrize("word", ["−$22.5tn", "−$22.4bn", "$22.4tn", ""])
def test_nor_does_a_label_that_says_something_else(word: str) -> None:
    assert pictures.regions(drawn(word), drawn())


def test_a_difference_is_named_by_its_place() -> None:
    (upper,) = pictures.regions(drawn(""), drawn("22"))
    assert upper.named(SIZE).startswith("top left: ")
    assert (59 <= upper.x0 <= 62, 40 <= upper.y0 <= 46) == (True, True)
    spoilt = drawn()
    ImageDraw.Draw(spoilt).rectangle((400, 280, 410, 290), fill="black")
    (lower,) = pictures.regions(spoilt, drawn())
    assert lower.named(SIZE) == "bottom right: 13 × 13 px at (399, 279), by up to 255 of 255"


def test_two_places_are_two_regions_the_larger_first() -> None:
    spoilt = drawn()
    pen = ImageDraw.Draw(spoilt)
    pen.rectangle((10, 10, 20, 20), fill="black")
    pen.rectangle((300, 200, 360, 240), fill="black")
    assert [region.x0 > 200 for region in pictures.regions(spoilt, drawn())] == [True, False]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "kept.png"
    path.write_bytes(pictures.stored(drawn()))
    return path


def test_the_difference_is_drawn_beside_and_goes_when_it_is_mended(kept: Path) -> None:
    told = pictures.faults(drawn(x=90), kept)
    beside = kept.with_name("kept.difference.png")
    assert told.startswith("differs in ")
    assert str(beside) in told
    with Image.open(beside) as sheet:
        assert sheet.size == (3 * SIZE[0] + 12, SIZE[1])
    assert not pictures.faults(drawn(), kept)
    assert not beside.exists()


def test_another_size_is_a_difference(kept: Path) -> None:
    assert pictures.faults(drawn(size=(420, 320)), kept).startswith("is 420 × 320 px and not 420 × 300; see ")


def test_the_fixture_holds_a_picture_against_the_one_kept(
    golden_picture: Callable[[str, bytes], None],
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setattr("tests.conftest.GOLDEN", kept.parent)
    (kept.parent / "pictures").mkdir()
    monkeypatch.setattr(request.config.option, "update_golden", False)
    with pytest.raises(AssertionError, match=r"no tests/golden/pictures/one\.png: run pytest --update-golden"):
        golden_picture("one", png(drawn()))
    monkeypatch.setattr(request.config.option, "update_golden", True)
    golden_picture("one", png(drawn()))
    monkeypatch.setattr(request.config.option, "update_golden", False)
    golden_picture("one", png(noisy(drawn())))
    with pytest.raises(AssertionError, match=r"one\.png differs in \d+ region\(s\), top left: "):
        golden_picture("one", png(drawn(x=90)))
