"""A country's page: figures by hand, every country, the days before there were figures, and many at a time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from reporter import batch, briefing, build, catalogue, store
from reporter.build import Built
from reporter.cli import reporter
from reporter.config import Settings
from reporter.errors import ConfigError, MissingPeriod
from reporter.model.plots import Movers, Trend
from reporter.resources import templates_folder
from reporter.tree import charts, plain

NAME = "holder-profile"
NOW = date(2026, 11, 22)


def _built(country: str, day: date = NOW) -> Built:
    chosen = briefing.load(NAME, {"country": country})
    return build.build(chosen, store.snapshot(day, chosen.needs), [templates_folder()])


def _values(built: Built) -> dict[str, Decimal]:
    return {key: fact.value / 10**6 for key, fact in built.edition.facts.items()}


def test_japan_by_hand() -> None:
    """Table 1 of 18 June 2026, $ millions; the grand total of April 2026 is 37,722,986."""
    built = _built("Japan")
    values = _values(built)
    classes = ("treasuries", "agencies", "corporates", "equities")
    assert values["holder.securities"] == sum(values[f"holder.{name}"] for name in classes) == 2993570
    assert values["holder.securities.change_year"] == 2993570 - values["holder.securities.then"]
    assert built.edition.facts["holder.share"].text == "7.9%"
    rank = built.edition.claims["holder.rank"]
    assert (rank.holds, rank.count) == (True, 4)


@pytest.mark.parametrize("country", ["Japan", "Belgium", "Mexico", "Cuba"])
def test_a_change_is_the_sum_of_its_parts(country: str) -> None:
    values = _values(_built(country))
    for name in ("securities", "treasuries", "agencies", "corporates", "equities"):
        parts = (values[f"holder.{name}.{part}_year"] for part in ("net_purchases", "valuation", "other"))
        assert sum(parts) == values[f"holder.{name}.change_year"]


def test_the_largest_holder_is_said_to_be_it() -> None:
    built = _built("United Kingdom")
    assert built.edition.claims["holder.largest"].holds
    assert plain(built.edition.front["headline"]) == "The largest holder of American securities: the United Kingdom"


def test_neighbours_in_rank_hold_more_above_and_less_below() -> None:
    for country in ("United Kingdom", "Japan", "Cuba"):
        section = next(s for s in _built(country).edition.sections if s.id == "holder-profile")
        table = next(b.table for b in section.blocks if getattr(b, "table", None) and b.table.id == "holder_ranks")  # type: ignore[union-attr]
        sizes = [fact.value for fact in table.facts()]
        assert sizes == sorted(sizes, reverse=True)
        assert country in [row.label for row in table.rows]
        assert len(table.rows) == 7


@pytest.mark.parametrize("country", briefing.choices(NAME, "country"))
def test_every_country_has_its_page(country: str) -> None:
    edition = _built(country).edition
    assert edition.briefing.startswith(f"{NAME}/")
    assert "holder.securities" in edition.facts
    assert {c.key for s in edition.sections for c in charts(s.blocks)} <= {"holder_trend", "holder_movers"}


def test_there_are_eighty_one_and_no_two_share_a_folder() -> None:
    names = [briefing.load(NAME, {"country": one}).name for one in briefing.choices(NAME, "country")]
    assert len(names) == len(catalogue.countries()) == 81
    assert max(Counter(names).values()) == 1


@pytest.mark.parametrize("day", [date(2020, 6, 6), date(2021, 6, 6), date(2023, 12, 6), date(2026, 2, 6)])
def test_what_was_not_published_yet_is_left_out(day: date) -> None:
    facts = _built("Japan", day).edition.facts
    # The table begins in January 2020, its purchases in February 2023.
    assert ("holder.securities.change_year" in facts) == (day >= date(2021, 3, 1))
    assert ("holder.securities.net_purchases_year" in facts) == (day >= date(2024, 3, 1))


def test_a_day_before_the_table_says_what_is_missing() -> None:
    with pytest.raises(MissingPeriod, match=r"42609.*2015-01-01"):
        _built("Japan", date(2015, 1, 1))


def test_a_country_without_classes_says_so() -> None:
    built = _built("Monaco")
    said = " ".join(plain(line) for line in built.edition.lines())
    assert "does not publish by class" in said
    assert "holder.treasuries" not in built.edition.facts


def test_the_charts_draw_the_facts() -> None:
    built = _built("Japan")
    words = dict.fromkeys(
        "level level_end level_record treasuries agencies corporates equities holdings then now change purchases "
        "valuation other total".split(),
        "word",
    )
    trend, movers = (built.charts[key].plot(words) for key in ("holder_trend", "holder_movers"))
    assert isinstance(trend, Trend)
    assert trend.trace.line.points[-1].value == pytest.approx(2993.57)
    assert isinstance(movers, Movers)
    assert [row.now - row.then for row in movers.rows] == pytest.approx([sum(row.parts) for row in movers.rows])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"country": "Japn"}, "did you mean Japan"),
        ({"country": "Mainland China"}, "did you mean China"),
        ({"country": "Korea, South"}, "did you mean South Korea"),
        ({"country": "Atlantis-on-Sea"}, "no country"),
        ({}, "--country NAME"),
        ({"county": "Japan"}, "no parameter 'county'"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        briefing.load(NAME, parameters)


def test_a_briefing_without_parameters_takes_none() -> None:
    with pytest.raises(ConfigError, match="no parameter 'country'"):
        briefing.load("sell-america", {"country": "Japan"})


def test_many_at_a_time_and_one_that_fails(tmp_path: Path) -> None:
    settings = Settings(output=tmp_path / "out", cache=tmp_path / "cache")
    names = ("Japan", "Cuba", "Nowhere")
    orders = [batch.Order(NAME, NOW, settings, {"country": name}, formats=("html",)) for name in names]
    outcomes = {held.order.parameters["country"]: held for held in batch.run(orders, 2)}
    assert set(outcomes) == set(names)
    assert "no country 'Nowhere'" in outcomes["Nowhere"].fault
    for country in ("Japan", "Cuba"):
        folder = tmp_path / "out" / NAME / country.lower() / NOW.isoformat()
        assert outcomes[country].target == str(folder)
        assert json.loads((folder / "facts.json").read_bytes())["briefing"] == f"{NAME}/{country.lower()}"
        assert (folder / "index.html").stat().st_size > 10_000


def test_the_same_edition_alone_and_among_others(tmp_path: Path) -> None:
    orders = [
        batch.Order(NAME, NOW, Settings(output=tmp_path / name), {"country": "Cuba"}, formats=("html",))
        for name in ("alone", "among")
    ]
    batch.make(orders[0])
    assert [held.fault for held in batch.run(orders[1:], 1)] == [""]
    alone, among = (
        (tmp_path / name / NAME / "cuba" / NOW.isoformat() / "index.html").read_bytes() for name in ("alone", "among")
    )
    assert alone == among


def test_the_command_line_names_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a template that no country can be said with, every one of them fails and is named."""
    broken = tmp_path / "templates" / "sections"
    broken.mkdir(parents=True)
    (broken / "holder_profile.md.j2").write_text("{{ nothing.of.the.kind }}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTER_TEMPLATES", str(tmp_path / "templates"))
    monkeypatch.setattr(briefing, "choices", lambda *_: ("Japan", "Cuba"))
    words = f"build {NAME} --country all --jobs 2 --as-of {NOW} --format html --json --offline"
    result = CliRunner().invoke(reporter, words.split())
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["built"] == []
    assert set(told["failed"]) == {"Japan", "Cuba"}
    assert "holder_profile.md.j2" in result.stderr
