from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.ttLib import TTFont

from reporter import fonts
from reporter.errors import ConfigError

FILES = {f"{face.name}{suffix}" for face in fonts.FACES for suffix in (".ttf", ".woff2")}
PROSE = "The debt: −$27.6\u202ftrillion, 88.8% of GDP – “the largest on record” – in 2025’s\u00a0third\u2009quarter"


@pytest.fixture(scope="module")
def cut_fonts() -> Path:
    """The environment's own cut: made by make, or now."""
    return fonts.folder()


@pytest.fixture(params=fonts.FACES, ids=lambda face: face.name)
def face(request: pytest.FixtureRequest) -> fonts.Face:
    chosen: fonts.Face = request.param
    return chosen


def opened(folder: Path, face: fonts.Face) -> Any:  # noqa: ANN401 - fontTools is untyped
    return TTFont(folder / f"{face.name}.ttf")


def ink(folder: Path, name: str, letter: str) -> float:
    """How much of a letter is black, in square font units: grows with the weight."""
    font = TTFont(folder / f"{name}.ttf")
    glyphs = font.getGlyphSet()
    pen = AreaPen(glyphs)
    glyphs[font.getBestCmap()[ord(letter)]].draw(pen)
    return abs(float(pen.value))


def test_the_folder_holds_each_face_for_print_and_web_and_the_licences(cut_fonts: Path) -> None:
    assert {path.name for path in cut_fonts.iterdir()} == FILES | set(fonts.LICENCES)
    for name in fonts.LICENCES:
        assert "SIL OPEN FONT LICENSE" in (cut_fonts / name).read_text(encoding="utf-8").upper()


def test_web_fonts_are_light_enough_to_travel_inside_a_page(cut_fonts: Path) -> None:
    assert sum(path.stat().st_size for path in cut_fonts.glob("*.woff2")) < 350_000


def test_a_face_is_static_and_goes_by_our_name(cut_fonts: Path, face: fonts.Face) -> None:
    font = opened(cut_fonts, face)
    assert not {"fvar", "gvar", "STAT", "HVAR"} & set(font.keys())
    names = {number: font["name"].getDebugName(number) for number in (1, 4, 6, 16, 17)}
    assert (names[16], names[17], names[6]) == (face.family, face.style, face.name)
    assert not any("Source" in text or "Newsreader" in text for text in names.values())
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert font["OS/2"].usWeightClass == face.weight
    assert bool(font["OS/2"].fsSelection & 0x01) == bool(font["head"].macStyle & 0x02) == face.italic


def test_a_face_sets_our_prose_without_borrowing(cut_fonts: Path, face: fonts.Face) -> None:
    have = opened(cut_fonts, face).getBestCmap()
    assert not {letter for letter in PROSE + "\u200b\u2011áéñöüçŁř" if ord(letter) not in have}


def test_labels_have_arrows_and_relations(cut_fonts: Path) -> None:
    have = TTFont(cut_fonts / "ReporterSans-Regular.ttf").getBestCmap()
    assert not {letter for letter in "←↑→↓↗▲▼○●≈≤≥≠×÷±" if ord(letter) not in have}


def test_thin_spaces_are_thin_and_the_zero_width_space_has_no_width(cut_fonts: Path, face: fonts.Face) -> None:
    font = opened(cut_fonts, face)
    width = {code: font["hmtx"][name][0] for code, name in font.getBestCmap().items()}
    assert width[0x200B] == 0
    assert 0 < width[0x2009] < 0.3 * font["head"].unitsPerEm
    assert 0 < width[0x202F] < 0.3 * font["head"].unitsPerEm


@pytest.mark.parametrize("family", ["ReporterSans", "BriefSerif"])
def test_figures_have_one_width_and_so_has_the_minus_of_tables(cut_fonts: Path, family: str) -> None:
    font = TTFont(cut_fonts / f"{family}-Regular.ttf")
    cmap = font.getBestCmap()
    assert len({font["hmtx"][cmap[ord(figure)]][0] for figure in "0123456789"}) == 1
    assert {"kern", "lnum", "tnum"} & {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord}


@pytest.mark.parametrize(
    "by_weight",
    [
        ("BriefDisplay-Medium", "BriefDisplay-Semibold"),
        ("BriefSerif-Regular", "BriefSerif-Semibold"),
        ("ReporterSans-Regular", "ReporterSans-SemiBold", "ReporterSans-Bold"),
    ],
)
def test_a_heavier_weight_is_blacker(cut_fonts: Path, by_weight: tuple[str, ...]) -> None:
    areas = [ink(cut_fonts, name, "H") for name in by_weight]
    assert areas == sorted(set(areas))


def test_cutting_again_gives_the_same_bytes(cut_fonts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two families stand for three: a serif takes the longest and goes through the same code."""
    some = [f for f in fonts.FACES if f.name in {"BriefDisplay-Medium", "ReporterSans-Bold"}]
    monkeypatch.setattr(fonts, "FACES", tuple(some))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    fonts.cut(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (cut_fonts / path.name).read_bytes(), path.name


def test_two_at_once_leave_one_whole_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def quickly(out: Path) -> None:
        out.joinpath("a.ttf").write_bytes(b"a")
        out.joinpath("b.ttf").write_bytes(b"b")

    monkeypatch.setattr(fonts, "cut", quickly)
    place = tmp_path / "share" / "fonts"
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(fonts.cut_into, [place] * 16)) == {place}
    assert sorted(path.name for path in place.iterdir()) == ["a.ttf", "b.ttf"]
    assert list(place.parent.iterdir()) == [place]


def test_a_cut_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(out: Path) -> None:
        out.joinpath("half.ttf").write_bytes(b"half")
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr(fonts, "cut", fail)
    with pytest.raises(OSError, match="disk full"):
        fonts.cut_into(tmp_path / "fonts")
    assert not list(tmp_path.iterdir())


def test_fonts_of_a_wheel_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "WHEEL_FOLDER", tmp_path)
    assert fonts.folder() == tmp_path


@pytest.mark.parametrize(
    "denied", [("os.access", lambda *_: False), ("sys.base_prefix", sys.prefix)], ids=["locked", "system"]
)
def test_without_a_virtual_environment_to_write_to_they_lie_in_the_users_cache(
    monkeypatch: pytest.MonkeyPatch, denied: tuple[str, object]
) -> None:
    monkeypatch.setattr(*denied)
    place = fonts.environment_folder()
    assert not place.is_relative_to(sys.prefix)
    assert place.name.startswith("fonts-")


def test_a_missing_font_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="pip install fontpkg-newsreader"):
        fonts.cut(tmp_path)


def test_asking_for_the_folder_does_not_import_the_font_tools(cut_fonts: Path) -> None:
    code = "import sys; from reporter import fonts; print(fonts.folder()); sys.exit('fontTools' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == cut_fonts
