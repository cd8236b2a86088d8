"""Notebooks on their way into git's index, through the filter that nbvc sets up."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from nbvc.cli import run
from tests.acceptance.cli import git, nbvc
from tests.acceptance.test_reading import ODD
from tests.integration.git import sandbox
from tests.making import code, file, markdown, stream

FORMS = ("process", "one shot")


def ran(text: str, size: int = 1) -> bytes:
    return file(markdown(f"# {text}"), code("x", [stream(f"out of {text}\n" * size)]))


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only nbvc on PATH: a script that a test may change or take away."""
    script = tmp_path / "bin" / "nbvc"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m nbvc \"$@\"\n")
    script.chmod(0o755)
    found = shutil.which("git")
    assert found is not None
    monkeypatch.setenv("PATH", f"{script.parent}:{Path(found).parent}:/usr/bin:/bin")
    return script


@pytest.fixture(params=FORMS)
def repo(
    request: pytest.FixtureRequest, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A repository with the filter in one of its two forms, and one notebook committed."""
    folder = sandbox.new(tmp_path / "a repo")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [str(program)])
    assert run(["install", "--filter"]) == 0
    if request.param == "one shot":
        sandbox.git(folder, "config", "--unset", "filter.nbvc.process")
    (folder / "a.ipynb").write_bytes(ran("a"))
    sandbox.commit_all(folder, "one")
    return folder


def index(folder: Path) -> dict[str, bytes]:
    """What is staged: the content of every path."""
    names = sandbox.git(folder, "ls-files", "-z").split("\0")[:-1]
    return {name: git(folder, "cat-file", "blob", f":{name}").stdout for name in names}


def refused(folder: Path, *args: str) -> bytes:
    """Let git fail to stage something: nothing is staged, no file changed. What it said."""
    before, files = index(folder), sandbox.snapshot(folder)["files"]
    done = git(folder, *args)
    assert done.returncode != 0, done
    assert index(folder) == before
    assert sandbox.snapshot(folder)["files"] == files
    assert b"Traceback" not in done.stderr
    return done.stderr


Stages = dict[str, tuple[bytes, bytes, bytes, bytes]]
_STAGES: Stages = {}


@pytest.fixture
def stages(tmp_path: Path) -> Stages:
    """Odd notebooks with an output, as they are staged, cleaned, and restored; made once."""
    if _STAGES:
        return _STAGES
    put = b'"outputs": [{"name": "stdout", "output_type": "stream", "text": "gone"}]'
    made = {
        f"{name}.ipynb": content.replace(b'"outputs": []', put) for name, content in ODD.items()
    }
    folder = sandbox.new(tmp_path / "r")
    assert nbvc(folder, "install", "--filter").returncode == 0
    for name, content in made.items():
        (folder / name).write_bytes(content)
    sandbox.git(folder, "add", ".")
    staged = index(folder)
    assert nbvc(folder, "clean", ".").returncode == 0
    cleaned = {name: (folder / name).read_bytes() for name in made}
    assert nbvc(folder, "outputs", "restore", ".").returncode == 0
    for name, content in made.items():
        _STAGES[name] = content, staged[name], cleaned[name], (folder / name).read_bytes()
    return _STAGES


@pytest.mark.parametrize("name", ODD)
def test_fault_11_to_21_only_what_is_stripped_changes(name: str, stages: Stages) -> None:
    """Outputs go, and every other byte of an odd notebook stays, on the disk and in git."""
    made, staged, cleaned, restored = stages[f"{name}.ipynb"]
    assert made != ODD[name]
    assert staged == ODD[name]
    assert cleaned == ODD[name]
    assert restored == made


def test_fault_10_a_key_twice_is_neither_cleaned_nor_staged(repo: Path) -> None:
    twice = ran("b").replace(b'"metadata": {}', b'"metadata": {}, "metadata": {}', 1)
    (repo / "b.ipynb").write_bytes(twice)
    assert b"twice" in refused(repo, "add", "b.ipynb")
    done = nbvc(repo, "clean", "b.ipynb")
    assert done.returncode == 2
    assert b"twice" in done.stderr
    assert (repo / "b.ipynb").read_bytes() == twice


BROKEN = {
    "cut off": ran("b")[:-20],
    "conflict": b"<<<<<<< ours\n" + ran("b"),
    "list": b"[]",
    "deep": b"[" * 100_000,
    "utf-16": ran("b").decode().encode("utf-16"),
    "space": b" \n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_fault_25_broken_notebooks_are_not_staged(repo: Path, name: str) -> None:
    (repo / "b.ipynb").write_bytes(BROKEN[name])
    assert b"b.ipynb" in refused(repo, "add", "b.ipynb")
    (repo / "a.ipynb").write_bytes(BROKEN[name])
    assert b"a.ipynb" in refused(repo, "commit", "-am", "broken")


def test_fault_26_status_of_a_changed_notebook_says_what_is_missing(
    repo: Path, program: Path
) -> None:
    changed = (repo / "a.ipynb").read_bytes().replace(b"# a", b"# b")
    (repo / "a.ipynb").write_bytes(changed)
    program.unlink()
    for args in (("status",), ("add", "a.ipynb"), ("stash",), ("commit", "-am", "x")):
        done = git(repo, *args)
        assert b"Install nbvc again" in done.stderr, (args, done)
    assert (repo / "a.ipynb").read_bytes() == changed


@pytest.mark.parametrize(
    "body",
    [
        "exit 1",
        "kill -9 $$",
        "printf 0010status=; exit 1",
        "sleep 0.1; kill -9 $$",
        "exec /no/such",
    ],
)
def test_fault_27_git_never_gets_nothing_for_something(
    repo: Path, program: Path, body: str
) -> None:
    """Whatever becomes of the program, an empty or raw blob is not what git stages."""
    for name in ("a", "b"):
        (repo / f"{name}.ipynb").write_bytes(ran("new"))
    program.write_text(f"#!/bin/sh\n{body}\n")
    refused(repo, "add", "a.ipynb", "b.ipynb")


def test_fault_27_where_nothing_can_be_stored_git_gets_nothing(repo: Path) -> None:
    shutil.rmtree(repo / ".git" / "nbvc")
    (repo / ".git" / "nbvc").write_text("a file is in the way")
    (repo / "a.ipynb").write_bytes(ran("new"))
    assert b"can't be stored" in refused(repo, "add", "a.ipynb")


@pytest.mark.parametrize("cells", [(), (markdown(""),), (code(""),)], ids=["none", "text", "code"])
def test_fault_27_little_is_not_nothing(repo: Path, cells: tuple[dict[str, object], ...]) -> None:
    (repo / "b.ipynb").write_bytes(file(*cells))
    sandbox.git(repo, "add", ".")
    assert index(repo)["b.ipynb"] == file(*cells)


def test_fault_36_many_at_once_through_git(repo: Path) -> None:
    """Long ones and an empty one in one conversation; with a broken one git stages none of them."""
    sizes = {"little": 1, "packet": 4700, "long": 70_000}
    for name, size in sizes.items():
        (repo / f"{name}.ipynb").write_bytes(ran(name, size))
    (repo / "empty.ipynb").write_bytes(b"")
    (repo / "m broken.ipynb").write_bytes(b"{")
    assert b"m broken.ipynb" in refused(repo, "add", ".")
    (repo / "m broken.ipynb").unlink()
    sandbox.git(repo, "add", ".")
    staged = index(repo)
    assert staged.pop("empty.ipynb") == b""
    wanted = {f"{name}.ipynb": file(markdown(f"# {name}"), code("x")) for name in (*sizes, "a")}
    assert staged == wanted
    kept = file(markdown("# kept"), *(code(f"y = {number}") for number in range(9000)))
    assert len(kept) > 10 * 65516
    (repo / "kept.ipynb").write_bytes(kept)
    sandbox.git(repo, "add", "kept.ipynb")
    assert index(repo)["kept.ipynb"] == kept


HELLO = b"0016git-filter-client\n000eversion=2\n00000015capability=clean\n0000"


@pytest.mark.parametrize(
    "said",
    [b"", b"00", b"0000", b"zzzz", HELLO[:30], HELLO + b"0012comm", HELLO + b"0012command=clean\n",
     HELLO + b"0012command=clean\n0014pathname=a.ipy\n0000" + b"ffff" + b"x" * 70,
     HELLO + b"0012command=clean\n0014pathname=a.ipy\n0000" + b"0005{"],
)  # fmt: skip
def test_fault_36_a_conversation_that_ends_in_its_middle(said: bytes, tmp_path: Path) -> None:
    folder = sandbox.new(tmp_path / "r")
    done = nbvc(folder, "git-filter", "preset=strip", stdin=said)
    assert done.returncode == 1
    assert done.stderr.startswith(b"nbvc: ")
    assert b"status=success" not in done.stdout
