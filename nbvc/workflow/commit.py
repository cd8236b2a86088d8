"""Commit files: notebooks with or without outputs, under new names, and without unresolved conflicts."""

from __future__ import annotations

import os
from enum import Enum

import msgspec

from nbvc.errors import NbvcError
from nbvc.git.actions.outcome import CommitOutcome, CommitPolicy, make_refusal
from nbvc.normalising.policy import Outputs
from nbvc.workflow.restoring import check_seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.checkpoint.store import Store
    from nbvc.git.actions.outcome import CommitResult
    from nbvc.git.plumbing.repository import Repository


_SECTION, _OUTPUTS = "nbvc", "commitOutputs"
"""The setting of a notebook or a repository, in this clone only."""


class Unresolved(Enum):
    """Whether to commit a notebook with conflicts that are not resolved."""

    REFUSE = "refuse"
    COMMIT = "commit"


class CommitOrder(msgspec.Struct, frozen=True):
    """What to commit, and how. `names` are paths from the top of the repository.

    `expected` gives the digests of the files that the caller has seen, by name. `contents` are
    committed instead of what is on disk, by name: what was chosen of a file, with what is
    staged of it. `outputs_of` gives the outputs of single notebooks, `outputs` those of the others.
    `finishes_merge` makes the commit of the merge, cherry-pick or revert in progress, with everything
    that is staged.
    """

    names: tuple[str, ...]
    message: str
    policy: CommitPolicy = CommitPolicy()
    branch: str | None = None
    outputs: Outputs = Outputs.KEEP
    outputs_of: dict[str, Outputs] = {}
    unresolved: Unresolved = Unresolved.REFUSE
    expected: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    finishes_merge: bool = False


def commit_files(repository: Repository, store: Store, order: CommitOrder) -> CommitResult:
    """Commit the files of an order, and nothing else.

    `store` has the repository's checkpoints. A refusal is a result. Raises `ContentChangedError` if
    a file is not the one that the caller has seen, `NotebookError` if outputs cannot be removed.
    """
    from nbvc.git.actions.commit import commit
    from nbvc.git.actions.finishing import finish_operation

    for name, digest in order.expected.items():
        check_seen(_read_file(repository, name), digest, "committed")
    refused = _refuse_unresolved(repository, order)
    if refused is not None:
        return refused
    if order.finishes_merge:
        return finish_operation(repository, order.names, order.message, policy=order.policy)
    stripped = _list_stripped(order)
    strip = Stripper(repository) if stripped else None
    contents = {name: strip.strip_file(name) for name in stripped} if strip else {}
    if strip:
        strip.sync()
    return commit(
        repository,
        order.names,
        order.message,
        policy=msgspec.structs.replace(order.policy, chosen=frozenset(order.contents)),
        branch=order.branch,
        contents={**contents, **order.contents} or None,
        renamed=find_renames(repository, store, order.names),
    )


def read_outputs(repository: Repository, names: Iterable[str]) -> dict[str, Outputs]:
    """Return what was chosen for the outputs of notebooks in commits, by name.

    A choice for the whole repository is the setting without a name. Notebooks without a choice are
    left out.
    """
    # Git prints a key with its last part in lower case.
    last = _OUTPUTS.lower()
    args = ("config", "--local", "-z", "--get-regexp", rf"^{_SECTION}\..*{last}$")
    entries = os.fsdecode(repository.git.ask(*args).stdout).split("\0")
    known = {outputs.value: outputs for outputs in Outputs}
    said = {key: known.get(value) for key, _, value in (one.partition("\n") for one in entries)}
    whole = said.get(f"{_SECTION}.{last}")
    found = {name: said.get(f"{_SECTION}.{name}.{last}") or whole for name in names}
    return {name: outputs for name, outputs in found.items() if outputs is not None}


def remember_outputs(repository: Repository, name: str, outputs: Outputs) -> None:
    """Choose what becomes of the outputs of a notebook in commits. Raises `GitError`."""
    if "\n" not in name:  # git has no settings for such names
        repository.git.run("config", "--local", _name_choice(name), outputs.value)


def _name_choice(name: str) -> str:
    return f"{_SECTION}.{name}.{_OUTPUTS}"


def find_renames(
    repository: Repository, store: Store, names: Sequence[str], *, filters: bool = True
) -> dict[str, str]:
    """Return the old names of notebooks that were renamed since the last commit.

    Without `filters` no program runs, and notebooks that git stores in another form are left out.
    """
    from nbvc.names import SUFFIX
    from nbvc.workflow.history import open_history

    found = {}
    for name in names:
        if name.endswith(SUFFIX) and not os.path.islink(repository.path(name)):
            with open_history(store, repository.path(name), repository=repository) as history:
                found[name] = history.renamed_from(filters=filters)
    return {name: old for name, old in found.items() if old is not None and old not in names}


def _refuse_unresolved(repository: Repository, order: CommitOrder) -> CommitResult | None:
    """Return a refusal that names the files with unresolved conflicts, None if there are none."""
    from nbvc.git.actions.obstacles import format_names
    from nbvc.workflow.unresolved import has_open_markers

    if order.unresolved is Unresolved.COMMIT:
        return None
    left = [name for name in order.names if has_open_markers(repository, name)]
    if not left:
        return None
    text = f"{format_names(left)}: its conflicts are not resolved"
    return make_refusal(CommitOutcome.UNMERGED, text, "resolve them first", *left)


def _list_stripped(order: CommitOrder) -> list[str]:
    """Return the files that are committed without outputs, and of which nothing else was chosen."""
    return [
        name
        for name in order.names
        if name not in order.contents and order.outputs_of.get(name, order.outputs) is Outputs.STRIP
    ]


class Stripper:
    """Removes from notebooks what each one's settings remove, and stores that on disk first.

    Without `stores` nothing is stored: nothing is committed. `sync` comes before a commit.
    """

    def __init__(self, repository: Repository, *, stores: bool = True) -> None:
        from nbvc.store.entries import OutputStore
        from nbvc.store.home import Home
        from nbvc.workflow.deciding import Resolver

        self._repository = repository
        self._store = OutputStore(Home.of(repository)) if stores else None
        self._resolver = Resolver.of_folder(repository.top)

    def strip(self, name: str, content: bytes) -> bytes:
        """Return a notebook without outputs. Excluded and other files stay as they are."""
        from nbvc.names import SUFFIX
        from nbvc.store.files import strip_content

        decision = self._resolver.decide(name)
        if not name.endswith(SUFFIX) or decision.excluded:
            return content
        return strip_content(content, decision.storing, self._store, name)

    def strip_file(self, name: str) -> bytes | None:
        """Return a file's content without outputs, None if the file does not exist."""
        content = _read_file(self._repository, name)
        return None if content is None else self.strip(name, content)

    def sync(self) -> None:
        """Write what was removed to disk."""
        if self._store is not None:
            self._store.sync()


def _read_file(repository: Repository, name: str) -> bytes | None:
    """Return the content of a regular file, None for anything else."""
    path = repository.path(name)
    if os.path.islink(path) or not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise NbvcError(f"the file cannot be read: {error.strerror}", where=name) from None
