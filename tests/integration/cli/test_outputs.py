"""`nbvc outputs`: states by name, what is said of damage, and whose outputs come back."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from nbvc.cli import run
from tests.integration.git.sandbox import git, new
from tests.making import code, file, markdown, stream


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = new(tmp_path / "a repo")
    monkeypatch.chdir(made)
    return made


def ran(mark: str = "one") -> bytes:
    return file(code("x=[1]", [stream(f"{mark}\n")]), code("max(x)", [stream("1\n")]))


def put(name: str, content: bytes, *, clean: bool = True) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(content)
    if clean:
        assert run(["clean", name]) == 0


def states(capsys: pytest.CaptureFixture[str], *names: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["outputs", "list", *names, "--format", "json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_a_state_is_shown_exported_and_put_back_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del folder
    put("a.ipynb", ran())
    (state,) = (one["state"] for one in states(capsys, "a.ipynb"))
    assert run(["outputs", "show", state[:4]]) == 0
    shown = capsys.readouterr().out
    assert "x=[1]" in shown
    assert "one" in shown
    assert run(["outputs", "export", state, "-o", "old.ipynb"]) == 0
    assert Path("old.ipynb").read_bytes() == ran()
    Path("old.ipynb").write_bytes(b"mine")
    assert run(["outputs", "export", state, "-o", "old.ipynb"]) == 2
    assert Path("old.ipynb").read_bytes() == b"mine"
    assert run(["outputs", "export", state, "-o", "old.ipynb", "--force"]) == 0
    put("a.ipynb", file(code("x = [1]"), code("max(x)")), clean=False)
    assert run(["outputs", "restore", "a.ipynb", "--from", state]) == 0
    found = json.loads(Path("a.ipynb").read_bytes())["cells"]
    assert [len(cell["outputs"]) for cell in found] == [1, 1]
    assert found[0]["source"] == "x = [1]"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["show", "abc"], "abc: the name of a state has at least four characters"),
        (["show", "ffffffffffff"], "ffffffffffff: unknown stored state"),
        (["export", "ffffffffffff", "-o", "x"], "ffffffffffff: unknown stored state"),
        (["restore", "a.ipynb", "b.ipynb", "--from", "ffff"], "--from requires a single notebook"),
        (["clear", "a.ipynb"], "this deletes 1 stored state: confirm with --yes"),
    ],
)
def test_what_is_refused(
    folder: Path, args: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("a.ipynb", ran())
    before = [path.read_bytes() for path in (folder / ".git/nbvc/outputs").iterdir()]
    capsys.readouterr()
    assert run(["outputs", *args]) == 2
    assert said in capsys.readouterr().err
    assert [path.read_bytes() for path in (folder / ".git/nbvc/outputs").iterdir()] == before


def test_damage_is_said_and_told_from_nothing_stored(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put("a.ipynb", ran())
    put("b.ipynb", ran("of b"))
    (state,) = (one["state"] for one in states(capsys, "a.ipynb"))
    logs = sorted((folder / ".git/nbvc/outputs").iterdir())
    logs[0].write_bytes(logs[0].read_bytes().replace(b"one", b"two"))
    stripped = Path("a.ipynb").read_bytes()
    assert run(["outputs", "restore", "."]) == 2
    said = capsys.readouterr()
    assert f"a.ipynb: the stored state {state} is damaged" in said.err
    assert said.out == "b.ipynb: restored all outputs\n"
    assert Path("a.ipynb").read_bytes() == stripped
    assert run(["outputs", "list", "a.ipynb"]) == 2
    assert capsys.readouterr().out == f"{state}  damaged\n"
    assert run(["outputs", "show", state]) == 2
    assert "this stored state is damaged" in capsys.readouterr().err
    logs[0].write_bytes(logs[0].read_bytes()[:15])
    assert run(["outputs", "restore", "a.ipynb"]) == 2
    said = capsys.readouterr()
    assert "a.ipynb: nothing can be found of it: the store is damaged" in said.err
    assert f"{logs[0]}: the store is damaged at byte 0" in said.err
    put("c.ipynb", file(code("c")), clean=False)
    logs[0].unlink()
    assert run(["outputs", "restore", "c.ipynb"]) == 0
    assert "nothing is stored for it" in capsys.readouterr().err


def test_one_notebook_is_forgotten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        put(name, ran(f"of {name}"))
    assert run(["outputs", "clear", "a.ipynb", "--yes"]) == 0
    assert "1 stored state deleted" in capsys.readouterr().out
    assert states(capsys, "a.ipynb") == []
    assert len(states(capsys, "b.ipynb")) == 1
    left = b"".join(path.read_bytes() for path in (folder / ".git/nbvc/outputs").iterdir())
    assert b"of a.ipynb" not in left


def test_a_folder_is_forgotten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("deep/a.ipynb", "deep/er/b.ipynb", "deeper/c.ipynb"):
        put(name, ran(f"of {name}"))
    assert run(["outputs", "clear", "deep", "deep/a.ipynb", "--yes"]) == 0
    assert "2 stored states deleted" in capsys.readouterr().out
    assert [one["name"] for one in states(capsys)] == ["deeper/c.ipynb"]
    left = b"".join(path.read_bytes() for path in (folder / ".git/nbvc/outputs").iterdir())
    assert b"of deep/" not in left


def test_many_files_come_back_as_they_were_and_one_that_cannot_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {f"{n}.ipynb": ran(str(n)) for n in range(70)}
    for name, content in files.items():
        put(name, content, clean=False)
    assert run(["clean", "."]) == 0
    stripped = Path("7.ipynb").read_bytes()
    Path("7.ipynb").chmod(0o444)
    capsys.readouterr()
    assert run(["outputs", "restore", "."]) == 2
    printed = capsys.readouterr()
    assert printed.out.count("restored all outputs\n") == 69
    assert "7.ipynb: the file is read-only" in printed.err
    assert Path("7.ipynb").read_bytes() == stripped
    assert {n: Path(n).read_bytes() for n in files if n != "7.ipynb"} == {
        n: content for n, content in files.items() if n != "7.ipynb"
    }
    assert sorted(one.name for one in folder.iterdir() if one.name != ".git") == sorted(files)


RENAMES = {
    "git mv": ["git mv a.ipynb b.ipynb"],
    "git mv, committed": ["git mv a.ipynb b.ipynb", "git commit -qm moved"],
    "twice": ["git mv a.ipynb c.ipynb", "git commit -qm 1", "git mv c.ipynb b.ipynb"],
    "by hand": ["mv a.ipynb b.ipynb"],
}


@pytest.mark.parametrize("edit", [False, True], ids=["as it was", "edited"])
@pytest.mark.parametrize("commands", RENAMES.values(), ids=list(RENAMES))
def test_outputs_follow_a_rename(folder: Path, commands: list[str], edit: bool) -> None:
    put("a.ipynb", ran())
    git(folder, "add", ".")
    git(folder, "commit", "-m", "a")
    for command in commands:
        words = command.split()
        if words[0] == "git":
            git(folder, *words[1:])
        else:
            os.rename(*words[1:])
    if edit:
        content = file(code("x=[1]"), code("max(x)"), markdown("a remark"))
        put("b.ipynb", content, clean=False)
    assert run(["outputs", "restore", "b.ipynb"]) == 0
    outputs = [cell.get("outputs") for cell in json.loads(Path("b.ipynb").read_bytes())["cells"]]
    assert all(outputs[:2])


@pytest.mark.parametrize("how", ["a copy", "of another branch", "new, after a deletion"])
def test_outputs_do_not_go_to_another_notebook(
    folder: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put("README.md", b"about\n", clean=False)
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    put("a.ipynb", ran())
    template = Path("a.ipynb").read_bytes()
    if how == "of another branch":
        git(folder, "checkout", "-b", "other")
        put("b.ipynb", template, clean=False)
        git(folder, "add", "b.ipynb")
        git(folder, "commit", "-m", "b")
        Path("a.ipynb").unlink()
    else:
        git(folder, "add", ".")
        git(folder, "commit", "-m", "a")
        if how == "new, after a deletion":
            git(folder, "rm", "-q", "a.ipynb")
            git(folder, "commit", "-m", "gone")
            template = file(code("x=[1]"), code("max(x)"), markdown("South."))
        put("b.ipynb", template, clean=False)
    capsys.readouterr()
    assert run(["outputs", "restore", "b.ipynb"]) == 0
    assert Path("b.ipynb").read_bytes() == template
    said = capsys.readouterr().err
    assert ("it may be a notebook that was renamed" in said) is (how != "a copy")


def test_outside_a_repository_a_renamed_folder_keeps_its_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put("one/a.ipynb", ran())
    os.rename("one", "two")
    assert run(["outputs", "restore", "two"]) == 0
    assert Path("two/a.ipynb").read_bytes() == ran()


@pytest.mark.parametrize(
    ("setting", "file_mode", "folder_mode"),
    [
        ("group", 0o660, 0o2770),
        ("all", 0o664, 0o2775),
        ("0640", 0o640, 0o2750),
        (None, 0o600, 0o700),
    ],
)
def test_what_is_written_into_git_has_the_modes_that_git_gives(
    folder: Path, setting: str | None, file_mode: int, folder_mode: int
) -> None:
    if setting:
        git(folder, "config", "core.sharedRepository", setting)
    before = os.umask(0o077)
    try:
        put("a.ipynb", ran())
        assert run(["install", "--filter", "--hooks"]) == 0
        git(folder, "add", ".")
        git(folder, "commit", "-m", "a")
        assert run(["checkpoint", "create", "a.ipynb"]) == 0
        assert run(["log", "a.ipynb"]) == 0
    finally:
        os.umask(before)
    top = folder / ".git/nbvc"
    for path in (top, *top.rglob("*")):
        wanted = folder_mode if path.is_dir() else file_mode
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    hook, attributes = folder / ".git/hooks/post-merge", folder / ".git/info/attributes"
    assert stat.S_IMODE(attributes.stat().st_mode) & 0o077 == file_mode & 0o077
    assert os.access(hook, os.X_OK)
    assert stat.S_IMODE(hook.stat().st_mode) & 0o040 == file_mode & 0o040
    assert len(list(top.rglob("*"))) >= 5
