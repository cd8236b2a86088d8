"""Many notebooks on several cores: the same as on one."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from nbvc import platform
from nbvc.workflow import cores
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, write
from tests.making import code, file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.conftest import Cli

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
    cli: Cli, monkeypatch: pytest.MonkeyPatch, args: list[str], *, forks: bool
) -> None:
    started = sandbox.processes(monkeypatch)
    monkeypatch.setattr(cores, "count_processes", lambda _: 1)
    alone = cli("diff", "HEAD", *args)
    for processes in (2, 3):
        monkeypatch.setattr(cores, "count_processes", lambda _, found=processes: found)
        assert cli("diff", "HEAD", *args) == alone
    assert alone.out.count("\n") > 30 or "--format" in args
    assert sum(b"-I" in argv for argv in started) == (0 if forks else 5)


@pytest.mark.usefixtures("top", "forks")
@pytest.mark.parametrize("args", [[], ["--format", "json"]])
def test_the_status_is_the_same_from_several_processes(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.setattr(cores, "count_processes", lambda _: 1)
    alone = cli("status", *args)
    monkeypatch.setattr(cores, "count_processes", lambda count: min(count, 2) or 1)
    assert cli("status", *args) == alone
    assert alone.out.count(".ipynb") >= COUNT


class Dying(msgspec.Struct, frozen=True):
    """Work that fails in every process but one."""

    here: int

    def __call__(self, number: int) -> bytes:
        if number in (5, 9) and os.getpid() != self.here:
            os._exit(3)
        if number == 17 and os.getpid() != self.here:
            raise ValueError("in another process")
        return b"%d" % number * 3


class Noted(msgspec.Struct, frozen=True):
    """Write down what a process is told before it begins."""

    folder: str

    def __call__(self, share: Sequence[int]) -> None:
        print("begun")
        Path(self.folder, str(share[0])).write_text(" ".join(map(str, share)))


def megabyte(number: int) -> bytes:
    return bytes([number]) * (1 << 20)


@pytest.fixture(params=[True, False], ids=["fork", "spawn"])
def forks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both kinds of workers, on every system that has both."""
    if request.param and not platform.can_fork():
        pytest.skip("not safe here")
    monkeypatch.setattr(cores, "can_fork", lambda: request.param)
    return bool(request.param)


def assert_no_child() -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.usefixtures("forks")
def test_a_process_that_dies_is_no_loss(capfd: pytest.CaptureFixture[str]) -> None:
    found = [*cores.share_work(Dying(os.getpid()), 30, 3, environ=os.environ)]
    assert found == [b"%d" % number * 3 for number in range(30)]
    assert capfd.readouterr().out == ""
    assert_no_child()


@pytest.mark.usefixtures("forks")
def test_each_process_knows_its_share(tmp_path: Path) -> None:
    done = cores.share_work(megabyte, 11, 2, Noted(str(tmp_path)), environ=os.environ, turn=3)
    assert [result[0] for result in done] == [*range(11)]
    assert (tmp_path / "0").read_text() == "0 1 2 6 7 8"
    assert (tmp_path / "3").read_text() == "3 4 5 9 10"


@pytest.mark.usefixtures("forks")
def test_somebody_who_has_seen_enough() -> None:
    before = len(os.listdir("/proc/self/fd"))
    results = cores.share_work(megabyte, 30, 2, environ=os.environ)
    assert len(next(results)) == 1 << 20
    del results
    assert len(os.listdir("/proc/self/fd")) == before
    assert_no_child()


@pytest.mark.usefixtures("forks")
def test_an_error_is_raised_here() -> None:
    with pytest.raises(TypeError):
        list(cores.share_work(bytes.fromhex, 30, 2, environ=os.environ))  # type: ignore[arg-type]


def test_work_that_cannot_be_sent_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "can_fork", lambda: False)
    begun: list[int] = []
    assert [
        *cores.share_work(lambda number: b"%d" % number, 3, 2, begun.extend, environ=os.environ)
    ] == [
        b"0",
        b"1",
        b"2",
    ]
    assert begun == [0, 1, 2]


@pytest.mark.usefixtures("forks")
def test_batches_on_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "count_cores", lambda: 3)
    assert [*cores.map_files(sorted, range(500), os.environ)] == [*range(500)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX only")
def test_several_threads_are_not_forked() -> None:
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    assert not platform.can_fork()
    over.set()
    thread.join()


@pytest.mark.parametrize(("count", "several"), [(1, False), (23, False), (200, True)])
def test_few_notebooks_start_no_process(
    monkeypatch: pytest.MonkeyPatch, count: int, several: bool
) -> None:
    monkeypatch.setattr(cores, "count_cores", lambda: 2)
    assert cores.count_processes(count) == (2 if several else 1)
