"""`python -m tests.packaging`: build what is published, and try it where it will be installed.

Wheel and sdist are built and checked, and installed in a new environment for each Python that is
found: what `nbvc` says of the demo must be the same everywhere, and no test extra may be needed.
With the oldest versions that pyproject.toml allows, the engine's own tests run, too. `--fast` stops
after the first environment; `--extension` builds `nbvc-jupyter` as well (it takes npm and a minute).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
FLOORS = "3.11"
"""The Python that the oldest versions are tried on: the newest that all of them have wheels for."""
_ENGINE = ("tests/sequence", "tests/diff/test_diff.py", "tests/notebook/test_editing.py")
_TOOLS = ("pytest>=8.2", "hypothesis>=6.100", "jsonschema>=4.20")


def run(*args: str | Path, **options: object) -> str:
    """Run a program; its stdout. What it says on failure is printed."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [*map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        env=environ,
        **options,  # type: ignore[call-overload]
    )
    if ran.returncode:
        print(ran.stdout[-3000:], ran.stderr[-3000:], file=sys.stderr)
        raise SystemExit(f"failed: {' '.join(map(str, args))[:200]}")
    return str(ran.stdout)


def main(arguments: list[str]) -> int:
    """Build, check, install, try."""
    with tempfile.TemporaryDirectory(prefix="nbvc-packaging-") as name:
        folder = Path(name)
        built = [*_built(ROOT, folder / "dist")]
        if "--extension" in arguments:
            built += _built(ROOT / "jupyter_extension", folder / "dist-jupyter")
        run(sys.executable, "-m", "twine", "check", "--strict", *built)
        print("built and checked:", ", ".join(path.name for path in built))
        wheel, sdist = built[:2]
        said = {}
        for version in PYTHONS:
            python = _python(version)
            if python is None:
                print(f"Python {version}: not here")
                continue
            for package in (wheel, sdist) if version == FLOORS else (wheel,):
                kind = "wheel" if package == wheel else "sdist"
                said[f"{version} {kind}"] = _tried(python, package, folder / f"{version}-{kind}")
            if "--fast" in arguments:
                break
        assert said, "no Python was found"
        assert len(set(said.values())) == 1, "the demo's diff is not the same everywhere"
        if "--fast" not in arguments:
            _floors(wheel, folder / "floors")
            _audited(wheel, folder / "audit")
    return 0


def _built(source: Path, into: Path) -> list[Path]:
    """Return the wheel and the sdist, each built from a copy of what git knows."""
    run(sys.executable, "-m", "build", "-q", "-o", into, source)
    found = sorted(into.iterdir(), key=lambda path: path.suffix != ".whl")
    assert len(found) == 2, found
    return found


def _python(version: str) -> str | None:
    """Find an interpreter, also one that a version manager keeps out of the way."""
    kept = Path.home() / ".pyenv" / "versions"
    every = sorted(kept.glob(f"{version}.*/bin/python")) if kept.is_dir() else []
    found = [*map(str, every), shutil.which(f"python{version}")]
    return next((one for one in found if one and _starts(one, version)), None)


def _starts(python: str, version: str) -> bool:
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    ran = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return ran.stdout.strip() == version


def _environment(python: str, folder: Path, *packages: str | Path) -> Path:
    run(python, "-m", "venv", folder)
    binaries = folder / "bin"
    run(binaries / "python", "-m", "pip", "install", "-q", *packages)
    return binaries


def _tried(python: str, package: Path, folder: Path) -> str:
    """Install a package, and let it say what changed in the demo."""
    binaries = _environment(python, folder, package)
    demo = ROOT / "fixtures" / "demo"
    args = (demo / "before.ipynb", demo / "after.ipynb", "--color", "always", "--no-pager")
    said = run(binaries / "nbvc", "diff", *args, cwd=folder)
    run(binaries / "nbvc", "--version", cwd=folder)
    typed = "from importlib.resources import files; assert (files('nbvc') / 'py.typed').is_file()"
    run(binaries / "python", "-c", typed, cwd=folder)
    listed = run(binaries / "python", "-m", "pip", "list", "--format", "freeze").splitlines()
    packages = [one for one in listed if not one.startswith(("pip=", "setuptools=", "nbvc"))]
    where = run(binaries / "python", "-V").strip()
    print(f"{where}, {package.name}: works, brings {len(packages)} packages")
    return said


def _floors(wheel: Path, folder: Path) -> None:
    """Run the engine's tests with the oldest versions that are allowed."""
    python = _python(FLOORS)
    if python is None:
        return
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = re.search(r"(?ms)^dependencies = \[(.*?)^\]", text)
    assert block
    oldest = [one.replace(">=", "==") for one in re.findall(r'"([a-z]\S*>=[\d.]+)"', block[1])]
    binaries = _environment(python, folder, wheel, *oldest, *_TOOLS)
    run(binaries / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *_ENGINE, cwd=ROOT)
    print(f"Python {FLOORS} with {', '.join(oldest)}: the engine's tests pass")


def _audited(wheel: Path, folder: Path) -> None:
    """Look up what is known of the versions that a user would get today."""
    binaries = _environment(sys.executable, folder, wheel)
    frozen = folder / "frozen.txt"
    listed = run(binaries / "python", "-m", "pip", "freeze", "--exclude", "nbvc")
    frozen.write_text(listed, encoding="utf-8")
    args = ("-m", "pip_audit", "--no-deps", "--disable-pip", "-r", frozen)
    ran = subprocess.run(
        [sys.executable, *map(str, args)], capture_output=True, text=True, check=False
    )
    said = (ran.stdout + ran.stderr).strip().splitlines()
    print("pip-audit:", said[-1] if said else "nothing said")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
