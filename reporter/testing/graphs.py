"""FRED's and ALFRED's graph files, with their habits."""

from __future__ import annotations

from datetime import date

from reporter import catalogue
from reporter.errors import MissingSeries
from reporter.model.periods import Frequency, Period
from reporter.testing.reply import Query, Reply, not_found
from reporter.testing.world import World

_SATURDAY = 5


def fredgraph(world: World, today: date, query: Query) -> Reply:
    """`observation_date,GDP`: a row a period, an empty cell where there is none."""
    code = query.get("id", "")
    values = world.values(f"fred:{code}", today) if _known(world, code) else {}
    if not values:
        return not_found()
    rows = [f"{period.start},{values.get(period, '')}" for period in _every(min(values), max(values))]
    return _csv([f"observation_date,{code}", *rows])


def alfredgraph(world: World, today: date, query: Query) -> Reply:
    """A column for each pair of id and day: further days than ids are left out in silence."""
    codes = query.get("id", "").split(",")
    days = [date.fromisoformat(day) for day in query.get("vintage_date", today.isoformat()).split(",")]
    pairs = [(code, min(day, today)) for code, day in zip(codes, days, strict=False)]
    if not all(_known(world, code) for code in codes):
        return not_found()
    columns = [world.values(f"fred:{code}", day) for code, day in pairs]
    held = sorted(period for column in columns for period in column)
    if not held:
        return not_found()
    head = ",".join(["observation_date", *(f"{code}_{day:%Y%m%d}" for code, day in pairs)])
    rows = [
        ",".join([str(period.start), *(column.get(period, "") for column in columns)])
        for period in _every(held[0], held[-1])
    ]
    return _csv([head, *rows])


def _known(world: World, code: str) -> bool:
    try:
        catalogue.info(f"fred:{code}")
    except MissingSeries:
        return False
    return f"fred:{code}" in world.layers


def _every(first: Period, last: Period) -> list[Period]:
    """Every period between; of days those of the working week."""
    run = [first + i for i in range(last.since(first) + 1)]
    daily = first.frequency is Frequency.DAY
    return [period for period in run if not daily or period.start.weekday() < _SATURDAY]


def _csv(lines: list[str]) -> Reply:
    return Reply(("\n".join(lines) + "\n").encode())
