"""`nbvc search`: when a text came and went."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.cli.test_log import folder
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, write
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

__all__ = ["folder"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "ends", "versions"),
    [
        (("last = 1",), 0, 1),
        (("compute(3)",), 0, 3),
        (("COMPUTE(3)",), 1, 0),
        (("COMPUTE(3)", "-i"), 0, 3),
        ((r"value_\d+ =", "--regex"), 0, 3),
        (("7", "--outputs"), 0, 1),
        (("7", "--sources"), 0, 3),
        (("nowhere",), 1, 0),
    ],
)
def test_where_a_text_is_found(args: tuple[str, ...], ends: int, versions: int, cli: Cli) -> None:
    called = cli("search", *args, "b.ipynb", "--format", "json")
    assert called.code == ends
    found = json.loads(called.out)
    assert len(found["versions"]) == versions
    assert found["versions_searched"] == 3
    assert cli("search", *args, "b.ipynb").code == ends


def test_a_picture_within_html_is_no_text(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sandbox.new(tmp_path / "a repo"))
    letters = "rmse" * 40
    table = f'<img src="data:image/png;base64,{letters}\\\n{letters}"> accuracy'
    shown = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": table, "image/png": letters},
    }
    book = file(markdown(f"![](data:image/png;base64,{letters}) a plot"), code("plot()", [shown]))
    Path("a.ipynb").write_bytes(book)
    sandbox.commit_all(Path(), "one")
    assert cli("search", "rmse", "a.ipynb").code == 1
    assert "cell 2, output" in cli("search", "accuracy", "a.ipynb").out
    assert "cell 1, source" in cli("search", "a plot", "a.ipynb").out


def test_first_and_last(folder: Path, cli: Cli) -> None:
    head, _, first = git(folder, "log", "--format=%H").split()
    found = json.loads(cli("search", "# Words", "b.ipynb", "--format", "json").out)
    assert (found["first"], found["last"]) == (first, head)
    assert found["versions"][0]["hits"] == [{"cell": 1, "in": "source", "text": "# Words"}]
    out = cli("search", "# Words", "b.ipynb").out
    assert "# Words is in 3 of 3 versions" in out
    assert "(the latest version)" in out


@pytest.mark.parametrize("name", ["b.ipynb", os.fsdecode(b"caf\xe9.ipynb")], ids=ascii)
@pytest.mark.parametrize("command", ["search", "timeline", "log", "blame"])
def test_fault_12_and_60_names_and_json_outputs_that_are_no_utf8(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    monkeypatch.chdir(sandbox.new(tmp_path / "a repo"))
    half = {"application/vnd.x+json": {"a": "b HALF"}}
    content = file(code("plot()", [{"output_type": "display_data", "data": half, "metadata": {}}]))
    content = content.replace(b"HALF", rb"\ud800")
    for version in (content, content.replace(b"plot", b"draw")):
        Path(name).write_bytes(version)
        git(Path.cwd(), "add", "--", name)
        git(Path.cwd(), "commit", "-m", "one more")
    args = {"search": ("b",), "timeline": ("-o", "page.html")}.get(command, ())
    called = cli(command, *args, "--", name)
    assert called.code == 0
    assert "Traceback" not in called.err
    if command == "search":
        assert "in 2 of 2 versions" in called.out


def test_a_version_that_cannot_be_read_is_named(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = sandbox.new(tmp_path / "repo")
    monkeypatch.chdir(top)
    path = write(top / "n.ipynb", file(code("pandas")))
    sandbox.commit_all(top, "good")
    content = path.read_bytes()
    write(path, content[:-20])
    broken = sandbox.commit_all(top, "cut off")
    write(path, content)
    sandbox.commit_all(top, "good again")
    lines = cli("search", "pandas", "n.ipynb").out.splitlines()
    place = next(index for index, line in enumerate(lines) if "1 version cannot be read: " in line)
    assert lines[place + 1].startswith(f"  {broken[:7]}")
    assert (
        broken
        in json.loads(cli("search", "pandas", "n.ipynb", "--format", "json").out)["unreadable"]
    )


def test_what_was_stripped_is_found_in_the_output_store(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sandbox.new(tmp_path / "a repo"))
    assert cli("install", "--filter").code == 0
    for number, name in enumerate(("old.ipynb", "old.ipynb", "new.ipynb"), 1):
        if name == "new.ipynb":
            git(Path(), "mv", "old.ipynb", name)
        rows = [stream(f"accuracy 0.{number}\n")]
        write(Path(name), file(code("fit()", rows), code(f"rate = {number}"), code("print(1)")))
        sandbox.commit_all(Path(), str(number))
    for number in (1, 2, 3):
        called = cli("search", f"accuracy 0.{number}", "new.ipynb", "--format", "json")
        assert called.code == 0
        found = json.loads(called.out)
        assert found["versions"] == []
        [state] = found["stored"]
        assert state["hits"] == [{"cell": 0, "in": "output", "text": f"accuracy 0.{number}"}]
        shown = cli("search", f"accuracy 0.{number}", "new.ipynb").out
        assert f"cell 1, output: accuracy 0.{number}" in shown
        assert f"nbvc outputs show {state['id']}" in shown
    assert cli("search", "accuracy 0.1", "new.ipynb", "--sources").code == 1
    assert cli("search", "accuracy 0.9", "new.ipynb").code == 1
