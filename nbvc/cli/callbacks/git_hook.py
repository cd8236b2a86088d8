"""`nbvc git-hook HOOK ARGUMENTS…`: results go back into the notebooks that git has written."""

from __future__ import annotations

import os
import sys

from nbvc.errors import NbvcError, WriteRefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git import Repository
    from nbvc.store.entries import OutputStore


def after_git(hook: str, args: Sequence[str] = ()) -> int:
    """Put results back where they belong, and refresh the index. Never fails: git is done already.

    `args` are the hook's. Only what git wrote is looked at: in any other file it was its user who
    cleared the results.
    """
    try:
        restored = put_back(hook, args)
    except (NbvcError, OSError) as error:
        _warn(f"outputs were not put back: {error}")
        return 0
    if restored:
        names = f"{restored} notebook{'s' * (restored != 1)}"
        print(f"nbvc: put results back into {names}", file=sys.stderr)
    return 0


def _warn(text: str) -> None:
    from nbvc.render.escape import escaped_line

    print(f"nbvc: {escaped_line(text)}", file=sys.stderr)


def put_back(hook: str, args: Sequence[str]) -> int:
    """Put results back into the notebooks that git wrote and that lack some; return into how many.

    A checkout or a commit may be a step of a rebase, which goes on with the index that it has in
    memory: then nothing is done.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.git.actions.refreshing import refresh
    from nbvc.git.state.operation import operation
    from nbvc.git.state.written import git_wrote, mark_checkout, reapplied
    from nbvc.store.entries import OutputStore
    from nbvc.store.home import Home

    repository = repository_at()
    if hook in {"post-checkout", "post-commit"} and operation(repository) is not None:
        return 0
    if hook == "post-checkout" and os.environ.get("GIT_INDEX_FILE"):  # git commit says it to hooks
        mark_checkout(repository)
        return 0
    store = OutputStore(Home.of(repository))
    if not store.has_any():
        return 0
    exactly = hook == "post-commit"
    names = (
        reapplied(repository, _filtered(repository))
        if exactly
        else git_wrote(repository, _filtered(repository), hook, args)
    )
    changed = [name for name in names if _put_back(repository, store, name, exactly=exactly)]
    if names:
        refresh(repository)
    return len(changed)


def _filtered(repository: Repository) -> list[str]:
    """Return the tracked notebooks whose filter is nbvc's."""
    from nbvc.git.setup.attributes import filtered
    from nbvc.git.state.changes import tracked

    return filtered(repository, tracked(repository))


def _put_back(repository: Repository, store: OutputStore, name: str, *, exactly: bool) -> bool:
    """Put one notebook's results back; `exactly`: only if it is just as the filter left it."""
    from nbvc.notebook.paired import may_be_paired
    from nbvc.notebook.saving import read_stamped, save
    from nbvc.render.escape import escaped_line
    from nbvc.store.restoring import Asked, Places, restored

    path = repository.path(name)
    if os.path.islink(path):
        return False
    try:
        content, seen = read_stamped(path)
        found = restored(store, name, content, Places.of(repository), Asked.BY_HOOK)
        if found.damaged:
            _warn(f"{name}: the stored state {found.damaged} is damaged (nbvc outputs list {name})")
        if found.content == content or (exactly and not found.exact):
            return False
        save(path, found.content, seen, keep_time=may_be_paired(path, content))
    except WriteRefusedError as error:
        print(f"nbvc: results were not put back: {escaped_line(str(error))}", file=sys.stderr)
        return False
    except (NbvcError, OSError):
        return False  # A notebook in conflict, or none at all, is for its user to look at.
    return True
