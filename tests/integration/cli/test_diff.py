"""`nbvc diff`, `show` and `patch` as commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nbvc
from tests.conftest import ROOT
from tests.making import code, file, markdown

A = file(code("a = 1"), markdown("text"))
B = file(code("a = 2"), markdown("text"))


def run(
    *args: str | Path, cwd: Path | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbvc", *map(str, args)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environ},
    )


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "a.ipynb", tmp_path / "b c.ipynb"
    one.write_bytes(A)
    other.write_bytes(B)
    return one, other


def test_exit_codes(pair: tuple[Path, Path]) -> None:
    one, other = pair
    assert run("diff", one, other).returncode == 0
    assert run("diff", "--exit-code", one, other).returncode == 1
    assert run("diff", "--exit-code", "-o", one, other).returncode == 0
    ran = run("diff", "--exit-code", one, one)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_formats(pair: tuple[Path, Path]) -> None:
    one, other = pair
    assert "- a = 1" in run("diff", one, other).stdout
    lines = run("diff", "--format", "unified", "-U0", one, other).stdout.splitlines()
    assert lines == [
        f"--- {one}",
        f"+++ {other}",
        "@@ -2,1 +2,1 @@ # %% [code] a = 1",
        "-a = 1",
        "+a = 2",
    ]
    wire = json.loads(run("diff", "--format", "json", one, other).stdout)
    assert nbvc.patch(nbvc.read(one), nbvc.NotebookDiff.from_dict(wire)) == nbvc.read(other)
    ops = json.loads(run("diff", "--format", "nbdime", one, other).stdout)
    assert [op["key"] for op in ops] == ["cells"]
    assert run("diff", "--name-only", one, other).stdout == f"{other}\n"
    assert run("diff", "--stat", one, other).stdout == (
        f"{one} → {other} | 1 cell changed, 1 unchanged\n"
    )


def test_a_line_of_statistics_is_short(tmp_path: Path) -> None:
    for name, text, count in (("a", "1", 1), ("b", "2", 5)):
        cells = [code(text), code("same", execution_count=count)]
        (tmp_path / f"{name}.ipynb").write_bytes(file(*cells))
    ran = run("diff", "--stat", "a.ipynb", "b.ipynb", cwd=tmp_path)
    assert ran.stdout == "a.ipynb → b.ipynb | 1 cell changed, 1 unchanged\n"
    assert "with noise only" in run("diff", "a.ipynb", "b.ipynb", cwd=tmp_path).stdout


def test_folders_and_one_against_many(pair: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, names in ((old, ["same", "changed", "gone"]), (new, ["same", "changed", "added"])):
        (folder / "sub").mkdir(parents=True)
        (folder / ".ipynb_checkpoints").mkdir()
        (folder / ".ipynb_checkpoints" / "x.ipynb").write_bytes(B)
        for name in names:
            content = B if name == "changed" and folder is new else A
            (folder / "sub" / f"{name}.ipynb").write_bytes(content)
    ran = run("diff", "--name-only", "old", "new", cwd=tmp_path)
    assert ran.stdout.split() == [
        "new/sub/added.ipynb",
        "new/sub/changed.ipynb",
        "old/sub/gone.ipynb",
    ]
    ran = run("diff", "--stat", pair[0].name, "new", cwd=tmp_path)
    assert ran.stdout == "a.ipynb → new/sub/changed.ipynb | 1 cell changed, 1 unchanged\n"
    many = json.loads(run("diff", "--format", "json", "old", "new", cwd=tmp_path).stdout)
    assert len(many) == 4
    assert run("diff", "--format", "nbdime", "old", "new", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("environ", "option", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1", "TERM": "xterm"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
    ],
)
def test_colours(
    pair: tuple[Path, Path], environ: dict[str, str], option: list[str], coloured: bool
) -> None:
    ran = run("diff", *option, *pair, cwd=None, **environ)
    assert ("\x1b[" in ran.stdout) == coloured


def test_show_and_patch(pair: tuple[Path, Path], tmp_path: Path) -> None:
    one, other = pair
    assert run("show", one).stdout == "# %% [code]\na = 1\n# %% [markdown]\ntext\n"
    changes = tmp_path / "changes.json"
    changes.write_text(run("diff", "--format", "json", one, other).stdout)
    assert run("patch", one, changes).stdout.encode() == B
    out = tmp_path / "out.ipynb"
    out.write_bytes(b"old")
    out.chmod(0o640)
    assert run("patch", one, changes, "-o", out).returncode == 0
    assert out.read_bytes() == B
    assert out.stat().st_mode & 0o777 == 0o640
    assert one.read_bytes() == A
    changes.write_text("{}")
    ran = run("patch", one, changes, "-o", out)
    assert ran.returncode == 2
    assert "not an nbvc diff" in ran.stderr
    assert out.read_bytes() == B


@pytest.mark.parametrize("there", [True, False])
def test_a_file_behind_o_is_explained(pair: tuple[Path, Path], there: bool) -> None:
    page = pair[0].with_name("page.html")
    if there:
        page.write_text("mine")
    ran = run("diff", *pair, "-o", page)
    assert ran.returncode == 2
    assert f"-o shows only outputs: to write to a file, use --output {page}" in ran.stderr
    assert page.exists() is there


def test_usage_errors_are_one_line_and_say_what_was_meant(tmp_path: Path) -> None:
    ran = run("dif")
    assert ran.returncode == 2
    assert "did you mean 'diff'?" in ran.stderr
    for args in (["diff", "x.ipynb", "y.ipynb"], ["show", "x.ipynb"], ["show"]):
        ran = run(*args, cwd=tmp_path)
        assert ran.returncode in (2, 3)
        assert "Traceback" not in ran.stderr


def test_version_help_and_completion(tmp_path: Path) -> None:
    assert run("--version").stdout == f"nbvc {nbvc.__version__}\n"
    for command in ("diff", "show", "patch"):
        assert f"nbvc {command}" in run("--help").stdout or command in run("--help").stdout
        assert "Example:" in run(command, "--help").stdout
    ran = run(cwd=tmp_path, _NBVC_COMPLETE="bash_source")
    assert "_NBVC_COMPLETE=bash_complete" in ran.stdout


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nbvc stat", "plain,status"),
        ("nbvc diff --form", "plain,--format"),
        ("nbvc diff a.i", "file,a.i"),
        ("nbvc merge a.ipynb -o m", "file,m"),
        ("nbvc checkpoint restore zz", "file,zz"),
        ("nbvc diff --format ht", "plain,html"),
    ],
)
def test_the_shell_completes_commands_options_and_files(line: str, expected: str) -> None:
    asked = {
        "_NBVC_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
    }
    assert run(cwd=None, **asked).stdout.splitlines() == [expected]


def test_a_reader_that_leaves_is_no_error(pair: tuple[Path, Path]) -> None:
    big = file(*(code(f"x_{n} = {n}") for n in range(5000)))
    pair[1].write_bytes(big)
    command = f"{sys.executable} -m nbvc diff '{pair[0]}' '{pair[1]}' | head -1"
    ran = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout == f"--- {pair[0]}\n"
    assert ran.stderr == ""


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_json_names_what_cannot_be_read(tmp_path: Path) -> None:
    task = _write(tmp_path / "task.ipynb", file(code("1")))
    folder = tmp_path / "sub"
    folder.mkdir()
    _write(folder / "ada.ipynb", file(code("2")))
    _write(folder / "cleo.ipynb", file(code("2"))[:-30])
    ran = run("diff", str(task), str(folder), "--format", "json")
    assert ran.returncode == 2
    ada, cleo = json.loads(ran.stdout)
    assert ada["cells"]
    assert (cleo["format"], cleo["after"]) == ("nbvc-error", str(folder / "cleo.ipynb"))
    assert "cleo.ipynb" in cleo["error"]


def test_the_first_of_several_files_is_compared_with_each(tmp_path: Path) -> None:
    paths = [_write(tmp_path / f"{name}.ipynb", file(code(name))) for name in "abc"]
    ran = run("diff", *map(str, paths), "--stat")
    assert [line.split(" | ")[1] for line in ran.stdout.splitlines()] == ["1 cell changed"] * 2
    assert "b.ipynb" in ran.stdout.splitlines()[0]
