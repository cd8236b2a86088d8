"""What differs between operating systems: the one module with calls that only POSIX has.

Each function has a branch for Windows. It asks whether Python has the POSIX call, not which system
this is, so that the branch can be tested anywhere.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping
    from typing import Any

_SIGTERM, _SIGKILL = 15, 9
"""The same on every POSIX system; importing `signal` costs a millisecond."""
_BEHIND = 1 << 30
"""A place in a file that no content reaches."""
_WIDE = 1 << 20
"""Bytes that fit into a pipe on Linux, without a privilege."""


def _combine_flags(*names: str) -> int:
    return sum(getattr(os, name, 0) for name in names)


PRIVATE = _combine_flags("O_CLOEXEC", "O_NOINHERIT", "O_BINARY")
"""Flags for `os.open`: no child inherits the file, and Windows translates no line end."""
NO_LINK = _combine_flags("O_NOFOLLOW")
NO_WAIT = _combine_flags("O_NONBLOCK")
"""For reading: opening a pipe does not wait until another program opens it for writing."""

SCRIPTS = "Scripts" if sys.platform == "win32" else ""
"""Where the scripts of an installation are, seen from the folder of its interpreter."""

NAMES_MISSING = sys.platform != "win32"
"""Whether the shell ends with an exit code of its own, 127, if it does not find a program."""


def set_mode(handle: int, path: str, mode: int) -> None:
    """Set the permissions of an open file. Raises `OSError`."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)
    else:
        os.chmod(path, mode)


def change_owner(path: str, owner: int, group: int) -> None:
    """Give a file to another owner and group, -1 for the same. Raises `OSError`.

    Files on Windows have no numbers for them, and stay as they are.
    """
    if hasattr(os, "chown"):
        os.chown(path, owner, group)


def lock(handle: int) -> None:
    """Lock a file until it is closed. Raises `BlockingIOError` if another handle has locked it.

    Raises `OSError` if files can't be locked there. Windows lets no other program read what is
    locked: it is a byte behind the content.
    """
    if sys.platform == "win32":
        import msvcrt

        before = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, _BEHIND, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
        finally:
            os.lseek(handle, before, os.SEEK_SET)
        return
    try:
        import fcntl
    except ImportError as error:
        raise OSError("this Python can't lock files") from error
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def widen_pipe(handle: int) -> None:
    """Let a pipe hold more than it does by default, if the system can."""
    try:
        import fcntl

        fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, _WIDE)
    except (ImportError, AttributeError, OSError):
        pass


def host_name() -> str:
    """Return the name of this computer."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    import socket  # costs milliseconds

    return socket.gethostname()


def count_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def program_names(name: str, endings: str) -> list[str]:
    """Return the file names that a program may have; `endings` is the variable PATHEXT.

    Scripts such as .bat do not count: Windows gives them to a shell, with its own rules for quotes.
    """
    if sys.platform == "win32":
        known = [ending for ending in endings.lower().split(";") if ending in {".com", ".exe"}]
        return [name] if name.lower().endswith(tuple(known)) else [name + one for one in known]
    return [name]


def can_fork() -> bool:
    """Return whether a copy of this process works: not on macOS, and not with several threads."""
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    return alone and sys.platform == "linux" and hasattr(os, "fork")


def fork(act: Callable[[], None]) -> int:
    """Start a copy of this process that calls `act` and ends; return its process ID."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        act()
        code = 0
    finally:
        os._exit(code)  # without anything that the original does when it ends


def exit_code(process: subprocess.Popen[bytes]) -> int | None:
    """Return the exit code of a child, None while it runs.

    It is 255 if the system or another part of this process has discarded the real one. `Popen`
    reports 0 then, and a commit that failed would look successful.
    """
    if process.returncode is None and hasattr(os, "WNOHANG"):
        try:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
        except ChildProcessError:
            process.returncode = 255
        else:
            process.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return process.returncode
    return process.poll()


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program in a session of its own, and all that it started, to end."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, _SIGTERM)
        else:
            import signal

            process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", _SIGTERM))
    except OSError:  # It has ended, or has no console to be asked through.
        pass


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a program in a session of its own, and all that it started, at once."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, _SIGKILL)
            return
        _kill_tree(process.pid)
        process.kill()
    except OSError:
        pass


def _kill_tree(pid: int) -> None:
    """End a program and all that it started, on Windows."""
    import subprocess

    taskkill = os.path.expandvars(r"%SystemRoot%\System32\taskkill.exe")
    if os.path.isabs(taskkill):
        command = [taskkill, "/T", "/F", "/PID", str(pid)]
        quiet = subprocess.DEVNULL
        subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=5, check=False)


def own_session() -> dict[str, Any]:
    """Return the options of `Popen` for a program without a terminal, stopped with its children."""
    import subprocess

    names = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")
    flags = sum(getattr(subprocess, name, 0) for name in names)
    return {"start_new_session": True, "creationflags": flags}


def compose_name(name: str) -> str:
    """Return a file's name as git has it: on macOS `é` as one character, however it was typed.

    The file system there takes both spellings for one name. Source: git's `core.precomposeUnicode`.
    """
    if sys.platform == "darwin" and not name.isascii():
        from unicodedata import normalize

        return normalize("NFC", name)
    return name


def cut_folder(path: str, folder: str) -> str | None:
    """Return the part of a path below a folder, with `/`; None if it is not in the folder.

    Both are absolute and real. The folder itself is empty. On Windows `c:/a` and `C:\\A` are the same.
    """
    start = os.path.normcase(os.path.join(folder, ""))
    if not os.path.normcase(os.path.join(path, "")).startswith(start):
        return None
    return path[len(start) :].replace(os.sep, "/")


def relative_path(path: str, folder: str = os.curdir) -> str:
    """Return a path relative to a folder, with `/` as git writes it; absolute on another drive."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:
        return path


def native_path(path: str) -> str:
    """Return a path that git printed, with `/`, as Python writes it: on Windows `C:\\a`."""
    return path if os.sep == "/" else os.path.realpath(path)


def home_folder(environ: Mapping[str, str]) -> str:
    """Return the user's home folder."""
    return environ.get("HOME") or os.path.expanduser("~")


def data_home(environ: Mapping[str, str]) -> str:
    """Return where programs keep data of the user, by the XDG base directory specification.

    On Windows it is `LOCALAPPDATA`, unless `XDG_DATA_HOME` is set.
    """
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA")[: 2 if sys.platform == "win32" else 1]:
        folder = environ.get(name, "")
        if os.path.isabs(folder):
            return folder
    return os.path.join(home_folder(environ), ".local", "share")


def replace(source: str, target: str) -> None:
    """Put a file in the place of another. Raises `OSError`.

    On Windows a file that another program has open can't be replaced. Editors, virus scanners and
    indexers hold one for an instant, so it is tried for two seconds.
    """
    if sys.platform == "win32":
        import time

        for wait in (0.01, 0.05, 0.2, 0.5, 1.2):
            try:
                os.replace(source, target)
            except PermissionError:
                time.sleep(wait)
            else:
                return
    os.replace(source, target)


def change_time(status: os.stat_result) -> int:
    """Return when anything of a file changed, in ns; 0 on Windows, which has the creation there."""
    return 0 if sys.platform == "win32" else status.st_ctime_ns


def is_unread_pipe(error: Exception) -> bool:
    """Return whether writing failed because nobody reads the pipe any more."""
    if sys.platform == "win32" and isinstance(error, OSError) and error.filename is None:
        return error.errno in (22, 32)  # EINVAL for a pipe, EPIPE
    return isinstance(error, BrokenPipeError)


def shows_colors() -> bool:
    """Return whether a terminal understands escape sequences; on Windows it is told to."""
    if sys.platform == "win32":
        try:
            from colorama import just_fix_windows_console  # comes with click there
        except ImportError:
            return False
        just_fix_windows_console()
    return True
