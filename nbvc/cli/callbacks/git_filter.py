"""`nbvc git-filter`: what git calls to clean notebooks on their way into the index.

Git starts it for nearly everything it does, so it starts without click. The policy stands in its
arguments as `key=value` words: git's settings are all it reads, so that no file which comes with a
pull can make `git add` fail. What it takes away is in the output store before git gets the rest.
A file that can't be cleaned is refused when it is added, and passed on when git has it already.
"""

from __future__ import annotations

import os
import sys

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.git.plumbing.sharing import Sharing
    from nbvc.notebook.notebook import Notebook
    from nbvc.store.entries import OutputStore

ONCE = "--clean"


def filter_notebooks(args: list[str]) -> int:
    """Serve git's filter protocol, or with `--clean PATH` clean stdin to stdout once.

    Exit code 1, and nothing on stdout, where that can't be done.
    """
    words, path = args, None
    if ONCE in args:
        words, path = args[: args.index(ONCE)], args[-1]
    store = _store()
    try:
        clean = _cleaner(words, store)
        if path is None:
            _serve(clean)
        else:
            content = clean(path, sys.stdin.buffer.read())
            store.sync()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        store.sync()
    except NbvcError as error:
        _refused(path or "", error)
        return 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        _refused(path or "", NbvcError(f"git can't be answered: {error.strerror or error}"))
        return 1
    from nbvc.store.collecting import collect_sometimes

    collect_sometimes(store)
    return 0


def _serve(clean: Callable[[str, bytes], bytes]) -> None:
    from nbvc.git.setup.filter_protocol import serve

    serve(sys.stdin.buffer, sys.stdout.buffer, clean, _refused)


def _cleaner(words: list[str], store: OutputStore) -> Callable[[str, bytes], bytes]:
    """Return the function that cleans one notebook, and stores what goes. Raises `NbvcError`."""
    from nbvc.normalising.cleaning import clean
    from nbvc.normalising.configuring import filter_policy
    from nbvc.notebook.reading import read
    from nbvc.store.files import store_stripped

    policy, passing = filter_policy(words), _Passing()

    def cleaned(path: str, content: bytes) -> bytes:
        if not content:
            return content
        try:
            notebook = read(content)
            done = clean(notebook, policy)
        except NbvcError:
            if passing.allows(content):
                return content
            raise
        if not done.changed:
            if store.knows(path) and _is_users(path):
                store.put_cleared(path, content, _keys(notebook))
            return content
        return store_stripped(store, path, content, done)

    return cleaned


class _Passing:
    """Which content git may have although it can't be cleaned: a refusal ends any git command.

    It may have what it has already, under whatever name, and all of it while it stores nothing, as
    in status and diff.
    """

    def __init__(self) -> None:
        self._known: frozenset[str] | None = None

    def allows(self, content: bytes) -> bool:
        """Tell whether a file with that content passes as it is."""
        from nbvc.cli.naming.repositories import repository_at
        from nbvc.git.state.index import blob_ids, is_being_written, known_blobs

        try:
            repository = repository_at()
            if not is_being_written(repository):
                return True
            if self._known is None:
                self._known = known_blobs(repository)
            return not self._known.isdisjoint(blob_ids(repository, content))
        except NbvcError:
            return False


def _refused(path: str, error: NbvcError) -> None:
    from nbvc.render.escape import escaped_line

    place = f"{path}: " if path and error.where != path else ""
    print(f"nbvc: {escaped_line(f'{place}{error}')}", file=sys.stderr, flush=True)


def _keys(notebook: Notebook) -> list[bytes]:
    from nbvc.store.keys import code_digests

    return [key for _, key in code_digests(notebook)]


def _is_users(path: str) -> bool:
    """Tell whether a file without outputs is its user's doing: git did not write it like that.

    Git knows a file that it wrote by its times and size. Within a merge or rebase a user resolves
    conflicts in files without outputs, and clears nothing.
    """
    from nbvc.cli.naming.repositories import find_git
    from nbvc.git.state.operation import trace
    from nbvc.git.state.written import is_as_git_wrote

    git = find_git()
    git = git.at(os.getcwd()).knowing(git.inherited)
    try:
        return trace(git_dir()) is None and not is_as_git_wrote(git, path)
    except NbvcError:
        return False


def _store() -> OutputStore:
    """Return the store of the repository that git runs this in."""
    from nbvc.store.entries import OutputStore
    from nbvc.store.home import Home, outputs_folder

    common = common_dir()
    return OutputStore(Home(outputs_folder(common), os.path.realpath(git_dir()), common, _sharing))


def _sharing() -> Sharing:
    """Return who shares the repository; git is asked only if a settings file may say it."""
    from nbvc.git.plumbing.sharing import Sharing, may_be_set, sharing_of

    said = (value for name, value in os.environ.items() if name.startswith("GIT_CONFIG_"))
    if not any("sharedrepository" in value.lower() for value in said):
        home = os.path.expanduser("~")
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
        personal = (os.path.join(home, ".gitconfig"), os.path.join(base, "git", "config"))
        of_all = os.environ.get("GIT_CONFIG_GLOBAL")
        files = (
            os.path.join(common_dir(), "config"),
            os.path.join(git_dir(), "config.worktree"),
            *((of_all,) if of_all else personal),
            os.environ.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig",
        )
        if not may_be_set(files):
            return Sharing()
    from nbvc.cli.naming.repositories import find_git

    git = find_git()
    return sharing_of(git.at(os.getcwd()).knowing(git.inherited))


def git_dir() -> str:
    """Return the git folder of the working tree, by files alone: git waits."""
    return os.environ.get("GIT_DIR") or _above(os.getcwd())


def common_dir() -> str:
    """Return the git folder that all worktrees share, by files alone: git waits."""
    folder = git_dir()
    try:
        with open(os.path.join(folder, "commondir"), "rb") as file:
            common = os.fsdecode(file.read()).removesuffix("\n")
    except OSError:
        return os.path.realpath(folder)
    return os.path.realpath(os.path.join(folder, common))


def _above(folder: str) -> str:
    """Return the git folder of the nearest work tree at or above a folder."""
    while True:
        place = os.path.join(folder, ".git")
        if os.path.isdir(place):
            return place
        if os.path.isfile(place):
            with open(place, "rb") as file:
                target = os.fsdecode(file.read()).removeprefix("gitdir: ").removesuffix("\n")
            return os.path.join(folder, target)
        if os.path.dirname(folder) == folder:
            return os.path.join(os.getcwd(), ".git")
        folder = os.path.dirname(folder)
