from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbvc.errors import GitError, NoRepositoryError, OutsideError
from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.objects import Objects
from nbvc.git.plumbing.repository import discover
from nbvc.git.state.changes import INDEX, find_changes, head_side
from tests.conftest import IS_ROOT
from tests.integration.git import sandbox


def test_a_repository_is_found_from_anywhere_in_it(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "my repo", "a.ipynb", "deep/er/b.ipynb")
    for path in (top, top / "a.ipynb", top / "deep" / "er", top / "gone" / "gone.ipynb"):
        found = sandbox.opened(path)
        assert (found.top, found.git_dir) == (str(top), str(top / ".git"))
        assert found.common_dir == found.git_dir
        assert found.name(str(top / "deep" / "er" / "b.ipynb")) == "deep/er/b.ipynb"


def test_a_top_folder_with_a_line_end_in_its_name(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "two\nlines")
    found = sandbox.opened(top)
    assert (found.top, found.git_dir, found.common_dir) == (str(top), *[str(top / ".git")] * 2)


def test_links_to_a_repository_lead_into_it(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo", "sub/a.ipynb")
    (tmp_path / "link").symlink_to(top / "sub")
    found = sandbox.opened(tmp_path / "link" / "a.ipynb")
    assert found.name(str(tmp_path / "link" / "a.ipynb")) == "sub/a.ipynb"


@pytest.mark.parametrize("name", ["..", "../repository", "/etc/passwd", ".git/config", ".GIT/x"])
def test_fault_59_no_path_leads_out_or_into_gits_files(tmp_path: Path, name: str) -> None:
    top = sandbox.committed(tmp_path / "repo")
    sandbox.write(tmp_path / "repository" / "x")
    with pytest.raises(OutsideError):
        sandbox.opened(top).name(str(top / name))


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(NoRepositoryError, match="is not in a git repository"):
        sandbox.opened(tmp_path)


def test_fault_42_a_bare_repository_is_refused(tmp_path: Path) -> None:
    bare = sandbox.new(tmp_path / "x.git", "--bare")
    for path in (bare, bare / "objects"):
        with pytest.raises(GitError, match=r"bare repository|own folder"):
            sandbox.opened(path)


def test_gits_own_folder_is_refused(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    with pytest.raises(GitError, match="git's own folder"):
        sandbox.opened(top / ".git" / "objects")


def test_fault_43_worktrees_and_submodules_have_their_own_git_dir(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    sandbox.git(top, "worktree", "add", "-q", "-b", "other", "../other tree")
    tree = sandbox.opened(tmp_path / "other tree" / "a.ipynb")
    assert tree.top == str(tmp_path / "other tree")
    assert tree.git_dir == str(top / ".git" / "worktrees" / "other-tree")
    assert tree.common_dir == str(top / ".git")
    inner = sandbox.committed(tmp_path / "inner")
    sandbox.git(
        top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub"
    )
    module = sandbox.opened(top / "sub" / "a.ipynb")
    assert (module.top, module.git_dir) == (str(top / "sub"), str(top / ".git" / "modules" / "sub"))


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
def test_fault_51_dubious_ownership_runs_no_hook(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    sandbox.git(top, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    for path in (top, top / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(GitError, match="dubious ownership") as caught:
        sandbox.opened(top)
    assert "safe.directory" in (caught.value.hint or "")
    assert not (tmp_path / "ran").exists()


def test_fault_65_places_from_a_hook_hold_in_its_own_repository_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked = sandbox.committed(tmp_path / "hooked")
    other = sandbox.committed(tmp_path / "other")
    own_index = tmp_path / "hooked" / ".git" / "index.hook"
    sandbox.write(hooked / "new.ipynb")
    own = {"GIT_INDEX_FILE": str(own_index)}
    sandbox.git(hooked, "read-tree", "HEAD", env=own)
    sandbox.git(hooked, "add", "new.ipynb", env=own)
    for said in ({}, {"GIT_DIR": ".git"}, {"GIT_DIR": str(hooked / ".git")}):
        for index in (".git/index.hook", str(own_index)):
            monkeypatch.chdir(hooked)
            git = Git.find({**os.environ, **said, "GIT_INDEX_FILE": index})
            assert staged(git, hooked) == ["new.ipynb"]
            assert staged(git, other) == []


def staged(git: Git, top: Path) -> list[str]:
    repository = discover(git, str(top))
    assert repository.top == str(top)
    with Objects(repository) as objects:
        side = head_side(repository, objects)
        return [change.name for change in find_changes(repository, side, INDEX)]


def test_a_git_dir_elsewhere_serves_its_own_work_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    sandbox.write(home / "a.ipynb")
    monkeypatch.chdir(home)
    said = {"GIT_DIR": str(tmp_path / "dots.git"), "GIT_WORK_TREE": str(home)}
    sandbox.git(home, "init", "-q", env={"GIT_DIR": said["GIT_DIR"]})
    found = discover(Git.find({**os.environ, **said}), str(home / "a.ipynb"))
    assert (found.top, found.git_dir) == (str(home), said["GIT_DIR"])
    with pytest.raises(NoRepositoryError):
        discover(Git.find({**os.environ, **said}), str(tmp_path))
