"""Building an edition from made sections: what goes together, what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from reporter.briefing import Briefing, CoverageSource, SectionSource
from reporter.build import Built, build, citations
from reporter.errors import DataError, ProofError, RenderError
from reporter.findings import Candidate, Chart, ChartWords, Findings
from reporter.model.plots import Trend
from reporter.model.series import Snapshot
from reporter.tree import charts, plain, walk
from tests.made_core import PUBLISHER, backfilled, claim, fact, history, layer, seen, series, snapshot
from tests.made_core import plain as leaf

DAY = date(2026, 11, 22)
FRONT = "{% front %}\nheadline: So it is\n{% endfront %}\n"
HEAD = "{% section %}\ntitle: A title\n{% endsection %}\n"
NET = fact("niip.net", leaf("-27610000000000"))
RECORD = claim("niip.record", "lowest", (NET.expr, *history("-2", "-1")))
KNOWN = snapshot(DAY, series(DAY, layer(date(2026, 9, 25), "2025Q4", "-10,-11,-12")))


def _given(found: Findings, _: Snapshot) -> Findings:
    return found


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Built]:
    """Build a briefing of sections given as name, findings and template."""

    def make(*parts: tuple[str, Findings, str], held: Snapshot = KNOWN, front: str = FRONT) -> Built:
        (tmp_path / "sections").mkdir(exist_ok=True)
        (tmp_path / "front.md.j2").write_text(front, encoding="utf-8")
        for name, _, text in parts:
            (tmp_path / "sections" / f"{name}.md.j2").write_text(text, encoding="utf-8")
        sources = tuple(SectionSource(name, (), partial(_given, found)) for name, found, _ in parts)
        coverage = (CoverageSource("Made", "made:NET"),)
        return build(Briefing("tried", "Tried", "front.md.j2", sources, coverage, tmp_path), held, [tmp_path])

    return make


def test_sections_stand_in_the_briefings_order_with_all_that_was_found(made: Callable[..., Built]) -> None:
    other = fact("other.level", leaf("5"))
    built = made(
        ("one", Findings(facts=(NET,), claims=(RECORD,)), HEAD + "It is {{ niip.net }}, as is {{ other.level }}.\n"),
        ("two_words", Findings(facts=(other,)), HEAD + "{% say niip.record %}A record{% endsay %}.\n"),
    )
    edition = built.edition
    assert [section.id for section in edition.sections] == ["one", "two-words"]
    assert list(edition.facts) == ["niip.net", "other.level"]
    assert list(edition.claims) == ["niip.record"]
    assert [said.text for said in edition.said()] == ["−$27.61tn", "$5"]
    assert plain(edition.front["headline"]) == "So it is"
    assert (edition.as_of, edition.snapshot_id) == (DAY, KNOWN.id)
    assert set(edition.observations()) == {s.id for f in (NET, other) for s in f.expr.observations()} | {
        s.id for s in RECORD.observations()
    }


def test_a_direction_said_in_a_template_is_among_the_claims(made: Callable[..., Built]) -> None:
    moved = fact("niip.change", leaf("-3") - leaf("2"))
    built = made(("one", Findings(facts=(moved,)), HEAD + "It {% say niip.change.fell %}fell{% endsay %}.\n"))
    assert built.edition.claims["niip.change.fell"].holds is True
    (line,) = [line for line in built.edition.lines() if plain(line) == "It fell."]
    assert [node.kind for node in walk(line)] == ["text", "claim", "text", "text"]


def test_the_as_of_card_shows_how_far_series_reach(made: Callable[..., Built]) -> None:
    (line,) = made(("one", Findings(), HEAD)).edition.coverage
    assert (line.label, str(line.last), line.stale) == ("Made", "2026Q2", False)
    empty = snapshot(date(2020, 1, 1), series(date(2020, 1, 1), layer(date(2026, 9, 25), "2025Q4", "-10")))
    assert made(("one", Findings(), HEAD), held=empty).edition.coverage == ()


@pytest.mark.parametrize("noun", ["facts", "claims"])
def test_two_sections_may_not_make_one_noun(made: Callable[..., Built], noun: str) -> None:
    found = Findings(**{noun: (NET,) if noun == "facts" else (RECORD,)})  # type: ignore[arg-type]
    with pytest.raises(DataError, match=f"two sections make the {noun[:-1]} 'niip"):
        made(("one", found, HEAD), ("two", found, HEAD))


def test_a_section_needs_a_title(made: Callable[..., Built]) -> None:
    with pytest.raises(RenderError, match="title") as caught:
        made(("one", Findings(), "Words.\n"))
    assert caught.value.template == "sections/one.md.j2"


def test_a_false_claim_stops_the_edition(made: Callable[..., Built]) -> None:
    false = claim("niip.record", "highest", (NET.expr, *history("-2", "-1")))
    with pytest.raises(ProofError) as caught:
        made(("one", Findings((NET,), (false,)), HEAD + "{% say niip.record %}A record{% endsay %}.\n"))
    assert (caught.value.template, caught.value.line) == ("sections/one.md.j2", 4)


TAKEAWAY = '{% takeaway "niip" %}\nlead: In debt\nsentence: It was {{ niip.net }}.\n{% endtakeaway %}\n'


def test_a_takeaway_is_printed_where_it_is_said_and_offered(made: Callable[..., Built]) -> None:
    offers = (Candidate("niip", (NET,)), Candidate("unsaid", (NET,)))
    built = made(("one", Findings((NET,), candidates=offers), HEAD + TAKEAWAY))
    (line,) = built.edition.takeaways
    assert (plain(line.lead), plain(line.sentence)) == ("In debt", "It was −$27.61tn.")
    assert [score.candidate.key for score in built.scores] == ["niip"]


@pytest.mark.parametrize("late", [True, False])
def test_why_nothing_leads_is_said_only_where_nothing_does(made: Callable[..., Built], late: bool) -> None:  # noqa: FBT001
    offers = (Candidate("niip", (replace(NET, stale=late),)),)
    front = (
        '{% front %}\nheadline: x\nno_takeaways: {% if "stale" in caveats %}It is late.{% endif %}\n\n{% endfront %}\n'
    )
    built = made(("one", Findings((NET,), candidates=offers), HEAD + TAKEAWAY), front=front)
    assert plain(built.edition.front["no_takeaways"]) == ("It is late." if late else "")
    assert bool(built.edition.takeaways) is not late


def test_a_takeaway_that_no_section_offers_is_a_fault(made: Callable[..., Built]) -> None:
    with pytest.raises(RenderError, match="no section offers: niip"):
        made(("one", Findings((NET,)), HEAD + TAKEAWAY))


@pytest.mark.parametrize(
    ("name", "says"), [("levl", "has no field 'level'; is it 'levl'?"), ("other", "has no field 'level'")]
)
def test_a_field_that_a_chart_wants_and_is_not_given_is_a_fault_of_the_template(
    made: Callable[..., Built], name: str, says: str
) -> None:
    def plot(words: ChartWords) -> Trend:
        raise AssertionError(words["level"])

    text = f'{HEAD}{{% chart "net" %}}\nheadline: A\nunit: B\nsource: C\nalt: D\n{name}: E\n{{% endchart %}}\n'
    built = made(("one", Findings((NET,), charts=(Chart("net", plot, ()),)), text))
    (block,) = charts(built.edition.sections[0].blocks)
    with pytest.raises(RenderError, match=re.escape(says)) as caught:
        built.charts["net"].drawn(block)
    assert (caught.value.template, caught.value.line) == ("sections/one.md.j2", 5)


def test_citations_span_the_vintages_and_tell_what_is_backfilled() -> None:
    early, late = date(2026, 1, 3), date(2026, 9, 25)
    (cited,) = citations([seen("1", day=late), seen("2", "2026Q1", day=early)])
    assert (cited.publisher.text, str(cited.first), str(cited.last)) == (PUBLISHER, "2026-01-03", "2026-09-25")
    assert not cited.backfilled
    (cited,) = citations([backfilled("1", "2026Q1", known=early, path=late)])
    assert cited.backfilled
