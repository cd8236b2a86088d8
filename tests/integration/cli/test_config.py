"""`nbvc config`: what holds for a path, and where it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git.sandbox import new, write

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

ABOVE = b"""exclude = ["published/"]

[clean]
preset = "noise"
keep-tags = ["a"]
"""
BELOW = b"""extend = "../.nbvc.toml"
[clean]
keep-tags = [
  "b",
]
[diff]
rtol = 1e-6
masks = ["run-*"]
"""


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    top = new(tmp_path / "repo")
    monkeypatch.chdir(top)
    write(top / ".nbvc.toml", ABOVE)
    write(top / "papers/.nbvc.toml", BELOW)
    return top


@pytest.mark.usefixtures("top")
def test_settings_of_a_path_for_people(cli: Cli) -> None:
    assert cli("config", "papers/a.ipynb").out.splitlines() == [
        "papers/a.ipynb",
        "  settings: papers/.nbvc.toml, on top of .nbvc.toml",
        "  excluded: no",
        "  clean:",
        '    preset = "noise"       .nbvc.toml:4',
        '    keep-tags = ["a","b"]  papers/.nbvc.toml:3, .nbvc.toml:5',
        '    outputs = "keep"       .nbvc.toml:4',
        '    counts = "strip"       .nbvc.toml:4',
        '    ids = "keep"           .nbvc.toml:4',
        "  diff:",
        "    rtol = 1e-6                                             papers/.nbvc.toml:7",
        '    masks = ["run-*"]                                       papers/.nbvc.toml:8',
        '    parts = ["sources","outputs","attachments","metadata"]  default',
        "    atol = 0.0                                              default",
    ]
    lines = cli("config", "papers/published/a.ipynb").out.splitlines()
    assert lines[2] == "  excluded: by 'published/' (.nbvc.toml:1)"


def test_settings_of_a_path_for_programs(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(top / "papers")
    found = json.loads(cli("config", "--format", "json").out)
    assert (found["path"], found["excluded"], found["why"]) == (".", False, ".nbvc.toml:1")
    assert found["files"] == [".nbvc.toml", "../.nbvc.toml"]
    assert found["clean"]["preset"] == {"value": "noise", "from": ["../.nbvc.toml:4"]}
    assert found["diff"]["atol"] == {"value": 0.0, "from": []}
    published = json.loads(cli("config", "../published", "--format", "json").out)
    assert (published["excluded"], published["excluded_by"]) == (True, "published/")


def test_without_settings_defaults_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    monkeypatch.chdir(new(tmp_path / "bare"))
    out = cli("config", "missing/a.ipynb").out
    assert "settings: none, so defaults hold" in out
    assert 'preset = "strip"' in out


def test_wrong_settings_are_named(top: Path, cli: Cli) -> None:
    write(top / ".nbvc.toml", b'[clean]\nkeep-tag = ["a"]\n')
    done = cli("config")
    assert done.code == 2
    assert "did you mean 'keep-tags'" in done.err
