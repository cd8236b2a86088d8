"""The same commands on Linux and on Windows, in a repository with names from both ends of Unicode.

What they print is compared byte for byte, and so is each file that they leave. Paths of the two
folders, times, IDs and the interpreter are replaced by words first.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from tests.conftest import IDENTITY, NOW, ROOT
from tests.windows.bed import Bed, windows_path

NAME = "Ordner/Überblick 日本.ipynb"

_SETTINGS = f"""\
[user]
name = {IDENTITY["name"]}
email = {IDENTITY["email"]}
[init]
defaultBranch = main
"""


@dataclass(frozen=True, slots=True)
class System:
    """How commands are started in a folder."""

    top: Path
    environ: dict[str, str]
    start: Callable[..., list[str]]
    shown: tuple[str, ...]
    """The spellings of the folder in what is printed."""

    def run(self, program: str, *args: str, folder: str = "") -> bytes:
        """Return what a command prints and its exit code, as one text."""
        running = subprocess.Popen(
            self.start(program, *args),
            cwd=self.top / "repo" / folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        stdout, stderr = _read(running)
        said = stdout + b"--- stderr\n" + stderr if stderr else stdout
        if args[0] in {"switch", "merge"}:  # Git's own messages have the system's line ends.
            said = said.replace(b"\r\n", b"\n")
        return self._without_places(said) + b"exit %d\n" % running.returncode

    def _without_places(self, said: bytes) -> bytes:
        said = re.sub(rb'(?<=id="story">)[^<]+', _unpack, said)
        text = said.decode("utf-8", "surrogateescape")
        for spelling in self.shown:
            text = text.replace(spelling, "<folder>")
        text = re.sub(r"<folder>\S*", lambda path: path[0].replace("\\", "/"), text)
        text = re.sub(r"\b[0-9a-f]{7,64}\b", "<id>", text)
        text = re.sub(r"(nbvc [\d.]+: ).*, Python [\d.]+", r"\1<program>", text)
        text = re.sub(r"git starts it as .*", "git starts it as <program>", text)
        text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|\+00:00| \+0000)?", "<time>", text)
        return text.encode("utf-8", "surrogateescape")


def _read(running: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Return what a program prints until it ends.

    Services that Wine has started for it may hold its pipes for longer.
    """
    until = time.monotonic() + 300
    while True:
        has_ended = running.poll() is not None
        try:
            return running.communicate(timeout=3)
        except subprocess.TimeoutExpired as error:
            if has_ended:
                return error.stdout or b"", error.stderr or b""
            if time.monotonic() > until:
                running.kill()
                raise


def _unpack(packed: re.Match[bytes]) -> bytes:
    """Return what the page of a timeline holds; its times and IDs are in there, too."""
    return zlib.decompress(base64.b64decode(packed[0]))


class Step(NamedTuple):
    """One command line, or the copy of a notebook from fixtures/ to a name."""

    program: str
    args: tuple[str, ...]
    folder: str = ""


def _nbvc(*args: str, folder: str = "") -> Step:
    return Step("nbvc", args, folder)


def _git(*args: str) -> Step:
    return Step("git", args)


def _copy(fixture: str, name: str = NAME) -> Step:
    return Step("copy", (fixture, name))


BARE = (
    _copy("split/before.ipynb"),
    _copy("moved/before.ipynb", "a.ipynb"),
    _git("add", "-A"),
    _git("commit", "-qm", "first"),
    _copy("split/after.ipynb"),
    _nbvc("status"),
    _nbvc("status", "--format", "json"),
    _nbvc("diff"),
    _nbvc("diff", "HEAD", NAME, "-d", "-i"),
    _nbvc("diff", "--stat", folder="Ordner"),
    _nbvc("diff", f"HEAD:{NAME}", NAME, "--format", "json"),
    _nbvc("diff", "HEAD:./Überblick 日本.ipynb", "Überblick 日本.ipynb", folder="Ordner"),
    _nbvc("show", f"HEAD:{NAME}"),
    _nbvc("show", NAME, "--color", "always"),
    _nbvc("checkpoint", "create", NAME, "-m", "Punkt → 日本"),
    _nbvc("checkpoint", "list"),
    _nbvc("checkpoint", "list", NAME),
    _nbvc("checkpoint", "list", "Ordner"),
    _nbvc("add", "--cells", "1", NAME),
    _nbvc("status"),
    _nbvc("commit", NAME, "-m", "refused, since some is staged"),
    _nbvc("commit", NAME, "-m", "zweiter → 日本", "--as-on-disk"),
    _nbvc("log", NAME),
    _nbvc("log", NAME, "--format", "json"),
    _nbvc("log"),
    _nbvc("diff", "HEAD~1", "HEAD"),
    _nbvc("blame", NAME),
    _nbvc("blame", NAME, "--lines"),
    _nbvc("search", "Reading", NAME),
    _nbvc("check", NAME),
    _nbvc("check", "."),
    _nbvc("clean", "--dry-run", NAME),
    _nbvc("clean", NAME),
    _nbvc("outputs", "list", NAME),
    _nbvc("diff", NAME, "--stat"),
    _nbvc("outputs", "restore", NAME),
    _nbvc("status"),
    _nbvc("restore", "--source", "HEAD~1", "--cells", "1", NAME),
    _nbvc("diff", "--stat"),
    _nbvc("checkpoint", "diff", NAME),
    _nbvc("checkpoint", "restore", NAME, "latest"),
    _nbvc("report", "HEAD~1..HEAD", "-o", "report"),
    _nbvc("timeline", NAME, "-o", "timeline.html"),
    _nbvc("config", NAME),
    _nbvc("merge", "a.ipynb", "a.ipynb", "a.ipynb"),
    _nbvc("diff", "a.ipynb", "Ordner/missing.ipynb"),
    _nbvc("diff", "HEAD:missing.ipynb", "a.ipynb"),
    _git("status", "--short"),
    _git("for-each-ref", "--format=%(refname)"),
    _git("fsck", "--no-progress", "--no-dangling"),
)
"""What needs no shell."""

STARTED_BY_GIT = (
    _nbvc("install", "--filter", "--hooks"),
    _copy("split/before.ipynb"),
    _git("add", "-A"),
    _git("commit", "-qm", "under the filter"),
    _git("show", f":{NAME}"),
    _copy("split/after.ipynb"),
    _git("diff"),
    _git("switch", "-qc", "topic"),
    _git("commit", "-qam", "theirs"),
    _git("switch", "-q", "main"),
    _copy("moved/after.ipynb", "a.ipynb"),
    _git("commit", "-qam", "ours"),
    _git("merge", "-q", "topic", "-m", "merged"),
    _git("status", "--short"),
    _git("log", "--format=%s"),
    _nbvc("doctor"),
)
"""What git starts by a shell: filter, drivers and hooks."""


def compare(bed: Bed, folder: Path) -> int:
    """Run the commands on both systems; return how many differ, which are printed."""
    systems = (_on_linux(folder / "linux"), _on_windows(bed, folder / "windows"))
    steps = BARE + STARTED_BY_GIT * bed.has_shell
    differ = 0
    for step in steps:
        said = [_take(system, step) for system in systems]
        if said[0] != said[1]:
            differ += 1
            print(f"differs: {step.program} {' '.join(step.args)}\n{_show(*said)}", flush=True)
    left = [dict(_find_files(system)) for system in systems]
    for name in sorted(left[0].keys() | left[1].keys()):
        if left[0].get(name) != left[1].get(name):
            differ += 1
            print(f"differs: the file {name}")
    commands = sum(step.program != "copy" for step in steps)
    print(f"{commands} commands, {len(left[0])} files: {differ} differ")
    return differ


def _take(system: System, step: Step) -> bytes:
    if step.program == "copy":
        source, target = ROOT / "fixtures" / step.args[0], system.top / "repo" / step.args[1]
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
        return b""
    return system.run(step.program, *step.args, folder=step.folder)


def _show(one: bytes, other: bytes) -> str:
    linux, windows = (text.decode("utf-8", "replace").splitlines() for text in (one, other))
    return "\n".join(unified_diff(linux, windows, "Linux", "Windows", lineterm="", n=1))


def _find_files(system: System) -> Iterator[tuple[str, bytes]]:
    top = system.top / "repo"
    for path in top.rglob("*"):
        if path.is_file() and ".git" not in path.relative_to(top).parts:
            yield path.relative_to(top).as_posix(), system._without_places(path.read_bytes())


def _on_linux(top: Path) -> System:
    home = _make_home(top)
    own = {"PATH": _path_without_nbvc(), "HOME": str(home), "LC_ALL": "C.UTF-8"}
    environ = {**own, "GIT_CONFIG_NOSYSTEM": "1", **_shared(str(ROOT))}

    def start(program: str, *args: str) -> list[str]:
        words = (sys.executable, "-m", "nbvc") if program == "nbvc" else (program,)
        return [*words, *args]

    return _make_repository(System(top, environ, start, (str(top),)))


def _path_without_nbvc() -> str:
    """Return PATH without the folders that have an nbvc, as on the bed."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(one for one in folders if not (Path(one) / "nbvc").exists())


def _on_windows(bed: Bed, top: Path) -> System:
    environ = {**bed.environ(_make_home(top)), **_shared(windows_path(ROOT))}

    def start(program: str, *args: str) -> list[str]:
        words = ("python", "-m", "nbvc") if program == "nbvc" else (program,)
        return bed.command(*words, *args)

    drive = windows_path(top)
    shown = (drive, drive.replace("\\", "/"), drive.replace("\\", "\\\\"), str(top))
    return _make_repository(System(top, environ, start, shown))


def _shared(checkout: str) -> dict[str, str]:
    dates = {"GIT_AUTHOR_DATE": NOW, "GIT_COMMITTER_DATE": NOW, "TZ": "UTC"}
    return {**dates, "PYTHONPATH": checkout, "XDG_DATA_HOME": ""}


def _make_home(top: Path) -> Path:
    home = top / "home"
    home.mkdir(parents=True)
    (home / ".gitconfig").write_text(_SETTINGS)
    return home


def _make_repository(system: System) -> System:
    (system.top / "repo").mkdir()
    made = system.run("git", "init", "-q", ".")
    assert made == b"exit 0\n", made
    return system
