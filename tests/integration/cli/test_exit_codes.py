"""Every command ends with the codes that docs/EXIT_CODES.md lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from nbvc.cli.group import COMMANDS
from tests.conftest import ROOT
from tests.integration.git import sandbox
from tests.making import code, file, stream

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Cli

TABLE = dict(
    re.findall(
        r"(?m)^\| `nbvc ([a-z -]+?)` \| (.+) \|$",
        (ROOT / "docs" / "EXIT_CODES.md").read_text(encoding="utf-8"),
    )
)
"""What code 1 means, by command."""

ENDS = {
    0: (
        *("diff", "diff --exit-code -- b.ipynb", "show a.ipynb", "status", "log a.ipynb"),
        *(
            "log new.ipynb",
            "blame new.ipynb",
            "checkpoint list new.ipynb",
            "outputs list new.ipynb",
        ),
        *("clean b.ipynb", "refresh b.ipynb", "outputs restore new.ipynb"),
        *("blame a.ipynb", "search x a.ipynb", "timeline a.ipynb", "report HEAD -o out"),
        *("checkpoint create a.ipynb", "checkpoint list", "add --cells 1 a.ipynb"),
        *(
            "restore --cells 1 a.ipynb",
            "commit a.ipynb -m two",
            "merge a.ipynb a.ipynb a.ipynb -o c",
        ),
        *(
            "resolve a.ipynb",
            "resolve a.ipynb --list",
            "fix a.ipynb",
            "clean a.ipynb",
            "check b.ipynb",
        ),
        *("outputs list", "outputs gc", "outputs restore b.ipynb", "refresh", "install"),
        *("uninstall", "config a.ipynb"),
    ),
    1: (
        *("diff --exit-code", "diff --fail-on sources", "report HEAD -o out --fail-on any"),
        *("search nowhere a.ipynb", "timeline new.ipynb", "add --cells 1 b.ipynb"),
        *("restore --cells 1 b.ipynb", "restore --source HEAD --cells 1 b.ipynb"),
        *("reset --cells 1 a.ipynb", "commit b.ipynb -m two", "commit b.ipynb -m two --cells 1"),
        *("merge b.ipynb a.ipynb other.ipynb -o c", "resolve conflict.ipynb --list"),
        *("fix marked.ipynb", "check a.ipynb", "doctor"),
    ),
    2: (
        *("diff nope", "show nope", "status nope", "report nope -o out", "log nope", "blame nope"),
        *(
            "search x nope",
            "timeline nope",
            "checkpoint create nope",
            "add",
            "reset",
            "restore nope",
        ),
        *("commit nope -m x", "merge a b c", "resolve nope", "fix nope", "patch a.ipynb nope"),
        *(
            "add --cells 9 a.ipynb",
            "restore --cells 9 b.ipynb",
            "restore --source nope --cells 1 a.ipynb",
        ),
        *("clean nope", "check nope", "outputs show zzzz", "refresh --nope", "install --hooks"),
        *("uninstall --nope", "doctor --nope", "config --nope", "pull --nope"),
    ),
    3: (
        *("pull", "checkpoint show b.ipynb", "checkpoint fetch", "show nope:a.ipynb"),
        *("commit a.ipynb -m x --push", "commit conflict.ipynb -m x"),
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a changed notebook, a clean one, a new one and two with conflicts."""
    folder = sandbox.new(tmp_path / "r", "-b", "main")
    base, mine = file(code("x = 1")), file(code("x = 2", [stream("2\n")], execution_count=1))
    theirs = file(code("x = 3"))
    for name in ("a.ipynb", "b.ipynb"):
        (folder / name).write_bytes(base)
    sandbox.commit_all(folder, "one")
    marked = base.replace(b'"x = 1"', b'[\n<<<<<<< a\n"x = 2"\n=======\n"x = 3"\n>>>>>>> b\n]')
    contents = {"a": mine, "new": base, "other": theirs, "marked": marked}
    for name, content in contents.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("wanted", "line"), [(wanted, line) for wanted, lines in ENDS.items() for line in lines]
)
def test_a_command_ends_with_its_code(folder: Path, cli: Cli, wanted: int, line: str) -> None:
    if "conflict.ipynb" in line:
        cli("merge", "b.ipynb", "a.ipynb", "other.ipynb", "-o", "conflict.ipynb")
    called = cli(*line.split())
    assert called.code == wanted, called
    assert folder.is_dir()


def test_every_command_has_a_row() -> None:
    assert {name.partition(" ")[0] for name in TABLE} == set(COMMANDS)


def test_code_1_is_tested_for_every_command_that_uses_it() -> None:
    tested = {line.partition(" ")[0] for line in ENDS[1]}
    uses = {name for name, meaning in TABLE.items() if not meaning.startswith("not used")}
    elsewhere = {"pull", "checkpoint diff"}  # test_pull, test_checkpoint
    assert tested == uses - elsewhere


@pytest.mark.parametrize("wanted", [0, 2])
def test_success_and_wrong_usage_are_tested_for_every_command(wanted: int) -> None:
    tested = {line.partition(" ")[0] for line in ENDS[wanted]}
    # These need an upstream, a staged change, a diff, or a machine without problems.
    elsewhere = {"pull", "reset", "patch", "doctor"} if wanted == 0 else set()
    assert tested >= set(COMMANDS) - elsewhere
