"""`python -m tests.packaging`: build what is published, and try it where it will be installed.

Wheel and sdist are built and checked, and installed in a new environment for each Python that is
found: what `nbvc` says of the demo must be the same everywhere, and no test extra may be needed. The
engine's own tests run there, too, and again with the oldest versions that pyproject.toml allows, on
the oldest and the newest Python. `--fast` stops
after the first environment. `--extension` builds `nbvc-jupyter` as well (it takes npm and a minute),
installs both without node on every Python (`installed.py`), then both wheels beside the oldest and the
newest JupyterLab and Notebook, and runs browser tests there; `--extension=only` does nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.integration.docs.programs import PROGRAM, run_program
from tests.pythons import find_python

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
_ENGINE = (
    *("tests/unit/sequence", "tests/unit/diffing/test_diff.py", "tests/unit/merging/test_merge.py"),
    *("tests/unit/notebook/test_editing.py", "tests/unit/notebook/test_faults.py"),
)
_JUPYTERS = (("jupyterlab==4.2.*", "notebook==7.2.*"), ("jupyterlab", "notebook"))
_BROWSER = tuple(
    f"tests/browser/jupyter/test_{name}.py" for name in ("compare", "commit", "history", "disk")
)
_BESIDE = ("nbdime", "jupytext")
"""Packages with examples that nbvc does not install."""
_TOOLS = ("pytest>=8.2", "hypothesis>=6.100", "jsonschema>=4.20")


def run(*args: str | Path, environ: dict[str, str] | None = None, **options: object) -> str:
    """Run a program; its stdout. What it says on failure is printed."""
    environ = environ or _own_environ()
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


def _own_environ() -> dict[str, str]:
    """Return the environment of a program that sees what is installed, and no checkout."""
    return {name: one for name, one in os.environ.items() if name != "PYTHONPATH"}


def main(arguments: list[str]) -> int:
    """Build, check, install, try."""
    with tempfile.TemporaryDirectory(prefix="nbvc-packaging-") as name:
        folder = Path(name)
        built = [*_built(ROOT, folder / "dist")]
        extension = next((one for one in arguments if one.startswith("--extension")), "")
        if extension:
            built += _built(ROOT / "jupyter_extension", folder / "dist-jupyter")
        run(sys.executable, "-m", "twine", "check", "--strict", *built)
        print("built and checked:", ", ".join(path.name for path in built), flush=True)
        wheel, sdist = built[:2]
        if extension:
            _try_extension(built, folder)
        if extension.endswith("=only"):
            return 0
        shutil.unpack_archive(sdist, folder / "source")
        (source,) = (folder / "source").iterdir()
        said = {}
        for version in PYTHONS:
            python = find_python(version)
            if python is None:
                print(f"Python {version}: not here")
                continue
            for package in (wheel, sdist) if version == PYTHONS[0] else (wheel,):
                kind = "wheel" if package == wheel else "sdist"
                said[f"{version} {kind}"] = _tried(
                    python, package, source, folder / f"{version}-{kind}"
                )
            if "--fast" in arguments:
                break
        assert said, "no Python was found"
        assert len(set(said.values())) == 1, "the demo's diff is not the same everywhere"
        if "--fast" not in arguments:
            _try_examples(wheel, folder)
            for version in (PYTHONS[0], PYTHONS[-1]):
                _floors(version, wheel, source, folder / f"floors-{version}")
            _audited(wheel, folder / "audit")
    return 0


def _try_extension(built: Sequence[Path], folder: Path) -> None:
    """Use both distributions of each kind without node on every Python, and in two Jupyters."""
    both = folder / "both"
    both.mkdir()
    for package in built:
        shutil.copy(package, both)
    for python in filter(None, map(find_python, PYTHONS)):
        for kind in ("whl", "tar.gz"):
            said = run(python, ROOT / "tests" / "packaging" / "installed.py", both, kind)
            print(said.strip(), flush=True)
    for number, jupyter in enumerate(_JUPYTERS):
        _in_jupyter(jupyter, (built[0], built[2]), folder / f"jupyter-{number}")


def _built(source: Path, into: Path) -> list[Path]:
    """Return the wheel and the sdist, each built from a copy of what git knows."""
    run(sys.executable, "-m", "build", "-q", "-o", into, source)
    found = sorted(into.iterdir(), key=lambda path: path.suffix != ".whl")
    assert len(found) == 2, found
    return found


def _environment(python: str, folder: Path, *packages: str | Path) -> Path:
    run(python, "-m", "venv", folder)
    binaries = folder / "bin"
    run(binaries / "python", "-m", "pip", "install", "-q", *packages)
    return binaries


def _tried(python: str, package: Path, source: Path, folder: Path) -> str:
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
    tests = _tested(binaries, source)
    print(f"{where}, {package.name}: works, brings {len(packages)} packages; {tests}", flush=True)
    return said


def _tested(binaries: Path, source: Path) -> str:
    """Run the engine's tests on what is installed; how many passed."""
    run(binaries / "python", "-m", "pip", "install", "-q", *_TOOLS)
    args = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=")
    # The tests come from the sdist; nbvc is the one that was installed.
    with tempfile.TemporaryDirectory() as name:
        for part in ("tests", "fixtures", "pyproject.toml"):
            os.symlink(source / part, Path(name) / part)
        environ = {**os.environ, "PYTHONPATH": name}
        ran = run(binaries / "python", *args, *_ENGINE, cwd=name, environ=environ)
    return ran.splitlines()[-1]


def _in_jupyter(jupyter: Sequence[str], wheels: Sequence[Path], folder: Path) -> None:
    """Install both wheels beside a JupyterLab and a Notebook, and run browser tests in these."""
    python = _environment(sys.executable, folder, *wheels, *jupyter) / "python"
    listed = run(python, "-m", "pip", "list", "--format", "freeze").splitlines()
    found = [one for one in listed if one.split("==")[0] in {"jupyterlab", "notebook"}]
    environ = {**os.environ, "NBVC_JUPYTER": str(python), "CI": "true"}
    ran = run(sys.executable, "-m", "pytest", "-q", *_BROWSER, cwd=ROOT, environ=environ)
    print(f"{', '.join(found)}: {ran.splitlines()[-1]}", flush=True)


def _try_examples(wheel: Path, folder: Path) -> None:
    """Run the examples for each package, where there is nothing but the wheel and that package."""
    text = (ROOT / "docs" / "guides" / "programs.md").read_text("utf-8")
    parts = re.findall(r"(?ms)^## (\w+)[^\n]*\n(.*?)(?=^## |\Z)", text)
    bare = _environment(sys.executable, folder / "examples", wheel) / "python"
    for name, part in parts:
        programs = PROGRAM.findall(part)
        package = next((one for one in _BESIDE if one == name.lower()), None)
        python = bare
        if package is not None:
            python = _environment(sys.executable, folder / name, wheel, package) / "python"
        for number, code in enumerate(programs):
            place = folder / f"{name}-{number}"
            place.mkdir()
            run_program(str(python), code, place, _own_environ())
        print(f"{name}: {len(programs)} examples work", flush=True)


def _floors(version: str, wheel: Path, source: Path, folder: Path) -> None:
    """Run the engine's tests with the oldest versions that are allowed for a Python."""
    python = find_python(version)
    if python is None:
        return
    oldest = _oldest(version)
    said = _tested(_environment(python, folder, wheel, *oldest), source)
    print(f"Python {version} with {', '.join(oldest)}: {said}", flush=True)


def _oldest(version: str) -> list[str]:
    """Return the oldest versions of what nbvc needs, as requirements."""
    from packaging.requirements import Requirement

    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = re.search(r"(?ms)^dependencies = \[(.*?)^\]", text)
    assert block
    every = [Requirement(one) for one in re.findall(r'(?m)^  "(.*)",$', block[1])]
    mine = [
        one for one in every if not one.marker or one.marker.evaluate({"python_version": version})
    ]
    return [f"{one.name}=={next(iter(one.specifier)).version}" for one in mine]


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
    unknown = sum("could not be audited" in line for line in said)
    if any(line.startswith("Found ") for line in said):
        raise SystemExit("\n".join(["pip-audit:", *said]))
    if unknown or ran.returncode:
        print(f"pip-audit: not done, {unknown} packages can't be looked up from here")
    else:
        print(f"pip-audit: {said[-1] if said else 'nothing said'}")


if __name__ == "__main__":
    if {*sys.argv[1:]} - {"--fast", "--extension", "--extension=only"}:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
