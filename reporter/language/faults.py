"""Where a template's fault lies: every error gets the template and the line it arose in."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import jinja2
from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from reporter.errors import ProofError, RenderError, ReporterError

_JINJA = str(Path(jinja2.__file__).parent)
_MISUSE = (TypeError, ValueError, ArithmeticError, LookupError)  # `{{ fact + word }}`, a filter's missing argument


@contextmanager
def placed(template: str, folders: Sequence[Path]) -> Iterator[None]:
    """Raise what goes wrong within as RenderError or ProofError with template and line.

    An error of our own code is not the template's fault and passes as it is.
    """
    try:
        yield
    except TemplateSyntaxError as error:
        raise RenderError(error.message or "not valid", template=error.name or template, line=error.lineno) from error
    except TemplateNotFound as error:
        where, line = _place(error, template, folders)
        message = f"no such template; looked for {error.name}"
        raise RenderError(message, template=where, line=line) from error
    except (ProofError, RenderError) as error:
        if error.template and error.line:
            raise
        where, line = _place(error, error.template or template, folders)
        raise type(error)(error.message, template=where, line=line) from error
    except (TemplateError, ReporterError) as error:
        where, line = _place(error, template, folders)
        raise RenderError(str(error), template=where, line=line) from error
    except _MISUSE as error:
        last = traceback.extract_tb(error.__traceback__)[-1].filename
        if not (_is_template(last) or last.startswith(_JINJA)):
            raise
        where, line = _place(error, template, folders)
        message = f"{type(error).__name__}: {error}"
        raise RenderError(message, template=where, line=line) from error


def _place(error: BaseException, template: str, folders: Sequence[Path]) -> tuple[str, int]:
    """The template and line a traceback passes through last; the template at hand, and 0, where it passes none."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_template(frame.filename)]
    if not frames:
        return template, 0
    path = Path(frames[-1].filename)
    names = (path.relative_to(folder).as_posix() for folder in folders if path.is_relative_to(folder))
    return next(names, template), frames[-1].lineno or 0


def _is_template(filename: str) -> bool:
    return filename.endswith(".j2")
