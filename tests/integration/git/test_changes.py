from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from nbvc.errors import GitError, UnknownRefError
from nbvc.git.plumbing.objects import Objects
from nbvc.git.state.changes import (
    INDEX,
    WORK_TREE,
    Contents,
    FileChange,
    Side,
    Status,
    commit_side,
    find_changes,
    find_uncommitted,
    head_side,
    list_tracked,
    range_sides,
)
from tests.integration.git import sandbox
from tests.integration.git.sandbox import notebook, write


class Looking:
    """A repository with its readers."""

    def __init__(self, top: Path) -> None:
        self.repository = sandbox.opened(top)
        self.objects = Objects(self.repository)
        self.contents = Contents(self.repository, self.objects)

    def side(self, text: str) -> Side:
        if text == "HEAD":
            return head_side(self.repository, self.objects)
        return {"index": INDEX, "disk": WORK_TREE}.get(text) or commit_side(self.objects, text)

    def __call__(
        self, before: str, after: str, *names: str, untracked: bool = False
    ) -> tuple[FileChange, ...]:
        sides = self.side(before), self.side(after)
        return find_changes(self.repository, *sides, names, untracked=untracked)

    def letters(self, before: str, after: str, *names: str, untracked: bool = False) -> list[str]:
        found = self(before, after, *names, untracked=untracked)
        return [f"{change.status.value} {change.name}" for change in found]


RENAMED = "R sub/new name.ipynb"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Everything differs: the commits, the index, the work tree."""
    names = ("kept", "staged", "edited", "both", "gone", "moved", "sub/deep")
    top = sandbox.new(tmp_path / "repo")
    for name in names:
        write(top / f"{name}.ipynb", notebook(name, pad=20))
    write(top / "script.py", b"1")
    sandbox.commit_all(top, "one")
    write(top / "sub" / "deep.ipynb", notebook("second", pad=20))
    sandbox.commit_all(top, "two")
    write(top / "staged.ipynb", notebook("staged 2", pad=20))
    write(top / "both.ipynb", notebook("both 2", pad=20))
    sandbox.git(top, "add", ".")
    write(top / "both.ipynb", notebook("both 3", pad=20))
    write(top / "edited.ipynb", notebook("edited 2", pad=20))
    write(top / "script.py", b"2")
    write(top / "new.ipynb")
    (top / "gone.ipynb").unlink()
    sandbox.git(top, "mv", "moved.ipynb", "sub/new name.ipynb")
    return top


def test_every_pair_of_sides(top: Path) -> None:
    look = Looking(top)
    staged = ["M both.ipynb", "M staged.ipynb"]
    assert look.letters("HEAD~1", "HEAD") == ["M sub/deep.ipynb"]
    assert look.letters("HEAD", "index") == [*staged, RENAMED]
    assert look.letters("index", "disk") == ["M both.ipynb", "M edited.ipynb", "D gone.ipynb"]
    expected = ["M both.ipynb", "M edited.ipynb", "D gone.ipynb", "M staged.ipynb", RENAMED]
    assert look.letters("HEAD", "disk") == expected
    assert look.letters("disk", "HEAD")[1] == "M edited.ipynb"
    assert look.letters("disk", "index") == ["M both.ipynb", "M edited.ipynb", "A gone.ipynb"]
    assert look.letters("index", "HEAD") == ["M both.ipynb", "R moved.ipynb", "M staged.ipynb"]
    assert look.letters("index", "index") == look.letters("disk", "disk") == []
    assert "? new.ipynb" in look.letters("HEAD", "disk", untracked=True)


@pytest.mark.parametrize(
    "names", [(), ("sub",), ("both.ipynb",), ("sub/new name.ipynb", "script.py")]
)
def test_one_process_finds_all_that_is_uncommitted(top: Path, names: tuple[str, ...]) -> None:
    look = Looking(top)
    write(top / "announced.ipynb")
    sandbox.git(top, "add", "-N", "announced.ipynb")
    found = find_uncommitted(look.repository, names)
    assert found.head == look.side("HEAD")
    assert found.staged == look("HEAD", "index", *names)
    assert found.unstaged == look("index", "disk", *names, untracked=True)


def test_what_is_uncommitted_before_the_first_commit(tmp_path: Path) -> None:
    top = sandbox.new(tmp_path / "repo")
    write(top / "staged.ipynb")
    sandbox.git(top, "add", ".")
    write(top / "new.ipynb")
    look = Looking(top)
    found = find_uncommitted(look.repository)
    assert found.head == look.side("HEAD")
    assert [change.name for change in (*found.staged, *found.unstaged)] == [
        "staged.ipynb",
        "new.ipynb",
    ]


@pytest.mark.parametrize("left", [True, False])
def test_what_is_uncommitted_of_a_file_in_conflict(tmp_path: Path, left: bool) -> None:
    top = sandbox.new(tmp_path / "repo")
    for number, branch in enumerate(("main", "other", "main")):
        sandbox.git(top, "checkout", "-q", "-B" if number < 2 else "-q", branch)
        write(top / "a.ipynb", notebook(f"{branch} {number}", pad=20))
        sandbox.commit_all(top, f"{number}")
    subprocess.run(["git", "merge", "-q", "other"], cwd=top, check=False, capture_output=True)
    if not left:
        (top / "a.ipynb").unlink()
    look = Looking(top)
    found = find_uncommitted(look.repository)
    assert found.staged == look("HEAD", "index")
    assert found.unstaged == look("index", "disk")
    assert [change.status.value for change in found.unstaged] == ["U" if left else "D"]


def test_contents_are_those_of_the_side(top: Path) -> None:
    look = Looking(top)
    for before, after, old, new in (
        ("HEAD", "index", "both", "both 2"),
        ("index", "disk", "both 2", "both 3"),
        ("HEAD", "disk", "both", "both 3"),
        ("disk", "HEAD", "both 3", "both"),
        ("disk", "index", "both 3", "both 2"),
    ):
        change = look(before, after, "both.ipynb")[0]
        expected = (notebook(old, pad=20), notebook(new, pad=20))
        assert look.contents.both(change) == expected
    renamed = look("HEAD", "disk")[-1]
    assert renamed.similarity == 100
    assert renamed.before is not None
    assert renamed.before.name == "moved.ipynb"
    assert look.contents.both(renamed) == (notebook("moved", pad=20),) * 2


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("sub",), ["R sub/new name.ipynb"]),
        (("sub/new name.ipynb",), ["R sub/new name.ipynb"]),
        (("both.ipynb", "edited.ipynb"), ["M both.ipynb", "M edited.ipynb"]),
        (("script.py",), ["M script.py"]),
        (("nothing",), []),
        (("*.ipynb",), []),
        (
            ("", "sub"),
            ["M both.ipynb", "M edited.ipynb", "D gone.ipynb", "M staged.ipynb", RENAMED],
        ),
    ],
)
def test_paths_limit_and_renames_are_followed(
    top: Path, names: tuple[str, ...], found: list[str]
) -> None:
    assert Looking(top).letters("HEAD", "disk", *names) == found


def test_an_unborn_branch(tmp_path: Path) -> None:
    top = sandbox.new(tmp_path / "repo")
    write(top / "a.ipynb")
    sandbox.git(top, "add", ".")
    assert Looking(top).letters("HEAD", "index") == ["A a.ipynb"]
    assert Looking(top).letters("HEAD", "disk") == ["A a.ipynb"]


def test_links_submodules_and_lfs_pointers(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo", "real.ipynb", "turned.ipynb")
    (top / "link.ipynb").symlink_to("real.ipynb")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    write(top / "large.ipynb", pointer)
    sandbox.git(top, "add", ".")
    (top / "turned.ipynb").unlink()
    (top / "turned.ipynb").symlink_to("real.ipynb")
    look = Looking(top)
    assert look.letters("HEAD", "disk") == ["A large.ipynb", "T turned.ipynb"]
    large, turned = look("HEAD", "disk")
    assert look.contents.both(large) == (None, pointer)
    assert turned.after is None
    assert look.letters("index", "disk", untracked=True) == ["T turned.ipynb"]


def test_a_new_time_stamp_is_no_change_and_nothing_is_written(top: Path) -> None:
    os.utime(top / "kept.ipynb", (1, 1))
    before = sandbox.snapshot(top)
    lock = write(top / ".git" / "index.lock", b"")
    assert "M kept.ipynb" not in Looking(top).letters("HEAD", "disk")
    lock.unlink()
    assert sandbox.snapshot(top) == before


def test_the_work_tree_is_read_without_filters(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    sandbox.git(top, "config", "core.autocrlf", "true")
    write(top / "a.ipynb", notebook("2").replace(b"\n", b"\r\n"))
    look = Looking(top)
    (change,) = look("HEAD", "disk")
    assert look.contents.both(change) == (notebook(), notebook("2").replace(b"\n", b"\r\n"))


def test_an_unmerged_notebook(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    sandbox.git(top, "switch", "-qc", "side")
    write(top / "a.ipynb", notebook("side"))
    sandbox.commit_all(top, "side")
    sandbox.git(top, "switch", "-q", "main")
    write(top / "a.ipynb", notebook("main"))
    sandbox.commit_all(top, "main")
    with pytest.raises(AssertionError):
        sandbox.git(top, "merge", "side")
    for before in ("index", "HEAD"):
        (change,) = Looking(top)(before, "disk")
        assert change.status is Status.UNMERGED or before == "HEAD"
        assert change.name == "a.ipynb"


@pytest.mark.parametrize("options", [("--object-format=sha256",), ("v4",), ("split",), ("sparse",)])
def test_fault_44_any_kind_of_index(tmp_path: Path, options: tuple[str, ...]) -> None:
    kind = options[0]
    top = sandbox.committed(
        tmp_path / "repo", "a.ipynb", "sub/b.ipynb", options=options if "=" in kind else ()
    )
    if kind == "v4":
        sandbox.git(top, "update-index", "--index-version", "4")
    if kind == "split":
        sandbox.git(top, "update-index", "--split-index")
    if kind == "sparse":
        sandbox.git(top, "sparse-checkout", "set", "--cone", "--sparse-index", "none")
    write(top / "a.ipynb", notebook("2"))
    look = Looking(top)
    assert look.letters("HEAD", "disk") == look.letters("index", "disk") == ["M a.ipynb"]
    assert list_tracked(look.repository) == ["a.ipynb", "sub/b.ipynb"]


@pytest.mark.parametrize(
    "name", ["-rf.ipynb", "*.ipynb", ":(glob)*.ipynb", "[a].ipynb", "a\nb.ipynb", "\udce9.ipynb"]
)
def test_fault_60_only_the_named_file(tmp_path: Path, name: str) -> None:
    top = sandbox.committed(
        tmp_path / "repo", "a.ipynb", name, f"{name} dir/x.ipynb", "b dir/x.ipynb"
    )
    for path in top.rglob("*.ipynb"):
        write(path, notebook("2"))
    look = Looking(top)
    assert look.letters("HEAD", "disk", name) == [f"M {name}"]
    assert look.letters("HEAD", "disk", f"{name} dir") == [f"M {name} dir/x.ipynb"]
    assert look.contents.both(look("HEAD", "disk", name)[0]) == (notebook(), notebook("2"))


def test_settings_of_the_user_change_nothing(top: Path) -> None:
    expected = Looking(top)("HEAD", "disk")
    for name, value in (
        *(("diff.renames", "false"), ("diff.noprefix", "true"), ("diff.external", "false")),
        *(("core.quotePath", "true"), ("color.ui", "always"), ("diff.relative", "true")),
        *(("core.abbrev", "7"), ("diff.ignoreSubmodules", "none"), ("core.pager", "false")),
    ):
        sandbox.git(top, "config", name, value)
    assert Looking(top)("HEAD", "disk") == expected


def test_ranges(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo", "a.ipynb", "b.ipynb")
    sandbox.git(top, "switch", "-qc", "side")
    write(top / "a.ipynb", notebook("side"))
    sandbox.commit_all(top, "side")
    sandbox.git(top, "switch", "-q", "main")
    write(top / "b.ipynb", notebook("main"))
    sandbox.commit_all(top, "main")
    look = Looking(top)

    def found(text: str) -> list[str]:
        sides = range_sides(look.repository, look.objects, text)
        assert sides is not None
        return [change.name for change in find_changes(look.repository, *sides)]

    assert found("main..side") == found("..side") == ["a.ipynb", "b.ipynb"]
    assert found("main...side") == found("...side") == ["a.ipynb"]
    assert found("side...") == ["b.ipynb"]
    assert range_sides(look.repository, look.objects, "main") is None
    for bad in ("--all..x", "main..nope", "a..b..c", "-..x"):
        with pytest.raises(UnknownRefError):
            range_sides(look.repository, look.objects, bad)


def test_a_file_that_vanishes_is_an_error_with_its_name(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    write(top / "a.ipynb", notebook("2"))
    look = Looking(top)
    (change,) = look("HEAD", "disk")
    (top / "a.ipynb").unlink()
    with pytest.raises(GitError, match=r"a\.ipynb: it can't be read: No such file"):
        look.contents.both(change)


def test_two_hundred_notebooks_take_a_constant_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = sandbox.new(tmp_path / "repo")
    for text in ("1", "2"):
        for number in range(200):
            write(top / f"{number}.ipynb", notebook(f"{number} {text}"))
        sandbox.commit_all(top, text)
    started = sandbox.processes(monkeypatch)
    began = time.monotonic()
    look = Looking(top)
    found = look("HEAD~1", "HEAD")
    assert len([look.contents.both(change) for change in found]) == 200
    assert len(started) == 3, started
    assert time.monotonic() - began < 2
