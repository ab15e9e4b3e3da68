"""The mail is held against the edition: what was not made fails the build, and so does what is missing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from reporter import briefing, publish, store
from reporter.brand import Look
from reporter.build import build
from reporter.errors import ProofError
from reporter.proof import prove, verify
from reporter.render.mail import MailParts
from reporter.render.mailed import letterhead
from reporter.resources import templates_folder
from reporter.tree import Edition, Front, NameLeaf, TakeawayLine, Text
from tests.letters_made import SETTINGS
from tests.made import made_edition
from tests.proof_made import DAY
from tests.support import ROOT
from tests.test_render_mail import OURS, made, spoilt

CASES = tomllib.loads((ROOT / "tests" / "adversarial" / "mail.toml").read_text(encoding="utf-8"))
SPOILT = [(kind, part, old, new) for kind, parts in CASES.items() for part, rows in parts.items() for old, new in rows]


@cache
def edition() -> Edition:
    """With a second takeaway and a preheader: their words stand twice."""
    held = made_edition()
    second = TakeawayLine("second", (Text("So be it"),), (Text("There is more to say of that"),))
    front = Front({**held.front.words, "preheader": second.sentence})
    return replace(held, takeaways=(*held.takeaways, second), front=front)


@cache
def parts() -> MailParts:
    return made(edition())


def prove_it(held: MailParts) -> None:
    prove.of_mail(prove.made(edition(), ()), edition(), OURS, held)


def test_what_was_made_passes() -> None:
    prove_it(parts())


@pytest.mark.parametrize(("kind", "part", "old", "new"), SPOILT)
def test_what_was_not_made_fails(kind: str, part: str, old: str, new: str) -> None:
    whole = parts().html if part == "html" else parts().text
    assert old in whole, kind
    spoilt_part = whole.replace(old, new, 1)
    held = replace(parts(), html=spoilt_part) if part == "html" else replace(parts(), text=spoilt_part)
    with pytest.raises(ProofError, match=f"mail/mail.{'html' if part == 'html' else 'txt'}: "):
        prove_it(held)


def test_a_subject_of_other_figures_fails() -> None:
    with pytest.raises(ProofError, match="subject: bound to nothing: '99'"):
        prove_it(replace(parts(), subject="99 problems"))


def test_there_are_enough_of_each_kind() -> None:
    assert {len(rows) for held in CASES.values() for rows in held.values()} == {5}
    assert len({(part, old, new) for _, part, old, new in SPOILT}) == len(SPOILT)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("email.html.j2", "You asked for", "All 7 of you asked for"), ("email.txt.j2", "Sent to", "Sent, as 1 of 9, to")],
)
def test_a_template_of_ones_own_with_an_unbound_numeral_fails_the_build(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    chosen = briefing.load("holder-profile", {"country": "Japan"})
    whole = build(chosen, store.snapshot(DAY, chosen.needs), [templates_folder()])
    folders = [spoilt(tmp_path, name, old, new), templates_folder()]
    with pytest.raises(ProofError, match="bound to nothing") as caught:
        publish.files(whole, folders, formats=["mail"])
    assert caught.value.exit_code == 7


def test_a_build_writes_the_mail_beside_the_edition() -> None:
    chosen = briefing.load("holder-profile", {"country": "Japan"})
    whole = build(chosen, store.snapshot(DAY, chosen.needs), [templates_folder()])
    files = publish.files(whole, [templates_folder()], formats=["mail"])
    names = {name for name in files if name.startswith("mail/")}
    pictures = {name for name in names if name.endswith(".png")}
    assert names - pictures == {"mail/mail.html", "mail/mail.txt", "mail/mail.json"}
    assert len(pictures) == len(whole.charts)
    assert len(files["mail/mail.html"]) < 100_000


# --- as it lies in the edition's folder -----------------------------------------------------------------------------


@cache
def written() -> Mapping[str, bytes]:
    """An edition of a publisher whose imprint has numerals, as a build writes it."""
    look = Look("Example 24", "What matters", "Since 1843.", ("Example Press Ltd, No. 77.",))
    chosen = briefing.load("holder-profile", {"country": "Japan"})
    whole = build(chosen, store.snapshot(DAY, chosen.needs), [templates_folder()])
    imprint = tuple((place, (NameLeaf(words),)) for place, words in look.words)
    whole = replace(whole, edition=replace(whole.edition, imprint=imprint))
    head = letterhead(SETTINGS, whole.edition.briefing, DAY, look)
    return publish.files(whole, [templates_folder()], formats=["html", "mail"], letterhead=head, brand=look)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, body in written().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
    return tmp_path


def test_the_mail_of_an_honest_edition_is_consistent(folder: Path) -> None:
    page, letter = verify.verify(folder)
    assert not page.failures
    assert not letter.failures
    assert (letter.name, letter.changed) == ("mail", None)
    assert verify.verify(folder / "mail" / "mail.json") == (letter,)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("mail.html", "You asked for", "You and 9 others asked for", "mail/mail.html: page 1: bound to nothing: '9'"),
        ("mail.html", "This edition has no key takeaways", "This edition has no news", "not as it was made"),
        ("mail.txt", "Japan", "Spain", "mail/mail.txt: not as it was made"),
        ("mail.txt", "without tracking", "to 4,000 others", "bound to nothing: '4,000'"),
        ("mail.txt", "index.html\n", "index9.html\n", "mail/mail.txt: page 1: bound to nothing"),
        ("mail.json", '"subject": "', '"subject": "News: ', "the subject is none of the edition's"),
        ("mail.json", '"preheader": "', '"preheader": "Hurry. ', "the preheader is none of the edition's lines"),
        ("mail.json", '"page"', '"pages"', "not a mail that can be read"),
    ],
)
def test_a_mail_that_was_changed_in_its_folder_is_not(folder: Path, name: str, old: str, new: str, words: str) -> None:
    path = folder / "mail" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    _, letter = verify.verify(folder)
    assert any(words in fault for fault in letter.inconsistent), letter.inconsistent


def test_a_mail_without_its_text_is_not_whole(folder: Path) -> None:
    (folder / "mail" / "mail.txt").unlink()
    assert verify.verify(folder)[1].inconsistent[0].startswith("not a mail that can be read")
