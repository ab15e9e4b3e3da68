"""The shipped briefing can be made of any day there are figures for: what it says is another matter, and proved."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reporter import briefing, editions, publish, store
from reporter.build import build
from reporter.resources import templates_folder

# First prints known to ten billion; the pandemic; a history at a round record; the day after an annual update.
DAYS = (date(2013, 8, 1), date(2020, 5, 5), date(2024, 1, 2), date(2026, 6, 25))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_its_page_and_mail_pass_the_proof(day: date, tmp_path: Path) -> None:
    chosen = briefing.load("sell-america")
    earlier = editions.find(chosen, day, tmp_path).earlier
    folders = [templates_folder()]
    built = build(chosen, store.snapshot(day, chosen.needs), folders, earlier)
    assert {"index.html", "mail/mail.html"} <= set(publish.files(built, folders, formats=["html", "mail"]))
