"""Measurable words around passages: what a template of the frame says of its own, no claim bears."""

from __future__ import annotations

from pathlib import Path

import pytest

from reporter import briefing, publish, store
from reporter.build import Built, build
from reporter.errors import ProofError
from reporter.proof.spread import Spread
from reporter.proof.words import measurable
from reporter.resources import templates_folder
from tests.proof_made import DAY
from tests.test_render_mail import spoilt

CLOSE = "</header>\n\n<main"


@pytest.fixture(scope="module")
def whole() -> Built:
    chosen = briefing.load("holder-profile", {"country": "Japan"})
    return build(chosen, store.snapshot(DAY, chosen.needs), [templates_folder()])


@pytest.mark.parametrize(
    ("format_", "words"),
    [
        ("html", "<p>The largest debt on record</p>"),
        ("html", "<p>Purchases <b>plun</b>ged</p>"),
        ("html", "{% if setting.medium == 'web' %}<p>Yields surged</p>{% endif %}"),
        ("pdf", "{% if setting.medium == 'print' %}<p>Yields surged</p>{% endif %}"),
        ("pdf", "<p>Almost twice as much as a year before</p>"),
    ],
)
def test_a_frame_that_judges_fails_the_build(tmp_path: Path, whole: Built, format_: str, words: str) -> None:
    folders = [spoilt(tmp_path, "page.html.j2", CLOSE, words + CLOSE), templates_folder()]
    with pytest.raises(ProofError, match="stands in no claim's words") as caught:
        publish.files(whole, folders, formats=[format_])
    assert caught.value.exit_code == 7


@pytest.mark.parametrize(
    "words", ["<p>What the record shows</p>", "<p>Kept for the record</p>", "<p>It says whether yields surged</p>"]
)
def test_honest_words_around_passages_pass(tmp_path: Path, whole: Built, words: str) -> None:
    folders = [spoilt(tmp_path, "page.html.j2", CLOSE, words + CLOSE), templates_folder()]
    assert "index.html" in publish.files(whole, folders, formats=["html"])


def test_what_is_left_around_a_passage_does_not_grow_together() -> None:
    spread = Spread(["a debt on the whole a record of sorts"])
    assert spread.strike("on the whole")
    (sheet,) = spread.sheets
    assert sheet.rest().split() == ["a", "debt", ".", "a", "record", "of", "sorts"]
    assert [*measurable("It fell. It surged, on the record of June")] == ["fell", "surged"]
