"""The endpoints, one after another, over a real server and a real repository."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nbvc
from nbvc.notebook.content import content_digest
from tests.integration.git.sandbox import commit_all, git
from tests.integration.jupyter.conftest import FIRST, Ask
from tests.making import code, file, markdown, stream

SECOND = file(
    markdown("# Title\n\nSome text."), code("x = 1"), code("y = 20"), code("z = 3"), minor=4
)


async def test_the_status_tells_what_the_buttons_need(repo: Path, ask: Ask) -> None:
    status, said = await ask("status", path="a.ipynb")
    assert status == 200
    assert said["reason"] is None
    assert said["version"] == nbvc.__version__
    assert said["repository"] == {
        "top": repo.name,
        "path": "a.ipynb",
        "branch": "main",
        "unborn": False,
        "head": git(repo, "rev-parse", "HEAD"),
        "operation": None,
        "remotes": [],
        "upstream": None,
        "ahead": None,
        "behind": None,
        "filter": False,
        "state": "unchanged",
        "renamed_from": None,
        "outputs": None,
    }


async def test_the_status_outside_of_a_repository_gives_the_reason(
    jp_root_dir: Path, ask: Ask
) -> None:
    jp_root_dir.joinpath("a.ipynb").write_bytes(FIRST)
    status, said = await ask("status", path="a.ipynb")
    assert status == 200
    assert said["repository"] is None
    assert "no git repository" in said["reason"]


async def test_the_distance_to_the_upstream(repo: Path, remote: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    commit_all(repo, "two")
    _, said = await ask("status", path="a.ipynb")
    found = said["repository"]
    assert (found["upstream"], found["ahead"], found["behind"]) == ("origin/main", 1, 0)
    assert found["remotes"] == ["origin"]


async def test_comparing_what_is_saved_with_the_last_commit(repo: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert status == 200
    changes = [cell["change"] for cell in said["diff"]["cells"]]
    assert changes == ["unchanged", "unchanged", "modified", "unchanged"]
    assert said["before"]["label"] == "Last commit"
    assert said["before"]["message"] == "one"
    assert said["before"]["author"] == "Ada Example"
    assert said["before"]["notebook"]["cells"][2]["source"] == "y = 2"
    assert said["after"]["notebook"]["cells"][2]["source"] == "y = 20"
    assert said["digests"] == {"before": content_digest(FIRST), "after": content_digest(SECOND)}
    assert said["noise"]["cells"] == 0
    assert said["noise"]["keys"]["cell metadata"] == []


async def test_the_answer_names_the_metadata_that_does_not_count(repo: Path, ask: Ask) -> None:
    cells = (markdown("# Title\n\nSome text."), code("x = 1", metadata={"collapsed": True}))
    (repo / "a.ipynb").write_bytes(file(*cells, minor=4))
    sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}}
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert said["noise"]["keys"]["cell metadata"] == ["collapsed"]


async def test_a_lean_answer_leaves_out_what_both_sides_have(repo: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}, "lean": True}
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    cells = said["before"]["notebook"]["cells"]
    assert [cell and cell["source"] for cell in cells] == [None, None, "y = 2", None]
    assert said["before"]["notebook"]["nbformat"] == 4
    assert all(said["after"]["notebook"]["cells"])
    sides["after"] = {"kind": "disk", "known": True}  # an editor has it
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    for side, changed in (("before", "y = 2"), ("after", "y = 20")):
        cells = said[side]["notebook"]["cells"]
        assert [cell and cell["source"] for cell in cells] == [None, None, changed, None]
    sides["after"] = {"kind": "content", "notebook": json.loads(SECOND)}
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert "notebook" not in said["after"]  # whoever sent it has it
    cells = said["before"]["notebook"]["cells"]
    assert [cell and cell["source"] for cell in cells] == [None, None, "y = 2", None]


async def test_what_the_filter_kept_out_of_git_is_no_change(repo: Path, ask: Ask) -> None:
    _with_filter(repo)
    ran = file(code("x = 1", [stream("1")]), code("y = 2", [stream("2")]), minor=4)
    (repo / "a.ipynb").write_bytes(ran)
    commit_all(repo, "with the filter")
    assert b"stream" not in git(repo, "show", "HEAD:a.ipynb").encode()
    sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}}
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert [cell["change"] for cell in said["diff"]["cells"]] == ["unchanged", "unchanged"]
    (repo / "a.ipynb").write_bytes(ran.replace(b'"2"', b'"3"'))
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert [cell["change"] for cell in said["diff"]["cells"]] == ["unchanged", "unchanged"]
    drawn = [said[side]["notebook"]["cells"][1]["outputs"] for side in ("before", "after")]
    assert drawn == [[stream("2")], [stream("3")]]  # both are there to be seen and restored
    (repo / "a.ipynb").write_bytes(ran.replace(b'"2"', b'"3"').replace(b"y = 2", b"y = 3"))
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    first, second = said["diff"]["cells"]
    assert (first["change"], second["change"]) == ("unchanged", "modified")
    assert [one["change"] for one in second["outputs"]] == ["modified"]


async def test_unsaved_changes_are_compared(repo: Path, ask: Ask) -> None:
    edited = json.loads(FIRST)
    edited["cells"][1]["source"] = "x = 100"
    edited["cells"][1]["metadata"]["trusted"] = True
    edited["cells"][2]["metadata"]["trusted"] = True
    sides = {"before": {"kind": "disk"}, "after": {"kind": "content", "notebook": edited}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert status == 200
    changes = [cell["change"] for cell in said["diff"]["cells"]]
    assert changes == ["unchanged", "modified", "unchanged", "unchanged"]
    assert said["digests"]["after"] is None
    assert said["noise"]["cells"] == 0  # marks of trust are not even noise


async def test_comparing_two_files_and_nothing(repo: Path, ask: Ask) -> None:
    sides = {"before": {"kind": "disk", "path": "other.ipynb"}, "after": {"kind": "empty"}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert status == 200
    assert said["before"]["label"] == "other.ipynb"
    assert said["after"]["notebook"] is None
    assert {cell["change"] for cell in said["diff"]["cells"]} == {"removed"}


async def test_comparing_with_a_commit_that_lacks_the_notebook(repo: Path, ask: Ask) -> None:
    (repo / "new.ipynb").write_bytes(FIRST)
    sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}}
    status, said = await ask("diff", {**sides, "path": "new.ipynb"})
    assert status == 200
    assert said["before"]["notebook"] is None
    assert [cell["change"] for cell in said["diff"]["cells"]] == ["added"] * 4


async def test_checkpoints_are_made_listed_compared_and_deleted(repo: Path, ask: Ask) -> None:
    status, made = await ask("checkpoints", {"path": "a.ipynb", "message": "mine"})
    assert (status, made["made"]) == (200, True)
    _, again = await ask("checkpoints", {"path": "a.ipynb", "message": "again"})
    assert (again["made"], again["checkpoint"]) == (False, made["checkpoint"])
    (repo / "a.ipynb").write_bytes(SECOND)
    ident = made["checkpoint"]["id"]
    sides = {"before": {"kind": "checkpoint", "id": ident}, "after": {"kind": "disk"}}
    _, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert [cell["change"] for cell in said["diff"]["cells"]].count("modified") == 1
    assert (said["before"]["label"], said["before"]["author"]) == ("mine", "Ada Example")
    _, said = await ask("checkpoints", path="a.ipynb")
    assert [one["id"] for one in said["checkpoints"]] == [ident]
    assert (await ask("checkpoints/delete", {"path": "a.ipynb", "id": ident}))[0] == 200
    assert (await ask("checkpoints", path="a.ipynb"))[1] == {"checkpoints": []}
    status, said = await ask("checkpoints/delete", {"path": "a.ipynb", "id": ident})
    assert (status, said["reason"]) == (404, "no-checkpoint")


async def test_a_checkpoint_of_what_the_editor_shows(repo: Path, ask: Ask) -> None:
    edited = json.loads(FIRST)
    edited["cells"][1]["metadata"]["trusted"] = True
    body = {"path": "a.ipynb", "message": "same", "notebook": edited}
    assert (await ask("checkpoints", body))[0] == 200
    _, said = await ask("checkpoints", {"path": "a.ipynb"})
    assert said["made"] is False  # what the file says, to the byte
    edited["cells"][1]["source"] = "x = 100"
    _, said = await ask("checkpoints", {"path": "a.ipynb", "notebook": edited})
    assert said["made"] is True
    which = {"kind": "checkpoint", "id": said["checkpoint"]["id"]}
    _, found = await ask("version", path="a.ipynb", **which)
    assert found["notebook"]["cells"][1]["source"] == "x = 100"
    assert "trusted" not in found["notebook"]["cells"][1]["metadata"]
    assert (repo / "a.ipynb").read_bytes() == FIRST


async def test_automatic_checkpoints_roll(repo: Path, ask: Ask) -> None:
    await ask("checkpoints", {"path": "a.ipynb", "message": "by hand"})
    for number in range(4):
        (repo / "a.ipynb").write_bytes(file(code(f"x = {number}")))
        body = {"path": "a.ipynb", "message": "Automatic", "keep": 2}
        assert (await ask("checkpoints", body))[0] == 200
    _, said = await ask("checkpoints", path="a.ipynb")
    messages = [one["message"] for one in said["checkpoints"]]
    assert messages == ["by hand", "Automatic", "Automatic"]


async def test_a_commit_takes_this_notebook_alone(repo: Path, remote: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    (repo / "other.ipynb").write_bytes(FIRST)
    git(repo, "add", "other.ipynb")
    body = {"path": "a.ipynb", "message": "Double y", "push": True}
    status, said = await ask("commit", {**body, "expected": content_digest(SECOND)})
    assert status == 200
    assert said["commit"]["outcome"] == "committed"
    assert said["push"]["outcome"] == "pushed"
    assert said["commit"]["oid"] == git(remote, "rev-parse", "main")
    assert said["commit"]["short"] == said["commit"]["oid"][:10]
    assert git(remote, "diff", "--name-only", "main~1", "main") == "a.ipynb"
    assert git(repo, "diff", "--cached", "--name-only") == "other.ipynb"


async def test_a_commit_of_what_the_caller_has_not_seen_is_refused(repo: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    head = git(repo, "rev-parse", "HEAD")
    body = {"path": "a.ipynb", "message": "m", "expected": content_digest(FIRST)}
    status, said = await ask("commit", body)
    assert (status, said["reason"]) == (409, "content-changed")
    assert git(repo, "rev-parse", "HEAD") == head


async def test_outputs_can_stay_out_of_a_commit(repo: Path, ask: Ask) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "hello\n"}
    full = file(code("print('hello')", [output], execution_count=7))
    (repo / "a.ipynb").write_bytes(full)
    body = {"path": "a.ipynb", "message": "no outputs", "outputs": "strip"}
    status, said = await ask("commit", body)
    assert (status, said["commit"]["outcome"]) == (200, "committed")
    committed = json.loads(git(repo, "show", "HEAD:a.ipynb"))
    assert committed["cells"][0]["outputs"] == []
    assert committed["cells"][0]["execution_count"] is None
    assert (repo / "a.ipynb").read_bytes() == full


async def test_what_a_commit_does_with_outputs_is_compared_and_remembered(
    repo: Path, ask: Ask
) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "hello\n"}
    (repo / "a.ipynb").write_bytes(file(code("f()")))
    commit_all(repo, "without")
    (repo / "a.ipynb").write_bytes(file(code("f()", [output])))
    sides = {"path": "a.ipynb", "before": {"kind": "head"}, "after": {"kind": "disk"}}
    for outputs, change in (("keep", "modified"), ("strip", "unchanged")):
        _, said = await ask("diff", {**sides, "outputs": outputs})
        assert [cell["change"] for cell in said["diff"]["cells"]] == [change]
    (repo / "a.ipynb").write_bytes(file(code("f(1)", [output])))
    body = {"path": "a.ipynb", "message": "m", "outputs": "strip", "remember_outputs": True}
    await ask("commit", body)
    chosen = []
    for name in ("a.ipynb", "other.ipynb"):
        _, said = await ask("status", path=name)
        chosen.append(said["repository"]["outputs"])
    assert chosen == ["strip", None]
    git(repo, "config", "nbvc.commitOutputs", "strip")
    _, said = await ask("status", path="other.ipynb")
    assert said["repository"]["outputs"] == "strip"


async def test_a_notebook_in_an_editor_is_merged_with_its_file(repo: Path, ask: Ask) -> None:
    base, mine = json.loads(FIRST), json.loads(FIRST)
    mine["cells"][1]["source"] = "x = 10"
    (repo / "a.ipynb").write_bytes(SECOND)
    body = {"path": "a.ipynb", "base": base, "notebook": mine}
    status, said = await ask("merge", body)
    assert (status, said["conflicts"]) == (200, 0)
    assert [cell["source"] for cell in said["notebook"]["cells"]][1:] == [
        "x = 10",
        "y = 20",
        "z = 3",
    ]
    assert (repo / "a.ipynb").read_bytes() == SECOND
    mine["cells"][2]["source"] = "y = 200"
    _, said = await ask("merge", body)
    assert said["conflicts"] == 1


async def test_a_commit_on_a_new_branch(repo: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    body = {"path": "a.ipynb", "message": "m", "branch": "topic"}
    _, said = await ask("commit", body)
    assert said["commit"]["branch"] == "topic"
    assert git(repo, "symbolic-ref", "--short", "HEAD") == "topic"


@pytest.mark.parametrize(
    ("message", "outcome"), [("", "no message"), ("again", "nothing to commit")]
)
async def test_commits_that_do_not_come_about(
    repo: Path, ask: Ask, message: str, outcome: str
) -> None:
    status, said = await ask("commit", {"path": "a.ipynb", "message": message, "push": True})
    assert (status, said["commit"]["outcome"], said["push"]) == (200, outcome, None)


async def test_a_rejected_push_then_get_changes_then_push(
    repo: Path, remote: Path, ask: Ask, tmp_path: Path
) -> None:
    _somebody_else(remote, tmp_path, 3, code("z = 33"))
    (repo / "a.ipynb").write_bytes(SECOND)
    _, said = await ask("commit", {"path": "a.ipynb", "message": "mine", "push": True})
    assert said["commit"]["outcome"] == "committed"
    assert said["push"]["outcome"] == "rejected"
    assert said["push"]["hint"]
    status, said = await ask("pull", {"path": "a.ipynb"})
    assert (status, said["pull"]["outcome"]) == (200, "merged")
    merged = nbvc.read((repo / "a.ipynb").read_bytes())
    assert [cell.source for cell in merged.cells][1:] == ["x = 1", "y = 20", "z = 33"]
    _, said = await ask("push", {"path": "a.ipynb"})
    assert said["push"]["outcome"] == "pushed"


async def test_changes_that_are_not_committed_survive_getting_changes(
    repo: Path, remote: Path, ask: Ask, tmp_path: Path
) -> None:
    _somebody_else(remote, tmp_path, 3, code("z = 33"))
    (repo / "a.ipynb").write_bytes(SECOND)
    status, said = await ask("pull", {"path": "a.ipynb"})
    assert (status, said["pull"]["outcome"]) == (200, "fast-forwarded")
    assert len(said["pull"]["kept"]) == 1
    merged = nbvc.read((repo / "a.ipynb").read_bytes())
    assert [cell.source for cell in merged.cells][1:] == ["x = 1", "y = 20", "z = 33"]
    assert git(repo, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


async def test_a_conflict_is_opened_decided_and_saved(
    repo: Path, remote: Path, ask: Ask, tmp_path: Path
) -> None:
    _somebody_else(remote, tmp_path, 2, code("total = compute(7)"))
    (repo / "a.ipynb").write_bytes(SECOND)
    await ask("commit", {"path": "a.ipynb", "message": "mine"})
    _, said = await ask("pull", {"path": "a.ipynb"})
    assert (said["pull"]["outcome"], said["pull"]["names"]) == ("conflicts", ["a.ipynb"])
    status, said = await ask("resolve/open", {"path": "a.ipynb"})
    assert (status, said["kind"], said["unmerged"]) == (200, "nbvc", True)
    (conflict,) = said["conflicts"]
    assert _sources(conflict) == (["y = 20"], ["y = 2"], ["total = compute(7)"])
    notebook = said["notebook"]
    body = {"path": "a.ipynb", "expected": said["digest"], "notebook": notebook}
    status, half = await ask("resolve/save", body)
    assert (status, half["unmerged"], half["left"]) == (200, True, 1)
    notebook["cells"][conflict["index"]] = conflict["remote"][0]
    body = {"path": "a.ipynb", "expected": said["digest"], "notebook": notebook}
    status, refused = await ask("resolve/save", body)
    if half["digest"] != said["digest"]:
        assert (status, refused["reason"]) == (409, "content-changed")
    status, done = await ask("resolve/save", {**body, "expected": half["digest"]})
    assert (status, done["unmerged"], done["left"]) == (200, False, 0)
    assert git(repo, "ls-files", "-u") == ""
    saved = nbvc.read((repo / "a.ipynb").read_bytes())
    assert saved.cells[conflict["index"]].source == "total = compute(7)"
    assert "nbvc" not in saved.cells[conflict["index"]].metadata


async def test_decisions_are_merged_into_what_changed_meanwhile(repo: Path, ask: Ask) -> None:
    note = {"conflict": {"hunks": 1, "marker": 7, "local": "main", "remote": "topic"}}
    source = "<<<<<<< main\ny = 20\n=======\ny = 30\n>>>>>>> topic"
    conflict = code(source, metadata={"nbvc": note}, id="c")
    (repo / "a.ipynb").write_bytes(file(code("x = 1", id="x"), conflict, minor=5))
    _, said = await ask("resolve/open", {"path": "a.ipynb"})
    decided = json.loads(json.dumps(said["notebook"]))
    decided["cells"][1] = said["conflicts"][0]["remote"][0]
    body = {"path": "a.ipynb", "expected": said["digest"], "notebook": decided}
    typed = file(code("x = 1  # typed", id="x"), conflict, code("new", id="n"), minor=5)
    (repo / "a.ipynb").write_bytes(typed)
    status, refused = await ask("resolve/save", body)
    assert (status, refused["reason"]) == (409, "content-changed")
    status, done = await ask("resolve/save", {**body, "opened": said["notebook"]})
    saved = nbvc.read((repo / "a.ipynb").read_bytes())
    assert (status, done["left"]) == (200, 0)
    assert [cell.source for cell in saved.cells] == ["x = 1  # typed", "y = 30", "new"]
    # A conflict that was edited or decided by another is not decided over their heads.
    for other in (code("y = 25", id="c"), code(source + "0", metadata={"nbvc": note}, id="c")):
        theirs = file(code("x = 1", id="x"), other, minor=5)
        (repo / "a.ipynb").write_bytes(theirs)
        status, refused = await ask("resolve/save", {**body, "opened": said["notebook"]})
        assert (status, refused["reason"]) == (409, "content-changed")
        assert (repo / "a.ipynb").read_bytes() == theirs


async def test_conflicts_that_nobody_decided_are_not_committed(repo: Path, ask: Ask) -> None:
    note = {"conflict": {"hunks": 1, "marker": 7, "local": "main", "remote": "topic"}}
    source = "<<<<<<< main\ny = 20\n=======\ny = 30\n>>>>>>> topic"
    (repo / "a.ipynb").write_bytes(file(code(source, metadata={"nbvc": note})))
    head = git(repo, "rev-parse", "HEAD")
    status, said = await ask("commit", {"path": "a.ipynb", "message": "mine", "push": True})
    assert (status, said["commit"]["outcome"], said["push"]) == (200, "unmerged", None)
    assert said["commit"]["message"] == "a.ipynb: its conflicts are not resolved"
    assert git(repo, "rev-parse", "HEAD") == head


async def test_a_file_full_of_git_s_markers_opens(repo: Path, ask: Ask) -> None:
    git(repo, "config", "merge.conflictStyle", "merge")
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = fit(a, b)"))
    commit_all(repo, "theirs")
    git(repo, "switch", "-q", "main")
    (repo / "a.ipynb").write_bytes(SECOND)
    commit_all(repo, "ours")
    from tests.integration.git.sandbox import try_git

    assert try_git(repo, "merge", "-q", "topic") == 1
    assert b"<<<<<<<" in (repo / "a.ipynb").read_bytes()
    status, said = await ask("resolve/open", {"path": "a.ipynb"})
    assert (status, said["kind"], said["unmerged"]) == (200, "git", True)
    (conflict,) = said["conflicts"]
    assert _sources(conflict) == (["y = 20"], ["y = 2"], ["y = fit(a, b)"])
    assert conflict["labels"]["remote"] == "topic"
    assert len(said["notebook"]["cells"]) == 4


async def test_in_a_rebase_the_sides_are_named_for_what_they_are(repo: Path, ask: Ask) -> None:
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = fit(a, b)"))
    mine = commit_all(repo, "mine")
    git(repo, "switch", "-q", "main")
    (repo / "a.ipynb").write_bytes(SECOND)
    commit_all(repo, "theirs")
    git(repo, "switch", "-q", "topic")
    from tests.integration.git.sandbox import try_git

    assert try_git(repo, "rebase", "-q", "main") == 1
    _, said = await ask("resolve/open", {"path": "a.ipynb"})
    (conflict,) = said["conflicts"]
    short = git(repo, "rev-parse", "--short", mine)
    assert conflict["labels"] == {
        "local": "main, on which you rebase",
        "remote": f"your commit {short} (mine)",
    }
    assert conflict["own"] == "remote"


async def test_versions_follow_renames(repo: Path, ask: Ask) -> None:
    (repo / "a.ipynb").write_bytes(SECOND)
    old = commit_all(repo, "two")
    git(repo, "mv", "a.ipynb", "b.ipynb")
    commit_all(repo, "renamed")
    await ask("checkpoints", {"path": "b.ipynb", "message": "a checkpoint"})
    status, said = await ask("versions", path="b.ipynb", limit=50)
    assert (status, said["complete"]) == (200, True)
    found = [(one["kind"], one["message"], one["path"]) for one in said["versions"]]
    assert ("checkpoint", "a checkpoint", "b.ipynb") in found
    assert [one for one in found if one[0] == "commit"] == [
        ("commit", "renamed", "b.ipynb"),
        ("commit", "two", "a.ipynb"),
        ("commit", "one", "a.ipynb"),
    ]
    _, one = await ask("version", path="b.ipynb", kind="commit", id=f"{old}~1")
    assert one["notebook"]["cells"][2]["source"] == "y = 2"
    assert one["digest"] == content_digest(FIRST)
    _, said = await ask("versions", path="b.ipynb", limit=1)
    assert said["complete"] is False


async def test_who_wrote_a_cell(repo: Path, ask: Ask) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "hello\n"}
    cells = [markdown("# Title\n\nSome text."), code("x = 1", [output]), code("y = 2")]
    (repo / "a.ipynb").write_bytes(file(*cells, minor=4))
    two = commit_all(repo, "two")
    cells[2] = code("y = 2\nnot_committed = True")
    (repo / "a.ipynb").write_bytes(file(*cells, minor=4))
    status, said = await ask("blame", path="a.ipynb", cell=1)
    assert status == 200
    assert (said["source"]["message"], said["source"]["author"]) == ("one", "Ada Example")
    assert (said["outputs"]["message"], said["outputs"]["id"]) == ("two", two)
    assert (await ask("blame", path="a.ipynb", cell=2))[1] == {"source": None, "outputs": None}
    status, said = await ask("blame", path="a.ipynb", cell=3)
    assert (status, said["reason"]) == (400, "no-cell")


async def test_of_a_version_only_cells_that_are_not_known_travel(repo: Path, ask: Ask) -> None:
    old = git(repo, "rev-parse", "HEAD")
    moved = [markdown("new"), code("z = 3"), code("x = 1"), code("y = 20")]
    (repo / "a.ipynb").write_bytes(file(*moved, minor=4))
    now = commit_all(repo, "two")
    asked = {"path": "a.ipynb", "kind": "commit", "id": now}
    _, whole = await ask("version", **asked)
    _, said = await ask("version", **asked, known_kind="commit", known_id=old)
    cells = whole["notebook"]["cells"]
    assert said["notebook"]["cells"] == [cells[0], 3, 1, cells[3]]
    assert {**said, "notebook": {**said["notebook"], "cells": cells}} == whole
    # What is not there is known to nobody.
    _, said = await ask("version", **asked, known_kind="checkpoint", known_id="0" * 12)
    assert said == whole
    status, said = await ask("version", **asked, known_kind="branch", known_id=old)
    assert (status, said["reason"]) == (400, "bad-request")


@pytest.mark.parametrize("kind", ["commit", "checkpoint"])
async def test_restoring_a_version(repo: Path, ask: Ask, kind: str) -> None:
    ident = git(repo, "rev-parse", "HEAD")
    if kind == "checkpoint":
        _, said = await ask("checkpoints", {"path": "a.ipynb"})
        ident = said["checkpoint"]["id"]
    (repo / "a.ipynb").write_bytes(SECOND)
    body = {"path": "a.ipynb", "kind": kind, "id": ident}
    status, said = await ask("restore", {**body, "expected": content_digest(FIRST)})
    assert (status, said["reason"]) == (409, "content-changed")
    assert (repo / "a.ipynb").read_bytes() == SECOND
    status, said = await ask("restore", {**body, "expected": content_digest(SECOND)})
    assert (status, said["digest"]) == (200, content_digest(FIRST))
    assert (repo / "a.ipynb").read_bytes() == FIRST
    kept = {"kind": "checkpoint", "id": said["kept"]["id"]}
    _, before = await ask("version", path="a.ipynb", **kept)
    assert before["digest"] == content_digest(SECOND)


@pytest.mark.parametrize(
    ("now", "cell", "expected"),
    [
        (["a", "b changed a bit", "c"], 1, ["a", "b as it was once", "c"]),
        (["a", "c"], 1, ["a", "b as it was once", "c"]),
        (["b as it was once", "c"], 0, ["a", "b as it was once", "c"]),
        (["c", "a"], 1, ["c", "a", "b as it was once"]),
    ],
)
async def test_restoring_one_cell(
    repo: Path, ask: Ask, now: list[str], cell: int, expected: list[str]
) -> None:
    (repo / "a.ipynb").write_bytes(file(*(code(text) for text in ("a", "b as it was once", "c"))))
    head = commit_all(repo, "two")
    content = file(*map(code, now))
    (repo / "a.ipynb").write_bytes(content)
    body = {"path": "a.ipynb", "kind": "commit", "id": head, "cell": cell}
    status, said = await ask("restore", {**body, "expected": content_digest(content)})
    assert status == 200
    found = [one["source"] for one in said["notebook"]["cells"]]
    assert found == expected
    assert [one.source for one in nbvc.read((repo / "a.ipynb").read_bytes()).cells] == expected


async def test_the_digest_tells_when_the_disk_moved_on(repo: Path, ask: Ask) -> None:
    assert (await ask("digest", path="a.ipynb"))[1] == {"digest": content_digest(FIRST)}
    assert (await ask("digest", path="a.ipynb"))[1] == {"digest": content_digest(FIRST)}
    (repo / "a.ipynb").write_bytes(SECOND)
    assert (await ask("digest", path="a.ipynb"))[1] == {"digest": content_digest(SECOND)}


@pytest.mark.parametrize("content", [b"", b"null", b'{"cells": [', b"\xff\xfe{"])
async def test_files_that_are_no_notebooks(repo: Path, ask: Ask, content: bytes) -> None:
    (repo / "a.ipynb").write_bytes(content)
    sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert (status, said["reason"]) == (422, "unreadable-notebook")
    assert said["message"].startswith("a.ipynb: ")
    assert (await ask("checkpoints", {"path": "a.ipynb"}))[0] == 200


async def test_half_surrogates_and_infinities_arrive_as_json(repo: Path, ask: Ask) -> None:
    odd = FIRST.replace(b"x = 1", b"x = '\\ud800'").replace(
        b'"nbformat": 4', b'"n": NaN, "nbformat": 4'
    )
    (repo / "a.ipynb").write_bytes(odd)
    sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert status == 200
    assert said["after"]["notebook"]["cells"][1]["source"] == "x = '\ud800'"
    assert said["after"]["notebook"]["n"] is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"path": 3}', b'{"before": {"kind": "x"}, "after": {}, "path": ""}'],
)
async def test_bad_requests_are_told_so(repo: Path, ask: Ask, body: bytes) -> None:
    status, said = await ask("diff", raw=body or b" ")
    assert (status, said["reason"]) == (400, "bad-request")
    assert said["message"]


async def test_answers_over_a_network_are_compressed(repo: Path, jp_fetch: Any) -> None:
    big = file(*(code(f"value_{number} = {number}") for number in range(2000)))
    (repo / "a.ipynb").write_bytes(big)
    body = {"before": {"kind": "head"}, "after": {"kind": "disk"}, "path": "a.ipynb"}
    headers = {"X-Forwarded-For": "203.0.113.9", "Accept-Encoding": "gzip"}
    answer = await jp_fetch(
        "nbvc",
        "diff",
        method="POST",
        body=json.dumps(body),
        headers=headers,
        decompress_response=False,
    )
    assert answer.headers["Content-Encoding"] == "gzip"
    here = await jp_fetch("nbvc", "diff", method="POST", body=json.dumps(body))
    assert "Content-Encoding" not in here.headers
    assert len(answer.body) < len(here.body) / 5


def _with_filter(repo: Path) -> None:
    install = [sys.executable, "-m", "nbvc", "install", "--filter"]
    subprocess.run(install, cwd=repo, check=True, capture_output=True)


def _sources(conflict: dict[str, Any]) -> tuple[list[str], ...]:
    """The sources of the cells that each side of a conflict has."""
    sides = (conflict[side] for side in ("local", "base", "remote"))
    return tuple([cell["source"] for cell in side] for side in sides)


def _somebody_else(remote: Path, tmp_path: Path, index: int, cell: dict[str, Any]) -> None:
    """Push another change of the notebook from another clone."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    notebook = json.loads((clone / "a.ipynb").read_bytes())
    notebook["cells"][index] = cell
    (clone / "a.ipynb").write_bytes(file(*notebook["cells"], minor=4))
    commit_all(clone, "theirs")
    git(clone, "push", "-q")
