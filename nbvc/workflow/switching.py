"""Switch to another branch where only noise in notebooks is in the way, and refuse elsewhere."""

from __future__ import annotations

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.store import Store
    from nbvc.git.actions.branching import Switched
    from nbvc.git.plumbing.repository import Repository


def switch_to(
    store: Store, repository: Repository, name: str, *, remote: str | None = None
) -> Switched:
    """Switch to a branch that is here, or that a remote has; uncommitted changes go along.

    What a tool wrote unasked into an open notebook, such as the version of its kernel, is discarded if
    the other branch has another version of that notebook; it becomes a checkpoint first. Raises
    `BranchRefusedError` if git would have to overwrite other changes.
    """
    from nbvc.git.actions.branching import BranchRefusedError, go_to_branch

    acting = repository.acting
    try:
        return go_to_branch(acting, name, remote=remote)
    except BranchRefusedError as error:
        names = error.names
        if not names or not all(_is_noise(repository, one) for one in names):
            raise
    from nbvc.workflow.discarding import bring_back, discard_changes

    kept = discard_changes(store, repository, names)
    try:
        return go_to_branch(acting, name, remote=remote)
    except BaseException:
        bring_back(store, repository, [(one.path, one.id) for one in kept])
        raise


def _is_noise(repository: Repository, name: str) -> bool:
    """Return whether a notebook differs from the last commit in noise alone."""
    from nbvc.diffing import diff
    from nbvc.git.state.changes import read_checkout, read_file
    from nbvc.names import SUFFIX
    from nbvc.notebook import read

    if not name.endswith(SUFFIX):
        return False
    stored = read_checkout(repository, "HEAD", name)
    try:
        content = read_file(repository.path(name))
        return stored is not None and not diff(read(stored), read(content)).changed
    except NbvcError:
        return False
