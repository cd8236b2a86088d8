"""`nbvc blame`: cells and lines, with what is not committed yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.cli.test_log import LONG, folder
from tests.integration.git.sandbox import commit_all, git, write
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    import pytest

    from tests.integration.conftest import Cli

__all__ = ["folder"]


def test_cells(folder: Path, cli: Cli) -> None:
    head, _, first = git(folder, "log", "--format=%h", "--abbrev=10").split()
    lines = cli("blame", "b.ipynb").out.splitlines()
    assert [line.split()[0] for line in lines] == [head, first]
    assert lines[0].endswith("1 code  value_0 = compute(0)")
    shown = cli("blame", "b.ipynb", "--outputs").out.splitlines()
    assert shown[1].split()[0] == head
    assert shown[1].endswith("1 outputs")


def test_lines_and_what_is_not_committed_yet(folder: Path, cli: Cli) -> None:
    now = code(f"{LONG}\nlast = 1\nnewer = 2", [stream("7\n")])
    write(folder / "b.ipynb", file(now, markdown("# Words")))
    lines = cli("blame", "b.ipynb", "--lines").out.splitlines()
    head, _, first = git(folder, "log", "--format=%h", "--abbrev=10").split()
    assert "cell 1, code" in lines[0]
    assert lines[0].startswith("not committed yet")
    assert [line.split()[0] for line in lines if line[:1] not in (" ", "n")][:2] == [first, head]
    assert lines[14].startswith("not committed yet")
    assert lines[14].endswith("│ newer = 2")
    assert lines[15].startswith(head)
    assert lines[15].endswith("outputs")


def test_lines_fit_into_a_narrow_terminal(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "b.ipynb", file(code("value = compute(100)"), markdown("# Words " * 9)))
    git(folder, "commit", "-qam", "a message that is longer than the line")
    for module in ("blame", "log"):
        monkeypatch.setattr(f"nbvc.cli.commands.{module}.get_width", lambda: 60)
        lines = cli(module, "b.ipynb").out.splitlines()
        assert max(len(line) for line in lines) == 60, lines


def test_json(folder: Path, cli: Cli) -> None:
    write(folder / "b.ipynb", file(code("fresh = 0"), markdown("# Words")))
    found = json.loads(cli("blame", "b.ipynb", "--lines", "--format", "json").out)
    fresh, words = found["cells"]
    assert (fresh["source"], fresh["committed"]["source"], fresh["outputs"]) == (None, False, None)
    assert found["versions"][words["source"]]["message"] == "one"
    assert found["versions"][words["source"]]["path"] == "a.ipynb"
    assert words["lines"] == [{"version": words["source"], "text": "# Words"}]


def test_a_file_that_is_no_notebook_is_an_error_without_a_traceback(folder: Path, cli: Cli) -> None:
    write(folder / "b.ipynb", b"<<<<<<< HEAD\n")
    called = cli("blame", "b.ipynb")
    assert called.code == 2
    assert "b.ipynb" in called.err


def test_a_cell_that_was_removed(folder: Path, cli: Cli) -> None:
    cells = [code(f"x{n} = {n}", id=f"cell-{n}") for n in range(3)]
    write(folder / "b.ipynb", file(*cells, minor=5))
    commit_all(folder, "with ids")
    write(folder / "b.ipynb", file(cells[0], cells[2], minor=5))
    made = git(folder, "log", "-1", "--format=%h", "--abbrev=10")
    lines = cli("blame", "b.ipynb", "--cell", "cell-1").out.splitlines()
    assert [line.split()[0] for line in lines] == [made, "not"]
    assert lines[0].endswith("2 code  x1 = 1")
    assert lines[1].endswith("removed it")
    commit_all(folder, "without it")
    ended = git(folder, "log", "-1", "--format=%h", "--abbrev=10")
    lines = cli("blame", "b.ipynb", "--cell", "cell-1", "--lines").out.splitlines()
    assert [line.split()[0] for line in lines] == [made, made, ended]
    found = json.loads(cli("blame", "b.ipynb", "--cell", "cell-1", "--format", "json").out)
    assert [one["id"] for one in found["cells"]] == ["cell-1"]
    assert found["removed"].startswith(ended)
    assert [
        line.split()[-1] for line in cli("blame", "b.ipynb", "--cell", "2").out.splitlines()
    ] == ["2"]
    assert cli("blame", "b.ipynb", "--cell", "cell-9").code == 2
    assert cli("blame", "b.ipynb", "--cell", "9").code == 2
    hits = json.loads(cli("search", "x", "b.ipynb", "--cell", "cell-1", "--format", "json").out)
    assert [one["short"] for one in hits["versions"]] == [made]
    assert cli("search", "x2", "b.ipynb", "--cell", "cell-1").code == 1
    assert cli("restore", "b.ipynb", "--cell", "cell-1", "--source", "HEAD~").code == 0
    assert [line.split()[-1] for line in cli("blame", "b.ipynb").out.splitlines()] == list("012")


def test_commits_that_git_ignores_are_passed_over(folder: Path, cli: Cli) -> None:
    """What a formatter changed is still of those who wrote it; what it added is its own."""
    before = cli("blame", "b.ipynb", "--lines", "--format", "json").out
    formatted = f"{LONG}\nlast  =  1"
    cells = code(formatted, [stream("8\n")]), markdown("# Words"), code("added = 1")
    write(folder / "b.ipynb", file(*cells))
    commit_all(folder, "formatted")
    commit = git(folder, "rev-parse", "HEAD")
    told = json.loads(cli("blame", "b.ipynb", "--lines", "--format", "json").out)
    assert told["cells"][0]["source"] == commit
    write(folder / ".ignored", f"# formatting\n{commit}  # black\n\nnonsense\n".encode())
    git(folder, "config", "blame.ignoreRevsFile", ".ignored")
    told = json.loads(cli("blame", "b.ipynb", "--lines", "--format", "json").out)
    was = json.loads(before)
    for now, old in zip(told["cells"], was["cells"], strict=False):
        assert (now["source"], now["outputs"]) == (old["source"], old["outputs"])
        assert [line["version"] for line in now["lines"]] == [
            one["version"] for one in old["lines"]
        ]
    assert told["cells"][2]["source"] == commit
    git(folder, "config", "blame.ignoreRevsFile", "/dev/zero")
    assert cli("blame", "b.ipynb").code == 0
