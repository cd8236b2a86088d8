"""Which notebook of the last commit is this one, renamed since and not committed."""

from __future__ import annotations

import os

from nbvc.errors import StoredFormError
from nbvc.git.plumbing.objects import is_file
from nbvc.git.state.changes import read_file
from nbvc.versions.moves import LOOKED_INTO, NOTEBOOKS, count_lines, share_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.plumbing.repository import Repository

ALIKE = 0.6
"""The share of equal source lines by which the history of a deleted notebook is shown for a new one.

To commit the deletion takes more than this guess: a copy of a template is as similar.
"""


def has_file(objects: Objects, commit: str, name: str) -> bool:
    """Return whether a commit has a regular file of this name. Its content may be large: not read."""
    folder, _, base = name.rpartition("/")
    tree = objects.get(f"{commit}:{folder}")
    if tree is None or tree.kind != "tree":
        return False
    size, rest, wanted = len(tree.oid) // 2, tree.content, os.fsencode(base)
    while rest:
        entry, _, rest = rest.partition(b"\0")
        mode, _, found = entry.partition(b" ")
        if found == wanted:
            return is_file(int(mode, 8))
        rest = rest[size:]
    return False


def find_former_name(
    repository: Repository,
    objects: Objects,
    name: str,
    former: Iterable[tuple[str, bytes]] = (),
    *,
    alike: float = 1.0,
    filters: bool = True,
) -> str | None:
    """Return the name in the last commit of a notebook that was renamed since, None for no other.

    `former` are the names that its checkpoints know, the latest first, with what they hold: such a
    name counts unless another notebook has it in the last commit. Without them a deleted notebook
    is the same one if a share `alike` of its source lines is equal, and no other is as similar.
    `filters`: whether what git stores in another form is read, by the filters that git runs for that.
    """
    head = objects.head()
    path = repository.path(name)
    if head is None or not os.path.isfile(path) or has_file(objects, head, name):
        return None
    gone = _find_gone(repository)
    if not gone:
        return None
    for one, saved in former:
        if one in gone and _is_version(saved, _read_file(objects, head, one, filters=filters)):
            return one
    now = count_lines(read_file(path))
    rated = []
    candidates = [*gone][:LOOKED_INTO]
    objects.fetch(gone[one] for one in candidates)
    for one in candidates:
        content = _read_file(objects, head, one, filters=filters)
        share = 0.0 if content is None else share_lines(now, count_lines(content))
        if share >= alike:
            same = os.path.basename(one) == os.path.basename(name)
            rated.append(((share, same), one))
    rated.sort(reverse=True)
    if len(rated) > 1 and rated[0][0] == rated[1][0]:
        return None  # Nobody can tell which one it was.
    return rated[0][1] if rated else None


def _read_file(objects: Objects, head: str, name: str, *, filters: bool) -> bytes | None:
    """Return a file of the last commit, None if it cannot be had."""
    try:
        return objects.at(head, name, filters=filters)
    except StoredFormError:
        return None


def _is_version(saved: bytes, committed: bytes | None) -> bool:
    """Return whether a checkpoint and a committed file are the same notebook."""
    if committed is None:
        return False
    return saved == committed or share_lines(count_lines(saved), count_lines(committed)) >= ALIKE


def _find_gone(repository: Repository) -> dict[str, str]:
    """Return the notebooks of the last commit that are not in the working tree, with their blobs.

    Without those of which something else is staged: that is what the user wants to commit.
    """
    deleted = _find_differing(repository, "--diff-filter=D")
    gone = {
        name: blob for name, blob in deleted.items() if not os.path.lexists(repository.path(name))
    }
    staged = _find_differing(repository, "--cached", "--diff-filter=d") if gone else {}
    return {name: blob for name, blob in gone.items() if name not in staged}


def _find_differing(repository: Repository, *options: str) -> dict[str, str]:
    """Return the notebooks that differ from the last commit, with their blobs in it."""
    more = ("--raw", "-z", "--no-abbrev", "--no-renames", "HEAD")
    said = repository.git.reading.run("diff-index", *options, *more, *NOTEBOOKS)
    fields = said.split(b"\0")
    pairs = zip(fields[::2], fields[1::2], strict=False)
    return {os.fsdecode(name): about.split(b" ")[2].decode() for about, name in pairs}
