"""The modes that git gives to what it writes in a shared repository."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.sharing import Sharing, may_be_set, sharing_of
from tests.integration.git.sandbox import git, new

SETTINGS = ("umask", "false", "group", "true", "1", "2", "all", "world", "everybody", "0660", "0640",
            "0644", "0600", "0666", "", None)  # fmt: skip


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
@pytest.mark.parametrize("setting", SETTINGS)
def test_modes_are_those_of_git(tmp_path: Path, setting: str | None, umask: int) -> None:
    folder = new(tmp_path / "repo")
    config = folder / ".git/config"
    value = "" if setting is None else f" = {setting}"
    config.write_text(f"{config.read_text()}[core]\n\tsharedRepository{value}\n", "utf-8")
    before = os.umask(umask)
    try:
        git(folder, "update-ref", "refs/deep/one", git(folder, "hash-object", "-w", __file__))
        sharing = sharing_of(Git.find(os.environ, str(folder)))
        made = folder / ".git/made/deep"
        sharing.make_folder(str(made))
        (made / "one").write_text("")
        sharing.adjust(str(made / "one"))
    finally:
        os.umask(before)
    for ours, theirs in ((made, "refs/deep"), (made / "one", "refs/deep/one")):
        wanted = (folder / ".git" / theirs).stat().st_mode
        assert oct(stat.S_IMODE(ours.stat().st_mode)) == oct(stat.S_IMODE(wanted))


def test_nothing_is_changed_in_a_repository_of_one() -> None:
    assert Sharing().mode_of(0o100600) == 0o100600


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[core]\n\tbare = false\n", False),
        ("[core]\n\tSharedRepository = group\n", True),
        ('[includeIf "gitdir:~/work"]\n\tpath = x\n', True),
        ("[Include]\n\tpath = x\n", True),
    ],
)
def test_a_settings_file_that_may_say_it(tmp_path: Path, text: str, wanted: bool) -> None:
    (tmp_path / "config").write_text(text, "utf-8")
    nowhere = str(tmp_path / "none")
    environ = {"HOME": nowhere, "GIT_CONFIG_SYSTEM": nowhere}
    assert may_be_set(environ, str(tmp_path), nowhere) is wanted
    (tmp_path / "git").mkdir()
    (tmp_path / "config").rename(tmp_path / "git" / "config")
    assert may_be_set({**environ, "XDG_CONFIG_HOME": str(tmp_path)}, nowhere, nowhere) is wanted
