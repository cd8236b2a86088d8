"""A notebook that was renamed in Jupyter: its history goes on, and a commit takes the old name out."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from nbvc.notebook.content import content_digest
from nbvc_jupyter.contents import ContentsSetting
from nbvc_jupyter.work import Call, Wanted, Work
from tests.integration.git.sandbox import commit_all, git
from tests.integration.jupyter.conftest import FIRST, Ask
from tests.integration.jupyter.tasks import NoManager
from tests.making import code, file

OTHER = file(code("def f():\n    return 1"), code("f()"))


async def _renamed(jp_fetch: Any, old: str, new: str) -> None:
    body = json.dumps({"path": new})
    answer = await jp_fetch("api", "contents", old, method="PATCH", body=body)
    assert answer.code == 200


async def _commits(ask: Ask, path: str) -> list[str]:
    _, said = await ask("versions", path=path)
    return [one["message"] for one in said["versions"] if one["kind"] == "commit"]


@pytest.mark.parametrize("outputs", ["keep", "strip"])
@pytest.mark.parametrize("edit", [FIRST, OTHER])
async def test_a_rename_is_committed_as_one(
    repo: Path, ask: Ask, jp_fetch: Any, outputs: str, edit: bytes
) -> None:
    commit_all(repo, "one")
    await ask("checkpoints", {"path": "a.ipynb"})
    await _renamed(jp_fetch, "a.ipynb", "b.ipynb")
    (repo / "b.ipynb").write_bytes(edit)
    assert "one" in await _commits(ask, "b.ipynb")
    _, state = await ask("status", path="b.ipynb")
    assert state["repository"]["renamed_from"] == "a.ipynb"
    body = {"path": "b.ipynb", "message": "renamed", "outputs": outputs}
    _, said = await ask("commit", body)
    commit = said["commit"]
    assert (commit["outcome"], commit["renamed_from"]) == ("committed", "a.ipynb")
    assert commit["names"] == ["b.ipynb"]
    assert "renamed from a.ipynb" in commit["message"]
    assert git(repo, "ls-tree", "--name-only", "HEAD").split() == ["b.ipynb", "other.ipynb"]
    assert git(repo, "diff", "--cached", "--name-only") == ""
    _, state = await ask("status", path="b.ipynb")
    assert state["repository"]["renamed_from"] is None


async def test_a_version_from_before_a_rename_is_compared_and_restored(
    repo: Path, ask: Ask, jp_fetch: Any
) -> None:
    first = commit_all(repo, "one")
    await _renamed(jp_fetch, "a.ipynb", "b.ipynb")
    there = {"kind": "commit", "ref": first}
    status, said = await ask(
        "diff", {"path": "b.ipynb", "before": there, "after": {"kind": "disk"}}
    )
    assert {one["change"] for one in said["diff"]["cells"]} == {"unchanged"}
    assert said["before"]["notebook"] == said["after"]["notebook"]
    git(repo, "add", "-A")
    commit_all(repo, "renamed")
    (repo / "b.ipynb").write_bytes(OTHER)
    body = {"path": "b.ipynb", "kind": "commit", "id": first, "expected": content_digest(OTHER)}
    status, _ = await ask("restore", body)
    assert status == 200
    assert (repo / "b.ipynb").read_bytes() == FIRST
    status, said = await ask("blame", path="b.ipynb", cell="1")
    assert (status, said["source"]["id"]) == (200, git(repo, "rev-list", "--max-parents=0", "HEAD"))


async def test_what_a_commit_lacks_is_not_restored_as_empty(repo: Path, ask: Ask) -> None:
    first = commit_all(repo, "one")
    (repo / "new.ipynb").write_bytes(OTHER)
    commit_all(repo, "two")
    body = {"path": "new.ipynb", "kind": "commit", "id": first, "expected": content_digest(OTHER)}
    status, said = await ask("restore", body)
    assert (status, said["reason"]) == (404, "not-in-commit")
    assert (repo / "new.ipynb").read_bytes() == OTHER
    status, said = await ask("version", path="new.ipynb", kind="commit", id=first)
    assert (status, said["reason"]) == (404, "not-in-commit")
    sides = {"before": {"kind": "commit", "ref": first}, "after": {"kind": "disk"}}
    status, said = await ask("diff", {"path": "new.ipynb", **sides})
    assert (status, said["before"]["notebook"]) == (200, None)


async def test_two_servers_at_once_lose_nothing(repo: Path) -> None:
    commit_all(repo, "one")
    setting = ContentsSetting(str(repo), hidden=False, key="test")
    works = [Work(dict(os.environ), lambda: setting, NoManager(), 5.0) for _ in range(2)]

    async def checkpoint(work: Work, number: int) -> None:
        notebook = json.loads(file(code(f"x = {number}")))
        body = {"path": "other.ipynb", "message": f"number {number}", "notebook": notebook}
        await work.keep(Call("checkpoints/make", {}, json.dumps(body).encode()), Wanted())

    async def commit(work: Work, number: int) -> str:
        name = f"c{number}.ipynb"
        (repo / name).write_bytes(file(code(f"commit_{number}()")))
        body = {"path": name, "message": f"commit {number}"}
        call = Call("commit", {}, json.dumps(body).encode())
        said = json.loads((await work.change("repo", call, Wanted())).content)
        return str(said["commit"]["outcome"])

    async def restore(work: Work) -> int:
        body = {"path": "a.ipynb", "kind": "commit", "id": "HEAD", "expected": ""}
        (repo / "a.ipynb").unlink(missing_ok=True)
        try:
            await work.change("repo", Call("restore", {}, json.dumps(body).encode()), Wanted())
        except Exception as error:  # noqa: BLE001 -- The other server was faster, or came between.
            refusals = ("not the one that you saw", "another program has just changed the notebook")
            assert any(text in str(error) for text in refusals)  # noqa: PT017
            return 0
        return 1

    try:
        tasks = [checkpoint(works[n % 2], n) for n in range(6)]
        commits = [commit(works[n % 2], n) for n in range(4)]
        outcomes, _, restored = await asyncio.gather(
            asyncio.gather(*commits),
            asyncio.gather(*tasks),
            asyncio.gather(*(restore(one) for one in works)),
        )
    finally:
        for work in works:
            work.close()
    assert outcomes == ["committed"] * 4
    assert sum(restored) >= 1
    assert (repo / "a.ipynb").read_bytes() == FIRST
    messages = git(repo, "log", "--format=%s").split("\n")
    assert sorted(messages) == sorted(["one", "one", *(f"commit {n}" for n in range(4))])
    listed = git(repo, "for-each-ref", "--format=%(refname)", "refs/nbvc").split("\n")
    kept = git(repo, "log", "--format=%s", *listed)
    assert all(f"number {n}" in kept for n in range(6))
