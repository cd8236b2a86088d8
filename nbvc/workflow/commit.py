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
    from collections.abc import Mapping, Sequence

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
    committed instead of what lies on the disk, if there are any. `finishes_merge` makes the commit of
    the merge, cherry-pick or revert in progress, with everything that is staged.
    """

    names: tuple[str, ...]
    message: str
    policy: CommitPolicy = CommitPolicy()
    branch: str | None = None
    outputs: Outputs = Outputs.KEEP
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
    contents: Mapping[str, bytes | None] | None = order.contents or None
    if order.outputs is Outputs.STRIP:
        contents = _strip_files(repository, order.names)
    return commit(
        repository,
        order.names,
        order.message,
        policy=order.policy,
        branch=order.branch,
        contents=contents,
        renamed=find_renames(repository, store, order.names),
    )


def read_outputs(repository: Repository, name: str) -> Outputs | None:
    """Return what was chosen for the outputs of a notebook in commits, None before the first choice.

    A choice for the whole repository is the setting without a name.
    """
    for key in (_name_choice(name), f"{_SECTION}.{_OUTPUTS}"):
        said = repository.git.ask("config", "--local", "--get", key).stdout
        for outputs in Outputs:
            if outputs.value == said.decode(errors="replace").strip():
                return outputs
    return None


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


def _strip_files(repository: Repository, names: Sequence[str]) -> dict[str, bytes | None]:
    """Return notebooks without what each one's settings remove, None for one that does not exist.

    Excluded and other files stay as they are. What is removed is stored and on the disk first.
    """
    from nbvc.names import SUFFIX
    from nbvc.store.entries import OutputStore
    from nbvc.store.files import strip_content
    from nbvc.store.home import Home
    from nbvc.workflow.deciding import Resolver

    store = OutputStore(Home.of(repository))
    resolver = Resolver.of_folder(repository.top)
    contents: dict[str, bytes | None] = {}
    for name in names:
        content = _read_file(repository, name)
        if content is None:
            contents[name] = None
            continue
        decision = resolver.decide(name)
        if name.endswith(SUFFIX) and not decision.excluded:
            content = strip_content(content, decision.storing, store, name)
        contents[name] = content
    store.sync()
    return contents


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
