"""What every operation on checkpoints needs: the repository, the refs in it, and who writes them."""

from __future__ import annotations

import os
import time
from enum import Enum

from nbvc.checkpoint.chain import Chains
from nbvc.checkpoint.names import PREFIX
from nbvc.checkpoint.record import Author
from nbvc.checkpoint.writer import is_same_machine, writer_name
from nbvc.errors import CheckpointError
from nbvc.git.plumbing.objects import Objects
from nbvc.git.plumbing.refs import Refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.git.plumbing.repository import Repository


class StorePlace(Enum):
    """Where a store keeps its checkpoints: with the notebooks, or in a repository of its own."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class StoreBase:
    """A repository with checkpoints, as one writer sees it.

    `machine` names this computer; `clock` gives seconds since 1970; `author` is who makes
    checkpoints, by default git's user. Paths given to methods are files on disk, which need
    not exist any more. Every method raises `GitError`. Close it after use: it keeps a git process.
    """

    def __init__(
        self,
        repository: Repository,
        machine: str,
        *,
        clock: Callable[[], float] = time.time,
        author: Author | None = None,
        home: StorePlace = StorePlace.INSIDE,
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
        """Return whether a ref (`machine/notebook`) was written on this machine."""
        return is_same_machine(ref.partition("/")[0], self.machine)

    def name(self, path: str) -> str:
        """Return a notebook's path from the top; a link counts as what it leads to.

        Outside of a repository it is the absolute path.
        """
        real = os.path.realpath(path)
        return real if self.home is StorePlace.OUTSIDE else self.repository.name(real)

    def content(self, checkpoint: Checkpoint) -> bytes:
        """Return the notebook's bytes as they were."""
        if checkpoint.blob:
            return self.objects.blob(checkpoint.blob, None)
        content = self.objects.at(checkpoint.commit, checkpoint.path, filters=False)
        if content is None:
            raise CheckpointError(f"the checkpoint {checkpoint.id} holds no notebook")
        return content

    def close(self) -> None:
        """End the git process; the next call starts another."""
        self.objects.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
