"""Two Jupyter servers as users start them, each a process of its own, on one repository."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.conftest import ROOT
from tests.integration.git.sandbox import committed, git, notebook, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("jupyter_server")

TOKEN = "of-the-tests"
NAMES = [f"n{number}.ipynb" for number in range(8)]


class Server(NamedTuple):
    """A server that runs."""

    url: str

    def ask(
        self, endpoint: str, body: Any = None, *, token: str = TOKEN, **query: str
    ) -> tuple[int, Any]:
        """Ask an endpoint of nbvc's: the status, and the answer's JSON."""
        url = f"{self.url}/nbvc/{endpoint}?{urlencode(query)}"
        headers = {"Authorization": f"token {token}"} if token else {}
        content = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(url, content, headers), timeout=60) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            said = error.read()
            assert b"Traceback" not in said
            return error.code, json.loads(said) if said[:1] == b"{" else said


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return committed(tmp_path / "root", "a.ipynb", "b.ipynb", *NAMES)


@pytest.fixture
def servers(repo: Path, tmp_path: Path) -> Iterator[list[Server]]:
    running = [_start(repo, tmp_path / f"runtime{number}") for number in range(2)]
    try:
        yield [_ready(server, process) for server, process in running]
    finally:
        for _, process in running:
            process.kill()
            process.wait()


def _start(root: Path, runtime: Path) -> tuple[Server, subprocess.Popen[bytes]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(runtime),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "jupyter_extension")]),
    }
    options = [
        *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
        *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"),
        "--ServerApp.jpserver_extensions={'nbvc_jupyter': True}",
    ]
    with open(runtime.with_suffix(".log"), "wb") as log:
        command = [sys.executable, "-m", "jupyter_server", *options]
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, cwd=root.parent)
    return Server(f"http://127.0.0.1:{port}"), process


def _ready(server: Server, process: subprocess.Popen[bytes]) -> Server:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            assert server.ask("status", path="a.ipynb")[0] == 200
        except URLError:
            time.sleep(0.1)
        else:
            return server
    raise AssertionError("the server does not answer")


def _checkpoints(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "nbvc", "checkpoint", "list", "--format", "json"]
    said = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    return sorted(one["message"] for one in json.loads(said))


def test_fault_68_and_69_two_servers_and_eight_who_save(repo: Path, servers: list[Server]) -> None:
    """Checkpoints of eight notebooks at once, then two commits: each that was reported is there."""
    done: list[str] = []
    refused: list[Any] = []

    def work(number: int) -> None:
        for turn in range(3):
            message = f"{number} {turn}"
            (repo / NAMES[number]).write_bytes(notebook(message))
            body = {"path": NAMES[number], "message": message}
            status, said = servers[number % 2].ask("checkpoints", body)
            (done if status == 200 else refused).append(message if status == 200 else said)

    before = {**snapshot(repo), "files": None}
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    assert sorted(done) == sorted(f"{number} {turn}" for number in range(8) for turn in range(3))
    assert _checkpoints(repo) == sorted(done)
    assert {**snapshot(repo), "files": None} == before
    git(repo, "checkout", "-q", ".")
    for server in servers:
        listed = [server.ask("versions", path=path)[1]["versions"] for path in NAMES]
        kinds = [one["kind"] for versions in listed for one in versions]
        assert kinds.count("checkpoint") == 24
    _both_commit(repo, servers)
    assert git(repo, "fsck", "--strict", "--no-dangling") == ""


def _both_commit(repo: Path, servers: list[Server]) -> None:
    """Two commits at once, each of a notebook of its own: both are in the history, alone."""
    said: dict[str, Any] = {}
    for name in "ab":
        (repo / f"{name}.ipynb").write_bytes(notebook(f"new {name}"))

    def commit(server: Server, name: str) -> None:
        said[name] = server.ask("commit", {"path": f"{name}.ipynb", "message": name})

    pairs = zip(servers, "ab", strict=True)
    threads = [threading.Thread(target=commit, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes = {name: (status, one["commit"]["outcome"]) for name, (status, one) in said.items()}
    assert outcomes == dict.fromkeys("ab", (200, "committed"))
    for name in "ab":
        oid = git(repo, "log", "--format=%H", f"--grep=^{name}$")
        changed = git(repo, "show", "--format=", "--name-only", oid)
        assert changed == f"{name}.ipynb"
    assert git(repo, "status", "--porcelain") == ""


def test_fault_58_and_59_and_64_and_70_over_http(
    repo: Path, servers: list[Server], tmp_path: Path
) -> None:
    """What must be refused is refused by a server that nobody has prepared, and nothing is written."""
    server = servers[0]
    (tmp_path / "root2").mkdir()
    for place in (tmp_path / "x.ipynb", tmp_path / "root2" / "x.ipynb", repo / ".git" / "x.ipynb"):
        place.write_bytes(notebook("outside"))
    (repo / "out.ipynb").symlink_to(tmp_path / "x.ipynb")
    before = snapshot(repo)
    commit = {"path": "b.ipynb", "message": "planted"}
    for token in ("", "wrong"):
        assert server.ask("commit", commit, token=token)[0] == 403
        assert server.ask("status", token=token, path="a.ipynb")[0] == 403
    for ref in ("--output=x", "--all", "HEAD..x", "a\0b", "-p"):
        status, _ = server.ask("version", path="a.ipynb", kind="commit", id=ref)
        assert status == 400, ref
    for path in ("../x.ipynb", "../root2/x.ipynb", "out.ipynb", ".git/config", ".GIT/x.ipynb"):
        assert server.ask("digest", path=path)[0] in {403, 404}, path
        assert server.ask("checkpoints", {"path": path})[0] in {403, 404}, path
    seen = server.ask("digest", path="a.ipynb")[1]
    _, made = server.ask("checkpoints", {"path": "a.ipynb"})
    (repo / "a.ipynb").write_bytes(notebook("by another program"))
    body = {"path": "a.ipynb", "kind": "checkpoint", "id": made["checkpoint"]["id"]}
    status, said = server.ask("restore", {**body, "expected": seen["digest"]})
    assert (status, said["reason"]) == (409, "content-changed")
    assert (repo / "a.ipynb").read_bytes() == notebook("by another program")
    git(repo, "checkout", "-q", "a.ipynb")
    after = snapshot(repo)
    assert {**after, "index": None} == {**before, "index": None}
