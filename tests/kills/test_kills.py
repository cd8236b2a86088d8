"""Killed at any write, sync, rename or process; a full disk, a broken one, a read-only one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("points", [100, pytest.param(300, marks=pytest.mark.slow)])
def test_fault_66_and_67_killed_at_any_point_nothing_is_lost(points: int) -> None:
    command = [sys.executable, "-m", "tests.kills", "--points", str(points)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{points} points" in ran.stdout
