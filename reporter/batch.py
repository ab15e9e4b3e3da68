"""One edition or many: from an order to files on disk, alone or in parallel processes.

Only here do the stages meet: settings, store, earlier editions, build, publish and deliver.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from reporter import brand, briefing, deliver, editions, fonts, freshness, own, publish, resources, store
from reporter.build import Built
from reporter.build import build as build_edition
from reporter.config import Settings
from reporter.errors import ConfigError, ReporterError
from reporter.language import commentary
from reporter.language.commentary import Commentary
from reporter.render.mailed import letterhead
from reporter.tree import NameLeaf

if TYPE_CHECKING:
    from concurrent.futures import Future

# Imported once a worker, so that the processes its editions fork to draw charts share it.
_PRELOADED = ("reporter.charts.output", "reporter.render.html", "reporter.render.pdf")

# Pango and fontconfig keep about a megabyte of every PDF for good: fresh workers keep memory flat.
EDITIONS_A_WORKER = 16


@dataclass(frozen=True)
class Order:
    """An edition to be made. `since` is what `editions.find` takes; `formats` those of `publish`.

    `commentary` is a file of an analyst's text: see `reporter.language.commentary`.
    """

    briefing: str
    as_of: date
    settings: Settings
    parameters: Mapping[str, str] = field(default_factory=dict)
    since: str | None = None
    formats: tuple[str, ...] = publish.FORMATS
    commentary: Path | None = None


@dataclass(frozen=True)
class Composed:
    """An edition before it is published; `unread` are earlier editions that were passed over, with the reason."""

    built: Built
    folders: tuple[Path, ...]
    unread: tuple[str, ...]
    look: brand.Look = brand.HOUSE


@dataclass(frozen=True)
class Made:
    """An edition on disk: the folder it stands in and the names of its files."""

    composed: Composed
    target: Path
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one order of many went: `fault` is empty where its edition stands in `target`."""

    order: Order
    target: str = ""
    fault: str = ""


def compose(order: Order) -> Composed:
    """The edition of an order, compared with an earlier day or edition where there is one."""
    settings = order.settings
    look = brand.load(settings.brand, settings.cache)
    own.use(settings)
    chosen = briefing.load(order.briefing, order.parameters)
    first = [settings.templates] if settings.templates else []
    beside = [chosen.folder / "templates"] if (chosen.folder / "templates").is_dir() else []
    folders = (*first, *beside, resources.templates_folder())
    with store.layers(store.Store(settings.store)) as held:
        found = editions.find(chosen, order.as_of, settings.output, order.since, held)
        seen = store.snapshot(order.as_of, chosen.needs, held)
        asked = freshness.asking(held, order.as_of)
        with resources.located(folders):
            built = build_edition(chosen, seen, folders, found.earlier, asked, _commentary(order.commentary))
    return Composed(_signed(built, look), folders, found.unread, look)


def _signed(built: Built, look: brand.Look) -> Built:
    """The edition with its publisher's imprint."""
    imprint = tuple((place, (NameLeaf(text),)) for place, text in look.words)
    return replace(built, edition=replace(built.edition, imprint=imprint))


def _commentary(path: Path | None) -> Commentary | None:
    if path is None:
        return None
    try:
        return commentary.parse(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as commentary: {error}"
        raise ConfigError(message) from error


def make(order: Order) -> Made:
    """Compose an edition and write it, whole or not at all, to `<output>/<briefing>/<as-of date>/`."""
    settings = order.settings
    with _uncollected():
        composed = compose(order)
    with _uncollected(), fonts.using(composed.look.fonts), resources.located(composed.folders):
        files = publish.files(
            composed.built,
            composed.folders,
            formats=order.formats,
            cache=settings.cache,
            paper=settings.paper,
            signing_key=settings.signing_key_file,
            letterhead=letterhead(settings, composed.built.edition.briefing, order.as_of, composed.look),
            brand=composed.look,
        )
    edition = composed.built.edition
    target = settings.output / edition.briefing / edition.as_of.isoformat()
    deliver.write_folder(target, files)
    return Made(composed, target, tuple(sorted(files)))


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for circular garbage within: an edition keeps nearly all it makes, and a tenth of its time went there.

    What it leaves is collected by whoever makes many; see `_attempt`.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def run(orders: Sequence[Order], jobs: int) -> Iterator[Outcome]:
    """Make every order in `jobs` processes and answer as each is done; one that fails does not stop the others."""
    # Only many editions need it: forty milliseconds of one.
    from concurrent.futures import ProcessPoolExecutor, as_completed  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    share = jobs * EDITIONS_A_WORKER
    for first in range(0, len(orders), share):
        # Spawned, not forked: a worker holds nothing of its parent, and no lock is copied half-way through.
        with ProcessPoolExecutor(jobs, get_context("spawn"), _prepare) as pool:
            pending = {pool.submit(_attempt, order): order for order in orders[first : first + share]}
            for done in as_completed(pending):
                yield _outcome(pending[done], done)


def _prepare() -> None:
    for name in _PRELOADED:
        import_module(name)


def _attempt(order: Order) -> Outcome:
    try:
        return Outcome(order, target=str(make(order).target))
    except ReporterError as error:
        return Outcome(order, fault=str(error))
    finally:
        gc.collect()  # WeasyPrint's documents are circles of references: without this a worker grows


def _outcome(order: Order, done: Future[Outcome]) -> Outcome:
    """What a worker answered, or how it ended: a programming error in one edition is that edition's fault."""
    error = done.exception()
    return done.result() if error is None else Outcome(order, fault=f"{type(error).__name__}: {error}")
