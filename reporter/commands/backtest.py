"""`reporter backtest`: how what past editions would have led with fared a year later."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reporter.commands.common import as_json, as_of, say_json, store_option

if TYPE_CHECKING:
    from reporter.backtested import Result
    from reporter.model.periods import Period

_FIRST = "2013-07"  # from then on the position, the current account and GDP have vintages of their own


class Month(click.ParamType["Period"]):
    """A month as YYYY-MM."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:  # noqa: ANN401
        """The month; fails with what to write."""
        from reporter.model.periods import Period  # noqa: PLC0415
        from reporter.proof import backtest  # noqa: PLC0415

        if isinstance(value, Period):
            return value
        try:
            return backtest.month(value)
        except ValueError:
            self.fail(f"{value!r} is not a month; write it as 2013-07", param, ctx)


@click.command()
@click.argument("briefing", required=False)
@click.option("--from", "first", type=Month(), default=_FIRST, show_default=True, help="The first edition's month.")
@click.option("--to", "last", type=Month(), help="The last edition's month.  [a year before --as-of]")
@click.option(
    "--every", type=click.Choice(["month", "quarter", "year"]), default="month", show_default=True, help="How often."
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="How many processes rebuild.")
@click.option(
    "--write",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the result in a file: reporter/data/backtest.toml is what the method section prints.",
)
@as_of
@store_option
@as_json
def backtest(  # noqa: PLR0913, PLR0917 -- one parameter an option
    briefing: str | None,
    first: Period,
    last: Period | None,
    every: str,
    jobs: int,
    write: Path | None,
    as_of: date,
    store_path: Path | None,
    as_json: bool,  # noqa: FBT001 -- click's way
) -> None:
    """Rebuild past editions, and judge what each led with on the vintages of a year later.

    An edition leads with the takeaway that ranks first among those on published vintages: what is backfilled from a
    later one was not known on the day and does not count. No vintage known after --as-of is read.
    """
    from reporter import backtested  # noqa: PLC0415
    from reporter.commands.session import settings  # noqa: PLC0415
    from reporter.model.periods import Frequency, Period  # noqa: PLC0415
    from reporter.proof import backtest as proof  # noqa: PLC0415
    from reporter.resources import templates_folder  # noqa: PLC0415

    held = settings(store_path)
    own = (held.templates,) if held.templates else ()
    until = last or Period.of(as_of, Frequency.MONTH)
    name = briefing or held.briefing
    plan = proof.Plan(name, first, until, every, as_of, held.store, (*own, templates_folder()))
    result = proof.run(plan, jobs)
    if write:
        write.write_text(backtested.dumps(result), "utf-8")
    if as_json:
        say_json(result.to_json())
    else:
        _say(result)


def _say(result: Result) -> None:
    from reporter.backtested import Outcome  # noqa: PLC0415

    for trial in result.trials:
        if trial.outcome is Outcome.FLIPPED:
            flipped = ", ".join(trial.flipped)
            click.echo(f"{trial.day}  {trial.lead}: not said again on {trial.judged_on}: {flipped}")
    for reason in dict.fromkeys(trial.reason for trial in result.trials if trial.reason):
        click.echo(f"unmade: {reason}", err=True)
    counts = result.counts()
    click.echo(
        f"{len(result.trials)} editions from {result.trials[0].day} to {result.trials[-1].day}: "
        f"{len(result.counted)} led with a claim on published vintages; {result.held} of them held a year later "
        f"({result.revised} rest on figures that were revised meanwhile)"
    )
    left = counts[Outcome.UNCOUNTED], counts[Outcome.UNMADE]
    click.echo(f"not counted: {left[0]} that judge nothing on published vintages, {left[1]} that cannot be built")
