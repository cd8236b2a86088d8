"""Jupyter's own checkpoint calls, answered by nbvc: over HTTP, for each kind of contents manager."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyter_server.services.contents.largefilemanager import (
    AsyncLargeFileManager,
    LargeFileManager,
)
from jupyter_server.services.contents.manager import ContentsManager
from tornado.web import HTTPError
from traitlets.config import Config

from nbvc.git import Stop, make_stoppable
from nbvc_jupyter.checkpoints import AsyncNbvcCheckpoints, NbvcCheckpoints
from nbvc_jupyter.keeping import Keeper
from nbvc_jupyter.server import NbvcServer
from nbvc_jupyter.work import Call, Wanted
from tests.integration.git.sandbox import commit_all, git, opened, processes, snapshot
from tests.integration.jupyter.conftest import FIRST
from tests.making import code, file

if TYPE_CHECKING:
    from tests.integration.jupyter.conftest import Ask

# Bytes that no writer of notebooks would write: a checkpoint has them to the last space.
ODD = b'\n{"nbformat":4,  "nbformat_minor":4,"metadata":{}, "cells":[ ] }\t'


class InMemory(ContentsManager):
    """A contents manager without files: notebooks in a dictionary."""

    models: ClassVar[dict[str, Any]] = {}

    def get(self, path: Any, content: Any = True, *_: Any, **__: Any) -> dict[str, Any]:
        """Return a model."""
        path = path.strip("/")
        if path and path not in self.models:
            raise HTTPError(404, f"no such thing: {path}")
        kind = "notebook" if path else "directory"
        found: Any = json.loads(json.dumps(self.models[path])) if path else []
        if content and path:
            for cell in found["cells"]:
                cell["metadata"]["trusted"] = True
        now = "2024-05-06T07:08:09Z"
        model = {"name": path, "path": path, "type": kind, "format": "json", "mimetype": None}
        times = {"created": now, "last_modified": now, "writable": True}
        return {**model, **times, "content": found if content else None}

    def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Keep a model."""
        self.models[path.strip("/")] = json.loads(json.dumps(model["content"]))
        return self.get(path, content=False)

    def delete_file(self, path: str, **_: Any) -> None:
        """Forget a model."""
        del self.models[path.strip("/")]

    def rename_file(self, old_path: str, new_path: str) -> None:
        """Move a model."""
        self.models[new_path.strip("/")] = self.models.pop(old_path.strip("/"))

    def file_exists(self, path: str = "") -> bool:
        """Tell whether there is a model."""
        return path.strip("/") in self.models

    def dir_exists(self, path: str) -> bool:
        """There is one folder."""
        return not path.strip("/")

    def is_hidden(self, path: str) -> bool:
        """Nothing is."""
        return False


MANAGERS = [AsyncLargeFileManager, LargeFileManager, FileContentsManager]


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest, jp_server_config: Any) -> Any:
    """Put the contents manager of the test into the server, or what else it sets."""
    config = Config(jp_server_config)
    kind = getattr(request, "param", None)
    if isinstance(kind, dict):
        config.merge(kind)
    elif kind is not None:
        config.ServerApp.contents_manager_class = kind
    return config


@pytest.fixture
def contents(jp_fetch: Any) -> Any:
    """Call the contents API of Jupyter."""

    async def call(method: str, *parts: str, body: Any = None) -> Any:
        options = {"method": method, "raise_error": False}
        if body is not None or method in {"POST", "PATCH"}:
            options["body"] = json.dumps(body or {})
        answer = await jp_fetch("api", "contents", *parts, **options)
        return answer.code, json.loads(answer.body) if answer.body else None

    return call


def server_of(jp_serverapp: Any) -> NbvcServer:
    """Return nbvc's part of the server."""
    (app,) = jp_serverapp.extension_manager.extension_apps["nbvc_jupyter"]
    server: NbvcServer = app.server
    return server


every_manager = pytest.mark.parametrize("jp_server_config", MANAGERS, indirect=True)


@every_manager
async def test_every_save_is_kept_and_comes_back_to_the_byte(repo: Path, contents: Any) -> None:
    before = snapshot(repo)
    _, first = await contents("POST", "a.ipynb", "checkpoints")
    (repo / "a.ipynb").write_bytes(ODD)
    _, second = await contents("POST", "a.ipynb", "checkpoints")
    _, listed = await contents("GET", "a.ipynb", "checkpoints")
    assert [one["id"] for one in listed] == [first["id"], second["id"]]
    assert first["last_modified"].endswith("Z")
    assert (await contents("POST", "a.ipynb", "checkpoints", first["id"]))[0] == 204
    assert (repo / "a.ipynb").read_bytes() == FIRST
    assert (await contents("POST", "a.ipynb", "checkpoints", second["id"]))[0] == 204
    assert (repo / "a.ipynb").read_bytes() == ODD
    assert not (repo / ".ipynb_checkpoints").exists()
    (repo / "a.ipynb").write_bytes(FIRST)
    after = snapshot(repo)
    assert after == before  # HEAD, branches, index


@every_manager
async def test_deleting_keeps_and_renaming_takes_along(repo: Path, contents: Any) -> None:
    _, made = await contents("POST", "a.ipynb", "checkpoints")
    assert (await contents("PATCH", "a.ipynb", body={"path": "b.ipynb"}))[0] == 200
    _, listed = await contents("GET", "b.ipynb", "checkpoints")
    assert [one["id"] for one in listed] == [made["id"]]
    _, listed = await contents("GET", "a.ipynb", "checkpoints")
    assert listed == []
    assert (await contents("DELETE", "b.ipynb"))[0] == 204
    _, listed = await contents("GET", "b.ipynb", "checkpoints")
    assert [one["id"] for one in listed] == [made["id"]]
    assert (await contents("POST", "b.ipynb", "checkpoints", made["id"]))[0] == 204
    assert (repo / "b.ipynb").read_bytes() == FIRST


async def test_a_folder_takes_its_checkpoints_along(repo: Path, contents: Any) -> None:
    (repo / "work").mkdir()
    (repo / "work" / "deep.ipynb").write_bytes(FIRST)
    _, made = await contents("POST", "work", "deep.ipynb", "checkpoints")
    assert (await contents("PATCH", "work", body={"path": "done"}))[0] == 200
    _, listed = await contents("GET", "done", "deep.ipynb", "checkpoints")
    assert [one["id"] for one in listed] == [made["id"]]


@every_manager
async def test_other_files_stay_with_jupyter(repo: Path, contents: Any) -> None:
    (repo / "notes.txt").write_text("one")
    _, made = await contents("POST", "notes.txt", "checkpoints")
    assert made["id"] == "checkpoint"
    (repo / "notes.txt").write_text("two")
    assert (await contents("POST", "notes.txt", "checkpoints", "checkpoint"))[0] == 204
    assert (repo / "notes.txt").read_text() == "one"


async def test_one_checkpoint_is_deleted_on_request(repo: Path, contents: Any) -> None:
    _, made = await contents("POST", "a.ipynb", "checkpoints")
    assert (await contents("DELETE", "a.ipynb", "checkpoints", made["id"]))[0] == 204
    assert (await contents("GET", "a.ipynb", "checkpoints"))[1] == []
    status, said = await contents("POST", "a.ipynb", "checkpoints", made["id"])
    assert status == 404
    assert "no checkpoint" in said["message"]


async def test_opening_and_saving_a_notebook_leaves_the_branch_alone(
    repo: Path, contents: Any
) -> None:
    before = snapshot(repo)
    _, model = await contents("GET", "a.ipynb")
    await contents("GET", "a.ipynb", "checkpoints")
    await contents("POST", "a.ipynb", "checkpoints")
    after = snapshot(repo)
    assert after == before
    body = {"type": "notebook", "content": model["content"]}
    assert (await contents("PUT", "a.ipynb", body=body))[0] == 200
    assert git(repo, "diff", "--cached", "--name-only") == ""
    assert git(repo, "for-each-ref", "refs/heads") == before["refs"]


@every_manager
async def test_the_whole_model_may_stand_for_the_id(repo: Path, jp_serverapp: Any) -> None:
    manager = jp_serverapp.contents_manager
    kind = AsyncNbvcCheckpoints if isinstance(manager, AsyncLargeFileManager) else NbvcCheckpoints
    assert type(manager.checkpoints) is kind
    made = await ensure_async(manager.create_checkpoint("a.ipynb"))
    (repo / "a.ipynb").write_bytes(ODD)
    checkpoints = manager.checkpoints
    found = await ensure_async(checkpoints.get_notebook_checkpoint(made, "a.ipynb"))
    assert (found["type"], len(found["content"]["cells"])) == ("notebook", 4)
    await ensure_async(checkpoints.restore_checkpoint(manager, made, "a.ipynb"))
    assert (repo / "a.ipynb").read_bytes() == FIRST
    with pytest.raises(HTTPError):
        await ensure_async(checkpoints.restore_checkpoint(manager, {"no": "id"}, "a.ipynb"))


@pytest.mark.parametrize(
    "jp_server_config", [{"NbvcExtension": {"checkpoints": False}}], indirect=True
)
async def test_the_trait_leaves_jupyter_s_own(repo: Path, contents: Any) -> None:
    _, made = await contents("POST", "a.ipynb", "checkpoints")
    assert made["id"] == "checkpoint"
    assert (repo / ".ipynb_checkpoints").is_dir()


async def test_outside_of_a_repository_checkpoints_go_to_the_data_folder(
    jp_root_dir: Path, contents: Any
) -> None:
    (jp_root_dir / "a.ipynb").write_bytes(FIRST)
    _, made = await contents("POST", "a.ipynb", "checkpoints")
    (jp_root_dir / "a.ipynb").write_bytes(ODD)
    assert (await contents("POST", "a.ipynb", "checkpoints", made["id"]))[0] == 204
    assert (jp_root_dir / "a.ipynb").read_bytes() == FIRST
    assert sorted(path.name for path in jp_root_dir.iterdir()) == ["a.ipynb"]
    git(jp_root_dir, "init", "-q")
    _, made = await contents("POST", "a.ipynb", "checkpoints")
    assert git(jp_root_dir, "for-each-ref", "--format=%(objecttype)", "refs/nbvc") == "commit"


@pytest.mark.parametrize("blocked", ["nbvc", "refs/nbvc", "refs/nbvc/checkpoints"])
async def test_in_a_repository_that_is_read_only_they_go_to_the_data_folder(
    repo: Path, contents: Any, ask: Ask, blocked: str
) -> None:
    # The tests may run as root, to whom nothing is read-only: a file is in the place of a folder.
    (repo / ".git" / blocked).parent.mkdir(exist_ok=True)
    (repo / ".git" / blocked).write_text("")
    status, made = await contents("POST", "a.ipynb", "checkpoints")
    assert status == 201
    assert (await contents("GET", "a.ipynb", "checkpoints"))[1][0]["id"] == made["id"]
    assert git(repo, "for-each-ref", "refs/nbvc") == ""
    (repo / "a.ipynb").write_bytes(ODD)
    _, said = await ask("versions", path="a.ipynb")
    assert [one["kind"] for one in said["versions"]] == ["checkpoint", "commit"]
    sides = {"before": {"kind": "head"}, "after": {"kind": "checkpoint", "id": made["id"]}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert (status, {cell["change"] for cell in said["diff"]["cells"]}) == (200, {"unchanged"})
    assert (await contents("POST", "a.ipynb", "checkpoints", made["id"]))[0] == 204
    assert (repo / "a.ipynb").read_bytes() == FIRST


@pytest.mark.parametrize("jp_server_config", [InMemory], indirect=True)
async def test_without_files_checkpoints_work_and_git_says_why_not(
    jp_serverapp: Any, contents: Any, ask: Ask
) -> None:
    InMemory.models = {name: json.loads(FIRST) for name in ("a.ipynb", "b.ipynb")}
    _, made = await contents("POST", "a.ipynb", "checkpoints")
    assert (await contents("GET", "b.ipynb", "checkpoints"))[1] == []
    InMemory.models["a.ipynb"]["cells"][1]["source"] = "x = 100"
    sides = {"before": {"kind": "checkpoint", "id": made["id"]}, "after": {"kind": "disk"}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert status == 200
    assert [cell["change"] for cell in said["diff"]["cells"]].count("modified") == 1
    assert said["noise"]["cells"] == 0  # no marks of trust
    status, said = await ask("status", path="a.ipynb")
    assert (status, said["repository"], said["checkpoints"]) == (200, None, 1)
    assert "not on the server's disk" in said["reason"]
    status, said = await ask("commit", {"path": "a.ipynb", "message": "m"})
    assert (status, said["reason"]) == (409, "not-local")
    assert (await contents("POST", "a.ipynb", "checkpoints", made["id"]))[0] == 204
    assert InMemory.models["a.ipynb"]["cells"][1]["source"] == "x = 1"
    await contents("PATCH", "a.ipynb", body={"path": "c.ipynb"})
    _, listed = await contents("GET", "c.ipynb", "checkpoints")
    assert [one["id"] for one in listed] == [made["id"]]
    _, digest = await ask("digest", path="c.ipynb")
    body = {"path": "c.ipynb", "kind": "checkpoint", "id": made["id"], **_expected(digest)}
    InMemory.models["c.ipynb"]["cells"][1]["source"] = "moved on"
    assert (await ask("restore", body))[0] == 409
    _, digest = await ask("digest", path="c.ipynb")
    status, _ = await ask("restore", {**body, **_expected(digest)})
    assert status == 200
    assert InMemory.models["c.ipynb"]["cells"][1]["source"] == "x = 1"


def _expected(digest: dict[str, str]) -> dict[str, str]:
    return {"expected": digest["digest"]}


async def test_fault_70_a_restore_over_a_changed_file_is_refused(repo: Path, ask: Ask) -> None:
    _, made = await ask("checkpoints", {"path": "a.ipynb"})
    _, seen = await ask("digest", path="a.ipynb")
    (repo / "a.ipynb").write_bytes(ODD)
    body = {"path": "a.ipynb", "kind": "checkpoint", "id": made["checkpoint"]["id"]}
    status, said = await ask("restore", {**body, **_expected(seen)})
    assert (status, said["reason"]) == (409, "content-changed")
    assert (repo / "a.ipynb").read_bytes() == ODD


async def test_fault_68_checkpoints_at_once(repo: Path, jp_serverapp: Any) -> None:
    keeper = Keeper(server_of(jp_serverapp).site())
    contents = [file(code(f"x = {number}")) for number in range(8)]

    def make(content: bytes) -> None:
        keeper.create("a.ipynb", content)

    threads = [threading.Thread(target=make, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    kept = [keeper.notebook(one["id"], "a.ipynb") for one in keeper.list("a.ipynb")]
    assert {one["cells"][0]["source"] for one in kept} == {f"x = {n}" for n in range(8)}


def test_fault_69_two_servers_on_one_repository(repo: Path, jp_serverapp: Any) -> None:
    servers = [NbvcServer(jp_serverapp.contents_manager, os.environ) for _ in range(2)]
    keepers = [Keeper(server.site()) for server in servers]
    for number in range(3):
        for keeper in keepers:
            keeper.create("a.ipynb", file(code(f"x = {number} {id(keeper)}")))
    assert [len(keeper.list("a.ipynb")) for keeper in keepers] == [6, 6]
    for server in servers:
        server.close()


async def test_a_list_starts_no_process(
    repo: Path, jp_serverapp: Any, contents: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(server_of(jp_serverapp).site())
    for number in range(3):
        (repo / "a.ipynb").write_bytes(file(code(f"x = {number}")))
        keeper.create("a.ipynb")
    started = processes(monkeypatch)
    assert len(keeper.list("a.ipynb")) == 3
    assert started == []


async def test_work_in_one_repository_waits_its_turn_and_looking_does_not(
    repo: Path, ask: Ask, jp_serverapp: Any
) -> None:
    work = server_of(jp_serverapp).work
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    held = repo / ".git" / "held"
    hook.write_text(f"#!/bin/sh\nwhile [ ! -e {held} ]; do sleep 0.05; done\n")
    hook.chmod(0o755)
    (repo / "a.ipynb").write_bytes(ODD)
    slow = asyncio.ensure_future(ask("commit", {"path": "a.ipynb", "message": "m"}))
    while not (repo / ".git" / "index.lock").exists():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    body = json.dumps({"path": "a.ipynb"}).encode()
    key = json.loads((await work.look(Call("queue", {}, body), Wanted())).content)["key"]
    waiting = asyncio.ensure_future(work.change(key, Call("queue", {}, body), Wanted()))
    status, _ = await ask("status", path="a.ipynb")
    assert status == 200
    await asyncio.sleep(0.1)
    assert not waiting.done()
    assert not slow.done()
    held.touch()
    status, said = await slow
    assert (status, said["commit"]["outcome"]) == (200, "committed")
    await waiting


async def test_a_push_ends_when_nobody_waits_for_it(repo: Path, remote: Path) -> None:
    hook = repo / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexec sleep 60\n")
    hook.chmod(0o755)
    stop = Stop()
    repository = make_stoppable(opened(repo / "a.ipynb"), stop)
    commit_all(repo, "two")
    threading.Timer(0.3, stop.ask).start()
    pushing = repository.acting.git.ask
    finished = await asyncio.to_thread(pushing, "push", "origin", "main", deadline=50)
    assert (finished.code, finished.timed_out) == (-signal.SIGTERM, False)
    # What starts afterwards ends at once, too.
    assert repository.git.ask("push", "origin", "main", deadline=50).code == -signal.SIGTERM
