"""The page that is served: to whom, and to whom not."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from nbvc.cli.terminal.serving import PageServer


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
