"""`reporter vocabulary`: what each measurable word requires."""

from __future__ import annotations

import click

from reporter.commands.common import as_json, say_json


@click.command()
@click.argument("word", required=False)
@as_json
def vocabulary(word: str | None, *, as_json: bool) -> None:
    """Show the measurable words, and what has to bear each of them.

    Such a word may stand only in the words of a `say`, or under its `otherwise`; WORD shows the entries that it
    belongs to.
    """
    from reporter.errors import ConfigError  # noqa: PLC0415
    from reporter.language.vocabulary import phrases  # noqa: PLC0415

    held = [p for p in phrases() if not word or word.casefold() in {p.name, *(form.casefold() for form in p.forms)}]
    if not held:
        message = f"{word!r} is not in the vocabulary: it may be said freely"
        raise ConfigError(message)
    if as_json:
        say_json([{"name": p.name, "forms": list(p.forms), "needs": p.needs} for p in held])
        return
    for phrase in held:
        click.echo(f"{phrase.name}: {', '.join(phrase.forms)}\n  needs {phrase.needs}")
