"""The clean filter with real git: results stay out of it, and are never lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nbvc.cli import run as nbvc
from nbvc.workflow.filter_table import table_paths
from tests.integration.git.installed import bare_path, program, use_program
from tests.integration.git.sandbox import git, new
from tests.making import code, file, markdown, stream


def ran(*sources: str, mark: str = "out of", start: int = 1) -> bytes:
    cells = [
        code(source, [stream(f"{mark} {source}\n")], execution_count=number)
        for number, source in enumerate(sources, start)
    ]
    return file(markdown("# Title"), *cells)


def outputs(content: bytes) -> list[str]:
    return ["".join(cell["outputs"][0]["text"]) if cell["outputs"] else ""
            for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]  # fmt: skip


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_program(tmp_path, monkeypatch)
    folder = new(tmp_path / "a repo")
    monkeypatch.chdir(folder)
    assert nbvc(["install", "--filter", "--hooks"]) == 0
    (folder / "a.ipynb").write_bytes(ran("x", "y", "z"))
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return folder


def stored(folder: Path, name: str = "HEAD:a.ipynb") -> str:
    return git(folder, "show", "--no-textconv", name)


def is_clean(folder: Path) -> bool:
    return git(folder, "status", "--porcelain") == ""


def test_git_gets_no_outputs_and_the_file_keeps_its_own(repo: Path) -> None:
    assert "out of" not in stored(repo)
    assert (repo / "a.ipynb").read_bytes() == ran("x", "y", "z")
    assert is_clean(repo)


@pytest.mark.parametrize("preset", ["noise", "nbstripout"])
def test_the_policy_is_what_was_set_up(repo: Path, preset: str) -> None:
    assert nbvc(["install", "--filter", "--preset", preset]) == 0
    git(repo, "add", "--renormalize", ".")
    assert ("out of" in stored(repo, ":a.ipynb")) is (preset == "noise")
    assert nbvc(["doctor"]) == 1, "the project says strip"


def test_fault_24_what_is_clean_stays_clean(repo: Path) -> None:
    (repo / "b.ipynb").write_text(stored(repo) + "\n")
    git(repo, "add", ".")
    assert stored(repo, ":b.ipynb") == stored(repo)


def test_fault_25_a_broken_notebook_is_not_staged(repo: Path) -> None:
    (repo / "b.ipynb").write_bytes(b'{"cells": [')
    done = subprocess.run(["git", "add", "b.ipynb"], cwd=repo, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"b.ipynb" in done.stderr
    assert b"Traceback" not in done.stderr
    assert git(repo, "ls-files", "b.ipynb") == ""


def test_fault_26_with_nbvc_gone_git_says_how_to_mend_it(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repo, "checkout", "-b", "other")
    (repo / "a.ipynb").write_bytes(ran("x", "y"))
    git(repo, "commit", "-am", "second")
    (repo / "a.ipynb").write_bytes(ran("x", "y", mark="longer by far, out of"))
    program(repo.parent).unlink()
    bare_path(monkeypatch)
    for command in (["add", "a.ipynb"], ["diff", "--no-textconv"], ["stash"]):
        done = subprocess.run(["git", *command], cwd=repo, capture_output=True, check=False)
        assert done.returncode, command
        assert b"Install nbvc again" in done.stderr, command
    assert outputs((repo / "a.ipynb").read_bytes())
    (repo / "a.ipynb").write_text(stored(repo) + "\n")
    done = subprocess.run(
        ["git", "checkout", "-f", "main"], cwd=repo, capture_output=True, check=False
    )
    assert b"Install nbvc again" in done.stderr
    program(repo.parent)
    monkeypatch.setenv("PATH", f"{program(repo.parent).parent}:/usr/bin:/bin")
    git(repo, "checkout", "-f", "main")
    assert outputs((repo / "a.ipynb").read_bytes()) == ["out of x\n", "out of y\n", "out of z\n"]


def test_fault_27_nothing_in_nothing_out(repo: Path) -> None:
    (repo / "empty.ipynb").write_bytes(b"")
    git(repo, "add", ".")
    assert git(repo, "cat-file", "-s", ":empty.ipynb") == "0"
    assert git(repo, "cat-file", "-s", ":a.ipynb") != "0"


def test_fault_28_a_repository_with_outputs_in_it(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nbvc(["uninstall"])
    (repo / "b.ipynb").write_bytes(ran("b"))
    git(repo, "add", ".")
    git(repo, "commit", "-m", "unclean")
    capsys.readouterr()
    assert nbvc(["install", "--filter"]) == 0
    said = capsys.readouterr().out
    assert "--renormalize" in said
    assert "after a rerun, run nbvc refresh." in said
    assert "checkout, merge or stash, run nbvc outputs restore." in said
    assert nbvc(["doctor"]) == 1
    git(repo, "add", "--renormalize", ".")
    git(repo, "commit", "-m", "clean")
    assert is_clean(repo)
    assert "out of" not in stored(repo, "HEAD:b.ipynb")
    assert (repo / "b.ipynb").read_bytes() == ran("b")
    capsys.readouterr()
    assert nbvc(["doctor"]) == 0, capsys.readouterr().out


def test_fault_29_a_link_stays_a_link(repo: Path) -> None:
    (repo / "link.ipynb").symlink_to("a.ipynb")
    git(repo, "add", ".")
    assert git(repo, "cat-file", "-p", ":link.ipynb") == "a.ipynb"


def test_fault_30_line_ends_that_git_converts(repo: Path) -> None:
    git(repo, "config", "core.autocrlf", "true")
    content = ran("x").replace(b"\n", b"\r\n")
    (repo / "b.ipynb").write_bytes(content)
    git(repo, "add", ".")
    git(repo, "commit", "-m", "crlf")
    assert "\r" not in stored(repo, "HEAD:b.ipynb")
    (repo / "b.ipynb").unlink()
    git(repo, "checkout", "--", "b.ipynb")
    assert is_clean(repo)
    assert outputs((repo / "b.ipynb").read_bytes()) == ["out of x\n"]


def test_an_old_format_is_stripped_in_place(repo: Path) -> None:
    cell = {
        "cell_type": "code",
        "input": "1",
        "outputs": [{"output_type": "stream", "text": "one"}],
    }
    old = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [cell]}]}
    (repo / "old.ipynb").write_text(json.dumps(old, indent=1))
    git(repo, "add", ".")
    found = json.loads(stored(repo, ":old.ipynb"))
    assert found["nbformat"] == 3
    assert found["worksheets"][0]["cells"][0]["outputs"] == []


def test_results_survive_a_stash(repo: Path) -> None:
    now = ran("x", "y", "z", "new")
    (repo / "a.ipynb").write_bytes(now)
    git(repo, "stash")
    git(repo, "stash", "pop")
    assert nbvc(["outputs", "restore", "a.ipynb"]) == 0
    assert (repo / "a.ipynb").read_bytes() == now


def test_results_are_back_after_a_checkout_away_and_back(repo: Path) -> None:
    git(repo, "checkout", "-b", "other")
    (repo / "a.ipynb").write_bytes(ran("x", "other"))
    git(repo, "commit", "-am", "other")
    git(repo, "checkout", "main")
    assert (repo / "a.ipynb").read_bytes() == ran("x", "y", "z")
    assert is_clean(repo)
    git(repo, "checkout", "other")
    assert (repo / "a.ipynb").read_bytes() == ran("x", "other")
    assert is_clean(repo)


def cleared(path: Path, seconds: float = 60) -> bytes:
    """Clear all outputs, as a person does in Jupyter; what the file is then, some time ago."""
    content = json.loads(path.read_bytes())
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    path.write_bytes(file(*content["cells"]))
    moment = time.time() - seconds
    os.utime(path, (moment, moment))
    return path.read_bytes()


@pytest.mark.parametrize(
    "commands",
    [
        ["checkout -b side"],
        ["checkout other", "checkout main"],
        ["merge --no-edit other"],
        ["add a.ipynb", "rebase other"],
        ["merge --squash other"],
        ["commit --amend --allow-empty -m again"],
        ["checkout -- b.ipynb"],
    ],
)
def test_results_that_their_user_cleared_do_not_come_back(repo: Path, commands: list[str]) -> None:
    (repo / "b.ipynb").write_bytes(ran("b"))
    git(repo, "add", ".")
    git(repo, "commit", "-m", "b")
    git(repo, "checkout", "-b", "other")
    (repo / "b.ipynb").write_bytes(ran("c"))
    git(repo, "commit", "-am", "c")
    git(repo, "checkout", "main")
    git(repo, "commit", "--allow-empty", "-m", "so that a rebase has something to do")
    seen = cleared(repo / "a.ipynb")
    if "checkout -- b.ipynb" in commands:
        (repo / "b.ipynb").write_bytes(ran("d"))
    for command in commands:
        git(repo, *command.split())
    assert (repo / "a.ipynb").read_bytes() == seen
    assert outputs((repo / "b.ipynb").read_bytes()) in (["out of b\n"], ["out of c\n"])


TAKEN_AWAY = """#!/bin/sh
git diff --binary --no-color --no-ext-diff --no-textconv > .git/patch
git checkout -- .
git apply --whitespace=nowarn .git/patch
"""


def test_changes_that_pre_commit_takes_away_and_applies_again_have_their_results(
    repo: Path,
) -> None:
    hook = repo / ".git/hooks/pre-commit"
    hook.write_text(TAKEN_AWAY)
    hook.chmod(0o755)
    content = ran("x", "y", "changed, and not staged")
    (repo / "a.ipynb").write_bytes(content)
    (repo / "b.ipynb").write_bytes(ran("b"))
    git(repo, "add", "b.ipynb")
    git(repo, "commit", "-m", "b")
    assert git(repo, "status", "--porcelain") == " M a.ipynb"
    assert (repo / "a.ipynb").read_bytes() == content
    hook.unlink()
    seen = cleared(repo / "a.ipynb")
    git(repo, "commit", "--allow-empty", "-m", "cleared by hand")
    assert (repo / "a.ipynb").read_bytes() == seen


def test_fault_60_a_name_that_is_no_utf8_keeps_no_other_from_git(repo: Path) -> None:
    name = os.fsdecode(b"caf\xe9.ipynb")
    for path in (name, "b.ipynb"):
        (repo / path).write_bytes(ran("x", "y"))
    git(repo, "add", ".")
    git(repo, "commit", "-m", "names")
    assert "out of" not in stored(repo, f"HEAD:{name}")
    (repo / name).unlink()
    git(repo, "checkout", "--", ".")
    assert "out of x" in (repo / name).read_text()
    assert nbvc(["clean", name]) == 0
    assert nbvc(["outputs", "restore", name]) == 0
    assert nbvc(["outputs", "list", "--format", "json"]) == 0


def test_a_file_that_is_checked_out_gets_its_results_back(repo: Path) -> None:
    (repo / "a.ipynb").write_bytes(ran("x", "y", "changed"))
    git(repo, "checkout", "--", "a.ipynb")
    assert (repo / "a.ipynb").read_bytes() == ran("x", "y", "z")


def test_a_hook_that_was_written_by_hand_still_works(repo: Path) -> None:
    (repo / "a.ipynb").unlink()
    git(repo, "-c", "core.hooksPath=/dev/null", "checkout", "--", "a.ipynb")
    assert outputs((repo / "a.ipynb").read_bytes()) == ["", "", ""]
    assert nbvc(["git-hook"]) == 0
    assert (repo / "a.ipynb").read_bytes() == ran("x", "y", "z")
    seen = cleared(repo / "a.ipynb")
    assert nbvc(["git-hook"]) == 0
    assert (repo / "a.ipynb").read_bytes() == seen


def test_two_clones_rerun_pull_and_rebase(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--bare", "-b", "main", "remote")
    git(repo, "remote", "add", "origin", str(tmp_path / "remote"))
    git(repo, "push", "-u", "origin", "main")
    there = tmp_path / "there"
    git(tmp_path, "clone", "remote", "there")
    changed = json.loads(stored(there))
    changed["cells"][2]["source"] = "Y"
    (there / "a.ipynb").write_text(json.dumps(changed, indent=1, sort_keys=True) + "\n")
    git(there, "commit", "-am", "upstream changes y")
    git(there, "push")
    (repo / "a.ipynb").write_bytes(ran("x", "y", "z", mark="a rerun: out of", start=11))
    assert nbvc(["refresh"]) == 0
    assert is_clean(repo)
    git(repo, "pull", "--ff-only")
    assert outputs((repo / "a.ipynb").read_bytes()) == ["a rerun: out of x\n", "", ""]
    assert is_clean(repo)
    local = json.loads((repo / "a.ipynb").read_bytes())
    local["cells"][0]["source"] = "# Another title"
    (repo / "a.ipynb").write_text(json.dumps(local, indent=1, sort_keys=True) + "\n")
    git(repo, "commit", "-am", "local")
    (there / "b.txt").write_text("b")
    git(there, "add", ".")
    git(there, "commit", "-m", "upstream again")
    git(there, "push")
    git(repo, "pull", "--rebase")
    assert outputs((repo / "a.ipynb").read_bytes()) == ["a rerun: out of x\n", "", ""]
    assert is_clean(repo)
    for shown in (["log", "-p", "--no-textconv"], ["format-patch", "--stdout", "--root"]):
        assert "out of" not in git(repo, *shown)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=repo, capture_output=True, check=True)
    assert b"out of" not in archive.stdout
    refs = git(repo, "for-each-ref", "--format=%(refname)")
    assert "nbvc" not in refs


def test_a_rerun_is_no_change_after_a_refresh(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "a.ipynb").write_bytes(ran("x", "y", "z", mark="rerun"))
    (repo / "b.ipynb").write_bytes(ran("b"))
    git(repo, "add", "b.ipynb")
    (repo / "b.ipynb").write_bytes(ran("really changed"))
    assert "a.ipynb" in git(repo, "status", "--porcelain")
    assert nbvc(["refresh"]) == 0
    assert capsys.readouterr().out == "a.ipynb: no longer listed as modified\n"
    assert git(repo, "status", "--porcelain") == "AM b.ipynb"
    assert (repo / "a.ipynb").read_bytes() == ran("x", "y", "z", mark="rerun")


def test_each_working_tree_has_outputs_of_its_own(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = tmp_path / "tree"
    git(repo, "worktree", "add", str(tree), "-b", "side")
    assert outputs((tree / "a.ipynb").read_bytes()) == ["", "", ""]
    monkeypatch.chdir(tree)
    capsys.readouterr()
    assert nbvc(["outputs", "list", "--format", "json"]) == 0
    (state,) = json.loads(capsys.readouterr().out)
    assert nbvc(["outputs", "restore", "a.ipynb", "--from", state["state"][:6]]) == 0
    assert (tree / "a.ipynb").read_bytes() == ran("x", "y", "z")
    (tree / "a.ipynb").write_bytes(ran("x", "y", "z", mark="in the tree"))
    git(tree, "checkout", "-b", "aside")
    git(tree, "add", ".")
    for folder, mark in ((tree, "in the tree"), (repo, "out of")):
        (folder / "a.ipynb").unlink()
        git(folder, "checkout", "--", "a.ipynb")
        assert outputs((folder / "a.ipynb").read_bytes()) == [f"{mark} {key}\n" for key in "xyz"]


def test_hooks_that_were_there_still_run_and_come_back(repo: Path) -> None:
    nbvc(["uninstall"])
    hook = repo / ".git/hooks/post-checkout"
    hook.write_text("#!/bin/sh\necho mine >> ran.txt\n")
    hook.chmod(0o755)
    before = hook.read_bytes()
    for _ in range(2):
        assert nbvc(["install", "--filter", "--hooks"]) == 0
    git(repo, "checkout", "-b", "side")
    assert (repo / "ran.txt").read_text() == "mine\n"
    assert nbvc(["uninstall"]) == 0
    assert hook.read_bytes() == before
    assert sorted(path.name for path in hook.parent.iterdir() if "sample" not in path.name) == [
        "post-checkout"
    ]
    assert "filter" not in (repo / ".git/config").read_text()


@pytest.mark.parametrize(
    "options", [["--hooks"], ["--preset", "noise"], ["--filter", "--preset", "x"]]
)
def test_wrong_usage(repo: Path, options: list[str]) -> None:
    before = (repo / ".git/config").read_bytes()
    assert nbvc(["install", *options]) == 2
    assert (repo / ".git/config").read_bytes() == before


def test_the_one_shot_form_says_the_same(repo: Path) -> None:
    git(repo, "config", "--unset", "filter.nbvc.process")
    (repo / "b.ipynb").write_bytes(ran("x", "y", "z"))
    git(repo, "add", ".")
    assert stored(repo, ":b.ipynb") == stored(repo)
    (repo / "b.ipynb").write_text(stored(repo) + "\n")
    assert nbvc(["outputs", "restore", "b.ipynb"]) == 0
    assert (repo / "b.ipynb").read_bytes() == ran("x", "y", "z")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
@pytest.mark.parametrize("options", [["--clean", "a.ipynb"], []], ids=["once", "process"])
def test_an_answer_that_finds_no_room(repo: Path, options: list[str]) -> None:
    hello = b"0016git-filter-client\n000eversion=2\n00000015capability=clean\n0000"
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nbvc", "git-filter", "preset=strip", *options],
            cwd=repo,
            input=ran("x") if options else hello,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[0].startswith("nbvc: ")
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_diff_of_the_work_tree_shows_what_git_would_keep(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "a.ipynb").write_bytes(ran("x", "y2", "z"))
    capsys.readouterr()

    assert nbvc(["status"]) == 0
    assert "sources       a.ipynb  1 cell changed, 3 unchanged" in capsys.readouterr().out
    for words in ([], ["HEAD"]):
        assert nbvc(["diff", *words]) == 0
        shown = capsys.readouterr().out
        assert "- y\n" in shown
        assert "+ y2" in shown
        assert "out of" not in shown
    texts = git(repo, "diff")
    assert "\n-y\n+y2\n" in texts
    assert "out of" not in texts
    # Two files are what they are.
    (repo / "b.ipynb").write_bytes(ran("x", "y2", "z", mark="now"))
    assert nbvc(["diff", "a.ipynb", "b.ipynb"]) == 0
    assert "+ now z" in capsys.readouterr().out


def test_versions_that_have_outputs_show_them_and_the_work_tree_does_not(repo: Path) -> None:
    assert nbvc(["uninstall"]) == 0
    (repo / "old.ipynb").write_bytes(ran("w"))
    git(repo, "add", ".")
    git(repo, "commit", "-m", "with outputs")
    assert nbvc(["install", "--filter"]) == 0
    assert "+#> out of w" in git(repo, "show", "HEAD", "--", "old.ipynb")
    (repo / "old.ipynb").write_bytes(ran("w2", mark="now"))
    assert "-#> out of w" in git(repo, "diff", "--", "old.ipynb")


@pytest.mark.parametrize("attribute", ["-filter", "filter=other"])
def test_a_file_that_the_filter_is_not_for_is_shown_whole(
    repo: Path, capsys: pytest.CaptureFixture[str], attribute: str
) -> None:
    (repo / ".git/info/attributes").write_text(f"*.ipynb diff=nbvc {attribute}\n")
    (repo / "a.ipynb").write_bytes(ran("x", "y2", "z"))
    capsys.readouterr()
    assert nbvc(["diff"]) == 0
    assert "+ out of x" in capsys.readouterr().out
    assert "+#> out of x" in git(repo, "diff")


def test_what_the_filter_would_refuse_is_shown_as_it_is(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "b.ipynb").write_bytes(ran("x"))
    git(repo, "add", ".")
    (repo / "a.ipynb").write_bytes(b'{"cells": [\n')
    (repo / "b.ipynb").write_bytes(ran("x2"))
    capsys.readouterr()
    assert nbvc(["status"]) == 0
    shown = capsys.readouterr().out
    assert "no notebook   a.ipynb" in shown
    assert "sources       b.ipynb" in shown


def test_a_file_that_may_be_run_now_has_the_same_content(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "a.ipynb").chmod(0o755)
    capsys.readouterr()
    assert nbvc(["status"]) == 0
    assert "same content  a.ipynb" in capsys.readouterr().out


CLEARED = {
    "not staged, checkout of a file": ["checkout -- b.ipynb"],
    "not staged, new branch": ["checkout -b side"],
    "not staged, commit of another file": ["add b.ipynb", "commit -m b"],
    "staged, checkout of a file": ["add a.ipynb", "checkout -- b.ipynb"],
    "staged, there and back": ["add a.ipynb", "commit -am b", "checkout other", "checkout main"],
    "staged, merged": ["add a.ipynb", "commit -am b", "merge --no-edit remark"],
    "staged, rebased": ["add a.ipynb", "commit -am b", "rebase remark"],
    "staged, fast forward": ["add a.ipynb", "checkout -- b.ipynb", "merge --ff-only remark"],
    "committed at once": ["commit -am b", "merge --no-edit remark"],
    "stashed": ["stash", "checkout other", "checkout main", "stash pop", "checkout -b side"],
    "reset": ["add a.ipynb", "reset --hard", "checkout other", "checkout main"],
}


@pytest.mark.parametrize("which", [[0, 1], [1]], ids=["all", "one"])
@pytest.mark.parametrize("commands", CLEARED.values(), ids=list(CLEARED))
def test_what_was_cleared_a_moment_ago_stays_cleared(
    repo: Path, commands: list[str], which: list[int]
) -> None:
    (repo / "b.ipynb").write_bytes(ran("b"))
    (repo / "a.ipynb").write_bytes(file(code("x", [stream("x\n")]), code("who", [stream("me\n")])))
    git(repo, "add", ".")
    git(repo, "commit", "-m", "both")
    git(repo, "checkout", "-b", "other")
    (repo / "a.ipynb").write_bytes(ran("other"))
    git(repo, "commit", "-am", "other")
    git(repo, "checkout", "-b", "remark", "main")
    remark = file(code("x"), code("who"), markdown("a remark"))
    (repo / "a.ipynb").write_bytes(remark)
    elsewhere = ("filter.nbvc.process=", "filter.nbvc.clean=", "filter.nbvc.required=false")
    aside = [word for one in elsewhere for word in ("-c", one)]
    git(repo, *aside, "add", "a.ipynb")  # b.ipynb, which has its outputs, stays as it is stored
    git(repo, *aside, "commit", "-m", "remark")
    git(repo, "checkout", "main")
    assert outputs((repo / "a.ipynb").read_bytes()) == ["x\n", "me\n"]
    (repo / "b.ipynb").write_bytes(ran("b, edited"))
    cells = [code("x", [] if 0 in which else [stream("x\n")]), code("who")]
    (repo / "a.ipynb").write_bytes(file(*cells))
    for command in commands:
        git(repo, *command.split())
    found = outputs((repo / "a.ipynb").read_bytes())
    assert found[1] == ""
    assert 0 not in which or found[0] == ""


# What the filter leaves alone


def tagged(*tags: str) -> dict[str, object]:
    return {"metadata": {"tags": list(tags)}}


@pytest.mark.parametrize("setting", ['drop-tagged-cells = ["scratch"]', "drop-empty-cells = true"])
def test_settings_that_drop_cells_are_refused(
    repo: Path, setting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "pyproject.toml").write_text(f"[tool.nbvc.clean]\n{setting}\n")
    before = git(repo, "config", "--list", "--local")
    capsys.readouterr()
    assert nbvc(["install", "--filter", "--hooks"]) == 2
    said = capsys.readouterr().err
    assert setting.split(" ", maxsplit=1)[0] in said
    assert "pyproject.toml" in said
    assert git(repo, "config", "--list", "--local") == before
    assert nbvc(["doctor"]) == 1
    assert setting.split(" ", maxsplit=1)[0] in capsys.readouterr().out


@pytest.mark.parametrize("once", [False, True])
def test_a_filter_that_was_told_to_drop_cells_keeps_them(
    repo: Path, once: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in ("process", "clean"):  # as older versions wrote them
        value = git(repo, "config", f"filter.nbvc.{key}")
        words = "form=1 preset=strip drop-tagged-cells=scratch drop-empty-cells=true"
        git(repo, "config", f"filter.nbvc.{key}", value.replace("--table", words))
    for path in table_paths(str(repo / ".git")):
        os.unlink(path)
    if once:
        git(repo, "config", "--unset", "filter.nbvc.process")
    mine = file(code("try_this = 1", [], **tagged("scratch")), code("", []), code("x = 1", []))
    (repo / "c.ipynb").write_bytes(mine)
    git(repo, "add", "c.ipynb")
    assert len(json.loads(stored(repo, ":c.ipynb"))["cells"]) == 3
    capsys.readouterr()
    if not once:
        assert nbvc(["doctor"]) == 1
        assert "the filter was set up by an older nbvc" in capsys.readouterr().out


BROKEN = {
    "no JSON": b"{ no notebook\n",
    "cut off": b'{"cells": [\n',
    "UTF-16": '{"cells": []}'.encode("utf-16"),
    "large files": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "Windows": b"{ no\r\nnotebook\r\n",
    "deep": b"[" * 100_000,
}


def calls(folder: Path, *commands: list[str]) -> None:
    for command in commands:
        done = subprocess.run(["git", *command], cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, (command, done.stderr)


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_that_git_has_stops_no_command(repo: Path, kind: str, once: bool) -> None:
    if once:
        git(repo, "config", "--unset", "filter.nbvc.process")
    if kind == "Windows":
        git(repo, "config", "core.autocrlf", "true")
    path = repo / "sub" / "b.ipynb"
    path.parent.mkdir()
    path.write_bytes(BROKEN[kind])
    off = ("filter.nbvc.process=", "filter.nbvc.required=false", "filter.nbvc.clean=")
    options = [part for setting in off for part in ("-c", setting)]
    git(repo, *options, "add", "sub/b.ipynb")
    git(repo, *options, "commit", "-qm", "broken")
    (repo / "t.txt").write_text("one\n")
    git(repo, "add", "t.txt")
    git(repo, "commit", "-qm", "text")
    (repo / "t.txt").write_text("two\n")
    for number, command in enumerate((
        ["status"], ["diff"], ["add", "-A"], ["stash"], ["stash", "pop"], ["checkout", "-b", "side"],
        ["commit", "-qam", "two"], ["rebase", "-q", "HEAD~1"], ["checkout", "-q", "main"],
        ["merge", "-q", "--no-edit", "side"], ["rm", "-q", "--cached", "sub/b.ipynb"],
        ["add", "sub/b.ipynb"], ["mv", "sub/b.ipynb", "c.ipynb"], ["commit", "-qam", "moved"],
        ["status"],
    )):  # fmt: skip
        now = repo / "c.ipynb" if command[0] == "commit" and number > 10 else path
        if now.exists():
            os.utime(now, (number + 1, number + 1))
        calls(repo, command)
    assert (repo / "c.ipynb").read_bytes() == BROKEN[kind]


@pytest.mark.parametrize("once", [False, True])
def test_a_notebook_that_broke_is_refused_when_it_is_added_and_not_before(
    repo: Path, once: bool
) -> None:
    if once:
        git(repo, "config", "--unset", "filter.nbvc.process")
    content = (repo / "a.ipynb").read_bytes()
    for broken in (b"<<<<<<< HEAD\n" + content, b"[" + content[1:]):  # longer, and as long
        (repo / "a.ipynb").write_bytes(broken)
        os.utime(repo / "a.ipynb", (1, 1))
        calls(repo, ["status"], ["diff"], ["diff", "--no-textconv"], ["diff", "--stat"])
        for command in (["add", "a.ipynb"], ["add", "-A"], ["commit", "-am", "x"], ["stash"]):
            done = subprocess.run(["git", *command], cwd=repo, capture_output=True, check=False)
            assert done.returncode, command
            assert b"nbvc: a.ipynb: " in done.stderr, command
        assert (repo / "a.ipynb").read_bytes() == broken
        assert "cells" in json.loads(stored(repo, ":a.ipynb"))


def test_what_the_filter_cleans_can_be_left_to_it(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / ".gitattributes").write_text("plain.ipynb !filter\n")
    (repo / "plain.ipynb").write_bytes(ran("x"))
    git(repo, "add", "-A")
    outside = repo.parent / "outside.ipynb"
    outside.write_bytes(ran("x"))
    assert nbvc(["clean", "--skip-filtered", "a.ipynb", "plain.ipynb", str(outside)]) == 0
    assert "3 notebooks: 2 cleaned, 0 clean already, 1 excluded." in capsys.readouterr().err
    assert outputs((repo / "a.ipynb").read_bytes()) == ["out of x\n", "out of y\n", "out of z\n"]


@pytest.fixture
def in_conflict(repo: Path) -> Path:
    """A repository in the middle of a merge, with one conflict and outputs in other cells."""
    (repo / "a.ipynb").write_bytes(ran("x", "y", "z", "w = 'base'"))
    git(repo, "commit", "-qam", "base")
    git(repo, "checkout", "-qb", "side")
    (repo / "a.ipynb").write_bytes(ran("x", "y", "z", "w = 'side'"))
    git(repo, "commit", "-qam", "side")
    git(repo, "checkout", "-q", "main")
    (repo / "a.ipynb").write_bytes(ran("x", "y", "z", "w = 'main'"))
    git(repo, "commit", "-qam", "main")
    done = subprocess.run(["git", "merge", "side"], cwd=repo, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"1 conflict; run `nbvc resolve a.ipynb`" in done.stderr
    return repo


@pytest.mark.parametrize("once", [False, True])
def test_conflicts_that_are_not_resolved_are_refused_when_they_are_added_and_not_before(
    in_conflict: Path, once: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if once:
        git(in_conflict, "config", "--unset", "filter.nbvc.process")
    os.utime(in_conflict / "a.ipynb", (1, 1))
    calls(in_conflict, ["status"], ["diff"], ["diff", "--no-textconv"], ["diff", "--stat"])
    for command in (["add", "a.ipynb"], ["add", "-A"], ["commit", "-am", "x"]):
        done = subprocess.run(["git", *command], cwd=in_conflict, capture_output=True, check=False)
        assert done.returncode, command
        said = b"a.ipynb: its conflicts are not resolved (run `nbvc resolve a.ipynb`)"
        assert said in done.stderr, command
    assert nbvc(["status"]) == 0
    assert "  in conflict   a.ipynb  1 conflict: nbvc resolve" in capsys.readouterr().out
    calls(in_conflict, ["merge", "--abort"])
    assert is_clean(in_conflict)


@pytest.mark.parametrize("by_git", [False, True])
def test_a_merge_that_was_resolved_has_its_outputs_again(in_conflict: Path, by_git: bool) -> None:
    assert nbvc(["resolve", "a.ipynb", "--local"]) == 0
    if by_git:
        git(in_conflict, "commit", "-qm", "merged")
    else:
        assert nbvc(["resolve", "--continue"]) == 0
    found = outputs((in_conflict / "a.ipynb").read_bytes())
    assert found == ["out of x\n", "out of y\n", "out of z\n", "out of w = 'main'\n"]
    assert is_clean(in_conflict)
    assert "out of" not in stored(in_conflict)
