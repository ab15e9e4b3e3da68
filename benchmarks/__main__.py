"""`python -m benchmarks [--runs N] [SUITE …]`: print what the suites measure."""

from __future__ import annotations

import click

from benchmarks.suites import SUITES, Options, load


@click.command()
@click.argument("names", nargs=-1, metavar="[SUITE]…")
@click.option("--runs", default=Options.runs, show_default=True, type=click.IntRange(min=1), help="Runs of each case.")
@click.option("--briefing", default=Options.briefing, show_default=True)
@click.option("--as-of", default=Options.as_of, show_default=True)
def main(names: tuple[str, ...], runs: int, briefing: str, as_of: str) -> None:
    """Measure where a build spends its time and memory; medians of several runs."""
    if unknown := sorted({*names} - {*SUITES}):
        message = f"no suite {unknown[0]!r}; there are: {', '.join(SUITES)}"
        raise click.UsageError(message)
    for name in names or SUITES:
        for table in load(name).run(Options(runs, briefing, as_of)):
            click.echo(f"{table}\n")


if __name__ == "__main__":
    main()
