"""How nbvc can be started from anywhere, as git's settings need it."""

from __future__ import annotations

import os
import sys


def program() -> list[str]:
    """Return a command that starts this very nbvc, by absolute paths."""
    called = os.path.abspath(sys.argv[0])
    beside = os.path.join(os.path.dirname(sys.executable), "nbvc")
    for script in (called, beside, _script_on_path()):
        if script and os.path.basename(script) == "nbvc" and _can_run(script):
            return [script]
    # No `-m`: it would import a folder called nbvc from whatever repository git is in.
    code = "import sys; del sys.path[0]; from nbvc.__main__ import main; main()"
    return [sys.executable, "-c", code]


def _can_run(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _script_on_path() -> str | None:
    from shutil import which

    found = which("nbvc")
    return os.path.abspath(found) if found else None
