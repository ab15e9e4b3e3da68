"""Typefaces of one's own: which file is taken for which cut, what is refused, and what is left of the house's."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

from reporter import brand, fonts, typefaces
from reporter.charts import cache
from reporter.charts.drawing import Job
from reporter.charts.text import use_fonts, width
from reporter.config import Brand, Fonts
from reporter.errors import ConfigError, RenderError
from reporter.model.plots import Label, Line, Trace, Trend, Words
from reporter.render.coverage import assert_covered
from reporter.render.headline import advances
from reporter.transcript import ChartText, Passage
from reporter.tree import NameLeaf

SHIPPED = Path(mpl.get_data_path(), "fonts", "ttf")  # DejaVu, static and free, comes with matplotlib


def made(path: Path, weight: int = 400, *, wide: int = 600, without: str = "", embeddable: int = 0) -> Path:
    """An OpenType font with PostScript outlines: every sign a box `wide` thousandths of an em wide."""
    codes = {0x20: "space", **{code: f"u{code:04X}" for code in typefaces.NEEDED if chr(code) not in without}}
    order = [".notdef", *dict.fromkeys(codes.values())]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(codes)
    shapes = {}
    for name in order:
        pen = T2CharStringPen(wide, None)
        if name != "space":
            pen.moveTo((50, 0))
            for corner in ((50, 700), (wide - 50, 700), (wide - 50, 0)):
                pen.lineTo(corner)
            pen.closePath()
        shapes[name] = pen.getCharString()
    builder.setupCFF("Made", {}, shapes, {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (wide, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Made", "styleName": "Regular"})
    builder.setupOS2(usWeightClass=weight, fsType=embeddable, sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    builder.save(path)
    return path


def refused(held: Fonts, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        typefaces.folder(held, folder)
    return str(caught.value)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sans from two weights with PostScript outlines; the other roles are the house's."""
    folder = tmp_path_factory.mktemp("faces")
    (folder / "own").mkdir()
    made(folder / "own" / "a.otf", 400, wide=600)
    made(folder / "own" / "b.otf", 700, wide=700)
    place = typefaces.folder(Fonts(sans=folder / "own"), folder / "cache")
    assert place
    return place


def test_without_any_the_house_stands(tmp_path: Path) -> None:
    assert typefaces.folder(Fonts(), tmp_path) is None
    assert brand.load(Brand(), tmp_path).fonts is None


def test_each_cut_is_the_nearest_weight_under_the_houses_name(cut: Path) -> None:
    assert {path.name for path in cut.iterdir()} == {f"{f.name}{s}" for f in fonts.FACES for s in (".ttf", ".woff2")}
    wide = {face: advances(cut / f"ReporterSans-{face}.ttf").width("A") for face in ("Regular", "SemiBold", "Bold")}
    assert wide == {"Regular": 0.6, "SemiBold": 0.7, "Bold": 0.7}
    with TTFont(cut / "ReporterSans-SemiBold.ttf") as held:
        assert held["name"].getDebugName(16) == "Reporter Sans"
        assert held["OS/2"].usWeightClass == 600
        assert "glyf" in held
        assert "CFF " not in held
        for code in (0x2009, 0x200B, 0x202F, 0x2011):  # what the maker left out and a page needs
            assert code in held.getBestCmap()
    assert (cut / "BriefSerif-Regular.ttf").read_bytes() == (
        fonts.house_folder() / "BriefSerif-Regular.ttf"
    ).read_bytes()


def test_a_variable_font_is_cut_at_each_weight(tmp_path: Path) -> None:
    found = find_spec("fontpkg_source_sans_3")
    assert found
    assert found.origin
    source = Path(found.origin).parent / "files" / "SourceSans3[wght].ttf"
    place = typefaces.folder(Fonts(sans=source), tmp_path)
    assert place
    wide = [advances(place / f"ReporterSans-{face}.ttf").width("Hamburg") for face in ("Regular", "SemiBold", "Bold")]
    assert wide == sorted(set(wide))
    with TTFont(place / "ReporterSans-Bold.ttf") as held:
        assert "fvar" not in held


def test_the_same_files_are_cut_once_and_others_apart(cut: Path, tmp_path: Path) -> None:
    again = typefaces.folder(Fonts(sans=made(tmp_path / "a.otf")), tmp_path / "cache")
    before = (again or tmp_path).stat().st_mtime_ns
    assert typefaces.folder(Fonts(sans=tmp_path / "a.otf"), tmp_path / "cache") == again
    assert (again or tmp_path).stat().st_mtime_ns == before
    other = typefaces.folder(Fonts(sans=made(tmp_path / "b.otf", wide=500)), tmp_path / "cache")
    assert len({cut.name, (again or tmp_path).name, (other or tmp_path).name}) == 3


def test_a_missing_glyph_is_named_and_every_fault_told_at_once(tmp_path: Path) -> None:
    held = Fonts(display=made(tmp_path / "display.otf", without="Q"), sans=made(tmp_path / "sans.otf", without="−†"))
    told = refused(held, tmp_path / "cache")
    assert "brand.fonts.display: " in told
    assert "display.otf has no glyph for Q (LATIN CAPITAL LETTER Q, U+0051)" in told
    assert "sans.otf has no glyph for † (DAGGER, U+2020), − (MINUS SIGN, U+2212)" in told
    assert not [*(tmp_path / "cache" / "fonts").iterdir()]


def test_a_font_that_forbids_embedding_is_refused(tmp_path: Path) -> None:
    told = refused(Fonts(text=made(tmp_path / "a.otf", embeddable=2)), tmp_path / "cache")
    assert "forbids embedding (OS/2 fsType 2)" in told


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"nothing")
    assert "is no font that can be read" in refused(Fonts(sans=tmp_path / "a.ttf"), tmp_path / "cache")
    (tmp_path / "empty").mkdir()
    assert "holds no .ttf or .otf file" in refused(Fonts(sans=tmp_path / "empty"), tmp_path / "cache")


def test_charts_are_measured_and_kept_by_the_faces_they_are_set_in(cut: Path) -> None:
    job = Job(Trend(Trace("", Line("", ()), Label(""))), Words("a", "", "", "", ""))
    house = cache.fingerprint(job)
    use_fonts(fonts.house_folder())
    before = width("0000")
    with fonts.using(cut):
        assert cache.fingerprint(job) != house
        use_fonts(fonts.folder())
        assert width("0000", 10) == pytest.approx(4 * 0.6 * 10, abs=0.1)
    assert cache.fingerprint(job) == house
    use_fonts(fonts.folder())
    assert width("0000") == before


def test_a_sign_that_a_briefing_prints_and_its_face_lacks_is_named(cut: Path) -> None:
    with fonts.using(cut):
        assert_covered([Passage("text", (NameLeaf("Łódź"),))], [ChartText("a", "label", "Lodz")])
        with pytest.raises(RenderError, match=r"typeface for sans has no glyph for .*Ł \(U\+0141 LATIN CAPITAL"):
            assert_covered([], [ChartText("a", "label", "Łódź")])


@pytest.mark.skipif(sys.platform == "win32", reason="fontconfig")
def test_a_briefing_set_in_them_conforms_and_holds_no_face_of_the_houses(tmp_path: Path) -> None:
    from tests.test_brand import DAY, build  # noqa: PLC0415

    for name, files in (("serif", "DejaVuSerif*.ttf"), ("sans", "DejaVuSans*.ttf")):
        (tmp_path / name).mkdir()
        for path in SHIPPED.glob(files):
            if not any(word in path.name for word in ("Mono", "Display")):
                (tmp_path / name / path.name).write_bytes(path.read_bytes())
    (tmp_path / "reporter.toml").write_text(
        'output = "output"\ncache = "cache"\n[brand.fonts]\ndisplay = "serif"\ntext = "serif"\nsans = "sans"\n'
    )
    done = build(tmp_path)
    assert done.exit_code == 0, (done.output, done.exception)
    edition = tmp_path / "output" / "made" / DAY
    told = json.loads((edition / "briefing.validation.json").read_text(encoding="utf-8"))
    assert all(row["conforms"] for row in told["verdicts"])
    (place,) = (tmp_path / "cache" / "fonts").iterdir()
    assert not [
        face.name
        for face in fonts.FACES
        if (place / f"{face.name}.ttf").read_bytes() == (fonts.house_folder() / f"{face.name}.ttf").read_bytes()
    ]
