"""Killed at any write, sync, rename or process; a full disk, a broken one, a read-only one."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def test_fault_66_and_67_at_300_points_nothing_is_lost() -> None:
    command = [sys.executable, "-m", "tests.kills", "--points", "300"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "300 points" in ran.stdout
