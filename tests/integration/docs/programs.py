"""The programs in the documentation, and the repository that they run in."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.integration.git import sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROGRAM = re.compile(r"(?ms)^```python\n(.*?)^```$")


def run_program(
    python: str, code: str, folder: Path, environ: Mapping[str, str] | None = None
) -> str:
    """Run a program in a repository with two commits of `analysis.ipynb`; return what it prints."""
    script = folder / "program.py"
    script.write_text(code, encoding="utf-8")
    top = sandbox.new(folder / "somebody")
    (top / "fixtures").symlink_to(ROOT / "fixtures")
    for version in ("before", "after"):
        content = (ROOT / "fixtures" / "demo" / f"{version}.ipynb").read_bytes()
        (top / "analysis.ipynb").write_bytes(content)
        sandbox.git(top, "add", "analysis.ipynb")
        sandbox.git(top, "commit", "-q", "-m", version)
    ran = subprocess.run(
        [python, str(script)], cwd=top, capture_output=True, text=True, check=False, env=environ
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    if "print(" in code:
        assert ran.stdout.strip()
    return ran.stdout
