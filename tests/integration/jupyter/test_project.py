"""The repository as a whole: state, commits of several files, branches, operations, first steps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.git.sandbox import commit_all, git, try_git
from tests.integration.jupyter.conftest import FIRST, Ask
from tests.making import code, file, markdown

SECOND = file(
    markdown("# Title\n\nSome text."), code("x = 10"), code("y = 2"), code("z = 3"), minor=4
)


def _files(said: Any) -> dict[str, Any]:
    return {one["name"]: one for one in said["files"]}


async def _state(ask: Ask, path: str = "") -> Any:
    status, said = await ask("project", path=path)
    assert status == 200, said
    return said


async def _done(ask: Ask, endpoint: str, **body: Any) -> Any:
    status, said = await ask(endpoint, {"path": "", **body})
    assert status == 200, said
    return said


async def test_all_changed_files_are_listed_with_what_changed(repo: Path, ask: Ask) -> None:
    (repo / "helper.py").write_text("one\ntwo\n")
    (repo / "gone.txt").write_text("bye\n")
    (repo / "c.ipynb").write_bytes(file(code("f()", [_stream("1\n")]), minor=4))
    commit_all(repo, "two")
    (repo / "a.ipynb").write_bytes(SECOND)
    (repo / "c.ipynb").write_bytes(file(code("f()", [_stream("2\n")]), minor=4))
    (repo / "helper.py").write_text("one\n2\nthree\n")
    (repo / "gone.txt").unlink()
    (repo / "new.py").write_text("a\nb\n")
    said = await _state(ask, "a.ipynb")
    assert (said["asked"], (await _state(ask))["asked"]) == ("a.ipynb", None)
    files = _files(said)
    assert [*files] == ["a.ipynb", "c.ipynb", "gone.txt", "helper.py", "new.py"]
    counts = {"changed": 1, "added": 0, "removed": 0, "moved": 0}
    assert files["a.ipynb"]["notebook"] == {"extent": "sources", "counts": counts}
    assert files["c.ipynb"]["notebook"]["extent"] == "outputs only"
    assert (files["gone.txt"]["kind"], files["gone.txt"]["lines"]) == ("deleted", [0, 1])
    assert (files["helper.py"]["kind"], files["helper.py"]["lines"]) == ("changed", [2, 1])
    assert (files["new.py"]["kind"], files["new.py"]["lines"]) == ("added", [2, 0])
    assert (said["branch"], said["running"], said["remotes"]) == ("main", None, [])
    assert said["identity"] == {"name": "Ada Example", "email": "ada@example.org"}


def _stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


async def test_looking_runs_nothing_of_the_repository(repo: Path, ask: Ask, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    script.chmod(0o755)
    (repo / ".git" / "hooks" / "post-index-change").write_text(script.read_text())
    (repo / ".git" / "hooks" / "post-index-change").chmod(0o755)
    git(repo, "config", "core.fsmonitor", str(script))
    git(repo, "config", "diff.external", str(script))
    (tmp_path / "ran").unlink(missing_ok=True)
    (repo / "a.ipynb").write_bytes(SECOND)
    (repo / "helper.py").write_text("one\n")
    assert len((await _state(ask))["files"]) == 2
    await ask("project/branches", path="")
    assert not (tmp_path / "ran").exists()


async def test_notebooks_and_a_text_file_go_into_one_commit(
    repo: Path, ask: Ask, remote: Path
) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    (repo / "other.ipynb").write_bytes(file(code("more")))
    (repo / "helper.py").write_text("one\n")
    (repo / "left.py").write_text("stays\n")
    names = ["a.ipynb", "other.ipynb", "helper.py"]
    said = await _done(ask, "project/commit", names=names, message="Three", push=True)
    assert (said["commit"]["outcome"], said["push"]["outcome"]) == ("committed", "pushed")
    assert git(repo, "show", "--name-only", "--format=", "HEAD").splitlines() == sorted(names)
    assert git(remote, "log", "-1", "--format=%s", "main") == "Three"
    assert [*_files(await _state(ask))] == ["left.py"]


async def test_a_rename_in_jupyter_is_one_row(repo: Path, ask: Ask) -> None:
    await ask("checkpoints", {"path": "a.ipynb"})
    (repo / "a.ipynb").rename(repo / "b.ipynb")
    said = await _state(ask)
    one = _files(said).get("b.ipynb")
    assert one
    assert (one["kind"], one["old_name"]) in [("renamed", "a.ipynb"), ("added", None)]


async def test_a_staged_version_is_not_lost_with_discarded_changes(repo: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    git(repo, "add", "a.ipynb")
    (repo / "a.ipynb").write_bytes(SECOND.replace(b"x = 10", b"x = 11"))
    said = await _done(ask, "project/discard", names=["a.ipynb"])
    assert len(said["kept"]) == 1
    _, listed = await ask("checkpoints", path="a.ipynb")
    messages = [one["message"] for one in listed["checkpoints"]]
    assert messages == ["Staged. Before discarding changes", "Before discarding changes"]
    kept = {"kind": "checkpoint", "id": listed["checkpoints"][0]["id"]}
    _, version = await ask("version", path="a.ipynb", **kept)
    assert "x = 10" in json.dumps(version["notebook"])


async def test_discarded_changes_come_back(repo: Path, ask: Ask) -> None:
    (repo / "helper.py").write_text("one\n")
    commit_all(repo, "two")
    (repo / "a.ipynb").write_bytes(SECOND)
    (repo / "helper.py").write_text("two\n")
    (repo / "new.py").write_text("new\n")
    git(repo, "add", "new.py", "helper.py")
    names = ["a.ipynb", "helper.py", "new.py"]
    said = await _done(ask, "project/discard", names=names)
    assert (await _state(ask))["files"] == []
    assert (repo / "a.ipynb").read_bytes() == FIRST
    assert not (repo / "new.py").exists()
    kept = [{"name": one["path"], "id": one["id"]} for one in said["kept"]]
    await _done(ask, "project/undo", kept=kept)
    assert (repo / "a.ipynb").read_bytes() == SECOND
    assert (repo / "helper.py").read_text() == "two\n"
    assert (repo / "new.py").read_text() == "new\n"


@pytest.mark.parametrize(
    "name", ["../a.py", ".git/config", "sub/.git/x", "/etc/passwd", "a/../b", ""]
)
async def test_names_that_lead_elsewhere_are_refused(repo: Path, ask: Ask, name: str) -> None:
    for endpoint, body in (
        ("project/discard", {"names": [name]}),
        ("project/undo", {"kept": [{"name": name, "id": "0000"}]}),
        ("text/settle", {"name": name, "expected": "", "text": "x"}),
    ):
        status, said = await ask(endpoint, {"path": "", **body})
        assert status in (400, 403, 404, 409, 422), (endpoint, said)
    assert (await ask("text/diff", path="", name=name))[0] in (400, 403, 404, 422)


async def test_from_no_repository_to_the_first_push(
    jp_root_dir: Path, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (jp_root_dir / "a.ipynb").write_bytes(FIRST)
    said = await _state(ask, "a.ipynb")
    assert "no git repository" in said["reason"]
    await _done(ask, "project/begin", path="a.ipynb")
    assert ".ipynb_checkpoints/" in (jp_root_dir / ".gitignore").read_text()
    assert [*_files(await _state(ask))] == [".gitignore", "a.ipynb"]
    await _done(ask, "project/identity", name="Eve Example", email="eve@example.org")
    assert git(jp_root_dir, "config", "--local", "user.name") == "Eve Example"
    names = [".gitignore", "a.ipynb"]
    said = await _done(ask, "project/commit", names=names, message="First")
    assert said["commit"]["outcome"] == "committed"
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    await _done(ask, "project/remote", url=str(bare))
    said = await _done(ask, "project/push")
    assert said["push"]["outcome"] == "pushed"
    assert (await _state(ask))["upstream"].startswith("origin/")
    assert (await ask("project/begin", {"path": ""}))[0] == 409


@pytest.mark.parametrize("url", ["ext::sh -c id", "-oProxyCommand=id", "a b", "", "ssh://-o/x"])
async def test_addresses_that_run_something_are_refused(repo: Path, ask: Ask, url: str) -> None:
    status, said = await ask("project/remote", {"path": "", "url": url})
    assert status == 409, said
    assert git(repo, "remote") == ""


@pytest.mark.parametrize(("name", "email"), [("", "a@b.c"), ("Ada", "ada"), ("A<b", "a@b.c")])
async def test_who_commits_must_be_complete(repo: Path, ask: Ask, name: str, email: str) -> None:
    assert (await ask("project/identity", {"path": "", "name": name, "email": email}))[0] == 409


async def test_branches_are_listed_and_switched_to(
    repo: Path, ask: Ask, remote: Path, tmp_path: Path
) -> None:
    git(repo, "branch", "topic")
    git(repo, "push", "-q", "origin", "main:theirs")
    git(repo, "fetch", "-q")
    _, said = await ask("project/branches", path="")
    found = {(one["name"], one["remote"]) for one in said["branches"]}
    assert found == {("main", None), ("topic", None), ("theirs", "origin")}
    said = await _done(ask, "project/switch", branch="theirs", remote="origin")
    assert said["branch"] == git(repo, "branch", "--show-current") == "theirs"
    assert git(repo, "rev-parse", "--abbrev-ref", "theirs@{upstream}") == "origin/theirs"
    status, _ = await ask("project/switch", {"path": "", "branch": "nowhere"})
    assert status == 409
    await _done(ask, "project/switch", branch="mine", create=True)
    for taken in ("topic", "main", "-x", "a..b"):
        status, _ = await ask("project/switch", {"path": "", "branch": taken, "create": True})
        assert status == 409, taken
    assert git(repo, "branch", "--show-current") == "mine"


async def test_a_switch_that_would_overwrite_changes_names_them(repo: Path, ask: Ask) -> None:
    git(repo, "switch", "-qc", "topic")
    (repo / "a.ipynb").write_bytes(SECOND)
    commit_all(repo, "topic")
    git(repo, "switch", "-q", "main")
    changed = FIRST.replace(b"z = 3", b"z = 4")
    (repo / "a.ipynb").write_bytes(changed)
    said = await _done(ask, "project/switch", branch="topic")
    assert (said["branch"], said["names"]) == ("main", ["a.ipynb"])
    assert (repo / "a.ipynb").read_bytes() == changed


async def test_noise_is_not_in_the_way_of_a_switch(repo: Path, ask: Ask) -> None:
    git(repo, "switch", "-qc", "topic")
    (repo / "a.ipynb").write_bytes(SECOND)
    commit_all(repo, "topic")
    git(repo, "switch", "-q", "main")
    noisy = json.loads(FIRST)
    noisy["metadata"]["language_info"] = {"name": "python", "version": "3.99"}
    (repo / "a.ipynb").write_text(json.dumps(noisy))
    said = await _done(ask, "project/switch", branch="topic")
    assert (said["branch"], said["refused"]) == ("topic", None)
    assert (repo / "a.ipynb").read_bytes() == SECOND
    assert len((await ask("checkpoints", path="a.ipynb"))[1]["checkpoints"]) == 1


def _conflict(repo: Path, name: str, mine: str, theirs: str) -> None:
    (repo / name).write_text("one = 1\nrest\n")
    commit_all(repo, "base")
    git(repo, "switch", "-qc", "topic")
    (repo / name).write_text(theirs)
    commit_all(repo, "theirs")
    git(repo, "switch", "-q", "main")
    (repo / name).write_text(mine)
    commit_all(repo, "mine")


async def test_a_text_conflict_of_a_merge_is_decided_and_finished(
    repo: Path, ask: Ask, remote: Path
) -> None:
    _conflict(repo, "helper.py", "one = 2\nrest\n", "one = 3\nrest\n")
    assert try_git(repo, "merge", "-q", "topic")
    said = await _state(ask)
    assert said["running"]["operation"] == "merge"
    assert said["running"]["steps"] == ["continue", "abort"]
    assert _files(said)["helper.py"]["open"]
    _, found = await ask("text/conflict", path="", name="helper.py")
    assert found["chunks"][0]["local"] == ["one = 2"]
    assert found["chunks"][0]["remote"] == ["one = 3"]
    assert found["labels"]["remote"] == "topic"
    said = await _done(ask, "project/continue", message="Merge")
    assert (said["commit"]["outcome"], said["commit"]["names"]) == ("unmerged", ["helper.py"])
    text = "one = 23\nrest\n"
    await _done(ask, "text/settle", name="helper.py", expected=found["digest"], text=text)
    assert not _files(await _state(ask))["helper.py"]["open"]
    said = await _done(ask, "project/continue", message="Merge", push=True)
    assert (said["commit"]["outcome"], said["push"]["outcome"]) == ("committed", "pushed")
    assert git(repo, "show", "HEAD:helper.py") == text.strip()
    assert (await _state(ask))["running"] is None


async def test_markers_that_were_staged_are_open(repo: Path, ask: Ask) -> None:
    _conflict(repo, "helper.py", "one = 2\nrest\n", "one = 3\nrest\n")
    assert try_git(repo, "merge", "-q", "topic")
    git(repo, "add", "helper.py")
    assert _files(await _state(ask))["helper.py"]["open"]
    said = await _done(ask, "project/continue", message="Merge")
    assert said["commit"]["outcome"] == "unmerged"
    _, found = await ask("text/conflict", path="", name="helper.py")
    marked = (repo / "helper.py").read_text()
    body = {"path": "", "name": "helper.py", "expected": found["digest"]}
    assert (await ask("text/settle", {**body, "text": marked}))[0] == 409
    assert (await ask("text/settle", {**body, "expected": "0", "text": "x\n"}))[0] == 409


@pytest.mark.parametrize(("side", "there"), [("local", True), ("remote", False)])
async def test_a_file_that_one_side_deleted_is_kept_or_deleted(
    repo: Path, ask: Ask, side: str, *, there: bool
) -> None:
    _conflict(repo, "helper.py", "one = 2\nrest\n", "one = 3\nrest\n")
    git(repo, "switch", "-q", "topic")
    git(repo, "rm", "-q", "helper.py")
    git(repo, "commit", "-qm", "deleted")
    git(repo, "switch", "-q", "main")
    assert try_git(repo, "merge", "-q", "topic")
    _, found = await ask("text/conflict", path="", name="helper.py")
    assert (found["deleted_by"], found["chunks"]) == ("remote", None)
    await _done(ask, "text/settle", name="helper.py", expected=found["digest"], side=side)
    assert (repo / "helper.py").exists() is there
    said = await _done(ask, "project/continue", message="Merge")
    assert said["commit"]["outcome"] == "committed"


@pytest.mark.parametrize("operation", ["rebase", "cherry-pick", "revert", "merge"])
async def test_every_operation_goes_back(repo: Path, ask: Ask, operation: str) -> None:
    _stop(repo, operation)
    before = git(repo, "show", "main:helper.py")
    said = await _state(ask)
    assert said["running"]["operation"] == operation
    assert "abort" in said["running"]["steps"]
    kept = (await _done(ask, "project/abort"))["kept"]
    assert [one["path"] for one in kept] == ["helper.py"]
    said = await _state(ask)
    assert (said["running"], said["files"], said["branch"]) == (None, [], "main")
    assert (repo / "helper.py").read_text().strip() == before


def _stop(repo: Path, operation: str) -> None:
    """Stop an operation at a conflict in helper.py."""
    _conflict(repo, "helper.py", "one = 2\nrest\n", "one = 3\nrest\n")
    if operation == "revert":
        (repo / "helper.py").write_text("one = 4\nrest\n")
        commit_all(repo, "four")
    what = "HEAD~" if operation == "revert" else "topic"
    assert try_git(repo, operation, what)


@pytest.mark.parametrize("operation", ["rebase", "cherry-pick", "revert"])
@pytest.mark.parametrize("step", ["continue", "skip"])
async def test_every_operation_goes_on(repo: Path, ask: Ask, operation: str, step: str) -> None:
    _stop(repo, operation)
    if step == "continue":
        _, found = await ask("text/conflict", path="", name="helper.py")
        text = "one = 23\nrest\n"
        await _done(ask, "text/settle", name="helper.py", expected=found["digest"], text=text)
        said = await _done(ask, "project/continue", message="Go on")
    else:
        said = await _done(ask, "project/skip")
    assert said["commit"]["outcome"] == "committed", said
    said = await _state(ask)
    assert (said["running"], said["files"], said["branch"]) == (None, [], "main")


async def test_a_stash_in_conflict_is_undone(repo: Path, ask: Ask) -> None:
    (repo / "helper.py").write_text("one = 1\n")
    commit_all(repo, "base")
    (repo / "helper.py").write_text("one = 2\n")
    git(repo, "stash")
    (repo / "helper.py").write_text("one = 3\n")
    commit_all(repo, "three")
    assert try_git(repo, "stash", "pop")
    said = await _state(ask)
    assert said["running"] == {"operation": None, "steps": ["abort"], "message": ""}
    await _done(ask, "project/abort")
    said = await _state(ask)
    assert (said["running"], said["files"]) == (None, [])
    assert git(repo, "stash", "list")


async def test_getting_changes_with_other_files_dirty(
    repo: Path, ask: Ask, remote: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    notebook = json.loads((clone / "a.ipynb").read_bytes())
    notebook["cells"][1]["source"] = "x = 100"
    (clone / "a.ipynb").write_bytes(file(*notebook["cells"], minor=4))
    commit_all(clone, "theirs")
    git(clone, "push", "-q")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"z = 3", b"z = 30"))
    (repo / "other.ipynb").write_bytes(file(code("more")))
    (repo / "new.py").write_text("new\n")
    said = await _done(ask, "project/pull")
    assert said["pull"]["outcome"] == "fast-forwarded"
    sources = [cell["source"] for cell in json.loads((repo / "a.ipynb").read_bytes())["cells"]]
    assert [*map("".join, sources)][1:] == ["x = 100", "y = 2", "z = 30"]


async def test_text_files_are_compared_with_the_last_commit(repo: Path, ask: Ask) -> None:
    (repo / "helper.py").write_text("one\n")
    (repo / "picture.bin").write_bytes(b"\x00\x01")
    _, said = await ask("text/diff", path="", name="helper.py")
    assert (said["before"], said["after"]) == (None, "one\n")
    assert said["ops"][0]["added"] == ["one\n"]
    status, said = await ask("text/diff", path="", name="picture.bin")
    assert (status, said["reason"]) == (422, "no-text")
    commit_all(repo, "two")
    (repo / "helper.py").unlink()
    assert (await ask("text/diff", path="", name="helper.py"))[1]["after"] is None
