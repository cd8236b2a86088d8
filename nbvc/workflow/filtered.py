"""What git keeps of a notebook's file if a filter strips outputs: nbvc's, or one such as nbstripout's.

The file in the working tree has its outputs, what is in the index and in commits has none: compared as
they are, every output would count as added, for ever. Filters of others are not run for that: what
they remove is removed by nbvc's preset `strip`.
"""

from __future__ import annotations

import os

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbvc.git.plumbing.repository import Repository
    from nbvc.workflow.filter_table import FilterRules

    Clean = Callable[[str, bytes], bytes]


def make_filter(
    repository: Repository, names: Sequence[str], *, after_git: bool = True
) -> Callable[[str, bytes], bytes]:
    """Return a function from a file's name and bytes to the bytes that git keeps of it.

    `names` are the files it may be asked about, as the repository has them. Bytes that the filter
    would refuse, and those of files that it isn't for, stay as they are. With `after_git` git has
    compared the files before, and has called the filter for those with outputs. Raises `GitError`.
    """
    cleaners = _find_cleaners(repository, names, after_git=after_git)
    if not cleaners:
        return keep_whole

    def filter_content(name: str, content: bytes) -> bytes:
        if name not in cleaners or not content:
            return content
        try:
            return cleaners[name](name, content)
        except (NbvcError, RecursionError):
            return content

    return filter_content


def _find_cleaners(
    repository: Repository, names: Sequence[str], *, after_git: bool
) -> dict[str, Clean]:
    """Return what strips each of these files, by name; files that nothing strips are left out."""
    found: dict[str, Clean] = dict.fromkeys(_find_stripped_by_others(repository, names), _strip)
    if not names or (after_git and not _has_run(repository)):
        return found
    clean = _make_cleaner(repository)
    if clean is not None:
        from nbvc.git.setup.attributes import find_filtered

        found.update(dict.fromkeys(find_filtered(repository, names), clean))
    return found


def _find_stripped_by_others(repository: Repository, names: Sequence[str]) -> list[str]:
    from nbvc.git.plumbing.stored import StoredForms

    forms = StoredForms(repository)
    drivers = {name: forms.find_driver(name) for name in names}
    forms.close()
    return [name for name, driver in drivers.items() if driver is not None and driver.strips]


def _strip(_name: str, content: bytes) -> bytes:
    """Return a notebook without what tools such as nbstripout remove."""
    from nbvc.normalising.policy import PRESETS
    from nbvc.store.files import strip_content

    return strip_content(content, PRESETS["strip"])


def keep_whole(_name: str, content: bytes) -> bytes:
    """Return what git keeps of a file without a filter."""
    return content


def _has_run(repository: Repository) -> bool:
    """Return whether a single file was stripped here: else git need not be asked for its settings."""
    from nbvc.store.home import outputs_folder

    return os.path.isdir(outputs_folder(repository.common_dir))


def _make_cleaner(repository: Repository) -> Clean | None:
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
    """Return the notebooks in the index and on disk that the filter would change.

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
