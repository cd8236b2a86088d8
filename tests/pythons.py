"""The interpreters of this machine, for tests that need more than the one they run on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def find_python(version: str) -> str | None:
    """Find an interpreter such as 3.12, also one that a version manager keeps out of the way."""
    kept = Path.home() / ".pyenv" / "versions"
    every = sorted(kept.glob(f"{version}.*/bin/python")) if kept.is_dir() else []
    found = [*map(str, every), shutil.which(f"python{version}")]
    return next((one for one in found if one and _starts(one, version)), None)


def _starts(python: str, version: str) -> bool:
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    ran = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return ran.stdout.strip() == version
