"""What can go wrong, who must act, and the exit code that says so.

::

    ReporterError                                                      exit 1
    ├── ConfigError      edit reporter.toml, the briefing or the environment  2
    ├── SourceError .series
    │   ├── FetchError   the network or the publisher; the next run retries   3
    │   └── ParseError   the payload changed shape; quotes how it starts      4
    ├── DataError .series                                                     5
    │   ├── MissingSeries, MissingPeriod, StaleSeries
    │   └── UnitMismatch, FrequencyMismatch
    ├── RenderError .template .line    a template named something undefined   6
    ├── ProofError  .template .line    an unbound numeral, a false claim      7
    └── DeliveryError    what certainly did not leave, and why                8

Only the command line turns these into a line on stderr and an exit code; programming errors are
never wrapped.
"""

from __future__ import annotations


class ReporterError(Exception):
    """Something the person at the keyboard, or the publisher, has to mend."""

    exit_code = 1


class ConfigError(ReporterError):
    """The configuration or a briefing asks for something that does not exist."""

    exit_code = 2


class SourceError(ReporterError):
    """A publisher's series could not be had."""

    exit_code = 3

    def __init__(self, message: str, *, series: str = "") -> None:
        super().__init__(f"{series}: {message}" if series else message)
        self.series = series


class FetchError(SourceError):
    """The network or the publisher failed; the next run retries."""


class ParseError(SourceError):
    """A payload does not have the documented shape."""

    exit_code = 4


class DataError(ReporterError):
    """The observations at hand do not bear what is asked of them."""

    exit_code = 5

    def __init__(self, message: str, *, series: str = "") -> None:
        super().__init__(f"{series}: {message}" if series else message)
        self.series = series


class MissingSeries(DataError):
    """No vintage at hand holds the series, or none was known on the day."""


class MissingPeriod(DataError):
    """The series is there, the period asked for is not."""


class StaleSeries(DataError):
    """A release has passed and its period has not arrived."""


class UnitMismatch(DataError):
    """Two quantities of different kinds, natures or adjustments were put together."""


class FrequencyMismatch(DataError):
    """Two periods of different length were put together."""


class _TemplateFault(ReporterError):
    """A fault that has a place in a template."""

    def __init__(self, message: str, *, template: str = "", line: int = 0) -> None:
        where = f"{template}:{line}: " if template and line else f"{template}: " if template else ""
        super().__init__(where + message)
        self.message, self.template, self.line = message, template, line


class RenderError(_TemplateFault):
    """A template named something undefined or cannot be laid out."""

    exit_code = 6


class ProofError(_TemplateFault):
    """Something would have been printed that no datum bears out."""

    exit_code = 7


class DeliveryError(ReporterError):
    """Something certainly did not leave."""

    exit_code = 8
