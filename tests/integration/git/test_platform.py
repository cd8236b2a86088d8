"""What POSIX has and Windows lacks: both branches, as far as each can run here."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from nbvc import platform
from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.process import Running, run_to_end
from nbvc.git.plumbing.programs import find_program
from nbvc.git.setup.doctor import _try_command

if TYPE_CHECKING:
    from pathlib import Path

_POSIX = ("killpg", "WNOHANG", "fchmod", "uname", "sched_getaffinity", "fork")


@pytest.fixture(params=["posix", "windows"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run with the calls that Python has here, and without those that it lacks on Windows."""
    if request.param == "windows":
        lacking = type(os)("os")
        vars(lacking).update({name: vars(os)[name] for name in vars(os) if name not in _POSIX})
        monkeypatch.setattr("nbvc.platform.os", lacking)
    return str(request.param)


def python(program: str, deadline: float = 10.0, stdin: bytes = b"") -> tuple[int, bytes, bool]:
    running = Running([sys.executable, "-I", "-c", program], os.environ)
    finished = run_to_end(running, stdin, time.monotonic() + deadline)
    return finished.code, finished.stdout, finished.timed_out


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("size", [0, 4096, 4097, 1_000_000])
def test_programs_run(size: int) -> None:
    echo = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.exit(3)"
    assert python(echo, stdin=b"x" * size) == (3, b"x" * size, False)


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("ignored", ["", "signal.signal(signal.SIGTERM, signal.SIG_IGN); "])
def test_a_program_is_stopped_and_its_output_kept(ignored: str) -> None:
    program = f"import os, signal, time; {ignored}os.write(1, b'begun\\n'); time.sleep(60)"
    before = time.monotonic()
    assert python(program, 1.5) == (255, b"begun\n", True)
    assert time.monotonic() - before < 20
    if hasattr(os, "WNOHANG"):
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


@pytest.mark.usefixtures("system")
def test_conversations(tmp_path: Path) -> None:
    git = Git.find(os.environ, str(tmp_path))
    git.run("init", "-q")
    with git.talk("cat-file", "--batch-check") as talk:
        talk.widen()
        for number in range(3):
            talk.send(b"%d\n" % number)
            assert talk.receive_line() == b"%d missing" % number


def test_an_exit_code_that_is_lost_is_no_success() -> None:
    running = Running([sys.executable, "-c", ""], os.environ)
    os.waitpid(running._process.pid, 0)
    assert run_to_end(running, b"", time.monotonic() + 5).code == 255


@pytest.mark.usefixtures("system")
def test_files_and_names(tmp_path: Path) -> None:
    path = tmp_path / "file"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | platform.PRIVATE, 0o600)
    platform.set_mode(handle, str(path), 0o640)
    os.close(handle)
    assert path.stat().st_mode & 0o777 == (0o640 if os.name == "posix" else 0o666)
    assert platform.host_name() == socket.gethostname()
    assert platform.count_cores() >= 1


def test_only_one_process_has_a_lock(tmp_path: Path) -> None:
    with open(tmp_path / "file", "wb") as one, open(tmp_path / "file", "wb") as other:
        platform.lock(one.fileno())
        with pytest.raises(OSError, match="unavailable"):
            platform.lock(other.fileno())


def test_a_lock_on_windows_leaves_the_content_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[tuple[int, int]] = []

    def locking(handle: int, _mode: int, size: int) -> None:
        place = os.lseek(handle, 0, os.SEEK_CUR), size
        if place in locked:
            raise PermissionError(errno.EACCES, "Permission denied")
        locked.append(place)

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr(sys, "platform", "win32")
    (tmp_path / "file").write_bytes(b"content")
    with open(tmp_path / "file", "r+b", 0) as one, open(tmp_path / "file", "r+b", 0) as other:
        platform.lock(one.fileno())
        other.read(3)
        with pytest.raises(BlockingIOError):
            platform.lock(other.fileno())
        assert other.read() == b"tent"
    assert locked[0][0] > 1 << 20


def test_nothing_is_forked_without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert not platform.can_fork()


@pytest.mark.parametrize(
    ("file", "endings", "found"),
    [
        ("git.exe", ".COM;.EXE;.BAT", True),
        ("git.bat", ".COM;.EXE;.BAT", False),
        ("git", ".COM;.EXE", False),
        ("git.com", ".EXE", False),
    ],
)
def test_programs_are_found_by_their_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, endings: str, *, found: bool
) -> None:
    (tmp_path / file).write_bytes(b"")
    (tmp_path / file).chmod(0o755)
    monkeypatch.setattr(sys, "platform", "win32")
    environ = {"PATH": f".{os.pathsep}{tmp_path}", "PATHEXT": endings}
    for name in ("git", file if found else "git"):
        assert find_program(name, environ) == (str(tmp_path / file) if found else None)


def test_names_that_are_not_text_reach_programs(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xe9")
    program = "import os, sys; sys.stdout.buffer.write(os.fsencode(sys.argv[1]))"
    git = Git(sys.executable, str(tmp_path), dict(os.environ))
    assert _try_command(git, [sys.executable, "-c", program, name]).stdout == b"\xff\xe9"
