"""The checkpoints of one repository: make, list, show, restore, delete, edit, rename.

One ref for each notebook and writer, `refs/nbvc/checkpoints/<machine>/<notebook>`; lists merge what
all writers have. A new checkpoint is a commit on top of the writer's last one, and the ref moves by
compare and swap: whoever comes second builds on the first.
"""

from __future__ import annotations

import os

from nbvc.checkpoint.base import StoreBase
from nbvc.checkpoint.lineage import merge_chains, notebook_of
from nbvc.errors import CheckpointError, make_visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.creating import Created
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.retention import Retention


class Store(StoreBase):
    """The checkpoints of a repository, for one writer. Every method raises `GitError`."""

    def list(self, path: str) -> tuple[Checkpoint, ...]:
        """Return a notebook's checkpoints by all writers, oldest first."""
        return merge_chains(self, self.name(path))

    def notebooks(self) -> tuple[str, ...]:
        """Return the paths, from the top, of all notebooks that have checkpoints."""
        refs = [item for folder in self.refs.folders() for item in self.refs.below(folder).items()]
        return tuple(sorted({notebook_of(self, ref, oid) for ref, oid in refs}))

    def find(self, path: str, which: str) -> Checkpoint:
        """Return the checkpoint of a notebook that an id, its start, a commit or "latest" means.

        Raises `CheckpointError` for none or several.
        """
        every = self.list(path)
        if which == "latest" and every:
            return every[-1]
        found = [
            one
            for one in every
            if len(which) >= 4 and (one.id.startswith(which) or one.commit.startswith(which))
        ]
        if len(found) == 1:
            return found[0]
        if not every:
            raise CheckpointError(
                "no checkpoints",
                where=make_visible(path),
                hint="run nbvc checkpoint create",
            )
        problem = "more than one checkpoint starts with" if found else "unknown checkpoint"
        raise CheckpointError(
            f"{problem} {make_visible(which)!r}",
            where=make_visible(path),
            hint="run nbvc checkpoint list",
        )

    def create(self, path: str, message: str = "", content: bytes | None = None) -> Created:
        """Save a notebook as it is on disk, or as `content` has it.

        Where this writer's latest checkpoint has the same content, that one is returned. Threads
        and processes may do this at once.
        """
        from nbvc.checkpoint.creating import create
        from nbvc.git.state.changes import read_file

        name = self.name(path)
        if content is None:
            content = read_file(os.path.realpath(path))
        return create(self, name, message, content)

    def delete(self, path: str, which: str) -> Checkpoint:
        """Delete one checkpoint and return what it was; the others keep their ids.

        Git drops the content itself when it next collects garbage. Raises `ForeignCheckpointError`
        for one that another clone made and shared, which the next fetch would bring back.
        """
        from nbvc.checkpoint.editing import delete

        return delete(self, self.name(path), self.find(path, which))

    def edit(
        self, path: str, which: str, message: str | None = None, *, pinned: bool | None = None
    ) -> Checkpoint:
        """Give a checkpoint another message, pin it, or unpin it; None leaves that as it is.

        It keeps its id. No retention lets a pinned checkpoint go. Raises `ForeignCheckpointError`
        for one that another clone made and shared.
        """
        from nbvc.checkpoint.editing import edit

        found = self.find(path, which)
        text = found.message if message is None else message
        pin = found.pinned if pinned is None else pinned
        if (text, pin) != (found.message, found.pinned):
            edit(self, self.name(path), found, text, pinned=pin)
        return self.find(path, found.id)

    def check_deletable(self, path: str, checkpoint: Checkpoint) -> None:
        """Raise `ForeignCheckpointError` if `delete` would."""
        from nbvc.checkpoint.editing import check_deletable

        check_deletable(self, self.name(path), checkpoint)

    def expendable(self, path: str, retention: Retention) -> tuple[Checkpoint, ...]:
        """Return the checkpoints that a retention lets go and that can be deleted, oldest first."""
        from nbvc.checkpoint.editing import find_expendable

        return find_expendable(self, self.name(path), retention).own

    def foreign(self, path: str, retention: Retention) -> tuple[Checkpoint, ...]:
        """Return the checkpoints that a retention lets go and that only other clones can delete."""
        from nbvc.checkpoint.editing import find_expendable

        return find_expendable(self, self.name(path), retention).foreign

    def retain(self, path: str, retention: Retention) -> tuple[Checkpoint, ...]:
        """Delete the checkpoints that `find_expendable` returns, and return them."""
        from nbvc.checkpoint.editing import retain

        return retain(self, self.name(path), retention)

    def rename(self, old: str, new: str) -> tuple[str, ...]:
        """Let checkpoints follow a notebook, or all notebooks of a folder, to a new path.

        Returns the new paths, from the top. The files themselves are not touched.
        """
        from nbvc.checkpoint.editing import rename

        return rename(self, self.name(old), self.name(new))
