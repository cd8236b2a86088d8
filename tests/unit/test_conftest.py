"""The world that tests run in is nobody's."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import IDENTITY, NOW

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    ).stdout.strip()


def test_a_commit_has_a_frozen_identity_date_and_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    shown = git(tmp_path, "log", "-1", "--format=%an %ae %cn %ce %aI %cI")
    who = f"{IDENTITY['name']} {IDENTITY['email']}"
    assert shown.replace("Z", "+00:00") == f"{who} {who} {NOW} {NOW}"
    assert git(tmp_path, "symbolic-ref", "--short", "HEAD") == "main"


def test_git_reads_no_settings_but_the_fixture_s(tmp_path: Path, hermetic: Path) -> None:
    origins = git(tmp_path, "config", "--list", "--show-origin", "-z").split("\0")[:-1:2]
    assert {*origins} == {f"file:{hermetic / '.gitconfig'}"}


def test_what_the_caller_had_set_is_gone() -> None:
    # Asked in the environment itself: a hook that runs the tests sets GIT_DIR and GIT_INDEX_FILE.
    ours = {name for name in os.environ if name.startswith(("GIT_", "NBVC_", "XDG_", "SSH_"))}
    assert not ours & {"GIT_DIR", "GIT_INDEX_FILE", "GIT_ASKPASS", "SSH_ASKPASS", "SSH_AUTH_SOCK"}
    assert {name for name in ours if name.startswith("NBVC_")} == set()


@given(st.integers())
def test_properties_can_be_tested_in_it(number: int) -> None:
    assert os.environ["GIT_CONFIG_NOSYSTEM"] == "1"
    assert number == int(str(number))
