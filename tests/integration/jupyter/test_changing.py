"""What changed in each version, and what it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, stream

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.jupyter.conftest import Ask


async def _read(ask: Ask) -> tuple[list[Any], dict[str, Any]]:
    _, listed = await ask("versions", path="a.ipynb")
    versions = listed["versions"][::-1]
    ids = [one["id"] for one in versions]
    status, said = await ask("versions/changes", {"path": "a.ipynb", "ids": [*ids, "unknown"]})
    assert status == 200
    return versions, said["changes"]


def _save(repo: Path, *cells: Any) -> None:
    (repo / "a.ipynb").write_bytes(file(*cells))


async def test_each_version_says_what_changed(repo: Path, ask: Ask) -> None:
    steps: list[tuple[list[Any], dict[str, Any]]] = [
        ([code("x = 1"), code("y = 2")], {}),
        ([code("x = 10"), code("y = 2")], {"changed": 1, "before": "x = 1", "after": "x = 10"}),
        ([code("x = 10")], {"removed": 1, "before": "y = 2"}),
        ([code("x = 10"), code("\n  z = 3")], {"added": 1, "after": "z = 3"}),
        ([code("x = 10", [stream("1")]), code("\n  z = 3")], {"changed": 1, "outputs": 1}),
        ([code("x = 11", [stream("1")]), code("z = 4")], {"changed": 2}),
    ]
    for cells, _ in steps:
        _save(repo, *cells)
        await ask("checkpoints", {"path": "a.ipynb"})
    versions, changes = await _read(ask)
    assert [one["kind"] for one in versions] == ["commit"] + ["checkpoint"] * len(steps)
    assert [one["parents"] for one in versions] == [[], *([one["id"]] for one in versions[:-1])]
    assert changes[versions[0]["id"]]["is_first"] is True
    assert [changes[one["id"]] for one in versions[2:]] == [said for _, said in steps[1:]]


async def test_a_checkpoint_was_made_from_what_was_checked_out(repo: Path, ask: Ask) -> None:
    _save(repo, code("x = 1"))
    await ask("checkpoints", {"path": "a.ipynb"})
    _save(repo, code("x = 2"))
    commit_all(repo, "two")
    git(repo, "branch", "topic")
    _save(repo, code("x = 3"))
    commit_all(repo, "three")
    _save(repo, code("x = 3"), code("y"))
    await ask("checkpoints", {"path": "a.ipynb"})
    _save(repo, code("x = 3"), code("y"), code("z"))
    await ask("checkpoints", {"path": "a.ipynb"})
    versions, changes = await _read(ask)
    titles = {one["id"]: one["message"] for one in versions}
    checkpoints = [one for one in versions if one["kind"] == "checkpoint"]
    assert [[titles[parent] for parent in one["parents"]] for one in checkpoints] == [
        ["one"],
        ["three"],
        ["Checkpoint"],
    ]
    assert changes[checkpoints[2]["id"]] == {"added": 1, "after": "z"}


async def test_a_checkpoint_that_repeats_its_neighbor_says_so(repo: Path, ask: Ask) -> None:
    await ask("checkpoints", {"path": "a.ipynb"})  # as the commit before
    for number in range(2):
        _save(repo, code(f"x = {number}"))
        await ask("checkpoints", {"path": "a.ipynb"})
    commit_all(repo, "two")  # as the checkpoint before
    git(repo, "commit", "-q", "--amend", "--no-edit", "--date=2040-01-01T00:00:00Z")
    versions, _ = await _read(ask)
    assert [one.get("repeats", False) for one in versions] == [False, True, False, True, False]


async def test_a_checkpoint_is_named_and_pinned(repo: Path, ask: Ask) -> None:
    _, made = await ask("checkpoints", {"path": "a.ipynb"})
    which = {"path": "a.ipynb", "id": made["checkpoint"]["id"]}
    status, said = await ask("checkpoints/edit", {**which, "message": "Good", "pinned": True})
    assert (status, said["message"], said["id"]) == (200, "Good", which["id"])
    for number in range(3):
        _save(repo, code(f"x = {number}"))
        await ask("checkpoints", {"path": "a.ipynb", "message": "Good", "keep": 1})
    versions, _ = await _read(ask)
    pinned = [one.get("pinned", False) for one in versions if one["kind"] == "checkpoint"]
    assert pinned == [True, False]
    status, said = await ask("checkpoints/edit", {**which, "id": "0" * 12, "message": "x"})
    assert (status, said["reason"]) == (404, "no-checkpoint")


async def test_marks_say_what_changed_since_the_last_commit(repo: Path, ask: Ask) -> None:
    old = [code(f"value_{n} = compute({n} * 17)", id=f"id{n:04}") for n in range(6)]
    (repo / "a.ipynb").write_bytes(file(*old, minor=5))
    nothing: dict[str, Any] = {"marks": [], "gone": []}
    assert (await ask("marks", path="other.ipynb"))[1] == {"is_known": True, **nothing}
    commit_all(repo, "old")
    new = [
        code("value_0 = compute(0 * 18)", id="id0000"),
        code("value_1 = compute(1 * 17)", [stream("1")], id="id0001"),
        code("something = 'else'", id="new1"),
        *old[3:],
    ]
    (repo / "a.ipynb").write_bytes(file(*new, minor=5))
    status, said = await ask("marks", path="a.ipynb")
    assert status == 200
    assert said["marks"] == [
        {"at": 0, "kind": "changed", "source": "value_0 = compute(0 * 17)"},
        {"at": 1, "kind": "outputs", "source": "value_1 = compute(1 * 17)"},
        {"at": 2, "kind": "added"},
    ]
    assert [one["at"] for one in said["gone"]] in ([2], [3])
    (repo / "new.ipynb").write_bytes(file(*new, minor=5))
    assert (await ask("marks", path="new.ipynb"))[1] == {"is_known": False, **nothing}
