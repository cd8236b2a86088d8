"""The merge driver on real git: whatever happens to it, both sides can be had back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbvc import read
from tests.integration.cli.terminals import in_terminal
from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, file

NBVC = f"'{sys.executable}' -m nbvc"
DRIVER = f"{NBVC} git-merge-driver %O %A %B %L %P %S %X %Y"
DRIVERS = {
    "missing": "no-such-nbvc-here %O %A %B %L %P",
    "raises": f"'{sys.executable}' -c 'raise SystemExit(1/0)' %O %A %B %L %P",
    "killed": "kill -9 $$; : %O %A %B %L %P",
}


def versions(same_line: bool) -> tuple[bytes, bytes, bytes]:
    start = [code("import os"), code("x = 1\ny = 2"), code("print(x)")]
    mine = [code("import os"), code("x = 10 + ours()\ny = 2"), code("print(x)")]
    other = code("x = load('theirs')\ny = 2") if same_line else code("x = 1\ny = 2")
    theirs = [code("import os"), other, code("print(x)"), code("added_by_remote = True")]
    return file(*start), file(*mine), file(*theirs)


def repository(folder: Path, driver: str, *, same_line: bool = True) -> Path:
    """Branches `main` (local) and `topic` (remote) that both changed `a.ipynb`."""
    base, local, remote = versions(same_line)
    new(folder)
    (folder / ".gitattributes").write_text("*.ipynb merge=nbvc\n")
    git(folder, "config", "merge.nbvc.name", "nbvc")
    git(folder, "config", "merge.nbvc.driver", driver)
    (folder / "a.ipynb").write_bytes(base)
    commit_all(folder, "base")
    git(folder, "checkout", "-q", "-b", "topic")
    (folder / "a.ipynb").write_bytes(remote)
    commit_all(folder, "theirs")
    git(folder, "checkout", "-q", "main")
    (folder / "a.ipynb").write_bytes(local)
    commit_all(folder, "ours")
    return folder


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(args, cwd=folder, capture_output=True, check=False, env=os.environ)


def nbvc(folder: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    return run(folder, sys.executable, "-m", "nbvc", *args)


def begin(folder: Path, operation: str) -> subprocess.CompletedProcess[bytes]:
    if operation == "merge":
        return run(folder, "git", "merge", "-q", "--no-edit", "topic")
    if operation == "cherry-pick":
        return run(folder, "git", "cherry-pick", "topic")
    if operation == "rebase":
        git(folder, "checkout", "-q", "topic")
        return run(folder, "git", "rebase", "-q", "main")
    git(folder, "checkout", "-q", "topic")
    theirs = (folder / "a.ipynb").read_bytes()
    git(folder, "checkout", "-q", "main~1")
    (folder / "a.ipynb").write_bytes(theirs)
    git(folder, "stash", "-q")
    git(folder, "checkout", "-q", "main")
    return run(folder, "git", "stash", "pop")


def sources(path: Path) -> str:
    return "\n".join(cell.source for cell in read(path).cells)


OPERATIONS = ("merge", "rebase", "cherry-pick", "stash pop")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_clean_merge_needs_nobody(tmp_path: Path, operation: str) -> None:
    folder = repository(tmp_path, DRIVER, same_line=False)
    done = begin(folder, operation)
    assert done.returncode == 0, done.stderr
    text = sources(folder / "a.ipynb")
    assert "ours()" in text
    assert "added_by_remote" in text
    assert "<<<" not in text


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_conflict_opens_and_has_both_sides(tmp_path: Path, operation: str) -> None:
    folder = repository(tmp_path, DRIVER)
    done = begin(folder, operation)
    assert done.returncode == 1
    text = sources(folder / "a.ipynb")
    assert "ours()" in text
    assert "'theirs'" in text
    assert "added_by_remote" in text
    assert text.count("<<<<<<<") == 1
    assert git(folder, "ls-files", "-u")
    assert nbvc(folder, "resolve", "a.ipynb", "--both").returncode == 0
    assert "<<<" not in sources(folder / "a.ipynb")


@pytest.mark.parametrize(
    ("style", "shown"),
    [("diff3", 1), ("zdiff3", 1), ("merge", 0), (None, 0)],
)
def test_the_conflict_style_of_git_shows_the_base(
    tmp_path: Path, style: str | None, shown: int
) -> None:
    folder = repository(tmp_path, DRIVER)
    if style:
        git(folder, "config", "merge.conflictStyle", style)
    begin(folder, "merge")
    text = sources(folder / "a.ipynb")
    assert text.count("||||||| base\nx = 1\n=======") == shown
    assert nbvc(folder, "resolve", "a.ipynb", "--remote").returncode == 0
    assert "x = load('theirs')\ny = 2" in sources(folder / "a.ipynb")
    assert "x = 1" not in sources(folder / "a.ipynb")


def test_merge_takes_versions_in_git(tmp_path: Path) -> None:
    folder = repository(tmp_path, DRIVER, same_line=False)
    versions = ("main~1:a.ipynb", "main:a.ipynb", "topic:a.ipynb")
    done = nbvc(folder, "merge", *versions, "-o", "out.ipynb")
    assert done.returncode == 0, done.stderr
    text = sources(folder / "out.ipynb")
    assert "ours()" in text
    assert "added_by_remote" in text
    unknown = nbvc(folder, "merge", *versions[:2], "topic:b.ipynb")
    assert (unknown.returncode, unknown.stdout) == (2, b"")
    assert b"no such file in topic: b.ipynb" in unknown.stderr


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("driver", DRIVERS)
def test_fault_32_without_a_driver_both_sides_come_back(
    tmp_path: Path, operation: str, driver: str
) -> None:
    folder = repository(tmp_path, DRIVERS[driver])
    done = begin(folder, operation)
    assert done.returncode != 0
    if git(folder, "ls-files", "-u"):
        fixed = nbvc(folder, "fix", "a.ipynb")
        assert fixed.returncode == 1, fixed.stderr
        text = sources(folder / "a.ipynb")
        assert "ours()" in text
        assert "'theirs'" in text
        assert "added_by_remote" in text
    else:
        # Git took it for an error of its own and left everything where it was.
        _nothing_happened(folder, operation)


def _nothing_happened(folder: Path, operation: str) -> None:
    """Both sides are whole where they were, and what git had begun can be taken back."""
    _, local, remote = versions(same_line=True)
    if operation in {"rebase", "cherry-pick"}:
        assert (folder / "a.ipynb").read_bytes() in (local, remote)
        run(folder, "git", operation, "--abort")
    here = remote if operation == "rebase" else local
    assert (folder / "a.ipynb").read_bytes() == here
    assert git(folder, "status", "--porcelain") == ""
    there = "stash@{0}" if operation == "stash pop" else "topic"
    for name, content in (("main", local), (there, remote)):
        assert git(folder, "show", f"{name}:a.ipynb").encode() + b"\n" == content


@pytest.mark.parametrize("bad", [b"{", b"", b'{"cells": [], "nbformat": 9}\n'])
def test_what_is_no_notebook_is_merged_as_text(tmp_path: Path, bad: bytes) -> None:
    folder = repository(tmp_path, DRIVER)
    (folder / "a.ipynb").write_bytes(bad)
    commit_all(folder, "broken")
    done = begin(folder, "merge")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"<<<<<<<" in (folder / "a.ipynb").read_bytes()


def test_fault_31_both_add_the_notebook(tmp_path: Path) -> None:
    _, local, remote = versions(same_line=True)
    folder = new(tmp_path)
    (folder / ".gitattributes").write_text("*.ipynb merge=nbvc\n")
    git(folder, "config", "merge.nbvc.driver", DRIVER)
    commit_all(folder, "nothing")
    git(folder, "checkout", "-q", "-b", "topic")
    (folder / "a.ipynb").write_bytes(remote)
    commit_all(folder, "theirs")
    git(folder, "checkout", "-q", "main")
    (folder / "a.ipynb").write_bytes(local)
    commit_all(folder, "ours")
    assert begin(folder, "merge").returncode == 1
    text = sources(folder / "a.ipynb")
    assert "ours()" in text
    assert "'theirs'" in text
    assert text.count("import os") == 1


def test_fault_31_one_side_renames(tmp_path: Path) -> None:
    folder = repository(tmp_path, DRIVER, same_line=False)
    git(folder, "mv", "a.ipynb", "b.ipynb")
    commit_all(folder, "renamed")
    assert begin(folder, "merge").returncode == 0
    assert not (folder / "a.ipynb").exists()
    text = sources(folder / "b.ipynb")
    assert "ours()" in text
    assert "added_by_remote" in text


def test_fault_31_one_side_deletes(tmp_path: Path) -> None:
    folder = repository(tmp_path, DRIVER)
    git(folder, "rm", "-q", "a.ipynb")
    commit_all(folder, "deleted")
    assert begin(folder, "merge").returncode == 1
    assert "'theirs'" in sources(folder / "a.ipynb")


@pytest.mark.parametrize("decisions", ["alike", "differently"])
def test_fault_33_a_criss_cross_merge(tmp_path: Path, decisions: str) -> None:
    """Each branch has merged the other; git merges the two bases first, which are in conflict."""
    folder = repository(tmp_path, DRIVER)
    ours, theirs = git(folder, "rev-parse", "main"), git(folder, "rev-parse", "topic")
    other_side = "--remote" if decisions == "alike" else "--local"
    for branch, other, side in (("main", theirs, "--local"), ("topic", ours, other_side)):
        git(folder, "checkout", "-q", branch)
        run(folder, "git", "merge", "-q", other)
        assert nbvc(folder, "resolve", "a.ipynb", side).returncode == 0
        commit_all(folder, f"merged into {branch}")
    git(folder, "checkout", "-q", "main")
    assert len(git(folder, "merge-base", "--all", "main", "topic").splitlines()) == 2
    done = begin(folder, "merge")
    text = sources(folder / "a.ipynb")
    assert "ours()" in text
    assert text.count("added_by_remote") == 1
    if decisions == "alike":
        assert (done.returncode, done.stderr) == (0, b"")
        assert "'theirs'" not in text
        assert "<<<" not in text
        return
    assert done.returncode == 1
    assert "'theirs'" in text
    assert text.count("<<<<<<<") == text.count(">>>>>>>") == 1
    assert done.stderr.count(b"1 conflict; run") == 1
    assert nbvc(folder, "resolve", "a.ipynb", "--remote").returncode == 0
    assert "ours()" not in sources(folder / "a.ipynb")


def test_names_like_options_and_long_markers(tmp_path: Path) -> None:
    base, local, remote = versions(same_line=True)
    for name, content in (("o", base), ("a", local), ("b", remote)):
        (tmp_path / name).write_bytes(content)
    done = nbvc(
        tmp_path, "git-merge-driver", "o", "a", "b", "11", "-h.ipynb", "base", "main", "topic"
    )
    assert done.returncode == 1, done.stderr
    text = sources(tmp_path / "a")
    assert "<<<<<<<<<<< main\n" in text
    assert ">>>>>>>>>>> topic" in text


def test_a_side_that_cannot_be_read_at_all_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00\x01binary")
    (tmp_path / "b").write_bytes(b"\x00\x02binary")
    (tmp_path / "o").write_bytes(b"\x00binary")
    done = nbvc(tmp_path, "git-merge-driver", "o", "a", "b", "7", "a.ipynb")
    assert done.returncode >= 129
    assert (tmp_path / "a").read_bytes() == b"\x00\x01binary"


def test_fault_30_converted_line_ends_are_no_decision(tmp_path: Path) -> None:
    folder = repository(tmp_path, DRIVERS["missing"])
    git(folder, "config", "core.autocrlf", "true")
    assert begin(folder, "merge").returncode != 0
    path = folder / "a.ipynb"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert nbvc(folder, "fix", "a.ipynb").returncode == 1
    assert "'theirs'" in sources(path)
    before = path.read_bytes()
    assert nbvc(folder, "resolve", "a.ipynb", "--both").returncode == 0
    assert path.read_bytes() != before
    decided = path.read_bytes()
    assert nbvc(folder, "fix", "a.ipynb").returncode == 0
    assert path.read_bytes() == decided


SIDES = {
    "merge": "",
    "rebase": "local is main, on which you rebase; remote is your commit {topic} (theirs)",
    "cherry-pick": "local is your branch; remote is the commit that you pick {topic} (theirs)",
    "stash pop": "local is your branch; remote is your stashed changes",
}


@pytest.mark.parametrize("operation", SIDES)
def test_resolve_says_which_side_is_whose_and_what_comes_next(
    tmp_path: Path, operation: str
) -> None:
    folder = repository(tmp_path / "repo", DRIVER)
    topic = git(folder, "rev-parse", "--short", "topic")
    assert begin(folder, operation).returncode != 0
    said = nbvc(folder, "resolve", "a.ipynb", "--list").stdout.decode()
    expected = SIDES[operation].format(topic=topic)
    assert said.startswith(f"{expected}\n\ncell 2\n" if expected else "cell 2\n"), said
    decided = nbvc(folder, "resolve", "a.ipynb", "--remote").stderr.decode()
    _, _, advice = decided.partition("Now: ")
    done = run(
        folder,
        "bash",
        "-c",
        f"export GIT_EDITOR=true; {advice.strip()[:-1].replace(', and', ' &&')}",
    )
    assert done.returncode == 0, (advice, done)
    status = git(folder, "status")
    assert "progress" not in status
    assert "Unmerged" not in status
    assert "load('theirs')" in read(folder / "a.ipynb").cells[1].source


def test_code_with_words_of_both_sides_is_told(tmp_path: Path) -> None:
    folder = new(tmp_path / "repo")
    (folder / ".gitattributes").write_text("*.ipynb merge=nbvc\n")
    git(folder, "config", "merge.nbvc.driver", DRIVER)
    for start, line in (("", "y = a + b"), ("topic", "y = a - b"), ("main", "y = a + c")):
        if start:
            git(folder, "checkout", "-q", "-B", start, "HEAD" if start == "topic" else "topic~1")
        (folder / "a.ipynb").write_bytes(file(code(line)))
        commit_all(folder, line)
    done = run(folder, "git", "merge", "-q", "--no-edit", "topic")
    assert done.returncode == 0, done
    assert sources(folder / "a.ipynb") == "y = a - c"
    assert b"nbvc: a.ipynb: both sides changed one line in cell 1" in done.stderr


def test_the_name_of_a_remote_branch_is_short(tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo", DRIVER)
    git(folder, "update-ref", "refs/remotes/origin/topic", "topic")
    assert run(folder, "git", "merge", "-q", "refs/remotes/origin/topic").returncode == 1
    assert ">>>>>>> origin/topic" in read(folder / "a.ipynb").cells[1].source


@pytest.mark.parametrize(
    ("side", "kept", "gone"), [("ours", "ours()", "'theirs'"), ("theirs", "'theirs'", "ours()")]
)
def test_a_favored_side_takes_the_conflicts_and_nothing_else(
    tmp_path: Path, side: str, kept: str, gone: str
) -> None:
    folder = repository(tmp_path / "merge", DRIVER)
    done = run(folder, "git", "-c", f"nbvc.favor={side}", "merge", "-q", "--no-edit", "topic")
    assert done.returncode == 0, done.stderr
    text = sources(folder / "a.ipynb")
    assert kept in text
    assert gone not in text
    assert "added_by_remote" in text
    # Git notes the option of a rebase, where ours is the branch below.
    folder = repository(tmp_path / "rebase", DRIVER)
    git(folder, "checkout", "-q", "topic")
    assert run(folder, "git", "rebase", "-q", f"-X{side}", "main").returncode == 0
    assert kept in sources(folder / "a.ipynb")
    assert gone not in sources(folder / "a.ipynb")


def test_a_rebase_names_the_branch_and_the_commit(tmp_path: Path) -> None:
    folder = repository(tmp_path, DRIVER)
    begin(folder, "rebase")
    text = sources(folder / "a.ipynb")
    oid = git(folder, "rev-parse", "--short=7", "topic").strip()
    assert f">>>>>>> {oid} (theirs)" in text
    assert ("<<<<<<< main\n" in text) or ("<<<<<<< HEAD\n" in text)


def test_the_merge_tool_keeps_what_is_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git puts a backup back when a tool fails: what was decided is in that, too."""
    folder = new(tmp_path / "repo")
    base = ["rate = 0.1", "count = 1"]
    for where, digit, message in (
        (("-B", "main"), "1", "base"),
        (("-b", "topic"), "3", "theirs"),
        (("main",), "2", "ours"),
    ):
        git(folder, "checkout", "-q", *where)
        cells = (code(line.replace("1", digit)) for line in base)
        (folder / "a.ipynb").write_bytes(file(*cells))
        commit_all(folder, message)
    monkeypatch.chdir(folder)
    assert run(folder, "git", "merge", "-q", "topic").returncode == 1  # by lines: it does not open
    assert nbvc(folder, "install").returncode == 0
    tool = ["git", "mergetool", "--no-prompt", "--tool=nbvc"]
    status, seen = in_terminal(program=tool, types=b"m\nq\n", after=b"Keep")
    assert status == 1
    assert "(1/2) Keep" in seen
    assert read(folder / "a.ipynb").cells[0].source == "rate = 0.2"
    status, seen = in_terminal(program=tool, types=b"t\n", after=b"Keep")
    assert "(1/1) Keep" in seen
    assert status == 0
    assert [cell.source for cell in read(folder / "a.ipynb").cells] == ["rate = 0.2", "count = 3"]
    assert not git(folder, "ls-files", "-u")
    assert nbvc(folder, "resolve", "--continue").returncode == 0
    assert len(git(folder, "show", "-s", "--format=%P").split()) == 2


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("merge", ("mine, main", "theirs, topic")),
        ("rebase", ("mine, your commit", "theirs, main, on which you rebase")),
        ("cherry-pick", ("mine, your branch", "theirs, the commit that you pick")),
        ("stash pop", ("mine, your branch", "theirs, your stashed changes")),
    ],
)
def test_sides_have_the_names_that_people_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, names: tuple[str, str]
) -> None:
    folder = repository(tmp_path / "repo", f"{NBVC} git-merge-driver %O %A %B %L %P")
    monkeypatch.chdir(folder)
    begin(folder, operation)
    status, seen = in_terminal("resolve", types=b"o\nq\n", columns=200)
    assert status == 1
    assert f"- {names[0]}" in seen
    assert f"+ {names[1]}" in seen
    assert "- before, the base" in seen
    assert "- x = 1" in seen


@pytest.mark.parametrize(("key", "stays"), [(b"k", True), (b"d", False), (b"q", None)])
def test_a_deleted_notebook_is_kept_or_deleted_by_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: bytes, stays: bool | None
) -> None:
    folder = repository(tmp_path / "repo", DRIVER)
    monkeypatch.chdir(folder)
    git(folder, "rm", "-q", "a.ipynb")
    commit_all(folder, "deleted")
    begin(folder, "merge")
    status, seen = in_terminal("resolve", types=key + b"\n")
    assert "local deleted the notebook, remote changed it" in seen
    assert status == (1 if stays is None else 0)
    assert (folder / "a.ipynb").exists() is (stays is not False)
    if stays is None:
        assert git(folder, "ls-files", "-u")
        return
    assert "Now: nbvc resolve --continue." in seen
    assert nbvc(folder, "resolve", "--continue").returncode == 0
    assert bool(git(folder, "ls-files", "a.ipynb")) is stays


def test_the_next_step_is_for_a_file_in_conflict(tmp_path: Path) -> None:
    folder = new(tmp_path / "repo")
    git(folder, "config", "merge.nbvc.driver", DRIVER)
    (folder / ".gitattributes").write_text("*.ipynb merge=nbvc\n")
    for where, digit in ((("-B", "main"), 1), (("-b", "topic"), 2), (("main",), 3)):
        git(folder, "checkout", "-q", *where)
        for name in ("b.ipynb", "c.ipynb"):
            (folder / name).write_bytes(file(code(f"x = {digit}")))
        (folder / "a.py").write_text(f"x = {digit}\n")
        commit_all(folder, f"{digit}")
    begin(folder, "merge")
    for name, step in (
        ("b.ipynb", "nbvc resolve c.ipynb"),
        ("c.ipynb", "edit a.py and git add it"),
    ):
        said = nbvc(folder, "resolve", name, "--local").stderr.decode()
        assert said.endswith(f"Now: {step}.\n")


@pytest.mark.parametrize("operation", ["merge", "cherry-pick", "rebase"])
def test_to_abort_keeps_what_was_worked_on(tmp_path: Path, operation: str) -> None:
    folder = repository(tmp_path / "r", DRIVER)
    assert begin(folder, operation).returncode
    assert nbvc(folder, "resolve", "--abort", "--local").returncode == 2
    before = (folder / "a.ipynb").read_bytes()
    done = nbvc(folder, "resolve", "--abort")
    assert done.returncode == 0
    assert b"Aborted: the files are as they were before." in done.stderr
    assert git(folder, "status", "--porcelain") == ""
    saved = done.stderr.decode().partition("a.ipynb is saved as checkpoint ")[2].split()[0]
    assert nbvc(folder, "checkpoint", "restore", "a.ipynb", saved).returncode == 0
    assert (folder / "a.ipynb").read_bytes() == before
    git(folder, "checkout", "-q", "-f", "HEAD")
    again = nbvc(folder, "resolve", "--abort")
    assert again.returncode
    assert b"no merge is in progress" in again.stderr


def test_two_sides_cannot_both_be_taken_alone(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", DRIVER)
    assert begin(folder, "merge").returncode
    before = (folder / "a.ipynb").read_bytes()
    done = nbvc(folder, "resolve", "--local", "--remote", "a.ipynb")
    assert done.returncode == 2
    assert b"--local cannot be combined with --remote" in done.stderr
    assert (folder / "a.ipynb").read_bytes() == before


def test_a_cut_off_notebook_that_was_fixed_may_be_whole_in_git(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", DRIVER)
    whole = (folder / "a.ipynb").read_bytes()
    (folder / "a.ipynb").write_bytes(whole[: whole.index(b"y = 2")])
    done = nbvc(folder, "fix", "a.ipynb")
    assert done.returncode == 0
    assert b"The last commit has 3 cells: `git restore a.ipynb` goes back to it." in done.stderr


def test_a_resolved_file_that_the_merge_is_not_about_is_not_staged(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", DRIVER)
    assert begin(folder, "merge").returncode
    (folder / "other.ipynb").write_bytes((folder / "a.ipynb").read_bytes())
    done = nbvc(folder, "resolve", "--local", "other.ipynb")
    assert done.returncode == 0
    assert b"Staged" not in done.stderr
    assert git(folder, "ls-files", "other.ipynb") == ""
