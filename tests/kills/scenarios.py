"""What nbvc is doing when it is struck, and what must hold afterwards.

A scenario lays out a folder, always at the same place, and acts in it once. Its outcome is compared
with two states: the folder before, and the folder after an act that nobody disturbed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from nbvc.checkpoint.store import Store


class Scenario(NamedTuple):
    """One thing that nbvc does."""

    name: str
    lay: Callable[[Path, Random], None]
    act: Callable[[Path], int]
    needs: str = ""
    """The command that it takes, where it is not there always."""
    repeats: bool = True
    """Whether doing it again after a blow ends as if there had been none."""
    state: Callable[[Path], dict[str, object]] | None = None
    """What is compared besides files, index and the user's refs."""
    instead: Callable[[Path], dict[str, bytes]] | None = None
    """What files may hold as well, given the folder before: what is done where all else fails."""
    holds: Callable[[Path, Path], None] | None = None
    """What must hold in a folder besides, given the folder before."""
    by_git: bool = False
    """Whether git starts the nbvc that is struck."""


def cli(*args: str) -> int:
    """Run a command of nbvc in this process."""
    from nbvc.cli import run

    return run(list(args))


def git(folder: Path, *args: str) -> bytes:
    """Run git; its stdout."""
    return subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True).stdout


def _some(rng: Random, cells: int = 4, more: int = 0) -> list[dict[str, object]]:
    made: list[dict[str, object]] = [markdown(f"# Title {rng.random()}")]
    for number in range(rng.randint(2, cells)):
        text = f"x_{number} = {rng.randint(0, 99)}\nprint(x_{number})"
        shown = [stream(f"{rng.random()}\n" * rng.choice((1, 1 + more)))]
        made.append(code(text, shown, execution_count=number))
    return made


def _edited(rng: Random, cells: list[dict[str, object]], line: str) -> list[dict[str, object]]:
    """Return the cells with a line more in one of them, and a new cell."""
    at = rng.randrange(1, len(cells))
    edited = [*cells, code(f"new = {rng.random()}")]
    edited[at] = {**cells[at], "source": f"{cells[at]['source']}\n{line}"}
    return edited


def _three(folder: Path, rng: Random, *, alike: bool) -> None:
    cells = _some(rng, more=3000)
    (folder / "base.ipynb").write_bytes(file(*cells))
    for side in ("local", "remote"):
        at = rng if not alike else type(rng)(1)
        (folder / f"{side}.ipynb").write_bytes(file(*_edited(at, cells, f"y = '{side}'")))


def _lay_driver(folder: Path, rng: Random) -> None:
    _three(folder, rng, alike=rng.random() < 0.5)


def _lay_merge(folder: Path, rng: Random) -> None:
    _three(folder, rng, alike=False)
    (folder / "merged.ipynb").write_bytes((folder / "base.ipynb").read_bytes())


def _lay_conflict(folder: Path, rng: Random) -> None:
    from nbvc.merging import Strategy
    from nbvc.merging.files import merge_files

    _three(folder, rng, alike=True)
    contents = [(folder / f"{one}.ipynb").read_bytes() for one in ("base", "local", "remote")]
    content, _ = merge_files(contents[0], contents[1], contents[2], Strategy(), "a.ipynb")
    (folder / "a.ipynb").write_bytes(content)


def _lay_broken(folder: Path, rng: Random) -> None:
    _three(folder, rng, alike=True)
    names = [f"{one}.ipynb" for one in ("local", "base", "remote")]
    merged = subprocess.run(
        ["git", "merge-file", "-p", *names], cwd=folder, capture_output=True, check=False
    )
    (folder / "a.ipynb").write_bytes(merged.stdout)


def _lay_patch(folder: Path, rng: Random) -> None:
    import json

    import nbvc

    _three(folder, rng, alike=False)
    before, after = (nbvc.read(folder / f"{one}.ipynb") for one in ("base", "local"))
    changes = json.dumps(nbvc.diff(before, after).to_dict())
    (folder / "changes.json").write_text(changes, encoding="utf-8")
    (folder / "a.ipynb").write_bytes((folder / "remote.ipynb").read_bytes())


def lay_repository(folder: Path, rng: Random, *names: str) -> None:
    """Make a repository with notebooks, one commit, one staged change, and one that is not."""
    git(folder, "init", "-q", "--template=", "-b", "main")
    git(folder, "config", "core.fsync", "none")
    for name in names or ("a.ipynb", "sub/b.ipynb"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(file(*_some(rng, more=200)))
    (folder / "other.py").write_text("1\n", encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    (folder / "other.py").write_text("2\n", encoding="utf-8")
    git(folder, "add", "other.py")
    (folder / "a.ipynb").write_bytes(file(*_some(rng, more=200)))


def _lay_commit(folder: Path, rng: Random) -> None:
    lay_repository(folder, rng)
    if rng.random() < 0.5:
        (folder / "new.ipynb").write_bytes(file(*_some(rng)))


def _commit(folder: Path) -> int:
    from nbvc.git.actions.commit import commit
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import discover

    repository = discover(Git.find(os.environ), str(folder))
    names = [name for name in ("a.ipynb", "new.ipynb") if (folder / name).exists()]
    return int(not commit(repository, names, "two").succeeded)


def _lay_checkpoints(folder: Path, rng: Random) -> None:
    lay_repository(folder, rng)
    with _store(folder) as store:
        for number in range(rng.randint(0, 2)):
            store.create(str(folder / "a.ipynb"), f"{number}", file(*_some(rng, more=200)))


def _lay_restore(folder: Path, rng: Random) -> None:
    lay_repository(folder, rng)
    with _store(folder) as store:
        for number in range(2):
            store.create(str(folder / "a.ipynb"), f"{number}", file(*_some(rng, more=200)))


def _store(folder: Path) -> Store:
    from nbvc.checkpoint.opening import open_store
    from nbvc.git.plumbing.command import Git

    data = str(folder / ".data")
    git_ = Git.find(os.environ)
    return open_store(git_, str(folder), machine="m", data_folder=data, clock=lambda: 1.7e9)


def _create(folder: Path) -> int:
    with _store(folder) as store:
        store.create(str(folder / "a.ipynb"), "made")
    return 0


def _restore(folder: Path) -> int:
    from nbvc.workflow.restoring import restore_checkpoint

    path = str(folder / "a.ipynb")
    with _store(folder) as store:
        restore_checkpoint(store, path, store.list(path)[0].id)
    return 0


def _delete(folder: Path) -> int:
    path = str(folder / "a.ipynb")
    with _store(folder) as store:
        store.delete(path, store.list(path)[0].id)
    return 0


def saved_points(folder: Path) -> dict[str, object]:
    """Return the checkpoints that there are: message and content of each."""
    path = str(folder / "a.ipynb")
    with _store(folder) as store:
        return {"checkpoints": [(one.message, store.content(one)) for one in store.list(path)]}


def _keeps_points(folder: Path, before: Path) -> None:
    """Every checkpoint that there was is there, and what a restore replaced is one of them."""
    found = saved_points(folder)["checkpoints"]
    assert isinstance(found, list)
    known = [content for _, content in found]
    now, old = ((one / "a.ipynb").read_bytes() for one in (folder, before))
    assert now == old or old in known, "what was on the disk is gone"


def _driver(_: Path) -> int:
    return cli("git-merge-driver", "base.ipynb", "local.ipynb", "remote.ipynb", "7", "a.ipynb")


def _merged_as_text(before: Path) -> dict[str, bytes]:
    labels = [part for name in ("local", "base", "remote") for part in ("-L", name)]
    names = [f"{one}.ipynb" for one in ("local", "base", "remote")]
    args = ["git", "merge-file", "-p", *labels, *names]
    merged = subprocess.run(args, cwd=before, check=False, capture_output=True)
    return {"local.ipynb": merged.stdout}


def _merge(_: Path) -> int:
    return cli("merge", "base.ipynb", "local.ipynb", "remote.ipynb", "-o", "merged.ipynb")


def _patch(_: Path) -> int:
    return cli("patch", "base.ipynb", "changes.json", "-o", "a.ipynb")


def _lay_stripped(folder: Path, rng: Random) -> None:
    """Make a repository whose notebooks were cleaned by another process, and edited since."""
    lay_repository(folder, rng)
    command = [sys.executable, "-m", "nbvc", "clean", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    path = folder / "a.ipynb"
    if rng.random() < 0.5:
        path.write_bytes(path.read_bytes().replace(b"# Title", b"# Other title"))


def _keeps_outputs(folder: Path, before: Path) -> None:
    """What was stripped from a notebook is in the store: its old bytes come back."""
    from nbvc.store.restoring import restore_outputs
    from nbvc.workflow.places import OutputHomes

    for path in (folder / "a.ipynb", folder / "sub" / "b.ipynb"):
        old, now = (before / path.relative_to(folder)).read_bytes(), path.read_bytes()
        if now != old:
            store, name = OutputHomes(os.environ).store(str(path))
            assert restore_outputs(store, name, now).content == old, f"{name}: its outputs are lost"


_FILES = ("a.ipynb", "sub/b.ipynb")


def _lay_filtered(folder: Path, rng: Random) -> None:
    """Make a repository with results in it, whose next `git add` goes through the filter."""
    lay_repository(folder, rng)
    (folder / "sub" / "b.ipynb").write_bytes(file(*_some(rng, more=rng.choice((1, 400)))))
    if rng.random() < 0.5:
        (folder / ".git" / "nbvc" / "outputs").mkdir(parents=True)
    program = f"'{sys.executable}' -m tests.kills.inner git-filter preset=strip"
    if rng.random() < 0.7:
        git(folder, "config", "filter.nbvc.process", program)
    else:
        git(folder, "config", "filter.nbvc.clean", f"{program} --clean %f")
        git(folder, "config", "filter.nbvc.smudge", "cat")
    git(folder, "config", "filter.nbvc.required", "true")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("*.ipynb filter=nbvc\n", "utf-8")


def _add(folder: Path) -> int:
    """Let git stage notebooks; a filter that is gone makes it fail."""
    ran = subprocess.run(["git", "add", *_FILES], cwd=folder, check=False)
    return 2 if ran.returncode else 0


def _stores_first(folder: Path, _: Path) -> None:
    """Whatever git got without its results has them in the store."""
    from nbvc.store.restoring import restore_outputs
    from nbvc.workflow.places import OutputHomes

    for name in _FILES:
        old, staged = (folder / name).read_bytes(), git(folder, "cat-file", "blob", f":{name}")
        raw = {git(folder, "cat-file", "blob", f"HEAD:{name}"), old}
        assert staged, f"{name}: git has nothing"
        if staged not in raw:
            store, stored = OutputHomes(os.environ).store(str(folder / name))
            found = restore_outputs(store, stored, staged).content
            assert found == old, f"{name}: its results are in no store"


def _lay_hooks(folder: Path, rng: Random) -> None:
    """Make a repository with hooks: one of the user's, a link to one, or one of ours."""
    lay_repository(folder, rng)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir()
    (folder / "check.sh").write_text("#!/bin/sh\nexit 0\n", "utf-8")
    (folder / "check.sh").chmod(0o755)
    if rng.random() < 0.5:
        (hooks / "post-merge").symlink_to("../../check.sh")
    (hooks / "post-checkout").write_text("#!/bin/sh\necho mine\n", "utf-8")
    (hooks / "post-checkout").chmod(0o755)


def _lay_set_up(folder: Path, rng: Random) -> None:
    _lay_hooks(folder, rng)
    command = [sys.executable, "-m", "nbvc", "install", "--filter", "--hooks"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _hooks(folder: Path) -> dict[str, object]:
    """Return the hooks that run: what they hold, and whether they may run."""
    found = (folder / ".git" / "hooks").iterdir()
    return {
        f"hook {path.name}": (path.read_bytes(), os.access(path, os.X_OK))
        for path in found
        if path.name.startswith("post-") and ".nbvc-new" not in path.name
    }


def _keeps_hooks(folder: Path, _: Path) -> None:
    """The user's hook runs, by itself or called by ours."""
    path = folder / ".git" / "hooks" / "post-checkout"
    first, rest = path.read_bytes().split(b"\n", 1)
    assert first == b"#!/bin/sh", "the user's hook has lost its beginning"
    assert rest.endswith(b"echo mine\n"), "the user's hook is gone"
    assert os.access(path, os.X_OK), "the user's hook does not run"


def _lay_history(folder: Path, rng: Random) -> None:
    """Make a notebook with some commits, and half of the time an index of the first of them."""
    lay_repository(folder, rng)
    cells = _some(rng, more=200)
    known = rng.choice((0, 2))
    for number in range(4):
        cells = _edited(rng, cells, f"y_{number} = {rng.random()}")
        (folder / "a.ipynb").write_bytes(file(*cells))
        git(folder, "commit", "-q", "-m", f"{number}", "a.ipynb")
        if number + 1 == known:
            _answers(folder)


def _ask(_: Path) -> int:
    return cli("log", "a.ipynb", "--format", "json") or cli("blame", "a.ipynb", "--lines")


def _answers(folder: Path) -> object:
    """Return what is said of a history, with whatever is known of it on the disk."""
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import discover
    from nbvc.render.history import versions_as_dicts
    from nbvc.versions.history import History

    repository = discover(Git.find(os.environ), str(folder))
    with History(repository, "a.ipynb") as history:
        listed = [(one, history.changes(one)) for one in history.versions()]
        return versions_as_dicts(listed)


def _answers_alike(folder: Path, _: Path) -> None:
    """With what a killed program left of the index, the answer is the one without any index."""
    found = _answers(folder)
    shutil.rmtree(folder / ".git" / "nbvc", ignore_errors=True)
    assert found == _answers(folder)


def _lay_cells(folder: Path, rng: Random) -> None:
    """Make a notebook in which every code cell has changed since the commit."""
    lay_repository(folder, rng)
    cells = _some(rng, more=200)
    (folder / "a.ipynb").write_bytes(file(*cells))
    git(folder, "commit", "-q", "-m", "cells", "a.ipynb")
    edited = [{**cell, "source": f"{cell['source']}\ny = 1"} for cell in cells]
    (folder / "a.ipynb").write_bytes(file(*edited))


def _lay_staged_cells(folder: Path, rng: Random) -> None:
    _lay_cells(folder, rng)
    git(folder, "add", "a.ipynb")


def _take(command: str, *more: str) -> Callable[[Path], int]:
    """Return an act that takes one cell of the notebook."""
    return lambda _: cli(command, "--cells", "2", *more, "a.ipynb")


def _clean_commit(_: Path) -> int:
    return cli("commit", "-m", "two", "--clean", "a.ipynb")


SCENARIOS = (
    Scenario("merge driver", _lay_driver, _driver, repeats=False, instead=_merged_as_text),
    Scenario("merge", _lay_merge, _merge),
    Scenario("resolve", _lay_conflict, lambda _: cli("resolve", "a.ipynb", "--both")),
    Scenario("fix", _lay_broken, lambda _: cli("fix", "a.ipynb")),
    Scenario("patch", _lay_patch, _patch),
    Scenario("commit", _lay_commit, _commit, repeats=False),
    Scenario("commit --clean", _lay_commit, _clean_commit, repeats=False),
    Scenario("add --cells", _lay_cells, _take("add"), repeats=False),
    Scenario("reset --cells", _lay_staged_cells, _take("reset"), repeats=False),
    Scenario("commit --cells", _lay_cells, _take("commit", "-m", "two"), repeats=False),
    Scenario("restore --cells", _lay_cells, _take("restore"), repeats=False, holds=_keeps_points),
    Scenario("filter", _lay_filtered, _add, holds=_stores_first, by_git=True),
    Scenario("history index", _lay_history, _ask, holds=_answers_alike),
    Scenario("checkpoint create", _lay_checkpoints, _create, holds=_keeps_points),
    Scenario("checkpoint restore", _lay_restore, _restore, state=saved_points, holds=_keeps_points),
    Scenario("checkpoint delete", _lay_restore, _delete, repeats=False),
    Scenario("clean", lay_repository, lambda _: cli("clean", "."), "clean", holds=_keeps_outputs),
    Scenario("outputs restore", _lay_stripped, lambda _: cli("outputs", "restore", "."), "outputs"),
    Scenario("install", lay_repository, lambda _: cli("install")),
    Scenario(
        "install --hooks",
        _lay_hooks,
        lambda _: cli("install", "--filter", "--hooks"),
        state=_hooks,
        holds=_keeps_hooks,
    ),
    Scenario(
        "uninstall", _lay_set_up, lambda _: cli("uninstall"), state=_hooks, holds=_keeps_hooks
    ),
)
