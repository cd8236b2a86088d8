"""Where an output store is, and which working tree its notebooks are in."""

from __future__ import annotations

import os
from functools import partial

import msgspec

from nbvc.git.plumbing.sharing import Sharing, sharing_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.git.plumbing.repository import Repository

_NUMBER = "nbvc-tree"
"""A file in the git folder of a linked working tree: another one of the same name has another."""


def outputs_folder(common_dir: str) -> str:
    """Return the folder of the store, given the git folder that all worktrees share.

    It exists as soon as something was stripped.
    """
    return os.path.join(common_dir, "nbvc", "outputs")


class Home(msgspec.Struct, frozen=True):
    """The folder of a store, and the working tree that it is asked about.

    `git_dir` belongs to the working tree, `common_dir` to all of them; both are empty outside a
    repository. `sharing` finds out who shares the repository. It raises `GitError`.
    """

    folder: str
    git_dir: str = ""
    common_dir: str = ""
    sharing: Callable[[], Sharing] = Sharing

    @classmethod
    def of(cls, repository: Repository) -> Home:
        """Return the home of a repository's outputs."""
        common = repository.common_dir
        sharing = partial(sharing_of, repository.git)
        return cls(outputs_folder(common), repository.git_dir, common, sharing)

    @property
    def is_only_tree(self) -> bool:
        """Whether no other working tree keeps its outputs here."""
        if not self.common_dir:
            return True
        try:
            return not os.listdir(os.path.join(self.common_dir, "worktrees"))
        except OSError:
            return True

    def tree(self) -> str | None:
        """Return the name of the working tree, empty for the main one, None if it has none yet."""
        if self.git_dir == self.common_dir:
            return ""
        try:
            with open(os.path.join(self.git_dir, _NUMBER), encoding="ascii") as file:
                number = file.read()
        except (OSError, UnicodeDecodeError):
            return None
        return f"{os.path.basename(self.git_dir)}-{number}"

    def name_tree(self) -> str:
        """Return the name of the working tree; the first time draw one. Raises `OSError`."""
        found = self.tree()
        if found is not None:
            return found
        self.sharing().write_once(os.path.join(self.git_dir, _NUMBER), os.urandom(4).hex())
        return self.tree() or ""
