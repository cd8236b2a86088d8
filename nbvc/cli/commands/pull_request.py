"""The comment of the GitHub Action: one for every pull request, brought up to date with every push.

    python -m nbvc.cli.commands.pull_request report/comment.md

It speaks to GitHub's API alone, with what a workflow finds in its environment: GITHUB_TOKEN,
GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_API_URL and GITHUB_STEP_SUMMARY. Where it may not
comment, as for a pull request from a fork, it says so and is not a reason for the job to fail: the
summary of the run has the same text.
"""

from __future__ import annotations

import os
import sys
import time

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any
    from urllib.request import OpenerDirector

MARKER = "<!-- nbvc-report -->"
"""How `nbvc.render.markdown` begins a comment."""
_PAGES = 30
"""So many pages of a hundred comments are looked through."""
_TRIES = 3
_DEADLINE = 30
"""Seconds for one answer."""
_NOT_ALLOWED = (401, 403, 404)


class HostRefusedError(Exception):
    """GitHub's answer was no; `status` is 0 if there was no answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{message} ({status})" if status else message)
        self.status = status


class Api(msgspec.Struct, frozen=True):
    """One repository as GitHub's API shows it. The token is sent nowhere else."""

    root: str
    repository: str
    token: str
    pause: float = 2.0
    """Seconds before asking again, doubled every time."""

    def comments(self, number: int) -> Iterator[dict[str, Any]]:
        """Yield the comments of a pull request. Raises `HostRefusedError`."""
        for page in range(1, _PAGES + 1):
            query = f"per_page=100&page={page}"
            found = self._ask("GET", f"issues/{number}/comments?{query}")
            yield from (each for each in found if type(each) is dict)
            if len(found) < 100:
                return

    def post(self, number: int, body: str) -> None:
        """Post a comment. Raises `HostRefusedError`."""
        self._ask("POST", f"issues/{number}/comments", body)

    def update(self, comment: int, body: str) -> None:
        """Change a comment. Raises `HostRefusedError`."""
        self._ask("PATCH", f"issues/comments/{comment}", body)

    def _ask(self, method: str, place: str, body: str | None = None) -> Any:
        """Ask once more, a little later, where the fault seems to be GitHub's."""
        pause = self.pause
        for _ in range(_TRIES - 1):
            try:
                return self._ask_once(method, place, body)
            except HostRefusedError as error:
                # What was posted may have arrived all the same: twice is worse than not at all.
                if method == "POST" or 0 < error.status < 500:
                    raise
            time.sleep(pause)
            pause *= 2
        return self._ask_once(method, place, body)

    def _ask_once(self, method: str, place: str, body: str | None) -> Any:
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.request import Request

        content = None if body is None else msgspec.json.encode({"body": body})
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "User-Agent": "nbvc",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        address = f"{self.root}/repos/{self.repository}/{place}"
        request = Request(address, content, headers, method=method)  # noqa: S310 - checked in `api_of`
        try:
            with _make_opener().open(request, timeout=_DEADLINE) as answer:
                return msgspec.json.decode(answer.read() or b"null")
        except HTTPError as error:
            with error:
                raise HostRefusedError(error.code, _read_message(error.read())) from None
        except (OSError, HTTPException, msgspec.DecodeError) as error:
            raise HostRefusedError(0, f"no answer from {self.root}: {error}") from None


def _make_opener() -> OpenerDirector:
    """Return an opener that follows no redirect: the token would go along."""
    from urllib.request import HTTPRedirectHandler, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    return build_opener(Stay)


def _read_message(answer: bytes) -> str:
    try:
        found = msgspec.json.decode(answer)
        return str(found["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "GitHub refused"


def publish(api: Api, number: int, body: str, *, needed: bool = True) -> str:
    """Update the comment of a pull request, and report what was done.

    Somebody else's comment with the marker in it can't be changed, and then there is a new one.
    Where none is `needed` there is only one if there was one before. Raises `HostRefusedError`.
    """
    for comment in api.comments(number):
        if not str(comment.get("body") or "").startswith(MARKER):
            continue
        if comment["body"].strip() == body.strip():
            return "the comment is up to date"
        try:
            api.update(comment["id"], body)
        except HostRefusedError as error:
            if error.status not in _NOT_ALLOWED:
                raise
            continue
        return "the comment was updated"
    if not needed:
        return "no notebook changed, and there is no comment"
    api.post(number, body)
    return "a comment was posted"


def api_of(environ: Mapping[str, str]) -> Api | None:
    """Return the API that a workflow's environment names, None if something lacks."""
    from urllib.parse import urlsplit

    root = environ.get("GITHUB_API_URL") or "https://api.github.com"
    repository, token = environ.get("GITHUB_REPOSITORY", ""), environ.get("GITHUB_TOKEN", "")
    parts = urlsplit(root)
    safe = parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost")
    if not safe or repository.count("/") != 1 or not token:
        return None
    return Api(root.rstrip("/"), repository, token)


def number_of(environ: Mapping[str, str]) -> int | None:
    """Return the number of the pull request that a workflow runs for, None if there is none."""
    path = environ.get("GITHUB_EVENT_PATH", "")
    try:
        with open(path, "rb") as file:
            event = msgspec.json.decode(file.read())
    except (OSError, msgspec.DecodeError):
        return None
    found = event.get("pull_request") if type(event) is dict else None
    number = found.get("number") if type(found) is dict else None
    return number if type(number) is int else None


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Publish a comment, and put it into the summary of the run; 2 for wrong usage."""
    if len(arguments) != 1:
        print("usage: python -m nbvc.cli.commands.pull_request COMMENT.md", file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        body = file.read()
    _summarise(body, environ.get("GITHUB_STEP_SUMMARY"))
    api, number = api_of(environ), number_of(environ)
    if number is None or api is None:
        lacking = "pull request" if number is None else "token"
        print(f"nbvc: there is no {lacking}, so nothing is commented")
        return 0
    try:
        print(f"nbvc: {publish(api, number, body, needed=_is_needed(body))}")
    except HostRefusedError as error:
        advice = "give the job `permissions: pull-requests: write`"
        if error.status in _NOT_ALLOWED:
            advice += "; a pull request from a fork may not comment"
        print(f"::warning title=nbvc::{_one_line(f'no comment: {error}; {advice}')}")
    return 0


def _is_needed(body: str) -> bool:
    return "\nNo notebook changed.\n" not in body


def _summarise(body: str, path: str | None) -> None:
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{body}\n")


def _one_line(text: str) -> str:
    """Return text that can't be taken for another command by the runner."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
