"""Who gets in, and where to: every endpoint, every path and ref that must not be reached."""

from __future__ import annotations

import inspect
import json
import os
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jupyter_server.auth import Authorizer
from traitlets.config import Config

import nbvc
from nbvc.notebook.content import content_digest
from nbvc_jupyter.frames import FrameKind
from nbvc_jupyter.handlers import ROUTES, NbvcHandler
from nbvc_jupyter.worker import Failure
from nbvc_jupyter.workers import Answer, Process
from tests.integration.git.sandbox import git, snapshot
from tests.integration.jupyter.conftest import FIRST, Ask
from tests.making import code, file, markdown, notebook

METHOD_NAMES = ("get", "post", "put", "patch", "delete", "head")
METHODS = [
    (path, method) for path, handler in ROUTES for method in METHOD_NAMES if method in vars(handler)
]
READS = {
    *("status", "digest", "diff", "marks", "versions", "versions/changes", "version", "blame"),
    *("resolve/open", "merge", "project", "project/branches", "project/cells"),
    *("text/diff", "text/conflict"),
}
SHA = "0" * 64

BODIES: dict[str, dict[str, Any]] = {
    "diff": {"before": {"kind": "head"}, "after": {"kind": "disk"}},
    "checkpoints": {"message": "planted"},
    "checkpoints/delete": {"id": "000000000000"},
    "checkpoints/edit": {"id": "000000000000", "message": "planted"},
    "versions/changes": {"ids": ["0"]},
    "commit": {"message": "planted", "push": True},
    "push": {},
    "pull": {},
    "abort": {},
    "restore": {"kind": "commit", "id": "HEAD", "expected": SHA},
    "resolve/open": {},
    "merge": {"base": json.loads(FIRST), "notebook": json.loads(FIRST)},
    "resolve/save": {"expected": SHA, "notebook": json.loads(FIRST)},
    "project/commit": {"names": ["a.ipynb"], "message": "planted", "push": True},
    "project/push": {},
    "project/pull": {},
    "project/cells": {"name": "a.ipynb"},
    "project/cells/unstage": {"name": "a.ipynb", "state": SHA},
    "project/cells/discard": {"name": "a.ipynb", "state": SHA},
    "project/discard": {"names": ["a.ipynb"]},
    "project/undo": {"kept": [{"name": "a.ipynb", "id": "000000000000"}]},
    "project/begin": {},
    "project/identity": {"name": "Eve", "email": "eve@example.org"},
    "project/remote": {"url": "https://example.org/x.git"},
    "project/switch": {"branch": "planted", "create": True},
    "project/continue": {"message": "planted"},
    "project/skip": {},
    "project/abort": {},
    "text/settle": {"name": "a.ipynb", "expected": SHA, "text": "planted"},
}
FOLDERS = {"", "/", "notes.txt"}
"""Paths by which the repository may be asked for, though no notebook is there."""
QUERIES: dict[str, dict[str, str]] = {
    "version": {"kind": "commit", "id": "HEAD"},
    "blame": {"cell": "0"},
    "text/diff": {"name": "a.ipynb"},
    "text/conflict": {"name": "a.ipynb"},
}


class Asked(Authorizer):
    """Lets nobody do anything, and notes what was asked for."""

    asked: list[tuple[str, str]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Deny."""
        self.asked.append((action, resource))
        return False


class ReadOnly(Asked):
    """Lets everybody look."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Allow reading."""
        return action == "read"


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest, jp_server_config: Any) -> Any:
    """Put the authorizer of the test into the server."""
    config = Config(jp_server_config)
    kind = getattr(request, "param", None)
    if kind is not None:
        config.ServerApp.authorizer_class = kind
    return config


def test_every_handler_is_enumerated_and_guarded() -> None:
    import nbvc_jupyter.handlers as module

    for value in vars(module).values():
        assert (
            not inspect.isclass(value) or value is NbvcHandler or not issubclass(value, NbvcHandler)
        )
    assert len(METHODS) >= len(ROUTES)
    for path, handler in ROUTES:
        assert handler.auth_resource == "nbvc"
        own = [
            name
            for name in ("get", "post", "put", "patch", "delete", "head")
            if name in vars(handler)
        ]
        assert own, path
        assert set(own) <= {"get", "post"}, path
        for name in own:
            source = inspect.getsource(vars(handler)[name])
            assert source.index("@web.authenticated") < source.index("@authorized"), (path, name)


def _handlers_of(router: Any) -> list[tuple[str, Any]]:
    """Return pattern and handler of every rule of a running server."""
    found = []
    for rule in router.rules:
        pattern = getattr(getattr(rule.matcher, "regex", None), "pattern", "")
        if hasattr(rule.target, "rules"):
            found += _handlers_of(rule.target)
        elif inspect.isclass(rule.target):
            found.append((pattern, rule.target))
    return found


async def test_the_running_server_has_these_handlers_of_ours_and_no_others(
    jp_serverapp: Any,
) -> None:
    app = jp_serverapp.web_app
    every = _handlers_of(app.default_router) + _handlers_of(app.wildcard_router)
    ours = {
        (pattern, handler)
        for pattern, handler in every
        if "nbvc" in pattern or handler.__module__.startswith("nbvc")
    }
    assert {handler for _, handler in ours} == {handler for _, handler in ROUTES}
    assert len(ours) == len(ROUTES)
    # What is not written in a handler must not be inherited from somewhere: tornado answers 405.
    for _, handler in ours:
        for name in (*METHOD_NAMES, "options"):
            defined = next(base for base in handler.__mro__ if name in vars(base))
            assert defined is handler or not defined.__module__.startswith("nbvc"), (handler, name)


async def _send(jp_fetch: Any, path: str, method: str, **options: Any) -> Any:
    body = {"path": "a.ipynb", **BODIES.get(path, {})}
    if method == "post":
        options |= {"method": "POST", "body": json.dumps(body)}
    query = {"path": "a.ipynb", **QUERIES.get(path, {})} if method == "get" else {}
    return await jp_fetch("nbvc", *path.split("/"), params=query, raise_error=False, **options)


@pytest.mark.parametrize(("path", "method"), METHODS)
async def test_fault_64_without_a_token_nothing_happens(
    repo: Path, jp_fetch: Any, path: str, method: str
) -> None:
    before = snapshot(repo)
    answer = await _send(jp_fetch, path, method, headers={"Authorization": ""})
    assert answer.code == 403
    assert "traceback" not in answer.body.decode().lower()
    assert snapshot(repo) == before
    assert git(repo, "for-each-ref", "refs/nbvc") == ""


@pytest.mark.parametrize("jp_server_config", [Asked], indirect=True)
@pytest.mark.parametrize(("path", "method"), METHODS)
async def test_fault_64_the_authorizer_is_asked_about_nbvc(
    repo: Path, jp_fetch: Any, path: str, method: str
) -> None:
    before = snapshot(repo)
    Asked.asked.clear()
    answer = await _send(jp_fetch, path, method)
    assert answer.code == 403
    reads = path in READS or method == "get"
    assert Asked.asked[-1] == ("read" if reads else "write", "nbvc")
    assert snapshot(repo) == before
    assert git(repo, "for-each-ref", "refs/nbvc") == ""


@pytest.mark.parametrize("jp_server_config", [ReadOnly], indirect=True)
async def test_a_reader_may_compare_but_not_commit(repo: Path, jp_fetch: Any) -> None:
    assert (await _send(jp_fetch, "diff", "post")).code == 200
    assert (await _send(jp_fetch, "commit", "post")).code == 403


@pytest.mark.parametrize("path", sorted(path for path, method in METHODS if method == "post"))
async def test_fault_64_a_post_from_another_site_is_refused(
    repo: Path, jp_fetch: Any, path: str
) -> None:
    before = snapshot(repo)
    # A browser that is logged in by cookie, on a page of somebody else's: no XSRF token.
    page = await jp_fetch("api", "me")
    jar = SimpleCookie()
    for header in page.headers.get_list("Set-Cookie"):
        jar.load(header)
    login = "; ".join(f"{name}={one.value}" for name, one in jar.items() if name != "_xsrf")
    assert "username-" in login
    me = await jp_fetch("api", "me", headers={"Authorization": "", "Cookie": login})
    assert me.code == 200
    answer = await _send(jp_fetch, path, "post", headers={"Authorization": "", "Cookie": login})
    assert answer.code == 403
    assert snapshot(repo) == before
    assert git(repo, "for-each-ref", "refs/nbvc") == ""


HOSTILE_REFS = [
    "--output=x",
    "--all",
    "HEAD..x",
    "a\0b",
    "-p",
    "",
    "no-such-branch",
    "HEAD:a.ipynb",
]


@pytest.mark.parametrize("ref", HOSTILE_REFS)
async def test_fault_58_refs_that_are_none_are_bad_requests(repo: Path, ask: Ask, ref: str) -> None:
    before = snapshot(repo)
    sides = {"before": {"kind": "commit", "ref": ref}, "after": {"kind": "disk"}}
    status, said = await ask("diff", {**sides, "path": "a.ipynb"})
    assert (status, said["reason"]) == (400, "unknown-ref")
    body = {"path": "a.ipynb", "kind": "commit", "id": ref, "expected": content_digest(FIRST)}
    status, said = await ask("restore", body)
    assert (status, said["reason"]) == (400, "unknown-ref")
    assert snapshot(repo) == before


HOSTILE_PATHS = [
    *("../a.ipynb", "x/../../a.ipynb", "/../a.ipynb", "..", "", "/", "a\0.ipynb", "."),
    *("../sibling-of-root/a.ipynb", "out.ipynb", "linked/a.ipynb"),
    *(".git/config", ".GIT/config", ".git/x.ipynb", ".GIT/x.ipynb", ".Git\u200c/x.ipynb"),
    *("sub/.git/x.ipynb", ".hidden/a.ipynb", ".hidden.ipynb", "git-link/x.ipynb"),
    *("/etc/passwd", "notes.txt", "hidden-link.ipynb"),
]


@pytest.mark.parametrize("path", HOSTILE_PATHS)
async def test_fault_59_paths_that_lead_elsewhere(
    repo: Path, ask: Ask, tmp_path: Path, path: str
) -> None:
    outside = tmp_path / "sibling-of-root"
    outside.mkdir()
    for place in (outside / "a.ipynb", tmp_path / "a.ipynb", repo / ".git" / "x.ipynb"):
        place.write_bytes(FIRST)
    (repo / ".hidden").mkdir()
    (repo / ".hidden" / "a.ipynb").write_bytes(FIRST)
    (repo / ".hidden.ipynb").write_bytes(FIRST)
    (repo / "out.ipynb").symlink_to(outside / "a.ipynb")
    (repo / "linked").symlink_to(outside)
    (repo / "git-link").symlink_to(repo / ".git")
    (repo / "hidden-link.ipynb").symlink_to(repo / ".hidden" / "a.ipynb")
    before = snapshot(repo)
    for endpoint, method in METHODS:
        if path in FOLDERS and endpoint.startswith(("project", "text/")):
            continue
        if method == "get":
            status, said = await ask(endpoint, path=path, **QUERIES.get(endpoint, {}))
        else:
            status, said = await ask(endpoint, {**BODIES[endpoint], "path": path})
        assert status in {400, 403, 404}, (endpoint, said)
        assert str(tmp_path) not in json.dumps(said)
    for kind in ("disk", "head"):
        sides = {"before": {"kind": kind, "path": path}, "after": {"kind": "empty"}}
        assert (await ask("diff", {**sides, "path": "a.ipynb"}))[0] in {400, 403, 404}
    assert snapshot(repo) == before
    assert (outside / "a.ipynb").read_bytes() == FIRST
    assert git(repo, "for-each-ref", "refs/nbvc") == ""


@pytest.mark.parametrize("path", ["%2e%2e/a.ipynb", "~/a.ipynb", "$HOME/a.ipynb"])
async def test_fault_59_paths_are_taken_as_they_are_written(
    repo: Path, ask: Ask, tmp_path: Path, path: str
) -> None:
    for folder in (tmp_path, Path.home()):
        (folder / "a.ipynb").write_bytes(FIRST)
    assert (await ask("digest", path=path))[0] == 404
    status, said = await ask("commit", {"path": path, "message": "m"})
    assert (status, said["commit"]["outcome"]) == (200, "no file")


@pytest.mark.parametrize(
    "name",
    ["-rf.ipynb", "*.ipynb", ":(glob)*.ipynb", "a\nb.ipynb", "<img src=x onerror=alert(1)>.ipynb"],
)
async def test_fault_60_names_that_look_like_something_else(
    repo: Path, ask: Ask, name: str
) -> None:
    (repo / name).write_bytes(FIRST)
    (repo / "a.ipynb").write_bytes(file(code("changed")))
    status, said = await ask("commit", {"path": name, "message": "odd"})
    assert (status, said["commit"]["outcome"]) == (200, "committed"), said
    listed = git(repo, "diff-tree", "-r", "-z", "--name-only", "--no-commit-id", "HEAD")
    assert listed == f"{name}\0"
    assert git(repo, "diff", "--name-only") == "a.ipynb"
    status, said = await ask("checkpoints", {"path": name})
    assert (status, said["checkpoint"]["path"]) == (200, name)
    status, said = await ask("versions", path=name)
    newest = next(one for one in said["versions"] if one["kind"] == "commit")
    assert (newest["message"], newest["path"]) == ("odd", name)


async def test_names_that_are_no_text_are_out_of_reach(repo: Path, ask: Ask) -> None:
    raw = os.fsencode(repo) + b"/\xff.ipynb"
    Path(os.fsdecode(raw)).write_bytes(FIRST)
    status, _ = await ask("digest", path="\\udcff.ipynb")
    assert status == 404
    status, _ = await ask("commit", raw=b'{"path": "\xff.ipynb", "message": "m"}')
    assert status == 400


async def test_nothing_of_a_password_in_a_url_is_answered_or_logged(
    repo: Path, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    git(repo, "remote", "add", "origin", "https://ada:s3cret@127.0.0.1:9/x.git")
    (repo / "a.ipynb").write_bytes(file(code("changed")))
    body = {"path": "a.ipynb", "message": "m", "push": True, "set_upstream": True}
    status, said = await ask("commit", body)
    assert (status, said["push"]["outcome"]) == (200, "unreachable")
    _, state = await ask("status", path="a.ipynb")
    assert "s3cret" not in json.dumps([said, state]) + caplog.text


async def test_an_unforeseen_error_is_a_sentence(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Failure("ZeroDivisionError", "Traceback: https://ada:s3cret@example.org/")

    def run(*_: object) -> Answer:
        return Answer(FrameKind.FAILED, [msgspec.json.encode(broken)])

    monkeypatch.setattr(Process, "run", run)
    status, said = await ask("diff", {**BODIES["diff"], "path": "a.ipynb"})
    assert (status, said["reason"]) == (500, "unexpected")
    assert "ZeroDivisionError" in said["message"]
    assert "Traceback" not in json.dumps(said)
    assert "s3cret" not in json.dumps(said) + caplog.text
    assert "Traceback" in caplog.text


def test_a_restored_cell_takes_no_cell_from_between_its_parts() -> None:
    from nbvc.workflow.picking import take_cell

    halves = ["\n".join(f"{name}_{n} = run({n})" for n in range(4)) for name in "ab"]
    whole = "\n".join(halves)
    version = nbvc.Notebook.from_dict(notebook(code("first = 1"), code(whole)))
    parts = code("first = 1"), code(halves[0]), markdown("## Between"), code(halves[1])
    restored = nbvc.read(take_cell(version, nbvc.Notebook.from_dict(notebook(*parts)), 1))
    assert [cell.source for cell in restored.cells] == ["first = 1", whole, "## Between"]
