"""The mail of an edition: one column that fetches nothing, says everything with images off, and a text that reads."""

from __future__ import annotations

import io
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reporter.brand import Logo, Look, load
from reporter.config import Brand, Colours, Settings, Site
from reporter.errors import RenderError
from reporter.proof import prove
from reporter.render.html import page
from reporter.render.mail import ADDRESS, LONGEST_HTML, NOBODYS, UNSUBSCRIBE, Letterhead, MailParts, mail
from reporter.render.mailed import letterhead, mailed, preheader, subject
from reporter.render.text import WIDEST_GRID
from reporter.resources import templates_folder
from reporter.tree import Edition, Front, TakeawayLine, Text, charts, plain
from tests.made import AS_OF, HOSTILE, made_drawings, made_edition, made_pictures

FOLDER = "https://example.org/made/2026-11-22/"
PAGE = f"{FOLDER}index.html"
OURS = Letterhead(
    FOLDER,
    "1 Example Street, 12345 Example City",
    Look("Example 24", "What matters", "Since 1843.", ("Example Press Ltd, No. 77.",)),
)


class Seen(HTMLParser):
    """Every element with its attributes, and the visible words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return made_edition()


@pytest.fixture(scope="module")
def parts(edition: Edition) -> MailParts:
    return made(edition)


def made(edition: Edition, held: Letterhead = OURS, *folders: Path) -> MailParts:
    return mail(edition, made_pictures(edition), [*folders, templates_folder()], held)


def spoilt(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A folder that overrides one template."""
    text = (templates_folder() / "base" / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "base").mkdir(exist_ok=True)
    (tmp_path / "base" / name).write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


def test_it_says_its_language_and_that_its_tables_are_only_for_looks(parts: MailParts) -> None:
    seen = Seen(parts.html)
    assert seen.of("html")[0]["lang"] == "en-US"
    for table in seen.of("table"):
        assert table.get("role") == "presentation" or "num" in table["class"].split()
    assert {"name": "color-scheme", "content": "light dark"} in seen.of("meta")
    assert "prefers-color-scheme: dark" in parts.html


def test_it_fetches_and_runs_nothing(parts: MailParts) -> None:
    seen = Seen(parts.html)
    assert not {tag for tag, _ in seen.elements} & {"script", "link", "svg", "iframe", "object", "form"}
    assert {image["src"] for image in seen.of("img")} == set(parts.images)
    assert "url(" not in parts.html
    assert "data:" not in parts.html
    assert not [attrs for _, attrs in seen.elements if "background" in attrs]


def test_a_picture_is_told_by_the_sentence_of_its_chart(edition: Edition, parts: MailParts) -> None:
    told = [plain(c.words["alt"]) for s in mailed(edition).sections for c in charts(s.blocks)]
    assert [image["alt"] for image in Seen(parts.html).of("img")] == told
    assert {image["width"] for image in Seen(parts.html).of("img")} == {"536"}


def test_rules_stand_in_the_elements_and_what_cannot_stays_in_the_head(parts: MailParts) -> None:
    seen = Seen(parts.html)
    assert "font-size: 36px" in seen.of("h1")[0]["style"]
    assert len(seen.of("style")) == 1
    assert "@media" not in "".join(attrs.get("style", "") for _, attrs in seen.elements)
    # The cells are the many: their rules are said once.
    assert not [cell for cell in seen.of("td") if "n" in cell.get("class", "").split() and "style" in cell]


def test_whoever_wants_to_leave_finds_the_way_in_the_first_and_the_last_line(parts: MailParts) -> None:
    links = [link["href"] for link in Seen(parts.html).of("a")]
    assert links[0] == links[-1] == UNSUBSCRIBE
    rows = [row for row in parts.text.splitlines() if row]
    assert rows[0] == rows[-1] == f"Unsubscribe: {UNSUBSCRIBE}"
    assert parts.html.count(UNSUBSCRIBE) == parts.text.count(UNSUBSCRIBE) == 2
    assert parts.html.count(ADDRESS) == parts.text.count(ADDRESS) == 1


def test_the_foot_is_the_publishers(parts: MailParts) -> None:
    for line in (
        "Example 24",
        "What matters",
        "Since 1843.",
        "Example Press Ltd, No. 77.",
        "1 Example Street, 12345 Example City",
    ):
        assert line in parts.html
        assert line in parts.text


def test_each_section_leads_to_its_receipts_once(parts: MailParts) -> None:
    links = [link["href"] for link in Seen(parts.html).of("a")]
    for section in ("niip", "holders"):
        assert links.count(f"{PAGE}#receipts-{section}") == 1
        assert parts.text.count(f"{PAGE}#receipts-{section}\n") == 1
    assert links.count(PAGE) == 2


def test_what_a_mail_leads_to_on_the_page_is_there(edition: Edition, parts: MailParts) -> None:
    ids = {
        attrs["id"]
        for _, attrs in Seen(page(edition, made_drawings(edition), [templates_folder()])).elements
        if "id" in attrs
    }
    wanted = {link["href"].partition("#")[2] for link in Seen(parts.html).of("a") if "#" in link["href"]}
    assert wanted
    assert wanted <= ids


def test_without_a_site_nothing_leads_there(edition: Edition) -> None:
    parts = made(edition, NOBODYS)
    assert {link["href"] for link in Seen(parts.html).of("a")} == {UNSUBSCRIBE}
    assert "http" not in parts.text.replace("https://fred.stlouisfed.org", "")
    assert "is in the PDF of this edition" in parts.html


def test_what_is_looked_up_stays_on_the_page(edition: Edition, parts: MailParts) -> None:
    assert [held.id for held in edition.sections] == ["niip", "holders", "sources"]
    assert [held.id for held in mailed(edition).sections] == ["niip", "holders"]
    assert "Sources and method" not in parts.html + parts.text


def test_a_hostile_name_is_text(parts: MailParts) -> None:
    assert "<script>" not in parts.html
    assert HOSTILE in parts.text
    assert HOSTILE in "".join(Seen(parts.html).words)


def test_the_subject_is_the_headline_unless_the_front_has_one(edition: Edition, parts: MailParts) -> None:
    assert parts.subject == plain(edition.front["headline"])
    other = replace(edition, front=Front({**edition.front.words, "subject": (Text("In brief"),)}))
    assert plain(subject(other)) == "In brief"


def test_the_preheader_is_the_second_fact_whole_or_not_at_all(edition: Edition) -> None:
    long, short = (Text("Very " * 20 + "long"),), (Text("Short enough"),)
    first = edition.takeaways[0]
    told = replace(edition, takeaways=(first, TakeawayLine("two", short, long), TakeawayLine("three", long, short)))
    assert plain(preheader(told)) == "Short enough"
    own = replace(told, front=Front({**told.front.words, "preheader": (Text("The second fact"),)}))
    assert plain(preheader(own)) == "The second fact"
    assert plain(preheader(edition)) == plain(edition.front["tagline"])
    html = made(own).html
    assert html.index("The second fact") < html.index("You asked for")
    assert "display: none" in html[: html.index("The second fact")] or "display:none" in html


def test_the_text_keeps_to_its_width(parts: MailParts) -> None:
    rows = [row for row in parts.text.splitlines() if "https://" not in row and HOSTILE not in row]
    assert max(map(len, rows)) <= WIDEST_GRID
    assert not [row for row in rows if row != row.rstrip()]


def test_a_table_of_the_text_stands_in_columns(parts: MailParts) -> None:
    rows = parts.text.splitlines()
    rule = next(at for at, row in enumerate(rows) if set(row) == {"-", " "})
    ends = [len(rows[rule].split("  ")[0]), len(rows[rule])]
    assert rows[rule - 1].startswith("Holder")
    last = next(row for row in rows[rule:] if row.startswith("All"))
    assert len(last.replace("‡", "")) <= ends[1]
    assert last[ends[0]] == " "


@pytest.mark.parametrize(
    ("name", "change", "word"),
    [
        ("email.html.j2", ("You asked for this briefing.", "y" * LONGEST_HTML), "cut by Gmail"),
        ("email-head.css", (".n {", f".{'n' * 8192} {{"), "Gmail takes 8,000 at most"),
        ("email.html.j2", ("You asked for", "{{ nothing }}"), "nothing"),
        ("email.txt.j2", ("Sent to", "{{ nothing }}"), "nothing"),
    ],
)
def test_what_mail_programs_would_cut_or_a_template_gets_wrong_fails(
    tmp_path: Path, edition: Edition, name: str, change: tuple[str, str], word: str
) -> None:
    with pytest.raises(RenderError, match=word):
        made(edition, OURS, spoilt(tmp_path, name, *change))


def test_a_chart_that_nobody_drew_is_named(edition: Edition) -> None:
    with pytest.raises(RenderError, match="niip, china"):
        mail(edition, {}, [templates_folder()])


def test_the_same_edition_gives_the_same_mail(edition: Edition, parts: MailParts) -> None:
    assert made(edition) == parts


def test_the_publishers_colours_are_the_mails(edition: Edition) -> None:
    own = Letterhead(brand=load(Brand(colours=Colours(accent="#123456", accent_dark="#abcdef"))))
    html = made(edition, own).html
    assert "#123456" in html
    assert ".claret { color: #abcdef !important }" in html
    assert "#a61e3c" not in html


def logo(colour: str) -> Logo:
    out = io.BytesIO()
    Image.new("RGB", (120, 40), colour).save(out, "PNG")
    return Logo(out.getvalue(), "image/png", 3.0)


def test_a_logo_stands_where_the_name_would_by_day_and_by_night(edition: Edition) -> None:
    look = Look("Example 24", logo=logo("navy"), logo_dark=logo("white"))
    held = Letterhead(FOLDER, "", look)
    parts = made(edition, held)
    day, night = (image for image in Seen(parts.html).of("img") if image["src"].startswith("brand-"))
    assert (day["src"], night["src"]) == ("brand-logo.png", "brand-logo-dark.png")
    assert day["alt"] == night["alt"] == "Example 24"
    assert (day["width"], "none" in night["style"]) == ("108", True)
    assert {parts.images[image["src"]] for image in (day, night)} == {look.logo and look.logo.body, logo("white").body}
    assert "".join(Seen(parts.html).words).count("Example 24") == parts.text.count("Example 24") == 1
    prove.of_mail(prove.made(edition, ()), edition, held, parts)


def test_an_svg_logo_is_the_name_in_a_mail(edition: Edition) -> None:
    parts = made(edition, Letterhead(brand=Look("Example 24", logo=Logo(b"<svg/>", "image/svg+xml", 1.0))))
    assert not [name for name in parts.images if name.startswith("brand-")]
    assert "".join(Seen(parts.html).words).count("Example 24") == 1


@pytest.mark.parametrize(
    ("url", "address"),
    [("", ""), ("https://example.org", PAGE), ("https://example.org/", PAGE)],
)
def test_the_page_is_where_the_site_has_it(url: str, address: str) -> None:
    settings: Any = Settings(site=Site(url=url))
    assert letterhead(settings, "made", AS_OF).page == address
