"""Names that differ only in letters: composed or decomposed, upper or lower case."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest

from tests.integration.git.sandbox import commit_all, git, new, opened
from tests.making import code, file

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

COMPOSED = "Ordner mit Leerzeichen/Überblick 日本.ipynb"
DECOMPOSED = normalize("NFD", COMPOSED)
PAIRS = ((COMPOSED, DECOMPOSED), ("sub/Notes.ipynb", "sub/notes.ipynb"))


@pytest.mark.parametrize("names", PAIRS, ids=["normal form", "case"])
def test_two_names_are_two_notebooks(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    monkeypatch.chdir(new(tmp_path))
    git(tmp_path, "config", "core.ignoreCase", "false")
    for name in names:
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file(code(f"which = '{len(name)} {name[:5]!a}'")))
    if len(list(Path(names[0]).parent.iterdir())) == 1:
        pytest.skip("this file system takes both for one name")
    commit_all(tmp_path, "one")
    for number, name in enumerate(names):
        content = file(code(f"number = {number}"))
        Path(name).write_bytes(content)
        [one] = json.loads(cli("status", name, "--format", "json").out)
        assert one["path"] == name
        assert f"+ number = {number}" in cli("diff", name).out
        assert cli("checkpoint", "create", name, "-m", str(number)).code == 0
        assert cli("commit", name, "-m", str(number)).code == 0
        assert f"number = {number}" in cli("show", f"HEAD:{name}").out
    for number, name in enumerate(names):
        [saved] = json.loads(cli("checkpoint", "list", name, "--format", "json").out)
        assert (saved["message"], saved["path"]) == (str(number), name)
        titles = [one["message"] for one in json.loads(cli("log", name, "--format", "json").out)]
        assert set(titles) == {str(number), "one"}
        assert "not committed" not in cli("blame", name).out


def test_a_name_is_composed_on_macos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = opened(new(tmp_path))
    assert repository.name(str(tmp_path / DECOMPOSED)) == DECOMPOSED
    monkeypatch.setattr(sys, "platform", "darwin")
    assert repository.name(str(tmp_path / DECOMPOSED)) == COMPOSED
