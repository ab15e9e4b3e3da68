"""The shape of the house: one way, a pure middle, one importer for each heavy library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support import ROOT

# From left to right. A module imports from its own stage and those before it; a package stands for its modules.
STAGES: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("model", "resources", "sqlite", "fonts", "palette"),
    ("catalogue",),  # what a series is: a source names what it parses
    ("sources",),
    ("config", "keys", "http", "releases", "embedded", "own", "store", "quotes", "revisions", "backtested"),
    ("pull", "freshness", "schedule", "brand", "typefaces"),
    ("rounding", "expr"),
    ("facts", "claims", "calc", "noise"),
    ("inline", "tree", "compare", "findings"),
    ("language",),
    ("sections",),
    ("takeaways", "late", "briefing", "transcript", "figures", "record"),
    ("build",),
    ("charts",),
    ("render",),
    ("publish", "editions", "proof", "explain"),
    ("deliver", "mail", "web", "site", "testing"),
    ("batch", "doctor", "run"),
    ("",),  # the package itself: its public names
    ("commands",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, stage in enumerate(STAGES) for name in stage}

# What works on values alone: no files, no clock, no environment.
PURE: tuple[str, ...] = (
    "model",
    "sources",
    "rounding",
    "expr",
    "facts",
    "claims",
    "calc",
    "inline",
    "tree",
    "compare",
    "findings",
    "sections",
)
PURE += ("takeaways",)
IMPURE_MODULES = {"io", "os", "pathlib", "random", "shutil", "socket", "subprocess", "sys", "tempfile", "time"}
CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("time", "time")}
WATCHED_BY = ("http", "store", "mail", "web", "commands", "cli")  # who may look at the clock

ONLY_IN = {
    "matplotlib": {"charts"},
    "numpy": {"charts"},
    "weasyprint": {"render", "publish"},  # publish: only to load it while the charts are drawn
    "cryptography": {"proof", "mail"},
    "css_inline": {"render"},
    "PIL": {"charts"},
    "pypdfium2": {"proof", "render"},
    "pikepdf": {"render", "proof"},
    "page": {"render"},
    "smtplib": {"mail"},
    "socket": {"http", "mail", "web"},
    "http.server": {"testing", "web", "site"},
    "urllib.request": {"http", "render"},  # render: WeasyPrint's fetcher, which answers from memory
    "http.client": {"http"},
    "urllib3": {"http"},
    "requests": {"http"},
    "httpx": {"http"},
    "fontTools": {"fonts", "typefaces"},
}
LONGEST_MODULE = 300


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        """Dotted, without the package: `model.units`; the package itself is the empty string."""
        parts = self.path.relative_to(ROOT / "reporter").with_suffix("").parts
        return ".".join(part for part in parts if part != "__init__")

    @property
    def stage(self) -> str:
        return self.name.partition(".")[0]

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and absolute dotted name of all it imports; `from x import y` counts as x.y."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}:{node.lineno}: imports are absolute here"
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def own(self) -> Iterator[tuple[int, str]]:
        """Line and name of the modules of this package it imports."""
        for line, target in self.imports():
            head, _, rest = target.partition(".")
            if head == "reporter":
                yield line, rest if rest in names() else rest.rpartition(".")[0]


@cache
def modules() -> tuple[Module, ...]:
    return tuple(Module(path) for path in sorted((ROOT / "reporter").rglob("*.py")))


@cache
def names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


@pytest.fixture(params=modules(), ids=lambda module: module.name or "reporter")
def module(request: pytest.FixtureRequest) -> Module:
    chosen: Module = request.param
    return chosen


def test_a_module_imports_only_from_its_own_stage_and_those_before_it(module: Module) -> None:
    assert module.stage in RANK, f"give {module.stage} a place in STAGES"
    rank = RANK[module.stage]
    assert not [f"{module.path}:{line} imports {to}" for line, to in module.own() if RANK[to.partition(".")[0]] > rank]


def test_no_circle_of_imports() -> None:
    """Within a stage, too. CycleError names the circle."""
    graph = {m.name: {to for _, to in m.own() if to not in {"", m.name}} for m in modules()}
    assert set(TopologicalSorter(graph).static_order()) >= names()


def test_heavy_and_outward_libraries_have_one_importer(module: Module) -> None:
    strangers = [
        f"{module.path}:{line} imports {target}"
        for line, target in module.imports()
        for library, stages in ONLY_IN.items()
        if f"{target}.".startswith(f"{library}.") and module.stage not in stages
    ]
    assert not strangers


def test_the_middle_is_pure(module: Module) -> None:
    if module.stage not in PURE:
        return
    assert not [f"{module.path}:{n} imports {to}" for n, to in module.imports() if to.split(".")[0] in IMPURE_MODULES]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "input"}, f"{module.path}:{node.lineno}"


def test_the_clock_is_read_at_the_edge_only(module: Module) -> None:
    if module.stage in WATCHED_BY:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            assert (owner, node.attr) not in CLOCKS, f"{module.path}:{node.lineno} reads the clock"


def test_nothing_stored_is_ever_run_and_only_the_command_line_prints(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec"}, f"{module.path}:{node.lineno}"
            assert node.func.id != "print" or module.stage == "cli", f"{module.path}:{node.lineno}"


def test_a_module_fits_on_a_few_screens(module: Module) -> None:
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


# Spelled in two halves, or this file would find itself.
UNFINISHED = re.compile("|".join((r"\bTO" + "DO", r"\bFIX" + "ME", r"\bX" + "XX", "NotImplemented" + "Error")))
SKIPPED = re.compile(r"pytest\.mark\.(skip|xfail)\b|pytest\." + "skip|assert " + "True")
MACHINE = re.compile(r"(?<![\w.}])/(?:home|root|Users|work)/\w")


@pytest.mark.parametrize("pattern", [UNFINISHED, SKIPPED, MACHINE], ids=["unfinished", "skipped", "machine"])
def test_nothing_is_left_lying_about(pattern: re.Pattern[str]) -> None:
    kinds = ("*.py", "*.j2", "*.toml", "*.md", "*.css")
    folders = [ROOT / name for name in ("reporter", "templates", "tests", "scripts", "benchmarks", "docs")]
    files = [path for folder in folders for kind in kinds for path in folder.rglob(kind)]
    assert len(files) > len(modules())
    for path in (*files, ROOT / "README.md", ROOT / "pyproject.toml", ROOT / "Makefile"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not pattern.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
