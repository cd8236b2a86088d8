"""A Jupyter server in a repository with one notebook, and how tests talk to it."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

try:
    from pytest_jupyter.jupyter_server import *  # noqa: F403
except ImportError:  # without the extra `jupyter` there is nothing here to test
    collect_ignore_glob = ["test_*.py", "browser"]

from tests.integration.git.sandbox import committed, git
from tests.making import code, file, markdown

Answer = tuple[int, Any]
Ask = Callable[..., Awaitable[Answer]]

FIRST = file(
    markdown("# Title\n\nSome text."), code("x = 1"), code("y = 2"), code("z = 3"), minor=4
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Jupyter's own warnings are not ours to mend."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture  # type: ignore[no-redef]
def jp_server_config() -> dict[str, Any]:
    """Switch the extension on, as the wheel's configuration file does."""
    return {"ServerApp": {"jpserver_extensions": {"nbvc_jupyter": True}}}


@pytest.fixture
def repo(jp_root_dir: Path) -> Path:
    """The server's folder as a repository with one commit of `a.ipynb`."""
    jp_root_dir.joinpath("a.ipynb").write_bytes(FIRST)
    return committed(jp_root_dir, "other.ipynb")


@pytest.fixture
def remote(repo: Path, tmp_path: Path) -> Path:
    """A bare repository that the server's repository was pushed to, and follows."""
    bare = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    git(repo, "remote", "add", "origin", str(bare))
    git(repo, "push", "-q", "--set-upstream", "origin", "main")
    return bare


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Leave logging as it was: servers turn it up."""
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


@pytest.fixture
def ask(jp_fetch: Any) -> Ask:
    """Ask an endpoint; the status and the JSON of the answer, whatever the status."""

    async def ask(
        endpoint: str, body: Any = None, *, raw: bytes | None = None, **query: Any
    ) -> Any:
        options: dict[str, Any] = {"method": "GET"}
        if body is not None or raw is not None:
            content = raw if raw is not None else msgspec.json.encode(body)
            options = {"method": "POST", "body": content}
        parts = ["nbvc", *endpoint.split("/")]
        answer = await jp_fetch(
            *parts, params=query or {}, raise_error=False, request_timeout=60, **options
        )
        return answer.code, json.loads(answer.body or b"null")

    return ask
