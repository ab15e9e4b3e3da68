"""The page: what the tree says is shown, every figure leads to its receipt and back, nothing is fetched or run."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from reporter.brand import HOUSE
from reporter.charts.style import PALETTE
from reporter.errors import RenderError
from reporter.model.periods import Period
from reporter.model.standing import State
from reporter.render import templates
from reporter.render.html import page, sheet
from reporter.render.ink import dressed, themed
from reporter.render.receipt import receipt_id
from reporter.resources import templates_folder
from reporter.tree import Block, ChartBlock, Container, Edition, Line, NameLeaf, lines, plain
from tests.made import HOSTILE, made_drawings, made_edition

VOID = {"meta", "link", "img", "br", "hr"}
HIDDEN = {"style", "title", "head", "script"}


@dataclass
class Seen(HTMLParser):
    """Every element with its attributes and ancestors, and all visible text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    nested_links: int = 0
    text: str = ""
    links: dict[str, str] = field(default_factory=dict)  # text of each figure's link, by address

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.nested_links += tag == "a" and "a" in self._open
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not HIDDEN.intersection(self._open):
            self.text += data

    def ids(self) -> Counter[str]:
        return Counter(attrs["id"] for _, attrs in self.elements if "id" in attrs)

    def of_class(self, name: str) -> list[dict[str, str]]:
        return [attrs for _, attrs in self.elements if name in attrs.get("class", "").split()]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return made_edition()


def web(edition: Edition, *folders: Path) -> str:
    return page(edition, made_drawings(edition), [*folders, templates_folder()])


def read(text: str) -> Seen:
    seen = Seen()
    seen.feed(text)
    return seen


@pytest.fixture(scope="module")
def seen(edition: Edition) -> Seen:
    return read(web(edition))


@pytest.fixture(scope="module", params=["web", "print"])
def either(request: pytest.FixtureRequest, edition: Edition) -> Seen:
    """The article in each medium."""
    made = page if request.param == "web" else sheet
    return read(made(edition, made_drawings(edition), [templates_folder()]))


def flat(text: str) -> str:
    """Words alone: white space of any kind is one space, signs and zero-width spaces are gone."""
    bare = re.sub("[†‡\N{ZERO WIDTH SPACE}]", "", text)
    return re.sub(r"\s+", " ", bare).strip()


def printed(edition: Edition) -> list[Line]:
    """Every line that stands on the page; the description is for the head, an alt for who does not see the picture."""
    front = [line for name, line in edition.front.words.items() if name != "description"]
    held = [*front, *(line for t in edition.takeaways for line in (t.lead, t.sentence))]
    for section in edition.sections:
        held.append(section.title)
        for block in flattened(section.blocks):
            words = block.words.items() if isinstance(block, ChartBlock) else ()
            held += [line for name, line in words if name != "alt"] or list(lines((block,)))
    return held


def flattened(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with those in containers, containers left out."""
    for block in blocks:
        if isinstance(block, Container):
            yield from flattened(block.blocks)
        else:
            yield block


def test_what_the_tree_says_is_what_the_page_shows(edition: Edition, seen: Seen) -> None:
    visible = flat(seen.text)
    held = printed(edition)
    assert len(held) > 40
    assert not [plain(line) for line in held if flat(plain(line)) not in visible]


def test_the_print_article_shows_the_same_but_for_what_stands_in_pictures(edition: Edition) -> None:
    paper = read(sheet(edition, made_drawings(edition), [templates_folder()]))
    words = [line for section in edition.sections for b in flattened(section.blocks) for line in lines((b,))
             if not isinstance(b, ChartBlock)]  # fmt: skip
    assert not [plain(line) for line in words if flat(plain(line)) not in flat(paper.text)]
    alts = {attrs["alt"] for tag, attrs in paper.elements if tag == "img"}
    assert alts == {
        plain(b.words["alt"]) for s in edition.sections for b in flattened(s.blocks) if isinstance(b, ChartBlock)
    }


def test_every_figure_and_judgement_leads_to_a_receipt_that_exists(either: Seen) -> None:
    addresses = [attrs["href"] for attrs in (*either.of_class("f"), *either.of_class("c"))]
    assert len(addresses) > 15
    assert not {address for address in addresses if not address.startswith(("#r-", "#j-"))}
    receipts = {attrs["id"] for attrs in either.of_class("receipt")}
    assert {address[1:] for address in addresses} <= receipts


def test_every_receipt_leads_back_to_where_its_figure_is_printed(edition: Edition, seen: Seen) -> None:
    ids = seen.ids()
    links = [attrs["href"] for tag, attrs in seen.elements if tag == "a"]
    backs = [before[1:] for before, after in pairwise(links) if after == "#closed"]
    assert len(backs) == len(seen.of_class("receipt"))
    assert not [back for back in backs if not ids[back]]
    assert "chart-niip" in backs, "a figure that only a picture shows leads back to the picture"
    places = {attrs["id"]: attrs["href"] for attrs in (*seen.of_class("f"), *seen.of_class("c")) if "id" in attrs}
    assert places["p1"] == "#" + receipt_id(edition.facts["niip.net"])


def test_on_paper_a_receipts_value_leads_back(edition: Edition) -> None:
    paper = read(sheet(edition, made_drawings(edition), [templates_folder()]))
    ids = paper.ids()
    internal = [attrs["href"][1:] for tag, attrs in paper.elements if tag == "a" and attrs["href"].startswith("#")]
    assert "chart-niip" in internal
    assert not [address for address in internal if not ids[address]]


def test_ids_are_unique_and_links_never_nested(either: Seen) -> None:
    assert not {name: count for name, count in either.ids().items() if count > 1}
    assert not either.nested_links


def test_a_hostile_label_is_text(edition: Edition, seen: Seen) -> None:
    assert edition.facts["holders.china"].label == HOSTILE
    assert seen.text.count(HOSTILE) >= 2  # the table's row, the receipt
    scripts = [attrs for tag, attrs in seen.elements if tag == "script"]
    assert scripts == [{"type": "application/ld+json"}], "a block of data, which runs nothing"
    assert web(edition).lower().count("<script") == 1


def test_nothing_runs_and_nothing_is_fetched(edition: Edition, seen: Seen) -> None:
    assert not [name for _, attrs in seen.elements for name in attrs if name.startswith("on")]
    assert not [tag for tag, _ in seen.elements if tag in {"link", "iframe", "object", "embed", "base", "img"}]
    assert not [attrs for _, attrs in seen.elements if attrs.keys() & {"src", "srcset", "action", "ping"}]
    addresses = re.findall(r"url\(([^)]*)\)", web(edition))
    assert len(addresses) == 8
    assert all(address.startswith("data:font/woff2;base64,") for address in addresses)
    assert "@import" not in web(edition)


def test_a_machine_reads_whose_report_it_is_and_where_its_figures_are(edition: Edition) -> None:
    """https://schema.org/Report, https://schema.org/Dataset; a label that closes the script is a text of it."""
    hostile = replace(
        edition, front=replace(edition.front, words={**edition.front.words, "name": (NameLeaf(HOSTILE),)})
    )
    for address in ("", "https://example.org/made/2026-11-22/"):
        text = page(hostile, made_drawings(hostile), [templates_folder()], address=address)
        block = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        report, figures = json.loads(block)["@graph"]
        assert (report["@type"], figures["@type"]) == ("Report", "Dataset")
        assert report["headline"] == plain(edition.front["headline"])
        assert report["datePublished"] == "2026-11-22"
        assert report["publisher"]["name"] == HOSTILE
        assert report.get("url", "") == (f"{address}index.html" if address else "")
        assert [file["contentUrl"] for file in figures["distribution"]] == [
            f"{address}data/observations.csv",
            f"{address}facts.json",
        ]
        parts = {part["distribution"]["contentUrl"]: part["name"] for part in figures["hasPart"]}
        assert set(parts) == {f"{address}data/niip.csv", f"{address}data/china.csv"}
        assert (f'<meta property="og:image" content="{address}card.png">' in text) is bool(address)


def test_landmarks_language_and_head(edition: Edition, seen: Seen) -> None:
    tags = Counter(tag for tag, _ in seen.elements)
    assert (tags["main"], tags["h1"], tags["nav"], tags["footer"]) == (1, 1, 1, 1)
    assert dict(seen.elements)["html"] == {"lang": "en-US"}
    metas = {attrs.get("name", attrs.get("property")): attrs["content"] for tag, attrs in seen.elements
             if tag == "meta" and "content" in attrs}  # fmt: skip
    assert metas["description"] == metas["og:description"] == plain(edition.front["description"])
    assert metas["og:title"] == plain(edition.front["headline"])
    assert seen.of_class("skip")[0]["href"] == "#text"
    named = [attrs.get("aria-labelledby", "") for tag, attrs in seen.elements if tag == "section"]
    assert all(seen.ids()[name] for name in named)


def test_marks_stand_beside_what_is_mixed_or_backfilled(edition: Edition) -> None:
    text = web(edition)
    figure = r'href="#r-{}"[^>]*>[^<]*<span class="m">{}</span></a>'
    assert re.search(figure.format("niip-change", "†"), text)
    assert re.search(figure.format("holders-china", "‡"), text)
    assert not re.search(figure.format("niip-net", "[†‡]"), text)
    assert "mixed vintages" in text
    assert "backfilled from the vintage of 18 June 2027" in text
    assert text.count("Backfilled: taken from a later vintage") == 1  # in the one section that has such figures


def test_a_table_of_one_basis_is_marked_once(edition: Edition) -> None:
    (table,) = re.findall(r"<table.*?</table>", web(edition), re.DOTALL)
    assert table.count("‡") == 1
    assert table.index("‡") < table.index("<thead>")


def test_what_is_late_is_said(seen: Seen) -> None:
    assert "Late: Treasury holders. A release that was due" in flat(seen.text)
    assert "not reachable" not in flat(seen.text)


def test_a_source_that_did_not_answer_is_named_with_the_day(edition: Edition) -> None:
    asked = Period.parse("2026-11-14")
    silent = [replace(line, state=State.UNREACHABLE, asked=asked) for line in edition.coverage]
    said = flat(web(replace(edition, coverage=tuple(silent))))
    assert said.count("Source not reachable on 14 November 2026.") == 1


def test_the_same_edition_gives_the_same_page(edition: Edition) -> None:
    assert web(edition) == web(made_edition())


def test_a_folder_of_ones_own_comes_first(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "web.css").write_text("body { --mine: 1 }", encoding="utf-8")
    assert "--mine: 1" in web(edition, tmp_path)


def test_a_template_at_fault_is_named_with_its_line(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "page.html.j2").write_text("<p>\n{{ editoin.as_of }}", encoding="utf-8")
    with pytest.raises(RenderError, match=r"page\.html\.j2:2: 'editoin' is undefined"):
        web(edition, tmp_path)
    (tmp_path / "base" / "page.html.j2").write_text("\n\n{% if %}", encoding="utf-8")
    with pytest.raises(RenderError, match=r"page\.html\.j2:3: "):
        web(edition, tmp_path)


def test_a_template_cannot_reach_behind_the_tree(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "page.html.j2").write_text("{{ edition.__class__.__mro__ }}", encoding="utf-8")
    with pytest.raises(RenderError, match="unsafe"):
        web(edition, tmp_path)


def test_a_chart_nobody_drew_is_named(edition: Edition) -> None:
    drawings = made_drawings(edition)
    del drawings["china"]
    with pytest.raises(RenderError, match="nobody drew the charts china"):
        page(edition, drawings, [templates_folder()])


def test_charts_take_their_inks_from_the_page() -> None:
    assert themed('<g style="fill: #0B3050; stroke: #a61e3c" id="x#0b30501">') == (
        '<g style="fill: var(--c-navy); stroke: var(--c-claret)" id="x#0b30501">'
    )
    assert themed("fill: #123456") == "fill: #123456"


def stylesheet(name: str) -> str:
    """As it stands in a page of the house."""
    return templates.environment((templates_folder(),)).get_template(f"base/{name}").render(brand=HOUSE)


def test_styles_that_charts_share_are_classes_of_the_page() -> None:
    one = '<svg style="font-family: A" version="1.1"><path style="fill: #0b3050"/><path style="fill: none"/></svg>'
    two = '<svg style="font-family: A"><path style="fill: #0b3050"/></svg>'
    shown, css = dressed([one, two])
    assert shown == [
        '<svg style="font-family: A"><path class="i0"/><path style="fill: none"/></svg>',
        '<svg style="font-family: A"><path class="i0"/></svg>',
    ]
    assert css == ".i0{fill:var(--c-navy)}"


@pytest.mark.parametrize("sheet_name", ["web.css", "print.css"])
def test_every_ink_has_its_variable_and_the_light_value_it_is_drawn_in(sheet_name: str) -> None:
    css = stylesheet(sheet_name)
    light = css.partition("prefers-color-scheme: dark")[0]
    held = dict(re.findall(r"--c-([a-z-]+): (#\w+|var\(--\w+\))", light))
    assert set(PALETTE) <= set(held)
    plain_values = {name: value for name, value in held.items() if not value.startswith("var") and len(value) == 7}
    assert not {n: v for n, v in plain_values.items() if n in PALETTE and v.lower() != PALETTE[n].lower()}


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_can_be_read_in_light_and_dark() -> None:
    css = stylesheet("web.css")
    light, _, dark = css.partition("prefers-color-scheme: dark")
    for scheme in (light, dark):
        inks = dict(re.findall(r"--(paper|ink|quiet|claret|faded|tint): (#\w{6})", scheme))
        for ink in ("ink", "quiet", "claret", "faded"):
            for ground in ("paper", "tint"):
                high, low = sorted((_luminance(inks[ink]), _luminance(inks[ground])), reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.4, (ink, ground)
