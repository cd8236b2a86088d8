"""Which programs may run: found by absolute folders alone, nbvc itself by its own absolute path.

    PATH=.:bin::/usr/bin     git, less, nbvc, a pager's commands: looked up in /usr/bin alone

A relative or empty entry means the current folder, and that may be a repository of a stranger.
"""

from __future__ import annotations

import os
import sys

from nbvc.platform import SCRIPTS, program_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

DRIVER = "nbvc"
"""The name of nbvc's drivers and filter in git's settings and attributes."""


def make_lookup(*, windows: bool) -> str:
    """Return shell text that keeps the absolute folders of PATH and PYTHONPATH only.

    It begins every command that git runs for us. Python takes a relative entry of PYTHONPATH for the
    current folder, before its own library. On Windows `;` separates the entries of PYTHONPATH. It
    separates those of PATH in the shell of MinGit-busybox; other shells there have PATH as on POSIX.
    """
    keep, of_path, of_python = "case $one in /*) nbvc=${nbvc:+$nbvc:}$one;; esac", "", ""
    if windows:
        # A git that takes any shell for MSYS2's doubles each backslash. Inside [] that is the same.
        keep = r"case $IFS$one in :/*|';'[A-Za-z]:[/\\]*) nbvc=${nbvc:+$nbvc$IFS}$one;; esac"
        of_path, of_python = " case $PATH in *';'*) IFS=';';; esac;", " IFS=';';"
    return (
        f"set -f; IFS=:;{of_path} nbvc=; for one in $PATH; do {keep}; done;"
        " PATH=${nbvc:-/usr/bin:/bin};"
        f"{of_python} nbvc=; for one in ${{PYTHONPATH-}}; do {keep}; done;"
        " PYTHONPATH=$nbvc; PYTHONSAFEPATH=1; export PYTHONPATH PYTHONSAFEPATH; unset IFS; set +f; "
    )


SAFE_LOOKUP = make_lookup(windows=sys.platform == "win32")

_START = "import sys; sys.path[:] = filter(None, sys.path); from nbvc.__main__ import main; main()"


def lookup_path(environ: Mapping[str, str]) -> str:
    """Return PATH with its absolute folders only; the system's default if none is left."""
    # Never empty: for a shell that is the current folder again, which Windows' default names as well.
    return os.pathsep.join(_list_folders(environ) or _keep_absolute(os.defpath))


def _list_folders(environ: Mapping[str, str]) -> list[str]:
    return _keep_absolute(environ.get("PATH", os.defpath))


def _keep_absolute(path: str) -> list[str]:
    return [*filter(os.path.isabs, path.split(os.pathsep))]


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the absolute path of a program, None if PATH does not lead to it."""
    names = program_names(name, environ.get("PATHEXT", ".COM;.EXE"))
    paths = (os.path.join(folder, one) for folder in _list_folders(environ) for one in names)
    return next(filter(can_run, paths), None)


def can_run(path: str) -> bool:
    """Return whether a path names a file that this user may execute."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def own_program() -> list[str]:
    """Return the command that starts this very nbvc from any folder, by absolute paths.

    The script that started this process comes first, then the one installed beside the interpreter.
    Without a script the interpreter imports nbvc from its installation, never from the current
    folder as `-m` does.
    """
    beside = os.path.dirname(sys.executable)
    names = program_names("nbvc", ".EXE")
    folders = (_calling_folder(names), beside, os.path.join(beside, SCRIPTS))
    for script in [os.path.join(folder, name) for folder in folders for name in names]:
        if os.path.isabs(script) and can_run(script):
            return [script.replace(os.sep, "/")]  # Git gives it to a shell, on Windows as well.
    return [sys.executable.replace(os.sep, "/"), "-c", _START]


def _calling_folder(names: list[str]) -> str:
    """Return the folder of the script that started this process, if that is nbvc; else "".

    A bare name says nothing: somebody else looked it up. On Windows the script may lack its ending.
    """
    folder, name = os.path.split(sys.argv[0] if sys.argv else "")
    return os.path.abspath(folder) if folder and name.lower() in ("nbvc", *names) else ""
