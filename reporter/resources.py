"""Where the package's own folders lie: the same call in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from reporter.errors import ConfigError

_PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """The folder of all prose and markup: `templates/` of the checkout, `reporter/_templates` of a wheel."""
    for place in (_PACKAGE / "_templates", _PACKAGE.parent / "templates"):
        if place.is_dir():
            return place
    message = f"no templates beside {_PACKAGE}: the installation is incomplete; install reporter-briefing again"
    raise ConfigError(message)
