"""Random work with git and with checkpoints: what is the user's stays as it is, byte for byte."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from nbvc.checkpoint.opening import open_store
from nbvc.checkpoint.retention import Retention
from nbvc.cli import run
from nbvc.errors import CheckpointError
from nbvc.git.plumbing.command import Git
from nbvc.platform import host_name
from nbvc.workflow.restoring import restore_checkpoint
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.checkpoint.store import Store

NAMES = st.sampled_from(["a.ipynb", "dir/b c.ipynb", "dir/é.ipynb"])
TEXTS = st.sampled_from(["1", "2", "3"])
PICKS = st.integers(0, 5)


class AnyState(RuleBasedStateMachine):
    """A user works with git as it comes, and saves and restores in between.

    `saved` is what the checkpoints of each notebook must be: message and content, oldest first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.top = sandbox.new(self.folder / "repo")
        self.saved: dict[str, list[tuple[str, bytes]]] = {}
        self.moment = 1_700_000_000
        self.store = self.opened()

    def opened(self) -> Store:
        git_ = Git.find(os.environ)
        folder = str(self.folder / "data")
        return open_store(
            git_, str(self.top), machine=host_name(), data_folder=folder, clock=self.clock
        )

    def clock(self) -> float:
        self.moment += 30
        return float(self.moment)

    def teardown(self) -> None:
        self.store.close()
        assert git(self.top, "fsck", "--strict", "--no-dangling") == ""
        shutil.rmtree(self.folder)

    def path(self, name: str) -> Path:
        return self.top / name

    def untouched(self, act: Callable[[], Any], *, but: str | None = None) -> Any:
        """Do something, and see that nothing of the user's is another than before."""
        before = sandbox.snapshot(self.top)
        result = act()
        after = sandbox.snapshot(self.top)
        for snapshot in (before, after):
            files = snapshot["files"]
            assert isinstance(files, dict)
            files.pop(but, None)
        assert after == before
        return result

    def called(self, *args: str) -> None:
        """Run a command line of `nbvc checkpoint` in the repository."""
        here = os.getcwd()
        os.chdir(self.top)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                # A file full of markers is a checkpoint, but no text.
                assert run(["checkpoint", *args]) in ((0, 2) if args[0] == "show" else (0,))
        finally:
            os.chdir(here)

    # What the user does

    @initialize(born=st.booleans())
    def begin(self, born: bool) -> None:
        write(self.path("a.ipynb"), notebook("0"))
        write(self.path("script.py"), b"0")
        if born:
            sandbox.commit_all(self.top, "start")

    @rule(name=NAMES, text=TEXTS)
    def edit(self, name: str, text: str) -> None:
        write(self.path(name), notebook(f"{name} {text}"))

    @rule(name=NAMES)
    def delete_file(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    @rule(name=NAMES)
    def stage(self, name: str) -> None:
        sandbox.try_git(self.top, "add", "-A", "--", name)

    @rule(text=TEXTS)
    def stage_something_else(self, text: str) -> None:
        write(self.path("script.py"), text.encode())
        sandbox.try_git(self.top, "add", "script.py")

    @rule(text=TEXTS)
    def commit(self, text: str) -> None:
        sandbox.try_git(self.top, "commit", "-q", "--allow-empty", "-m", text)

    @rule()
    def branch_and_merge(self) -> None:
        sandbox.try_git(self.top, "stash", "-q")
        if sandbox.try_git(self.top, "switch", "-qc", "side") == 0:
            self.edit("a.ipynb", "side")
            sandbox.try_git(self.top, "commit", "-qam", "side")
            sandbox.try_git(self.top, "switch", "-q", "-")
            self.edit("a.ipynb", "main")
            sandbox.try_git(self.top, "commit", "-qam", "main")
        sandbox.try_git(self.top, "merge", "-q", "side")

    @rule()
    def detach(self) -> None:
        sandbox.try_git(self.top, "switch", "-q", "--detach")

    @rule(everything=st.booleans())
    def tidy(self, everything: bool) -> None:
        if everything:
            git(self.top, "-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")
        else:
            git(self.top, "pack-refs", "--all")

    # What nbvc does

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.opened()

    @rule(name=NAMES, text=TEXTS)
    def create(self, name: str, text: str) -> None:
        if not self.path(name).is_file():
            return
        content = self.path(name).read_bytes()
        known = self.saved.setdefault(name, [])
        is_new = not known or known[-1][1] != content
        # A first checkpoint may take over the chain of a notebook that is gone: looked at elsewhere.
        gone = [one for one in self.saved if one != name and not self.path(one).exists()]
        if not known and gone:
            return
        created = self.untouched(lambda: self.store.create(str(self.path(name)), text))
        assert created.is_new is is_new
        if is_new:
            known.append((text, content))

    @rule(name=NAMES)
    def list(self, name: str) -> None:
        if not self.saved.get(name):
            return
        found = self.untouched(lambda: self.store.list(str(self.path(name))))
        content = [(one.message, self.store.content(one)) for one in found]
        assert content == self.saved[name]

    @rule(name=NAMES, verb=st.sampled_from(["list", "show", "diff", "prune"]))
    def look(self, name: str, verb: str) -> None:
        if self.saved.get(name):
            more = ["--keep", "1", "--dry-run"] if verb == "prune" else []
            self.untouched(lambda: self.called(verb, str(self.path(name)), *more))

    @rule()
    def share(self) -> None:
        git(self.folder, "init", "-q", "--bare", "origin.git")
        url = str(self.folder / "origin.git")
        git(self.top, "config", "remote.origin.url", url)
        self.untouched(lambda: self.called("push", "--yes"))
        self.untouched(lambda: self.called("fetch"))
        refs = [
            git(place, "for-each-ref", "refs/nbvc/checkpoints") for place in (self.top, Path(url))
        ]
        assert refs[0] == refs[1]

    @rule(name=NAMES, pick=PICKS)
    def delete(self, name: str, pick: int) -> None:
        known = self.saved.get(name)
        if not known:
            return
        path = str(self.path(name))
        which = self.store.list(path)[pick % len(known)].id
        self.untouched(lambda: self.store.delete(path, which))
        del known[pick % len(known)]

    @rule(name=NAMES, last=st.integers(1, 3))
    def retain(self, name: str, last: int) -> None:
        if self.saved.get(name):
            path = str(self.path(name))
            self.untouched(lambda: self.store.retain(path, Retention(last)))
            del self.saved[name][:-last]

    @rule(name=NAMES, pick=PICKS)
    def restore(self, name: str, pick: int) -> None:
        known = self.saved.get(name)
        path = self.path(name)
        if not known or (path.exists() and not path.is_file()):
            return
        one = self.store.list(str(path))[pick % len(known)]
        current = path.read_bytes() if path.exists() else None
        content = known[pick % len(known)][1]
        if b"<<<<<<<" in content:  # A merge's file: no notebook, and thus not restored.
            if content != current:
                with pytest.raises(CheckpointError, match="not a notebook"):
                    restore_checkpoint(self.store, str(path), one.id)
            return
        self.untouched(lambda: restore_checkpoint(self.store, str(path), one.id), but=name)
        assert path.read_bytes() == content
        if current not in {None, content, known[-1][1]}:
            assert current is not None
            known.append((f"Before restoring {one.id}", current))

    @rule(name=NAMES, to=NAMES)
    def rename(self, name: str, to: str) -> None:
        if name == to or not self.saved.get(name) or self.saved.get(to):
            return
        paths = str(self.path(name)), str(self.path(to))
        self.untouched(lambda: self.store.rename(*paths))
        self.saved[to] = self.saved.pop(name)


@pytest.mark.parametrize(
    ("examples", "steps"),
    [(12, 25), pytest.param(300, 50, marks=pytest.mark.slow)],
    ids=["short", "long"],
)
def test_whatever_the_user_does(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        AnyState,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )
