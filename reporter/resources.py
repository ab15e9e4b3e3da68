"""Where the package's own folders lie: the same call in a checkout and in an installed wheel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from reporter.errors import ConfigError, ProofError, RenderError

_PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """The folder of all prose and markup: `templates/` of the checkout, `reporter/_templates` of a wheel."""
    for place in (_PACKAGE / "_templates", _PACKAGE.parent / "templates"):
        if place.is_dir():
            return place
    message = f"no templates beside {_PACKAGE}: the installation is incomplete; install reporter-briefing again"
    raise ConfigError(message)


@contextmanager
def located(folders: Sequence[Path]) -> Iterator[None]:
    """Give a template's error the path of the file it is in, where that is the user's own and not a shipped one."""
    try:
        yield
    except (ProofError, RenderError) as error:
        path = next((held for folder in folders if (held := folder / error.template).is_file()), None)
        if not error.template or path is None or path.is_relative_to(templates_folder()):
            raise
        raise type(error)(error.message, template=str(path), line=error.line) from error
