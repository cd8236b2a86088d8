"""What git keeps of a notebook's file where nbvc's filter is set up for it.

The file in the work tree has its outputs, what is in the index and in commits has none: compared as
they are, every output would count as added, for ever.
"""

from __future__ import annotations

import os

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbvc.git.plumbing.repository import Repository
    from nbvc.workflow.filter_table import FilterRules


def make_filter(
    repository: Repository, names: Sequence[str], *, after_git: bool = True
) -> Callable[[str, bytes], bytes]:
    """Return a function from a file's name and bytes to the bytes that git keeps of it.

    `names` are the files it may be asked about, as the repository has them. Bytes that the filter
    would refuse, and those of files that it isn't for, stay as they are. With `after_git` git has
    compared the files before, and has called the filter for those with outputs. Raises `GitError`.
    """
    if not names or (after_git and not _has_run(repository)):
        return keep_whole
    clean = _make_cleaner(repository)
    if clean is None:
        return keep_whole
    from nbvc.git.setup.attributes import find_filtered

    chosen = frozenset(find_filtered(repository, names))

    def filter_content(name: str, content: bytes) -> bytes:
        if name not in chosen or not content:
            return content
        try:
            return clean(name, content)
        except (NbvcError, RecursionError):
            return content

    return filter_content


def keep_whole(_name: str, content: bytes) -> bytes:
    """Return what git keeps of a file without a filter."""
    return content


def _has_run(repository: Repository) -> bool:
    """Return whether a single file was stripped here: else git need not be asked for its settings."""
    from nbvc.store.home import outputs_folder

    return os.path.isdir(outputs_folder(repository.common_dir))


def _make_cleaner(repository: Repository) -> Callable[[str, bytes], bytes] | None:
    """Return the filter's work on one notebook, None if it is not set up."""
    rules = _find_rules(repository)
    if rules is None:
        return None
    from nbvc.store.files import strip_content

    def clean(name: str, content: bytes) -> bytes:
        policy = rules.decide(name)
        return content if policy is None else strip_content(content, policy)

    return clean


def _find_rules(repository: Repository) -> FilterRules | None:
    """Return what the filter does here, None if it is not set up."""
    from nbvc.git.setup.install import find_filter
    from nbvc.workflow.filter_table import FilterRules

    words = find_filter(repository.git)
    return None if words is None else FilterRules(words, repository.common_dir)


def find_unclean(repository: Repository) -> list[str]:
    """Return the notebooks in the index and on the disk that the filter would change.

    Others are those of a sparse checkout, of which git may have no content. Raises `GitError`.
    """
    from nbvc.git.plumbing.objects import Objects
    from nbvc.normalising.cleaning import clean
    from nbvc.notebook import read
    from nbvc.workflow.outputs import list_filtered

    rules = _find_rules(repository)
    found: list[str] = []
    if rules is None:
        return found
    names = [name for name in list_filtered(repository) if os.path.isfile(repository.path(name))]
    with Objects(repository) as objects:
        for name in names:
            blob = objects.get(f":0:{name}")
            try:
                policy = rules.decide(name)
                if blob is None or policy is None:
                    continue
                if clean(read(blob.content), policy).changed:
                    found.append(name)
            except NbvcError:
                continue
    return found
