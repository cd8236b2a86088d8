"""Two front ends over one repository: the same law must hold through the command line and the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from nbvc import read
from nbvc.notebook.content import content_digest
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.conftest import Cli


class Front(Protocol):
    """What a person can ask of both front ends; an answer says whether it was done, and its text."""

    def commit(
        self, name: str, *, strip: bool = False, push: bool = False, branch: str | None = None
    ) -> tuple[bool, str]: ...

    def pull(self, name: str) -> tuple[bool, str]: ...

    def abort(self, name: str) -> tuple[bool, str]: ...

    def compare(self, name: str) -> list[str]:
        """Return the kind of each change of a cell since the last commit; a refusal is one line."""

    def resolve(self, name: str) -> tuple[bool, str]:
        """Take the remote side of every conflict."""

    def repair(self, name: str) -> list[str]:
        """Return the sources of a notebook that git could not merge, as it opens."""

    def save(self, name: str) -> str:
        """Make a checkpoint and return its ID."""

    def messages(self, name: str) -> list[str]:
        """Return the messages of all checkpoints, oldest first."""

    def restore(self, name: str, which: str, expected: bytes | None) -> tuple[bool, str]:
        """Restore a checkpoint if the file has the expected content, None for no file."""

    def versions(self, name: str) -> list[str]:
        """Return the kind and message of all versions, newest first."""

    def blame(self, name: str, cell: int) -> str:
        """Return the message of the commit that last changed a cell."""


class CommandLine:
    """The command line, run in this process."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def commit(
        self, name: str, *, strip: bool = False, push: bool = False, branch: str | None = None
    ) -> tuple[bool, str]:
        options = [*(["--clean"] if strip else []), *(["--push"] if push else [])]
        options += ["--branch", branch] if branch else []
        return self._ask("commit", name, "-m", "m", *options)

    def pull(self, name: str) -> tuple[bool, str]:
        return self._ask("pull", name)

    def abort(self, name: str) -> tuple[bool, str]:
        assert Path(name).exists()
        return self._ask("pull", "--abort")

    def compare(self, name: str) -> list[str]:
        called = self._cli("diff", "HEAD", "--format", "json", "--", name)
        if called.code:
            return [called.err]
        found = json.loads(called.out) if called.out else {"cells": []}
        return _changes(found)

    def resolve(self, name: str) -> tuple[bool, str]:
        return self._ask("resolve", name, "--remote")

    def repair(self, name: str) -> list[str]:
        self._cli("fix", name, "-o", "../repaired.ipynb")
        repaired = Path("../repaired.ipynb")
        return [cell.source for cell in read(repaired if repaired.exists() else name).cells]

    def save(self, name: str) -> str:
        self._ask("checkpoint", "create", name, "-m", "saved")
        return str(self._load("checkpoint", "list", name)[-1]["id"])

    def messages(self, name: str) -> list[str]:
        return [one["message"] for one in self._load("checkpoint", "list", name)]

    def restore(self, name: str, which: str, expected: bytes | None) -> tuple[bool, str]:
        return self._ask("checkpoint", "restore", name, which, "--expect", content_digest(expected))

    def versions(self, name: str) -> list[str]:
        return [f"{one['kind']}: {one['message']}" for one in self._load("log", name)]

    def blame(self, name: str, cell: int) -> str:
        found = self._load("blame", name)
        return str(found["versions"][found["cells"][cell]["source"]]["message"])

    def _load(self, *args: str) -> Any:
        return json.loads(self._cli(*args, "--format", "json").out)

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

    def commit(
        self, name: str, *, strip: bool = False, push: bool = False, branch: str | None = None
    ) -> tuple[bool, str]:
        outputs = "strip" if strip else "keep"
        body = {"path": name, "message": "m", "outputs": outputs, "push": push, "branch": branch}
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

    def abort(self, name: str) -> tuple[bool, str]:
        said = self._ask("abort", {"path": name})
        return "kept" in said, json.dumps(said)

    def compare(self, name: str) -> list[str]:
        sides = {"before": {"kind": "head"}, "after": {"kind": "disk"}}
        said = self._ask("diff", {"path": name, **sides})
        if "diff" not in said:
            return [said["refused"]]
        return _changes(said["diff"])

    def resolve(self, name: str) -> tuple[bool, str]:
        opened = self._ask("resolve/open", {"path": name})
        cells = opened["notebook"]["cells"]
        for conflict in reversed(opened["conflicts"]):
            cells[conflict["index"] : conflict["index"] + 1] = conflict["remote"]
        body = {"path": name, "expected": opened["digest"], "notebook": opened["notebook"]}
        if opened["deleted"] and opened["deleted"]["by"] == "remote":
            body["notebook"] = None
        said = self._ask("resolve/save", body)
        return said.get("left") == 0, json.dumps(said)

    def repair(self, name: str) -> list[str]:
        notebook = self._ask("resolve/open", {"path": name})["notebook"]
        return ["".join(cell["source"]) for cell in notebook["cells"]]

    def save(self, name: str) -> str:
        made = self._ask("checkpoints/make", {"path": name, "message": "saved"})
        return str(made["checkpoint"]["id"])

    def messages(self, name: str) -> list[str]:
        return [one["message"] for one in self._get("checkpoints", path=name)["checkpoints"]]

    def restore(self, name: str, which: str, expected: bytes | None) -> tuple[bool, str]:
        body = {"path": name, "kind": "checkpoint", "id": which}
        said = self._ask("restore", {**body, "expected": content_digest(expected)})
        return "refused" not in said, json.dumps(said)

    def versions(self, name: str) -> list[str]:
        found = self._get("versions", path=name)["versions"]
        return [f"{one['kind']}: {one['message']}" for one in found]

    def blame(self, name: str, cell: int) -> str:
        return str(self._get("blame", path=name, cell=str(cell))["source"]["message"])

    def _get(self, task: str, **query: str) -> dict[str, Any]:
        from tests.integration.jupyter.tasks import asked

        return dict(json.loads(asked(self.site, task, **query)))

    def _ask(self, task: str, body: dict[str, Any]) -> dict[str, Any]:
        from nbvc.errors import NbvcError
        from tests.integration.jupyter.tasks import asked

        try:
            return dict(json.loads(asked(self.site, task, body)))
        except NbvcError as error:
            return {"refused": str(error)}


def _changes(diff: dict[str, Any]) -> list[str]:
    return [cell["change"] for cell in diff["cells"] if cell["change"] != "unchanged"]


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
