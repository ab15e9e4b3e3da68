"""The templates of what comes out: where they are found, what they may ask, and where an error of theirs stands."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from reporter.errors import RenderError
from reporter.language.wording import in_words, short
from reporter.render import groups, receipt, receipts
from reporter.tree import plain

_SPARE = re.compile(
    r"/\*.*?\*/\s*|(?<=\n)\s+|\s+(?=[{}])|(?<=[{};])[ \t]+", re.DOTALL
)  # comments, and white space that says nothing


@cache
def environment(folders: tuple[Path, ...], *, markup: bool = True) -> ImmutableSandboxedEnvironment:
    """Autoescape on where it is `markup`: all but stylesheets and the charts' pictures is text until proven otherwise.

    Of `folders` the first that holds a template wins.
    """
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=markup,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        plain=plain,
        in_words=in_words,
        short=short,
        runs=groups.runs,
        paired=groups.paired,
        framed=groups.framed,
        body=groups.body,
        notes=groups.notes,
        shortened=receipt.shortened,
        lean=lambda css: Markup(_SPARE.sub("", css)),  # noqa: S704 -- our own stylesheets
        picture=lambda drawing: Markup(drawing.svg),  # noqa: S704 -- charts escape their own text
    )
    made.globals.update(
        opening=groups.opening,
        already_marked=groups.already_marked,
        shared_basis=groups.shared_basis,
        marked=groups.marked,
        marked_front=groups.marked_front,
        marked_anywhere=groups.marked_anywhere,
        printed_in=receipts.printed_in,
        receipt_id=receipt.receipt_id,
        chart_id=receipts.chart_id,
        as_published=receipt.as_published,
    )
    return made


@contextmanager
def placed(template: str) -> Iterator[None]:
    """Give an error of a template its name and line."""
    try:
        yield
    except TemplateSyntaxError as error:
        raise RenderError(error.message or "not valid", template=error.name or template, line=error.lineno) from error
    except TemplateNotFound as error:
        message = f"no such template; looked for {error.name}"
        raise RenderError(message, template=template) from error
    except TemplateError as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith((".j2", ".css"))]
        where = frames[-1] if frames else None
        name = "/".join(Path(where.filename).parts[-2:]) if where else template  # base/page.html.j2
        raise RenderError(str(error), template=name, line=(where.lineno or 0) if where else 0) from error
