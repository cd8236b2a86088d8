"""The comment of the GitHub Action, against a server that answers as GitHub does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nbvc.cli.commands.pull_request import MARKER, Api, HostRefusedError, api_of, main, publish
from nbvc.render import markdown

TOKEN = "bait-token"
BODY = f"{MARKER}\n### 1 notebook changed\n"


class Host(ThreadingHTTPServer):
    """Comments of pull request 7, what was asked, and what is answered with an error first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.tokens: set[str | None] = set()
        self.errors: dict[str, list[int]] = {}
        self.locked: set[int] = set()

    @property
    def api(self) -> Api:
        return Api(f"http://127.0.0.1:{self.server_port}", "ada/rain", TOKEN, 0.01)

    def add(self, body: str) -> None:
        self.comments.append({"id": len(self.comments) + 1, "body": body})


class _Handler(BaseHTTPRequestHandler):
    server: Host

    def _answer(self) -> None:
        host = self.server
        host.asked.append((self.command, self.path))
        host.tokens.add(self.headers.get("Authorization"))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        waiting = host.errors.get(self.command)
        if waiting:
            self._say(waiting.pop(0), {"message": "not now\n::error::x"})
            return
        self._say(*self._done(json.loads(body)["body"] if body else ""))

    def _done(self, text: str) -> tuple[int, Any]:
        host = self.server
        if self.command == "GET" and self.path.startswith("/repos/ada/rain/issues/7/comments?"):
            page = int(self.path.rpartition("page=")[2]) - 1
            return 200, host.comments[100 * page : 100 * page + 100]
        if (self.command, self.path) == ("POST", "/repos/ada/rain/issues/7/comments"):
            host.add(text)
            return 201, host.comments[-1]
        number = int(self.path.removeprefix("/repos/ada/rain/issues/comments/"))
        if number in host.locked:
            return 403, {"message": "Resource not accessible by integration"}
        host.comments[number - 1]["body"] = text
        return 200, host.comments[number - 1]

    def _say(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - as the base class wants them

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_one_comment_is_posted_then_kept_up_to_date(host: Host) -> None:
    host.add("Looks good!")
    assert publish(host.api, 7, BODY) == "a comment was posted"
    assert publish(host.api, 7, BODY) == "the comment is up to date"
    assert publish(host.api, 7, f"{BODY}more") == "the comment was updated"
    assert [comment["body"] for comment in host.comments] == ["Looks good!", f"{BODY}more"]
    assert host.tokens == {f"Bearer {TOKEN}"}


def test_a_comment_on_a_later_page_is_found(host: Host) -> None:
    for number in range(230):
        host.add(BODY if number == 220 else f"comment {number}")
    assert publish(host.api, 7, f"{BODY}new") == "the comment was updated"
    assert len(host.comments) == 230
    assert host.comments[220]["body"] == f"{BODY}new"


def test_a_comment_of_somebody_else_with_the_marker_stays(host: Host) -> None:
    host.add(f"{MARKER} me, too")
    host.locked.add(1)
    assert publish(host.api, 7, BODY) == "a comment was posted"
    assert publish(host.api, 7, f"{BODY}2") == "the comment was updated"
    assert [comment["body"] for comment in host.comments] == [f"{MARKER} me, too", f"{BODY}2"]


def test_nothing_to_say_is_said_only_where_something_was_said_before(host: Host) -> None:
    quiet = markdown.comment([])
    assert "no comment" in publish(host.api, 7, quiet, needed=False)
    assert host.comments == []
    host.add(BODY)
    assert publish(host.api, 7, quiet, needed=False) == "the comment was updated"


@pytest.mark.parametrize("errors", [[502], [500, 503]])
def test_a_fault_of_the_server_is_waited_out(host: Host, errors: list[int]) -> None:
    host.errors["GET"] = errors
    assert publish(host.api, 7, BODY) == "a comment was posted"


def test_a_post_that_failed_is_not_sent_twice(host: Host) -> None:
    host.errors["POST"] = [502]
    with pytest.raises(HostRefusedError):
        publish(host.api, 7, BODY)
    assert [method for method, _ in host.asked].count("POST") == 1


def test_the_token_goes_along_no_redirect(host: Host) -> None:
    host.errors["GET"] = [302]
    with pytest.raises(HostRefusedError) as refused:
        publish(host.api, 7, BODY)
    assert refused.value.status == 302


def _environment(host: Host, folder: Path, event: object) -> dict[str, str]:
    (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
    return {
        "GITHUB_API_URL": host.api.root,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_REPOSITORY": "ada/rain",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_TOKEN": TOKEN,
    }


@pytest.fixture
def body(tmp_path: Path) -> str:
    path = tmp_path / "comment.md"
    path.write_text(BODY, encoding="utf-8")
    return str(path)


def test_a_run_comments_and_writes_its_summary(
    host: Host, tmp_path: Path, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = _environment(host, tmp_path, {"pull_request": {"number": 7}})
    assert main([body], environ) == 0
    assert [comment["body"] for comment in host.comments] == [BODY]
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == f"{BODY}\n"
    assert TOKEN not in capsys.readouterr().out


def test_where_it_may_not_comment_the_job_goes_on(
    host: Host, tmp_path: Path, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    host.errors["POST"] = [403]
    environ = _environment(host, tmp_path, {"pull_request": {"number": 7}})
    assert main([body], environ) == 0
    said = capsys.readouterr().out
    assert said.startswith("::warning title=nbvc::no comment: not now%0A::error::x (403)")
    assert "pull-requests: write" in said
    assert len(said.splitlines()) == 1
    assert (tmp_path / "summary.md").exists()


@pytest.mark.parametrize(
    ("event", "changes", "said"),
    [
        ({"ref": "refs/heads/main"}, {}, "no pull request"),
        ([1], {}, "no pull request"),
        ({"pull_request": {"number": "7"}}, {}, "no pull request"),
        ({"pull_request": {"number": 7}}, {"GITHUB_TOKEN": ""}, "no token"),
        ({"pull_request": {"number": 7}}, {"GITHUB_API_URL": "http://example.org"}, "no token"),
        ({"pull_request": {"number": 7}}, {"GITHUB_REPOSITORY": "../x/y"}, "no token"),
    ],
)
def test_without_a_pull_request_or_a_token_nothing_is_asked(
    host: Host,
    tmp_path: Path,
    body: str,
    event: object,
    changes: dict[str, str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([body], _environment(host, tmp_path, event) | changes) == 0
    assert said in capsys.readouterr().out
    assert host.asked == []


def test_the_marker_is_the_one_that_comments_begin_with() -> None:
    assert markdown.MARKER == MARKER
    assert markdown.comment([]).startswith(MARKER)


def test_the_public_address_is_the_default() -> None:
    api = api_of({"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "x"})
    assert api is not None
    assert api.root == "https://api.github.com"


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], {}) == 2
    assert "usage" in capsys.readouterr().err
