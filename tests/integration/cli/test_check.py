"""`nbvc check`: where it looks, and what it finds there."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbvc.cli import run
from tests.integration.git.sandbox import git, new, try_git, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

RAN = file(code("print(1)", [stream("printed text")], execution_count=1))
CLEAN = file(code("print(1)"))


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository to work in."""
    monkeypatch.chdir(new(tmp_path / "repo"))
    return tmp_path / "repo"


def commit(top: Path, **contents: bytes) -> None:
    for name, content in contents.items():
        write(top / f"{name}.ipynb", content)
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "work")


def found(cli: Cli, *words: str) -> dict[str, list[str]]:
    """What check finds in each notebook."""
    done = cli("check", "--format", "json", "--preset", "noise", "--keep-count", *words)
    told = json.loads(done.out)
    assert done.code == int(any(one["findings"] for one in told)), done.err
    return {one["path"]: [each["what"] for each in one["findings"]] for one in told}


def test_the_index_and_a_commit_are_checked_by_their_own_settings(top: Path, cli: Cli) -> None:
    write(top / ".nbvc.toml", b'exclude = ["published/"]\n')
    write(top / "published/c.ipynb", RAN)
    commit(top, a=CLEAN, b=RAN)
    write(top / ".nbvc.toml", b'[clean]\npreset = "noise"\ncounts = "keep"\n')
    assert cli("check", ".").code == 0
    for words in (["--cached"], ["HEAD"], ["HEAD", "--", "b.ipynb"], ["--cached", "b.ipynb"]):
        done = cli("check", *words)
        assert (done.code, done.out) == (1, "b.ipynb: 1 output, 1 execution count\n")
    assert cli("check", "HEAD", "published").err.endswith("1 notebook: 0 clean, 1 excluded.\n")
    git(top, "add", ".nbvc.toml")
    assert cli("check", "--cached").code == 0
    assert cli("check", "HEAD").code == 1


def test_names_are_shown_from_the_folder_that_we_are_in(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(top / "deep/a.ipynb", RAN)
    commit(top, b=RAN)
    monkeypatch.chdir(top / "deep")
    lines = cli("check", "HEAD").out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["../b.ipynb", "a.ipynb"]
    assert cli("check", "HEAD", ".").out.startswith("a.ipynb:")


@pytest.mark.parametrize(
    "words", [["tpic"], ["--cached", "x.ipynb"], ["HEAD", "x.ipynb"], ["HEAD", "--", "x.ipynb"]]
)
def test_what_does_not_exist_is_an_error(top: Path, cli: Cli, words: list[str]) -> None:
    commit(top, a=CLEAN)
    done = cli("check", *words)
    assert done.code == 2
    assert words[-1] in done.err


def test_files_are_checked_as_the_filter_stores_them(top: Path, cli: Cli) -> None:
    assert cli("install", "--filter").code == 0
    write(top / "a.ipynb", RAN)
    assert cli("check", "a.ipynb").code == 0
    git(top, "add", "a.ipynb")
    assert cli("check", "a.ipynb").code == 0
    assert cli("check", "--cached").code == 0
    assert cli("check", "--raw", "a.ipynb").code == 1


def test_stdin_is_checked_as_a_file_of_its_name(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(top / "papers/.nbvc.toml", b'exclude = ["old/"]\n[clean]\noutputs = "keep"\n')

    def check(*words: str) -> Any:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RAN)))
        return cli("check", "-", *words)

    assert check().out == "stdin.ipynb: 1 output, 1 execution count\n"
    name = "papers/a.ipynb"
    assert check("--stdin-filename", name).out == f"{name}: 1 execution count\n"
    done = check("--stdin-filename", "papers/old/a.ipynb")
    assert (done.code, done.err) == (0, "1 notebook: 0 clean, 1 excluded.\n")


def test_clean_takes_stdin_for_a_file_of_its_name(
    top: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(top / ".nbvc.toml", b'exclude = ["old/"]\n')

    def clean(*words: str) -> bytes:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RAN)))
        assert run(["clean", "-", *words]) == 0
        return capfdbinary.readouterr().out

    assert b"printed text" not in clean()
    assert clean("--stdin-filename", "old/a.ipynb") == RAN


def test_execution_counts_in_order(top: Path, cli: Cli) -> None:
    cells = [code(f"x{count}", execution_count=count) for count in (1, 5, None, 2, 3, 3)]
    write(top / "a.ipynb", file(*cells))
    assert found(cli, "a.ipynb") == {"a.ipynb": []}
    assert found(cli, "a.ipynb", "--order") == {
        "a.ipynb": [
            "ran as In [2], below a cell that ran as In [5]",
            "ran as In [3], below a cell that ran as In [3]",
        ]
    }


def result(count: int) -> dict[str, Any]:
    data = {"text/plain": "1"}
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": count}


def test_outputs_that_are_older_than_their_code(top: Path, cli: Cli) -> None:
    cells = [
        code("a", [result(1)], execution_count=1),
        code("b", [result(2)], execution_count=4),
        code("c", [result(3)]),
        code("d", [stream("x")]),
    ]
    write(top / "a.ipynb", file(*cells))
    assert found(cli, "a.ipynb", "--stale") == {
        "a.ipynb": [
            "output of In [2] in a cell In [4]",
            "output of In [3] in a cell without an execution count",
            "outputs in a cell without an execution count",
        ]
    }
    write(top / "a.ipynb", file(code("d", [stream("x")])))
    assert found(cli, "a.ipynb", "--stale") == {"a.ipynb": []}


@pytest.mark.parametrize(
    ("source", "count", "is_stale"),
    [
        ("total = 3", 1, True),
        ("total=2", 1, False),
        ("total = 3", 2, False),
        ("total = 2", 1, False),
    ],
)
def test_code_that_changed_since_the_last_commit(
    top: Path, cli: Cli, source: str, count: int, *, is_stale: bool
) -> None:
    printed = [stream("2")]
    commit(top, a=file(code("total = 2", printed, execution_count=1), code("x")))
    write(top / "a.ipynb", file(code(source, printed, execution_count=count), code("x")))
    what = ["outputs of the code before it was changed"] * is_stale
    assert found(cli, "a.ipynb", "--stale") == {"a.ipynb": what}
    git(top, "add", "a.ipynb")
    assert found(cli, "--cached", "--stale") == {"a.ipynb": what}
    git(top, "commit", "-q", "--allow-empty", "-m", "edited")
    assert found(cli, "HEAD", "--stale") == {"a.ipynb": what}
    assert found(cli, "a.ipynb", "--stale") == {"a.ipynb": []}


def test_errors(top: Path, cli: Cli) -> None:
    error = {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": []}
    write(top / "a.ipynb", file(code("x", [error], execution_count=1)))
    assert found(cli, "a.ipynb") == {"a.ipynb": []}
    assert found(cli, "a.ipynb", "--errors") == {"a.ipynb": ["error output: NameError"]}


def test_conflict_markers_in_code(top: Path, cli: Cli) -> None:
    markers = "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> topic"
    cells = [code(markers), code(f"text = '''\n{markers}\n'''"), code(f"%%bash\n{markers}")]
    write(top / "a.ipynb", file(*cells))
    done = cli("check", "a.ipynb")
    assert (done.code, done.out) == (1, "a.ipynb: cell 1: unresolved conflict\n")


def test_a_notebook_in_conflict_has_no_staged_version(top: Path, cli: Cli) -> None:
    commit(top, a=CLEAN, b=CLEAN)
    git(top, "checkout", "-q", "-b", "topic")
    commit(top, a=file(code("print(2)")))
    git(top, "checkout", "-q", "main")
    commit(top, a=file(code("print(3)")))
    assert try_git(top, "merge", "-q", "topic") == 1
    for words in ([], ["a.ipynb"], ["."]):
        done = cli("check", "--cached", *words)
        assert done.code == 2
        assert "a.ipynb: its conflicts are not resolved" in done.err
    assert cli("check", "--cached", "b.ipynb").code == 0
