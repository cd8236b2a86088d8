"""Clean notebooks for git's filter: what is removed is in the output store before git gets the rest.

Git starts the filter for nearly everything that it does and waits, so that this asks git for as
little as possible. A file that cannot be cleaned is refused when it is added, and passes unchanged
if git has it already.
"""

from __future__ import annotations

import os

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.sharing import Sharing
    from nbvc.notebook.notebook import Notebook
    from nbvc.store.entries import OutputStore


class Filter:
    """The filter in the repository that git runs it in, for a policy in `key=value` words.

    The words in git's settings are all it reads, so that no file which comes with a pull can make
    `git add` fail. Raises `NbvcError`.
    """

    def __init__(self, words: Sequence[str], environ: Mapping[str, str]) -> None:
        from nbvc.normalising.configuring import filter_policy

        self._policy = filter_policy(words)
        self._environ = environ
        self.store = open_outputs(environ)
        self._known: frozenset[str] | None = None

    def clean(self, path: str, content: bytes) -> bytes:
        """Return what git stores of a file, and store what is removed from it. Raises `NbvcError`."""
        from nbvc.normalising.cleaning import clean
        from nbvc.notebook.reading import read
        from nbvc.store.files import store_stripped

        if not content:
            return content
        try:
            notebook = read(content)
            done = clean(notebook, self._policy)
        except NbvcError:
            if self._may_pass(content):
                return content
            raise
        if done.changed:
            return store_stripped(self.store, path, content, done)
        if self.store.knows(path) and self._is_cleared(path):
            self.store.put_cleared(path, content, _digest_code(notebook))
        return content

    def _may_pass(self, content: bytes) -> bool:
        """Return whether git may have a file that cannot be cleaned: a refusal ends any git command.

        It may have what it has already, under whatever name, and any file while it stores nothing,
        as in status and diff.
        """
        from nbvc.git.plumbing.repository import discover
        from nbvc.git.state.index import blob_ids, is_being_written, known_blobs

        try:
            repository = discover(self._git(), ".")
            if not is_being_written(repository):
                return True
            if self._known is None:
                self._known = known_blobs(repository)
            return not self._known.isdisjoint(blob_ids(repository, content))
        except NbvcError:
            return False

    def _is_cleared(self, path: str) -> bool:
        """Return whether a user cleared the outputs of a file that has none: git did not write it so.

        Git knows a file that it wrote by its times and size. Within a merge or rebase a user resolves
        conflicts in files without outputs, and clears nothing.
        """
        from nbvc.git.state.operation import trace
        from nbvc.git.state.written import is_as_git_wrote

        try:
            is_running = trace(find_git_dir(self._environ)) is not None
            return not is_running and not is_as_git_wrote(git_here(self._git()), path)
        except NbvcError:
            return False

    def _git(self) -> Git:
        from nbvc.git.plumbing.command import Git

        return Git.find(self._environ)


def git_here(git: Git) -> Git:
    """Return git in the current folder, with what a hook or filter inherits from git."""
    return git.at(os.getcwd()).knowing(git.inherited)


def _digest_code(notebook: Notebook) -> list[bytes]:
    from nbvc.store.keys import code_digests

    return [key for _, key in code_digests(notebook)]


def open_outputs(environ: Mapping[str, str]) -> OutputStore:
    """Return the output store of the repository that git runs this in."""
    from nbvc.store.entries import OutputStore
    from nbvc.store.home import Home, outputs_folder

    git_dir, common = find_git_dir(environ), find_common_dir(environ)
    folder = outputs_folder(common)
    return OutputStore(Home(folder, os.path.realpath(git_dir), common, lambda: _share(environ)))


def _share(environ: Mapping[str, str]) -> Sharing:
    """Return who shares the repository; git is asked only if a settings file may say it."""
    from nbvc.git.plumbing.sharing import Sharing, may_be_set, sharing_of

    values = (value for name, value in environ.items() if name.startswith("GIT_CONFIG_"))
    if not any("sharedrepository" in value.lower() for value in values):
        folders = find_common_dir(environ), find_git_dir(environ)
        if not may_be_set(environ, *folders):
            return Sharing()
    from nbvc.git.plumbing.command import Git

    return sharing_of(git_here(Git.find(environ)))


def find_git_dir(environ: Mapping[str, str]) -> str:
    """Return the git folder of the working tree, by files alone: git waits."""
    return environ.get("GIT_DIR") or _find_above(os.getcwd())


def find_common_dir(environ: Mapping[str, str]) -> str:
    """Return the git folder that all working trees share, by files alone: git waits."""
    folder = find_git_dir(environ)
    try:
        with open(os.path.join(folder, "commondir"), "rb") as file:
            common = os.fsdecode(file.read()).removesuffix("\n")
    except OSError:
        return os.path.realpath(folder)
    return os.path.realpath(os.path.join(folder, common))


def _find_above(folder: str) -> str:
    """Return the git folder of the nearest working tree at or above a folder."""
    from nbvc.workflow.places import folder_with_git

    top = folder_with_git(folder) or folder
    place = os.path.join(top, ".git")
    if not os.path.isfile(place):
        return place
    with open(place, "rb") as file:
        target = os.fsdecode(file.read()).removeprefix("gitdir: ").removesuffix("\n")
    return os.path.join(top, target)
