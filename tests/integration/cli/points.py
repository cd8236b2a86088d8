"""Checkpoints as the command line has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from tests.integration.conftest import Cli


def listed(cli: Cli, *args: object) -> list[dict[str, str]]:
    called = cli("checkpoint", "list", *args, "--format", "json")
    assert called.code == 0, called
    found = json.loads(called.out)
    assert isinstance(found, list)
    return found


def messages(cli: Cli, *args: object) -> list[str]:
    return [one["message"] for one in listed(cli, *args)]


def save(cli: Cli, path: Path, *texts: str) -> list[str]:
    """Save contents as checkpoints, and leave the last on the disk; their ids."""
    for text in texts:
        write(path, notebook(text))
        assert cli("checkpoint", "create", path, "-m", text).code == 0
    return [one["id"] for one in listed(cli, path)]


def assert_sound(top: Path) -> None:
    assert git(top, "fsck", "--strict", "--no-dangling") == ""
