"""Many notebooks on several cores: the same as on one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.cli.terminal import abreast
from tests.git import sandbox
from tests.git.sandbox import git, write
from tests.making import code, file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cli.conftest import Cli

COUNT = 40


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    top = sandbox.new(tmp_path / "repo")
    for number in range(COUNT):
        write(top / f"n{number:02}.ipynb", file(code(f"old {number}"), code("kept")))
    sandbox.commit_all(top, "old")
    for number in range(COUNT):
        write(top / f"n{number:02}.ipynb", file(code(f"new {number}"), code("kept")))
    write(top / "n07.ipynb", b"broken")
    write(
        top / "n09.ipynb",
        file(code("old 9"), code("kept"), code("LONE '\x1b'")).replace(b"LONE", b"\\udc80"),
    )
    write(
        top / "n11.ipynb", b'{"cells":[],"metadata":{"a":1,"a":2},"nbformat":4,"nbformat_minor":4}'
    )
    (top / "n13.ipynb").unlink()
    git(top, "mv", "n15.ipynb", "moved.ipynb")
    monkeypatch.chdir(top)
    return top


@pytest.mark.usefixtures("top")
@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--stat"],
        ["--name-only", "--exit-code"],
        ["--format", "unified"],
        ["--format", "json"],
        ["--fail-on", "outputs", "-s"],
    ],
)
def test_several_processes_say_what_one_says(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.setattr(abreast, "workers", lambda _: 1)
    alone = cli("diff", "HEAD", *args)
    for processes in (2, 3):
        monkeypatch.setattr(abreast, "workers", lambda _, found=processes: found)
        assert cli("diff", "HEAD", *args) == alone
    assert alone.out.count("\n") > 30 or "--format" in args


def test_a_process_that_dies_is_no_loss(capfd: pytest.CaptureFixture[str]) -> None:
    here = os.getpid()

    def work(number: int) -> bytes:
        if number in (5, 9) and os.getpid() != here:
            os._exit(3)
        if number == 17 and os.getpid() != here:
            raise ValueError("in another process")
        return b"%d" % number * 3

    begun: list[Sequence[int]] = []
    found = [*abreast.abreast(work, 30, 3, begun.append)]
    assert found == [b"%d" % number * 3 for number in range(30)]
    assert capfd.readouterr() == ("", "")
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_somebody_who_has_seen_enough() -> None:
    results = abreast.abreast(lambda _: bytes(1 << 20), 30, 2, lambda _: None)
    assert len(next(results)) == 1 << 20
    del results
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize(("count", "several"), [(1, False), (23, False), (200, True)])
def test_few_notebooks_start_no_process(
    monkeypatch: pytest.MonkeyPatch, count: int, several: bool
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert abreast.workers(count) == (2 if several else 1)
