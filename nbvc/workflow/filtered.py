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


def make_filter(repository: Repository, names: Sequence[str]) -> Callable[[str, bytes], bytes]:
    """Return a function from a file's name and bytes to the bytes that git keeps of it.

    `names` are the files it may be asked about, as the repository has them. Bytes that the filter
    would refuse, and those of files that it isn't for, stay as they are. Raises `GitError`.
    """
    clean = _cleaner(repository) if names else None
    if clean is None:
        return _whole
    from nbvc.git.setup.attributes import filtered

    chosen = frozenset(filtered(repository, names))

    def kept(name: str, content: bytes) -> bytes:
        if name not in chosen or not content:
            return content
        try:
            return clean(content)
        except (NbvcError, RecursionError):
            return content

    return kept


def _whole(_name: str, content: bytes) -> bytes:
    return content


def _cleaner(repository: Repository) -> Callable[[bytes], bytes] | None:
    """Return the filter's work on one notebook; None where it isn't set up, or is misspelt."""
    from nbvc.store.home import outputs_folder

    # Without a single file that was stripped here, git needn't even be asked.
    if not os.path.isdir(outputs_folder(repository.common_dir)):
        return None
    from nbvc.git.plumbing.filter_settings import filter_words
    from nbvc.git.setup.install import driver_values
    from nbvc.normalising.configuring import filter_policy

    words = filter_words(driver_values(repository.git))
    if words is None:
        return None
    try:
        policy = filter_policy(words)
    except NbvcError:
        return None

    from nbvc.store.files import strip_content

    return lambda content: strip_content(content, policy)
