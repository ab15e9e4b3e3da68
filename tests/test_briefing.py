"""Reading a briefing: what is wrong with one is said at once, with what to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from reporter import briefing
from reporter.errors import ConfigError
from tests.support import ROOT

MADE = ROOT / "tests" / "briefings" / "made.toml"
SECTION = '"""A section."""\n\nNEEDS = ()\n\n\ndef build(snapshot):\n    return snapshot\n'


@pytest.fixture
def write(tmp_path: Path) -> Path:
    """A folder with one good section of its own."""
    (tmp_path / "sections").mkdir()
    (tmp_path / "sections" / "own.py").write_text(SECTION, encoding="utf-8")
    return tmp_path


def load(folder: Path, text: str) -> briefing.Briefing:
    path = folder / "tried.toml"
    path.write_text(text, encoding="utf-8")
    return briefing.load(str(path))


def test_the_shipped_briefings_load() -> None:
    assert "sell-america" in briefing.shipped()
    held = briefing.load("sell-america")
    assert held.sections
    assert {line.series for line in held.coverage} <= held.needs


def test_a_briefing_outside_the_package_has_its_own_sections_and_shipped_ones() -> None:
    held = briefing.load(str(MADE))
    assert [section.name for section in held.sections] == ["method", "output"]
    assert held.needs == {"fred:GDP"}
    assert held.folder == MADE.parent
    assert held.sections[1].template == "sections/output.md.j2"


def test_two_briefings_may_have_sections_of_one_name(write: Path) -> None:
    text = 'template = "t"\nsections = ["own"]\n'
    one = load(write, text)
    other = write / "other"
    (other / "sections").mkdir(parents=True)
    (other / "sections" / "own.py").write_text(SECTION.replace("()", '("fred:GDP",)'), encoding="utf-8")
    assert load(other, text).needs == {"fred:GDP"}
    assert one.needs == frozenset()


FAULTS: dict[str, tuple[str, list[str]]] = {
    "no TOML": ("sections = [", ["not TOML"]),
    "no sections": ('template = "t"', ["`sections` must be a list of section names"]),
    "an empty list of sections": ('template = "t"\nsections = []', ["`sections` must be a list"]),
    "a word for sections": ('template = "t"\nsections = "own"', ["`sections` must be a list"]),
    "a number among sections": ('template = "t"\nsections = [3]', ["`sections` must be a list"]),
    "no template": ('sections = ["own"]', ["`template` must name the front template"]),
    "an unknown key": (
        'template = "t"\nsectoins = ["own"]\nsections = ["own"]',
        ["'sectoins', did you mean 'sections'"],
    ),
    "several faults": ("tempalte = 3", ["did you mean 'template'", "`sections` must", "`template` must"]),
    "an unknown section": ('template = "t"\nsections = ["holdres"]', ["no section 'holdres'", "did you mean holders?"]),
    "a section far from any": ('template = "t"\nsections = ["zzz"]', ["no section 'zzz'", "there are: "]),
    "a section that is a path": ('template = "t"\nsections = ["../own"]', ["not a section name"]),
    "a section twice": ('template = "t"\nsections = ["own", "own"]', ["'own' stands twice"]),
    "a line of coverage without its series": (
        'template = "t"\nsections = ["own"]\n[[coverage]]\nlabel = "x"',
        ["`coverage` needs a label and a series"],
    ),
    "a word for coverage": ('template = "t"\nsections = ["own"]\ncoverage = "x"', ["`coverage` needs"]),
    "a number for coverage": ('template = "t"\nsections = ["own"]\ncoverage = 3', ["`coverage` needs"]),
    "a number for the title": ('title = 3\ntemplate = "t"\nsections = ["own"]', ["`title` must be words"]),
}


@pytest.mark.parametrize(("text", "says"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_is_said(write: Path, text: str, says: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write, text)
    assert all(piece in str(caught.value) for piece in says), str(caught.value)


def test_a_section_without_its_parts_says_which(write: Path) -> None:
    (write / "sections" / "bare.py").write_text('"""Nothing."""\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"section 'bare' .*bare\.py\) has no NEEDS and no build"):
        load(write, 'template = "t"\nsections = ["bare"]')


def test_a_section_that_imports_what_is_not_there_is_no_missing_section(write: Path) -> None:
    (write / "sections" / "broken.py").write_text("import no_such_library\n", encoding="utf-8")
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        load(write, 'template = "t"\nsections = ["broken"]')


@pytest.mark.parametrize(
    ("name", "says"), [("sell-amercia", "did you mean sell-america?"), ("zzz", "there are: "), ("none.toml", "none")]
)
def test_an_unknown_briefing_says_which_there_are(name: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        briefing.load(name)


def test_a_parameter_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ConfigError, match="it has no parameter 'country'"):
        briefing.load(str(MADE), {"country": "Japan"})
