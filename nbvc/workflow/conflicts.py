"""Read the conflicts that git left in a notebook from the index, and merge them by cell."""

from __future__ import annotations

import msgspec

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.git.plumbing.repository import Repository
    from nbvc.merging.model import MergeResult, Strategy
    from nbvc.notebook import Notebook


class Stages(msgspec.Struct, frozen=True):
    """The versions of an unmerged file in git's index, None for one that does not exist."""

    base: bytes | None = None
    local: bytes | None = None
    remote: bytes | None = None

    @property
    def is_unmerged(self) -> bool:
        """Whether git waits for a resolution."""
        return (self.base, self.local, self.remote) != (None, None, None)

    @property
    def deleted_by(self) -> str | None:
        """The side that deleted the file which the other side changed: "local" or "remote"."""
        if not self.is_unmerged or (self.local is None) == (self.remote is None):
            return None
        return "local" if self.local is None else "remote"


def read_stages(repository: Repository, name: str) -> Stages:
    """Return the versions of a file, given by its path from the top.

    Raises `GitError`, and `StoredFormError` if a filter keeps one from being read.
    """
    from nbvc.git.plumbing.objects import Objects

    listed = repository.git.literal.run("ls-files", "-u", "-z", "--", name)
    found: dict[bytes, bytes] = {}
    with Objects(repository) as objects:
        for entry in filter(None, listed.split(b"\0")):
            _, oid, stage = entry.split(b"\t", 1)[0].split(b" ")
            found[stage] = objects.blob(oid.decode(), name)
    return Stages(found.get(b"1"), found.get(b"2"), found.get(b"3"))


def awaits_resolution(repository: Repository, name: str) -> bool:
    """Return whether git waits for a file, or has it staged with conflicts. Raises as `read_stages`."""
    from nbvc.errors import NotebookError
    from nbvc.git.plumbing.objects import Objects
    from nbvc.merging.markers import find_unresolved
    from nbvc.notebook import read

    if read_stages(repository, name).is_unmerged:
        return True
    with Objects(repository) as objects:
        staged = objects.at("", name, filters=False)
    try:
        return staged is not None and bool(find_unresolved(read(staged)))
    except NotebookError:
        return False


def mark_resolved(repository: Repository, name: str) -> None:
    """Stage a file whose conflicts are resolved. Raises `GitError`."""
    from nbvc.git.state.index import LOCK_PATIENCE, stage

    stage(repository.acting, [name], patience=LOCK_PATIENCE)


def find_bases(
    stages: Stages, name: str
) -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]]:
    """Return what the base has in place of the lines of both sides of each conflict.

    Nothing if the versions in the index cannot be merged.
    """
    from nbvc.merging.files import merge_files
    from nbvc.merging.markers import find
    from nbvc.merging.model import ConflictStyle, Strategy

    if stages.base is None or stages.local is None or stages.remote is None:
        return {}
    try:
        style = Strategy(style=ConflictStyle.DIFF3)
        _, result = merge_files(stages.base, stages.local, stages.remote, style, name)
    except NbvcError:
        return {}
    return {
        (tuple(chunk.lines), tuple(chunk.remote)): chunk.base
        for cell in result.notebook.cells
        if (marked := find(cell)) is not None
        for chunk in marked.chunks
        if chunk.remote is not None
    }


def delete_notebook(store: Store, name: str, expected: bytes) -> Checkpoint:
    """Decide that a notebook stays deleted which one side deleted and the other side changed.

    The file, whose content must be `expected`, becomes the checkpoint that is returned. Raises
    `GitError`, and `ContentChangedError` if the file has another content.
    """
    from nbvc.errors import ContentChangedError, make_visible
    from nbvc.git.state.changes import read_file
    from nbvc.git.state.index import LOCK_PATIENCE, delete

    repository = store.repository.acting
    path = repository.path(name)
    kept = store.create(path, "Before deleting", expected).checkpoint
    if read_file(path) != expected:
        raise ContentChangedError(
            "another program has just changed the notebook: it was not deleted",
            where=make_visible(name),
            hint="open its conflicts again",
        )
    delete(repository, name, patience=LOCK_PATIENCE)
    return kept


def merge_stages(
    stages: Stages, content: bytes | None, name: str
) -> tuple[bytes, MergeResult] | None:
    """Merge the versions of a file by cell.

    None if a side has no version, if one cannot be read, or if somebody has worked on `content`, the
    file on disk.
    """
    from nbvc.merging.files import merge_files
    from nbvc.merging.model import Strategy
    from nbvc.merging.textual import labels_in

    if stages.local is None or stages.remote is None or _is_edited(content, stages):
        return None
    ours, theirs = labels_in(content or b"")
    labels = Strategy(local_label=ours or "local", remote_label=theirs or "remote")
    try:
        return merge_files(stages.base or b"", stages.local, stages.remote, labels, name)
    except NbvcError:
        return None


def merge_in_style(
    base: bytes,
    local: bytes,
    remote: bytes,
    strategy: Strategy,
    name: str,
    environ: Mapping[str, str],
    *,
    by_git: bool = False,
) -> tuple[bytes, MergeResult]:
    """Merge three files; conflicts are written as git's `merge.conflictStyle` says.

    `by_git`: git runs this merge, so that its `-X` counts, and its names of the sides. Git is asked
    only if there are conflicts. Raises `NotebookError`, `RewriteRefusedError`.
    """
    from nbvc.merging.files import merge_files

    content, result = merge_files(base, local, remote, strategy, name)
    if not result.conflicts:
        return content, result
    asked = _ask_git(strategy, environ, by_git=by_git)
    if asked == strategy:
        return content, result
    return merge_files(base, local, remote, asked, name)


def _ask_git(strategy: Strategy, environ: Mapping[str, str], *, by_git: bool) -> Strategy:
    from msgspec.structs import replace

    from nbvc.errors import GitError
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import discover
    from nbvc.git.state.sides import read_favor, read_labels
    from nbvc.merging.model import ConflictStyle, SourceChoice

    try:
        git = Git.find(environ)
        style = git.ask("config", "--get", "merge.conflictStyle").stdout.decode().strip()
        if style in {one.value for one in ConflictStyle}:
            strategy = replace(strategy, style=ConflictStyle(style))
        repository = discover(git, ".") if by_git else None
        if repository is None:
            return strategy
        choices = {"ours": SourceChoice.LOCAL, "theirs": SourceChoice.REMOTE}
        choice = choices.get(read_favor(repository), strategy.sources)
        labels = read_labels(repository) if strategy.has_no_labels else None
    except GitError:  # There is no git.
        return strategy
    if labels:
        strategy = replace(strategy, local_label=labels[0], remote_label=labels[1])
    return replace(strategy, sources=choice)


def _is_edited(content: bytes | None, stages: Stages) -> bool:
    """Return whether a file can be read and is not the version of a side.

    Line ends and layout do not count: git may have converted them on the way to the disk.
    """
    from nbvc.notebook import read

    versions = [one for one in (stages.base, stages.local, stages.remote) if one is not None]
    if content is None or content in versions:
        return False
    try:
        here = read(content)
        return all(read(one) != here for one in versions if one.strip())
    except NbvcError:
        return False


def count_conflicts(notebook: Notebook) -> int:
    """Return how many conflicts in the cells of a notebook are not resolved."""
    from nbvc.merging.markers import find_by_cell

    return sum(marked.hunks for marked in find_by_cell(notebook).values())


def drop_notes(notebook: Notebook) -> Notebook:
    """Return a notebook in which only cells with conflicts have the notes of a merge."""
    from nbvc.merging.markers import find, without_note

    cells = [cell if find(cell) else without_note(cell) for cell in notebook.cells]
    return notebook.with_cells(cells)
