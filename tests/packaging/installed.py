"""Install built distributions without node, and use them.

`python tests/packaging/installed.py dist whl` needs nothing but Python: the new environment has the
distributions, what they need, and JupyterLab. The second word is the kind to install: `whl` or `tar.gz`.
Exits with 1 if anything does not work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo"
BUNDLE = Path("share", "jupyter", "labextensions", "nbvc-jupyter")
SHOWN = "--- "


def main(arguments: list[str]) -> int:
    """Install, and use what is installed."""
    dist, kind = Path(arguments[0]).resolve(), arguments[1]
    found = [
        path for path in sorted(dist.iterdir()) if path.name.endswith(kind) and "nbvc" in path.name
    ]
    assert len(found) == 2, f"nbvc and nbvc-jupyter as {kind} are not both in {dist}: {found}"
    with tempfile.TemporaryDirectory(prefix="nbvc-installed-") as name:
        folder = Path(name)
        environ = _make_environ(folder)
        run = [sys.executable, "-m", "venv", folder / "env"]
        subprocess.run([*map(str, run)], check=True, env=environ)
        programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
        python = str(programs / "python")
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *map(str, found), "jupyterlab>=4.2"], check=True, env=environ)
        _use(programs, folder, environ)
    print(f"{sys.version.split()[0]}, {kind}: installed and used without node")
    return 0


def _make_environ(folder: Path) -> dict[str, str]:
    """Return an environment in which node and npm fail if anything starts them."""
    traps = folder / "traps"
    traps.mkdir()
    for name in ("node", "npm", "npx", "jlpm"):
        (traps / name).write_text("#!/bin/sh\necho node was started >&2\nexit 1\n")
        (traps / name).chmod(0o755)
        (traps / f"{name}.cmd").write_text("@exit 1\r\n")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "PATH": os.pathsep.join((str(traps), os.environ["PATH"]))}


def _use(programs: Path, folder: Path, environ: dict[str, str]) -> None:
    def say(*args: str) -> str:
        ran = subprocess.run(
            args, cwd=folder, env=environ, capture_output=True, encoding="utf-8", check=False
        )
        assert ran.returncode == 0, (args, ran.stdout[-2000:], ran.stderr[-2000:])
        return ran.stdout + ran.stderr

    python, nbvc = str(programs / "python"), str(programs / "nbvc")
    version = say(nbvc, "--version").split()[-1]
    shown = say(nbvc, "diff", str(DEMO / "before.ipynb"), str(DEMO / "after.ipynb"), "--no-pager")
    assert shown.startswith(SHOWN), shown[:200]
    bundle = folder / "env" / BUNDLE
    assert (bundle / "package.json").is_file(), "the bundle of the browser's half is missing"
    assert any((bundle / "static").glob("remoteEntry.*.js")), "the bundle is not complete"
    labs = say(python, "-m", "jupyter", "labextension", "list")
    assert f"nbvc-jupyter v{version}" in labs, labs
    assert "enabled" in labs.split("nbvc-jupyter", 1)[1].split("\n")[0], labs
    servers = say(python, "-m", "jupyter", "server", "extension", "list")
    assert "nbvc_jupyter" in servers, servers


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
