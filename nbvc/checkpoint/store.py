"""The checkpoints of one repository: make, list, show, restore, delete, rename.

One ref for each notebook and writer, `refs/nbvc/checkpoints/<machine>/<notebook>`; lists merge what
all writers have. A new checkpoint is a commit on top of the writer's last one, and the ref moves by
compare and swap: whoever comes second builds on the first.
"""

from __future__ import annotations

import os
import time
from enum import Enum

from nbvc.checkpoint.chain import Chains
from nbvc.checkpoint.names import PREFIX
from nbvc.checkpoint.record import Author
from nbvc.checkpoint.writer import is_same_machine, writer_name
from nbvc.errors import CheckpointError, visible
from nbvc.git.plumbing.objects import Objects
from nbvc.git.plumbing.refs import Refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from nbvc.checkpoint.creating import Created
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.restoring import Restored
    from nbvc.checkpoint.retention import Retention
    from nbvc.git.plumbing.repository import Repository


class Home(Enum):
    """Where a store keeps its checkpoints: with the notebooks, or in a repository of its own."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class Store:
    """The checkpoints of a repository, for one writer.

    `machine` names this computer; `clock` gives seconds since 1970; `author` is who makes
    checkpoints, by default git's user. Paths given to methods are files on the disk, which need
    not exist any more. Every method raises `GitError`. Close it after use: it keeps a git process.
    """

    def __init__(
        self,
        repository: Repository,
        machine: str,
        *,
        clock: Callable[[], float] = time.time,
        author: Author | None = None,
        home: Home = Home.INSIDE,
    ) -> None:
        self.repository = repository
        self.home = home
        self.machine = machine
        self.clock = clock
        self.objects = Objects(repository)
        self.refs = Refs(repository, PREFIX)
        self.chains = Chains(repository, self.objects)
        self._author = author
        self._writer: str | None = None

    @property
    def writer(self) -> str:
        """The first part of this writer's refs."""
        if self._writer is None:
            self._writer = writer_name(self.repository, self.machine)
        return self._writer

    @property
    def author(self) -> Author:
        """Who makes checkpoints. A save point must not fail for want of a name."""
        if self._author is None:
            finished = self.repository.git.ask("var", "GIT_AUTHOR_IDENT")
            name, _, rest = finished.stdout.decode(errors="replace").partition(" <")
            found = Author(name, rest.partition(">")[0])
            known = finished.code == 0 and name and found.email
            self._author = found if known else Author("nbvc", f"nbvc@{self.machine}")
        return self._author

    def is_own(self, ref: str) -> bool:
        """Tell whether a ref (`machine/notebook`) was written on this machine."""
        return is_same_machine(ref.partition("/")[0], self.machine)

    def is_deletable(self, ref: str) -> bool:
        """Tell whether a checkpoint that is deleted from a ref (`machine/notebook`) stays deleted.

        The ref is this clone's, or it was written on this machine and no remote is known to have
        it: the next fetch would bring back any other.
        """
        from nbvc.checkpoint.sharing import is_shared

        return ref.startswith(self.writer) or (self.is_own(ref) and not is_shared(self, ref))

    def name(self, path: str) -> str:
        """Return a notebook's path from the top; a link counts as what it leads to.

        Outside of a repository it is the absolute path.
        """
        real = os.path.realpath(path)
        return real if self.home is Home.OUTSIDE else self.repository.name(real)

    def list(self, path: str) -> tuple[Checkpoint, ...]:
        """Return a notebook's checkpoints by all writers, oldest first."""
        from nbvc.checkpoint.lineage import merged

        return merged(self, self.name(path))

    def notebooks(self) -> tuple[str, ...]:
        """Return the paths, from the top, of all notebooks that have checkpoints."""
        from nbvc.checkpoint.lineage import notebook_of

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
                "it has no checkpoints",
                where=visible(path),
                hint="nbvc checkpoint create makes one",
            )
        problem = "more than one checkpoint starts with" if found else "there is no checkpoint"
        raise CheckpointError(
            f"{problem} {visible(which)!r}",
            where=visible(path),
            hint="nbvc checkpoint list shows them",
        )

    def content(self, checkpoint: Checkpoint) -> bytes:
        """Return the notebook's bytes as they were."""
        if checkpoint.blob:
            return self.objects.blob(checkpoint.blob)
        content = self.objects.at(checkpoint.commit, checkpoint.path)
        if content is None:
            raise CheckpointError(f"the checkpoint {checkpoint.id} holds no notebook")
        return content

    def create(self, path: str, message: str = "", content: bytes | None = None) -> Created:
        """Save a notebook as it is on the disk, or as `content` has it.

        Where this writer's latest checkpoint has the same content, that one is returned. Threads
        and processes may do this at once.
        """
        from nbvc.checkpoint.creating import create
        from nbvc.git.state.changes import read_file

        name = self.name(path)
        if content is None:
            content = read_file(os.path.realpath(path))
        return create(self, name, message, content)

    def restore(
        self, path: str, which: str, expected: str | None = None, *, raw: bool = False
    ) -> Restored:
        """Write a checkpoint over the notebook's file, after saving what is there as another one.

        Args:
            path: The notebook's file.
            which: The checkpoint, by its ID or `latest`.
            expected: The `content_digest` of what the caller believes to be on the disk, such as an
                editor that loaded it. Without it any content is replaced.
            raw: Restore a checkpoint that is not a notebook, too.

        Raises `ContentChangedError`, and `CheckpointError` if the checkpoint is not a notebook.
        """
        from nbvc.checkpoint.restoring import restore

        return restore(self, path, self.find(path, which), expected, raw=raw)

    def delete(self, path: str, which: str) -> Checkpoint:
        """Delete one checkpoint and return what it was; the others keep their ids.

        Git drops the content itself when it next collects garbage. Raises `ForeignCheckpointError`
        for one that another clone made and shared, which the next fetch would bring back.
        """
        from nbvc.checkpoint.editing import delete

        return delete(self, self.name(path), self.find(path, which))

    def check_deletable(self, path: str, checkpoint: Checkpoint) -> None:
        """Raise `ForeignCheckpointError` if `delete` would."""
        from nbvc.checkpoint.editing import check_deletable

        check_deletable(self, self.name(path), checkpoint)

    def expendable(self, path: str, retention: Retention) -> tuple[Checkpoint, ...]:
        """Return the checkpoints that a retention lets go and that can be deleted, oldest first."""
        from nbvc.checkpoint.editing import expendable

        return expendable(self, self.name(path), retention).own

    def foreign(self, path: str, retention: Retention) -> tuple[Checkpoint, ...]:
        """Return the checkpoints that a retention lets go and that only other clones can delete."""
        from nbvc.checkpoint.editing import expendable

        return expendable(self, self.name(path), retention).foreign

    def retain(self, path: str, retention: Retention) -> tuple[Checkpoint, ...]:
        """Delete the checkpoints that `expendable` returns, and return them."""
        from nbvc.checkpoint.editing import retain

        return retain(self, self.name(path), retention)

    def rename(self, old: str, new: str) -> tuple[str, ...]:
        """Let checkpoints follow a notebook, or all notebooks of a folder, to a new path.

        Returns the new paths, from the top. The files themselves are not touched.
        """
        from nbvc.checkpoint.editing import rename

        return rename(self, self.name(old), self.name(new))

    def close(self) -> None:
        """End the git process; the next call starts another."""
        self.objects.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
