"""The versions of a notebook, for programs."""

from __future__ import annotations

from datetime import datetime, timezone

import msgspec

from nbvc.diffing import diff
from nbvc.git.plumbing.objects import Objects
from nbvc.notebook import Notebook, read
from nbvc.scripting.repositories import commit_of, repository_of
from nbvc.versions.model import VersionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from git import Commit, Repo

    from nbvc.diffing import NotebookDiff
    from nbvc.git.plumbing.repository import Repository
    from nbvc.versions.model import Version


class NotebookVersion(msgspec.Struct, frozen=True):
    """A notebook as one commit, or one checkpoint, has it.

    `version` says who, when and why; `before` is the version that it was made from, None for the
    first one. `content` is empty if the notebook was deleted.
    """

    version: Version
    before: Version | None
    content: bytes
    repository: Repository

    @property
    def id(self) -> str:
        """The commit's or the checkpoint's id."""
        return self.version.id

    @property
    def message(self) -> str:
        """The message of the commit or checkpoint."""
        return self.version.message

    @property
    def author(self) -> str:
        """The author's name."""
        return self.version.author

    @property
    def time(self) -> datetime:
        """The author's moment, in UTC."""
        return datetime.fromtimestamp(self.version.seconds, timezone.utc)

    @property
    def path(self) -> str:
        """The notebook's path from the top at that time."""
        return self.version.name

    @property
    def is_checkpoint(self) -> bool:
        """Whether it is a checkpoint and not a commit of a branch."""
        return self.version.kind is VersionType.CHECKPOINT

    @property
    def notebook(self) -> Notebook | None:
        """The notebook, None if it was deleted. Raises `NotebookError` if it can't be read."""
        return read(self.content, name=_name_version(self.version)) if self.content else None

    @property
    def commit(self) -> Commit:
        """The commit as GitPython's object. Raises `GitError` if GitPython can't read it."""
        return commit_of(self.repository, self.version.commit)

    @property
    def changes(self) -> NotebookDiff:
        """What changed since the version before; for the first one, all of it.

        Raises `NotebookError` if one of them can't be read.
        """
        old = Notebook.empty()
        if self.before is not None and self.before.blob:
            with Objects(self.repository) as objects:
                is_saved = self.before.kind is VersionType.CHECKPOINT
                content = objects.blob(self.before.blob, None if is_saved else self.before.name)
            old = read(content, name=_name_version(self.before))
        return diff(old, self.notebook or Notebook.empty())


def history(
    repository: Repo | str | PathLike[str], path: str | PathLike[str]
) -> Iterator[NotebookVersion]:
    """Yield the versions of a notebook, commits and checkpoints, newest first.

    `repository` is GitPython's `Repo`, with `path` from its top, or a folder, with `path` from there.
    Renames and merges are followed; a merge is compared with its first parent. Raises `GitError`;
    yields nothing if git has never seen the notebook.
    """
    from nbvc.checkpoint.store import Store
    from nbvc.platform import host_name
    from nbvc.workflow.history import open_history

    found, full = repository_of(repository, path)
    with Store(found, host_name()) as store, open_history(store, full) as past:
        versions = past.versions()
        by_id = {one.id: one for one in versions}
        for one, older in zip(versions, (*versions[1:], None), strict=False):
            parent = by_id.get(one.parents[0]) if one.parents else None
            before = older if one.kind is VersionType.CHECKPOINT else parent
            content = past.content(one) if one.blob else b""
            yield NotebookVersion(one, before, content, found)


def _name_version(version: Version) -> str:
    return f"{version.short}:{version.name}"
