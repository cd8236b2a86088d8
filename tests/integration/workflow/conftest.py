"""Two front ends over one repository: the same law must hold through the command line and the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from nbvc import read
from tests.integration.cli.conftest import cli
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.cli.conftest import Cli

__all__ = ["cli"]


class Front(Protocol):
    """What a person can ask of both front ends; an answer says whether it was done, and its text."""

    def commit(self, name: str, *, strip: bool = False, push: bool = False) -> tuple[bool, str]: ...

    def pull(self, name: str) -> tuple[bool, str]: ...

    def resolve(self, name: str) -> tuple[bool, str]:
        """Take the remote side of every conflict."""

    def repair(self, name: str) -> list[str]:
        """Return the sources of a notebook that git could not merge, as it opens."""


class CommandLine:
    """The command line, run in this process."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def commit(self, name: str, *, strip: bool = False, push: bool = False) -> tuple[bool, str]:
        options = [*(["--clean"] if strip else []), *(["--push"] if push else [])]
        return self._ask("commit", name, "-m", "m", *options)

    def pull(self, name: str) -> tuple[bool, str]:
        return self._ask("pull", name)

    def resolve(self, name: str) -> tuple[bool, str]:
        return self._ask("resolve", name, "--remote")

    def repair(self, name: str) -> list[str]:
        self._cli("fix", name, "-o", "../repaired.ipynb")
        repaired = Path("../repaired.ipynb")
        return [cell.source for cell in read(repaired if repaired.exists() else name).cells]

    def _ask(self, *args: str) -> tuple[bool, str]:
        called = self._cli(*args)
        return called.code == 0, called.out + called.err


class Server:
    """The tasks of the server's workers, done in this process."""

    def __init__(self, top: Path, data: Path) -> None:
        pytest.importorskip("nbvc_jupyter.site")
        from tests.integration.jupyter.tasks import site_of

        self._top = top
        self.site = site_of(top, data)

    def commit(self, name: str, *, strip: bool = False, push: bool = False) -> tuple[bool, str]:
        outputs = "strip" if strip else "keep"
        body = {"path": name, "message": "m", "outputs": outputs, "push": push}
        said = self._ask("commit", body)
        if "commit" not in said:
            return False, said["refused"]
        done = said["commit"]["outcome"] == "committed"
        return done, json.dumps(said)

    def pull(self, name: str) -> tuple[bool, str]:
        said = self._ask("pull", {"path": name})["pull"]
        ends = ("up to date", "fast-forwarded", "merged")
        done = said["outcome"] in ends and not said["undecided"] and not said["left_out"]
        return done, json.dumps(said)

    def resolve(self, name: str) -> tuple[bool, str]:
        opened = self._ask("resolve/open", {"path": name})
        cells = opened["notebook"]["cells"]
        for conflict in reversed(opened["conflicts"]):
            cells[conflict["index"] : conflict["index"] + 1] = conflict["remote"]
        body = {"path": name, "expected": opened["digest"], "notebook": opened["notebook"]}
        said = self._ask("resolve/save", body)
        return said.get("left") == 0, json.dumps(said)

    def repair(self, name: str) -> list[str]:
        notebook = self._ask("resolve/open", {"path": name})["notebook"]
        return ["".join(cell["source"]) for cell in notebook["cells"]]

    def _ask(self, task: str, body: dict[str, Any]) -> dict[str, Any]:
        from nbvc.errors import NbvcError
        from tests.integration.jupyter.tasks import asked

        try:
            return dict(json.loads(asked(self.site, task, body)))
        except NbvcError as error:
            return {"refused": str(error)}


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit of `a.ipynb` and `b.ipynb`, as the current folder."""
    folder = sandbox.committed(tmp_path / "repo", "a.ipynb", "b.ipynb")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def shared(tmp_path: Path, top: Path) -> Path:
    """The same with a remote that its branch follows."""
    git(tmp_path, "clone", "-q", "--bare", "repo", "origin.git")
    git(top, "remote", "add", "origin", "../origin.git")
    git(top, "fetch", "-q")
    git(top, "branch", "-q", "--set-upstream-to=origin/main")
    return top


@pytest.fixture(params=["command line", "server"])
def front(request: pytest.FixtureRequest, top: Path, tmp_path: Path, cli: Cli) -> Iterator[Front]:
    """Each of the two front ends."""
    if request.param == "command line":
        yield CommandLine(cli)
        return
    server = Server(top, tmp_path / "data")
    yield server
    server.site.close()
