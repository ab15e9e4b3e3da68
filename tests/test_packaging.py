"""What a user installs: declared dependencies, and a wheel that works from an empty folder."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from reporter import fonts, resources
from reporter.errors import ConfigError
from tests.support import ROOT

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = ("matplotlib", "numpy", "pandas", "weasyprint", "fontTools")  # 0.2 to 0.5 s each


def distribution(requirement: str) -> str:
    """The normalised name in a requirement: `fonttools[woff]>=4.55` is fonttools."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]).lower()


DECLARED = {distribution(item) for item in PYPROJECT["project"]["dependencies"]}
CUTTERS = {distribution(item) for item in PYPROJECT["dependency-groups"]["fonts"]}


def third_party(path: Path) -> set[str]:
    """The top-level names of installed packages that a module imports anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {"reporter"}


def imported() -> dict[str, set[str]]:
    """Distribution to the modules that import it."""
    owners = packages_distributions()
    users: dict[str, set[str]] = {}
    for path in (ROOT / "reporter").rglob("*.py"):
        for name in third_party(path):
            assert name in owners, f"{path} imports {name}, which nothing installed provides"
            users.setdefault(distribution(owners[name][0]), set()).add(path.name)
    return users


def test_what_the_package_imports_is_declared_and_what_is_declared_is_imported() -> None:
    users = imported()
    assert set(users) - DECLARED <= CUTTERS
    assert {module for name in CUTTERS - DECLARED for module in users.get(name, ())} <= {"fonts.py"}
    assert set(users) >= DECLARED


def test_each_dependency_has_a_lower_bound_and_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed
    for line in listed[1].splitlines():
        assert re.fullmatch(r'    "[\w-]+>=[\d.]+", +# .+', line), line


def test_the_wheel_is_built_with_what_a_checkout_cuts_fonts_with() -> None:
    required = {item for item in PYPROJECT["build-system"]["requires"] if not item.startswith("hatchling")}
    assert required == set(PYPROJECT["dependency-groups"]["fonts"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel; hatchling runs in this process, with no index to ask."""
    out = tmp_path_factory.mktemp("wheel")
    built = next(WheelBuilder(str(ROOT)).build(directory=str(out), versions=["standard"]))
    with zipfile.ZipFile(built) as archive:
        yield archive


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    wheel.extractall(place)  # noqa: S202 - it is our own
    return place


def test_the_wheel_carries_code_templates_figures_briefings_fonts_and_licences(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    sources = [
        path for path in (ROOT / "reporter").rglob("*") if path.suffix in {".py", ".toml", ".tsv", ".gz", ".typed"}
    ]
    assert {path.relative_to(ROOT).as_posix() for path in sources} <= names
    templates = [path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert templates
    assert {f"reporter/_templates/{path.as_posix()}" for path in templates} <= names
    cut = {path.name for path in fonts.folder().iterdir()}
    assert {name.removeprefix("reporter/_fonts/") for name in names if "/_fonts/" in name} == cut
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"reporter", "reporter_briefing"}


def test_the_source_distribution_holds_no_font_and_can_be_built_from(tmp_path: Path) -> None:
    built = next(SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with tarfile.open(built) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert not [name for name in names if name.endswith((".ttf", ".woff2"))]
    assert {"hatch_build.py", "pyproject.toml", "reporter/fonts.py", "README.md", "LICENSE"} <= names
    assert any(name.startswith("templates/") for name in names)


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """What a Python process in `folder` prints that sees the unpacked wheel before the checkout."""
    environment = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_installed_wheel_finds_its_own_folders(installed: Path, tmp_path: Path) -> None:
    code = "from reporter import fonts, resources; print(resources.templates_folder(), fonts.folder(), sep='\\n')"
    found = run(installed, tmp_path, "-c", code).splitlines()
    assert found == [str(installed / "reporter" / "_templates"), str(installed / "reporter" / "_fonts")]


def test_an_installed_wheel_builds_a_briefing_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "-m", "reporter", "build", "--offline", "--as-of", "2026-02-06")
    edition = tmp_path / "output" / "sell-america" / "2026-02-06"
    assert (edition / "briefing.pdf").read_bytes().startswith(b"%PDF-")
    page = (edition / "index.html").read_text(encoding="utf-8")
    assert "net international investment position" in page.lower()
    assert "font/woff2" in page
    assert {path.name for path in tmp_path.iterdir()} == {"output"}


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = f"import sys, reporter.cli; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_templates_of_a_checkout_are_its_own() -> None:
    assert resources.templates_folder() == ROOT / "templates"


def test_a_broken_installation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "reporter")
    with pytest.raises(ConfigError, match="install reporter-briefing again"):
        resources.templates_folder()
