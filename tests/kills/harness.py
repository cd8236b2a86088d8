"""Strikes nbvc at one event after the other, and looks at what is left.

A fork for each point: the modules are imported once, and a blow ends nothing but the fork.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import shutil
import signal
import subprocess
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.kills.hooks import Blow, Event, Watch, watch
from tests.kills.inner import ASKED, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.kills.scenarios import Scenario

_PATIENCE = 30.0
"""Seconds until a fork that is still running counts as hanging."""
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER: what a killed program leaves running becomes a child of ours."""
_ANNOUNCED = b"100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0"
"""What the index says of a new file that `git add -N` has told it of, and that has no content yet."""
_OURS = (".data", ".home")
"""Folders of nbvc and of the harness, which are no files of the user's."""


class Point(NamedTuple):
    """Where a scenario is struck, and how."""

    scenario: Scenario
    seed: int
    at: int
    blow: Blow
    odd: bool
    """Whether the processes that it had started live on; whether a fault stays."""
    event: Event

    def __str__(self) -> str:
        """Say where and how, so that the point can be found again."""
        doing = f"{self.event.kind} {os.path.basename(self.event.subject)}"
        where = f"{self.scenario.name}, seed {self.seed}, event {self.at} ({doing})"
        more = (", for good" if self.blow.errno else ", its processes live on") if self.odd else ""
        return f"{where}, {self.blow.value}{more}"


class Ended(NamedTuple):
    """How a fork ended."""

    code: int
    stderr: str
    events: list[Event]


class Stage:
    """A folder where scenarios are laid out, struck and looked at, again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work, self.before = root / "work", root / "before"
        root.mkdir(parents=True, exist_ok=True)
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)

    def lay(self, scenario: Scenario, seed: int) -> tuple[list[Event], State, State]:
        """Lay a scenario out and act it undisturbed: its events, and both states."""
        _emptied(self.work)
        _emptied(self.before)
        scenario.lay(self.work, random.Random(f"{scenario.name} {seed}"))
        shutil.rmtree(self.before)
        shutil.copytree(self.work, self.before, symlinks=True)
        before = State.of(self.work, scenario)
        self.reset()
        ended = self.act(scenario, Watch())
        assert ended.code in (0, 1), (scenario.name, ended)
        return ended.events, before, State.of(self.work, scenario)

    def reset(self) -> None:
        """Put the folder back to how it was laid out."""
        shutil.rmtree(self.work)
        shutil.copytree(self.before, self.work, symlinks=True)

    def strike(self, point: Point, before: State, done: State) -> None:
        """Act, strike, and look. Raises `AssertionError`."""
        self.reset()
        scenario = point.scenario
        watched = Watch(point.at, point.blow, lasting=point.odd)
        ended = self.act(scenario, watched, orphans=point.odd)
        now = State.of(self.work, scenario)
        assert "Traceback" not in ended.stderr, ended.stderr
        if point.blow.errno:
            self._refused(point, ended, now, before, done)
        now.between(before, done, scenario.instead(self.before) if scenario.instead else {})
        _fsck(self.work)
        if scenario.holds:
            scenario.holds(self.work, self.before)
        if scenario.repeats:
            self._again(scenario, done)

    def _refused(self, point: Point, ended: Ended, now: State, before: State, done: State) -> None:
        """After a fault there is a message and an exit code, and no litter that could be removed."""
        struck = ended.events[point.at : point.at + 1] or [point.event]
        if struck[0].kind in {"unlink", "rmdir"}:
            left = {name: text for name, text in now.files.items() if not _is_temporary(name)}
            now = State(left, now.git)
        assert 0 <= ended.code <= 3 or ended.code == 129, ended
        assert ended.code == 0 or ended.stderr.strip() or now == done, "failed without a word"
        litter = set(now.files) - set(before.files) - set(done.files)
        assert not litter, f"left behind: {litter}"
        assert ended.code or now == done, "exit code 0, and it was not done"

    def _again(self, scenario: Scenario, done: State) -> None:
        """Whoever does it again gets there, and leaves no draft of the first time behind.

        Locks of a killed git are git's own affair.
        """
        for lock in self.work.rglob("*.lock"):
            lock.unlink()
        ended = self.act(scenario, Watch())
        assert ended.code in (0, 1), ended
        State.of(self.work, scenario).between(done, done)
        drafts = [one for one in self.work.rglob(".nbvc-*") if ".git" not in one.parts]
        assert not drafts, f"left behind for good: {drafts}"

    def act(self, scenario: Scenario, watched: Watch, *, orphans: bool = True) -> Ended:
        """Let a fork act; its end, and what it did up to there."""
        notes, said = self.root / "children", self.root / "stderr"
        log = self.root / "events"
        for path in (notes, said, log):
            path.write_bytes(b"")
        pid = os.fork()
        if not pid:
            self._in_fork(scenario, watched)
        code = _reaped(pid)
        if code < 0 and not orphans:
            for child in map(int, notes.read_text(encoding="ascii").split()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child, signal.SIGKILL)
        _await_orphans()
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        events = [Event(*line.split("\t", 1)) for line in lines]
        return Ended(code, said.read_text(encoding="utf-8", errors="replace"), events)

    def _in_fork(self, scenario: Scenario, watched: Watch) -> None:
        code = 99
        try:
            with open(os.devnull, "r+b", 0) as nothing, open(self.root / "stderr", "wb", 0) as said:
                os.dup2(nothing.fileno(), 0)
                os.dup2(nothing.fileno(), 1)
                os.dup2(said.fileno(), 2)
            os.chdir(self.work)
            log = os.open(self.root / "events", os.O_WRONLY | os.O_APPEND)
            watched.children = os.open(self.root / "children", os.O_WRONLY | os.O_APPEND)
            write = os.write
            if scenario.by_git:
                os.environ[ASKED] = asked(watched, str(self.root / "events"))
            else:
                watch(watched)
            code = _acted(scenario, self.work, write)
            lines = [f"{kind}\t{subject!r}\n" for kind, subject in watched.events]
            write(log, "".join(lines).encode(errors="replace"))
        finally:
            os._exit(code)


def _acted(scenario: Scenario, folder: Path, write: Callable[[int, bytes], int]) -> int:
    """Act, and turn what is raised into what a command line makes of it."""
    from nbvc.errors import NbvcError

    try:
        return scenario.act(folder)
    except (NbvcError, OSError) as error:
        write(2, f"nbvc: {error}\n".encode(errors="replace"))
        return 2
    except BaseException:  # noqa: BLE001
        write(2, traceback.format_exc().encode(errors="replace"))
        return 98


def _reaped(pid: int) -> int:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError("hangs")


def _await_orphans() -> None:
    """Wait until everything that a killed program had started has ended."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            time.sleep(0.0005)
    raise AssertionError("a process that it had started never ends")


class State(NamedTuple):
    """What there is in a folder: files, index, the user's refs, and what a scenario adds."""

    files: dict[str, bytes]
    git: dict[str, object]

    @classmethod
    def of(cls, folder: Path, scenario: Scenario) -> State:
        """Look at a folder."""
        files = {name: (folder / name).read_bytes() for name in _every(folder)}
        found: dict[str, object] = {}
        if (folder / ".git").is_dir():
            args = ("git", "--no-optional-locks", "ls-files", "-s", "-z")
            listed = subprocess.run(args, cwd=folder, check=False, capture_output=True)
            assert listed.returncode == 0, listed.stderr
            entries = [entry.partition(b"\t") for entry in listed.stdout.split(b"\0") if entry]
            found.update({f"index {os.fsdecode(name)}": about for about, _, name in entries})
            found["config"] = (folder / ".git" / "config").read_bytes()
            found["attributes"] = _content(folder / ".git" / "info" / "attributes")
            for ref in ("HEAD", "refs/heads/main", "refs/heads/topic"):
                found[ref] = _content(folder / ".git" / ref)
        if scenario.state:
            found.update(scenario.state(folder))
        return cls(files, found)

    def between(
        self, before: State, done: State, instead: Mapping[str, bytes] | None = None
    ) -> None:
        """Assert that everything is as it was, or as it should become."""
        for name in {*self.files, *before.files, *done.files}:
            was, will, now = (one.files.get(name) for one in (before, done, self))
            if _is_temporary(name):
                continue
            also = (instead or {}).get(name, was)
            assert now in (was, will, also), (
                f"{name}: {_brief(was)} or {_brief(will)}, but {_brief(now)}"
            )
        for key in {*before.git, *done.git}:
            was_, will_, now_ = (one.git.get(key) for one in (before, done, self))
            good = now_ in (was_, will_) or (was_ is None and now_ == _ANNOUNCED)
            assert good or key in {"config", "checkpoints"}, (key, now_)


def _is_temporary(name: str) -> bool:
    """Tell whether a file belongs to a draft that a killed program has left."""
    return os.path.basename(os.path.dirname(name)).startswith(".nbvc-")


def _brief(content: bytes | None) -> str:
    return "no file" if content is None else f"{len(content)} bytes"


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _every(folder: Path) -> Iterator[str]:
    """Yield the user's files: not git's, nor ours."""
    for here, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one != ".git" and one not in _OURS]
        for name in names:
            yield os.path.relpath(os.path.join(here, name), folder)


def _fsck(folder: Path) -> None:
    if (folder / ".git").is_dir():
        args = ["git", "fsck", "--strict", "--no-dangling", "--no-progress"]
        checked = subprocess.run(args, cwd=folder, check=False, capture_output=True)
        assert checked.returncode == 0, checked.stderr
        assert not checked.stdout, checked.stdout


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
