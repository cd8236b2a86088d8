"""`nbvc log`: what it prints, in every state that a notebook can be in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git.sandbox import commit_all, git, new, write
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

LONG = "\n".join(f"value_{number} = compute({number})" for number in range(12))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with three versions of a notebook, renamed once; the current folder."""
    place = new(tmp_path / "work")
    monkeypatch.chdir(place)
    write(place / "a.ipynb", file(code(LONG), markdown("# Words")))
    commit_all(place, "one")
    git(place, "mv", "a.ipynb", "b.ipynb")
    commit_all(place, "two: renamed")
    write(place / "b.ipynb", file(code(LONG + "\nlast = 1", [stream("7\n")]), markdown("# Words")))
    commit_all(place, "three\n\nwith a body")
    return place


def test_a_deleted_cell_has_a_life_with_an_end(folder: Path, cli: Cli) -> None:
    three = [code(f"{name} = 1", id=f"cell-{name}") for name in "abc"]
    for message, cells in (("one", three), ("two", three[:1] + three[2:]), ("three", three[:1])):
        write(folder / "c.ipynb", file(*cells, minor=5))
        commit_all(folder, message)
    life = json.loads(cli("log", "c.ipynb", "--cell", "cell-b", "--format", "json").out)
    told = [(one["message"].strip(), [cell["change"] for cell in one["cells"]]) for one in life]
    assert told == [("two", ["removed"]), ("one", ["added"])]


@pytest.mark.usefixtures("folder")
def test_versions_and_what_they_changed(cli: Cli) -> None:
    called = cli("log", "b.ipynb")
    lines = called.out.splitlines()
    assert (called.code, called.err) == (0, "")
    assert [line.split("  ")[-1].strip() for line in lines] == [
        "three",
        "1 edited (1)",
        "two: renamed",
        "renamed from a.ipynb",
        "one",
        "first version, 2 cells",
    ]


@pytest.mark.usefixtures("folder")
def test_json(cli: Cli) -> None:
    found = json.loads(cli("log", "b.ipynb", "--format", "json").out)
    assert [one["path"] for one in found] == ["b.ipynb", "b.ipynb", "a.ipynb"]
    assert found[0]["message"] == "three\n\nwith a body"
    assert found[0]["parents"] == [found[1]["id"]]
    assert found[0]["changes"]["cells"] == [
        {
            "change": "edited",
            "before": [0],
            "after": [0],
            "moved": False,
            "outputs": True,
            "text": "value_0 = compute(0)",
        }
    ]
    assert found[1]["changes"]["renamed_from"] == "a.ipynb"
    assert found[2]["changes"]["first"]
    assert len(json.loads(cli("log", "b.ipynb", "-n", 1, "--format", "json").out)) == 1


@pytest.mark.usefixtures("folder")
def test_the_life_of_a_cell(cli: Cli) -> None:
    assert "edited as cell 1" in cli("log", "b.ipynb", "--cell", "1").out
    life = json.loads(cli("log", "b.ipynb", "--cell", "2", "--format", "json").out)
    assert [[cell["change"] for cell in one["cells"]] for one in life] == [["added"]]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("log", "c.ipynb"), 2, "c.ipynb: no such file"),
        (("log", "."), 2, "is a folder"),
        (
            ("log", "b.ipynb", "--cell", "7"),
            2,
            "no cell has the number or ID '7' (cells are numbered from 1 to 2)",
        ),
        (("log", "b.ipynb", "-n", "0"), 2, "x>=1"),
        (("blame", "c.ipynb"), 2, "c.ipynb: no such file"),
        (("search", "x", "c.ipynb"), 2, "c.ipynb: no such file"),
        (("search", "", "b.ipynb"), 2, "TEXT is empty"),
        (("search", "-e", "(", "b.ipynb"), 2, "not a valid regular expression"),
        (("timeline", "c.ipynb"), 2, "c.ipynb: no such file"),
    ],
)
def test_what_cannot_be_done_is_said(args: tuple[str, ...], code: int, said: str, cli: Cli) -> None:
    called = cli(*args)
    assert called.code == code
    assert said in called.err
    assert not called.out


@pytest.mark.parametrize("command", ["log", "search", "timeline"])
def test_an_untracked_notebook_has_no_versions_yet(command: str, folder: Path, cli: Cli) -> None:
    write(folder / "new.ipynb", file(code("x = 1")))
    called = cli(command, *(["x"] if command == "search" else []), "new.ipynb")
    assert called.code == (0 if command == "log" else 1)
    assert "No versions of new.ipynb yet: run nbvc commit new.ipynb, or" in called.out + called.err
    assert not list(folder.glob("*.html"))


def test_before_the_first_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    monkeypatch.chdir(new(tmp_path / "work"))
    write(tmp_path / "work" / "a.ipynb", file(code("x = 1")))
    assert "No versions" in cli("log", "a.ipynb").out
    assert "not committed yet" in cli("blame", "a.ipynb").out


def test_a_deleted_notebook_still_has_its_versions(folder: Path, cli: Cli) -> None:
    git(folder, "rm", "-q", "b.ipynb")
    commit_all(folder, "gone")
    out = cli("log", "b.ipynb").out
    assert "deleted" in out
    assert "first version" in out


def test_outside_of_a_repository_there_are_checkpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.ipynb", file(code("x = 1")))
    assert "run nbvc checkpoint create" in cli("log", "a.ipynb").out
    called = cli("blame", "a.ipynb")
    assert (called.code, called.out) == (3, "")
    assert "is not in a git repository" in called.err
    assert cli("checkpoint", "create", "a.ipynb", "-m", "first").code == 0
    assert "(checkpoint) first" in cli("log", "a.ipynb").out
    assert cli("search", "x = 1", "a.ipynb").code == 0


def test_fault_63_nothing_in_a_history_steers_the_terminal(folder: Path, cli: Cli) -> None:
    write(folder / "b.ipynb", file(code("evil = '\x1b]0;t\x07\u202e'")))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "m \x1b[31m\u202e", "--author", "A\x1b[2J <a@b>")
    for args in (
        ("log", "b.ipynb"),
        ("blame", "b.ipynb", "--lines"),
        ("search", "evil", "b.ipynb"),
    ):
        out = cli(*args).out
        assert "\x1b" not in out
        assert "\u202e" not in out


@pytest.mark.usefixtures("folder")
def test_colours_are_there_only_when_asked_for(cli: Cli) -> None:
    assert "\x1b[" not in cli("log", "b.ipynb").out
    assert "\x1b[33m" in cli("log", "b.ipynb", "--color", "always").out


def test_reruns_can_be_skipped(folder: Path, cli: Cli) -> None:
    """A version that changed only outputs and counts is a rerun."""
    source = LONG + "\nlast = 1"
    for count, printed in ((1, "7\n"), (2, "8\n"), (3, "9\n")):
        cells = code(source, [stream(printed)], execution_count=count), markdown("# Words")
        write(folder / "b.ipynb", file(*cells))
        commit_all(folder, f"rerun {count}")
    write(folder / "b.ipynb", file(code(source + "\nmore = 2"), markdown("# Words")))
    commit_all(folder, "four")
    listed = json.loads(cli("log", "b.ipynb", "--no-reruns", "--format", "json").out)
    assert [one["message"].split("\n")[0] for one in listed] == [
        "four",
        "three",
        "two: renamed",
        "one",
    ]
    assert "rerun" not in cli("log", "b.ipynb", "--no-reruns").out
    assert cli("log", "b.ipynb", "--no-reruns", "-n", "2").out.count("three") == 1
    assert cli("timeline", "b.ipynb", "--no-reruns", "-o", "page.html").code == 0
    assert "4 versions" in (folder / "page.html").read_text()
