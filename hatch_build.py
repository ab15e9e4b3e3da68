"""Build hook: what a wheel carries beyond the package's own files, the templates and the cut fonts.

An editable install reads both from the checkout and its environment, and a source distribution holds neither
font nor copy: a wheel made from it cuts them again.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from types import ModuleType


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # its parameter is the builder's configuration
    """Hatchling finds the hook by this name."""

    _draft: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders to a standard wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        build_data["force_include"][str(root / "templates")] = "reporter/_templates"
        build_data["force_include"][str(self._fonts(root))] = "reporter/_fonts"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's
        """Leave nothing behind."""
        if self._draft is not None:
            self._draft.cleanup()

    def _fonts(self, root: Path) -> Path:
        """The environment's cut fonts when it has this recipe's, else a cut for this build."""
        fonts = _load_fonts(root)
        ready: Path = fonts.environment_folder()
        if ready.is_dir():
            return ready
        self._draft = tempfile.TemporaryDirectory(prefix="reporter-fonts-")
        fonts.cut(Path(self._draft.name))
        return Path(self._draft.name)


def _load_fonts(root: Path) -> ModuleType:
    """Load reporter/fonts.py alone: importing the package would ask for what it depends on."""
    spec = importlib.util.spec_from_file_location("_reporter_fonts", root / "reporter" / "fonts.py")
    if spec is None or spec.loader is None:
        message = f"{root} holds no reporter/fonts.py"
        raise FileNotFoundError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module
