"""Files in which a merge left conflicts that nobody has resolved since, whatever git takes them for."""

from __future__ import annotations

import os

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository


def has_open_markers(repository: Repository, name: str) -> bool:
    """Return whether conflict markers are left in a file, also if git takes it for resolved.

    A text that had markers in the last commit too, such as a lesson about git, does not count.
    """
    from nbvc.errors import NotebookError
    from nbvc.git.state.changes import read_file
    from nbvc.merging.markers import find_unresolved, parse
    from nbvc.names import SUFFIX
    from nbvc.notebook import read
    from nbvc.workflow.revisions import read_committed

    path = repository.path(name)
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    try:
        content = read_file(path)
    except NbvcError:
        return False
    if b"<<<<<<<" not in content:
        return False
    if name.endswith(SUFFIX):
        try:
            return bool(find_unresolved(read(content)))
        except NotebookError:  # Git's markers leave no notebook.
            pass
    if parse(content.decode(errors="replace").splitlines()) is None:
        return False
    try:
        before = read_committed(repository, name) or b""
    except NbvcError:  # a commit that is still to come, or a form that can't be had here
        before = b""
    return parse(before.decode(errors="replace").splitlines()) is None


def find_open_files(repository: Repository) -> list[str]:
    """Return the files of the operation in progress with conflicts that are not resolved."""
    from nbvc.git.state.status import FileState, read_status

    states = read_status(repository).states
    return [
        name
        for name, state in sorted(states.items())
        if state is FileState.UNMERGED or has_open_markers(repository, name)
    ]
