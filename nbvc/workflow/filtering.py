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
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.plumbing.sharing import Sharing
    from nbvc.notebook.notebook import Notebook
    from nbvc.store.entries import OutputStore


class Filter:
    """The filter in the repository that git runs it in, for the words in git's settings.

    It reads nothing that comes with a pull, so that no such file can make `git add` fail. See
    `filter_table`.
    """

    def __init__(self, words: Sequence[str], environ: Mapping[str, str]) -> None:
        from nbvc.workflow.filter_table import FilterRules

        self._rules = FilterRules(words, find_common_dir(environ))
        self._environ = environ
        self.store = open_outputs(environ)
        self._known: frozenset[str] | None = None
        self._outdated: str | None = None
        self._follows = False

    def clean(self, path: str, content: bytes) -> bytes:
        """Return what git stores of a file, and store what is removed from it. Raises `NbvcError`.

        Excluded files are not read.
        """
        from nbvc.normalising.cleaning import clean
        from nbvc.notebook.reading import read
        from nbvc.store.files import store_stripped

        if not content:
            return content
        try:
            self._follow_attributes(path)
            policy = self._rules.decide(path)
            if policy is None:
                return content
            notebook = read(content)
            if b"<<<<<<<" in content:
                _refuse_conflicts(notebook, path)
            done = clean(notebook, policy)
        except NbvcError:
            if self._may_pass(content):
                return content
            raise
        if done.changed:
            return store_stripped(self.store, path, content, done)
        if self.store.has_states(path) and self._is_cleared(path):
            self.store.put_cleared(path, content, _digest_code(notebook))
        return content

    def _follow_attributes(self, path: str) -> None:
        """Copy the user's own attributes again if they changed: git reads nbvc's copy of them.

        Git has read the old copy by now. Raises `NbvcError` if another filter is for this file by the
        new one, such as a cipher.
        """
        if not self._follows:
            from nbvc.git.plumbing.copied_attributes import find_changed

            self._follows = True
            git_dir = find_git_dir(self._environ)
            self._outdated = find_changed(find_common_dir(self._environ), git_dir)
            if self._outdated is not None:
                from nbvc.workflow.filter_setup import update_attributes

                update_attributes(self._find_repository())
        if self._outdated is not None:
            from nbvc.git.setup.attributes import find_filtered

            if not find_filtered(self._find_repository(), [path]):
                raise NbvcError(
                    "your own git attributes changed: git reads them the next time",
                    where=self._outdated,
                    hint="run this command again",
                )

    def _find_repository(self) -> Repository:
        from nbvc.git.plumbing.repository import discover

        return discover(self._find_git(), ".")

    def find_exemption(self, path: str) -> tuple[str, str]:
        """Return the settings file and the pattern that let git store a file as it is."""
        return self._rules.find_exemption(path)

    def _may_pass(self, content: bytes) -> bool:
        """Return whether git may have a file that cannot be cleaned: a refusal ends any git command.

        It may have what it has already, under whatever name, and any file while it stores nothing,
        as in status and diff.
        """
        from nbvc.git.state.index import blob_ids, is_being_written, list_blobs

        try:
            repository = self._find_repository()
            if not is_being_written(repository):
                return True
            if self._known is None:
                self._known = list_blobs(repository)
            return not self._known.isdisjoint(blob_ids(repository, content))
        except NbvcError:
            return False

    def _is_cleared(self, path: str) -> bool:
        """Return whether a user cleared the outputs of a file that has none: git did not write it so.

        Git knows a file that it wrote by its times and size. Within a merge or rebase a user resolves
        conflicts in files without outputs, and clears nothing.
        """
        from nbvc.git.state.operation import find_trace
        from nbvc.git.state.written import is_as_git_wrote

        try:
            is_running = find_trace(find_git_dir(self._environ)) is not None
            return not is_running and not is_as_git_wrote(git_here(self._find_git()), path)
        except NbvcError:
            return False

    def _find_git(self) -> Git:
        from nbvc.git.plumbing.command import Git

        return Git.find(self._environ)


def _refuse_conflicts(notebook: Notebook, path: str) -> None:
    """Raise `NbvcError` if a merge left conflicts that nobody has decided since."""
    import shlex

    from nbvc.merging.markers import find_unresolved

    if find_unresolved(notebook):
        hint = f"run `nbvc resolve {shlex.quote(path)}`"
        raise NbvcError("its conflicts are not resolved", where=path, hint=hint)


def git_here(git: Git) -> Git:
    """Return git in the current folder, with what a hook or filter inherits from git."""
    return git.at(os.getcwd()).with_environ(git.inherited)


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
    return _common_dir_of(find_git_dir(environ))


def find_common_dir_above(folder: str) -> str:
    """Return the git folder that the working trees of the nearest repository share, by files alone."""
    return _common_dir_of(_find_above(folder))


def _common_dir_of(folder: str) -> str:
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
