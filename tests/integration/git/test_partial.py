"""Partial clones: whatever a command reads, it asks the remote once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.git.plumbing.objects import Objects
from nbvc.git.plumbing.partial import fetch_missing, is_partial
from tests.integration.git.sandbox import commit_all, committed, git, new, opened, processes, write
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

NAMES = [f"n{number}.ipynb" for number in range(6)]


def version(number: int, name: str) -> bytes:
    out = [stream(f"{number} of {name}\n")]
    return file(markdown("# Title"), code(f"value = {number}", out), code(f"print('{name}')"))


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone that has the contents of the last commit alone; there are four commits."""
    source = new(tmp_path / "source")
    for number in range(4):
        for name in NAMES:
            write(source / name, version(number, name))
        commit_all(source, str(number))
    git(source, "config", "uploadpack.allowFilter", "true")
    git(source, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{source.as_posix()}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    return tmp_path / "clone"


def count_fetched(folder: Path) -> int:
    return len(list((folder / ".git/objects/pack").glob("*.pack")))


@pytest.mark.parametrize(
    "command",
    [
        "diff HEAD~3 HEAD~2",
        "diff HEAD~2",
        "status",
        "log n0.ipynb",
        "log n0.ipynb --cell 2",
        "search value n0.ipynb",
        "blame n0.ipynb",
        "timeline n0.ipynb -o page.html",
        "report HEAD~3..HEAD~1 -o report",
    ],
)
def test_a_command_asks_the_remote_once(clone: Path, cli: Cli, command: str) -> None:
    if command == "status":
        git(clone, "reset", "-q", "--soft", "HEAD~2")
    before = count_fetched(clone)
    for _ in range(2):
        assert cli(*command.split()).code == 0
        assert count_fetched(clone) - before == 1


def test_a_rename_is_found_with_one_question(clone: Path, cli: Cli) -> None:
    git(clone, "checkout", "-q", "HEAD~1")
    for name in NAMES:
        git(clone, "mv", name, f"new-{name}")
        write(clone / f"new-{name}", version(7, name))
    git(clone, "commit", "-qam", "renamed")
    before = count_fetched(clone)
    assert cli("log", "new-n0.ipynb").code == 0
    assert count_fetched(clone) - before <= 3


def test_a_fetch_leaves_nothing_but_objects(clone: Path) -> None:
    git(clone, "config", "fetch.prune", "true")
    config = (clone / ".git/config").read_bytes()
    refs = git(clone, "for-each-ref")
    blobs = [git(clone, "rev-parse", f"HEAD~2:{name}") for name in NAMES]
    with Objects(opened(clone)) as objects:
        objects.expect(blobs)
        assert [objects.blob(blob, None) for blob in blobs] == [version(1, name) for name in NAMES]
    assert (clone / ".git/config").read_bytes() == config
    assert git(clone, "for-each-ref") == refs
    assert not (clone / ".git/FETCH_HEAD").exists()


def test_a_remote_that_is_gone_is_reported_for_each_notebook(clone: Path, cli: Cli) -> None:
    (clone.parent / "source").rename(clone.parent / "gone")
    called = cli("diff", "HEAD~3", "HEAD~2")
    assert called.code == 3
    assert called.err.count("\n") == len(NAMES)


def test_a_whole_clone_starts_no_process_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = committed(tmp_path, "a.ipynb", "b.ipynb")
    repository = opened(folder)
    assert not is_partial(repository)
    blobs = [git(folder, "rev-parse", f"HEAD:{name}") for name in ("a.ipynb", "b.ipynb")]
    started = processes(monkeypatch)
    fetch_missing(repository, [*blobs, "0" * 40])
    assert not started


def test_a_remote_that_would_run_a_program_is_not_asked(clone: Path) -> None:
    git(clone, "config", "remote.origin.url", f"ext::touch {clone}/ran")
    git(clone, "config", "protocol.ext.allow", "always")
    blobs = [git(clone, "rev-parse", f"HEAD~2:{name}") for name in NAMES]
    fetch_missing(opened(clone), blobs)
    assert not os.path.lexists(clone / "ran")


def test_a_sparse_checkout_fetches_nothing_of_what_it_leaves_out(
    clone: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = clone.parent / "source"
    for name in NAMES:
        write(source / "deep" / name, version(9, name))
    commit_all(source, "deep")
    options = ("-q", "--filter=blob:none", "--sparse")
    git(clone.parent, "clone", *options, f"file://{source.as_posix()}", "sparse")
    sparse = clone.parent / "sparse"
    monkeypatch.chdir(sparse)
    assert not (sparse / "deep").exists()
    before = count_fetched(sparse)
    assert cli("install", "--filter").code == 0
    for command in (["doctor"], ["status"], ["diff"], ["refresh"], ["check", "."]):
        cli(*command)
        assert count_fetched(sparse) == before, command
    assert cli("check", "--cached").code == 1
    assert count_fetched(sparse) == before + 1
