"""The page that is served: to whom, and to whom not."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbvc.cli.terminal.serving import PageServer
from tests.making import code, file

if TYPE_CHECKING:
    from tests.integration.conftest import Cli


class Visit:
    """Requests to a server that runs."""

    def __init__(self, server: PageServer) -> None:
        self.server = server

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.server.hosts[0], timeout=10)
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": self.server.hosts[0], **headers}.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(None if body is None else body.encode())
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture
def visit() -> Iterator[Visit]:
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        return {"sum": asked["a"] + asked["b"]}

    server = PageServer(lambda visit: f"<p>ü {visit}</p>", answer)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Visit(server)
    for left in tuple(server.visits):
        server.leave(left)
    server.leave("")
    thread.join(10)
    assert not thread.is_alive()


def test_the_page_and_its_answers(visit: Visit) -> None:
    path, ours = visit.server.path, {"Origin": f"http://{visit.server.hosts[0]}"}
    status, page = visit.ask("GET", path)
    assert (status, page[:4]) == (200, "<p>ü")
    status, said = visit.ask("POST", f"{path}answer", '{"a": 1, "b": 2}', **ours)
    assert (status, json.loads(said)) == (200, {"sum": 3})


def test_nobody_else_gets_anything(visit: Visit) -> None:
    path, host = visit.server.path, visit.server.hosts[0]
    ours, theirs = {"Origin": f"http://{host}"}, {"Origin": "http://evil.example"}
    body = '{"a": 1, "b": 2}'
    assert visit.ask("GET", "/")[0] == 404
    assert visit.ask("GET", path[:-3] + "xx/")[0] == 404
    assert visit.ask("GET", path, Host="evil.example")[0] == 403
    assert visit.ask("GET", path, **theirs)[0] == 403
    assert visit.ask("POST", f"{path}answer", body)[0] == 403  # says not where it is from
    assert visit.ask("POST", f"{path}answer", body, **theirs)[0] == 403
    assert visit.ask("POST", f"{path}other", body, **ours)[0] == 403
    assert visit.ask("POST", f"{path}answer", "no JSON", **ours)[0] == 400
    assert visit.ask("POST", f"{path}answer", '{"a": 1}', **ours)[0] == 400
    assert visit.ask("POST", f"{path}leave", "{}", **ours)[0] == 400


def test_a_page_that_is_loaded_again_stays(visit: Visit) -> None:
    """The old page leaves after the new one was sent, and another tab may be open."""
    path, ours = visit.server.path, {"Origin": f"http://{visit.server.hosts[0]}"}
    first, _ = (visit.ask("GET", path)[1][5:-4] for _ in range(2))
    assert visit.ask("POST", f"{path}leave", json.dumps({"visit": first}), **ours)[0] == 200
    assert not visit.server.is_closing


def test_ctrl_c_ends_the_page(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.ipynb").write_bytes(file(code(f"{name} = 1")))
    command = [sys.executable, "-m", "nbvc", "diff", "--web", "a.ipynb", "b.ipynb"]
    environ = {**os.environ, "BROWSER": "true"}
    # What runs in a shell's background ignores Ctrl+C, and so would the page.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=environ
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.stderr is not None
    assert "http://127.0.0.1:" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stderr.close()


@pytest.mark.parametrize("option", ["--open", "--stat", "--output=x.html", "--format=json"])
def test_a_page_that_is_served_is_no_other_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.ipynb").write_bytes(file(code(f"{name} = 1")))
    called = cli("diff", "--web", option, "a.ipynb", "b.ipynb")
    assert called.code == 2
    assert "--web" in called.err
    assert cli("diff", "--web", "a.ipynb", "a.ipynb").out == "Nothing changed.\n"
