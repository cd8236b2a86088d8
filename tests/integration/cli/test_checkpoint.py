"""`nbvc checkpoint` on real repositories."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.cli.points import assert_sound, listed, messages, save
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from tests.integration.conftest import Cli


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = sandbox.committed(tmp_path / "repo", "a.ipynb", "sub dir/b.ipynb")
    monkeypatch.chdir(folder)
    return folder


def test_a_checkpoint_is_made_once(top: Path, cli: Cli) -> None:
    before = sandbox.snapshot(top)
    first = cli("checkpoint", "create", "a.ipynb", "-m", "one\ntwo")
    (one,) = listed(cli, "a.ipynb")
    assert first == (0, f"Saved a.ipynb as {one['id']}.\n", "")
    again = cli("checkpoint", "create", "a.ipynb")
    assert again.code == 0
    assert f'the checkpoint {one["id"]} ("one …")' in again.out
    assert len(listed(cli, "a.ipynb")) == 1
    assert sandbox.snapshot(top) == before


def test_list_for_programs(top: Path, cli: Cli) -> None:
    path = top / "sub dir" / "b.ipynb"
    save(cli, path, "1", "2")
    first, second = listed(cli, path)
    assert list(first) == ["id", "message", "author", "time", "path", "commit"]
    assert [first["message"], second["message"]] == ["1", "2"]
    assert first["path"] == "sub dir/b.ipynb"
    assert first["author"] == "Ada Example <ada@example.org>"
    assert time.strptime(first["time"], "%Y-%m-%dT%H:%M:%SZ")
    assert git(top, "show", f"{first['commit']}:sub dir/b.ipynb").encode() + b"\n" == notebook("1")
    assert git(top, "rev-parse", f"{second['commit']}^") == first["commit"]
    save(cli, top / "a.ipynb", "a")
    assert len(listed(cli)) == len(listed(cli, ".")) == 3
    assert listed(cli, "sub dir") == [first, second]


def test_list_for_people(top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No checkpoints here yet" in cli("checkpoint", "list").out
    assert "No checkpoints of a.ipynb yet" in cli("checkpoint", "list", "a.ipynb").out
    assert listed(cli, "a.ipynb") == listed(cli) == []
    old, new = save(cli, top / "a.ipynb", "the old one", "the new one")
    lines = cli("checkpoint", "list", "a.ipynb").out.splitlines()
    assert lines[0] == "a.ipynb: 2 checkpoints, the latest first"
    assert [line.split()[0] for line in lines[1:]] == [new, old]
    assert lines[1].endswith("the new one")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Bob")
    save(cli, top / "a.ipynb", "by another")
    monkeypatch.delenv("GIT_AUTHOR_NAME")
    assert "by another  (by Bob)" in cli("checkpoint", "list", "a.ipynb").out
    (top / "a.ipynb").unlink()
    monkeypatch.chdir(top / "sub dir")
    overview = cli("checkpoint", "list").out
    assert "1 notebook with checkpoints" in overview
    assert "../a.ipynb  (no such file)" in overview
    assert len(listed(cli, "../a.ipynb")) == 3
    missing = cli("checkpoint", "list", "none.ipynb")
    assert (missing.code, "no checkpoint of it" in missing.err) == (2, True)


def test_show_and_its_bytes(top: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from nbvc.cli import run

    content = notebook("é = 1").replace(b"\n", b"\r\n")
    write(top / "a.ipynb", content)
    run(["checkpoint", "create", "a.ipynb", "-m", "with é"])
    write(top / "a.ipynb", b"no notebook \xff")
    run(["checkpoint", "create", "a.ipynb"])
    capfdbinary.readouterr()
    assert run(["checkpoint", "show", "a.ipynb", "--raw"]) == 0
    assert capfdbinary.readouterr().out == b"no notebook \xff"
    assert run(["checkpoint", "show", "a.ipynb"]) == 2
    assert b"--raw" in capfdbinary.readouterr().err
    run(["checkpoint", "delete", "a.ipynb", "latest"])
    capfdbinary.readouterr()
    assert run(["checkpoint", "show", "a.ipynb"]) == 0
    text = capfdbinary.readouterr().out.decode()
    assert "    with é\n" in text
    assert "é = 1" in text
    run(["checkpoint", "show", "a.ipynb", "--raw"])
    assert capfdbinary.readouterr().out == content


def test_diff_is_that_of_nbvc_diff(top: Path, cli: Cli) -> None:
    path = top / "a.ipynb"
    old, new = save(cli, path, "old = 1", "new = 1")
    assert cli("checkpoint", "diff", "a.ipynb") == (0, "", "")
    write(path, notebook("disk = 1"))
    terminal = cli("checkpoint", "diff", "a.ipynb").out
    assert f"a.ipynb (checkpoint {new}, " in terminal
    assert "- new = 1" in terminal
    assert "+ disk = 1" in terminal
    between = cli("checkpoint", "diff", "a.ipynb", old, new, "--format", "unified").out
    assert between.startswith("--- a.ipynb\n+++ a.ipynb\n")
    assert "-old = 1" in between
    said = json.loads(cli("checkpoint", "diff", "a.ipynb", old, "--format", "json").out)
    assert (said["format"], said["version"]) == ("nbvc-diff", 1)
    assert cli("checkpoint", "diff", "a.ipynb", old, "--exit-code", "--stat").code == 1
    path.unlink()
    assert "- new = 1" in cli("checkpoint", "diff", "a.ipynb").out


def test_restore_saves_what_was_there(top: Path, cli: Cli) -> None:
    path = top / "a.ipynb"
    ids = save(cli, path, "1", "2")
    write(path, notebook("not saved"))
    git(top, "add", "-A")
    index = (top / ".git" / "index").read_bytes()
    called = cli("checkpoint", "restore", "a.ipynb", ids[0][:6])
    assert called.code == 0
    assert called.out.startswith(f'Restored a.ipynb to {ids[0]} ("1") of ')
    assert path.read_bytes() == notebook("1")
    assert (top / ".git" / "index").read_bytes() == index
    saved = listed(cli, "a.ipynb")[-1]
    assert saved["message"] == f"Before restoring {ids[0]}"
    assert saved["id"] in called.out
    assert "nothing to restore" in cli("checkpoint", "restore", "a.ipynb", ids[0]).out
    cli("checkpoint", "restore", "a.ipynb", "latest")
    assert path.read_bytes() == notebook("not saved")
    path.unlink()
    assert cli("checkpoint", "restore", "a.ipynb", ids[1]).code == 0
    assert path.read_bytes() == notebook("2")


def test_fault_70_restore_is_refused_where_the_file_is_another(top: Path, cli: Cli) -> None:
    path = top / "a.ipynb"
    ids = save(cli, path, "1", "2")
    seen = hashlib.sha256(path.read_bytes()).hexdigest()
    write(path, notebook("changed since"))
    args = ("checkpoint", "restore", "a.ipynb", ids[0], "--expect")
    for digest in (seen, ""):
        called = cli(*args, digest)
        assert (called.code, "nothing was restored" in called.err) == (3, True)
    assert cli(*args, "abc").code == 2
    assert path.read_bytes() == notebook("changed since")
    assert messages(cli, path) == ["1", "2"]
    write(path, notebook("2"))
    assert cli(*args, seen.upper()).code == 0
    assert path.read_bytes() == notebook("1")
    path.unlink()
    assert cli(*args, seen).code == 3
    assert cli(*args, "").code == 0


def test_delete_and_prune(top: Path, cli: Cli) -> None:
    path = top / "a.ipynb"
    ids = save(cli, path, *"123456")
    called = cli("checkpoint", "delete", "a.ipynb", "latest", ids[0], ids[0][:5])
    assert called.code == 0
    assert len(called.out.splitlines()) == 2
    assert messages(cli, path) == list("2345")
    trial = cli("checkpoint", "prune", "a.ipynb", "--keep", "3", "-n")
    assert f'{ids[1]} ("2")' in trial.out
    assert messages(cli, path) == list("2345")
    assert "deleted 1 checkpoint:" in cli("checkpoint", "prune", "a.ipynb", "--keep", "3").out
    assert messages(cli, path) == list("345")
    # All were made in one or two of the minutes there are: of the older ones one or two stay.
    cli("checkpoint", "prune", "--all", "--keep", "1", "--thin")
    assert len(listed(cli, path)) in (2, 3)
    assert cli("checkpoint", "prune", "--all", "--keep", "1").code == 0
    assert messages(cli, path) == ["5"]
    assert "nothing to delete" in cli("checkpoint", "prune", "a.ipynb", "--keep", "1").out
    for wrong in ([], ["--keep", "0", "a.ipynb"], ["a.ipynb"], ["--all", "a.ipynb", "--keep", "1"]):
        assert cli("checkpoint", "prune", *wrong).code == 2
    assert_sound(top)


def test_rename_a_notebook_and_a_folder(top: Path, cli: Cli) -> None:
    save(cli, top / "a.ipynb", "1")
    save(cli, top / "sub dir" / "b.ipynb", "b")
    called = cli("checkpoint", "rename", "a.ipynb", "sub dir")
    assert called.out == "sub dir/a.ipynb has the checkpoints now.\n"
    assert messages(cli, "sub dir/a.ipynb") == ["1"]
    (top / "sub dir").rename(top / "moved")
    assert cli("checkpoint", "rename", "sub dir", "moved").code == 0
    assert messages(cli, "moved/a.ipynb") == ["1"]
    assert messages(cli, "moved/b.ipynb") == ["b"]
    assert cli("checkpoint", "rename", "none.ipynb", "x.ipynb").code == 3


@pytest.mark.parametrize("which", ["", "abc", "zzzz", "latest~1", "0" * 12])
def test_what_is_no_checkpoint(top: Path, cli: Cli, which: str) -> None:
    save(cli, top / "a.ipynb", "1")
    for verb in ("show", "diff", "restore", "delete"):
        called = cli("checkpoint", verb, "a.ipynb", which)
        assert called.code == 3
        assert "nbvc checkpoint list" in called.err


def test_outside_of_a_repository(
    tmp_path: Path, hermetic: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    monkeypatch.chdir(folder)
    path = folder / "x.ipynb"
    (old, _) = save(cli, path, "1", "2")
    assert listed(cli, "x.ipynb")[0]["path"] == str(path)
    assert cli("checkpoint", "restore", "x.ipynb", old).code == 0
    assert path.read_bytes() == notebook("1")
    assert "x.ipynb" in cli("checkpoint", "list").out
    assert cli("checkpoint", "push", "--yes").code == 3
    assert [entry.name for entry in folder.iterdir()] == ["x.ipynb"]
    assert (hermetic / ".local" / "share" / "nbvc" / "checkpoints.git").is_dir()
    elsewhere = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(elsewhere))
    assert listed(cli, "x.ipynb") == []
