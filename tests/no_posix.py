"""Python on Linux as if it had no POSIX: `python -m pytest -p tests.no_posix tests/unit`.

What Windows' Python lacks is gone for callers in nbvc alone: the standard library and the tests keep
it. Programs that tests start get it, too, by a sitecustomize. Names of paths stay those of Linux. A
test that shows something that Windows lacks is skipped: see `LACKING`.

PYTEST_DONT_REWRITE: programs that are started have imported it already.
"""

from __future__ import annotations

import builtins
import errno
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

_OS = """
fork forkpty posix_spawn posix_spawnp uname killpg getpgid setsid getuid geteuid getgid fchmod chown
lchown fchown mkfifo writev readv sched_getaffinity WNOHANG wait statvfs O_CLOEXEC O_NOFOLLOW
O_NONBLOCK O_DIRECTORY O_NOCTTY set_blocking openpty ttyname
"""

GONE = {
    "os": frozenset(_OS.split()),
    "select": frozenset(("poll", "epoll")),
    "signal": frozenset(("SIGKILL", "SIGHUP", "SIGPIPE", "SIGUSR1", "alarm", "setitimer")),
}
ABSENT = ("fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "syslog")

LACKING = {
    "test_a_draft_of_a_killed_process_goes_with_the_next_one": "nothing tells a draft in use",
    "test_a_folder_is_removed_whatever_step_was_the_last": "nothing tells a draft in use",
    "test_the_owner_is_kept_or_the_file_is": "files have no owner to give away",
    "test_only_one_process_has_a_lock": "nothing locks a file",
    "test_a_deadline_ends_all_that_was_started": "taskkill ends what a program has started",
    "test_threads_that_save_one_file_do_not_meet": "saving waits for a file that is open elsewhere",
    "test_an_exit_code_that_is_lost_is_no_success": "nothing else can take an exit code",
}
"""Tests, and what they need: Windows locks files by a module of its own, which Linux lacks."""


def _is_ours(depth: int = 2) -> bool:
    name = str(sys._getframe(depth).f_globals.get("__name__") or "")
    return name.partition(".")[0] in {"nbvc", "nbvc_jupyter"}


def _take_away(name: str, gone: frozenset[str]) -> None:
    class Without(ModuleType):
        def __getattribute__(self, attribute: str) -> Any:
            if attribute in gone and _is_ours():
                raise AttributeError(f"module {name!r} has no {attribute!r} on Windows")
            return super().__getattribute__(attribute)

    __import__(name).__class__ = Without


def _import_without(real: Any) -> Any:
    def load(name: str, *args: Any, **options: Any) -> Any:
        if name.partition(".")[0] in ABSENT and _is_ours():
            raise ModuleNotFoundError(f"No module named {name!r} on Windows", name=name)
        return real(name, *args, **options)

    return load


def _refuse_open(name: str) -> None:
    """Let a function of `os` refuse what this process has open, as Windows does."""
    real = getattr(os, name)

    def call(*paths: Any, **options: Any) -> Any:
        if _is_ours():
            for path in paths:
                _check_closed(path)
        return real(*paths, **options)

    setattr(os, name, call)


def _check_closed(path: Any) -> None:
    folder, name = os.path.split(os.fsdecode(path))
    found = os.path.join(os.path.realpath(folder), name)
    if found in map(_find_opened, os.listdir("/proc/self/fd")):
        raise PermissionError(errno.EACCES, "the file is open", path)


def _find_opened(handle: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{handle}")
    except OSError:  # that of the listing itself
        return ""


def install() -> None:
    """Take POSIX away from nbvc in this process, and in those that it starts."""
    for name, gone in GONE.items():
        _take_away(name, gone)
    for name in ("unlink", "remove", "replace"):
        _refuse_open(name)
    builtins.__import__ = _import_without(builtins.__import__)
    if "NO_POSIX" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="no-posix-"))
        top = str(Path(__file__).resolve().parent.parent)
        text = f"import sys; sys.path.append({top!r}); import tests.no_posix\n"
        (folder / "sitecustomize.py").write_text(text)
        os.environ["NO_POSIX"] = str(folder)
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), before)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what shows something that Windows lacks."""
    from tests.windows.lacking import skip

    skip(items, {name: f"without POSIX {reason}" for name, reason in LACKING.items()})


install()
